from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from servinix_conformance.serving import ReferenceServer


@pytest.fixture
def server() -> Iterator[ReferenceServer]:
    made = ReferenceServer.start()
    yield made
    made.stop()


def _close_its_input(server: ReferenceServer) -> None:
    assert server.process.stdin is not None
    server.process.stdin.close()


@pytest.mark.parametrize(
    "ended",
    [ReferenceServer.leave, _close_its_input, lambda server: server.process.send_signal(signal.SIGINT)],
    ids=["told to leave", "standard input ends", "interrupted"],
)
def test_the_server_ends_in_order_and_without_a_word(
    server: ReferenceServer, ended: Callable[[ReferenceServer], object]
) -> None:
    target = server.ready()
    assert target.base_url.startswith("http://127.0.0.1:")
    ended(server)
    assert server.process.wait(60) == 0
    assert server.process.stdout is not None
    assert server.process.stdout.read() == ""


def test_a_server_that_was_told_to_leave_is_told_once(server: ReferenceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    server.ready()
    monkeypatch.setattr(server.process, "send_signal", told.append)
    server.leave()
    server.leave()
    assert told == [signal.SIGTERM]
    monkeypatch.undo()
    server.process.terminate()


@pytest.mark.parametrize("kept", [False, True])
def test_whoever_starts_a_server_by_hand_can_sign_in_at_once(tmp_path: Path, *, kept: bool) -> None:
    options = ["--database", f"sqlite:///{tmp_path / 'kept.db'}"] if kept else []
    command = [sys.executable, "-m", "servinix_conformance", "serve", "--port", "0", "--test-support", "env:SUPPORT"]
    with subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--cheap-password-hash", *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "SUPPORT": "a secret"},
    ) as process:
        try:
            assert process.stdout is not None
            listening, portal, ada, sue, inbox = (process.stdout.readline().split() for _ in range(5))
            url = listening[2]
            assert requests.get(portal[1], timeout=10).status_code == 200
            told = [
                requests.post(f"{url}/auth/sign-in", json={"email": who[0], "password": who[2]}, timeout=10).status_code
                for who in (ada, sue)
            ]
            assert told == [202, 200]
            assert ada[0] in requests.get(inbox[-1], timeout=10).text
        finally:
            process.terminate()
