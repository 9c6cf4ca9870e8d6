from __future__ import annotations

import io
import re
import time
from dataclasses import replace

import pytest
from reporting_samples import BOTH, FAILURE, MEASURED, VIOLATION, Make, end, exchange

from servinix_conformance import __version__
from servinix_conformance.catalogue import CONTRACT
from servinix_conformance.options import Options
from servinix_conformance.reporting.terminal import Terminal, coloured, signature
from servinix_conformance.run import Run
from servinix_conformance.target import Http


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
    for item in run.plan.in_order(run.ends.values()):
        terminal.ended(run, item)
    terminal.finished(run.report)
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
    assert lines[0] == f"servinix-conformance {__version__}: Example, https://host.example (Example API 2)"
    start = lines.index("First chapter")
    assert lines[start + 1] == "  AA-1       passed      AA-1 is kept. (1 scenario)"
    assert lines[start + 2] == "  AA-2       failed      AA-2 is kept. (1 scenario)"
    assert "  BB-1       untested    BB-1 is kept. (0 scenarios)" in lines
    assert f"  {CONTRACT} passed      {CONTRACT} is kept." in lines
    assert lines[-1] == signature(run.report) == "2 scenarios in 1.5 s, real time: Example, https://host.example"
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


def test_a_deviation_by_design_is_printed_with_its_design(run_of: Make) -> None:
    run = run_of(end("one", "failed", failure=FAILURE.to_json()))
    clauses = run.catalogue.clauses
    designed = replace(clauses["AA-1"], by_design="It is built so.")
    run.catalogue = replace(run.catalogue, clauses={**clauses, "AA-1": designed})
    assert "  at        features/a.feature:8  Then Ada is refused\n  by design It is built so.\n" in printed(run)


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


def test_every_reason_of_a_clause_is_told_and_how_many_passed(run_of: Make) -> None:
    ends = [
        end("one"),
        end("two", "untested"),
        end("three", "untested"),
        end("four", "untested", reason="because of two"),
    ]
    told = printed(run_of(*ends))
    assert "  AA-1       untested    AA-1 is kept. (1 of 4 scenarios passed)\n" in told
    assert "\nuntested: AA-1\n  because of two\n" in told
    assert "\nuntested: AA-1\n  because of three\n" in told
    assert told.count("because of two") == 1


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
    assert "left behind on the target: ada@example.com\n" in told
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


def test_a_log_hears_now_and_then_how_far_a_run_is(run_of: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    run, log, seconds = run_of(*BOTH), io.StringIO(), [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    terminal = Terminal(log)
    for after in (29.0, 30.0, 59.0, 60.0):
        seconds[0] = after
        terminal.ended(run, end("one", "failed", "AA-2"))
    assert log.getvalue() == "2 scenarios, 2 red\n2 scenarios, 4 red\n"


def test_the_progress_line_keeps_to_one_line(run_of: Make, screen: Screen) -> None:
    run = run_of()
    Terminal(screen).ended(run, end("x" * 500))
    assert len(screen.getvalue()) <= 110
    assert " of " not in screen.getvalue()


def test_what_a_red_scenario_measured_is_printed(run_of: Make) -> None:
    measured = [MEASURED, {"what": "pairs", "value": 60, "unit": ""}]
    ends = [end("one", notes=measured), end("two", "failed", "AA-2", failure=FAILURE.to_json(), notes=measured)]
    assert printed(run_of(*ends)).count("\n  measured  median: 4.2 ms; pairs: 60\n") == 1
