"""The app on a socket, with waitress."""

import json
import logging
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn
from wsgiref.types import WSGIApplication

from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]
from waitress.task import ErrorTask  # type: ignore[import-untyped]

from .problems import Refusal

THREADS = 16
# Longer bodies are cut off by waitress; up to here they are read and refused by the app, so that clients see why.
READ_LIMIT = 4 * 1024 * 1024


class _ProblemTask(ErrorTask):  # type: ignore[misc]
    """Says in the contract's words what waitress refuses by itself."""

    def execute(self) -> None:
        problem = Refusal.of_status(self.request.error.code).document()
        body = json.dumps(problem).encode()
        self.status = f"{problem['status']} {problem['title']}"
        self.response_headers += [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ProblemTask


def bind(host: str = "127.0.0.1", port: int = 0) -> tuple[socket.socket, str]:
    """Take a port, 0 for a free one, before the app is made that must know its URL; return the socket and the URL.

    Raises:
        OSError: when the port cannot be had.
    """
    name, family = (f"[{host}]", socket.AF_INET6) if ":" in host else (host, socket.AF_INET)
    bound = socket.create_server((host, port), family=family)
    return bound, f"http://{name}:{bound.getsockname()[1]}"


def serve(
    app: WSGIApplication, bound: tuple[socket.socket, str], on_ready: Callable[[str], object] = lambda _url: None
) -> None:
    """Serve until SIGTERM or SIGINT; requests that are being answered are finished first.

    Args:
        app: the application.
        bound: what `bind` returned.
        on_ready: called with the URL once the server listens.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that requests wait in a burst is no news
    listener, url = bound
    connections: dict[int, Any] = {}
    server = create_server(
        app,
        map=connections,
        sockets=[listener],
        threads=THREADS,
        ident=None,
        max_request_body_size=READ_LIMIT,
        # The app decides which proxies to believe.
        clear_untrusted_proxy_headers=False,
        asyncore_use_poll=True,
    )
    server.channel_class = _Channel
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        on_ready(url)
        server.run()
        wasyncore.loop(timeout=0, map=connections, count=1)  # hands out the answers that are ready
    except KeyboardInterrupt:
        # Stopped before it ran, or told a second time to stop: that is no other end than the first.
        server.task_dispatcher.shutdown()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        wasyncore.close_all(connections)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
