"""Readers that leave before the end, as `head` does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def left_after_a_line(*words: str) -> tuple[int, str, str]:
    """Exit status, first line and what stands on the standard error, when nobody reads more."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=own,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        return process.wait(60), first, process.stderr.read()


def test_a_run_that_nobody_reads_goes_on_to_its_report(tmp_path: Path) -> None:
    status, first, error = left_after_a_line("run", "reference", "--clause", "MFA-16", "--report", str(tmp_path))
    assert (status, error) == (0, "")
    assert first.startswith("servinix-conformance ")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["run"]["complete"], report["run"]["exit_status"]) == (True, 0)


@pytest.mark.parametrize("words", [["list"], ["list", "--format", "json"]])
def test_a_list_that_nobody_reads_ends_in_peace(words: list[str]) -> None:
    status, first, error = left_after_a_line(*words)
    assert (status, error) == (0, "")
    assert first
