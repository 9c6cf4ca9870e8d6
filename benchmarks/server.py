"""The reference server, counting: every request with its time, for `compare.py` alone.

It listens on a free port of loopback, prints its URL, and ends with its standard input. `GET /counted` answers with the
requests since the last such question as `[seconds on CLOCK_MONOTONIC, method, path]`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from servinix_conformance.suite import reference_server


class Counting:
    """A WSGI application around another, that remembers what it was asked."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - a WSGI application
        self._app = app
        self._counted: list[tuple[float, str, str]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer."""
        if environ["PATH_INFO"] == "/counted":
            counted, self._counted = self._counted, []
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(counted).encode()]
        self._counted.append((time.monotonic(), environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def _until_eof() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    signal.raise_signal(signal.SIGTERM)


def main() -> None:
    """Serve."""
    package = reference_server()
    from reference_server import server  # noqa: PLC0415 - it is known only now

    bound = server.bind()
    settings = package.Settings(
        public_url=bound[1],
        test_support_secret=os.environ["BENCH_TOKEN"],
        password_profile="test",  # noqa: S106 - the name of a profile; as `run reference` starts it
    )
    threading.Thread(target=_until_eof, daemon=True).start()
    server.serve(Counting(package.create_app(settings)), on_ready=lambda url: print(url, flush=True), bound=bound)


if __name__ == "__main__":
    main()
