"""How a scenario says that it cannot be carried out, or that a promise was not kept."""

from __future__ import annotations


class Untested(Exception):  # noqa: N818 - it is a verdict, not a fault
    """The scenario cannot be carried out on this target; the message says why, and what would change it."""


class NotClaimed(Exception):  # noqa: N818 - likewise
    """The target does not describe what the scenario needs."""


class OtherVariant(NotClaimed):
    """It does not have this channel or this client; another one may show the same promise."""


class Broken(AssertionError):  # noqa: N818 - likewise
    """A promise that was not kept.

    Args:
        expected: what the clause promises, as a sentence.
        actual: what the target did instead.
        started: of the request whose answer shows it, as `Wire` has it; of the latest without.
    """

    def __init__(self, expected: str, actual: str, started: float | None = None) -> None:
        super().__init__(f"expected {expected}, but {actual}")
        self.expected = expected
        self.actual = actual
        self.started = started


def require(
    kept: bool,  # noqa: FBT001 - it reads like assert
    expected: str,
    actual: str,
    started: float | None = None,
) -> None:
    """Raise `Broken` unless `kept`."""
    __tracebackhide__ = True
    if not kept:
        raise Broken(expected, actual, started)
