"""The reference server as a process of our own, on loopback, that ends with the run that started it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from typing import IO, Protocol

from .target import Target

_SECRET = "SERVINIX_TEST_SUPPORT"  # noqa: S105 - the name of a variable
STOP_SECONDS = 10
"""How long a server may take to finish what it is doing."""
READY = "listening on "
"""What `serve` prints before its URL."""


class NotStarted(Exception):  # noqa: N818 - what it is
    """The reference server did not start; the message is what it said."""


class Server(Protocol):
    """A server that a run started, and ends."""

    def ready(self) -> Target:
        """The server as a target, once it listens. Raises `NotStarted`."""

    def leave(self) -> None:
        """Tell it once that nobody needs it any more."""

    def stop(self) -> None:
        """End it and wait for its end."""


@dataclass(slots=True)
class ReferenceServer:
    """A started reference server."""

    process: subprocess.Popen[str]
    token: str
    _left: bool = False

    @classmethod
    def start(cls, *options: str) -> ReferenceServer:
        """Start it, on a free port, with test support and cheap password hashing; `ready` waits until it listens."""
        token = secrets.token_urlsafe(24)
        command = [
            sys.executable,
            "-P",  # else the working directory comes first, and a yaml.py in it would be taken for the library
            "-m",
            "servinix_conformance",
            "serve",
            "--port",
            "0",
            "--test-support",
            f"env:{_SECRET}",
        ]
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--cheap-password-hash", "--stop-at-eof", *options],
            env={**os.environ, _SECRET: token},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return cls(process, token)

    def ready(self) -> Target:
        """The started server as a target. Raises `NotStarted` with what it printed when it ended instead."""
        told = []
        for line in _lines(self.process.stdout):
            told.append(line)
            if READY in line:
                return target_of(line.partition(READY)[2].split()[0], self.token)
        self.stop()
        raise NotStarted("the reference server did not start:\n" + "".join(told))

    def leave(self) -> None:
        """Tell it once that nobody needs it any more, without waiting for its end."""
        if not self._left:
            self._left = True
            self.process.terminate()

    def stop(self) -> None:
        """End it and wait for its end."""
        self.leave()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


def target_of(url: str, token: str) -> Target:
    """A reference server of ours as a target, from where it listens and its secret of test support."""
    # What it sends is there before it answers: there is nothing to wait for.
    support = {"token": token, "deadline_seconds": 0.1}
    data = {
        "name": "reference server",
        "base_url": url,
        "test_support": support,
        "portal": {"base_url": f"{url}/portal/sign-in", "profile": "home", "private": ["home", "support"]},
        "claims": {"profiles": ["documented"]},  # its pages too are looked at when that is asked for
    }
    return Target.of(data, "reference", {"TEST_SUPPORT_TOKEN": token})


def _lines(stream: IO[str] | None) -> IO[str]:
    if stream is None:  # pragma: no cover - it was opened with a pipe
        raise NotStarted("the reference server has no output to read")
    return stream
