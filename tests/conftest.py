"""What tests of several folders start or make: modules in folders of their own, and a server of a few words."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

# What takes minutes is for `make nightly`: processes that are held, and killed, at every point of their work, and
# requests by the thousand.
collect_ignore: list[str] = []
if "SERVER_EFFORT" not in os.environ:
    collect_ignore += ["server/test_server_at_once.py", "server/test_server_killed.py"]
if "EVERY_FAULT" not in os.environ:
    collect_ignore += ["contract/test_generated_volume.py", "run/test_run_spared_accounts.py"]

sys.path[:0] = [str(Path(__file__).parent / name) for name in ("mail", "samples")]

Answering = Callable[[BaseHTTPRequestHandler], None]


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
