"""`diff`, from two files to what a person, a pull request or a pipeline reads."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_samples import report_of, scenario_of, written

from servinix_conformance.cli import main

Command = Callable[..., subprocess.CompletedProcess[str]]
BEFORE = {"AA-1": "passed", "AA-2": "failed", "AA-3": "passed", "AA-4": "untested"}
AFTER = {"AA-1": "failed", "AA-2": "passed", "AA-3": "untested", "AA-4": "untested"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    first = report_of(BEFORE, [scenario_of("one")], profile="NOT CONFORMANT")
    second = report_of(AFTER, [scenario_of("one", "failed")], profile="NOT CONFORMANT", suite={"version": "0.2.0"})
    return str(written(tmp_path / "A.json", first)), str(written(tmp_path / "B.json", second))


def test_what_got_worse_is_1_and_is_told(files: tuple[str, str], command: Command) -> None:
    told = command("diff", *files)
    assert (told.returncode, told.stderr) == (1, "")
    assert told.stdout.splitlines() == [
        f"{files[0]} -> {files[1]}",
        "note: suite: 0.1.0 before, 0.2.0 now",
        "",
        "documented: NOT CONFORMANT, as before",
        "",
        "clauses: worse",
        "  passed -> failed  AA-1 AA-1 is kept.",
        "    why AA-1 is failed",
        "",
        "clauses: no longer tested",
        "  passed -> untested  AA-3 AA-3 is kept.",
        "    why AA-3 is untested",
        "",
        "clauses: better",
        "  failed -> passed  AA-2 AA-2 is kept.",
        "",
        "scenarios: worse",
        "  passed -> failed  one, features/a.feature:4",
        "    because of one",
        "",
        "something got worse: 1 worse (AA-1); 1 no longer tested (AA-3); 1 better (AA-2); 1 of the scenarios worse",
    ]


def test_a_report_compared_with_itself_is_0(files: tuple[str, str], command: Command) -> None:
    told = command("diff", files[0], files[0])
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines()[-1] == "nothing got worse: no clause changed"


def test_a_report_of_a_real_run_is_compared(tmp_path: Path, command: Command) -> None:
    for name, line in (("A", ["--clause", "MFA-16"]), ("B", ["--clause", "MFA-16", "--strict"])):
        ran = command("run", "reference", *line, "--report", str(tmp_path / name))
        assert ran.returncode == 0, ran.stdout + ran.stderr
    told = command("diff", str(tmp_path / "A" / "report.json"), str(tmp_path / "B" / "report.json"))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "note: strict: no before, yes now" in told.stdout
    assert "note: the second run was narrowed to some scenarios: only what both have is compared" in told.stdout


def test_markdown_has_a_table_for_each_kind(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *files, "--format", "markdown"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("## something got worse: 1 worse (AA-1); ")
    assert lines[lines.index("### Clauses: worse") + 2 :][:3] == [
        "| before | now | what | why |",
        "| --- | --- | --- | --- |",
        "| passed | **failed** | AA-1 AA-1 is kept. | why AA-1 is failed |",
    ]
    assert "| failed | passed | AA-2 AA-2 is kept. |  |" in lines


def test_what_somebody_else_said_is_no_markup_and_moves_no_cursor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reason = "a | b\n# <img src=x> [l](http://h) \x1b[2J"
    after = report_of({"AA-1": "failed", "AA-2": "passed"})
    after["clauses"][0]["reasons"] = [reason]
    names = (
        str(written(tmp_path / "A.json", report_of({"AA-1": "passed", "AA-3": "passed"}))),
        str(written(tmp_path / "B.json", after)),
    )
    assert main(["diff", *names, "--format", "markdown"]) == 1
    told = capsys.readouterr().out
    assert r"a \| b \# \<img src=x\> \[l\](http://h) " in told
    assert "| not there | passed | AA-2" in told
    assert "| passed | **not there** | AA-3" in told
    assert main(["diff", *names]) == 1
    assert "\x1b" not in told + capsys.readouterr().out


def test_json_is_the_whole_comparison(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *files, "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["before"], data["after"], data["worse"], data["compared"]) == (*files, True, 4)
    assert data["notes"] == ["suite: 0.1.0 before, 0.2.0 now"]
    same = "NOT CONFORMANT"
    assert data["profiles"] == [{"name": "documented", "before": same, "after": same, "worse": False}]
    assert data["clauses"][0] == {
        "kind": "worse",
        "id": "AA-1",
        "before": "passed",
        "after": "failed",
        "worse": True,
        "title": "AA-1 is kept.",
        "reason": "why AA-1 is failed",
    }
    assert [change["id"] for change in data["scenarios"]] == ["features/a.feature::one"]


def test_profiles_are_told_before_and_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = written(tmp_path / "A.json", report_of({"AA-1": "passed"}, profile="CONFORMANT"))
    second = written(tmp_path / "B.json", report_of({"AA-1": "passed"}, profile="INCOMPLETE"))
    third = written(tmp_path / "C.json", report_of({"AA-1": "passed"}, profile=None, run={"narrowed": True}))
    assert main(["diff", str(first), str(second)]) == 1
    assert "documented: CONFORMANT -> INCOMPLETE\n" in capsys.readouterr().out
    assert main(["diff", str(first), str(second), "--format", "markdown"]) == 1
    assert "- **worse** documented: CONFORMANT -\\> INCOMPLETE\n" in capsys.readouterr().out
    assert main(["diff", str(first), str(third)]) == 0
    assert "documented: CONFORMANT -> no verdict\n" in capsys.readouterr().out


def test_colours_are_for_terminals_and_not_for_those_who_want_none(
    files: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    main(["diff", *files])
    told = capsys.readouterr().out
    assert "\x1b[31mpassed -> failed\x1b[0m" in told
    assert "\x1b[32mfailed -> passed\x1b[0m" in told
    monkeypatch.setenv("NO_COLOR", "1")
    main(["diff", *files])
    assert "\x1b" not in capsys.readouterr().out


def cut_off(data: dict[str, Any]) -> str:
    return json.dumps(data)[:-100]


def without_end(data: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in data.items() if key != "end"})


def of_the_future(data: dict[str, Any]) -> str:
    return json.dumps(data | {"schema_version": 2})


def with_a_better_verdict(data: dict[str, Any]) -> str:
    data["clauses"][1]["verdict"] = "passed"
    return json.dumps(data)


def with_a_clause_twice(data: dict[str, Any]) -> str:
    data["clauses"].append(data["clauses"][0])
    return json.dumps(data)


def of_another_shape(data: dict[str, Any]) -> str:
    return json.dumps(data | {"clauses": {}})


@pytest.mark.parametrize(
    ("edited", "told"),
    [
        (cut_off, "is no report: "),
        (without_end, "the report has no end; the run that wrote it was cut off"),
        (of_the_future, "is no report of schema version 1; a newer suite wrote it, and can read it"),
        (with_a_better_verdict, "profiles/documented/counts: the verdicts of its clauses make other numbers; it was"),
        (with_a_clause_twice, "clauses: AA-1 is there 2 times; it was edited"),
        (of_another_shape, "clauses: "),
        (lambda _: "", "is no report: "),
    ],
)
def test_what_is_no_whole_report_is_2(
    tmp_path: Path, files: tuple[str, str], command: Command, edited: Callable[[dict[str, Any]], str], told: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(edited(report_of(BEFORE)), encoding="utf-8")
    for names in ((files[0], str(path)), (str(path), files[0])):
        said = command("diff", *names)
        assert (said.returncode, said.stdout) == (2, "")
        assert said.stderr.startswith(f"servinix-conformance: {path}: {told}"), said.stderr


def test_both_files_are_told_when_both_are_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(tmp_path), str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err == (
        f"servinix-conformance: {tmp_path}: cannot be read: Is a directory; name a report.json of --report\n"
        f"servinix-conformance: {tmp_path / 'none.json'}: cannot be read: No such file or directory; "
        "name a report.json of --report\n"
    )


def test_reports_of_different_clauses_are_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [str(written(tmp_path / f"{name}.json", report_of({f"{name}-1": "passed"}))) for name in ("AA", "BB")]
    assert main(["diff", *names]) == 2
    assert "the reports have no clause in common; compare runs of the same clauses" in capsys.readouterr().err


def test_help_tells_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["diff", "--help"])
    assert caught.value.code == 0
    told = capsys.readouterr().out
    assert "exit status:" in told
    assert "a profile's verdict is worse" in told
