"""What all processes of a run know together: what is waited for, and how much the run has sent and caused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .service import Remote

Waiting = Callable[[str, float], None]
"""Hears what a scenario begins to wait for and how many seconds; again, with 0 seconds, when that is over."""


class Board(Protocol):
    """Where a scenario says what it waits for, and takes each message before it causes it."""

    def waits(self, what: str, seconds: float) -> None:
        """Say what is being waited for; with 0 seconds, that it is over."""

    def take(self) -> bool:
        """Take one of the messages that may be caused; false when none is left."""

    def give_back(self) -> None:
        """Say that the message which was taken was not caused after all."""

    def take_request(self) -> bool:
        """Take one of the generated requests that may be sent; false when none is left."""


@dataclass(slots=True)
class LocalBoard:
    """The board itself, in the process that owns the run.

    Attributes:
        most: how many messages may be caused; None for any number.
        most_requests: how many generated requests may be sent; None for any number.
        hear: hears of waits.
    """

    most: int | None = None
    hear: Waiting = field(default=lambda _what, _seconds: None)
    messages: int = 0
    most_requests: int | None = None
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def waits(self, what: str, seconds: float) -> None:
        """Pass it on, one at a time."""
        with self._lock:
            self.hear(what, seconds)

    def take(self) -> bool:
        """Count one, if the number is not reached yet."""
        with self._lock:
            left = self.most is None or self.messages < self.most
            self.messages += left
        return left

    def give_back(self) -> None:
        """Count one less."""
        with self._lock:
            self.messages -= 1

    def take_request(self) -> bool:
        """Count one, if the number is not reached yet."""
        with self._lock:
            left = self.most_requests is None or self.requests < self.most_requests
            self.requests += left
        return left

    def answer(self, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - JSON
        """Serve the processes that have a `RemoteBoard`."""
        if method == "waits":
            return self.waits(*arguments)
        if method == "take_request":
            return self.take_request()
        return self.take() if method == "take" else self.give_back()


class RemoteBoard:
    """The board of another process."""

    def __init__(self, address: Mapping[str, Any]) -> None:
        self._remote = Remote(address)

    def waits(self, what: str, seconds: float) -> None:
        """Say it there."""
        self._remote.call("waits", what, seconds)

    def take(self) -> bool:
        """Take it there."""
        return bool(self._remote.call("take"))

    def give_back(self) -> None:
        """Say it there."""
        self._remote.call("give_back")

    def take_request(self) -> bool:
        """Take it there."""
        return bool(self._remote.call("take_request"))

    def close(self) -> None:
        """Let go of the connection."""
        self._remote.close()
