"""How a deployment says no, and how it says yes where the status does not tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..names import PROBLEMS
from .guesses import Guess, Sureness
from .operations import Described
from .schemas import Member, Value
from .words import VOCABULARY, every, phrases, words

_REASONS = every(
    (
        "type",
        "code",
        "error",
        "reason",
        "kind",
        "status",
        "state",
        "problem",
        "fault",
        "failure",
        "message",
        "title",
        "name",
        "slug",
    )
)
_REFUSES = every(("error", "fault", "failure", "problem", "reason"))
_YES, _NO = (
    every(("success", "succeeded", "ok", "okay", "successful")),
    every(("error", "failure", "failed", "fail", "denied")),
)
_PREFIXES = frozenset({"e", "err", "error", "code", "urn", "problem"})
_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class _Kind:
    """A refusal: where it can happen, and words that tell it, any of the phrases."""

    where: tuple[str, ...]
    says: tuple[frozenset[str], ...]


_KINDS = {
    name: _Kind(tuple(table.get("where", ())), phrases(table["says"])) for name, table in VOCABULARY["refusals"].items()
}
# A status that has one meaning alone, where it stands at these operations and at no other that is bound.
_STATUSES = (
    (423, "account-locked", ("signIn", "verifyOtp")),
    (429, "account-locked", ("signIn",)),
    (429, "resend-too-soon", ("resendOtp", "requestOtp")),
    (425, "resend-too-soon", ("resendOtp", "requestOtp")),
    (410, "mfa-token-rejected", ("verifyOtp", "resendOtp")),
    (410, "reset-token-rejected", ("resetPassword",)),
    (409, "user-exists", ("createUser",)),
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A value that an answer to an operation may give as the reason of a refusal; `named` where its member says so."""

    operation: str
    status: int | None
    place: str
    value: str
    named: bool


def problems(bound: Mapping[str, Described]) -> dict[str, Guess]:
    """The condition of each refusal that can be told; those that are as in our contract are among them.

    Args:
        bound: the operation of the document behind each logical one.
    """
    said = [it for name, described in bound.items() for it in _said(name, described)]
    fitting = [(score, name, it) for name in _KINDS for it in said if (score := _fits(name, it))]
    chosen: dict[str, _Said] = {}
    taken: set[tuple[str, str]] = set()
    for _, name, it in sorted(fitting, key=lambda item: -item[0]):
        # What fits two refusals would name neither.
        if name not in chosen and (it.place, it.value) not in taken:
            chosen[name] = it
            taken.add((it.place, it.value))
    guesses = {name: _condition(name, it) for name, it in chosen.items()}
    coded = {it.status for it in chosen.values()}
    for status, name, where in _STATUSES:
        at = {operation for operation, described in bound.items() if status in {it.status for it in described.refusals}}
        if name not in guesses and at and at <= set(where) and status not in coded:
            guesses[name] = Guess(
                {"status": status}, "guess", f"only {' and '.join(sorted(at))} have the status {status}"
            )
            coded.add(status)
    return guesses


def success(bound: Mapping[str, Described]) -> tuple[Guess | None, dict[str, Guess]]:
    """What tells a success everywhere, where successes and refusals share their status; and where it is another way.

    Args:
        bound: the operation of the document behind each logical one; both stages are among them.
    """
    stages = [bound[name] for name in ("signIn", "verifyOtp")]
    places = [{it.place: it for it in stage.answers if it.within is None and _tells(it)} for stage in stages]
    shared = [place for place in places[0] if place in places[1]]
    if not shared:
        return None, {}
    member = places[0][shared[0]]
    value = next((it for it in member.values if _means_yes(it)), True)
    sure: Sureness = "likely" if member.values else "guess"
    told = Guess({"at": member.place, "is": value}, sure, "successes and refusals have the same status")
    own = {}
    for name, described in bound.items():
        with_it = [any(it.place == member.place for it in body) for body in described.alternatives]
        if not all(with_it):
            silent = [
                int(key)
                for key, body in described.successes
                if key.isdigit() and not any(it.place == member.place for it in body)
            ]
            if silent:
                statuses = silent[0] if len(silent) == 1 else silent
                own[name] = Guess({"status": statuses}, "likely", f"its answer has no {member.place}")
    return told, own


def _tells(member: Member) -> bool:
    """Whether a member says of an answer that it is a success or a refusal."""
    if not member.place.startswith("/"):
        return False
    if "boolean" in member.types or (member.values and all(isinstance(value, bool) for value in member.values)):
        both = {True, False} <= set(member.values) or (not member.values and member.required)
        return both and bool(_YES & member.own)
    return any(_means_yes(it) for it in member.values) and any(_NO & set(words(str(it))) for it in member.values)


def _means_yes(value: Value) -> bool:
    return value is True or (isinstance(value, str) and bool(_YES & set(words(value))))


def _said(name: str, described: Described) -> Iterator[_Said]:
    answers: list[tuple[int | None, Iterable[Member]]] = [(it.status, it.members) for it in described.refusals]
    answers += [(int(key), members) for key, members in described.successes if key.isdigit()]
    for status, members in answers:
        for member in members:
            if member.within is None and member.place.startswith("/") and _REASONS & member.own:
                named = (status or _FIRST_ERROR) >= _FIRST_ERROR or bool(_REFUSES & member.whole)
                values = (it for it in member.values if isinstance(it, str))
                yield from (_Said(name, status, member.place, it, named) for it in values)


def _fits(name: str, said: _Said) -> float:
    kind, spoken = _KINDS[name], frozenset(words(said.value))
    if said.value == f"urn:servinix:problem:{name}" and said.place == "/type":
        return 20.0
    if kind.where and said.operation not in kind.where:
        return 0.0
    if words(said.value) == words(name):
        return 15.0
    held = max((len(phrase) for phrase in kind.says if phrase <= spoken), default=0)
    # A success has states of its own, and one of them may only sound like a refusal.
    if not said.named and not spoken & ({"rejected"} | _NO):
        return 0.0
    return held + 1 / (1 + len(spoken)) if held else 0.0


def _condition(name: str, said: _Said) -> Guess:
    ours = said.place == "/type" and said.value == f"urn:servinix:problem:{name}" and said.status == PROBLEMS[name]
    if ours:
        return Guess({"status": said.status, "at": said.place, "is": said.value}, "certain", "as in our contract")
    if words(said.value) == words(name):
        return Guess({"at": said.place, "is": said.value}, "likely", "the same words as ours")
    spoken = frozenset(words(said.value))
    whole = any(phrase <= spoken and spoken - phrase <= _PREFIXES for phrase in _KINDS[name].says)
    why = f"{said.operation} may answer with it, and its words fit"
    return Guess({"at": said.place, "is": said.value}, "likely" if whole else "guess", why)


def only_theirs(guesses: Mapping[str, Guess]) -> dict[str, Guess]:
    """Those that are not as in our contract."""
    return {name: guess for name, guess in guesses.items() if guess.sure != "certain"}
