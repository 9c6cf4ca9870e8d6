from __future__ import annotations

from dataclasses import replace

import pytest
from reporting_samples import end, scenario

from servinix_conformance.binding import Binding
from servinix_conformance.catalogue import CONTRACT
from servinix_conformance.clients import BROWSER
from servinix_conformance.document import Document
from servinix_conformance.generating import Scope
from servinix_conformance.plan import EACH_LINKING_OPERATION, EACH_OPERATION, Plan
from servinix_conformance.selection import whole
from servinix_conformance.suite import suite_root
from servinix_conformance.target import Target

DOCUMENT = Document((suite_root() / "openapi.yaml").read_text(encoding="utf-8"), "openapi.yaml")
SCOPE = Scope(DOCUMENT, Binding(), Target(name="Example", base_url="http://h"))
STEPS = (("given", "a step"),)
PLAN = Plan(
    (
        replace(scenario("one", 4), clauses=("AA-1",), examples=(STEPS, STEPS)),
        replace(
            scenario("two", 14), clauses=("AA-1", "AA-2"), clients=("web portal", "Servinix Go"), examples=(STEPS,)
        ),
    )
)
CLAUSES = ("AA-1", "AA-2", CONTRACT)


def run_of(first: int, second: int) -> frozenset[str]:
    """So many ends of the scenario with two rows, and so many of the one with two clients."""
    ends = [*(end(f"one[{number}]") for number in range(first)), *(end("two", line=14) for _ in range(second))]
    return whole(CLAUSES, PLAN, ends, SCOPE)


def test_a_clause_is_whole_with_every_row_and_every_client_of_its_scenarios() -> None:
    assert run_of(2, 2) == {"AA-1", "AA-2"}


def test_a_clause_is_not_whole_without_a_row_or_a_client() -> None:
    assert run_of(1, 2) == {"AA-2"}
    assert run_of(2, 1) == set()
    assert run_of(0, 2) == {"AA-2"}


def test_what_runs_in_a_browser_counts_for_the_portal_alone() -> None:
    one = replace(scenario("one", 4), clauses=("AA-1", "PP-1"), on_pages=("PP-1",), examples=(STEPS,))
    over_api, on_pages = end("one"), replace(end("one"), client=BROWSER)
    for ends, expected in (([over_api], {"AA-1"}), ([on_pages], {"PP-1"}), ([over_api, on_pages], {"AA-1", "PP-1"})):
        assert whole(("AA-1", "PP-1"), Plan((one,)), ends, SCOPE) == expected


@pytest.mark.parametrize(("tag", "operations"), [(EACH_OPERATION, 12), (EACH_LINKING_OPERATION, 9)])
def test_a_clause_is_not_whole_without_one_of_the_operations_that_its_scenario_is_about(
    tag: str, operations: int
) -> None:
    one = replace(scenario("one", 4), clauses=("AA-1",), examples=(STEPS,), tags=frozenset({tag}))
    ends = [end(f"one[{number}]") for number in range(operations)]
    assert whole(("AA-1",), Plan((one,)), ends, SCOPE) == {"AA-1"}
    for some in (ends[:1], ends[1:], []):
        assert whole(("AA-1",), Plan((one,)), some, SCOPE) == set()
