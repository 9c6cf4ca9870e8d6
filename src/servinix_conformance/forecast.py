"""What a scenario is going to need, told from its words alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .actor import Forecast, Needs
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody in a scenario.

    Attributes:
        needs: what the account has to be, but for its organization.
        beside: whose organization it shares; None for any.
        apart: whose organization it must not share; None for any.
        locked: whether the account is going to be locked.
        changed: whether its password or MFA is going to be changed.
    """

    name: str
    needs: Needs
    beside: str | None = None
    locked: bool = False
    changed: bool = False
    apart: str | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A whole scenario, before it runs.

    Attributes:
        waits: what has to pass, in seconds or as the name of a promise.
        promises: the promises that it cannot do without.
        operations: the operations that it cannot do without, beside those of a sign-in.
        crowd: how many accounts it needs besides that nobody had before.
    """

    parts: tuple[Part, ...] = ()
    waits: tuple[str | float, ...] = ()
    promises: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    crowd: int = 0

    def seconds(self, promise: Callable[[str], float]) -> float:
        """How long it has to wait in all."""
        return sum(promise(wait) if isinstance(wait, str) else wait for wait in self.waits)


def foretell(steps: Iterable[tuple[str, str]], vocabulary: Vocabulary) -> Outlook:
    """The outlook of a scenario.

    Args:
        steps: kind and text of each of its steps, outlines filled in.
        vocabulary: what the steps mean.
    """
    parts: dict[str, Part] = {}
    waits: list[str | float] = []
    promises: list[str] = []
    operations: list[str] = []
    crowd = 0
    for step in steps:
        told = _told(step, vocabulary)
        if told.joins is not None:
            name, needs = told.joins
            parts[name] = Part(name, needs, told.beside, apart=told.apart)
        if told.locks in parts:
            parts[told.locks] = replace(parts[told.locks], locked=True)
        if told.changes in parts:
            parts[told.changes] = replace(parts[told.changes], changed=True)
        if told.waits is not None:
            waits.append(told.waits)
        promises += told.counts
        operations += told.uses
        crowd += told.crowd
    once = (tuple(dict.fromkeys(promises)), tuple(dict.fromkeys(operations)))
    return Outlook(tuple(parts.values()), tuple(waits), *once, crowd)


def _told(step: tuple[str, str], vocabulary: Vocabulary) -> Forecast:
    context = vocabulary.meant(*step)
    tell = getattr(context.step_func, "foretold", None) if context else None
    if context is None or tell is None:
        return Forecast()
    told = tell(**(context.parser.parse_arguments(step[1]) or {}))
    if not isinstance(told, Forecast):
        raise TypeError(f"the step '{step[1]}' is foretold as {type(told).__name__}; give a Forecast")
    return told
