"""A proposal: what was found in a document for each logical name, how sure that is and why. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Sureness = Literal["certain", "likely", "guess"]


@dataclass(frozen=True, slots=True)
class Guess:
    """A value that is proposed.

    Attributes:
        value: a place, an operation, a constant or a condition; an empty place says that there is no such field.
        why: what speaks for it.
    """

    value: Any
    sure: Sureness
    why: str


@dataclass(slots=True)
class Found:
    """The operation of the document that is proposed for a logical one.

    Attributes:
        open: what has to be known besides before a request of it can succeed.
    """

    operation: Guess
    request: dict[str, Guess] = field(default_factory=dict)
    answer: dict[str, Guess] = field(default_factory=dict)
    constants: dict[str, Guess] = field(default_factory=dict)
    success: Guess | None = None
    open: list[str] = field(default_factory=list)

    def table(self, name: str, ours: tuple[Mapping[str, str], Mapping[str, str]]) -> dict[str, Any]:
        """What of it is not as in the suite's own contract.

        Args:
            name: the logical operation.
            ours: the places of its request and of its answer there.
        """
        table: dict[str, Any] = {} if self.operation.value == name else {"operation": self.operation}
        for side, found, places in (("request", self.request, ours[0]), ("answer", self.answer, ours[1])):
            changed = {key: guess for key, guess in found.items() if guess.value != places[key]}
            if changed:
                table[side] = changed
        if self.constants:
            table["constants"] = self.constants
        if self.success is not None:
            table["success"] = self.success
        return table

    @property
    def guessed(self) -> list[str]:
        """The fields and constants of it that are mere guesses."""
        parts = {**self.constants, **self.request, **self.answer}
        return [name for name, guess in parts.items() if guess.sure == "guess"]


@dataclass(slots=True)
class Proposal:
    """What was found in a whole document.

    Attributes:
        unsettled: operations beside the stages that were found, and need what could not be told.
        missing: logical operations that nothing was found for, each with what was looked for.
        not_claimed: those whose name the document has for something else, with the reason.
        headers: what every request has to carry, with the reason.
        clients: what may tell one client from another, place and values.
        unread: what of the document could not be read.
    """

    operations: dict[str, Found] = field(default_factory=dict)
    problems: dict[str, Guess] = field(default_factory=dict)
    success: Guess | None = None
    unsettled: dict[str, Found] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    not_claimed: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    clients: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether both stages were found, with all that a request of theirs needs."""
        stages = [self.operations.get(name) for name in ("signIn", "verifyOtp")]
        return all(stage is not None and not stage.open for stage in stages)

    @property
    def test_support(self) -> bool:
        """Whether the document describes test support that makes its own users."""
        beside = {"advanceClock", "listMessages", "getPolicy"} & set(self.operations)
        return {"createUser", "deleteUser"} <= set(self.operations) and bool(beside)

    def bindings(self, ours: Mapping[str, Any]) -> dict[str, Any]:
        """The table `[bindings]`: what is not as in the suite's own contract.

        Args:
            ours: each logical operation with the places of its request and of its answer, as names.py has them.
        """
        tables: dict[str, Any] = {
            name: table for name, found in self.operations.items() if (table := found.table(name, ours[name]))
        }
        if self.success is not None:
            tables["success"] = self.success
        if self.problems:
            tables["problems"] = self.problems
        return tables
