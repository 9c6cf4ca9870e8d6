"""What all processes of a run know together: what is being waited for, and how many messages the run has caused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .service import Remote

Waiting = Callable[[str, float], None]
"""Hears what a scenario begins to wait for and how many seconds; again, with 0 seconds, when that is over."""


class Board(Protocol):
    """Where a scenario says what it waits for, and asks before it causes a message."""

    def waits(self, what: str, seconds: float) -> None:
        """Say what is being waited for; with 0 seconds, that it is over."""

    def may_send(self) -> bool:
        """Whether one more message may be caused."""

    def sent(self) -> None:
        """Say that a message was caused."""


@dataclass(slots=True)
class LocalBoard:
    """The board itself, in the process that owns the run.

    Attributes:
        most: how many messages may be caused; None for any number.
        hear: hears of waits.
    """

    most: int | None = None
    hear: Waiting = field(default=lambda _what, _seconds: None)
    messages: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def waits(self, what: str, seconds: float) -> None:
        """Pass it on, one at a time."""
        with self._lock:
            self.hear(what, seconds)

    def may_send(self) -> bool:
        """Whether the number is not reached yet."""
        return self.most is None or self.messages < self.most

    def sent(self) -> None:
        """Count."""
        with self._lock:
            self.messages += 1

    def answer(self, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - JSON
        """Serve the processes that have a `RemoteBoard`."""
        if method == "waits":
            return self.waits(*arguments)
        return self.may_send() if method == "may_send" else self.sent()


class RemoteBoard:
    """The board of another process."""

    def __init__(self, address: Mapping[str, Any]) -> None:
        self._remote = Remote(address)

    def waits(self, what: str, seconds: float) -> None:
        """Say it there."""
        self._remote.call("waits", what, seconds)

    def may_send(self) -> bool:
        """Ask there."""
        return bool(self._remote.call("may_send"))

    def sent(self) -> None:
        """Say it there."""
        self._remote.call("sent")

    def close(self) -> None:
        """Let go of the connection."""
        self._remote.close()
