"""How numbers, times and verdicts are told to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from ...events import Judgement
from ...status import CONFORMANT, HARNESS, INCOMPLETE, INTERRUPTED, NOT_CONFORMANT, UNUSABLE, USAGE

WORST_FIRST: tuple[Judgement, ...] = ("failed", "error", "untested", "deviation", "not claimed", "passed")
SHOWN: tuple[Judgement, ...] = ("passed", "failed", "deviation", "error", "untested", "not claimed")
MARKS: dict[str, str] = {
    "passed": "✓",
    "failed": "✗",
    "deviation": "≈",
    "error": "!",
    "untested": "?",
    "not claimed": "○",
    "CONFORMANT": "✓",
    "NOT CONFORMANT": "✗",
    "INCOMPLETE": "?",
}
"""A sign for each verdict, so that colour is never alone in telling them apart."""

MEANINGS: dict[Judgement, str] = {
    "passed": "The promise was tested and kept.",
    "failed": "The promise was tested and is broken.",
    "deviation": "What came is not what was expected, in a place where that is no failure: a SHOULD, or something that "
    "we read out of the page and that it does not say.",
    "error": "The suite or the network failed, so that nothing can be said of the target.",
    "untested": "It could not be seen. The reason stands beside it. It never counts as passed.",
    "not claimed": "The deployment does not say that it has this, and need not have it.",
}
KINDS: dict[str, str] = {
    "broken": "A promise was not kept",
    "contract": "An answer that the document does not describe",
    "undefined": "A step that nobody defined",
    "network": "No HTTP answer came",
    "harness": "The suite itself failed",
}
EXITS: dict[int, str] = {
    CONFORMANT: "conformant",
    NOT_CONFORMANT: "not conformant",
    USAGE: "wrong use",
    UNUSABLE: "the target or its file is not usable",
    INCOMPLETE: "incomplete",
    HARNESS: "the suite itself failed",
    INTERRUPTED: "interrupted",
}
_MINUTE, _HOUR = 60, 3600


def span(seconds: float) -> str:
    """A length of time, as exact as anybody needs it: `0.4 ms`, `31 ms`, `4.2 s`, `5 min`, `1 h 20 min`."""
    if seconds < 0.001:  # noqa: PLR2004 - a millisecond
        return f"{seconds * 1000:.1f} ms" if seconds else "0 s"
    if seconds < 0.9995:  # noqa: PLR2004 - what is not rounded to a second
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:  # noqa: PLR2004 - one more digit says something
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 2 * _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _both(whole, _MINUTE, "min", 1, "s")
    return _both(round(whole / _MINUTE), _MINUTE, "h", 1, "min")


def _both(amount: int, size: int, large: str, least: int, small: str) -> str:
    rest = amount % size // least
    return f"{amount // size} {large}" + (f" {rest} {small}" if rest else "")


def number(amount: int, thing: str, things: str | None = None) -> str:
    """An amount with what there is so much of: `1 clause`, `2 clauses`."""
    return f"{amount:,} {thing if amount == 1 else things or f'{thing}s'}"


def when(moment: str) -> str:
    """An ISO 8601 moment in words; as it is, where it is none."""
    try:
        told = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    zone = told.tzname() or ""
    return f"{told.day} {told:%B %Y, %H:%M:%S} {zone}".rstrip()


def css(verdict: str) -> str:
    """A verdict as the name of a class."""
    return verdict.lower().replace(" ", "-")


def counted(verdicts: Iterable[Judgement]) -> dict[Judgement, int]:
    """How many there are of each, in the order in which they are shown; what nobody has is left out."""
    counts = Counter(verdicts)
    return {verdict: counts[verdict] for verdict in SHOWN if counts[verdict]}
