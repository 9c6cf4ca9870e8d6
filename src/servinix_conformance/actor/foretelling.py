"""What a step is going to need, told from its words alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .records import Channel, Role

StepFunction = TypeVar("StepFunction", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Needs:
    """What a scenario needs an account to be."""

    channel: Channel | None = None  # None: no MFA
    role: Role = "member"
    suspended: bool = False
    organization: str | None = None  # None: one of its own


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a step is going to need, told from its words alone, before anything has run.

    Accounts that are few can so be had all at once or not at all, and what waits longest can begin first.

    Attributes:
        joins: who comes into the scenario, and what account that takes.
        beside: in whose organization.
        apart: in another organization than whose.
        locks: whose account is going to be locked.
        changes: whose password or MFA is going to be changed.
        waits: the seconds that have to pass, or the promise that tells them.
        counts: promises without which it cannot be known how often something has to be done.
        uses: what else a target has to offer than a sign-in, by the contract's names.
        crowd: how many accounts come into the scenario besides, of people without a name.
    """

    joins: tuple[str, Needs] | None = None
    beside: str | None = None
    apart: str | None = None
    locks: str | None = None
    changes: str | None = None
    waits: str | float | None = None
    counts: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    crowd: int = 0


Foretelling = Callable[..., Forecast]


def foretold(tell: Foretelling) -> Callable[[StepFunction], StepFunction]:
    """Let a step be foretold: `tell` gets the words of its sentence, and nothing else."""

    def mark(step: StepFunction) -> StepFunction:
        step.foretold = tell  # type: ignore[attr-defined]  # functions carry what is put on them
        return step

    return mark
