"""Waits that overlap: which scenario each worker process gets next.

xdist starts a scenario only when its worker holds the one after it, so one scenario of each worker always waits behind
another. Here it is a short one that waits behind a long one. For the rest, those begin first that need the accounts
with the most waiting before them, if such accounts are free: a process that waits for an account does nothing.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler.load import LoadScheduling  # type: ignore[import-untyped]

from .leasing import castings, fitting
from .run import Run
from .target import DeclaredAccount
from .waiting import Prospect

_HELD = 2


class LongestFirst(LoadScheduling):  # type: ignore[misc]
    """Hands scenarios out one by one.

    Args:
        config: the controller's configuration.
        log: where xdist writes.
        prospect: what a scenario is going to wait and need, by its node id.
        accounts: those that there are; none where they are made as they are needed.
    """

    def __init__(
        self,
        config: pytest.Config,
        log: Producer,
        prospect: Callable[[str], Prospect],
        accounts: Sequence[DeclaredAccount],
    ) -> None:
        super().__init__(config, log)
        self._prospect = prospect
        self._accounts = accounts
        self._wants: dict[int, list[tuple[str, ...]]] = {}
        # The first distribution, which is xdist's own, hands out this many at once.
        self.maxschedchunk = _HELD

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:  # noqa: ANN401 - as xdist has it
        """Give this worker its next scenario, and all that were left without one: accounts are free now."""
        super().mark_test_complete(node, item_index, duration)
        for other in self.nodes:
            if other is not node:
                self.check_schedule(other)

    def check_schedule(self, node: Any, duration: float = 0) -> None:  # noqa: ANN401, ARG002 - as xdist has it
        """Give a worker its next scenario when it holds but one; it is ended when nothing is left for it."""
        if node.shutting_down:
            return
        held = self.node2pending[node]
        if not self.pending or (self._long(held) and not self._shorts() and len(self._others(node)) > 0):
            node.shutdown()  # it carries out what it holds
        elif len(held) < _HELD and not self._better_waits(node):
            self._send_tests(node, _HELD - len(held))

    def _send_tests(self, node: Any, num: int) -> None:  # noqa: ANN401 - as xdist has it
        for _ in range(min(num, len(self.pending))):
            held = self.node2pending[node]
            index = self._shortest(held[-1]) if self._long(held) else self._most_pressing()
            self.pending.remove(index)
            held.append(index)
            node.send_runtest_some([index])

    def _long(self, held: Sequence[int]) -> bool:
        """Whether the last of what a worker holds is going to wait."""
        return bool(held) and self._of(held[-1]).seconds > 0

    def _shorts(self) -> int:
        return sum(self._of(index).seconds == 0 for index in self.pending)

    def _others(self, node: Any) -> list[Any]:  # noqa: ANN401 - likewise
        return [other for other in self.nodes if other is not node and not other.shutting_down]

    def _better_waits(self, node: Any) -> bool:  # noqa: ANN401 - likewise
        """Whether a worker had better begin nothing now: each long scenario left needs a short one behind it."""
        shorts = self._shorts()
        if self._long(self.node2pending[node]) or shorts > len(self.pending) / 2:
            return False
        runs = any(len(self.node2pending[other]) >= _HELD for other in self._others(node))
        return runs and self._of(self._most_pressing()).seconds == 0

    def _of(self, index: int) -> Prospect:
        return self._prospect((self.collection or [])[index])

    def _shortest(self, before: int) -> int:
        """What stands behind a long scenario: short, and as far as can be content with the accounts of that one."""
        taken = self._taken()
        shorts: list[int] = [index for index in self.pending if self._of(index).seconds == 0]
        if not shorts:
            return min(self._longs(), key=lambda index: self._of(index).seconds)
        for free in (taken.get(before, []), self._free(taken)):
            if (index := self._first(shorts, free)) is not None:
                return index
        return shorts[0]

    def _most_pressing(self) -> int:
        """The scenario that the run's end hangs on most, of those that accounts are free for."""
        longs, free = self._longs(), self._free(self._taken())
        load: dict[tuple[str, ...], float] = defaultdict(float)
        for index in longs:
            for emails in self._wanted(index):
                load[emails] += self._of(index).seconds / max(len(emails), 1)

        def least(index: int) -> float:
            # No run ends before the longest of its scenarios, nor before the waits on the scarcest of its accounts.
            return max([self._of(index).seconds, *(load[emails] for emails in self._wanted(index))])

        for index in sorted(longs, key=least, reverse=True):
            if self._can_begin(index, free):
                return index
        shorts = [index for index in self.pending if self._of(index).seconds == 0]
        if not shorts:
            return min(longs, key=lambda index: self._of(index).seconds)
        possible = self._first(shorts, free)
        return shorts[0] if possible is None else possible

    def _longs(self) -> list[int]:
        return [index for index in self.pending if self._of(index).seconds > 0]

    def _first(self, indices: Sequence[int], free: Sequence[DeclaredAccount]) -> int | None:
        return next((index for index in indices if self._can_begin(index, free)), None)

    def _can_begin(self, index: int, free: Sequence[DeclaredAccount]) -> bool:
        return not self._accounts or next(castings(self._of(index).parts, free), None) is not None

    def _wanted(self, index: int) -> list[tuple[str, ...]]:
        """For each account that a scenario needs, which ones will do."""
        if index not in self._wants:
            self._wants[index] = [
                tuple(account.email for account in self._accounts if fitting(part, account))
                for part in self._of(index).parts
            ]
        return self._wants[index]

    def _taken(self) -> dict[int, list[DeclaredAccount]]:
        """The accounts of all that waits, or is about to, as they would be taken one after the other.

        What a short scenario has is free again in no time.
        """
        free, taken = list(self._accounts), {}
        for held in self.node2pending.values():
            for position, index in enumerate(held):
                if self._of(index).seconds == 0 or (position and self._long(held[:position])):
                    continue
                taken[index] = list(next(castings(self._of(index).parts, free), {}).values())
                free = [account for account in free if account not in taken[index]]
        return taken

    def _free(self, taken: dict[int, list[DeclaredAccount]]) -> list[DeclaredAccount]:
        gone = [account for accounts in taken.values() for account in accounts]
        return [account for account in self._accounts if account not in gone]


def scheduler(config: pytest.Config, log: Producer, run: Run) -> LongestFirst:
    """The scheduler of a run in which time really passes."""
    accounts = () if run.target.test_support_token else run.target.accounts
    return LongestFirst(config, log, functools.cache(run.waits.prospect), accounts)
