"""The world of one scenario: accounts, messages, time and people, each from what the target has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .accounts import NoAccounts, TestSupportAccounts
from .actor import Channel
from .api import ApiActor
from .clients import client_of
from .clock import VirtualClock
from .connection import Connection
from .gateway import Gateway
from .inbox.letterbox import Letterbox
from .inbox.source import Source
from .inbox.test_support import TestSupportSource
from .inbox.text import Patterns


@dataclass(slots=True)
class ScenarioWorld:
    """All that one scenario has: implements `servinix_conformance.actor.World`."""

    client: str
    accounts: TestSupportAccounts | NoAccounts
    inbox: Letterbox
    clock: VirtualClock
    gateway: Gateway
    connection: Connection

    @property
    def shortened(self) -> bool:
        """Whether the target declares shorter times than the published ones."""
        return self.connection.target.shortened

    def actor(self, client: str | None = None) -> ApiActor:
        """Somebody at a fresh device."""
        connection = self.connection
        return ApiActor(self.gateway, client_of(client or self.client, connection.target, connection.binding))

    def promise(self, name: str) -> int:
        """A number that the deployment promises."""
        return self.connection.promise(name)


def world_of(connection: Connection, client: str) -> ScenarioWorld:
    """A world for one scenario: with accounts, secrets and a record of its own."""
    gateway, token = connection.gateway(), connection.target.test_support_token
    patterns: Mapping[Channel, Patterns] = {"email": Patterns(), "phone": Patterns()}
    sources: dict[Channel, Source] = {}
    accounts: TestSupportAccounts | NoAccounts = NoAccounts()
    if token is not None:
        source = TestSupportSource(gateway, token, Patterns())
        sources = {"email": source, "phone": source}
        accounts = TestSupportAccounts(gateway, token, source.unused)
    return ScenarioWorld(
        client=client,
        accounts=accounts,
        inbox=Letterbox(sources, patterns, gateway.redactor),
        clock=VirtualClock(gateway, token),
        gateway=gateway,
        connection=connection,
    )
