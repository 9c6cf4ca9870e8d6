"""One reader of each inbox for all processes of a run.

The process that opened the sources serves them on loopback; each worker has a `RemoteSource` in the place of the real
one. Either side believes only what is sealed with their common key, which itself never travels; and what travels is
JSON, so that nobody can make the other side run anything. (`multiprocessing.managers` would unpickle, and its server
cannot be ended in a thread without taking the standard output with it.)
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Mapping
from dataclasses import asdict
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from .source import InboxError, Letter, Source

_CONNECTING_SECONDS = 10.0
_LONGEST_REQUEST = 1024 * 1024


class Reader:
    """Serves open sources to other processes, from threads of this one, until it is closed.

    Closing it does not close the sources: they are whoever's opened them.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._key = secrets.token_bytes(32)
        self._server = _Server(self._sources, self._key)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="inboxes", daemon=True)
        self._thread.start()

    def address(self, name: str) -> dict[str, Any]:
        """What a `RemoteSource` needs to find the source of this name: JSON values alone. It holds the key."""
        source = self._sources[name]
        host, port = self._server.server_address[:2]
        return {
            "host": host,
            "port": port,
            "key": self._key.hex(),
            "name": name,
            "quiet_seconds": source.quiet_seconds,
            "deadline_seconds": source.deadline_seconds,
            "poll_seconds": source.poll_seconds,
        }

    def close(self) -> None:
        """Stop serving, and cut off whoever is connected."""
        self._server.shutdown()
        self._thread.join()
        self._server.cut()
        self._server.server_close()


class RemoteSource:
    """Implements `servinix_conformance.inbox.source.Source`, by asking the process that reads the inbox.

    Args:
        address: what `Reader.address` gives.
    """

    def __init__(self, address: Mapping[str, Any]) -> None:
        self.quiet_seconds: float = address["quiet_seconds"]
        self.deadline_seconds: float = address["deadline_seconds"]
        self.poll_seconds: float = address["poll_seconds"]
        self._name: str = address["name"]
        self._place = (address["host"], address["port"])
        self._key = bytes.fromhex(address["key"])
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def mark(self, address: str) -> Any:  # noqa: ANN401 - each kind has its own
        """This moment."""
        return self._call("mark", address)

    def since(self, address: str, mark: Any) -> list[Letter]:  # noqa: ANN401 - likewise
        """What arrived for this address after a mark."""
        return [Letter(**{**item, "to": tuple(item["to"])}) for item in self._call("since", address, mark)]

    def fresh(self, channel: str) -> str | None:
        """An address that was never used."""
        address: str | None = self._call("fresh", channel)
        return address

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._drop()

    def _call(self, *call: Any) -> Any:  # noqa: ANN401 - what each method gives
        with self._lock:
            try:
                sealed = self._exchange(_sealed(self._key, [self._name, *call]))
            except OSError as error:
                self._drop()
                raise InboxError(
                    f"the process that reads the inbox for {self._name} cannot be asked: {error}"
                ) from error
            answer = _opened(self._key, sealed)
            if not isinstance(answer, dict):
                self._drop()
                raise InboxError(f"the process that reads the inbox for {self._name} has ended, or was cut off")
        if "error" in answer:
            raise InboxError(answer["error"])
        return answer["value"]

    def _exchange(self, line: bytes) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._place, timeout=_CONNECTING_SECONDS)
            # How long an answer may take is up to the source; the end of the other process ends the connection.
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

    def __init__(self, sources: Mapping[str, Source], key: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sources = sources
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


class _Handler(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        # What is not sealed is not answered; and whoever asked may be gone.
        with contextlib.suppress(ConnectionError):
            while (call := _opened(self.server.key, self.rfile.readline(_LONGEST_REQUEST))) is not None:
                self.wfile.write(_sealed(self.server.key, self._answer(*call)))

    def _answer(self, name: str, method: str, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        source = self.server.sources[name]
        try:
            if method == "mark":
                return {"value": source.mark(*arguments)}
            if method == "since":
                return {"value": [asdict(letter) for letter in source.since(*arguments)]}
            return {"value": source.fresh(*arguments)}
        except InboxError as error:
            return {"error": str(error)}
        except Exception as error:  # noqa: BLE001 - a source of somebody else's may raise anything; whoever asks is told
            return {"error": f"the reader of {name} broke: {type(error).__name__}: {error}"}


def _sealed(key: bytes, content: object) -> bytes:
    body = json.dumps(content).encode()
    return hmac.digest(key, body, "sha256").hex().encode() + body + b"\n"


def _opened(key: bytes, line: bytes) -> Any:  # noqa: ANN401 - JSON
    """What a line holds; None where it is not sealed with the key, or not whole."""
    seal, body = line[:64], line[64:-1]
    if not line.endswith(b"\n") or not hmac.compare_digest(seal, hmac.digest(key, body, "sha256").hex().encode()):
        return None
    return json.loads(body)
