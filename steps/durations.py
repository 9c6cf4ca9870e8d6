"""Whether two kinds of requests take the same time, told from pairs of them by the order of their differences alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from statistics import median

LOOKS = 3
"""How often the pairs so far may be looked at: each time is another chance to be misled."""
FALSE_ALARMS = 5e-7
"""How often a scenario may take chance for a difference. Two of them do it once in a million runs at the most."""
_FLOOR = 0.3
_SHARE = 0.1
_OF_A_HASH = 20.0
"""What a password hash takes at the least where it costs what OWASP recommends, in milliseconds."""
_LARGEST_SHARE = 0.25


def chance(pairs: int, agreeing: int) -> float:
    """How likely it is that so many of the pairs, or more, agree on which takes longer, where a coin decides each."""
    ways = sum(comb(pairs, number) for number in range(agreeing, pairs + 1))
    return ways / (1 << (pairs - 1))


def needed(pairs: int) -> int | None:
    """How many of the pairs have to agree; None where even all of them might by chance."""
    return next(
        (number for number in range(pairs // 2 + 1, pairs + 1) if LOOKS * chance(pairs, number) < FALSE_ALARMS), None
    )


@dataclass(frozen=True)
class Durations:
    """Pairs of times in milliseconds, and what their order tells.

    `needed` of the pairs have to agree on which takes longer, each by more than a floor. So they do where the interval
    lies beyond the floor as a whole: it holds the median difference, whatever the times are distributed like, but for
    the chance that so many pairs agree where a coin decides each.

    Raises:
        ValueError: there are too few pairs.
    """

    known: Sequence[float]
    nobody: Sequence[float]

    def __post_init__(self) -> None:
        if needed(len(self.known)) is None:
            raise ValueError(f"{len(self.known)} pairs are too few")

    @cached_property
    def differences(self) -> list[float]:
        """How much longer it takes for a user, each time, in order of size."""
        return sorted(known - nobody for known, nobody in zip(self.known, self.nobody, strict=True))

    @property
    def needed(self) -> int:
        """How many pairs have to agree."""
        return needed(len(self.known)) or len(self.known)

    @property
    def medians(self) -> tuple[float, float]:
        """For a user, and for nobody."""
        return median(self.known), median(self.nobody)

    @property
    def interval(self) -> tuple[float, float]:
        """What the median difference lies between."""
        return self.differences[len(self.known) - self.needed], self.differences[self.needed - 1]

    @property
    def floor(self) -> float:
        """What is too small to be called a difference: 0.3 ms, and a tenth of the time itself."""
        return max(_FLOOR, _SHARE * min(self.medians))

    @property
    def told(self) -> bool:
        """Whether the times tell which is which."""
        lowest, highest = self.interval
        return lowest > self.floor or highest < -self.floor

    @property
    def seen(self) -> float:
        """The smallest difference that, added to these, would have been told, whichever takes longer."""
        lowest, highest = self.interval
        return self.floor + max(highest, -lowest, 0.0)

    @property
    def blurred(self) -> bool:
        """Whether they vary so much that it would not have been told if no password had been hashed for one of them."""
        return not self.told and self.seen > max(_OF_A_HASH, _LARGEST_SHARE * min(self.medians))
