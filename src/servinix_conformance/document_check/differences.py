"""A document beside the suite's own contract: what a client of the contract would break on. Pure.

A request may be taken more generously than the contract has it, and an answer may hold more: only what is narrower in a
request, or wider in an answer, breaks a client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..document import Document, Operation
from ..proposal import propose
from ..proposal.operations import Described, described
from ..proposal.schemas import Member, Schemas

Effect = Literal["breaks", "differs", "optional"]
"""Whether a client breaks on it; `optional` is what the contract itself leaves open."""

_SUPPORT_OF_TESTS = "Test support"
_SUCCESS = re.compile("[23]([0-9]{2}|XX)")


@dataclass(frozen=True, slots=True)
class Difference:
    """What the document has in another way than the contract.

    Attributes:
        operation: the contract's operationId.
        where: in which part of it: `request /otp`, `200 /access_token`, `path`.
        contract: what the contract has there.
        document: what the document has there.
    """

    operation: str
    where: str
    contract: str
    document: str
    effect: Effect


def differences(contract: Document, document: Document) -> list[Difference]:
    """All differences, operation by operation as the contract has them."""
    ours = {it.operation.id: it for it in described(contract, Schemas(contract))}
    theirs = described(document, Schemas(document))
    found: list[Difference] = []
    missing: list[str] = []
    for name, one in ours.items():
        other = _same(one, theirs)
        if other is None:
            missing.append(name)
        else:
            found += _operation(name, one, other)
    proposed = propose(document).operations if missing else {}
    for name in missing:
        guess = proposed.get(name)
        told = f"{guess.operation.value} may be it: see init" if guess else "missing"
        effect: Effect = "optional" if _SUPPORT_OF_TESTS in _tags(ours[name]) else "breaks"
        found.append(Difference(name, "operation", _line(ours[name].operation), told, effect))
    order = list(ours)
    return sorted(found, key=lambda it: order.index(it.operation))


def _same(one: Described, theirs: Iterable[Described]) -> Described | None:
    """The operation of this name, else of this method and path."""
    by_name = next((it for it in theirs if it.operation.id == one.operation.id), None)
    return by_name or next(
        (it for it in theirs if _line(it.operation, bare=True) == _line(one.operation, bare=True)), None
    )


def _line(operation: Operation, *, bare: bool = False) -> str:
    path = re.sub(r"\{[^}]*\}", "{}", operation.path) if bare else operation.path
    return f"{operation.method} {path}"


def _tags(it: Described) -> list[str]:
    tags = it.node.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, list) else []


def _operation(name: str, one: Described, other: Described) -> Iterator[Difference]:
    if one.operation.id != other.operation.id:
        yield Difference(name, "operationId", one.operation.id, other.operation.id, "differs")
    if _line(one.operation, bare=True) != _line(other.operation, bare=True):
        yield Difference(name, "path", _line(one.operation), _line(other.operation), "breaks")
    if one.bearer != other.bearer:
        told = {True: "a bearer token", False: "none"}
        yield Difference(
            name, "security", told[one.bearer], told[other.bearer], "breaks" if other.bearer else "differs"
        )
    yield from _request(name, one, other)
    yield from _statuses(name, one, other)


def _request(name: str, one: Described, other: Described) -> Iterator[Difference]:
    ours, theirs = _by_place(_united(one.requests)), _by_place(_united(other.requests))
    if one.takes not in {other.takes, "nothing"}:
        yield Difference(name, "request", one.takes, other.takes, "breaks")
        return
    for place, member in ours.items():
        if place not in theirs:
            yield Difference(name, f"request {_shown(place)}", _told(member), "not taken", _breaks(member.required))
            continue
        their = theirs[place]
        if their.required and not member.required:
            yield Difference(name, f"request {_shown(place)}", "may be left out", "required", "breaks")
        # A client sends what the contract allows, so that has to be taken.
        yield from _value(name, f"request {_shown(place)}", (member, their), (their, member))
    for place, member in theirs.items():
        if place not in ours and member.required:
            yield Difference(name, f"request {_shown(place)}", "not there", f"{_told(member)}, required", "breaks")


def _statuses(name: str, one: Described, other: Described) -> Iterator[Difference]:
    ours, theirs = one.operation.responses, other.operation.responses
    answers = {status: _by_place(it) for status, it in _answers(other)}
    for status, members in _answers(one):
        key = other.operation.described_as(int(status))
        if key is None or (key == "default" and _SUCCESS.fullmatch(status)):
            success = bool(_SUCCESS.fullmatch(status))
            told = ", ".join(sorted(it for it in theirs if _SUCCESS.fullmatch(it) or not success)) or "nothing"
            yield Difference(name, f"status {status}", status, f"not described ({told})", "breaks")
            continue
        known = answers.get(key, {})
        for place, member in _by_place(members).items():
            where = f"{status} {_shown(place)}"
            their = known.get(place)
            if their is None:
                yield Difference(name, where, _told(member), "missing", _breaks(member.required))
                continue
            if member.required and not their.required:
                yield Difference(name, where, "always there", "may be missing", "breaks")
            yield from _value(name, where, (member, their), (member, their))
    for status in theirs:
        if re.fullmatch("[1-5][0-9]{2}", status) and status not in ours:
            yield Difference(name, f"status {status}", "not described", status, "differs")


_Pair = tuple[Member, Member]


def _value(name: str, where: str, both: _Pair, held: _Pair) -> Iterator[Difference]:
    """What differs in a value, ours and theirs: all that the second of `held` allows, the first has to allow."""
    (ours, theirs), (narrow, wide) = both, held
    kinds = wide.types or {"anything"}
    if narrow.types and ((wide.null and not narrow.null) or not all(narrow.may_be(kind) for kind in kinds)):
        yield Difference(name, where, _types(ours), _types(theirs), "breaks")
    elif narrow.values and not set(wide.values or ("anything",)) <= set(narrow.values):
        yield Difference(name, where, _values(ours), _values(theirs), "breaks")
    elif narrow.longest is not None and not narrow.values and (wide.longest or narrow.longest + 1) > narrow.longest:
        most = {it: "any length" if it.longest is None else f"at most {it.longest} characters" for it in (ours, theirs)}
        yield Difference(name, where, most[ours], most[theirs], "differs")
    elif ours.format != theirs.format or ours.pattern != theirs.pattern:
        form = [str(it.format or it.pattern or "any form") for it in (ours, theirs)]
        yield Difference(name, where, form[0], form[1], "differs")


def _answers(it: Described) -> Iterator[tuple[str, tuple[Member, ...]]]:
    yield from it.successes
    for refusal in it.refusals:
        if refusal.status is not None:
            yield str(refusal.status), refusal.members
    yield from ((key, it.response(key)) for key in it.operation.responses if key in {"default", "4XX", "5XX"})


def _united(requests: Iterable[tuple[Member, ...]]) -> list[Member]:
    return [member for members in requests for member in members]


def _by_place(members: Iterable[Member]) -> Mapping[tuple[str | None, str], Member]:
    return {(member.within, member.place): member for member in members if member.place}


def _shown(place: tuple[str | None, str]) -> str:
    within, at = place
    return at if within is None else f"{within}[]{at}"


def _breaks(broken: bool) -> Effect:  # noqa: FBT001 - it is the whole question
    return "breaks" if broken else "differs"


def _told(member: Member) -> str:
    return _types(member)


def _types(member: Member) -> str:
    kinds = sorted(member.types) or ["anything"]
    return " or ".join([*kinds, *(["null"] if member.null else [])])


def _values(member: Member) -> str:
    return ", ".join(map(str, member.values)) or "any value"
