"""Time that passes for one user, moved by test support."""

from __future__ import annotations

from dataclasses import dataclass, field

from .actor import Account, NotClaimed, Untested
from .gateway import Gateway


@dataclass(slots=True)
class VirtualClock:
    """Moves the clock of one user at a time, in whole seconds, so that scenarios run side by side.

    Implements `servinix_conformance.actor.Clock`.
    """

    gateway: Gateway
    token: str | None
    _passed: dict[str, float] = field(default_factory=dict)

    def now(self, account: Account) -> float:
        """Seconds that have passed for this account since it was leased."""
        return self._passed.get(account.user_id, 0.0)

    @property
    def uncertainty(self) -> float:
        """This clock stands still."""
        return 0.0

    def pass_time(self, account: Account, seconds: float, what: str) -> None:  # noqa: ARG002 - nobody has to wait
        """Move the account's clock. Raises `Untested` when the target cannot."""
        if self.token is None:
            raise Untested("time cannot be moved: the target file has no [test_support]")
        whole = int(seconds)
        values: dict[str, object] = {"user_id": account.user_id, "seconds": whole}
        try:
            result = self.gateway.perform("advanceClock", values, bearer=self.token)
        except NotClaimed as missing:
            raise Untested(f"time cannot be moved: {missing}") from missing
        if not result.ok:
            raise Untested(f"time could not be moved: {result.said}")
        self._passed[account.user_id] = self.now(account) + whole
