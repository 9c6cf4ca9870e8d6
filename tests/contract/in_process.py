"""The reference server in this process, as a target whose requests are noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import requests
from requests.adapters import BaseAdapter

from servinix_conformance.actor import Needs
from servinix_conformance.binding import Binding
from servinix_conformance.connection import Connection
from servinix_conformance.document import Document
from servinix_conformance.forecast import Outlook
from servinix_conformance.generating import Scope
from servinix_conformance.hosting.inside import InsideServer
from servinix_conformance.hosting.wsgi import WsgiAdapter
from servinix_conformance.redaction import Redactor
from servinix_conformance.sampling import Sampling
from servinix_conformance.suite import reference_server, suite_root
from servinix_conformance.target import Target
from servinix_conformance.transport import Transport
from servinix_conformance.world import ScenarioWorld, world_of

TEXT = (suite_root() / "openapi.yaml").read_text(encoding="utf-8")


class Noting(BaseAdapter):
    """Notes every request: its method, its URL and its body."""

    def __init__(self, adapter: BaseAdapter) -> None:
        super().__init__()
        self._adapter = adapter
        self.sent: list[tuple[str, str, bytes]] = []

    def send(
        self,
        request: requests.PreparedRequest,
        *_: object,
        **__: object,
    ) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        self.sent.append((request.method or "", request.url or "", body))
        return self._adapter.send(request)

    def close(self) -> None:
        self._adapter.close()


def reference(fault: str | None = None) -> Target:
    return InsideServer.start(fault).ready()


def deployment() -> Target:
    """A server of which nobody has the secret of test support."""
    target = reference()
    return Target("Acme", target.base_url, openapi="openapi.yaml", http=target.http)


def switched_off() -> Target:
    """A server that was started without test support."""
    target, package = reference(), reference_server()
    app = package.create_app(package.Settings(public_url=target.base_url, password_profile="test"))
    return replace(target, http=replace(target.http, adapter=WsgiAdapter(app)))


def connection_to(target: Target, text: str = TEXT) -> tuple[Connection, Noting]:
    """A connection, and what notes its requests."""
    noting = Noting(target.http.adapter)
    target = replace(target, http=replace(target.http, adapter=noting))
    transport, binding = Transport(target.base_url, target.http), Binding(target.bindings)
    return Connection(target, Document(text, "openapi.yaml"), text, binding, transport, Redactor()), noting


def operations_of(connection: Connection) -> list[str]:
    return [item.id for item in Scope.of(connection).operations]


@contextmanager
def world_about(
    connection: Connection, operation: str, *, examples: int = 10, seed: int = 1
) -> Iterator[ScenarioWorld]:
    world = world_of(connection, "web portal", Outlook())
    world.operation, world.sampling = operation, Sampling(seed, examples)
    yield world
    world.accounts.close()


def send(world: ScenarioWorld, *, fits: bool) -> list[str]:
    """Send all kinds of data; what is wrong with the answers."""
    return list(world.send_generated(world.accounts.lease("Ada", Needs(channel="email")), fits=fits))


def walk(world: ScenarioWorld) -> list[str]:
    """Follow the links of the document; what is wrong on the way."""
    return list(world.follow_links(world.accounts.lease("Ada", Needs(channel="email"))))
