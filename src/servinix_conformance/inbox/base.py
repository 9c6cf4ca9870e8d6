"""What the kinds of inbox have in common: how long to wait, fresh addresses, no secrets in clear text."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from ..target import is_loopback
from .source import InboxError

SHARED_SECONDS = 0.1
"""Looks that begin so close to each other are one, whoever asks."""
_COMMON = {
    "quiet_seconds": {"type": "number", "minimum": 0, "description": "How long nothing came before nothing was sent"},
    "deadline_seconds": {"type": "number", "exclusiveMinimum": 0, "description": "How long to wait for a message"},
    "poll_seconds": {"type": "number", "exclusiveMinimum": 0, "description": "How long to wait between two looks"},
}
FRESH = {
    "type": "string",
    "pattern": "^[^{}\\s]*\\{\\}[^{}\\s]*$",
    "description": "Addresses that nobody has used: {} stands for a random part",
}
TIMEOUT = {"type": "number", "exclusiveMinimum": 0, "maximum": 600, "description": "How long one look may take"}
PATH = {"type": "string", "minLength": 1, "format": "path"}
"""A path; a relative one begins at the target file."""
VERIFY = {
    "anyOf": [{"const": True}, {"type": "string", "minLength": 1}],
    "format": "path",
    "description": "true, or the file of the CA to trust",
}


def options_schema(properties: Mapping[str, Any], required: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON Schema of a kind's table, with the options that all kinds have."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**properties, **_COMMON},
    }


class BaseSource:
    """The part of a `servinix_conformance.inbox.source.Source` that is alike in all kinds.

    Args:
        options: the table of the target file.
        quiet: what holds where the table has no `quiet_seconds`; and so on.
    """

    def __init__(
        self, options: Mapping[str, Any], *, quiet: float = 5.0, deadline: float = 60.0, poll: float = 0.2
    ) -> None:
        self.quiet_seconds = float(options.get("quiet_seconds", quiet))
        self.deadline_seconds = float(options.get("deadline_seconds", deadline))
        self.poll_seconds = float(options.get("poll_seconds", poll))
        self._fresh: str | None = options.get("fresh")

    def fresh(self, channel: str) -> str | None:
        """An address with a random part, or None where the table has no `fresh`."""
        if self._fresh is None:
            return None
        return self._fresh.replace(
            "{}", f"{secrets.randbelow(10**9):09}" if channel == "phone" else secrets.token_hex(8)
        )

    def close(self) -> None:
        """There is nothing to let go of."""


def refuse_clear_text(host: str, options: Mapping[str, Any], remedy: str) -> None:
    """Raise `InboxError` where secrets and codes would travel in clear text and nobody allowed it."""
    if not options.get("clear_text") and not is_loopback(f"//[{host}]" if ":" in host else f"//{host}"):
        raise InboxError(f"{host}: codes would travel in clear text; {remedy}, or say clear_text = true")
