"""What has to be run, so that the suite is held against servers with a fault each."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass

from ..catalogue import GENERATED
from ..kill_table import Fault

UNREACHED = "passed: no scenario reaches it"


@dataclass(frozen=True, slots=True)
class Job:
    """A run that is wanted.

    Attributes:
        fault: the one that the server has; None for none.
        clauses: those whose scenarios are run; all without any.
        profiles: those that are judged.
        scenarios: of these, those that are run, by id; None for all.
    """

    fault: Fault | None
    clauses: tuple[str, ...]
    profiles: tuple[str, ...]
    scenarios: frozenset[str] | None = None


def jobs_for(
    faults: Iterable[Fault],
    clauses: Collection[str],
    profiles: tuple[str, ...],
    *,
    own: bool,
    generated: Container[str] = (),
) -> list[Job]:
    """What has to be run: first the server without a fault, against all that the others are held against; or nothing.

    Args:
        faults: those that are tried.
        clauses: those that have scenarios.
        profiles: those that are judged.
        own: whether each fault is tried against the clauses that it names alone.
        generated: the clauses that generated requests are for; to send them to each wrong server would take an hour.
    """
    by_hand = tuple(name for name in profiles if name != GENERATED)
    jobs = []
    for fault in faults:
        held = profiles if fault.clause in generated else by_hand
        names = tuple(name for name in fault.named if name in clauses) if own else ()
        if names or not own:
            jobs.append(Job(fault, names, held))
    everything = tuple(dict.fromkeys(name for job in jobs for name in job.clauses))
    together = tuple(name for name in profiles if any(name in job.profiles for job in jobs))
    return [Job(None, everything, together), *jobs] if jobs else []
