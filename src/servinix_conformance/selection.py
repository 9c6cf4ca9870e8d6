"""What was asked for: whether it exists, and of which clauses everything was run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .catalogue import CONTRACT, Catalogue
from .clients import BROWSER, run_as
from .events import ScenarioEnd
from .generating import Scope, available
from .plan import GuardError, Plan, Scenario


def whole(clauses: Iterable[str], plan: Plan, ends: Iterable[ScenarioEnd], scope: Scope) -> frozenset[str]:
    """The clauses of which no scenario, client, row of an outline or operation was left out.

    The contract is judged over whatever is run, so a part of a run never shows the whole of it.

    Args:
        clauses: those that are asked for, by id.
        plan: all scenarios that there are.
        ends: of those that were run.
        scope: the operations that a scenario about each of them is carried out for, and the target.
    """
    ended = Counter((end.file, end.line, end.client == BROWSER) for end in ends)

    def all_ran(clause: str, scenario: Scenario) -> bool:
        on_pages = clause in scenario.on_pages
        clients = 1 if on_pages else len(run_as(scenario.clients, scope.target, scope.binding)) or 1
        about = len(scope.about(only_linking=scenario.only_linking)) if scenario.each_operation and available() else 0
        return ended[scenario.file, scenario.line, on_pages] >= clients * len(scenario.examples) * max(about, 1)

    return frozenset(
        name for name in clauses if name != CONTRACT and all(all_ran(name, item) for item in plan.checking(name))
    )


def check_names(catalogue: Catalogue, clauses: Iterable[str], profiles: Iterable[str]) -> None:
    """See that there are such clauses and profiles. Raises `GuardError` for the first that is not there."""
    for name in clauses:
        if name not in catalogue.clauses:
            raise GuardError(f"--clause {name}: there is no such clause; {catalogue.closest(name)}")
    for name in profiles:
        if name not in catalogue.profiles:
            known = ", ".join(catalogue.profiles)
            raise GuardError(f"--profile {name}: there is no such profile; known: {known}")


def check_lines(plan: Plan, lines: Iterable[tuple[Path, int]]) -> None:
    """See that a scenario begins at each of these lines. Raises `GuardError` for the first at which none does."""
    for path, line in sorted(lines):
        near = plan.at(path, line)
        if near is None or near.line != line:
            remedy = f"did you mean {near.where}, {near.name!r}?" if near else "'list' prints where they begin"
            raise GuardError(f"{path.name}:{line}: no scenario begins there; {remedy}")
