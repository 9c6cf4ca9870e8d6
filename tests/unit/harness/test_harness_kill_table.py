from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from servinix_conformance.catalogue import Catalogue, Clause
from servinix_conformance.events import ScenarioEnd
from servinix_conformance.kill_table import Fault, KillTable, Red, Scenario, Trial, trial_of
from servinix_conformance.verdict import judge

FAULT = Fault("wrong", "H", "AA-1", ("AA-2",), "Is wrong.")
SEEN = frozenset({"AA-1", "AA-2", "AA-3"})


def red(where: str, *clauses: str) -> Red:
    return Red(where, f"scenario at {where}", clauses)


def trial(*reds: Red, fault: Fault | None = FAULT, **changes: Any) -> Trial:  # noqa: ANN401 - any member
    return replace(Trial(fault, SEEN, reds), **changes)


def table(*trials: Trial, **changes: Any) -> KillTable:  # noqa: ANN401 - any member
    faults = tuple(item.fault for item in trials if item.fault is not None)
    made = KillTable(faults=faults, trials=trials, control=Trial(None, SEEN), scenarios=())
    return replace(made, **changes)


def test_a_fault_is_killed_by_what_is_red_at_its_own_clause() -> None:
    first, other, second = red("a:1", "AA-1"), red("a:5", "AA-2"), red("a:9", "AA-2", "AA-1")
    told = trial(first, other, second)
    assert told.fate == "killed"
    assert told.killers == (first, second)
    assert told.red == ("AA-1", "AA-2")
    assert told.firsts == {"AA-1": first, "AA-2": other}
    assert (told.unexplained, told.unneeded) == ((), ())
    assert table(told).exit_status == 0


def test_a_fault_that_is_red_elsewhere_alone_survives() -> None:
    told = trial(red("a:1", "AA-2"))
    assert (told.fate, told.unexplained) == ("survived", ())
    assert table(told).exit_status == 1


def test_what_a_fault_does_not_name_is_unexplained() -> None:
    told = trial(red("a:1", "AA-1"), red("a:2", "AA-2"), red("a:3", "AA-3"))
    assert (told.fate, told.unexplained) == ("killed", ("AA-3",))
    assert table(told).unexplained == (told,)
    assert table(told).exit_status == 1


def test_what_a_fault_names_and_does_not_break_is_not_needed() -> None:
    told = trial(red("a:1", "AA-1"))
    assert told.unneeded == ("AA-2",)
    assert table(told).exit_status == 1
    unseen = replace(told, judged=frozenset({"AA-1"}))
    assert unseen.unneeded == ()
    assert table(unseen).exit_status == 0


def test_a_clause_without_scenario_neither_kills_nor_spares() -> None:
    told = trial(judged=frozenset({"AA-3"}))
    assert told.fate == "no scenario"
    assert table(told).exit_status == 0


def test_a_run_that_failed_says_nothing() -> None:
    told = trial(red("a:1", "AA-1"), problem="it died")
    assert (told.fate, told.unneeded) == ("error", ())
    assert table(told).exit_status == 70
    assert table(told, trial()).exit_status == 1


def test_the_server_without_a_fault_has_to_be_green() -> None:
    killed = trial(red("a:1", "AA-1", "AA-2"))
    assert trial(fault=None).unexplained == ()
    assert table(killed, control=trial(red("a:1", "AA-1"), fault=None)).exit_status == 1
    assert table(killed, control=trial(fault=None, problem="it died")).exit_status == 1
    assert table(killed, control=None).exit_status == 70


def test_a_table_that_was_cut_short_says_what_is_missing() -> None:
    late = replace(FAULT, id="late")
    told = table(trial(red("a:1", "AA-1", "AA-2")), faults=(FAULT, late), interrupted=True)
    assert (told.complete, told.not_tried, told.exit_status) == (False, (late,), 130)


def test_what_each_scenario_catches() -> None:
    one, two = Scenario("a:1", "one", ("AA-1",)), Scenario("a:2", "two", ("AA-2",))
    three = Scenario("a:3", "three", ("AA-3",))
    both = trial(red("a:1", "AA-1"), red("a:1", "AA-1"), red("a:2", "AA-2"), red("a:2", "AA-3"))
    lonely = trial(red("a:2", "AA-1"), red("a:2", "AA-2"), fault=replace(FAULT, id="lonely"))
    told = {item.scenario.name: item for item in table(both, lonely, scenarios=(one, two, three)).catches}
    assert (told["one"].faults, told["one"].first, told["one"].alone) == (("wrong",), ("wrong",), ())
    assert told["two"].faults == ("wrong", "lonely")
    assert (told["two"].first, told["two"].alone) == (("wrong", "lonely"), ("lonely",))
    assert (told["three"].faults, told["three"].first, told["three"].alone) == ((), (), ())


def test_a_scenario_that_no_fault_turns_red_needs_a_reason() -> None:
    idle = Scenario("a:3", "three", ("AA-3",))
    killed = trial(red("a:1", "AA-1", "AA-2"))
    caught = Scenario("a:1", "one", ("AA-1",))
    told = table(killed, scenarios=(caught, idle))
    assert [item.scenario for item in told.unbroken] == [idle]
    assert (told.unjustified, told.exit_status) == (told.unbroken, 1)
    justified = replace(told, scenarios=(caught, replace(idle, why="it is a control")))
    assert (len(justified.unbroken), justified.unjustified, justified.exit_status) == (1, (), 0)


@pytest.mark.parametrize("changes", [{"whole": False}, {"narrowed": True}, {"interrupted": True}])
def test_only_the_whole_table_says_so_of_scenarios(changes: dict[str, bool]) -> None:
    told = table(trial(red("a:1", "AA-1", "AA-2")), scenarios=(Scenario("a:3", "three", ("AA-3",)),), **changes)
    assert (told.unbroken, told.unjustified) == ((), ())


def test_a_reason_that_is_not_needed_is_told() -> None:
    killed = trial(red("a:1", "AA-1", "AA-2"))
    told = table(killed, scenarios=(Scenario("a:1", "one", ("AA-1",), "it is a control"),))
    assert (told.excused, told.exit_status) == (("one",), 1)
    gone = table(killed, idle=("renamed",))
    assert (gone.excused, gone.exit_status) == (("renamed",), 1)


def clause(name: str, **changes: Any) -> Clause:  # noqa: ANN401 - any member
    return replace(Clause(name, "Chapter", "Page", "1", "MUST", "standard", "documented", "It is kept."), **changes)


CATALOGUE = Catalogue(
    "1",
    {
        item.id: item
        for item in (
            clause("AA-1"),
            clause("AA-2", keyword="SHOULD"),
            clause("AA-3", by_design="of its kind"),
            clause("AA-4", reading="inferred"),
            clause("CONTRACT-1", profile="contract"),
        )
    },
)


def end(line: int, judgement: str, *clauses: str, violations: int = 0) -> ScenarioEnd:
    return ScenarioEnd(
        id=f"a.feature::{line}",
        name=f"number {line}",
        feature="A",
        file="a.feature",
        line=line,
        client=None,
        clauses=list(clauses),
        inferred=False,
        judgement=judgement,  # type: ignore[arg-type]  # as the test says
        reason=None if judgement == "passed" else "so it is",
        seconds=0.0,
        steps=[],
        failure=None,
        violations=[{"operation": "x", "described": "y", "came": "z"}] * violations,
        exchanges=[],
    )


def tried(*ends: ScenarioEnd) -> Trial:
    verdict = judge(CATALOGUE, ends, profiles=["documented"], strict=True, narrowed=True)
    return trial_of(FAULT, verdict, ends, 1.23456)


def test_a_run_is_read_as_a_trial() -> None:
    told = tried(
        end(1, "failed", "AA-1"),
        end(2, "failed", "AA-2", "AA-3"),
        end(3, "failed", "AA-4"),
        end(4, "passed", "AA-1", violations=1),
        end(5, "untested", "AA-1"),
    )
    assert [(item.where, item.clauses) for item in told.reds] == [
        ("a.feature:1", ("AA-1",)),
        ("a.feature:2", ("AA-2",)),
        ("a.feature:3", ("AA-4",)),
        ("a.feature:4", ("CONTRACT-1",)),
    ]
    assert told.judged == {"AA-1", "AA-2", "AA-3", "AA-4", "CONTRACT-1"}
    assert (told.scenarios, told.seconds, told.said, told.problem) == (5, 1.235, "failed: so it is", None)


def test_a_survivor_says_what_became_of_its_clause() -> None:
    assert tried(end(1, "passed", "AA-1")).said == "passed"
    assert tried(end(1, "untested", "AA-1")).said == "untested: so it is"


def test_an_error_is_no_kill() -> None:
    told = tried(end(1, "failed", "AA-1"), end(2, "error", "AA-2"))
    assert told.fate == "error"
    assert told.problem == "1 ended as an error, first a.feature:2, number 2: so it is"


def test_a_run_that_stopped_is_no_trial() -> None:
    ends = [end(1, "failed", "AA-1")]
    verdict = judge(CATALOGUE, ends, profiles=["documented"], strict=True, complete=False)
    assert trial_of(None, verdict, ends).problem == "the run did not reach its end"
