"""What report.html is made of, before it is HTML."""

from __future__ import annotations

from dataclasses import replace

import pytest
from html_samples import CATALOGUE, conformant, every_verdict, failing, report_of
from reporting_samples import end, exchange

from servinix_conformance.events import ScenarioEnd, Wait
from servinix_conformance.reporting.html.page import page
from servinix_conformance.reporting.html.scenarios import worst_of
from servinix_conformance.reporting.html.timeline import Timeline
from servinix_conformance.reporting.html.words import number, span, when


def waiting(name: str, started: float, seconds: float, process: str) -> ScenarioEnd:
    waits = [Wait("the lock", seconds, moved=False, started=started).to_json()]
    return end(name, started=started, seconds=seconds, process=process, waits=waits, exchanges=[])


def line_of(*ends: ScenarioEnd) -> Timeline:
    return page(report_of(*ends)).timeline


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (0.0004, "0.4 ms"),
        (0.031, "31 ms"),
        (0.9996, "1 s"),
        (4.26, "4.3 s"),
        (61.6, "62 s"),
        (125, "2 min 5 s"),
        (300, "5 min"),
        (3600, "1 h"),
        (107400, "29 h 50 min"),
    ],
)
def test_a_length_of_time_is_as_exact_as_anybody_needs_it(seconds: float, told: str) -> None:
    assert span(seconds) == told


def test_amounts_and_moments_are_told_in_words() -> None:
    assert (number(1, "status", "statuses"), number(2, "status", "statuses")) == ("1 status", "2 statuses")
    assert number(1234, "request") == "1,234 requests"
    assert when("2026-11-24T12:10:03+00:00") == "24 November 2026, 12:10:03 UTC"
    assert when("2026-11-24T12:10:03") == "24 November 2026, 12:10:03"
    assert when("some day") == "some day"


def test_the_verdict_of_a_scenario_is_the_worst_that_it_means_for_a_clause() -> None:
    assert worst_of({"passed", "deviation"}) == "deviation"
    assert worst_of({"untested", "error", "failed"}) == "failed"
    views = page(every_verdict()).scenarios
    assert [view.verdict for view in views] == [
        *("passed", "failed", "deviation", "error", "untested", "not claimed", "passed")
    ]
    assert views[-1].broke_contract


def test_a_filter_finds_a_scenario_by_its_verdicts_and_by_the_chapters_of_its_clauses() -> None:
    views = page(every_verdict()).scenarios
    assert (views[5].filters, views[5].chapters) == ("not-claimed", "1")
    assert (views[6].filters, views[6].chapters) == ("passed failed", "0 2")
    both = page(report_of(end("one", "passed", "AA-1", "BB-1", "AA-2"))).scenarios[0]
    assert both.chapters == "0 1"


def test_scenarios_are_grouped_by_feature() -> None:
    other = end("two", file="features/b.feature", feature="")
    features = page(report_of(end("one"), other)).features
    assert [(item.name, item.file, len(item.scenarios)) for item in features] == [
        ("A feature", "features/a.feature", 1),
        ("features/b.feature", "features/b.feature", 1),
    ]


def test_one_thing_seen_by_many_scenarios_is_one_piece_of_evidence() -> None:
    broken = failing().ends[1]
    ends = [replace(broken, id=f"features/a.feature::{at}", client=f"client {at}") for at in range(4)]
    (finding,) = page(report_of(*ends)).findings
    (evidence,) = finding.evidence
    assert [view.anchor for view in evidence.scenarios] == ["s1", "s2", "s3", "s4"]
    assert (evidence.at, evidence.expected) == ("features/a.feature:8", "to be refused")


def test_a_failure_without_a_record_of_it_is_told_by_its_reason() -> None:
    (finding,) = page(report_of(end("one", "failed"))).findings
    (evidence,) = finding.evidence
    assert (evidence.heading, evidence.expected, evidence.actual) == ("It did not pass", None, "because of one")
    assert evidence.at == "features/a.feature:4"


def test_the_worst_findings_come_first() -> None:
    found = [finding.result.clause.id for finding in page(every_verdict()).findings]
    assert found == ["AA-2", "CONTRACT-1", "BB-1", "AA-3"]


def test_an_untested_clause_with_a_red_scenario_is_a_finding_too() -> None:
    ends = [end("one", "untested", "AA-3"), end("two", "failed", "AA-3")]
    (finding,) = page(report_of(*ends)).findings
    assert (finding.result.verdict, len(finding.evidence)) == ("untested", 1)


def test_clauses_are_counted_with_what_does_not_count_against_them() -> None:
    ends = [end(name, "passed", name) for name in CATALOGUE.clauses if name not in {"CONTRACT-1", "AA-3", "BB-3"}]
    made = page(report_of(*ends, end("d", "failed", "AA-3"), end("n", "not claimed", "BB-3")))
    assert made.verdict == "CONFORMANT"
    assert made.answer == "Every clause that is claimed was tested and kept (1 deviation, 1 not claimed)."
    untested = page(report_of(*ends, end("u", "untested", "BB-3"), end("s", "passed", "AA-3")))
    assert untested.verdict == "INCOMPLETE"
    assert untested.answer.endswith("1 of 7 clauses could not be judged.")


def test_waits_that_overlapped_took_less_than_they_are_long() -> None:
    line = line_of(
        waiting("one", 100.0, 60.0, "gw0"), waiting("two", 130.0, 60.0, "gw1"), waiting("three", 300.0, 10.0, "gw0")
    )
    assert (line.waited, line.took, line.most) == ("2 min 10 s", "100 s", 2)
    assert [(wait.scenario.end.name, wait.began, wait.span, wait.others) for wait in line.waits] == [
        ("one", "0 s", "60 s", 1),
        ("two", "30 s", "60 s", 1),
        ("three", "3 min 20 s", "10 s", 0),
    ]


def test_waits_one_after_another_do_not_overlap() -> None:
    line = line_of(waiting("one", 100.0, 30.0, "gw0"), waiting("two", 130.0, 30.0, "gw0"))
    assert (line.waited, line.took, line.most) == ("60 s", "60 s", 1)
    assert [wait.others for wait in line.waits] == [0, 0]


def test_each_process_has_a_lane_with_its_scenarios_in_their_places() -> None:
    line = line_of(
        *(waiting(name, at, 50.0, name) for name, at in (("gw10", 150.0), ("gw9", 100.0))), end("never began")
    )
    assert [lane.process for lane in line.lanes] == ["gw9", "gw10"]
    first, second = (lane.bars[0][1] for lane in line.lanes)
    assert (first.x, first.width, second.x, second.width) == (0.0, 500.0, 500.0, 500.0)
    assert line.lanes[0].waits == (first,)
    assert line.lanes[0].busy == "50 s"
    assert line.ticks == ("0 s", "25 s", "50 s", "75 s", "100 s")
    assert len(line.slowest) == 2


def test_the_time_of_scenarios_is_shared_out() -> None:
    own = replace(waiting("one", 100.0, 6.0, "main"), seconds=10.0, exchanges=[exchange()] * 20)
    assert [(share.name, share.span, share.bar.width) for share in line_of(own).shares] == [
        ("requests and answers", "2 s", 200.0),
        ("waits", "6 s", 600.0),
        ("the suite itself", "2 s", 200.0),
    ]


def test_a_clock_that_was_moved_is_no_wait() -> None:
    line = page(conformant()).timeline
    assert (line.waits, line.waited) == ((), "0 s")
    assert (line.moved, line.moved_altogether) == ((("the lock", "15 min", 1),), "15 min")


def test_a_run_without_scenarios_has_an_empty_timeline() -> None:
    line = line_of()
    assert (line.lanes, line.waits, line.slowest) == ((), (), ())
