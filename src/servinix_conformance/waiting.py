"""How long a run has to wait, before it begins: from the words of its scenarios and what the deployment promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .actor import Untested
from .browser.program import missing
from .clients import BROWSER
from .connection import Connection
from .forecast import Outlook, Part, foretell
from .generating import NOT_INSTALLED, available
from .leasing import obstacle
from .plan import Plan
from .prospects import hindrances
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Estimate:
    """The waits of some scenarios, in seconds.

    Attributes:
        total: of all, one after the other.
        longest: of the one that waits longest: no run is shorter.
        hindered: how many scenarios are known beforehand to be untested or not claimed; 0 where nobody asked.
        reasons: why, with the number of scenarios.
    """

    total: float
    longest: float
    hindered: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

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

    def estimate(self, nodeids: Iterable[str], *, with_reasons: bool = False) -> Estimate:
        """What some scenarios have to wait, by their node ids; and what hinders them, where that is asked for."""
        nodeids = list(nodeids)
        waits = [self.seconds(nodeid) for nodeid in nodeids]
        told = [set(self._hindrances(nodeid)) for nodeid in nodeids if with_reasons]
        reasons = Counter(reason for each in told for reason in each)
        return Estimate(sum(waits), max(waits, default=0.0), sum(map(bool, told)), dict(reasons.most_common()))

    def _hindrances(self, nodeid: str) -> Iterator[str]:
        name = nodeid.partition("::")[2]
        planned = self.plan.named(name)
        if planned is None:
            return
        if planned.each_operation and not available():
            yield NOT_INSTALLED
        if BROWSER in name and (told := missing()):
            yield told
        for example in planned.examples_of(name):
            yield from (reason for _, reason in hindrances(self.connection, foretell(example, self.vocabulary)))

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
