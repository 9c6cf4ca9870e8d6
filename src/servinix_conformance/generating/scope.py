"""Which operations of a document take part in generated traffic, and which of them may be sent it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..binding import Binding
from ..connection import Connection
from ..document import Document, Operation
from ..links import linking
from ..names import BY_TEST_SUPPORT, OPERATIONS
from ..target import Target

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods by which nothing is changed (RFC 9110, section 9.2.1)."""


@dataclass(frozen=True)
class Scope:
    """What generated requests may be sent to.

    Attributes:
        target: what is tested, and what may be done to it.
    """

    document: Document
    binding: Binding
    target: Target

    @classmethod
    def of(cls, connection: Connection) -> Scope:
        """That of the target at the other end."""
        return cls(connection.document, connection.binding, connection.target)

    @property
    def own_users(self) -> bool:
        """Whether users are the suite's own, so that nobody else is disturbed by what is done to them."""
        return self.target.test_support_token is not None

    @property
    def everything(self) -> bool:
        """Whether requests that change something may be sent."""
        return self.own_users or self.target.safety.destructive

    @cached_property
    def logical(self) -> Mapping[str, str]:
        """The contract's name of each operation that is bound, by its operationId in the document."""
        found = {name: self.document.find(self.binding.operations[name].operation) for name in OPERATIONS}
        return {operation.id: name for name, operation in found.items() if operation is not None}

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Those that take part, in the order of the document: all but those of test support and what is not claimed."""
        return tuple(self._taking_part())

    def about(self, *, only_linking: bool) -> list[str]:
        """The operationIds of those that a scenario about each of them is carried out for.

        Args:
            only_linking: leave out those whose answers lead on to no other.
        """
        lead_on = linking(self.document) if only_linking else self.operations
        return [item.id for item in self.operations if item in lead_on]

    def _taking_part(self) -> Iterator[Operation]:
        everything = self.document.operations.values()
        ours = {item.id for item in everything if self.logical.get(item.id) in BY_TEST_SUPPORT}
        # What takes the secret of test support, and no other, belongs to it though nobody bound it.
        theirs = {scheme for item in everything if item.id not in ours and item.id in self.logical
                  for scheme in self.document.schemes(item)}  # fmt: skip
        secrets = {scheme for item in everything if item.id in ours for scheme in self.document.schemes(item)} - theirs
        for item in everything:
            behind = set(self.document.schemes(item))
            hidden = item.id in ours or (bool(behind) and behind <= secrets)
            if not hidden and self.logical.get(item.id) not in self.target.not_claimed:
                yield item

    def obstacle(self, operation: Operation) -> str | None:
        """Why an operation may not be sent generated requests, with the remedy; None where it may."""
        if self.everything or operation.method in SAFE_METHODS:
            return None
        return f"{operation.method} can change something: say destructive = true under [safety]"
