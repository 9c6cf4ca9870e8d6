"""How long a run has to wait, before it begins: from the words of its scenarios and what the deployment promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .actor import Untested
from .connection import Connection
from .forecast import foretell
from .leasing import obstacle
from .plan import Plan, Vocabulary


@dataclass(frozen=True, slots=True)
class Estimate:
    """The waits of some scenarios, in seconds.

    Attributes:
        total: of all, one after the other.
        longest: of the one that waits longest: no run is shorter.
    """

    total: float
    longest: float

    def with_processes(self, number: int) -> float:
        """How long they take at the least when so many scenarios run side by side."""
        return max(self.longest, self.total / max(number, 1))


@dataclass(frozen=True, slots=True)
class Waits:
    """What scenarios have to wait on one target."""

    connection: Connection
    plan: Plan
    vocabulary: Vocabulary

    def estimate(self, nodeids: Iterable[str]) -> Estimate:
        """What some scenarios have to wait, by their node ids."""
        waits = [self.seconds(nodeid) for nodeid in nodeids]
        return Estimate(sum(waits), max(waits, default=0.0))

    def seconds(self, nodeid: str) -> float:
        """How long one scenario has to wait; the most of its examples; 0 where time is moved, or nobody knows."""
        planned = self.plan.named(nodeid.partition("::")[2])
        if planned is None or self.connection.virtual:
            return 0.0
        return max((self._seconds(example) for example in planned.examples), default=0.0)

    def _seconds(self, example: tuple[tuple[str, str], ...]) -> float:
        outlook, target = foretell(example, self.vocabulary), self.connection.target
        if not target.test_support_token and obstacle(
            outlook.parts, target.accounts, destructive=target.safety.destructive
        ):
            return 0.0
        if target.shortened and any(isinstance(wait, float) for wait in outlook.waits):
            return 0.0  # what is published is not waited for where times are shortened
        try:
            seconds = outlook.seconds(self.connection.promise)
        except Untested:
            return 0.0
        return seconds if seconds <= self.connection.longest_wait else 0.0
