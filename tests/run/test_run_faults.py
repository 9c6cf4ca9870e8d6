"""The command `faults`, on a few of them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from servinix_conformance.commands.faults import known_faults
from servinix_conformance.commands.jobs import Job
from servinix_conformance.commands.trials import carried_out, tried
from servinix_conformance.reporting.kills.machines import SCHEMA

ROOT = Path(__file__).parents[2]
Command = Callable[..., subprocess.CompletedProcess[str]]


def faults_of(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "faults.json").read_text(encoding="utf-8"))
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(data)
    return data


def test_a_fault_is_killed_and_told_with_its_scenario(command: Command, tmp_path: Path) -> None:
    told = command("faults", "--fault", "no-resend-wait", "--own-clauses", "--report", str(tmp_path))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "no-resend-wait  killed      MFA-16     features/resend.feature:" in told.stdout
    assert "1 fault: 1 killed; 0 with an unexplained red" in told.stdout
    (fault,) = faults_of(tmp_path)["faults"]
    assert (fault["verdict"], fault["said"].split(":")[0]) == ("killed", "failed")
    assert "| no-resend-wait |" in (tmp_path / "faults.md").read_text(encoding="utf-8")


def test_the_page_about_it_tells_what_is_so(command: Command) -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    words = page.partition("```console\nservinix-conformance ")[2].partition("\n")[0].split()
    told = command(*words)
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(r"^H +mfa-token-reusable +killed +OOB-2 ", told.stdout, re.MULTILINE)
    code = page.partition("```python\n")[2].partition("```")[0]
    assert code in (ROOT / "reference_server" / "faults" / "passcodes.py").read_text(encoding="utf-8")


def test_faults_are_chosen_by_clause_and_profile(command: Command) -> None:
    told = command("faults", "--clause", "SIGNIN-2", "--profile", "documented", "--own-clauses", "-n", "1")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "of documented\n" in told.stdout
    assert "with 1 process\n" in told.stdout
    assert all(" SIGNIN-2 " in line for line in told.stdout.splitlines() if " killed " in line)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--fault", "no-resend-wai"], "--fault no-resend-wai: there is no such fault; did you mean no-resend-wait"),
        (["--fault", "zzz"], "--fault zzz: there is no such fault; 'list --faults' prints all"),
        (["--clause", "MFA-99"], "--clause MFA-99: there is no such clause; did you mean "),
        (["--profile", "other"], "--profile other: there is no such profile; known: documented, "),
        (["--fault", "no-resend-wait", "--clause", "MFA-1"], "no fault is left to be tried"),
        (["--profile", "contract", "--clause", "CONTRACT-1"], "no fault is left to be tried"),
        (["-n", "0"], "-n 0: at least one process is needed"),
        (["--fault", "no-resend-wait", "--report", "/dev/null"], "--report /dev/null: File exists"),
    ],
)
def test_wrong_use(command: Command, words: list[str], told: str) -> None:
    answer = command("faults", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(f"servinix-conformance: {told}")


def test_the_environment_stays_as_it_was() -> None:
    before = dict(os.environ)
    for _, trial in carried_out([Job(None, ("SIGNIN-1",), ("documented",))], 1):
        assert (trial.problem, trial.reds) == (None, ())
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_a_server_that_cannot_be_made_ends_its_run_alone(capfd: pytest.CaptureFixture[str]) -> None:
    known = known_faults()["never-locks"]
    jobs = [Job(fault, ("LOCK-1",), ("documented",)) for fault in (replace(known, id="is-no-fault"), known)]
    first, second = [trial for _, trial in carried_out(jobs, 1)]
    assert first.problem == "the process that ran it died: exit status 1"
    assert "is-no-fault" in capfd.readouterr().err
    assert (second.problem, second.fate) == (None, "killed")


def test_scenarios_that_do_not_reach_a_fault_are_not_run_and_count_as_seen() -> None:
    own, known = ("SIGNIN-1", "RESET-1"), known_faults()
    faults = [known[name] for name in ("folded-email", "wrong-password-sends-code", "disable-tells-nobody")]
    jobs = [Job(None, own, ("documented",)), *(Job(fault, own, ("documented",)) for fault in faults)]
    few = {job.fault: trial for job, trial in tried(jobs, 2)}
    for job, every in carried_out(jobs[1:], 2):
        trial = few[job.fault]
        assert (trial.reds, trial.problem, trial.judged) == (every.reds, every.problem, frozenset({*own, "CONTRACT-1"}))
        assert every.judged == trial.judged
        assert trial.scenarios < every.scenarios
    assert [few[fault].fate for fault in faults] == ["killed", "killed", "no scenario"]


def test_who_interrupts_gets_what_there_is(tmp_path: Path) -> None:
    words = ["faults", "--fault", "no-resend-wait", "--fault", "never-locks", "-n", "1", "--report", str(tmp_path)]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0 of 3 runs: starting\n"
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does, to all of them
    told, wrong = process.communicate(timeout=60)
    assert process.returncode == 130, told + wrong
    assert "cut short: 2 faults: none tried; 2 not tried" in told
    assert "Traceback" not in told + wrong
    data = faults_of(tmp_path)
    assert data["not_tried"] == ["no-resend-wait", "never-locks"]
