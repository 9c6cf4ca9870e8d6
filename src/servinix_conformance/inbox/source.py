"""What every kind of inbox is to the suite: a source of letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class InboxError(Exception):
    """An inbox cannot be read; the message says why, and what would change it. It never holds a secret."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it arrived, on whatever way.

    Attributes:
        id: what tells it from every other message of the inbox.
        to: the addresses that it was delivered to, as the message has them.
        subject: None where the way has no subjects.
        text: what a reader sees. Of HTML it is the text, with the address of each link after its words.
    """

    id: str
    to: tuple[str, ...]
    subject: str | None
    text: str = field(repr=False)


class Source(Protocol):
    """An open inbox. Its methods may be called from several threads at once.

    Attributes:
        quiet_seconds: how long nothing must have come before the suite says that nothing was sent; 0 where whatever is
            sent is there at once.
        deadline_seconds: how long to wait for a message that has to come.
        poll_seconds: how long to wait between two looks.
    """

    quiet_seconds: float
    deadline_seconds: float
    poll_seconds: float

    def mark(self, address: str) -> Any:  # noqa: ANN401 - each kind has its own, JSON all the same
        """This moment: `since` gives only what arrives after it. JSON values alone, since it travels."""

    def since(self, address: str, mark: Any) -> list[Letter]:  # noqa: ANN401 - likewise
        """What arrived for exactly this address after a mark, oldest first. Raises `InboxError`."""

    def fresh(self, channel: str) -> str | None:
        """An address of this inbox that was never used, or None where there is only the one."""

    def close(self) -> None:
        """Let go of connections."""


class SourceKind(Protocol):
    """A kind of inbox, as the target file's `kind` names it.

    Attributes:
        schema: the JSON Schema (2020-12) of its table in the target file, without `kind`; secrets are of the definition
            `{"$ref": "#/$defs/secret"}`. Of a property with `"format": "path"` a relative path begins at the file.
    """

    schema: Mapping[str, Any]

    def __call__(self, options: Mapping[str, Any]) -> Source:
        """Open it, with secrets in the place of their references. Raises `InboxError`."""
