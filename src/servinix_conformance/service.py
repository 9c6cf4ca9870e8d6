"""What one process of a run does for all of them, over loopback.

The controller serves; each worker has a `Remote` for each thing that is served. Either side believes only what is
sealed with their common key, which itself never travels; and what travels is JSON, so that nobody can make the other
side run anything. (`multiprocessing.managers` would unpickle, and its server cannot be ended in a thread without taking
the standard output with it.)
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

_CONNECTING_SECONDS = 10.0
_LONGEST_REQUEST = 1024 * 1024

Handler = Callable[..., Any]
"""Answers a call: gets a method's name and its arguments, gives JSON. What it raises is told to whoever called."""


class ServiceError(Exception):
    """A call could not be answered; the message says why."""


class Service:
    """Serves handlers to other processes, from threads of this one, until it is closed."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._key = secrets.token_bytes(32)
        self._server = _Server(dict(handlers), self._key)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="service", daemon=True)
        self._thread.start()

    def address(self, name: str) -> dict[str, Any]:
        """What a `Remote` needs to find the handler of this name: JSON values alone. It holds the key."""
        host, port = self._server.server_address[:2]
        return {"host": host, "port": port, "key": self._key.hex(), "name": name}

    def close(self) -> None:
        """Stop serving, and cut off whoever is connected."""
        self._server.shutdown()
        self._thread.join()
        self._server.cut()
        self._server.server_close()


class Remote:
    """Calls a handler in another process.

    Args:
        address: what `Service.address` gives.
    """

    def __init__(self, address: Mapping[str, Any]) -> None:
        self._name: str = address["name"]
        self._place = (address["host"], address["port"])
        self._key = bytes.fromhex(address["key"])
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def call(self, *call: Any) -> Any:  # noqa: ANN401 - what each handler gives
        """Call it. Raises `ServiceError`, with what the handler said or why there is no answer."""
        with self._lock:
            try:
                sealed = self._exchange(_sealed(self._key, [self._name, *call]))
            except OSError as error:
                self._drop()
                raise ServiceError(f"the process that serves {self._name} cannot be asked: {error}") from error
            answer = _opened(self._key, sealed)
            if not isinstance(answer, dict):
                self._drop()
                raise ServiceError(f"the process that serves {self._name} has ended, or was cut off")
        if "error" in answer:
            raise ServiceError(answer["error"])
        return answer["value"]

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._drop()

    def _exchange(self, line: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._place, timeout=_CONNECTING_SECONDS)
            # How long an answer may take is up to the handler; the end of the other process ends the connection.
            self._socket.settimeout(None)
        self._socket.sendall(line)
        with self._socket.makefile("rb") as answers:
            return answers.readline()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class _Server(ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handlers: Mapping[str, Handler], key: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.handlers = handlers
        self.key = key
        self._connected: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in socketserver
        self._connected.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in socketserver
        self._connected.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        for connection in list(self._connected):
            with contextlib.suppress(OSError):  # it is closed already, which is what is wanted
                connection.shutdown(socket.SHUT_RDWR)


class _Connection(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        # What is not sealed is not answered; and whoever asked may be gone.
        with contextlib.suppress(ConnectionError):
            while (call := _opened(self.server.key, self.rfile.readline(_LONGEST_REQUEST))) is not None:
                self.wfile.write(_sealed(self.server.key, self._answer(*call)))

    def _answer(self, name: str, *call: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        try:
            return {"value": self.server.handlers[name](*call)}
        except ServiceError as error:
            return {"error": str(error)}
        except Exception as error:  # noqa: BLE001 - a handler of somebody else's may raise anything; whoever asks is told
            return {"error": f"{name} broke: {type(error).__name__}: {error}"}


def _sealed(key: bytes, content: object) -> bytes:
    body = json.dumps(content).encode()
    return hmac.digest(key, body, "sha256").hex().encode() + body + b"\n"


def _opened(key: bytes, line: bytes) -> Any:  # noqa: ANN401 - JSON
    """What a line holds; None where it is not sealed with the key, or not whole."""
    seal, body = line[:64], line[64:-1]
    if not line.endswith(b"\n") or not hmac.compare_digest(seal, hmac.digest(key, body, "sha256").hex().encode()):
        return None
    return json.loads(body)
