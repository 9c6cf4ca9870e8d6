"""Waits that overlap: which scenario each worker process gets next.

xdist starts a scenario only when its worker holds the one after it, so one scenario of each worker always waits behind
another. Here it is a short one that waits behind a long one, and the longest of all begin first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler.load import LoadScheduling  # type: ignore[import-untyped]

from .run import Run

_HELD = 2


class LongestFirst(LoadScheduling):  # type: ignore[misc]
    """Hands scenarios out one by one.

    Args:
        config: the controller's configuration.
        log: where xdist writes.
        seconds: how long a scenario has to wait, by its node id.
    """

    def __init__(self, config: pytest.Config, log: Producer, seconds: Callable[[str], float]) -> None:
        super().__init__(config, log)
        self._seconds = seconds
        # The first distribution, which is xdist's own, hands out this many at once.
        self.maxschedchunk = _HELD

    def check_schedule(self, node: Any, duration: float = 0) -> None:  # noqa: ANN401, ARG002 - as xdist has it
        """Give a worker its next scenario when it holds but one."""
        if node.shutting_down:
            return
        if not self.pending:
            node.shutdown()
        elif len(self.node2pending[node]) < _HELD:
            self._send_tests(node, _HELD - len(self.node2pending[node]))

    def _send_tests(self, node: Any, num: int) -> None:  # noqa: ANN401 - as xdist has it
        for _ in range(min(num, len(self.pending))):
            held = self.node2pending[node]
            waits = [self._seconds((self.collection or [])[index]) for index in self.pending]
            behind_a_long_one = bool(held) and self._seconds((self.collection or [])[held[-1]]) > 0
            chosen = (min if behind_a_long_one else max)(range(len(waits)), key=waits.__getitem__)
            index = self.pending.pop(chosen)
            held.append(index)
            node.send_runtest_some([index])


def scheduler(config: pytest.Config, log: Producer, run: Run) -> LongestFirst:
    """The scheduler of a run in which time really passes."""
    return LongestFirst(config, log, functools.cache(run.waits.seconds))
