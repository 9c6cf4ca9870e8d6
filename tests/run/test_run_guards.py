"""What could be green without meaning it is an error: as whoever runs scenarios beside the suite's own meets it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]

FEATURE = """\
Feature: Somebody's own

  @MFA-1
  Scenario: It happens
    Given Ada is a user without MFA
    Then it happens
"""
STEPS = """\
from pytest_bdd import given, then, when


@then("it happens")
def _(cast):
    assert cast
"""
WHOLE = {"own.feature": FEATURE, "conftest.py": STEPS}
OUTLINE = FEATURE + "\n  @MFA-1\n  Scenario Outline: It happens on <day>\n    Then it happens\n"
BELOW = {
    "deep/deep.feature": FEATURE.replace("It happens", "It happens below").replace("Then it", "Then now it"),
    "deep/conftest.py": STEPS.replace("it happens", "now it happens"),
}
CLAUSE = """\
version: "1"
clauses:
  - id: OWN-1
    chapter: Our own
    source: {page: "Ours", section: "One"}
    keyword: MUST
    origin: decision
    profile: documented
    promise: "It happens."
"""


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder named `own` with these files."""
    own = folder / "own"
    for name, text in files.items():
        path = own / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return own


def run(command: Command, own: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command("run", "reference", "-k", "It_happens", "--features", str(own), *words)


WRONG_FEATURES: dict[str, tuple[str | bytes, list[str]]] = {
    "fine.feature": (FEATURE, []),
    "empty.feature": ("", [": holds no feature; write one, or remove the file"]),
    "latin.feature": (
        FEATURE.replace("own", "öwn").encode("latin-1"),
        [": is not UTF-8: invalid start byte at byte 20"],
    ),
    "later.feature": ("Feature: Nothing yet\n", [":1: holds no scenario; write one, or remove the file"]),
    "no_clause.feature": (
        FEATURE.replace("@MFA-1", "@ours").replace("It", "One"),
        [":4: the scenario 'One happens' checks no clause; tag it with one, such as @MFA-1"],
    ),
    "no_columns.feature": (
        f"{OUTLINE}\n    Examples:\n      | day |\n      | one |\n".replace("Then it", "Then <it>").replace(
            "It", "Two"
        ),
        [":9: no examples of 'Two happens on <day>' give <it>; known there: day"],
    ),
    "no_gherkin.feature": (f"{FEATURE}  nonsense\n", [":7: is no Gherkin: "]),
    "no_rows.feature": (
        f"{OUTLINE}\n    Examples:\n      | day |\n".replace("It", "Three"),
        [":9: the outline 'Three happens on <day>' has no examples; add a row, or make it a scenario"],
    ),
    "no_then.feature": (
        FEATURE.partition("    Then")[0].replace("It", "Eight"),
        [":4: the scenario 'Eight happens' has no Then, and would pass; say what must hold, or remove it"],
    ),
    "no_steps.feature": (
        FEATURE.partition("    Given")[0].replace("It", "Four"),
        [":4: the scenario 'Four happens' has no steps, and would pass; write them, or remove it"],
    ),
    "small.feature": (
        FEATURE.replace("@MFA-1", "@MFA-1 @mfa-3").replace("It", "Five"),
        [":4: the tag @mfa-3 names no clause; did you mean MFA-3?"],
    ),
    "twice.feature": (FEATURE, [":4: the scenario 'It happens' stands at own/fine.feature:4 too; rename one"]),
    "unknown.feature": (
        FEATURE.replace("@MFA-1", "@MFA-1 @MFA-77").replace("It", "Six"),
        [":4: the tag @MFA-77 names no clause; did you mean MFA-7 or MFA-17 or MFA-9?"],
    ),
    "within.feature": (
        FEATURE.replace("It", "Seven") + FEATURE[FEATURE.index("\n  @") :].replace("It", "Seven"),
        [":9: the scenario 'Seven happens' stands at own/within.feature:4 too; rename one"],
    ),
}


def test_every_wrong_feature_is_told_in_one_go_with_file_line_and_remedy(tmp_path: Path, command: Command) -> None:
    own = written(tmp_path, {name: text for name, (text, _) in WRONG_FEATURES.items()} | {"conftest.py": STEPS})
    shown = run(command, own)
    assert (shown.returncode, shown.stdout) == (2, "")
    told = sorted(line.removeprefix("servinix-conformance: own/") for line in shown.stderr.splitlines())
    wanted = sorted(f"{name}{line}" for name, (_, lines) in WRONG_FEATURES.items() for line in lines)
    assert [line[: len(start)] for line, start in zip(told, wanted, strict=True)] == wanted


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param(
            {"conftest.py": STEPS + STEPS[STEPS.index("\n\n@") :]},
            "the step 'Then it happens' is defined at own/conftest.py:4 and own/conftest.py:9; reword one",
            id="two steps of one text",
        ),
        pytest.param(
            {"conftest.py": f"{STEPS}\n\n@given('Ada is a user without MFA')\ndef _(cast):\n    pass\n"},
            "the step 'Given Ada is a user without MFA' is defined at own/conftest.py:9 and steps/people.py:",
            id="a step with a text of ours",
        ),
        pytest.param(
            {"conftest.py": f"{STEPS}\n\n@then('it is over')\ndef _():\n    pass\n"},
            "own/conftest.py:9: no scenario uses the step 'it is over'; remove it",
            id="a step that is not used",
        ),
        pytest.param(
            {"conftest.py": STEPS.replace("def _", "async def _")},
            "own/conftest.py:4: an 'async def' step would pass without running; write 'def'",
            id="a step that nobody awaits",
        ),
        pytest.param(
            {**BELOW, "deep/conftest.py": BELOW["deep/conftest.py"].replace("def _", "async def _")},
            "deep/conftest.py:4: an 'async def' step would pass without running; write 'def'",
            id="a step of a folder below",
        ),
        pytest.param(
            {"conftest.py": STEPS.replace("def _", "async def _").replace("assert cast", "yield")},
            "own/conftest.py:4: an 'async def' step would pass without running; write 'def'",
            id="a generator that nobody awaits",
        ),
        pytest.param(
            {**BELOW, "deep/conftest.py": "import none\n"},
            "own/deep/conftest.py:1: cannot be imported: ModuleNotFoundError: No module named 'none'; mend it",
            id="steps of a folder below that cannot be imported",
        ),
    ],
)
def test_a_wrong_step_is_told_with_file_line_and_remedy(
    tmp_path: Path, command: Command, files: Mapping[str, str], told: str
) -> None:
    shown = run(command, written(tmp_path, {**WHOLE, **files}))
    assert (shown.returncode, shown.stdout) == (2, "")
    (line,) = shown.stderr.splitlines()
    line = line.removeprefix("servinix-conformance: ").removeprefix(f"{tmp_path}/")
    assert line[: len(told)] == told


def test_a_folder_that_no_guard_has_anything_against_is_run(tmp_path: Path, command: Command) -> None:
    filled = f"{OUTLINE}\n    Examples:\n      | day |\n      | one |\n      | two |\n"
    # Tests in Python would be judged by nobody, so they are not run at all.
    tests = {
        "test_own.py": "from pytest_bdd import scenarios\nscenarios('own.feature')\ndef test_it_happens(): assert 0\n"
    }
    shown = run(command, written(tmp_path, {**WHOLE, "own.feature": filled, **BELOW, **tests}))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "MFA-1      passed" in shown.stdout
    assert "\n4 scenarios in " in shown.stdout
    assert shown.stderr == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-k", "It_never_happens"], "nothing was selected, so nothing was tested"),
        (["--clause", "MFA-16"], "nothing was selected, so nothing was tested"),
        (["own.feature:5"], "own.feature:5: no scenario begins there; did you mean own/own.feature:4, 'It happens'?"),
        (["own.feature:2"], "own.feature:2: no scenario begins there; 'list' prints where they begin"),
        (["own.feature:4", "other.feature:9"], "other.feature:9: no scenario begins there; did you mean own/other"),
        (["--features", "nothing"], "--features nothing: there is no feature file in it"),
    ],
)
def test_what_selects_nothing_is_an_error(tmp_path: Path, command: Command, words: list[str], told: str) -> None:
    own = written(tmp_path, {**WHOLE, "other.feature": FEATURE.replace("It happens", "It happens too")})
    words = [str(own / word) if ".feature" in word else word for word in words]
    files = [word for word in words if ".feature" in word]
    more = [] if files else words
    shown = command("run", "reference", *files, "--features", str(own), "-k", "It_happens", *more)
    assert shown.returncode == 2
    assert shown.stderr.startswith(f"servinix-conformance: {told}")
    assert shown.stderr.count("\n") == 1


def test_a_file_as_a_whole_and_a_scenario_of_another_are_both_run(tmp_path: Path, command: Command) -> None:
    other = FEATURE.replace("It happens", "It happens too") + FEATURE.partition("own\n")[2].replace("It", "So it")
    own = written(tmp_path, {**WHOLE, "other.feature": other})
    report = tmp_path / "report"
    shown = command("run", "reference", str(own / "own.feature"), f"{own}/other.feature:4", "--report", str(report))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    scenarios = json.loads((report / "report.json").read_text(encoding="utf-8"))["scenarios"]
    assert {scenario["name"] for scenario in scenarios} == {"It happens", "It happens too"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CLAUSE, "3: clause OWN-1 has no scenario; tag one with @OWN-1, or say why it is unobservable"),
        (CLAUSE.replace("OWN-1", "MFA-1"), "3: clause MFA-1 stands at "),
        (CLAUSE.replace("MUST", "SHALL"), '3: clause OWN-1: keyword: "SHALL" is not one of "MUST", "SHOULD" or "MAY"'),
    ],
)
def test_a_clause_needs_a_scenario_or_a_reason(tmp_path: Path, command: Command, text: str, told: str) -> None:
    own = written(tmp_path, {**WHOLE, "clauses.yaml": text})
    shown = run(command, own, "--catalogue", str(own / "clauses.yaml"))
    assert shown.returncode == 2
    assert shown.stderr.splitlines()[0].startswith(f"servinix-conformance: {own}/clauses.yaml:{told}")


@pytest.mark.parametrize("mended", ["scenario", "reason"])
def test_a_clause_with_a_scenario_or_a_reason_is_run(tmp_path: Path, command: Command, mended: str) -> None:
    tags, reason = ("@MFA-1 @OWN-1", "") if mended == "scenario" else ("@MFA-1", "    unobservable: nobody sees it\n")
    own = written(tmp_path, {**WHOLE, "own.feature": FEATURE.replace("@MFA-1", tags), "clauses.yaml": CLAUSE + reason})
    shown = run(command, own, "--catalogue", str(own / "clauses.yaml"))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert ("OWN-1      passed" in shown.stdout) is (mended == "scenario")


def test_steps_that_cannot_be_imported_are_told(tmp_path: Path, command: Command) -> None:
    shown = run(command, written(tmp_path, {**WHOLE, "conftest.py": "import pytest\nimport nosuchmodule\n"}))
    assert shown.returncode == 2
    assert "own/conftest.py:2: in <module>" in shown.stderr
    assert "nosuchmodule" in shown.stderr


REPORT = '{"schema_version": 1, "run": {"exit_status": 0}, "end": true}'


@pytest.mark.parametrize(
    ("words", "status"),
    [(["reference", "-k", "It_never_happens"], 2), (["reference", "nosuch.feature"], 2), (["nosuch.toml"], 3)],
)
def test_a_run_that_did_not_come_about_leaves_no_report_of_an_earlier_one(
    tmp_path: Path, command: Command, words: list[str], status: int
) -> None:
    (tmp_path / "report.json").write_text(REPORT, encoding="utf-8")
    (tmp_path / "junit.xml").write_text("<testsuites/>", encoding="utf-8")
    assert command("run", *words, "--report", str(tmp_path)).returncode == status
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_written_is_told_before_anything_is_run(tmp_path: Path, command: Command) -> None:
    (tmp_path / "report").touch()
    shown = command("run", "reference", "--report", str(tmp_path / "report"))
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "File exists; name a folder that can be written to" in shown.stderr


# What kills the run, and where it is then.
DEADLY = {
    "while a scenario runs": STEPS.replace("assert cast", "import os; os.kill(os.getpid(), 9)"),
    "while the report is written": STEPS
    + """

import os
import pathlib

whole = pathlib.Path.write_bytes


def half(path, data):
    written = whole(path, data[: len(data) // 2])
    if data:
        os.kill(os.getpid(), 9)
    return written


pathlib.Path.write_bytes = half
""",
    "when the report is whole and not in its place": STEPS
    + "\n\nimport os\nimport pathlib\n\npathlib.Path.replace = lambda *_: os.kill(os.getpid(), 9)\n",
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("steps", DEADLY.values(), ids=DEADLY)
def test_a_run_that_is_killed_leaves_no_report_and_no_server(tmp_path: Path, command: Command, steps: str) -> None:
    own, report = written(tmp_path, {**WHOLE, "conftest.py": steps}), tmp_path / "report"
    report.mkdir()
    (report / "report.json").write_text(REPORT, encoding="utf-8")
    shown = run(command, own, "--report", str(report))
    assert shown.returncode == -signal.SIGKILL, shown.stdout + shown.stderr
    assert not (report / "report.json").exists()
    assert not (report / "junit.xml").exists()
    server = urlsplit(shown.stdout.split()[4].rstrip(","))
    until = time.monotonic() + 30
    while listens(server.port) and time.monotonic() < until:
        time.sleep(0.02)  # another process ends
    assert not listens(server.port)


def listens(port: int | None) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port or 0)) == 0


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_defect_before_the_first_scenario_is_70_and_no_verdict(
    tmp_path: Path, command: Command, processes: str
) -> None:
    broken = f"{STEPS}\n\ndef pytest_collection_modifyitems():\n    raise LookupError('a defect')\n"
    own, report = written(tmp_path, {**WHOLE, "conftest.py": broken}), tmp_path / "report"
    shown = run(command, own, "-n", processes, "--report", str(report))
    assert shown.returncode == 70
    assert shown.stderr.startswith("servinix-conformance: the suite itself failed: LookupError: a defect")
    assert shown.stderr.count("\n") == 1
    told = json.loads((report / "report.json").read_text(encoding="utf-8"))["run"]
    assert (told["complete"], told["exit_status"]) == (False, 70)
