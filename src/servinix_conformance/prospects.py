"""What a target could not be tested for, told from its target file and document alone, before anything has run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from .accounts import no_crowd
from .connection import Connection
from .forecast import Outlook
from .leasing import obstacle
from .names import BY_TEST_SUPPORT

Hindrance = tuple[Literal["not claimed", "untested"], str]
"""What a scenario is going to be, and why."""


def hindrances(connection: Connection, outlook: Outlook) -> Iterator[Hindrance]:
    """All that hinders a scenario; nothing where it can be run, as far as that can be told."""
    yield from _claims(connection, outlook)
    yield from _people(connection, outlook)
    yield from _promises(connection, outlook)


def _supports(connection: Connection, operation: str) -> bool:
    """Whether test support does it."""
    return connection.target.test_support_token is not None and connection.gateway().claims(operation)


def _claims(connection: Connection, outlook: Outlook) -> Iterator[Hindrance]:
    target, gateway = connection.target, connection.gateway()
    for name in outlook.operations:
        if name in BY_TEST_SUPPORT and target.test_support_token is None:
            yield "not claimed", f"the target has no test support that could do {name}"
        elif not gateway.claims(name):
            yield "not claimed", f"the target does not claim {name}"
    for channel in dict.fromkeys(part.needs.channel for part in outlook.parts if part.needs.channel is not None):
        if channel in target.not_claimed:
            yield "not claimed", f"the target does not claim MFA by {channel}"
        elif channel not in target.inboxes and not _supports(connection, "listMessages"):
            yield "untested", f"there is no inbox for {channel}: add [inbox.{channel}] to the target file"


def _people(connection: Connection, outlook: Outlook) -> Iterator[Hindrance]:
    target = connection.target
    if not _supports(connection, "createUser"):
        told = obstacle(outlook.parts, target.accounts, destructive=target.safety.destructive)
        if told is not None:
            yield "untested", told
        if outlook.crowd:
            yield "untested", no_crowd(outlook.crowd)


def _promises(connection: Connection, outlook: Outlook) -> Iterator[Hindrance]:
    target = connection.target
    known = _supports(connection, "getPolicy")
    for name in outlook.promises:
        if not known and name not in target.policy:
            yield "untested", f"it is not known how the deployment has set {name}; add {name} under [policy]"
    if target.shortened and any(isinstance(wait, float) for wait in outlook.waits):
        yield "untested", "shortened times: the published range cannot be seen here"
