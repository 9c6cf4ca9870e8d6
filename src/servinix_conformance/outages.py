"""Deliveries that fail for a while because a scenario has asked test support for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .actor import NotClaimed, Untested
from .gateway import Gateway
from .transport import Silent


@dataclass(slots=True)
class TestSupportOutages:
    """Lets deliveries fail, address by address. Implements `servinix_conformance.actor.Outages`.

    Attributes:
        token: the secret of test support; None where the target has none.
    """

    gateway: Gateway
    token: str | None
    _begun: dict[str, None] = field(default_factory=dict)

    def begin(self, address: str) -> None:
        """Let deliveries fail. Raises `Untested` when the target answers that it does not."""
        if self.token is None:
            raise NotClaimed("the target has no test support that could let a delivery fail")
        if not self.gateway.claims("setOutage"):
            raise NotClaimed("the target does not claim setOutage")
        # From here on it may have begun, whatever is answered.
        self._begun[address] = None
        if told := self._set(address, failing=True):
            raise Untested(f"no delivery could be made to fail: {told}")

    def end(self, address: str) -> None:
        """Let them succeed again. Raises `Untested` when the target answers that they do not."""
        if told := self._set(address, failing=False):
            raise Untested(f"deliveries could not be made to succeed again: {told}")
        self._begun.pop(address, None)

    def close(self) -> list[str]:
        """End every outage that may have begun. Returns what could not be ended, a sentence each."""
        left: list[str] = []
        while self._begun:
            address, _ = self._begun.popitem()
            try:
                told = self._set(address, failing=False)
            except Silent as error:
                # Each of the others would take as long, and come to the same.
                addresses = [address, *self._begun]
                self._begun.clear()
                return [*left, *(f"nothing may be delivered to {item} any more: {error}" for item in addresses)]
            if told:
                left.append(f"nothing may be delivered to {address} any more: {told}")
        return left

    def _set(self, address: str, *, failing: bool) -> str:
        """What was answered, where that is no success; else nothing."""
        self.gateway.redactor.register(address, "CONTACT")
        result = self.gateway.perform("setOutage", {"address": address, "failing": failing}, bearer=self.token)
        return "" if result.ok else result.said
