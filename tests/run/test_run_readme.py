"""What the README says of a deployment of any shape, with its own commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = next(
    text for text in re.findall(r"```console\n(.*?)```", README, re.DOTALL) if " init " in text
).splitlines()


@pytest.fixture
def deployment() -> Iterator[str]:
    """A server that publishes the contract at /openapi.json, and answers everything else with 404."""
    document = (ROOT / "openapi.yaml").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = self.path == "/openapi.json"
            body = document if found else b"{}"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def carry_out(line: str, folder: Path, url: str, *more: str) -> subprocess.CompletedProcess[str]:
    words = line.replace("https://staging.acme.example", url).split()[1:]
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", *words, *more],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "SERVINIX_TEST_SUPPORT": "a-secret-of-the-test"},
    )


def test_a_target_file_is_proposed_examined_and_announced(tmp_path: Path, deployment: str) -> None:
    init, doctor, dry_run = COMMANDS
    told = carry_out(init, tmp_path, deployment, "--base-url", deployment)
    assert told.returncode == 0, told.stdout + told.stderr
    assert f'base_url = "{deployment}"' in (tmp_path / "acme.toml").read_text(encoding="utf-8")
    told = carry_out(dry_run, tmp_path, deployment)
    assert told.returncode == 0, told.stderr
    assert "in virtual time" in told.stdout  # the document has test support
    (tmp_path / "acme.toml").write_text(
        (tmp_path / "acme.toml").read_text(encoding="utf-8").replace("[test_support]", "#").replace("token =", "#"),
        encoding="utf-8",
    )
    told = carry_out(doctor, tmp_path, deployment)
    assert "accounts: add an account with mfa = true" in told.stdout, told.stdout + told.stderr
    told = carry_out(dry_run, tmp_path, deployment)
    assert told.returncode == 0, told.stderr
    assert f"about to run 196 scenarios against {deployment}, in real time" in told.stdout


def test_the_profiles_are_those_that_there_are(tmp_path: Path) -> None:
    told = re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE)
    assert told == ["documented", "hardened", "contract", "portal"]
    line = next(line for line in README.splitlines() if line.startswith("servinix-conformance run reference --profile"))
    answer = carry_out(line, tmp_path, "", "--strict", "--clause", "SIGNIN-1", "--clause", "TOKEN-6")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "selected clauses passed" in answer.stdout
    catalogue = (ROOT / "features" / "catalogue.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"^ *profile: ([a-z]+)", catalogue, re.MULTILINE)) == set(told)


@pytest.mark.parametrize("name", re.findall(r"\]\(([A-Za-z/.-]+\.md)\)", README))
def test_every_document_that_it_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.startswith("# ")
    for link in re.findall(r"\]\(([A-Za-z/._-]+\.md)\)", text):
        assert (ROOT / name).parent.joinpath(link).is_file(), f"{name} names {link}"
