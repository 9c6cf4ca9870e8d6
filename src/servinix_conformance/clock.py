"""Time that passes: for one user, moved by test support, or really."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .actor import Account, NotClaimed, Untested
from .board import Waiting
from .events import Wait
from .gateway import Gateway


@dataclass(slots=True)
class VirtualClock:
    """Moves the clock of one user at a time, in whole seconds, so that scenarios run side by side.

    Implements `servinix_conformance.actor.Clock`.

    Attributes:
        waits: what was waited for so far.
    """

    gateway: Gateway
    token: str
    waits: list[Wait] = field(default_factory=list)
    _passed: dict[str, float] = field(default_factory=dict)

    def now(self, account: Account) -> float:
        """Seconds that have passed for this account since it was leased."""
        return self._passed.get(account.user_id, 0.0)

    @property
    def uncertainty(self) -> float:
        """This clock stands still."""
        return 0.0

    def pass_time(self, account: Account, seconds: float, what: str) -> None:
        """Move the account's clock. Raises `Untested` when the target cannot."""
        whole, began = int(seconds), time.time()
        values: dict[str, object] = {"user_id": account.user_id, "seconds": whole}
        try:
            result = self.gateway.perform("advanceClock", values, bearer=self.token)
        except NotClaimed as missing:
            raise Untested(f"time cannot be moved: {missing}") from missing
        if not result.ok:
            raise Untested(f"time could not be moved: {result.said}")
        self._passed[account.user_id] = self.now(account) + whole
        self.waits.append(Wait(what, whole, moved=True, started=began))


@dataclass(slots=True)
class RealClock:
    """Waits. Implements `servinix_conformance.actor.Clock`.

    Attributes:
        uncertainty: seconds by which the moment of something on the target may be known wrongly: how long an answer may
            take.
        longest: seconds; what has to be waited for longer is left untested.
        waits: what was waited for so far.
    """

    uncertainty: float
    longest: float
    announce: Waiting
    waits: list[Wait] = field(default_factory=list)

    def now(self, account: Account) -> float:  # noqa: ARG002 - time is the same for all
        """Seconds of this machine's clock that nobody sets."""
        return time.monotonic()

    def pass_time(self, account: Account, seconds: float, what: str) -> None:  # noqa: ARG002 - likewise
        """Wait. Raises `Untested` when that would take too long."""
        if seconds > self.longest:
            raise Untested(f"{what} takes {seconds:.0f} s, and waits over {self.longest:g} s are skipped")
        self.waits.append(Wait(what, round(seconds, 3), moved=False, started=time.time()))
        self.announce(what, seconds)
        time.sleep(max(seconds, 0.0))
        self.announce(what, 0.0)
