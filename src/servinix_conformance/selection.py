"""Of which clauses everything was run, told from what is planned and how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .binding import Binding
from .catalogue import CONTRACT
from .clients import BROWSER, run_as
from .events import ScenarioEnd
from .plan import Plan, Scenario
from .target import Target


def whole(
    clauses: Iterable[str], plan: Plan, ends: Iterable[ScenarioEnd], target: Target, binding: Binding
) -> frozenset[str]:
    """The clauses of which no scenario, client or row of an outline was left out.

    The contract is judged over whatever is run, so a part of a run never shows the whole of it.
    """
    ended = Counter((end.file, end.line, end.client == BROWSER) for end in ends)

    def all_ran(clause: str, scenario: Scenario) -> bool:
        on_pages = clause in scenario.on_pages
        clients = 1 if on_pages else len(run_as(scenario.clients, target, binding)) or 1
        return ended[scenario.file, scenario.line, on_pages] >= clients * len(scenario.examples)

    return frozenset(
        name for name in clauses if name != CONTRACT and all(all_ran(name, item) for item in plan.checking(name))
    )
