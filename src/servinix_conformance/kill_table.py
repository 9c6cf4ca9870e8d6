"""The kill table: which faults of a server the suite notices, where it does, and which scenarios notice none.

The words are those of mutation testing. A fault is *killed* when a scenario of its own clause is red, and *survives*
when none is. What else turns red is explained by the fault itself (`also_breaks`), or is a defect of one of the two; so
is an explanation that nothing needs. The other way round, a scenario that no fault turns red shows nothing.

Pure: no input, no output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .catalogue import CONTRACT
from .events import ScenarioEnd
from .status import CONFORMANT, HARNESS, INTERRUPTED, NOT_CONFORMANT
from .verdict import Verdict, judgement_for

Fate = Literal["killed", "survived", "no scenario", "error"]
FATES: tuple[Fate, ...] = ("survived", "error", "no scenario", "killed")
"""What can become of a fault, what wants to be acted on first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for the server to be wrong.

    Attributes:
        severity: C critical, H high, M medium, L low.
        clause: the clause that it breaks.
        also_breaks: clauses that cannot help being broken with it.
        sentence: what the wrong server does.
        replaces: the attributes of the server that are another's with it, each as `part.name`.
    """

    id: str
    severity: str
    clause: str
    also_breaks: tuple[str, ...]
    sentence: str
    replaces: frozenset[str] = frozenset()

    @property
    def named(self) -> tuple[str, ...]:
        """All clauses that it says it breaks, its own first."""
        return (self.clause, *self.also_breaks)


@dataclass(frozen=True, slots=True)
class Red:
    """A scenario that was red: a client or a row of an outline counts for itself.

    Attributes:
        where: feature file and line of the scenario.
        title: its name, row and client.
        clauses: those that it is red for.
    """

    where: str
    title: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A strict run against the server with one fault.

    Attributes:
        fault: None for the server as it should be.
        judged: the clauses that scenarios were run for.
        reds: in the order of the features.
        scenarios: how many were run.
        said: what became of the fault's own clause in that run.
        problem: why the run says nothing, or not all.
        reached: of a run without a fault, what each scenario made the server look up, by its id.
    """

    fault: Fault | None
    judged: frozenset[str] = frozenset()
    reds: tuple[Red, ...] = ()
    scenarios: int = 0
    seconds: float = 0.0
    said: str = ""
    problem: str | None = None
    reached: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def reaching(self, fault: Fault) -> frozenset[str]:
        """The ids of the scenarios that may go another way with a fault; all, where that cannot be told.

        What Python itself looks up, such as `__init__`, is reached always.
        """
        if any(name.partition(".")[2].startswith("__") for name in fault.replaces):
            return frozenset(self.reached)
        return frozenset(scenario for scenario, names in self.reached.items() if names & fault.replaces)

    @property
    def red(self) -> tuple[str, ...]:
        """The clauses that are red, in the order in which scenarios turned them so."""
        return tuple(dict.fromkeys(clause for item in self.reds for clause in item.clauses))

    @property
    def killers(self) -> tuple[Red, ...]:
        """What is red at the fault's own clause."""
        return tuple(item for item in self.reds if self.fault is not None and self.fault.clause in item.clauses)

    @property
    def fate(self) -> Fate:
        """What became of the fault."""
        if self.problem is not None:
            return "error"
        if self.killers:
            return "killed"
        return "survived" if self.fault is None or self.fault.clause in self.judged else "no scenario"

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Clauses that are red, and that the fault does not name."""
        named = self.fault.named if self.fault is not None else ()
        return tuple(clause for clause in self.red if clause not in named)

    @property
    def unneeded(self) -> tuple[str, ...]:
        """Clauses that the fault says it breaks too, and that are not red though they were looked at."""
        also = self.fault.also_breaks if self.fault is not None else ()
        seen = self.judged - set(self.red)
        return () if self.problem is not None else tuple(clause for clause in also if clause in seen)

    @property
    def firsts(self) -> dict[str, Red]:
        """The first scenario that is red at each clause."""
        firsts: dict[str, Red] = {}
        for item in self.reds:
            for clause in item.clauses:
                firsts.setdefault(clause, item)
        return firsts


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as it is written, all its clients and rows together.

    Attributes:
        where: feature file and line.
        why: why it may stay though no fault turns it red; None where nobody said so.
    """

    where: str
    name: str
    clauses: tuple[str, ...]
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Catch:
    """What a scenario catches.

    Attributes:
        faults: all that turn it red.
        first: those of which it is the first to be red at a clause that they name.
        alone: those that turn no other scenario red.
    """

    scenario: Scenario
    faults: tuple[str, ...]
    first: tuple[str, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KillTable:
    """Faults, and what the suite said of a server with each.

    Attributes:
        faults: those that were to be tried, in the order of the list.
        trials: those that ended, in the same order.
        control: the run against the server without a fault; None where it did not come to its end.
        scenarios: those of the profiles.
        idle: reasons for scenarios that do not exist, by the name that is given there.
        whole: whether each fault was tried against every scenario; else against those of the clauses that it names.
        narrowed: whether faults or profiles were left out.
        interrupted: whether somebody stopped it.
    """

    faults: tuple[Fault, ...]
    trials: tuple[Trial, ...]
    control: Trial | None
    scenarios: tuple[Scenario, ...]
    idle: tuple[str, ...] = ()
    whole: bool = True
    narrowed: bool = False
    interrupted: bool = False
    suite: str = ""
    catalogue: str = ""
    profiles: tuple[str, ...] = ()
    started_at: str = ""
    seconds: float = 0.0
    processes: int = 1
    python: str = ""
    platform: str = ""

    @property
    def complete(self) -> bool:
        """Whether every fault was tried to its end."""
        return not self.interrupted and len(self.trials) == len(self.faults) and self.control is not None

    @property
    def conclusive(self) -> bool:
        """Whether it can be said of scenarios that no fault turns them red."""
        return self.complete and self.whole and not self.narrowed

    def of(self, fate: Fate) -> tuple[Trial, ...]:
        """The trials that ended in one way."""
        return tuple(trial for trial in self.trials if trial.fate == fate)

    @property
    def unexplained(self) -> tuple[Trial, ...]:
        """The trials in which clauses turned red that their fault does not name."""
        return tuple(trial for trial in self.trials if trial.unexplained)

    @property
    def unneeded(self) -> tuple[Trial, ...]:
        """The trials in which clauses that their fault names stayed green."""
        return tuple(trial for trial in self.trials if trial.unneeded)

    @property
    def not_tried(self) -> tuple[Fault, ...]:
        """The faults that nobody came to."""
        tried = {trial.fault for trial in self.trials}
        return tuple(fault for fault in self.faults if fault not in tried)

    @property
    def catches(self) -> tuple[Catch, ...]:
        """What each scenario catches."""
        faults: dict[str, list[str]] = {item.where: [] for item in self.scenarios}
        first: dict[str, list[str]] = {item.where: [] for item in self.scenarios}
        alone: dict[str, list[str]] = {item.where: [] for item in self.scenarios}
        for trial in self.trials:
            if trial.fault is None:
                continue
            named = set(trial.fault.named)
            places = dict.fromkeys(item.where for item in trial.reds)
            leading = dict.fromkeys(item.where for clause, item in trial.firsts.items() if clause in named)
            for group, found in ((faults, places), (first, leading), (alone, places if len(places) == 1 else {})):
                for where in found:
                    group.setdefault(where, []).append(trial.fault.id)
        return tuple(
            Catch(item, tuple(faults[item.where]), tuple(first[item.where]), tuple(alone[item.where]))
            for item in self.scenarios
        )

    @property
    def unbroken(self) -> tuple[Catch, ...]:
        """The scenarios that no fault turned red, justified or not; none where that cannot be said."""
        return tuple(item for item in self.catches if not item.faults) if self.conclusive else ()

    @property
    def unjustified(self) -> tuple[Catch, ...]:
        """Those of them for which nobody says why they stay."""
        return tuple(item for item in self.unbroken if item.scenario.why is None)

    @property
    def excused(self) -> tuple[str, ...]:
        """The names of scenarios that are said to be turned red by no fault, and are, or do not exist."""
        caught = [item.scenario.name for item in self.catches if item.faults and item.scenario.why is not None]
        return (*self.idle, *caught)

    @property
    def exit_status(self) -> int:
        """The first that applies: interrupted, something to mend, a run that could not be carried out, all well."""
        if self.interrupted:
            return INTERRUPTED
        wrong = self.control is not None and (self.control.reds or self.control.problem)
        if wrong or self.of("survived") or self.unexplained or self.unneeded or self.unjustified or self.excused:
            return NOT_CONFORMANT
        return CONFORMANT if self.complete and not self.of("error") else HARNESS


@dataclass(slots=True)
class _Found:
    end: ScenarioEnd
    clauses: list[str] = field(default_factory=list)


def trial_of(fault: Fault | None, verdict: Verdict, ends: Sequence[ScenarioEnd], seconds: float = 0.0) -> Trial:
    """What a strict run says of a fault.

    Args:
        fault: the one that the server had; None for none.
        verdict: over the ends.
        ends: how each scenario ended, in the order of the features.
        seconds: how long it took.
    """
    found = {end.id: _Found(end) for end in ends}
    for result in verdict.clauses:
        for end in result.scenarios:
            if result.clause.id == CONTRACT:
                red = bool(end.violations)
            else:
                judgement = judgement_for(end, result.clause, strict=True)
                # What is a deviation by design is one whatever the fault.
                red = judgement == "failed" or (judgement == "deviation" and not result.clause.by_design)
            if red:
                found[end.id].clauses.append(result.clause.id)
    said = {result.clause.id: f"{result.verdict}: {result.reason}" if result.reason else result.verdict
            for result in verdict.clauses}  # fmt: skip
    return Trial(
        fault=fault,
        judged=frozenset(result.clause.id for result in verdict.clauses if result.scenarios),
        reds=tuple(Red(item.end.where, item.end.title, tuple(item.clauses)) for item in found.values() if item.clauses),
        scenarios=len(ends),
        seconds=round(seconds, 3),
        said=said.get(fault.clause, "") if fault is not None else "",
        problem=_problem(verdict, ends),
    )


def _problem(verdict: Verdict, ends: Iterable[ScenarioEnd]) -> str | None:
    """An error is none of the target's, so that it kills nothing and hides what would have come."""
    errors = [end for end in ends if end.judgement == "error"]
    if errors:
        return f"{len(errors)} ended as an error, first {errors[0].where}, {errors[0].title}: {errors[0].reason}"
    return None if verdict.complete else "the run did not reach its end"
