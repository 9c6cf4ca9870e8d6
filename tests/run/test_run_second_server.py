"""A server that is reached by URL and secret alone, with the words of the README."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECRET = "a-secret-of-your-own"
MODULE = [sys.executable, "-m", "servinix_conformance"]
ENVIRONMENT = {**os.environ, "SERVINIX_TEST_SUPPORT": SECRET}


def block(language: str, word: str) -> str:
    """The block of the README that holds a word."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(text for text in blocks if word in text)


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> str:
        words = next(line for line in block("console", " serve ").splitlines() if " serve " in line).split()
        words = ["0" if word == "8000" else word for word in words[1:-1]]
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*MODULE, *words, "--cheap-password-hash", *options], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on ")
        return line.split()[2]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def run(folder: Path, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "target.toml").write_text(
        block("toml", "base_url").replace("http://127.0.0.1:8000", url), encoding="utf-8"
    )
    words = next(line for line in block("console", " run target").splitlines() if " run target" in line).split()[1:]
    return subprocess.run(  # noqa: S603 - our own command
        [*MODULE, *words, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=ENVIRONMENT,
    )


def test_the_readme_gives_the_verdict_that_it_prints(tmp_path: Path, serve: Callable[..., str]) -> None:
    url = serve()
    told = run(tmp_path, url)
    assert told.returncode == 0, told.stdout + told.stderr
    for line in block("text", "CONFORMANT").splitlines():
        assert line in told.stdout
    lines = told.stdout.splitlines()
    assert all("Acme staging" in line and url in line for line in (lines[0], lines[-1]))
    for artefact in ("report.json", "junit.xml"):
        text = (tmp_path / "report" / artefact).read_text(encoding="utf-8")
        assert SECRET not in text
        assert "@people.example" not in text


def test_a_wrong_server_is_told_so_that_somebody_can_act(tmp_path: Path, serve: Callable[..., str]) -> None:
    told = run(tmp_path, serve("--fault", "no-resend-wait"), "--clause", "MFA-16")
    assert told.returncode == 1
    assert re.search(r"at +features/resend\.feature:\d+  Then Ada is refused", told.stdout)
    assert "expected  Ada to be refused" in told.stdout
    assert "actual    resendOtp answered 202" in told.stdout
    assert re.search(r'repeat +curl -i -X POST .*"\{\\"mfa_token\\": \\"\$MFA_TOKEN', told.stdout)
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert {clause["id"] for clause in report["clauses"] if clause["verdict"] == "failed"} == {"MFA-16"}


def test_a_secret_that_the_server_does_not_know_is_3(tmp_path: Path, serve: Callable[..., str]) -> None:
    url = serve()
    (tmp_path / "other.toml").write_text(
        f'name = "other"\nbase_url = "{url}"\n[test_support]\ntoken = "env:OTHER"\n', encoding="utf-8"
    )
    told = subprocess.run(  # noqa: S603 - our own command
        [*MODULE, "run", "other.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**ENVIRONMENT, "OTHER": "another-secret"},
    )
    assert told.returncode == 3
    assert "token under [test_support]" in told.stderr


def test_without_test_support_nothing_is_green(tmp_path: Path, serve: Callable[..., str]) -> None:
    (tmp_path / "bare.toml").write_text(f'name = "bare"\nbase_url = "{serve()}"\n', encoding="utf-8")
    told = subprocess.run(  # noqa: S603 - our own command
        [*MODULE, "run", "bare.toml"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert told.returncode == 4
    assert "INCOMPLETE documented: 31 untested" in told.stdout
    assert "the target file has no [test_support]" in told.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--test-support", "a-secret"], "never by value"),
        (["--test-support", "env:NOT_SET_ANYWHERE"], "is empty"),
        (["--fault", "no-such-fault"], "there is no such fault"),
        (["--fault", "never-locks", "--host", "203.0.113.1"], "stays on loopback"),
        (["--smtp", "mail.example"], "write smtp://HOST:PORT"),
        (["--smtp", "smtp://mail.example"], "--mail-from"),
        (["--sms-gateway", "nosuch.toml"], "cannot be read"),
        (["--signing-key", "file:nosuch.pem"], "No such file"),
    ],
)
def test_serve_refuses_what_it_cannot_do(words: list[str], said: str) -> None:
    told = subprocess.run(  # noqa: S603 - our own command
        [*MODULE, "serve", "--port", "0", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 2
    assert said in told.stderr
    assert "Traceback" not in told.stderr
