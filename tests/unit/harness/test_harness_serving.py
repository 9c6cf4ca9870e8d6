from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

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
