"""The two stages of a sign-in: a pair, since the second takes a code and something that the first one's answer gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .fields import POSSIBLE, Match, best, looks_like_code, match, sureness
from .guesses import Guess
from .operations import Described
from .schemas import Member
from .words import every

_CHANGING = {"POST", "PUT", "PATCH"}
_SIGN_IN = {"signin": 5.0, "session": 3.0, "token": 2.0, "auth": 1.0, "credential": 1.0}
_SECOND = {"otp": 4.0, "verify": 3.0, "code": 3.0, "mfa": 3.0, "challenge": 2.0, "signin": 1.0}
_NEVER_FIRST = every(("signup", "reset", "delete", "signout", "admin", "link", "invite"))
_NEVER_SECOND = every(("signup", "reset", "delete", "signout", "admin", "enable", "disable", "refresh"))
_ECHOED = every(
    (
        "email",
        "username",
        "user",
        "client",
        "device",
        "tenant",
        "organization",
        "channel",
        "method",
        "type",
        "name",
        "locale",
        "language",
        "phone",
        "refresh",
        "csrf",
        "password",
        "otp",
        "code",
        "expires",
        "application",
        "message",
        "error",
        "description",
        "text",
        "title",
        "scope",
        "url",
        "uri",
        "grant",
    )
)
"""What a second stage may take, and tells nothing of the challenge."""
_HANDLES = every(
    (
        "mfa",
        "challenge",
        "ticket",
        "transaction",
        "flow",
        "session",
        "state",
        "token",
        "handle",
        "reference",
        "verify",
        "interaction",
    )
)
_MOST = 16
"""How many candidates of each stage are held against each other."""


@dataclass(frozen=True, slots=True)
class Stage:
    """An operation as one of the stages, with the request that was taken for it."""

    described: Described
    members: tuple[Member, ...]
    fields: dict[str, Match]
    score: float


@dataclass(frozen=True, slots=True)
class Link:
    """What goes from the answer of the first stage into the request of the second."""

    given: str
    taken: str
    score: float
    why: str

    def guess(self, place: str) -> Guess:
        """The proposal for either of its ends."""
        return Guess(place, sureness(self.score), self.why)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both stages."""

    first: Stage
    second: Stage
    link: Link

    @property
    def score(self) -> float:
        """How much speaks for them."""
        return self.first.score + self.second.score + self.link.score


def firsts(operations: Sequence[Described]) -> list[Stage]:
    """What may be the password stage, the best one first."""
    found, named = [], []
    for described in operations:
        told = _said(described, _SIGN_IN, "signIn")
        if not told or not _may_be(described, _NEVER_FIRST):
            continue
        for members in described.requests:
            fields = best(("email", "password", "client_id"), members, {"email": "/email", "password": "/password"})
            if {"email", "password"} <= fields.keys() and not any(_is_new(member) for member in members):
                score = sum(min(fields[name].score, 8) for name in ("email", "password")) + told
                found.append(Stage(described, members, fields, score))
            elif told >= _SIGN_IN["signin"] and described.takes == "nothing":
                # A document that does not say what its operations take still has their names.
                named.append(Stage(described, members, {}, told))
    return sorted(found or named, key=lambda stage: -stage.score)


def seconds(operations: Sequence[Described]) -> list[Stage]:
    """What may be the OTP stage, the best one first."""
    found, named = [], []
    for described in operations:
        told = _said(described, _SECOND, "verifyOtp")
        if not _may_be(described, _NEVER_SECOND):
            continue
        for members in described.requests:
            codes = [it for member in members if (it := match("otp", member, "/otp")) and it.score >= POSSIBLE]
            code = max(codes, key=lambda it: it.score, default=None)
            if code is not None and not any(member.required and _is_secret(member, code) for member in members):
                found.append(Stage(described, members, {"otp": code}, min(code.score, 8) + told))
            elif told >= _SECOND["otp"] and described.takes == "nothing" and not _has_body(members):
                named.append(Stage(described, members, {}, told))
    return sorted(found or named, key=lambda stage: -stage.score)


def pairs(operations: Sequence[Described]) -> list[Pair]:
    """All pairs of stages, the best one first."""
    found: list[Pair] = []
    later = seconds(operations)[:_MOST]
    for first in firsts(operations)[:_MOST]:
        given = [it for it in first.described.answers if it.within is None and _may_link(it)]
        for second in later:
            if first.described is second.described and first.members == second.members and _always_both(first):
                continue
            found += [Pair(first, second, link) for link in _links(first, second, given)]
    return sorted(found, key=lambda pair: -pair.score)


def _may_be(described: Described, never: frozenset[str]) -> bool:
    return described.operation.method in _CHANGING and not never & {*described.name, *described.path}


def _links(first: Stage, second: Stage, given: Sequence[Member]) -> Iterator[Link]:
    code = second.fields["otp"].member.place if "otp" in second.fields else None
    taken = [it for it in second.members if it.place != code and _may_link(it) and not _shared(it, first)]
    for operation, there, here in first.described.links:
        if operation == second.described.operation.id:
            yield from (Link(here, it.place, 12, "the document links them") for it in taken if it.place == there)
    for it in taken:
        found = [link for member in given if (link := _same(member, it))]
        yield from found
        if not found and it.place.startswith("cookie:"):
            yield _unsaid(first.described, it.place)


def _unsaid(first: Described, cookie: str) -> Link:
    """A cookie that the second stage takes, though the first one does not say that it sets it."""
    told = "sets a cookie, and does not say which" if first.sets_cookies else "does not speak of cookies"
    return Link(cookie, cookie, 4.6 if first.sets_cookies else 3.5, f"verifyOtp takes it; the answer of signIn {told}")


def _same(given: Member, taken: Member) -> Link | None:
    if given.place.startswith("cookie:") != taken.place.startswith("cookie:"):
        return None
    fits = [it.score for it in (match("mfa_token", given, "/mfa_token"), match("mfa_token", taken, "/mfa_token")) if it]
    if {taken.own, taken.whole} & {given.own, given.whole} and taken.own != {"id"}:
        # A name that says nothing of a challenge has to be needed, at the least.
        score = 6.0 if fits or taken.own & _HANDLES else 4.0 if taken.required else 0.0
    elif taken.whole & given.whole & _HANDLES and (taken.whole <= given.whole or given.whole <= taken.whole):
        score = 4.5
    elif len(fits) == 2:  # noqa: PLR2004 - both of them
        score = 2.0
    else:
        score = 0.0
    if not score:
        return None
    score += sum(min(it, 6.0) for it in fits) / 6 + (0.5 if taken.required else 0)
    return Link(given.place, taken.place, score, f"the answer of signIn gives it as {given.place}")


def _may_link(member: Member) -> bool:
    if member.values or member.place.startswith("query:") or not member.may_be("string"):
        return False
    return not member.own & _ECHOED and not {"access", "token"} <= member.own and "array" not in member.types


def _shared(member: Member, first: Stage) -> bool:
    """Whether the first stage takes it too, as it does the key of an app."""
    return any(it.place == member.place and it.required for it in first.members)


def _always_both(first: Stage) -> bool:
    """Whether a request has to hold password and code at once, which makes one stage of the two."""
    return any(first.fields[name].member.required for name in ("email", "password") if name in first.fields)


def _is_new(member: Member) -> bool:
    return "password" in member.own and bool({"new", "old", "current"} & member.own)


def _is_secret(member: Member, code: Match) -> bool:
    if member.place == code.member.place or looks_like_code(member):
        return False
    return "password" in member.own or member.format == "password"


def _has_body(members: Sequence[Member]) -> bool:
    return any(member.place.startswith("/") for member in members)


def _said(described: Described, weights: dict[str, float], ours: str) -> float:
    if described.operation.id == ours:
        return 8.0
    named, path, said = (
        max((weights.get(word, 0.0) for word in where), default=0.0)
        for where in (described.name, described.tail, described.said)
    )
    more = sum(weights.get(word, 0.0) for word in {*described.name, *described.tail})
    return max(named, path, said / 2) + min(more / 8, 2.0)
