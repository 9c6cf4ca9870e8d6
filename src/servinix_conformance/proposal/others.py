"""The operations beside the two stages: told by name, path and method, and by what they take and give. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..names import OPERATIONS
from .fields import LIKELY, Match, best
from .operations import Described
from .schemas import Member
from .words import VOCABULARY, every, phrases, words

_EXACT, _HOLDS, _SAYS, _SAYS_IN_ALL, _SUMMARY = 12.0, 6.0, 5.0, 4.5, 3.0
_LEAST = 4.0
_NOISE = {"with", "id", "by", "a", "an", "the", "new", "test", "userid"}
_ENOUGH_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """What tells an operation.

    Attributes:
        methods: those that it may have.
        says: what its name or path says.
        takes: the request fields without which it is another one.
        gives: likewise in its answer.
        never: words that speak against it.
        test: whether it exists for tests only, and has to say so.
    """

    methods: frozenset[str]
    says: tuple[frozenset[str], ...]
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()
    test: bool = False


RULES: dict[str, Rule] = {
    name: Rule(
        frozenset(table["methods"]),
        phrases(table["says"]),
        tuple(table.get("takes", ())),
        tuple(table.get("gives", ())),
        every(table.get("never", ())),
        table.get("test", False),
    )
    for name, table in VOCABULARY["operations"].items()
}
LOOKED_FOR = {
    "signIn": "operation that takes a user's name and a password",
    "verifyOtp": "operation that takes a code, and something that the answer of the password stage gives",
    "requestOtp": "operation that sends a code of an open sign-in",
    "resendOtp": "operation that sends the code of an open sign-in once more",
    "signOut": "operation that ends a session",
    "getProfile": "GET that shows who is signed in, with the e-mail address",
    "getJwks": "GET that publishes the keys of access tokens",
    "requestPasswordReset": "operation that takes an e-mail address and sends a link",
    "resetPassword": "operation that takes what the link holds and a new password",
    "findUsers": "GET that finds users by e-mail address",
    "enableMfa": "operation that switches MFA on for a user who is named",
    "disableMfa": "operation that switches MFA off for a user who is named",
    "unlockUser": "operation that lets a user in again who is named",
    "createUser": "test support that makes a user",
    "deleteUser": "test support that deletes a user",
    "advanceClock": "test support that lets time pass for a user",
    "listMessages": "test support that shows messages",
    "setOutage": "test support that lets delivery fail",
    "getPolicy": "test support that tells the numbers of the policy",
}
"""What each logical operation was looked for by."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An operation of the document that may be a logical one."""

    name: str
    described: Described
    members: tuple[Member, ...]
    fields: dict[str, Match]
    score: float
    why: str

    @property
    def exact(self) -> bool:
        """Whether it has our very name."""
        return self.described.operation.id == self.name


def candidates(operations: Iterable[Described]) -> list[Candidate]:
    """All that may be one of the operations beside the stages, the best one first."""
    found = [
        candidate
        for described in operations
        for name, rule in RULES.items()
        for members in described.requests
        if (candidate := _candidate(name, rule, described, members)) is not None
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def assign(found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Give each logical operation the best one, and none to two of them, but for a switch that goes both ways."""
    names: set[str] = set()
    used: dict[str, str] = {}
    for candidate in found:
        id_, name = candidate.described.operation.id, candidate.name
        both_ways = {used.get(id_, name), name} <= {"enableMfa", "disableMfa"} and candidate.described.name != ()
        if name in names or (id_ in used and not (both_ways and switch(candidate.members) is not None)):
            continue
        names.add(name)
        used[id_] = name
        yield candidate


def runner_up(chosen: Candidate, found: Sequence[Candidate], taken: Iterable[str]) -> Candidate | None:
    """Another operation that nearly as much speaks for, and that is nothing else."""
    others = set(taken)
    return next(
        (
            it
            for it in found
            if it.name == chosen.name and it.described.operation.id not in others and it.score > chosen.score - 1
        ),
        None,
    )


def _candidate(  # noqa: PLR0911 - each line rules something out
    name: str, rule: Rule, described: Described, members: tuple[Member, ...]
) -> Candidate | None:
    told, why = _told(name, rule, described)
    # A summary alone says too little of an operation that takes nothing which could speak for it.
    if described.operation.method not in rule.methods or told < (_SUMMARY if rule.takes else _LEAST):
        return None
    places, given = OPERATIONS[name]
    fields = best([*places], members, places)
    undescribed = not members and described.takes == "nothing" and told >= _HOLDS
    if not undescribed and not set(rule.takes) <= fields.keys():
        return None
    if rule.gives and described.answers and not _gives(rule.gives, described, given):
        return None
    if name == "getPolicy" and len(best([*given], described.answers, given)) < _ENOUGH_NUMBERS:
        return None
    if name == "getProfile" and any(
        member.place.startswith(("path:", "query:")) and member.required for member in members
    ):
        return None
    if name in {"requestPasswordReset", "signOut"} and any(_is_password(member) for member in members):
        return None
    bound = {found.member.place for found in fields.values()}
    # What else a request needs; a path that names something besides speaks of another thing altogether.
    unfilled = [it.place for it in members if it.required and it.place not in bound]
    strange = sum(4 if place.startswith("path:") else place[:7] not in {"header:", "cookie:"} for place in unfilled)
    score = told + sum(min(fields[field].score, LIKELY + 2) for field in rule.takes if field in fields) / 4
    shown = best([key for key in given if key != "*"], described.answers, {}) if rule.gives else {}
    score += 0.25 * len(fields) + min(0.2 * len(shown), 1.0) - 0.5 * strange
    return Candidate(name, described, members, fields, score, why) if score >= _LEAST else None


def _told(name: str, rule: Rule, described: Described) -> tuple[float, str]:
    if described.operation.id == name:
        return _EXACT, "the same name as ours"
    deed = ("delete",) if described.operation.method == "DELETE" else ()
    own, path, said = {*described.name, *deed}, {*described.path, *deed}, {*described.said}
    holds = set(words(name)) <= own
    if rule.test and not (holds and own - set(words(name)) <= _NOISE) and "test" not in own | path | said:
        return 0.0, ""
    if rule.never - set(words(name)) & (own | path):
        return 0.0, ""
    if holds:
        return _HOLDS, "its name has the words of ours in it"
    for score, where, text in (
        (_SAYS, own, "its name"),
        (_SAYS, path, "its path"),
        (_SAYS_IN_ALL, own | path, "its name and path"),
        (_SUMMARY, own | path | said, "its name, path and summary"),
    ):
        phrase = max((it for it in rule.says if it <= where), key=len, default=None)
        if phrase is not None:
            weak = (
                1.0
                if len(phrase) == 1 and phrase & {"user", "session", "reset", "email", "phone", "time", "current"}
                else 0.0
            )
            return score - weak, f"{text} says {' '.join(sorted(phrase))!r}"
    return 0.0, ""


def _gives(wanted: Iterable[str], described: Described, given: dict[str, str]) -> bool:
    return set(wanted) <= best([name for name in given if name != "*"], described.answers, {}).keys()


def switch(members: Sequence[Member]) -> Member | None:
    """The member that says on or off, where one operation does both."""
    matched = best(("mfa_enabled",), members, {}).get("mfa_enabled")
    return matched.member if matched else None


def _is_password(member: Member) -> bool:
    return "password" in member.own or member.format == "password"
