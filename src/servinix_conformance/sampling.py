"""What generated requests are drawn from, and how many of them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

SEED = 1
"""What data is drawn from where nobody names a seed: two runs of one target file send the same."""
MOST_EXAMPLES = 30
"""How many requests are drawn for an operation, of each kind, where nobody says so."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a run draws its data from.

    Attributes:
        seed: any whole number; one seed gives the same requests.
        examples: how many requests are drawn for an operation, of each kind of data.
    """

    seed: int = SEED
    examples: int = MOST_EXAMPLES

    def seed_for(self, *parts: str) -> int:
        """A seed for one part of the run, whatever ran before it or beside it."""
        return zlib.crc32("\0".join([str(self.seed), *parts]).encode())
