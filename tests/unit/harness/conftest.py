"""A target on loopback that answers as a test says, byte for byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

Talking = Callable[[socket.socket], None]


@pytest.fixture
def talk() -> Iterator[Callable[[Talking], str]]:
    """Start a raw server that hands its first connection to a function; gives its base URL."""
    started: list[tuple[socket.socket, threading.Thread]] = []

    def start(talking: Talking) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(5)

        def run() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(5)
                    talking(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        started.append((listener, thread))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener, thread in started:
        thread.join(10)
        listener.close()
