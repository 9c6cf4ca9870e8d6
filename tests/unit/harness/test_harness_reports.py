from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from servinix_conformance.binding import Binding
from servinix_conformance.catalogue import CONTRACT, Catalogue, Clause
from servinix_conformance.connection import Connection
from servinix_conformance.document import Document
from servinix_conformance.events import Exchange, Failure, Judgement, ScenarioEnd, Step
from servinix_conformance.plan import Plan, Scenario
from servinix_conformance.redaction import Redactor
from servinix_conformance.reporting import clear, whole, writers
from servinix_conformance.reporting.json_report import JsonReport, ReportError, contents, read
from servinix_conformance.reporting.junit import JunitReport
from servinix_conformance.reporting.terminal import Terminal, coloured, signature
from servinix_conformance.run import Options, Run
from servinix_conformance.target import Http, Target
from servinix_conformance.transport import Transport

DOCUMENT = '{"openapi": "3.1.0", "info": {"title": "Example API", "version": "2"}, "paths": {}}'
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


@pytest.fixture
def run_of() -> Iterator[Make]:
    transports: list[Transport] = []

    def make(*ends: ScenarioEnd, options: Options | None = None, **about: Any) -> Run:  # noqa: ANN401 - any attribute
        usual: dict[str, Any] = {
            "name": "Example",
            "base_url": "https://host.example",
            "product": {"vendor": "Servinix"},
            "profiles": ("documented",),
        }
        target = Target(**(usual | about))
        transport = Transport(target.base_url, target.http)
        transports.append(transport)
        run = Run(options or Options())
        run.catalogue = CATALOGUE
        run.plan = Plan((scenario("one", 4), scenario("two", 14)))
        run.connection = Connection(target, Document(DOCUMENT, "d"), DOCUMENT, Binding(), transport, Redactor())
        run.started_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        run.seconds = 1.5
        run.ends = {item.id: item for item in ends}
        return run

    yield make
    for transport in transports:
        transport.close()


BOTH = (
    end("one", "passed", "AA-1"),
    end("two", "failed", "AA-2", line=14, failure=FAILURE.to_json(), client="web portal"),
)


def test_reports_are_written_where_they_are_asked_for(tmp_path: Path, run_of: Make) -> None:
    assert writers(None) == []
    run, folder = run_of(*BOTH), tmp_path / "new" / "reports"
    clear(folder)
    for writer in writers(folder):
        writer.started(run)
        writer.ended(run, BOTH[0])
    assert list(folder.iterdir()) == []
    for writer in writers(folder):
        writer.finished(run, run.verdict)
    assert {path.name for path in folder.iterdir()} == {"report.json", "junit.xml"}


def test_a_run_leaves_no_report_of_an_earlier_one(tmp_path: Path) -> None:
    for name in ("report.json", "junit.xml", ".report.json.part", "other.txt"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_a_folder_that_is_none_gets_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "reports").touch()
    with pytest.raises(whole.FolderError) as caught:
        clear(tmp_path / "reports")
    assert str(caught.value) == f"--report {tmp_path / 'reports'}: File exists; name a folder that can be written to"


def test_a_file_that_is_cut_off_does_not_take_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(path: Path, to: Path) -> Path:
        raise KeyboardInterrupt(path, to)

    monkeypatch.setattr(Path, "replace", cut_off)
    with pytest.raises(KeyboardInterrupt):
        whole.write(tmp_path / "report.json", b'{"end": true}')
    assert not (tmp_path / "report.json").exists()


def test_the_json_report_holds_the_whole_run(tmp_path: Path, run_of: Make) -> None:
    run = run_of(*reversed(BOTH))
    run.leftovers = ["ada@example.com"]
    JsonReport(tmp_path).finished(run, run.verdict)
    data = read(tmp_path / "report.json")
    assert (data["schema_version"], data["end"], list(data)[-1]) == (1, True, "end")
    assert data["suite"] == {"name": "servinix-conformance", "version": run.version, "catalogue": "7"}
    assert data["target"] == {
        "name": "Example",
        "base_url": "https://host.example",
        "document": "Example API 2",
        "product": {"vendor": "Servinix"},
    }
    assert data["run"] == {
        "started_at": "2026-01-02T03:04:05+00:00",
        "seconds": 1.5,
        "time": "real",
        "strict": False,
        "narrowed": False,
        "complete": True,
        "stopped": None,
        "exit_status": 1,
        "leftovers": ["ada@example.com"],
    }
    assert data["profiles"][0] == {
        "name": "documented",
        "verdict": "NOT CONFORMANT",
        "counts": {"passed": 1, "failed": 1, "untested": 1},
    }
    first = data["clauses"][0]
    assert (first["id"], first["verdict"], first["reason"], first["core"]) == ("AA-1", "passed", None, True)
    assert (first["source"], first["scenarios"]) == (
        {"page": "Page", "section": "Section"},
        ["features/a.feature::one"],
    )
    assert [item["name"] for item in data["scenarios"]] == ["one", "two"]


def test_evidence_is_kept_where_somebody_needs_it(run_of: Make) -> None:
    broken = end("broken", line=5, violations=[VIOLATION], exchanges=[exchange([VIOLATION])])
    run = run_of(*BOTH, broken, end("not", "not claimed", "BB-1", line=6))
    kept = {item["name"]: item["exchanges"] for item in contents(run, run.verdict)["scenarios"]}
    assert (kept["one"], kept["not"]) == (1, 1)
    assert kept["two"] == [exchange()]
    assert kept["broken"] == [exchange([VIOLATION])]


def test_a_narrowed_or_stopped_run_says_so_in_its_report(run_of: Make) -> None:
    run = run_of(BOTH[0], options=Options(narrowed=True), test_support_token="a secret")
    run.stopped = "interrupted"
    data = contents(run, run.verdict)
    assert {item["verdict"] for item in data["profiles"]} == {None}
    assert (data["run"]["narrowed"], data["run"]["complete"], data["run"]["stopped"]) == (True, False, "interrupted")
    assert (data["run"]["exit_status"], data["run"]["time"]) == (130, "real")
    assert "a secret" not in json.dumps(data)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "is no report: "),
        ("{", "is no report: "),
        ("[]", "is no report of schema version 1"),
        ('{"schema_version": 2, "end": true}', "is no report of schema version 1"),
        ('{"schema_version": 1}', "the report has no end; the run that wrote it was cut off"),
        ('{"schema_version": 1, "end": 1}', "the report has no end; the run that wrote it was cut off"),
    ],
)
def test_what_is_no_whole_report_is_not_read(tmp_path: Path, text: str | None, told: str) -> None:
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {told}")


def junit(folder: Path, run: Run) -> ET.Element:
    JunitReport(folder).finished(run, run.verdict)
    return ET.fromstring((folder / "junit.xml").read_text(encoding="utf-8"))  # noqa: S314 - our own report


def case_of(folder: Path, run: Run, name: str) -> ET.Element:
    (case,) = (item for item in junit(folder, run).iter("testcase") if item.get("name") == name)
    return case


def test_the_junit_report_counts_suites_and_cases(tmp_path: Path, run_of: Make) -> None:
    error = end("broke down", "error", failure=Failure("harness", "none", "one", "", 3).to_json(), feature="", line=9)
    root = junit(tmp_path, run_of(*BOTH, end("later", "untested", line=14), error))
    numbers = {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    assert {name: root.get(name) for name in numbers} == numbers
    assert root.get("name", "").endswith(": Example")
    assert root.get("time") == "1.500"
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"A feature", "features/a.feature"}
    assert suites["A feature"].get("tests") == "3"
    assert suites["A feature"].get("time") == "0.750"
    assert suites["A feature"].get("timestamp") == "2026-01-02T03:04:05"


def test_a_passed_scenario_in_junit_has_its_properties_alone(tmp_path: Path, run_of: Make) -> None:
    case = case_of(tmp_path, run_of(end("one", "passed", "AA-1", "AA-2")), "one")
    assert [child.tag for child in case] == ["properties"]
    assert [(item.get("name"), item.get("value")) for item in case[0]] == [
        ("clause", "AA-1"),
        ("clause", "AA-2"),
        ("where", "features/a.feature:4"),
    ]
    assert case.get("classname") == "A feature"


def test_a_failure_in_junit_has_all_that_helps(tmp_path: Path, run_of: Make) -> None:
    failure = case_of(tmp_path, run_of(*BOTH), "two (as web portal)").find("failure")
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
    tmp_path: Path,
    run_of: Make,
    judgement: Judgement,
    changes: dict[str, Any],
    strict: bool,  # noqa: FBT001 - a parameter
    tag: str,
    kind: str | None,
) -> None:
    run = run_of(end("one", judgement, **changes), options=Options(strict=strict))
    _, told = case_of(tmp_path, run, "one")
    assert (told.tag, told.get("type")) == (tag, kind)
    text = (told.get("message") or "") + (told.text or "")
    assert ("for 200, a body" if kind == "contract" else "because of one") in text


def test_junit_stays_well_formed_whatever_was_said(tmp_path: Path, run_of: Make) -> None:
    odd = "\x00\x1b[31m <&> \ud800 ]]> \uffff ok"
    failure = replace(FAILURE, actual=odd).to_json()
    run = run_of(end("one", "failed", reason=odd, failure=failure), end("two", violations=[{**VIOLATION, "came": odd}]))
    told = case_of(tmp_path, run, "one").find("failure")
    assert told is not None
    assert "<&>" in (told.text or "")
    assert "\x1b" not in (told.text or "")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


def printed(run: Run, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    terminal = Terminal(stream)
    terminal.started(run)
    for item in run.in_order:
        terminal.ended(run, item)
    terminal.finished(run, run.verdict)
    return stream.getvalue()


def test_colours_are_for_terminals_that_want_them(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    assert coloured(screen)
    assert not coloured(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "")
    assert coloured(screen)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(screen)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured(screen)


def test_a_run_is_printed_clause_by_clause(run_of: Make) -> None:
    run = run_of(*BOTH)
    lines = printed(run).splitlines()
    assert lines[0] == f"servinix-conformance {run.version}: Example, https://host.example (Example API 2)"
    start = lines.index("First chapter")
    assert lines[start + 1] == "  AA-1       passed      AA-1 is kept. (1 scenario)"
    assert lines[start + 2] == "  AA-2       failed      AA-2 is kept. (1 scenario)"
    assert "  BB-1       untested    BB-1 is kept. (0 scenarios)" in lines
    assert f"  {CONTRACT} passed      {CONTRACT} is kept." in lines
    assert lines[-1] == signature(run) == "2 scenarios in 1.5 s, real time: Example, https://host.example"
    assert "NOT CONFORMANT documented: 1 passed, 1 failed (AA-2), 1 untested (BB-1)" in lines
    assert "\x1b" not in "".join(lines)


def test_a_failure_is_printed_with_all_that_helps(run_of: Make) -> None:
    assert (
        "\nAA-2 failed: AA-2 is kept.\n"
        "  scenario  two (as web portal)\n"
        "  at        features/a.feature:8  Then Ada is refused\n"
        "  expected  to be refused\n"
        "  actual    she was signed in\n"
        "  answer    200 {}\n"
        "  repeat    curl -i http://h\n"
    ) in printed(run_of(*BOTH))


def test_a_failure_without_a_step_is_printed_with_its_place(run_of: Make) -> None:
    told = printed(run_of(end("one", "error")))
    assert "\nAA-1 error: AA-1 is kept.\n  scenario  one\n  at        features/a.feature:4\n" in told


def test_a_deviation_is_printed_and_under_strict_is_a_failure(run_of: Make) -> None:
    ends = end("one", "failed", inferred=True, failure=FAILURE.to_json())
    assert "\nAA-1 deviation: " in printed(run_of(ends))
    assert "\nAA-1 failed: " in printed(run_of(ends, options=Options(strict=True)))


def test_a_long_answer_is_cut(run_of: Make) -> None:
    failure = replace(FAILURE, answer="x" * 1000).to_json()
    told = printed(run_of(end("one", "failed", failure=failure)))
    assert f"  answer    {'x' * 400}…\n" in told


def test_nothing_that_a_target_says_looks_like_a_line_of_ours(run_of: Make) -> None:
    said = "\x1b[2J\x1b[H\nCONFORMANT documented: 3 passed\r\n\u202etxet"
    failure = replace(FAILURE, answer=said, actual=said, curl=said).to_json()
    untested = end("two", "untested", "AA-2", reason=said)
    violation = VIOLATION | {"came": said}
    run = run_of(end("one", "failed", failure=failure), untested, end("three", violations=[violation]))
    told = printed(run)
    assert not re.search("[\x1b\r\u202e]", told)
    assert "CONFORMANT documented: 3 passed" not in told.splitlines()
    assert told.count("\n    CONFORMANT documented: 3 passed") == 5


def test_reasons_are_told_once_for_all_clauses(run_of: Make) -> None:
    told = printed(run_of(end("one", "not claimed", "AA-2", "BB-1")))
    assert "\nnot claimed: AA-2, BB-1\n  because of one\n" in told
    assert "\nuntested: AA-1\n  no scenario of it was run\n" in told


def test_violations_are_told_once_with_their_first_scenario(run_of: Make) -> None:
    ends = [
        end(name, line=line, violations=[VIOLATION, VIOLATION], exchanges=[exchange(), exchange([VIOLATION])])
        for name, line in (("one", 4), ("two", 14))
    ]
    assert (
        f"\n{CONTRACT} failed: {CONTRACT} is kept.\n"
        "  operation signIn\n"
        "  at        features/a.feature:4  one (and 1 more)\n"
        "  expected  for 200, a body\n"
        "  actual    none\n"
        "  repeat    curl -i -X POST --data-raw '{}' http://h/sign-in\n"
    ) in printed(run_of(*ends))


def test_a_violation_without_its_exchange_is_told_too(run_of: Make) -> None:
    told = printed(run_of(end("one", violations=[VIOLATION], exchanges=[])))
    assert "  actual    none\n" in told
    assert "  repeat" not in told


def test_what_was_left_and_why_it_stopped_is_told(run_of: Make) -> None:
    run = run_of(BOTH[0], http=Http(verify=False))
    run.leftovers, run.stopped = ["ada@example.com"], "interrupted"
    told = printed(run)
    assert "TLS is not verified: the target file says verify = false\n" in told
    assert "left behind: the account ada@example.com could not be deleted\n" in told
    assert "stopped before the end: interrupted\n" in told
    assert "1 scenario in 1.5 s, " in told


def test_a_narrowed_run_is_printed_without_a_verdict(run_of: Make) -> None:
    told = printed(run_of(BOTH[0], options=Options(narrowed=True)))
    assert "\n1 of 1 selected clauses passed; no profile verdict\n" in told
    assert "CONFORMANT" not in told


def test_on_a_terminal_there_are_colours_and_a_progress_line(run_of: Make, screen: Screen) -> None:
    run = run_of(*BOTH)
    run.selected = 2
    told = printed(run, screen)
    assert "\r\x1b[K2 of 2 scenarios: one" in told
    assert "\r\x1b[K2 of 2 scenarios, 1 red: two (as web portal)" in told
    assert "\x1b[31mfailed" in told
    assert "\x1b[1;31mNOT CONFORMANT documented" in told


def test_no_colour_takes_the_colours_and_leaves_the_words(
    run_of: Make, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = printed(run_of(*BOTH), screen)
    assert "\x1b[31m" not in told
    assert "NOT CONFORMANT documented" in told


def test_the_progress_line_keeps_to_one_line(run_of: Make, screen: Screen) -> None:
    run = run_of()
    Terminal(screen).ended(run, end("x" * 500))
    assert len(screen.getvalue()) <= 110
    assert " of " not in screen.getvalue()
