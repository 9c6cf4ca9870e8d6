"""`run --known-failures`, against the reference server as it is and with a fault."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]
SECRET = "a-secret-of-the-test"


def known(folder: Path, clause: str = "MFA-16", expires: str = "9999-12-31", more: str = "") -> str:
    path = folder / "known-failures.toml"
    text = f'[[known]]\nclause = "{clause}"\nreason = "ticket 4711"\nexpires = {expires}\n{more}\n'
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The target file of a server that breaks MFA-16."""
    folder = tmp_path_factory.mktemp("impatient")
    words = ["serve", "--port", "0", "--fault", "no-resend-wait", "--cheap-password-hash", "--stop-at-eof"]
    secret = folder / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", *words, "--test-support", f"file:{secret}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        url = next(word for word in server.stdout.readline().split() if word.startswith("http://")).rstrip(",;.")
        path = folder / "target.toml"
        path.write_text(
            f'name = "Impatient"\nbase_url = "{url}"\n[test_support]\ntoken = "file:secret"\n', encoding="utf-8"
        )
        yield str(path)
        server.stdin.close()
        server.wait(30)


def test_a_known_failure_is_0_and_is_shown(impatient: str, tmp_path: Path, command: Command) -> None:
    told = command(
        "run", impatient, "--strict", "--known-failures", known(tmp_path), "--report", str(tmp_path / "report")
    )
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()
    assert "MFA-16 failed, known until 9999-12-31: ticket 4711" in lines
    assert "NOT CONFORMANT documented: 30 passed, 1 failed (MFA-16, known until 9999-12-31)" in lines
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["run"]["exit_status"] == 0
    assert [item["state"] for item in report["known_failures"]] == ["known"]
    junit = (tmp_path / "report" / "junit.xml").read_text(encoding="utf-8")
    assert "<failure" not in junit
    assert 'message="known failure until 9999-12-31: ticket 4711"' in junit


def test_without_its_entry_the_same_failure_is_1(impatient: str, command: Command) -> None:
    assert command("run", impatient, "--strict", "--clause", "MFA-16").returncode == 1


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["one process", "two processes"])
def test_an_entry_that_expired_is_1(impatient: str, tmp_path: Path, command: Command, processes: list[str]) -> None:
    path = known(tmp_path, expires="2020-01-01")
    told = command("run", impatient, "--strict", "--clause", "MFA-16", "--known-failures", path, *processes)
    assert told.returncode == 1
    assert (
        "MFA-16 is failed, and what was known of it expired after 2020-01-01 (ticket 4711); "
        f"remove its entry from {path}, or renew it\n"
    ) in told.stdout


def test_an_entry_that_accepts_untested_does_not_accept_a_failure(
    impatient: str, tmp_path: Path, command: Command
) -> None:
    path = known(tmp_path, more='verdict = "untested"')
    told = command("run", impatient, "--strict", "--clause", "MFA-16", "--known-failures", path)
    assert told.returncode == 1
    assert f"MFA-16 is failed; its entry in {path} accepts untested alone\n" in told.stdout


def test_an_entry_whose_clause_passes_is_1_and_named_with_its_remedy(tmp_path: Path, command: Command) -> None:
    path = known(tmp_path)
    told = command("run", "reference", "--clause", "MFA-16", "--known-failures", path)
    assert told.returncode == 1, told.stdout + told.stderr
    assert f"MFA-16 passes now; remove its entry from {path}\n" in told.stdout


@pytest.mark.parametrize("words", [["--clause", "MFA-1"], ["--clause", "MFA-16", "-k", "phone"]])
def test_a_run_that_leaves_the_clause_or_a_part_of_it_out_leaves_the_entry_alone(
    tmp_path: Path, command: Command, words: list[str]
) -> None:
    told = command("run", "reference", *words, "--known-failures", known(tmp_path))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "known-failures.toml" not in told.stdout


def test_what_is_accepted_as_untested_makes_an_incomplete_run_0(
    impatient: str, tmp_path: Path, command: Command
) -> None:
    target = Path(impatient).with_name("unclaimed.toml")
    target.write_text(
        f'{Path(impatient).read_text(encoding="utf-8")}[claims]\nnot_claimed = ["getProfile"]\n', encoding="utf-8"
    )
    words = ["run", str(target), "--clause", "MFA-7", "--report", str(tmp_path)]
    assert command(*words).returncode == 4
    told = command(*words, "--known-failures", known(tmp_path, "MFA-7", more='verdict = "untested"'))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "MFA-7 untested, known until 9999-12-31: ticket 4711\n" in told.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[known]", "is not TOML: "),
        (
            '[[known]]\nclause = "MFA-99"\nreason = "r"\nexpires = 2026-12-31\n',
            "known.0.clause: there is no clause MFA-99; did you mean MFA-9",
        ),
        (
            '[[known]]\nclause = "MFA-9"\nreason = "r"\nexpires = "2026-12-31"\n',
            "known.0.expires: must be a day; write 2026-12-31, without quotes and time",
        ),
    ],
)
def test_a_file_that_is_wrong_is_2(tmp_path: Path, command: Command, text: str, said: str) -> None:
    path = tmp_path / "known-failures.toml"
    path.write_text(text, encoding="utf-8")
    told = command("run", "reference", "--known-failures", str(path))
    assert told.returncode == 2, told.stdout + told.stderr
    assert f"{path}: {said}" in told.stderr


def test_a_file_that_is_not_there_is_2(tmp_path: Path, command: Command) -> None:
    told = command("run", "reference", "--known-failures", str(tmp_path / "none.toml"))
    assert told.returncode == 2
    assert "cannot be read: No such file or directory; give --known-failures a TOML file" in told.stderr
