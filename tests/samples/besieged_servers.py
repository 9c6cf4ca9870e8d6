"""Servers that are right, and do not bear everything that is sent to them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from odd_servers import CLOSE, Answer, Part, Request, through, told

LARGEST = 16 * 1024
METHODS = {"GET", "POST", "DELETE"}
Breaking = Callable[[Request], Iterable[Part] | None]
"""Gives an answer of its own to what a server does not bear; None to everything else."""


def besieged(upstream: str, breaking: Breaking) -> Answer:
    """The right answers, but to what this server does not bear."""

    def answer(request: Request) -> Iterable[Part]:
        own = breaking(request)
        return [through(upstream, request).sent()] if own is None else own

    return answer


def readable(body: bytes) -> bool:
    """Whether it is nothing, or a JSON object."""
    try:
        return not body or isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def fails_at_what_it_cannot_read(request: Request) -> list[Part] | None:
    """500, where a server should say 400."""
    return None if readable(request.body) else [told("500 Internal Server Error", b"oh no", type_="text/plain")]


def hangs_up_on_what_is_odd(request: Request) -> list[Part] | None:
    """No answer to a large body or another method."""
    return [CLOSE] if len(request.body) > LARGEST or request.method not in METHODS else None


@dataclass
class Slow:
    """A server that is slow when it has more than one thing to do.

    Attributes:
        upstream: the URL of the server that gives the right answers.
        seconds: how much longer it takes then.
        slowed: how many answers took so long.
    """

    upstream: str
    seconds: float = 0.2
    slowed: int = 0
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Iterable[Part]:
        """Answer."""
        with self._lock:
            self._busy += 1
            alone = self._busy == 1
            self.slowed += not alone
        try:
            if not alone:
                yield self.seconds
            yield through(self.upstream, request).sent()
        finally:
            with self._lock:
                self._busy -= 1
