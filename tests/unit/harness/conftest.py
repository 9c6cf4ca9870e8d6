"""Targets on loopback that answer as a test says, byte for byte where it has to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answering = Callable[[BaseHTTPRequestHandler], None]
Talking = Callable[[socket.socket], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answering], str]]:
    """Start an HTTP server that answers every request with a function; gives its base URL."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(answering: Answering) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                answering(self)

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 - named so by the base class

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base class
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join(5)


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
