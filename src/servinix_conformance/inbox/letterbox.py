"""The inbox of a scenario: whatever its sources are, codes and links come out of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..actor import Broken, Channel, Checkpoint, Message, Untested
from ..redaction import Redactor
from .source import InboxError, Letter, Source
from .text import Patterns, place_of

Found = TypeVar("Found")


@dataclass(slots=True)
class Letterbox:
    """Implements `servinix_conformance.actor.Inbox`.

    Attributes:
        sources: where the messages of each channel arrive.
        patterns: what codes and links look like in them.
    """

    sources: Mapping[Channel, Source]
    patterns: Mapping[Channel, Patterns]
    redactor: Redactor

    def checkpoint(self, address: str) -> Checkpoint:
        """Remember this moment. Where there is no inbox, whoever looks into it is told so."""
        self.redactor.register(address, "CONTACT")
        source = self.sources.get(_channel(address))
        try:
            return Checkpoint(address, source.mark(address) if source else None)
        except InboxError as error:
            raise Untested(f"the inbox for {_channel(address)} cannot be read: {error}") from error

    def wait(self, since: Checkpoint) -> Message:
        """The first message after the checkpoint."""
        return self._first(since, "", lambda message: message)

    def code(self, since: Checkpoint) -> str:
        """The code of the first message that holds one."""
        return self._first(since, "with one code ", lambda message: message.code)

    def link(self, since: Checkpoint) -> str:
        """The link of the first message that holds one."""
        return self._first(since, "with a link ", lambda message: message.link)

    def _first(self, since: Checkpoint, wanted: str, look: Callable[[Message], Found | None]) -> Found:
        _, source = self._source(since.address)
        until = time.monotonic() + source.deadline_seconds
        while True:
            arrived = self._arrived(since)
            for found in map(look, arrived):
                if found is not None:
                    return found
            if time.monotonic() >= until:
                others = f", only {len(arrived)} of another kind" if arrived else ""
                raise Broken(
                    f"a message {wanted}to {self.redactor.clean(since.address)}",
                    f"none came within {source.deadline_seconds:g} s{others}",
                )
            time.sleep(source.poll_seconds)

    def arrived(self, since: Checkpoint) -> list[Message]:
        """All messages after the checkpoint, once it has been quiet for long enough to say that no more are coming."""
        _, source = self._source(since.address)
        arrived = self._arrived(since)
        until = time.monotonic() + source.quiet_seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, source.poll_seconds))
            if len(now := self._arrived(since)) > len(arrived):
                arrived, until = now, time.monotonic() + source.quiet_seconds
        return arrived

    def fresh(self, channel: Channel) -> str:
        """An address that nobody has used."""
        source = self.sources.get(channel)
        address = source.fresh(channel) if source else None
        if address is None:
            raise Untested(
                f"there is no further address for {channel}; give fresh = 'name+{{}}@host' under [inbox.{channel}]"
            )
        return address

    def _arrived(self, since: Checkpoint) -> list[Message]:
        channel, source = self._source(since.address)
        try:
            letters = source.since(since.address, since.mark)
        except InboxError as error:
            raise Untested(f"the inbox for {channel} cannot be read: {error}") from error
        return [self._message(letter, since.address, self.patterns[channel]) for letter in letters]

    def _message(self, letter: Letter, address: str, patterns: Patterns) -> Message:
        for secret, label in patterns.secrets_in(letter.text):
            self.redactor.register(secret, label)
        link = patterns.link_in(letter.text)
        leads_to = None if link is None else place_of(link)
        return Message(address, letter.subject, letter.text, patterns.code_in(letter.text), link, leads_to)

    def _source(self, address: str) -> tuple[Channel, Source]:
        channel = _channel(address)
        if channel not in self.sources:
            raise Untested(f"there is no inbox for {channel}: add [inbox.{channel}] to the target file")
        return channel, self.sources[channel]


def _channel(address: str) -> Channel:
    return "email" if "@" in address else "phone"
