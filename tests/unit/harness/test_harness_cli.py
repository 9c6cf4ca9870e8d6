from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from servinix_conformance import __version__
from servinix_conformance.cli import _parser, main
from servinix_conformance.commands import fail


def stopped(arguments: Sequence[str]) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_a_run_with_nothing_said() -> None:
    options = _parser().parse_args(["run"])
    assert (options.command, options.target, options.scenarios, options.wait_for) == ("run", None, [], 0.0)
    assert (options.processes, options.strict, options.report, options.base_url) == (None, False, None, None)
    assert (options.clause, options.profile, options.features, options.catalogue) == ([], [], [], [])


def test_a_run_with_all_said() -> None:
    narrowing = ["--clause", "MFA-1", "--clause", "MFA-2", "-m", "a", "-k", "b", "--profile", "p"]
    more = ["--base-url", "http://h", "--wait-for", "2m", "-n", "4", "--strict", "--report", "out"]
    own = ["--features", "f", "--catalogue", "c"]
    options = _parser().parse_args(["run", "t.toml", "a.feature", "b.feature:3", *narrowing, *more, *own])
    assert (options.target, options.scenarios) == ("t.toml", ["a.feature", "b.feature:3"])
    assert (options.clause, options.marks, options.keywords, options.processes) == (["MFA-1", "MFA-2"], "a", "b", 4)
    assert (options.profile, options.strict, options.report) == (["p"], True, "out")
    assert (options.features, options.catalogue, options.base_url) == (["f"], ["c"], "http://h")


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60.0), ("60", 60.0), ("2m", 120.0), ("0.5s", 0.5), ("1.5m", 90.0), ("0", 0.0)]
)
def test_durations(text: str, seconds: float) -> None:
    assert _parser().parse_args(["run", "--wait-for", text]).wait_for == seconds


@pytest.mark.parametrize("text", ["", "s", "1h", "1 s", ".5s", "1.s", "1e3", "inf", "nan", "sixty"])
def test_what_is_no_duration(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped(["run", f"--wait-for={text}"]) == 2
    assert f"{text!r} is no duration; write 60s or 2m" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "-1", "1.5", "auto", "1000"])
def test_what_is_no_number_of_processes(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped(["run", f"-n={text}"]) == 2
    assert "is no number of processes" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["list", "--format", "xml"], ["run", "--unheard-of"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped(arguments) == 2
    assert "usage: servinix-conformance" in capsys.readouterr().err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped(["--version"]) == 0
    assert capsys.readouterr().out == f"servinix-conformance {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]])
def test_help_tells_the_exit_statuses(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped(arguments) == 0
    told = capsys.readouterr().out
    assert "exit status:" in told
    assert "70   the suite itself failed" in told


def test_an_error_is_told_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert fail(3, "first\n\nsecond") == 3
    assert capsys.readouterr().err == "servinix-conformance: first\n\nservinix-conformance: second\n"


def test_the_list_has_clauses_with_their_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Signing in with a second factor"
    (number,) = (number for number, line in enumerate(lines) if line.startswith("  MFA-1 "))
    assert lines[number].endswith("(MUST, stated, core)")
    assert lines[number + 1].strip() == "Manage multi-factor authentication, Introduction"
    assert lines[number + 2].strip().startswith("features/")
    assert lines[number + 2].endswith("(as web portal and Servinix Go)")


def test_the_list_as_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--format", "json"]) == 0
    clauses = {item["id"]: item for item in json.loads(capsys.readouterr().out)}
    first = clauses["MFA-1"]
    assert (first["keyword"], first["core"], first["reading"]) == ("MUST", True, "stated")
    assert first["source"] == {"page": "Manage multi-factor authentication", "section": "Introduction"}
    assert first["scenarios"][0]["clients"] == ["web portal", "Servinix Go"]
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in clauses)


def test_the_list_can_be_cut_to_a_profile(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--format", "json", "--profile", "documented"]) == 0
    clauses = json.loads(capsys.readouterr().out)
    assert {item["profile"] for item in clauses} == {"documented"}
    assert main(["list", "--profile", "documented"]) == 0
    text = capsys.readouterr().out
    assert "  MFA-1 " in text
    assert "CONTRACT-1" not in text


def test_clauses_and_scenarios_of_ones_own_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue, features = tmp_path / "own.yaml", tmp_path / "own"
    common = "chapter: Own, source: {page: P, section: S}, keyword: SHOULD, origin: decision, profile: own"
    catalogue.write_text(
        "version: '1'\nclauses:\n"
        f"  - {{id: OWN-1, {common}, promise: It is seen.}}\n"
        f"  - {{id: OWN-2, {common}, promise: It is not seen., unobservable: nobody can look}}\n",
        encoding="utf-8",
    )
    features.mkdir()
    (features / "own.feature").write_text(
        "Feature: Own\n\n  @OWN-1 @inferred\n  Scenario: One of our own\n    Then a thing\n", encoding="utf-8"
    )
    more = ["--catalogue", str(catalogue), "--features", str(features), "--profile", "own"]
    assert main(["list", *more]) == 0
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "Own",
        "OWN-1      It is seen. (SHOULD, stated)",
        "P, S",
        "own/own.feature:4  One of our own, inferred",
        "OWN-2      It is not seen. (SHOULD, stated)",
        "P, S",
        "cannot be observed: nobody can look",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--profile", "unheard-of"], "--profile unheard-of: there is no such profile; known: documented"),
        (["--catalogue", "unheard-of.yaml"], "unheard-of.yaml: cannot be read: "),
    ],
)
def test_a_list_that_cannot_be_made(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"servinix-conformance: {told}")


def test_scenarios_that_cannot_be_used_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.feature").write_text("Feature: Own\n\n  Scenario: Loose\n    Given a thing\n", encoding="utf-8")
    assert main(["list", "--features", str(tmp_path)]) == 2
    assert "the scenario 'Loose' checks no clause" in capsys.readouterr().err


def test_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--faults"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert main(["list", "--faults", "--format", "json"]) == 0
    faults = json.loads(capsys.readouterr().out)
    assert len(lines) == len(faults) > 20
    for line, fault in zip(lines, faults, strict=True):
        assert line.split()[0] == fault["id"]
        assert fault["clause"] in line
        assert line.endswith(fault["sentence"])


def test_an_interrupt_is_130_and_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("servinix_conformance.commands.listing.main", interrupted)
    assert main(["list"]) == 130
    assert capsys.readouterr().err == "servinix-conformance: interrupted\n"
