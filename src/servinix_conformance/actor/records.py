"""What people have, what reaches them, and the answer to anything they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["signed-in", "code-asked", "refused", "done", "unreadable"]
Channel = Literal["email", "phone"]
Role = Literal["member", "admin", "support"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Where one-time passcodes go: a channel, and an e-mail address or an E.164 phone number."""

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account that a scenario holds alone. `access_token` is a session of it that is open already."""

    user_id: str
    email: str
    password: str = field(repr=False)
    organization: str
    role: Role
    contact: Contact | None
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that reached somebody: its text, and the code or the link that stands in it.

    Attributes:
        leads_to: the address of the link without what is secret in it, and without its query.
    """

    to: str
    subject: str | None
    body: str = field(repr=False)
    code: str | None = field(repr=False)
    link: str | None = field(repr=False)
    leads_to: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment in an inbox: what had arrived at `address` before it does not count. `mark` is the inbox's own."""

    address: str
    mark: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one deed.

    Attributes:
        kind: `signed-in` (an access token was given), `code-asked` (the second stage is open), `refused`, `done`
            (carried out, where no sign-in is at stake), or `unreadable` (not an answer that the document describes).
        reason: the logical name of a refusal, such as `otp-rejected`, where the binding can tell.
        wait: seconds to wait, where the answer asks for it.
        facts: what else the answer says, by logical field name; secrets are not among them. `code_requested` is true
            where the code of a sign-in had to be asked for by a request of its own.
        said: the answer in a few words, for a person.
    """

    kind: Kind
    reason: str | None = None
    wait: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    said: str = ""

    def number(self, name: str) -> float | None:
        """The fact `name` if it is a number, else None."""
        value = self.facts.get(name)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """How a request differs from what a client would send.

    Attributes:
        extra: members that the body has besides, as they are.
        twice: fields that stand in the body a second time, with these values.
        body: what is sent in place of the body.
        written: how the body is written, or where else it stands.
        method: the HTTP method, in place of the operation's own.
        bearer: where the access token stands.
        swapped: whether the access token and the mfa_token of the device stand in each other's place.
    """

    extra: Mapping[str, object] = field(default_factory=dict)
    twice: Mapping[str, object] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    written: Literal["as JSON", "as a form", "as plain text", "in the address"] = "as JSON"
    method: str | None = None
    bearer: Literal["header", "query", "nowhere"] = "header"
    swapped: bool = False


AS_USUAL = Otherwise()


@dataclass(frozen=True, slots=True)
class Wire:
    """What only the wire shows of an answer.

    Attributes:
        operation: the logical operation that was answered.
        storable: whether caches may store it: it does not say `no-store` (RFC 9111, section 5.2.2.5).
        asks_for_token: whether it asks for a bearer token by `WWW-Authenticate` (RFC 6750, section 3).
        server_error: whether the server says that it failed.
        internals: what in it tells of the inside of the server, in a few words each.
        looks: what it looks like, part by part; ids, dates and what the request said are masked.
        seconds: how long it took, from the request to its end.
        started: when the request was made, in seconds since 1970; `Broken` takes it for its evidence.
    """

    operation: str
    storable: bool
    asks_for_token: bool
    server_error: bool
    internals: tuple[str, ...] = ()
    looks: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    started: float = 0.0
