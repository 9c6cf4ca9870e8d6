"""docs/contract.md tells what is so."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from test_generated_faults import findings

from servinix_conformance.sampling import MOST_EXAMPLES, SEED
from servinix_conformance.suite import suite_root
from servinix_conformance.target import Safety, Target
from servinix_conformance.target_file import load

DOCS = suite_root() / "docs"
PAGE = (DOCS / "contract.md").read_text(encoding="utf-8")
ON_THE_REFERENCE_SERVER = re.findall(r"^servinix-conformance (run reference .*)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", ON_THE_REFERENCE_SERVER)
def test_its_commands_do_what_it_says(line: str) -> None:
    # Of the whole profile, one operation will do.
    narrower = [] if "-k" in line else ["--clause", "CONTRACT-2", "-k", "getJwks"]
    told = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", *shlex.split(line), *narrower],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 of 1 selected clauses passed; no profile verdict" in told.stdout
    assert "\n2 scenarios in " in told.stdout


def test_the_finding_that_it_shows_is_what_is_found() -> None:
    (found,) = findings("odd-user-id-is-500", "unlockUser", fits=True, examples=MOST_EXAMPLES)
    example = PAGE.partition("```text\n")[2].partition("```")[0]
    shown = dict(re.findall(r"^  ([A-Za-z]\S+) +(.*)$", example, re.MULTILINE))
    assert re.fullmatch(rf"{found.operation}, [0-9]+ of its answers", shown[found.clause])
    assert (shown["expected"], shown["actual"], shown["answer"]) == (found.expected, found.actual, found.answer)
    assert shown["repeat"].replace(":8000", ":1") == found.curl


def test_its_numbers_are_the_defaults() -> None:
    assert f"without it the seed is {SEED}" in PAGE
    assert f"kind of data; {MOST_EXAMPLES} without" in PAGE
    assert f"at the most: {Safety().max_requests:,} without" in PAGE


@pytest.mark.parametrize("name", ["contract.md", "target-file.md"])
def test_the_safety_that_it_shows_can_be_given(name: str, tmp_path: Path) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    (shown,) = re.findall(r"^\[safety\]\n(?:\w+ = .*\n)+", text, re.MULTILINE)
    file = tmp_path / "target.toml"
    file.write_text(f'name = "Acme"\nbase_url = "http://127.0.0.1:1"\n{shown}', encoding="utf-8")
    target: Target = load(file)
    assert (target.safety.destructive, target.safety.max_requests) == (True, 2000)
