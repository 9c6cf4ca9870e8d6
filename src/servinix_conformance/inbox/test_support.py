"""The inbox of test support: what was sent to an address, asked for over the API."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from ..actor import Broken, Checkpoint, Message, NotClaimed, Untested
from ..gateway import Gateway
from .text import code_in, codes_in, link_in, reset_token_in

_POLL_SECONDS = 0.05


@dataclass(slots=True)
class TestSupportInbox:
    """Implements `servinix_conformance.actor.Inbox`.

    Attributes:
        fresh: addresses of accounts that were just made: creating one clears what its address left behind, so that
            the first look at it can be saved.
    """

    gateway: Gateway
    token: str | None
    fresh: set[str]

    def checkpoint(self, address: str) -> Checkpoint:
        """Remember the messages that are there."""
        self.gateway.redactor.register(address, "CONTACT")
        if address in self.fresh:
            self.fresh.remove(address)
            return Checkpoint(address, frozenset())
        items = self._list(address)
        for item in items:
            self._read(item)  # its secrets become known, and leave the record
        return Checkpoint(address, frozenset(str(item["id"]) for item in items))

    def wait(self, since: Checkpoint, deadline: float = 5.0) -> Message:
        """The first message after the checkpoint."""
        until = time.monotonic() + deadline
        while True:
            if arrived := self.arrived(since):
                return arrived[0]
            if time.monotonic() >= until:
                raise Broken(f"a message to {self._shown(since)}", f"none came within {deadline:g} s")
            time.sleep(_POLL_SECONDS)

    def arrived(self, since: Checkpoint) -> list[Message]:
        """All messages after the checkpoint."""
        messages = [(str(item["id"]), self._read(item)) for item in self._list(since.address)]
        return [message for key, message in messages if key not in since.seen]

    def _list(self, address: str) -> list[dict[str, Any]]:
        if self.token is None:
            raise Untested("there is no inbox: the target file has no [test_support]")
        try:
            result = self.gateway.perform("listMessages", {"to": address}, bearer=self.token)
        except NotClaimed as missing:
            raise Untested(f"there is no inbox: {missing}") from missing
        if not result.ok:
            raise Untested(f"the inbox could not be read: {result.said}")
        return [item for item in self.gateway.items(result) if "id" in item]

    def _read(self, item: dict[str, Any]) -> Message:
        body, subject = str(item.get("body", "")), item.get("subject")
        link = link_in(body)
        for code in codes_in(body):
            self.gateway.redactor.register(code, "OTP")
        if link:
            self.gateway.redactor.register(link, "RESET_LINK")
            self.gateway.redactor.register(reset_token_in(link), "RESET_TOKEN")
        shown = subject if isinstance(subject, str) else None
        return Message(str(item.get("to", "")), shown, body, code_in(body), link)

    def _shown(self, since: Checkpoint) -> str:
        return self.gateway.redactor.clean(since.address)
