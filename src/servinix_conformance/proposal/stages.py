"""The two stages of a sign-in. They are a pair: the second takes a code, and something that the first one's answer gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .fields import POSSIBLE, Match, best, looks_like_code, match, sureness
from .guesses import Guess
from .operations import Described
from .schemas import Member
from .words import words

_CHANGING = {"POST", "PUT", "PATCH"}
_SIGN_IN = {"signin": 5.0, "session": 3.0, "token": 2.0, "auth": 1.0, "login": 5.0}
_SECOND = {"otp": 4.0, "verify": 3.0, "code": 3.0, "mfa": 3.0, "challenge": 2.0, "signin": 1.0}
_NEITHER = frozenset(words("signup reset delete signout"))
_ECHOED = frozenset(
    words("email username user client device tenant organization channel method type name locale language phone")
)
"""What a second stage may take, and tells nothing of the challenge."""


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
        for members in described.requests:
            fields = best(("email", "password", "client_id"), members, {"email": "/email", "password": "/password"})
            told = _said(described, _SIGN_IN, "signIn")
            fits = {"email", "password"} <= fields.keys()
            if described.operation.method not in _CHANGING or _NEITHER & {*described.name, *described.path}:
                continue
            if fits and not any(_is_new(member) for member in members):
                score = sum(min(fields[name].score, 8) for name in ("email", "password")) + told
                found.append(Stage(described, members, fields, score))
            elif not _has_body(members) and told >= _SIGN_IN["signin"] and described.takes == "nothing":
                # A document that does not say what its operations take still has their names.
                named.append(Stage(described, members, {}, told))
    return sorted(found or named, key=lambda stage: -stage.score)


def seconds(operations: Sequence[Described]) -> list[Stage]:
    """What may be the OTP stage, the best one first."""
    found, named = [], []
    for described in operations:
        for members in described.requests:
            if described.operation.method not in _CHANGING or _NEITHER & {*described.name, *described.path}:
                continue
            told = _said(described, _SECOND, "verifyOtp")
            codes = [it for member in members if (it := match("otp", member, "/otp")) and it.score >= POSSIBLE]
            code = max(codes, key=lambda it: it.score, default=None)
            if code is not None and not any(member.required and _is_secret(member, code) for member in members):
                score = min(code.score, 8) + told
                found.append(Stage(described, members, {"otp": code}, score))
            elif not _has_body(members) and told >= _SECOND["otp"] and described.takes == "nothing":
                named.append(Stage(described, members, {}, told))
    return sorted(found or named, key=lambda stage: -stage.score)


def pairs(operations: Sequence[Described]) -> list[Pair]:
    """All pairs of stages, the best one first."""
    found = []
    for first in firsts(operations):
        for second in seconds(operations):
            if first.described is second.described and first.members == second.members and _always_both(first, second):
                continue
            for link in _links(first, second):
                found.append(Pair(first, second, link))
    return sorted(found, key=lambda pair: -pair.score)


def _links(first: Stage, second: Stage) -> Iterator[Link]:
    code = second.fields["otp"].member.place if "otp" in second.fields else None
    taken = [it for it in second.members if it.place != code and _may_link(it) and not _shared(it, first)]
    for operation, there, here in first.described.links:
        if operation == second.described.operation.id:
            yield from (Link(here, it.place, 12, "the document links them") for it in taken if it.place == there)
    given = [it for it in first.described.answers if it.within is None and _may_link(it)]
    for it in taken:
        found = [link for member in given if (link := _same(member, it))]
        yield from found
        if not found and it.place.startswith("cookie:"):
            name = it.place.partition(":")[2]
            told = (
                "sets a cookie, it does not say which" if first.described.sets_cookies else "does not speak of cookies"
            )
            score = 4.6 if first.described.sets_cookies else 3.5
            yield Link(
                it.place, it.place, score, f"the second stage takes the cookie {name}; the first one's answer {told}"
            )


def _same(given: Member, taken: Member) -> Link | None:
    if given.place.startswith("cookie:") != taken.place.startswith("cookie:"):
        return None
    said = f"the answer of the first stage gives it as {given.place}"
    fits = [it.score for it in (match("mfa_token", given, "/mfa_token"), match("mfa_token", taken, "/mfa_token")) if it]
    names = {frozenset(taken.own), frozenset(taken.whole)} & {frozenset(given.own), frozenset(given.whole)}
    if names and frozenset(taken.own) != frozenset({"id"}):
        score = 6.0 if given.place.partition(":")[2] == taken.place.partition(":")[2] else 5.5
    elif set(taken.whole) & set(given.whole) & _HANDLES and (
        set(taken.whole) <= set(given.whole) or set(given.whole) <= set(taken.whole)
    ):
        score = 4.5
    elif len(fits) == 2:  # noqa: PLR2004 - both of them
        score = 2.0
    else:
        return None
    score += sum(min(it, 6.0) for it in fits) / 6 + (0.5 if taken.required else 0)
    return Link(given.place, taken.place, score, said)


_HANDLES = frozenset(
    words("mfa challenge ticket transaction flow session state token handle reference verify interaction")
)


def _may_link(member: Member) -> bool:
    said = {*member.own}
    if member.values or member.place.startswith("query:") or not member.may_be("string"):
        return False
    return (
        not said & (_ECHOED | {"refresh", "csrf", "password", "otp", "code", "expires"}) and "array" not in member.types
    )


def _shared(member: Member, first: Stage) -> bool:
    """Whether the first stage takes it too, as it does the key of an app."""
    return any(it.place == member.place and it.required for it in first.members)


def _always_both(first: Stage, second: Stage) -> bool:
    """Whether a request has to hold password and code at once, which makes one stage of the two."""
    return any(first.fields[name].member.required for name in ("email", "password") if name in first.fields)


def _is_new(member: Member) -> bool:
    return "password" in member.own and bool({"new", "old", "current"} & set(member.own))


def _is_secret(member: Member, code: Match) -> bool:
    if member.place == code.member.place or looks_like_code(member):
        return False
    return "password" in member.own or member.format == "password"


def _has_body(members: Sequence[Member]) -> bool:
    return any(member.place.startswith("/") for member in members)


def _said(described: Described, weights: dict[str, float], ours: str) -> float:
    if described.operation.id == ours:
        return 8.0
    named = max((weights.get(word, 0.0) for word in described.name), default=0.0)
    path = max((weights.get(word, 0.0) for word in described.path[-2:]), default=0.0)
    said = max((weights.get(word, 0.0) for word in described.said), default=0.0)
    return max(named, path, said / 2) + min(named, path) / 4
