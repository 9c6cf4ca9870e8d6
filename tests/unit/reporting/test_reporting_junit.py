from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from reporting_samples import BOTH, FAILURE, VIOLATION, Make, end

from servinix_conformance.events import Failure, Judgement
from servinix_conformance.options import Options
from servinix_conformance.reporting import junit
from servinix_conformance.run import Run

# Jenkins' own, as pytest 9.1.1 distributes it; its licence, MIT, stands in it.
SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[2] / "samples" / "junit-10.xsd")


def tree(run: Run) -> ET.Element:
    """The report, after Jenkins' schema has found nothing."""
    text = junit.render(run.report).decode()
    SCHEMA.validate(text)
    return ET.fromstring(text)  # noqa: S314 - our own report


def case_of(run: Run, name: str) -> ET.Element:
    (case,) = (item for item in tree(run).iter("testcase") if item.get("name") == name)
    return case


def test_the_junit_report_counts_suites_and_cases(run_of: Make) -> None:
    error = end("broke down", "error", failure=Failure("harness", "none", "one", "", 3).to_json(), feature="", line=9)
    root = tree(run_of(*BOTH, end("later", "untested", line=14), error))
    numbers = {"tests": "4", "failures": "1", "errors": "1"}
    assert {name: root.get(name) for name in numbers} == numbers
    assert root.get("name", "").endswith(": Example")
    assert root.get("time") == "1.500"
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"AA-1: A feature", "AA-2: A feature", "AA-1: features/a.feature"}
    first = suites["AA-1: A feature"]
    assert {name: first.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "2",
        "failures": "0",
        "errors": "0",
        "skipped": "1",
        "time": "0.500",
    }
    assert (first.get("file"), first.get("timestamp")) == ("features/a.feature", "2026-01-02T03:04:05")


def test_a_suite_in_junit_has_its_clauses_as_properties(run_of: Make) -> None:
    (suite,) = tree(run_of(end("one", "passed", "AA-1", "BB-1")))
    assert [child.tag for child in suite] == ["properties", "testcase"]
    assert [(item.get("name"), item.get("value")) for item in suite[0]] == [
        ("clause", "AA-1, BB-1"),
        ("chapter", "First chapter"),
    ]
    assert list(suite[1]) == []


@pytest.mark.parametrize(
    ("changes", "classname", "names"),
    [
        ({}, "First chapter.A feature", ["clause", "chapter"]),
        ({"clauses": ["ZZ-9", "BB-1"]}, "Second chapter.A feature", ["clause", "chapter"]),
        ({"clauses": ["ZZ-9"]}, "A feature", ["clause"]),
        ({"clauses": [], "feature": "Version 1.2"}, "Version 1\N{ONE DOT LEADER}2", []),
    ],
)
def test_the_class_of_a_case_in_junit_is_chapter_and_feature(
    run_of: Make, changes: dict[str, Any], classname: str, names: list[str]
) -> None:
    (suite,) = tree(run_of(end("one", **changes)))
    assert suite[1].get("classname") == classname
    assert [item.get("name") for item in suite[0]] == names


def test_no_two_cases_in_junit_have_one_name(run_of: Make) -> None:
    titles = {"a": "same", "b": "same", "c": "same [2]", "d": "same"}
    ends = [end(name, id=key, line=20) for key, name in titles.items()]
    names = [case.get("name") for case in tree(run_of(*ends)).iter("testcase")]
    assert names == ["same", "same [2]", "same [2] [2]", "same [3]"]


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
        ("untested", {}, False, "skipped", "untested"),
        ("not claimed", {}, False, "skipped", "not claimed"),
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
    (told,) = case_of(run, "one")
    assert (told.tag, told.get("type")) == (tag, kind)
    assert (told.text or "").startswith("features/a.feature:")
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
