"""Known failures, as every format has them."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

from reporting_samples import BOTH, FAILURE, VIOLATION, Make, end

from servinix_conformance.baseline import Entry
from servinix_conformance.catalogue import CONTRACT
from servinix_conformance.reporting import html_report, json_report, junit, summary
from servinix_conformance.reporting.terminal import Terminal
from servinix_conformance.run import Run

DAY = date(2026, 12, 31)


def accepting(run: Run, *entries: tuple[str, str, date]) -> Run:
    run.accepted = tuple(Entry(name, f"why {name}", day, verdict, "k.toml") for name, verdict, day in entries)  # type: ignore[arg-type]
    return run


def case_of(run: Run, name: str) -> ET.Element:
    root = ET.fromstring(junit.render(run.report))  # noqa: S314 - our own report
    return next(case for case in root.iter("testcase") if case.get("name") == name)


def test_the_json_report_says_what_was_known_and_what_became_of_it(tmp_path: Path, run_of: Make) -> None:
    run = accepting(
        run_of(*BOTH),
        ("AA-2", "failed", DAY),
        ("AA-1", "failed", DAY),
        ("BB-1", "untested", date(2025, 12, 31)),
        ("BB-1", "failed", DAY),
    )
    path = tmp_path / "report.json"
    path.write_bytes(json_report.render(run.report))
    data = json_report.read(path)
    assert [(item["clause"], item["state"]) for item in data["known_failures"]] == [
        ("AA-2", "known"),
        ("AA-1", "passes"),
        ("BB-1", "expired"),
        ("BB-1", "other"),
    ]
    assert data["known_failures"][0] == {
        "clause": "AA-2",
        "verdict": "failed",
        "reason": "why AA-2",
        "expires": "2026-12-31",
        "state": "known",
    }
    assert data["run"]["exit_status"] == 1
    assert data["profiles"][0]["verdict"] == "NOT CONFORMANT"


def test_a_run_whose_failures_are_all_known_is_0_and_its_profile_is_not_conformant(run_of: Make) -> None:
    run = accepting(run_of(*BOTH, end("three", "passed", "BB-1", line=24)), ("AA-2", "failed", DAY))
    data = json_report.contents(run.report)
    assert (run.exit_status, data["run"]["exit_status"]) == (0, 0)
    assert data["profiles"][0]["verdict"] == "NOT CONFORMANT"


def test_a_run_without_a_baseline_has_no_known_failures(run_of: Make) -> None:
    assert json.loads(json_report.render(run_of(*BOTH).report))["known_failures"] == []


def test_the_terminal_tells_each_entry_above_the_verdict(run_of: Make) -> None:
    run = accepting(run_of(*BOTH), ("AA-2", "failed", DAY), ("AA-1", "failed", DAY))
    stream = io.StringIO()
    Terminal(stream).finished(run.report)
    lines = stream.getvalue().splitlines()
    first = lines.index("AA-2 failed, known until 2026-12-31: why AA-2")
    assert lines[first + 1] == "AA-1 passes now; remove its entry from k.toml"
    assert lines[first + 2] == (
        "NOT CONFORMANT documented: 1 passed, 1 failed (AA-2, known until 2026-12-31), 1 untested (BB-1)"
    )


def test_a_known_failure_is_skipped_in_junit(run_of: Make) -> None:
    run = accepting(run_of(*BOTH), ("AA-2", "failed", DAY))
    case = case_of(run, "two (as web portal)")
    (told,) = (item for item in case if item.tag != "properties")
    assert (told.tag, told.get("message")) == ("skipped", "known failure until 2026-12-31: why AA-2")


def test_a_scenario_that_breaks_another_clause_too_stays_a_failure_in_junit(run_of: Make) -> None:
    both = end("both", "failed", "AA-1", "AA-2", failure=FAILURE.to_json())
    assert case_of(accepting(run_of(both), ("AA-2", "failed", DAY)), "both").find("failure") is not None
    known = accepting(run_of(both), ("AA-2", "failed", DAY), ("AA-1", "failed", DAY))
    told = case_of(known, "both").find("skipped")
    assert told is not None
    assert told.get("message") == ("known failure until 2026-12-31: why AA-2; known failure until 2026-12-31: why AA-1")


def test_a_broken_contract_is_a_failure_in_junit_until_it_is_known(run_of: Make) -> None:
    run = run_of(end("two", "failed", "AA-2", violations=[VIOLATION], failure=FAILURE.to_json()))
    assert case_of(accepting(run, ("AA-2", "failed", DAY)), "two").find("failure") is not None
    known = accepting(run, ("AA-2", "failed", DAY), (CONTRACT, "failed", DAY))
    assert case_of(known, "two").find("skipped") is not None


def test_an_entry_that_expired_excuses_nothing_in_junit(run_of: Make) -> None:
    run = accepting(run_of(*BOTH), ("AA-2", "failed", date(2026, 1, 1)))
    assert case_of(run, "two (as web portal)").find("failure") is not None


def test_a_part_of_a_clause_that_passes_makes_its_entry_not_stale(run_of: Make) -> None:
    run = accepting(run_of(*BOTH), ("AA-1", "failed", DAY))
    run.stopped = "interrupted"
    assert run.report.known == ()


def test_known_failures_stand_where_people_read_the_verdict(run_of: Make) -> None:
    report = accepting(run_of(*BOTH), ("AA-2", "failed", DAY), ("BB-1", "untested", date(2026, 1, 1))).report
    assert [item.state for item in report.known] == ["known", "expired"]
    page, text = html_report.render(report).decode(), summary.render(report).decode()
    for told in (page, text):
        assert "AA-2 failed, known until 2026-12-31: why AA-2" in told
        assert "expired after 2026-01-01" in told
