from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from markdown_it import MarkdownIt

from servinix_conformance.kill_table import Fault, KillTable, Red, Scenario, Trial
from servinix_conformance.reporting import kills
from servinix_conformance.reporting.kills import Progress, machines, markdown, text, written
from servinix_conformance.suite import suite_root

FIRST = Red("a.feature:4", "It is kept", ("AA-1",))
OTHER = Red("a.feature:9", "So is | that", ("AA-2", "AA-3"))


def fault(name: str, clause: str = "AA-1", *also: str) -> Fault:
    return Fault(name, "H", clause, also, f"Is *wrong* as {name}.")


def trial(name: str, *reds: Red, **changes: Any) -> Trial:  # noqa: ANN401 - any member
    made = Trial(fault(name), frozenset({"AA-1", "AA-2", "AA-3"}), reds, 12, 1.5, "passed")
    return replace(made, **changes)


@pytest.fixture
def table() -> KillTable:
    """One of everything."""
    trials = (
        trial("killed", FIRST, replace(FIRST, title="It is kept too")),
        trial("survived", said="untested: nobody looked"),
        trial("unexplained", FIRST, OTHER, fault=fault("unexplained", "AA-1", "AA-2")),
        trial("unneeded", FIRST, fault=fault("unneeded", "AA-1", "AA-2")),
        trial("broken", problem="it died"),
        trial("unseen", fault=fault("unseen", "BB-1")),
    )
    scenarios = (
        Scenario("a.feature:4", "It is kept", ("AA-1",)),
        Scenario("a.feature:9", "So is | that", ("AA-2", "AA-3"), "an excuse"),
        Scenario("a.feature:20", "It is idle", ("AA-1",)),
        Scenario("a.feature:30", "It is a control", ("AA-1",), "it shows that the server lives"),
    )
    return KillTable(
        faults=tuple(item.fault for item in trials if item.fault is not None),
        trials=trials,
        control=Trial(None, reds=(FIRST,), scenarios=12, seconds=1.0),
        scenarios=scenarios,
        idle=("Renamed",),
        suite="0.1.0",
        catalogue="1",
        profiles=("documented", "hardened"),
        started_at="2026-11-24T12:00:00+00:00",
        seconds=61.25,
        processes=2,
        python="3.11.7",
        platform="Linux x86_64",
    )


GOOD = KillTable(
    faults=(fault("killed"),),
    trials=(trial("killed", FIRST),),
    control=Trial(None, scenarios=12),
    scenarios=(Scenario("a.feature:4", "It is kept", ("AA-1",)),),
    profiles=("documented",),
)


def test_a_table_without_a_flaw() -> None:
    assert text.render(GOOD).splitlines() == [
        "servinix-conformance : 1 fault, each against documented as a whole",
        "",
        "H  killed  killed      AA-1       a.feature:4 It is kept",
        "",
        "1 fault: 1 killed; 0 with an unexplained red; 0 of 1 scenario that no fault turned red",
        "2 runs, 24 scenarios in all, in 0 s with 1 process",
    ]


def test_everything_that_can_be_wrong_is_told(table: KillTable) -> None:
    lines = text.render(table).splitlines()
    for line in (
        "H  killed       killed      AA-1       a.feature:4 It is kept (and 1 more)",
        "H  survived     survived    AA-1",
        "  AA-1: a.feature:4 It is kept",
        "  survived (high): AA-1 untested: nobody looked",
        "  unexplained: AA-3, a.feature:9 So is | that",
        "  unneeded: AA-2",
        "  broken: it died",
        "  unseen: BB-1",
        "  a.feature:20 It is idle",
        "  a.feature:30 It is a control: it shows that the server lives",
        "  Renamed",
        "  So is | that",
    ):
        assert line in lines
    assert lines[-2] == (
        "6 faults: 3 killed, 1 has no scenario, 1 could not be tried, 1 survived; 1 with an unexplained red; 1 that "
        "name a clause which stayed green; 2 of 4 scenarios that no fault turned red, 1 of them justified"
    )


def test_a_table_that_was_cut_short_says_so(table: KillTable) -> None:
    cut = replace(table, interrupted=True, control=None, trials=table.trials[:2])
    told = text.render(cut)
    assert "\ncut short: 6 faults: 1 killed, 1 survived; 4 not tried; " in told
    assert "\nnot tried\n  unexplained\n" in told
    assert "scenarios that no fault turned red" not in told
    assert markdown.render(cut).startswith("# The kill table\n\n**cut short: 6 faults")


def test_colours_are_there_only_where_they_are_wanted(table: KillTable) -> None:
    assert "\x1b" not in text.render(table)
    assert "\x1b[31msurvived   \x1b[0m" in text.render(table, colour=True)


def test_what_a_scenario_is_called_does_no_harm_to_a_terminal() -> None:
    evil = replace(GOOD, trials=(trial("killed", replace(FIRST, title="\x1b[2Jgone\nfor good")),))
    assert "\x1b" not in text.render(evil)


def test_markdown_is_a_table_for_people(table: KillTable) -> None:
    shown = MarkdownIt("gfm-like").render(markdown.render(table))
    assert "<td>Is *wrong* as killed.</td>" in shown
    assert "<td><strong>survived</strong></td>" in shown
    assert "<td>AA-2, <strong>AA-3</strong></td>" in shown
    assert "<li>unexplained: AA-3, a.feature:9 So is | that</li>" in shown
    assert "<td>a.feature:9 So is | that</td>\n<td>AA-2, AA-3</td>\n<td>1</td>\n<td>first: unexplained</td>" in shown
    assert "<td>alone: killed</td>" in shown
    own = markdown.render(replace(table, whole=False))
    assert "each against the clauses that it names, of documented and hardened" in own
    assert "## Scenarios\n" not in own


def test_the_json_is_what_its_schema_says(table: KillTable) -> None:
    validator = jsonschema_rs.validator_for(json.loads(machines.SCHEMA.read_text(encoding="utf-8")))
    for made in (table, GOOD, replace(table, control=None, interrupted=True), replace(table, narrowed=True)):
        validator.validate(json.loads(machines.render(made)))
    told = machines.contents(table)
    assert told["counts"]["unjustified_scenarios"] == 1
    assert [item["verdict"] for item in told["faults"]] == [item.fate for item in table.trials]
    assert told["faults"][2]["also_red"] == [
        {"clause": "AA-2", "explained": True, "first": {"where": "a.feature:9", "title": "So is | that"}},
        {"clause": "AA-3", "explained": False, "first": {"where": "a.feature:9", "title": "So is | that"}},
    ]
    assert told["unneeded_reasons"] == ["Renamed", "So is | that"]


def test_the_published_schema_is_this_one() -> None:
    assert (suite_root() / "docs" / "faults.schema.json").read_bytes() == machines.SCHEMA.read_bytes()


def test_the_files_are_written(table: KillTable, tmp_path: Path) -> None:
    assert written(table, tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == set(kills.FORMATS)
    assert written(table, tmp_path / "gone") == [
        f"--report {tmp_path / 'gone'}: {name} could not be written: No such file or directory"
        for name in kills.FORMATS
    ]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_is_one_line() -> None:
    screen = Screen()
    progress = Progress(screen, 3)
    for item in (Trial(None), trial("one", FIRST), trial("two")):
        progress.ended(item)
    progress.close()
    assert screen.getvalue().split("\r\x1b[K")[1:] == [
        "0 of 3 runs: starting",
        "1 of 3 runs: the server without a fault, 0.0 s",
        "2 of 3 runs: one killed, 1.5 s",
        "two: survived\n",
        "3 of 3 runs, 1 to look at: two survived, 1.5 s",
        "",
    ]


def test_what_wants_to_be_looked_at_is_told_at_once() -> None:
    paper = io.StringIO()
    progress = Progress(paper, 3)
    progress.ended(trial("more", FIRST, OTHER, fault=fault("more", "AA-1", "AA-2")))
    progress.ended(trial("less", FIRST, fault=fault("less", "AA-1", "AA-2")))
    progress.ended(trial("broken", problem="it died\nTraceback"))
    assert [line for line in paper.getvalue().splitlines() if " of 3 runs" not in line] == [
        "more: red at AA-3 (a.feature:9 So is | that)",
        "less: not red at AA-2, which it names",
        "broken: it died",
    ]


def test_progress_elsewhere_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = io.StringIO()
    progress = Progress(paper, 4)
    progress.ended(Trial(None, reds=(FIRST,)))
    monkeypatch.setattr(kills, "_LINE_SECONDS", 0.0)
    progress.ended(trial("one", FIRST))
    monkeypatch.undo()
    progress.ended(trial("two", FIRST))
    progress.ended(trial("three", FIRST))
    progress.close()
    assert paper.getvalue().splitlines() == [
        "0 of 4 runs: starting",
        "the server without a fault: red at AA-1 (a.feature:4 It is kept)",
        "2 of 4 runs, 1 to look at: one killed, 1.5 s",
        "4 of 4 runs, 1 to look at: three killed, 1.5 s",
    ]
