"""A time limit for whole requests.

A socket's own timeout begins anew with every byte, so that a target which drips could hold a run up for ever. Here one
thread cuts the connections of a request that is not over in time.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import weakref
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class Deadline:
    """Watches requests that are sent one after the other, each with the same limit."""

    def __init__(self) -> None:
        self.sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._left: list[socket.socket] = []
        self._changed = threading.Condition()
        self.missed = False
        self._until: float | None = None
        self._idle = False
        self._busy = False
        self._over = False
        self._thread: threading.Thread | None = None

    def set(self, until: float | None) -> None:
        """Begin a limit, on the clock of `time.monotonic`; None ends it. `missed` tells whether the last one passed."""
        with self._changed:
            self._until = until
            self._busy = until is not None
            if not self._busy:
                self._close_left()
            self.missed = self.missed and until is None
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="deadline", daemon=True)
                self._thread.start()
            # A thread that waits for an earlier limit sees the later one when it wakes.
            if self._idle and until is not None:
                self._changed.notify()

    def end(self) -> None:
        """Stop watching."""
        with self._changed:
            self._over, self._busy = True, False
            self._close_left()
            self._changed.notify()

    def leave(self, twin: socket.socket) -> None:
        """Take over the twin of a closed connection: its answer may still be read until the request is over."""
        with self._changed:
            self._left.append(twin)
            if not self._busy:
                self._close_left()

    def _close_left(self) -> None:
        while self._left:
            self._left.pop().close()

    def _watch(self) -> None:
        with self._changed:
            while not self._over:
                if self._until is None:
                    self._idle = True
                    self._changed.wait()
                    self._idle = False
                elif (left := self._until - time.monotonic()) > 0:
                    self._changed.wait(left)
                else:
                    self._until, self.missed = None, True
                    for item in list(self.sockets):
                        with contextlib.suppress(OSError):  # it is closed already, which is what is wanted
                            item.shutdown(socket.SHUT_RDWR)


class _Watched:
    """A connection with a twin of its socket, which stays good when TLS takes the socket itself over."""

    deadline: ClassVar[Deadline]
    _twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        self._drop()
        self._twin = made.dup()
        self.deadline.sockets.add(self._twin)
        return made

    def close(self) -> None:
        """Close the connection; http.client does so as soon as it has read the headers of a last answer."""
        self._drop()
        super().close()  # type: ignore[misc]

    def _drop(self) -> None:
        if self._twin is not None:
            self.deadline.leave(self._twin)
            self._twin = None


class WatchedAdapter(HTTPAdapter):
    """requests' adapter, with connections that a `Deadline` can cut."""

    def __init__(self, deadline: Deadline) -> None:
        self._pools = _pools(deadline)
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as in requests
        """Make the pools."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **options: Any) -> PoolManager:  # noqa: ANN401 - as in requests
        """Make the pools of a proxy."""
        manager: PoolManager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(watching: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(_Watched, HTTPConnection):
        deadline = watching

    class Secure(_Watched, HTTPSConnection):
        deadline = watching

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
