"""Ends, clauses and whole runs to make reports of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from servinix_conformance.catalogue import CONTRACT, Catalogue, Clause
from servinix_conformance.events import Exchange, Failure, Judgement, ScenarioEnd, Step
from servinix_conformance.plan import Scenario
from servinix_conformance.run import Run

VIOLATION = {"operation": "signIn", "described": "for 200, a body", "came": "none"}
FAILURE = Failure(
    "broken", "to be refused", "she was signed in", "Then Ada is refused", 8, "curl -i http://h", "200 {}"
)


def clause(name: str, chapter: str, profile: str = "documented", *, core: bool = False) -> Clause:
    return Clause(name, chapter, "Page", "Section", "MUST", "documented", profile, f"{name} is kept.", core=core)


CATALOGUE = Catalogue(
    "7",
    {
        item.id: item
        for item in (
            clause("AA-1", "First chapter", core=True),
            clause("AA-2", "First chapter"),
            clause("BB-1", "Second chapter"),
            clause(CONTRACT, "The contract", "contract"),
        )
    },
    frozenset({"documented", "contract"}),
)


def exchange(violations: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    return Exchange(
        "signIn", "POST", "http://h/sign-in", {}, "{}", 200, {}, "{}", 0.1, violations=list(violations)
    ).to_json()


def end(name: str, judgement: Judgement = "passed", *clauses: str, line: int = 4, **changes: Any) -> ScenarioEnd:  # noqa: ANN401 - any attribute
    made = ScenarioEnd(
        id=f"features/a.feature::{name}",
        name=name,
        feature="A feature",
        file="features/a.feature",
        line=line,
        client=None,
        clauses=list(clauses or ("AA-1",)),
        inferred=False,
        judgement=judgement,
        reason=None if judgement == "passed" else f"because of {name}",
        seconds=0.25,
        steps=[Step("Given", "a step", 5, "passed").to_json()],
        failure=None,
        violations=[],
        exchanges=[exchange()],
    )
    return replace(made, **changes)


def scenario(name: str, line: int) -> Scenario:
    path = Path("features/a.feature")
    return Scenario(name, "A feature", path, str(path), line, frozenset(), ("AA-1",), (), ())


Make = Callable[..., Run]
MEASURED = {"what": "median", "value": 4.2, "unit": "ms"}
BOTH = (
    end("one", "passed", "AA-1"),
    end("two", "failed", "AA-2", line=14, failure=FAILURE.to_json(), client="web portal"),
)
