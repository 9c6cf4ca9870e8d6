"""The profile portal as a user runs it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from servinix_conformance.serving import ReferenceServer

OWN = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    told = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", "run", *words],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=OWN | variables,
    )
    assert "Traceback" not in told.stdout + told.stderr, told.stdout + told.stderr
    return told


def test_the_pages_of_the_reference_server_conform() -> None:
    told = run("reference", "--profile", "portal", "--strict", "-n", "2")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "CONFORMANT portal: 11 passed" in told.stdout


def test_without_a_browser_the_profile_that_is_asked_for_cannot_be_had() -> None:
    told = run("reference", "--profile", "portal", SERVINIX_BROWSER="/nowhere")
    assert (told.returncode, "SERVINIX_BROWSER" in told.stderr) == (3, True)


@pytest.fixture
def deployment() -> Iterator[ReferenceServer]:
    server = ReferenceServer.start()
    yield server
    server.stop()


def test_without_a_browser_a_portal_that_is_claimed_stays_untested(deployment: ReferenceServer, tmp_path: Path) -> None:
    file, url = tmp_path / "target.toml", deployment.ready().base_url
    support, portal = '[test_support]\ntoken = "env:TOKEN"\n', f'[portal]\nbase_url = "{url}/portal/sign-in"\n'
    file.write_text(f'name = "Acme"\nbase_url = "{url}"\n{support}{portal}')
    without = {"PATH": "/nowhere", "PLAYWRIGHT_BROWSERS_PATH": "/nowhere", "SERVINIX_BROWSER": ""}
    told = run(str(file), TOKEN=deployment.token, **without)
    assert told.returncode == 4, told.stdout + told.stderr
    assert "the portal needs a Chromium: python -m playwright install chromium" in told.stdout
    assert "CONFORMANT documented: 31 passed" in told.stdout
    assert "INCOMPLETE portal: 11 untested" in told.stdout


@pytest.fixture
def target(tmp_path: Path) -> Path:
    file = tmp_path / "target.toml"
    file.write_text('name = "Acme"\nbase_url = "http://127.0.0.1:9"\n[portal]\nbase_url = "http://127.0.0.1:9/"\n')
    return file


def test_a_portal_in_the_target_file_is_claimed(target: Path) -> None:
    from servinix_conformance.target_file import load  # noqa: PLC0415 - of this test alone

    assert load(target).profiles == ("documented", "portal")
    target.write_text(target.read_text() + '[claims]\nprofiles = ["documented"]\n')
    assert load(target).profiles == ("documented",)


def test_a_failed_step_has_a_picture_without_secrets(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-c", "pyproject.toml", "-p", "no:cacheprovider", "features"]
    options = ["--servinix-fault", "focus-lost", "--servinix-clause", "PORTAL-2", "--servinix-report", str(tmp_path)]
    told = subprocess.run(  # noqa: S603 - our own command
        [*command, *options],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=OWN,
    )
    assert told.returncode == 1, told.stdout + told.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    pages = [scenario["failure"]["page"] for scenario in report["scenarios"] if scenario["failure"]]
    assert [page["title"].startswith("Error: ") for page in pages] == [True, True]
    assert all(base64.b64decode(page["picture"])[:2] == b"\xff\xd8" for page in pages)
    assert "mika.sikk" not in json.dumps(report)
    assert "data:image/jpeg;base64," in (tmp_path / "report.html").read_text(encoding="utf-8")
