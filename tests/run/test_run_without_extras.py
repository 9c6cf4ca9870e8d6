"""What is told where an extra is not installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_WITHOUT = """
import sys
from servinix_conformance.cli import main

sys.modules.update(dict.fromkeys(("schemathesis", "playwright", "openapi_spec_validator")))
sys.exit(main(sys.argv[1:]))
"""
REMEDY = "pip install 'servinix-conformance[contract]'"


def without_extras(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", _WITHOUT, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_selection_among_requests_that_nothing_can_draw_names_the_extra(tmp_path: Path) -> None:
    words = ["run", "reference", "--profile", "contract", "--clause", "CONTRACT-2", "-k"]
    told = without_extras(tmp_path, *words, "signOut")
    assert told.returncode == 2, told.stdout + told.stderr
    assert "nothing was selected, so nothing was tested; what draws requests is not installed" in told.stderr
    assert REMEDY in told.stderr
    told = without_extras(tmp_path, "run", "reference", "-k", "nosuchword")
    assert (told.returncode, REMEDY in told.stderr) == (2, False)


@pytest.mark.parametrize(
    ("clause", "extra"),
    [("CONTRACT-2", "servinix-conformance[contract]"), ("PORTAL-1", "servinix-conformance[browser]")],
)
def test_a_dry_run_names_the_extra_that_is_missing(tmp_path: Path, clause: str, extra: str) -> None:
    told = without_extras(tmp_path, "run", "reference", "--clause", clause, "--dry-run")
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"pip install '{extra}'" in told.stdout


def test_the_last_line_about_a_document_tells_what_was_not_looked_at(tmp_path: Path) -> None:
    document = Path(__file__).parents[2] / "openapi.yaml"
    told = without_extras(tmp_path, "check-document", str(document))
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.splitlines()[-1].endswith(f"; not looked at: shape (needs {REMEDY})")
