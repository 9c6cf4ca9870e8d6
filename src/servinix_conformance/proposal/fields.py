"""The fields of a message by their logical names: told by name first, by shape where the name says nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .guesses import Guess, Sureness
from .schemas import Member
from .words import VOCABULARY, every, phrases, words

LIKELY, POSSIBLE = 5.0, 3.0
"""From which score on something is likely, and from which on it is worth a guess."""
_SAME_PLACE, _SAME_WORDS, _COMMON, _HELD, _RARE = 10.0, 7.0, 6.0, 4.0, 4.0
_TELLING = every(
    ("email", "username", "password", "otp", "code", "signin", "jwt", "organization", "role", "cooldown", "destination")
)
"""Words that tell a field even where others stand beside them."""
_DIGITS = re.compile(r"\[0-9\]|\\d")
_SHORT = 10


@dataclass(frozen=True, slots=True)
class Concept:
    """How a field is called elsewhere.

    Attributes:
        common: names that mean it.
        rare: names that mean it where nothing else does.
        never: words that speak against it.
        kind: its JSON type.
        form: the format that gives it away.
    """

    common: tuple[frozenset[str], ...] = ()
    rare: tuple[frozenset[str], ...] = ()
    never: frozenset[str] = frozenset()
    kind: str = "string"
    form: str | None = None


CONCEPTS: Mapping[str, Concept] = {
    name: Concept(
        phrases(table.get("common", ())),
        phrases(table.get("rare", ())),
        every(table.get("never", ())),
        table.get("kind", "string"),
        table.get("form"),
    )
    for name, table in VOCABULARY["fields"].items()
}
_NUMBER = Concept(kind="integer")
_VALUES: dict[str, set[object]] = {
    "channel": {"email", "phone"},
    "contact_channel": {"email", "phone"},
    "status": {"active", "suspended"},
    "role": {"member", "admin", "support"},
}
"""What the suite says and reads there; a field that is bound to other values is another one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A member that may be a field, and how much speaks for it."""

    member: Member
    score: float
    why: str

    @property
    def guess(self) -> Guess:
        """The proposal that it comes to."""
        return Guess(self.member.place, sureness(self.score), self.why)


def sureness(score: float) -> Sureness:
    """How sure a score is."""
    return "certain" if score >= _SAME_PLACE else "likely" if score >= LIKELY else "guess"


@lru_cache(maxsize=32768)
def match(name: str, member: Member, ours: str | None = None) -> Match | None:
    """How well a member fits a logical field; None when it does not.

    Args:
        name: the logical field.
        member: the member.
        ours: where the suite's own contract has the field.
    """
    concept = CONCEPTS.get(name, _NUMBER)
    if not member.may_be(concept.kind) or "array" in member.types or "object" in member.types:
        return None
    if member.values and not _VALUES.get(name, set(member.values)) & set(member.values):
        return None
    if member.place == ours:
        return Match(member, _SAME_PLACE + 1, "the same place as in our contract")
    own, whole, meant = member.own, member.whole, frozenset(words(name))
    if (own | whole) & concept.never - meant:
        return None
    score, why = _named(own, whole, meant, concept)
    if concept.form is not None and member.format == concept.form:
        score, why = score + 2 if score else _HELD, why or f"its format is {concept.form}"
    if name == "otp" and looks_like_code(member):
        score, why = score + 2 if score else _HELD, why or "a few digits"
    if not score:
        return None
    depth = member.place.count("/")
    return Match(member, score + (0.5 if member.required else 0) - depth / 10, why)


def best(names: Sequence[str], members: Iterable[Member], ours: Mapping[str, str]) -> dict[str, Match]:
    """The best members for some logical fields: each field has one member, and no member is two fields."""
    members = list(members)
    matches = [(name, found) for name in names for member in members if (found := match(name, member, ours.get(name)))]
    chosen: dict[str, Match] = {}
    taken: set[str] = set()
    for name, found in sorted(matches, key=lambda item: -item[1].score):
        if found.score >= POSSIBLE and name not in chosen and found.member.place not in taken:
            chosen[name] = found
            taken.add(found.member.place)
    return chosen


def looks_like_code(member: Member) -> bool:
    """Whether a text is bound to a few digits."""
    digits = (
        member.pattern is not None
        and bool(_DIGITS.search(member.pattern))
        and not re.search("[a-zA-Z]-", member.pattern)
    )
    return member.may_be("string") and digits and (member.longest is None or member.longest <= _SHORT)


def _named(own: frozenset[str], whole: frozenset[str], meant: frozenset[str], concept: Concept) -> tuple[float, str]:
    if meant in {own, whole}:
        return _SAME_WORDS, "it means the same"
    if own in concept.common or whole in concept.common:
        return _COMMON, "a common name for it"
    if own in concept.rare or whole in concept.rare:
        return _RARE, "it may be called so"
    for phrase in (meant, *concept.common):
        if (len(phrase) > 1 and phrase <= whole) or (phrase <= own & _TELLING and len(own) <= len(phrase) + 2):
            return _HELD - len(own - phrase) / 4, f"{' '.join(sorted(phrase))!r} is in its name"
    return 0.0, ""
