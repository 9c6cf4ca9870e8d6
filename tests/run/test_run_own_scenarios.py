"""Scenarios, steps and clauses of somebody else, as docs/own-scenarios.md shows them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]
DOCUMENT = (Path(__file__).parents[2] / "docs" / "own-scenarios.md").read_text(encoding="utf-8")
WORDS = next(iter(re.findall(r"```console\nservinix-conformance (.*?)\n```", DOCUMENT))).split()


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the document, and a working directory from which its command finds them."""
    monkeypatch.chdir(tmp_path)
    for name, text in re.findall(r"```\w+ (acme/\S+)\n(.*?)```", DOCUMENT, re.DOTALL):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "acme"


def test_what_the_document_shows_runs_beside_ours(command: Command, acme: Path) -> None:
    assert {path.name for path in acme.iterdir()} == {"clauses.yaml", "profile.feature", "conftest.py"}
    told = command(*WORDS)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "ACME-1     passed" in told.stdout
    assert "1 of 1 selected clauses passed; no profile verdict" in told.stdout


def test_a_profile_of_one_s_own_is_judged_without_being_asked_for(command: Command, acme: Path, tmp_path: Path) -> None:
    (acme / "profile.feature").write_text(
        (acme / "profile.feature").read_text(encoding="utf-8").replace("Ada signs in", "Ada fails to be; she signs in"),
        encoding="utf-8",
    )
    words = [word for word in WORDS if word not in {"--clause", "ACME-1"}]
    told = command(*words, "--report", str(tmp_path / "report"), "-k", "Support_finds")
    assert told.returncode == 70, told.stdout + told.stderr
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert {clause["id"]: clause["verdict"] for clause in report["clauses"]}["ACME-1"] == "error"


def test_a_profile_that_is_asked_for_leaves_the_others_out(command: Command, acme: Path) -> None:
    words = [word for word in WORDS if word not in {"--clause", "ACME-1"}]
    assert acme.is_dir()
    told = command(*words, "--profile", "acme")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "CONFORMANT acme: 1 passed" in told.stdout
    assert "documented" not in told.stdout
