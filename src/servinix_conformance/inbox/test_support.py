"""The inbox of test support: what was sent to an address, asked for over the API."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from ..actor import NotClaimed
from ..gateway import Gateway
from .source import InboxError, Letter
from .text import Patterns


@dataclass(slots=True)
class TestSupportSource:
    """Implements `servinix_conformance.inbox.source.Source`.

    Attributes:
        unused: addresses of accounts that were made, each with the deeds that had been done by then. Creating one
            clears what its address left behind, so that nobody has to look there until something more was done.
    """

    gateway: Gateway
    token: str
    patterns: Patterns
    unused: dict[str, int] = field(default_factory=dict)
    quiet_seconds: float = 0.0
    deadline_seconds: float = 5.0
    poll_seconds: float = 0.05

    def mark(self, address: str) -> list[str]:
        """The ids of the messages that are there."""
        if self.unused.get(address) == self.gateway.deeds:
            return []
        letters = self._list(address)
        for letter in letters:
            for secret, label in self.patterns.secrets_in(letter.text):
                self.gateway.redactor.register(secret, label)  # they stand in the record of this very look
        return [letter.id for letter in letters]

    def since(self, address: str, mark: list[str]) -> list[Letter]:
        """The messages whose ids are new."""
        return [letter for letter in self._list(address) if letter.id not in mark]

    def fresh(self, channel: str) -> str:
        """Any address will do."""
        nonce = f"{secrets.randbelow(10**9):09}"
        address = f"+888{nonce}" if channel == "phone" else f"codes-{nonce}@inbox.example"
        self.unused[address] = self.gateway.deeds
        return address

    def close(self) -> None:
        """There is nothing to let go of."""

    def _list(self, address: str) -> list[Letter]:
        try:
            result = self.gateway.perform("listMessages", {"to": address}, bearer=self.token)
        except NotClaimed as missing:
            raise InboxError(str(missing)) from missing
        if not result.ok:
            raise InboxError(result.said)
        return [_letter(item, address) for item in self.gateway.items(result) if "id" in item]


def _letter(item: dict[str, Any], address: str) -> Letter:
    subject = item.get("subject")
    return Letter(
        str(item["id"]),
        (str(item.get("to", address)),),
        subject if isinstance(subject, str) else None,
        str(item.get("body", "")),
    )
