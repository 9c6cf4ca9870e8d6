"""The clients of the product: named sets of constants, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .actor import OtherVariant
from .binding import Binding
from .target import Target


@dataclass(frozen=True, slots=True)
class Client:
    """What tells one client from another.

    Attributes:
        tag: its name as a tag of scenarios and in the target file.
        values: request fields of the sign-in by logical name.
        fields: request fields of the sign-in by place.
        headers: headers of every request.
        base_url: where it speaks to; None for where the target is.
    """

    name: str
    tag: str
    values: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    base_url: str | None = None


WEB_PORTAL = Client(
    "web portal",
    "web-portal",
    {"client_id": "web-portal"},
    headers={"User-Agent": "Mozilla/5.0 (servinix-conformance)"},
)
SERVINIX_GO = Client(
    "Servinix Go",
    "servinix-go",
    {"client_id": "servinix-go"},
    headers={"User-Agent": "ServinixGo/1.0 (servinix-conformance)"},
)
PLAIN = Client("a client that sends nothing else", "")
"""A client that the product does not know: it sends what a stage needs and nothing else."""

BROWSER = "web portal in a browser"
"""The web portal again, by its pages: what sends its requests is a browser, and not the suite."""

CLIENTS: Mapping[str, Client] = {client.name: client for client in (WEB_PORTAL, SERVINIX_GO)}


def told_apart(client: Client, target: Target, binding: Binding) -> bool:
    """Whether the target can tell this client from others, and claims it."""
    known = client.tag in target.clients or bool(binding.operations["signIn"].request.get("client_id"))
    return known and client.tag not in target.not_claimed


def run_as(names: tuple[str, ...], target: Target, binding: Binding) -> tuple[str, ...]:
    """Those of some clients that a scenario can run as on the target; one of them where it tells none apart."""
    return tuple(name for name in names if told_apart(CLIENTS[name], target, binding)) or names[:1]


def client_of(name: str, target: Target, binding: Binding) -> Client:
    """A client as the target knows it.

    Raises:
        OtherVariant: the target cannot tell Servinix Go from other clients, or does not claim it.
    """
    if name == PLAIN.name:
        return PLAIN
    client = CLIENTS[name]
    if client is not WEB_PORTAL and not told_apart(client, target, binding):
        raise OtherVariant(f"the target does not tell {name} from other clients; say how under [clients.{client.tag}]")
    table = target.clients.get(client.tag)
    if table is None:
        return client
    headers = {**client.headers, **table.headers}
    return replace(client, values={}, fields=table.fields, headers=headers, base_url=table.base_url)
