"""From how scenarios ended to what a clause, a profile and a process may say about it. Pure: no input, no output.

A clause is as good as the worst of its scenarios, a profile as its clauses. What could not be seen is never a pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .catalogue import CONTRACT, Catalogue, Clause
from .events import Judgement, ScenarioEnd
from .status import CONFORMANT, HARNESS, INCOMPLETE, NOT_CONFORMANT, UNUSABLE

ProfileVerdict = Literal["CONFORMANT", "INCOMPLETE", "NOT CONFORMANT"]

_NOT_ASKED = "the profile {0} is not among those that are judged: --profile {0}, or profiles under [claims], tries it"
SHOWN: tuple[Judgement, ...] = ("passed", "failed", "deviation", "error", "untested", "not claimed")
"""The verdicts of clauses in the order in which they are told."""
_WORST_FIRST: tuple[Judgement, ...] = ("failed", "error", "untested", "deviation", "passed", "not claimed")
_PROFILE_WORST_FIRST: tuple[ProfileVerdict, ...] = ("NOT CONFORMANT", "INCOMPLETE", "CONFORMANT")


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """A clause and its verdict.

    Attributes:
        scenarios: those that check it.
        reasons: why it is anything but passed, as the scenarios that made it so tell it, each once.
    """

    clause: Clause
    verdict: Judgement
    scenarios: tuple[ScenarioEnd, ...]
    reasons: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """The first of the reasons; None for a clause that passed."""
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """A profile and its verdict, over its clauses.

    Attributes:
        known: the last day, ISO 8601, until which the verdict of a clause is known and accepted, by clause.
    """

    name: str
    verdict: ProfileVerdict
    clauses: tuple[ClauseResult, ...]
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[Judgement, int]:
        """How many clauses have each verdict; verdicts that none has are left out."""
        count = Counter(result.verdict for result in self.clauses)
        return {verdict: count[verdict] for verdict in SHOWN if count[verdict]}

    @property
    def sentence(self) -> str:
        """The verdict line: `CONFORMANT documented: 27 passed, 4 not claimed (RESET-1, ...)`."""
        parts = []
        for verdict, number in self.counts.items():
            ids = [result.clause.id for result in self.clauses if result.verdict == verdict]
            told = [f"{name}, known until {self.known[name]}" if name in self.known else name for name in ids]
            listed = ("; " if told != ids else ", ").join(told)
            parts.append(f"{number} {verdict}" + ("" if verdict == "passed" else f" ({listed})"))
        return f"{self.verdict} {self.name}: {', '.join(parts) or 'no clause'}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run says.

    Attributes:
        complete: false when the run was stopped before its end, or something of it went astray.
        astray: red ends that belong to no clause; they cannot be left out of sight.
        stale: whether something that is listed as known passes now, or was accepted for a time that is over.
    """

    profiles: tuple[ProfileResult, ...]
    narrowed: bool
    complete: bool
    astray: tuple[ScenarioEnd, ...] = ()
    stale: bool = False

    @property
    def known(self) -> Mapping[str, str]:
        """The last day, ISO 8601, until which the verdict of a clause is known and accepted, by clause."""
        return {name: day for profile in self.profiles for name, day in profile.known.items()}

    @property
    def clauses(self) -> tuple[ClauseResult, ...]:
        """All clause results, profile after profile."""
        return tuple(result for profile in self.profiles for result in profile.clauses)

    @property
    def sentences(self) -> list[str]:
        """What the run says, a line for each profile; a narrowed run has none and says so."""
        if not self.narrowed:
            return [profile.sentence for profile in self.profiles]
        selected = [result for result in self.clauses if result.clause.id != CONTRACT or result.verdict != "passed"]
        passed = sum(result.verdict == "passed" for result in selected)
        known = "".join(f"; {name} known until {day}" for name, day in self.known.items())
        return [f"{passed} of {len(selected)} selected clauses passed{known}; no profile verdict"]

    @property
    def overall(self) -> ProfileVerdict | None:
        """The worst verdict of all profiles; None where a run gives none."""
        verdicts = {profile.verdict for profile in self.profiles}
        return None if self.narrowed else next((word for word in _PROFILE_WORST_FIRST if word in verdicts), None)

    @property
    def exit_status(self) -> int:
        """The exit status that the verdict alone asks for: the first that applies of 1, 70, 3, 4, 0.

        What is known does not count, but for errors: nobody can know what would have come instead.
        """
        known = self.known
        verdicts = {result.verdict for result in self.clauses if result.clause.id not in known}
        kinds = {
            (scenario.failure or {}).get("kind")
            for result in self.clauses
            for scenario in result.scenarios
            if scenario.judgement == "error"
        }
        kinds |= {"harness" for _ in self.astray}
        if self.stale or "failed" in verdicts:
            return NOT_CONFORMANT
        if kinds & {"harness", "undefined"}:
            return HARNESS
        if "network" in kinds:
            return UNUSABLE
        if not self.complete or verdicts & {"untested", "error"}:
            return INCOMPLETE
        return CONFORMANT


def judge(  # noqa: PLR0913 - the whole of what a verdict depends on
    catalogue: Catalogue,
    ends: Sequence[ScenarioEnd],
    *,
    profiles: Iterable[str],
    strict: bool = False,
    narrowed: bool = False,
    complete: bool = True,
) -> Verdict:
    """The verdict over `ends`.

    Args:
        catalogue: all clauses.
        ends: how each scenario ended.
        profiles: the profiles to judge; of the contract's, what all answers show is judged in any case.
        strict: whether a broken inferred clause is a failure.
        narrowed: whether the run was cut down to some scenarios: clauses without one are then left out.
        complete: whether the run reached its end.
    """
    asked = set(profiles)
    wanted = asked | {catalogue.clauses[CONTRACT].profile}
    astray = tuple(end for end in ends if not end.clauses and end.judgement in {"failed", "error"})
    complete = complete and not astray
    results = []
    for name in (profile for profile in catalogue.profiles if profile in wanted):
        judged = []
        for clause in catalogue.clauses.values():
            if clause.profile != name or clause.unobservable:
                continue
            if clause.id == CONTRACT:
                result = _contract(clause, ends)
            elif name in asked:
                result = _clause(clause, ends, strict=strict)
            else:
                # The contract is judged over whatever is run; what else its profile has is for those who claim it.
                result = ClauseResult(clause, "not claimed", (), (_NOT_ASKED.format(name),))
            if result.scenarios or not narrowed:
                judged.append(result)
        results.append(ProfileResult(name, _profile(judged, complete=complete), tuple(judged)))
    return Verdict(tuple(results), narrowed, complete, astray)


def judgement_for(end: ScenarioEnd, clause: Clause, *, strict: bool) -> Judgement:
    """What the end of one scenario means for one clause."""
    if end.judgement == "failed":
        inferred = end.inferred or clause.reading == "inferred"
        if clause.keyword != "MUST" or clause.by_design or (inferred and not strict):
            return "deviation"
    if end.judgement == "not claimed" and clause.core and not end.variant:
        return "untested"
    return end.judgement


def _clause(clause: Clause, ends: Sequence[ScenarioEnd], *, strict: bool) -> ClauseResult:
    own = tuple(end for end in ends if clause.id in end.clauses)
    if not own:
        why = f"no scenario of it is written yet: {clause.planned}" if clause.planned else "no scenario of it was run"
        return ClauseResult(clause, "untested", (), (why,))
    judged = [(judgement_for(end, clause, strict=strict), end) for end in own]
    worst = min((verdict for verdict, _ in judged), key=_WORST_FIRST.index)
    if worst == "passed":
        return ClauseResult(clause, worst, own)
    unclaimed = worst == "not claimed" and clause.core
    reasons = dict.fromkeys(
        f"{end.reason} (a core clause cannot be left unclaimed)"
        if clause.core and end.judgement == "not claimed"
        else f"{end.reason} (by design: {clause.by_design})"
        if verdict == "deviation" and clause.by_design
        else str(end.reason)
        for verdict, end in judged
        if verdict == worst
    )
    return ClauseResult(clause, "untested" if unclaimed else worst, own, tuple(reasons))


def _contract(clause: Clause, ends: Sequence[ScenarioEnd]) -> ClauseResult:
    broken = tuple(end for end in ends if end.violations)
    if broken:
        operations = dict.fromkeys(violation["operation"] for end in broken for violation in end.violations)
        reason = f"answers that the document does not describe: {', '.join(operations)}"
        return ClauseResult(clause, "failed", broken, (reason,))
    seen = tuple(end for end in ends if end.exchanges)
    if not seen:
        return ClauseResult(clause, "untested", (), ("no answer was seen",))
    return ClauseResult(clause, "passed", seen)


def _profile(results: Sequence[ClauseResult], *, complete: bool) -> ProfileVerdict:
    verdicts = {result.verdict for result in results}
    if "failed" in verdicts:
        return "NOT CONFORMANT"
    if not complete or verdicts & {"untested", "error"} or "passed" not in verdicts:
        return "INCOMPLETE"
    return "CONFORMANT"
