from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from reporting_samples import BOTH, FAILURE, VIOLATION, Make, end

from servinix_conformance.events import Failure, Judgement
from servinix_conformance.options import Options
from servinix_conformance.reporting import junit
from servinix_conformance.run import Run


def tree(run: Run) -> ET.Element:
    return ET.fromstring(junit.render(run.report))  # noqa: S314 - our own report


def case_of(run: Run, name: str) -> ET.Element:
    (case,) = (item for item in tree(run).iter("testcase") if item.get("name") == name)
    return case


def test_the_junit_report_counts_suites_and_cases(run_of: Make) -> None:
    error = end("broke down", "error", failure=Failure("harness", "none", "one", "", 3).to_json(), feature="", line=9)
    root = tree(run_of(*BOTH, end("later", "untested", line=14), error))
    numbers = {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    assert {name: root.get(name) for name in numbers} == numbers
    assert root.get("name", "").endswith(": Example")
    assert root.get("time") == "1.500"
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"A feature", "features/a.feature"}
    assert suites["A feature"].get("tests") == "3"
    assert suites["A feature"].get("time") == "0.750"
    assert suites["A feature"].get("timestamp") == "2026-01-02T03:04:05"


def test_a_passed_scenario_in_junit_has_its_properties_alone(run_of: Make) -> None:
    case = case_of(run_of(end("one", "passed", "AA-1", "AA-2")), "one")
    assert [child.tag for child in case] == ["properties"]
    assert [(item.get("name"), item.get("value")) for item in case[0]] == [
        ("clause", "AA-1"),
        ("clause", "AA-2"),
        ("where", "features/a.feature:4"),
    ]
    assert case.get("classname") == "A feature"


def test_a_failure_in_junit_has_all_that_helps(run_of: Make) -> None:
    failure = case_of(run_of(*BOTH), "two (as web portal)").find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("broken", "because of two")
    assert (failure.text or "").splitlines() == [
        "features/a.feature:8: Then Ada is refused",
        "expected: to be refused",
        "actual: she was signed in",
        "answer: 200 {}",
        "curl: curl -i http://h",
    ]


@pytest.mark.parametrize(
    ("judgement", "changes", "strict", "tag", "kind"),
    [
        ("failed", {"inferred": True}, False, "system-out", None),
        ("failed", {"inferred": True}, True, "failure", "broken"),
        ("passed", {"violations": [VIOLATION, VIOLATION]}, False, "failure", "contract"),
        ("untested", {"violations": [VIOLATION]}, False, "failure", "contract"),
        ("error", {"failure": Failure("undefined", "a", "b", "c", 1).to_json()}, False, "error", "undefined"),
        ("error", {"clauses": []}, False, "error", "error"),
        ("untested", {}, False, "skipped", None),
        ("not claimed", {}, False, "skipped", None),
    ],
)
def test_what_a_scenario_is_in_junit(  # noqa: PLR0913, PLR0917 - parameters
    run_of: Make,
    judgement: Judgement,
    changes: dict[str, Any],
    strict: bool,  # noqa: FBT001 - a parameter
    tag: str,
    kind: str | None,
) -> None:
    run = run_of(end("one", judgement, **changes), options=Options(strict=strict))
    _, told = case_of(run, "one")
    assert (told.tag, told.get("type")) == (tag, kind)
    text = (told.get("message") or "") + (told.text or "")
    assert ("for 200, a body" if kind == "contract" else "because of one") in text


def test_junit_stays_well_formed_whatever_was_said(run_of: Make) -> None:
    odd = "\x00\x1b[31m <&> \ud800 ]]> \uffff ok"
    failure = replace(FAILURE, actual=odd).to_json()
    run = run_of(end("one", "failed", reason=odd, failure=failure), end("two", violations=[{**VIOLATION, "came": odd}]))
    told = case_of(run, "one").find("failure")
    assert told is not None
    assert "<&>" in (told.text or "")
    assert "\x1b" not in (told.text or "")
