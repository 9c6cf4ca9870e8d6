"""The same features and steps against other paths, fields, statuses and refusals, by a target file alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from wsgiref.types import WSGIApplication

import pytest
import yaml
from renamed_deployment import Deployment, document
from waitress.server import create_server  # type: ignore[import-untyped]

from reference_server import Settings, create_app
from reference_server.faults import create_faulty_app

ROOT = Path(__file__).parents[2]
TOKEN = "the-secret-of-the-renamed"


def settings() -> Settings:
    return Settings(test_support_secret=TOKEN, password_profile="test")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    servers = []

    def start(app: WSGIApplication, *options: str) -> subprocess.CompletedProcess[str]:
        server = create_server(Deployment(app), host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        servers.append(server)
        ours = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
        (tmp_path / "renamed.json").write_text(json.dumps(document(ours)), encoding="utf-8")
        (tmp_path / "renamed.toml").write_text(
            (Path(__file__).parent / "renamed.toml").read_text(encoding="utf-8"), encoding="utf-8"
        )
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "servinix_conformance", "run", "renamed.toml", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env={**os.environ, "URL": f"http://127.0.0.1:{server.effective_port}", "TOKEN": TOKEN},
        )

    yield start
    for server in servers:
        server.close()


def test_everything_passes_unchanged(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    told = run(create_app(settings()), "--strict")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "CONFORMANT documented: 31 passed" in told.stdout
    assert "CONFORMANT contract: 1 passed" in told.stdout


def test_what_is_wrong_there_is_seen_there(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    told = run(create_faulty_app(settings(), "no-resend-wait"), "--strict", "--clause", "MFA-16")
    assert told.returncode == 1, told.stdout + told.stderr
    assert "resendOtp answered 200" in told.stdout
