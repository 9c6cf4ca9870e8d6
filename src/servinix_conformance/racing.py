"""Several things done at once: threads that begin together behind a barrier."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Came = TypeVar("Came")
_SECONDS = 60.0


def at_once(deeds: Sequence[Callable[[], Came]]) -> list[Came]:
    """What the deeds came to, in order, when all of them begin at the same moment.

    Raises:
        Exception: whatever the first deed that failed raised; the others are waited for.
    """
    if not deeds:
        return []
    barrier = threading.Barrier(len(deeds), timeout=_SECONDS)

    def begin(deed: Callable[[], Came]) -> Came:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds), thread_name_prefix="race") as pool:
        return [future.result() for future in [pool.submit(begin, deed) for deed in deeds]]
