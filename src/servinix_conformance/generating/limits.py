"""How much a run may still send, and cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may still do.

    Attributes:
        request: takes one of the requests that may be sent; false when none is left.
        message: likewise one of the messages that may be caused.
        no_message: gives it back, since none was.
        wait: lets seconds pass, and says what for; raises `Untested` when that would take too long.
    """

    request: Callable[[], bool]
    message: Callable[[], bool]
    no_message: Callable[[], None]
    wait: Callable[[float, str], None]
