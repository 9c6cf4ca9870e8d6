"""How long a run has to wait, before it begins: from the words of its scenarios and what the deployment promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .actor import Untested
from .connection import Connection
from .forecast import Outlook, Part, foretell
from .leasing import obstacle
from .plan import Plan
from .vocabulary import Vocabulary


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
class Prospect:
    """What a scenario is going to wait, in seconds, and who is in it; nobody, where it is going to be untested."""

    seconds: float
    parts: tuple[Part, ...] = ()


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
        """How long one scenario has to wait; 0 where time is moved, or nobody knows."""
        return self.prospect(nodeid).seconds

    def prospect(self, nodeid: str) -> Prospect:
        """What one scenario is going to wait and need."""
        name = nodeid.partition("::")[2]
        planned = self.plan.named(name)
        examples = planned.examples_of(name) if planned is not None and not self.connection.virtual else []
        prospects = [self._prospect(foretell(example, self.vocabulary)) for example in examples]
        return max(prospects, key=lambda prospect: prospect.seconds, default=Prospect(0.0))

    def _prospect(self, outlook: Outlook) -> Prospect:
        target = self.connection.target
        if not target.test_support_token and obstacle(
            outlook.parts, target.accounts, destructive=target.safety.destructive
        ):
            return Prospect(0.0)
        if target.shortened and any(isinstance(wait, float) for wait in outlook.waits):
            return Prospect(0.0)  # what is published is not waited for where times are shortened
        try:
            seconds = outlook.seconds(self.connection.promise)
        except Untested:
            return Prospect(0.0)
        return Prospect(seconds, outlook.parts) if seconds <= self.connection.longest_wait else Prospect(0.0)
