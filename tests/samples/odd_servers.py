"""Servers that answer byte for byte as a test says, and what they can say."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Self
from urllib.parse import urlsplit

CLOSE = None
"""In the place of a part of an answer: hang up."""
FOR_EVER = 600.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Part = bytes | float | None
"""Of an answer: bytes to send, seconds to wait, or the end of the connection."""
Answer = Callable[[Request], Iterable[Part]]


@dataclass(frozen=True)
class Right:
    """The right answer."""

    status: str
    headers: list[str]
    body: bytes

    def sent(self, *, body: bytes | None = None, more: str = "") -> bytes:
        """The answer, with another body or a further header."""
        content = self.body if body is None else body
        lines = [f"HTTP/1.1 {self.status}", *self.headers, *([more] if more else [])]
        return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode("latin-1") + content


Spoil = Callable[[Request, Right], Iterable[Part]]
"""Gives another answer to a request for the right one."""


@dataclass
class Server:
    """A server that answers byte for byte as it is told."""

    answer: Answer
    sent: int = 0
    requests: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def close(self) -> None:
        """Refuse connections, and cut those that are open."""
        self._over.set()
        for item in (self._listener, *self._open):
            with contextlib.suppress(OSError):  # it is closed already
                item.shutdown(socket.SHUT_RDWR)
            item.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(10)

    def _start(self, run: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError):  # that is how the listener ends
                connection, _ = self._listener.accept()
                self._open.append(connection)
                self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError, ValueError):
            while (request := received(stream)) is not None:
                self.requests += 1
                for part in self.answer(request):
                    if part is CLOSE:
                        connection.shutdown(socket.SHUT_RDWR)
                        return
                    if isinstance(part, float):
                        if self._over.wait(part):
                            return
                    else:
                        connection.sendall(part)
                        self.sent += len(part)


def received(stream: BinaryIO) -> Request | None:
    method, _, rest = stream.readline().decode("latin-1").partition(" ")
    if not rest:
        return None
    headers = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    body = stream.read(length)
    return Request(method, rest.split()[0], headers, body) if len(body) == length else None


def told(status: str, body: bytes = b"", *headers: str, type_: str = "application/json", length: int = -1) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {type_}", *headers]
    lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def always(*parts: Part) -> Answer:
    return lambda _: parts


def dripping(text: bytes) -> Answer:
    return lambda _: (part for byte in text for part in (bytes([byte]), 0.02))


def through(upstream: str, request: Request) -> Right:
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=60)
    headers = {name: value for name, value in request.headers.items() if name not in {"host", "connection"}}
    connection.request(request.method, request.path, request.body or None, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    own = {"content-length", "connection", "transfer-encoding"}
    kept = [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() not in own]
    return Right(f"{answer.status} {answer.reason}", kept, body)


def before(upstream: str, path: str, spoil: Spoil) -> Answer:
    """The right answers, but for those to one path."""

    def answer(request: Request) -> Iterable[Part]:
        right = through(upstream, request)
        return spoil(request, right) if request.path == path else [right.sent()]

    return answer


def member(name: str, value: bytes) -> Spoil:
    """The right answer with another value for one of its members."""

    def spoil(_: Request, right: Right) -> list[Part]:
        if not right.body:
            return [right.sent()]
        text = json.dumps({**json.loads(right.body), name: "@value@"}).encode()
        return [right.sent(body=text.replace(b'"@value@"', value))]

    return spoil


def instead(*parts: Part) -> Spoil:
    return lambda _request, _right: parts
