"""A server in the process of whoever asks it: WSGI (PEP 3333) instead of a network, for runs of which there are many.

What it answers is written as HTTP/1.1 and read by the library that reads it from a socket, so that headers and cookies
are what they would be.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from requests import PreparedRequest, Response


_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}
"""What WSGI names without HTTP before it."""


class WsgiAdapter(HTTPAdapter):
    """Sends requests to an application in this process.

    Args:
        app: who answers.
    """

    def __init__(self, app: WSGIApplication) -> None:
        super().__init__()
        self._app = app

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        """Ask the application in the thread that asks; a time limit is nobody's matter here."""
        answer = http.client.HTTPResponse(cast("socket.socket", _Answer(self._asked(request))), method=request.method)
        answer.begin()
        raw = HTTPResponse(
            body=answer,
            headers=HTTPHeaderDict(answer.getheaders()),
            status=answer.status,
            reason=answer.reason,
            preload_content=False,
            original_response=answer,
            request_method=request.method,
        )
        return self.build_response(request, raw)

    def _asked(self, request: PreparedRequest) -> bytes:
        head: list[str] = []

        def start(status: str, headers: Iterable[tuple[str, str]], _error: object = None) -> Any:  # noqa: ANN401
            head[:] = [f"HTTP/1.1 {status}", f"Date: {formatdate(usegmt=True)}", *(f"{a}: {b}" for a, b in headers)]

        parts = self._app(_environ(request), cast("Any", start))
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body


class _Answer:
    """As much of a socket as reading an answer needs."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self._data)


def _environ(request: PreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url or "")
    body = request.body or b""
    data = body.encode() if isinstance(body, str) else body
    headers: Mapping[str, str | bytes] = request.headers
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(data),
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        # As servers do: a name with an underscore could stand for another one.
        **{_named(name): _text(value) for name, value in headers.items() if "_" not in name},
    }


def _named(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in _PLAIN else f"HTTP_{name}"


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
