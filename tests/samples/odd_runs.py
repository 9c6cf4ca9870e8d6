"""Runs on servers that are odd, with all that they say and write."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from odd_servers import Server

Command = Callable[..., subprocess.CompletedProcess[str]]

SECRET = "the-secret-of-test-support"
ONE = """\
Feature: Signing in

  @MFA-1
  Scenario: She signs in
    Given Ada is a user with MFA by e-mail
    When Ada signs in with her password
    Then Ada is asked for a code
    When Ada enters the code
    Then Ada is signed in
"""


@dataclass
class Told:
    """A run: what it said, and its report where it got as far as to write one."""

    status: int
    stdout: str
    stderr: str
    report: dict[str, Any] | None
    server: Server | None = None

    @property
    def url(self) -> str:
        return self.server.url if self.server else ""

    @property
    def scenarios(self) -> dict[str, str]:
        return {item["name"]: item["judgement"] for item in (self.report or {"scenarios": []})["scenarios"]}


def carried_out(command: Command, folder: Path, url: str, *words: str, seconds: float = 20.0, more: str = "") -> Told:
    file, one, reports = (folder / name for name in ("target.toml", "one.feature", "report"))
    one.write_text(ONE, encoding="utf-8")
    file.write_text(
        f'name = "bad"\nbase_url = "{url}"\n{more}\n[http]\ntimeout_seconds = {seconds}\n'
        '[test_support]\ntoken = "env:TOKEN"\n',
        encoding="utf-8",
    )
    shown = command("run", str(file), *(words or [str(one)]), "--report", str(reports), TOKEN=SECRET)
    artefacts = {path.name: path.read_text(encoding="utf-8") for path in reports.iterdir()}
    everything = "\n".join([shown.stdout, shown.stderr, *artefacts.values()])
    # Neither whole, nor the half of it that a cut might leave.
    assert SECRET[: len(SECRET) // 2] not in everything
    assert SECRET[len(SECRET) // 2 :] not in everything
    assert "\x1b" not in shown.stdout + shown.stderr
    report = json.loads(artefacts["report.json"]) if "report.json" in artefacts else None
    assert report is None or report["run"]["exit_status"] == shown.returncode
    return Told(shown.returncode, shown.stdout, shown.stderr, report)


Run = Callable[..., Told]
Together = Callable[[Callable[[str, Run], Told], Iterable[str]], dict[str, Told]]
