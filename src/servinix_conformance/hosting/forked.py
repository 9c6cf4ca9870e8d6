"""A server in a process of its own, forked from one that has imported all there is to import."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import secrets
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from ..serving import STOP_SECONDS, NotStarted, target_of
from ..suite import reference_server
from ..target import Target
from .making import application
from .reach import Reach


@dataclass(slots=True)
class ForkedServer:
    """A reference server with one fault, or with none, that starts in a few milliseconds.

    Args:
        process: which the server is.
        pipe: the server says where it listens; when our end is closed, by whatever end of ours, it stops.
    """

    process: BaseProcess
    pipe: Connection
    token: str

    @classmethod
    def start(cls, fault: str | None) -> ForkedServer:
        """Start it, on a free port, with test support and cheap password hashing; `ready` waits until it listens.

        Without a fault it notes what it is asked for.
        """
        token, context = secrets.token_urlsafe(24), _context()
        pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(fault, token, theirs), daemon=True)
        process.start()
        theirs.close()
        return cls(process, pipe, token)

    def ready(self) -> Target:
        """The started server as a target. Raises `NotStarted` with the reason when it ended instead."""
        try:
            url: str = self.pipe.recv()
        except EOFError:
            self.stop()
            raise NotStarted(f"the reference server did not start: exit status {self.process.exitcode}") from None
        return target_of(url, self.token)

    def reached(self) -> frozenset[str]:
        """What a server without a fault looked up since this was last asked, as `Reach` notes it."""
        self.pipe.send(None)
        names: frozenset[str] = self.pipe.recv()
        return names

    def leave(self) -> None:
        """Tell it that nobody needs it any more, without waiting for its end."""
        self.pipe.close()

    def stop(self) -> None:
        """End it and wait for its end."""
        self.leave()
        self.process.join(STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _context() -> ForkServerContext | SpawnContext:
    """What forks from a process that has imported the server; where there is no fork, an interpreter each."""
    if "forkserver" not in multiprocessing.get_all_start_methods():  # pragma: no cover - Windows
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.preloaded"])
    return context


def _serve(fault: str | None, token: str, pipe: Connection) -> None:
    """Be a server, until nobody holds the other end of the pipe."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - no path of ours
        for stream in (sys.stdout, sys.stderr):
            # A server that is wrong on purpose may log a traceback for each request.
            os.dup2(nowhere.fileno(), stream.fileno())
    reference_server()
    server = importlib.import_module("reference_server.server")
    bound = server.bind()
    app, reach = application(fault, bound[1], token)
    threading.Thread(target=_attend, args=(pipe, reach), daemon=True).start()
    server.serve(app, bound, pipe.send)


def _attend(pipe: Connection, reach: Reach) -> None:
    """Say what was reached as often as somebody asks; when nobody can ask any more, stop."""
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            pipe.recv()
            pipe.send(reach.taken())
    signal.raise_signal(signal.SIGTERM)
