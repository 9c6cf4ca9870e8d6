"""The whole page, before it is HTML: all that the templates show, worked out and put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ...catalogue import CONTRACT
from ...events import Judgement
from ...report import Reached, Report
from ...verdict import ClauseResult, ProfileResult, judgement_for
from .findings import Finding, Unseen, findings, unseen
from .scenarios import FeatureView, ScenarioView, features, views
from .timeline import Timeline, timeline
from .words import counted, number

_MOST_OPENED = 20


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A profile. `verdict` is empty where a narrowed run has none; `ids` has no clauses that passed."""

    name: str
    verdict: str
    counts: Mapping[Judgement, int]
    ids: Mapping[Judgement, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause in the matrix, with its scenarios: those to look at, and the others."""

    result: ClauseResult
    wrong: tuple[tuple[Judgement, ScenarioView], ...]
    others: tuple[tuple[Judgement, ScenarioView], ...]
    every: bool  # the clause is judged by every scenario, and all is well


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the help pages."""

    number: int
    title: str
    clauses: tuple[ClauseView, ...]
    counts: Mapping[Judgement, int]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract: the statuses that came, those that never did, and those that it does not have."""

    id: str
    method: str
    path: str
    reached: tuple[Reached, ...]
    never: tuple[Reached, ...]
    undescribed: tuple[Reached, ...]

    def media_type(self, item: Reached) -> str:
        """The media type of a described answer, where its status alone does not tell which of several it is."""
        alike = [other for other in (*self.reached, *self.never) if other.status == item.status]
        return (item.media_type or "no body") if len(alike) > 1 else ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything.

    Attributes:
        verdict: that of the run, in a word or two.
        answer: what it means, in a sentence.
        notes: what limits that answer, or has to be done about it.
        exchanges: how many requests were answered.
    """

    report: Report
    verdict: str
    answer: str
    notes: tuple[str, ...]
    profiles: tuple[ProfileView, ...]
    clause_counts: Mapping[Judgement, int]
    scenario_counts: Mapping[Judgement, int]
    exchanges: int
    findings: tuple[Finding, ...]
    unseen: tuple[Unseen, ...]
    chapters: tuple[Chapter, ...]
    operations: tuple[Operation, ...]
    timeline: Timeline
    scenarios: tuple[ScenarioView, ...]
    features: tuple[FeatureView, ...]

    @property
    def found(self) -> frozenset[str]:
        """The ids of the clauses that are among the findings."""
        return frozenset(finding.result.clause.id for finding in self.findings)

    @property
    def opened(self) -> frozenset[str]:
        """The anchors of the scenarios that a reader finds unfolded: what is red, unless it is too much to look at."""
        red = [view.anchor for view in self.scenarios if view.verdict in {"failed", "error"} or view.broke_contract]
        return frozenset(red if len(red) <= _MOST_OPENED else ())

    @property
    def generated(self) -> int:
        """How many requests were generated."""
        return sum(item.generated for item in self.report.reached)

    @property
    def answers(self) -> tuple[int, int, int]:
        """How many described answers were reached, of how many; and how many came that are not described."""
        described = [item for item in self.report.reached if item.described]
        return sum(item.answers > 0 for item in described), len(described), len(self.report.reached) - len(described)


def page(report: Report) -> Page:
    """The page of a run."""
    results = report.verdict.clauses
    titles = list(dict.fromkeys(result.clause.chapter for result in results))
    chapters = {result.clause.id: titles.index(result.clause.chapter) for result in results}
    scenarios = views(report, chapters, chapters.get(CONTRACT))
    by_id = {view.end.id: view for view in scenarios}
    verdict, answer = _answer(report)
    return Page(
        report=report,
        verdict=verdict,
        answer=answer,
        notes=tuple(_notes(report)),
        profiles=tuple(_profile(item, report) for item in report.verdict.profiles),
        clause_counts=counted(result.verdict for result in results),
        scenario_counts=counted(view.verdict for view in scenarios),
        exchanges=sum(len(end.exchanges) for end in report.ends),
        findings=findings(results, by_id, strict=report.header.strict),
        unseen=unseen(results),
        chapters=tuple(_chapter(position, title, report, by_id) for position, title in enumerate(titles)),
        operations=tuple(_operations(report.reached)),
        timeline=timeline(scenarios),
        scenarios=scenarios,
        features=features(scenarios),
    )


def _answer(report: Report) -> tuple[str, str]:
    """Whether this may go out, in a word and in a sentence."""
    outcome = report.verdict
    if outcome.narrowed:
        return "No profile verdict", f"{outcome.sentences[0].partition(';')[0]}. The others were left out on purpose."
    verdict = outcome.overall or "INCOMPLETE"
    counts = counted(result.verdict for result in outcome.clauses)
    everything = number(len(outcome.clauses), "clause")
    if verdict == "NOT CONFORMANT":
        broken = counts["failed"]
        return verdict, f"{broken} of {everything} {'is' if broken == 1 else 'are'} broken."
    if verdict == "INCOMPLETE":
        left = counts.get("untested", 0) + counts.get("error", 0)
        told = f"{left} of {everything} could not be judged" if left else "The run did not come to its own end"
        return verdict, f"No clause was seen to be broken, but that is not enough. {told}."
    rest = [f"{counts[word]} {word}" for word in ("deviation", "not claimed") if word in counts]
    told = f" ({', '.join(rest)})" if rest else ""
    return verdict, f"Every clause that is claimed was tested and kept{told}."


def _notes(report: Report) -> list[str]:
    header, footer, outcome = report.header, report.footer, report.verdict
    notes = []
    if footer.stopped:
        notes.append(f"The run stopped before its end: {footer.stopped}. What is missing here was not tested.")
    elif not footer.complete:
        notes.append("The run did not come to its own end. What is missing here was not tested.")
    if footer.problem and footer.problem != footer.stopped:
        notes.append(f"Beside the scenarios something went wrong: {footer.problem}")
    notes += [
        f"The scenario “{end.title}” belongs to no known clause, and ended in {end.judgement}: {end.reason}"
        for end in outcome.astray
    ]
    if header.shortened:
        notes.append("The target has shorter times than the published ones, so that those themselves were not tested.")
    notes += [f"{item.sentence[:1].upper()}{item.sentence[1:]}." for item in report.known]
    notes += [f"Left behind on the target: {leftover}" for leftover in footer.leftovers]
    return notes


def _profile(profile: ProfileResult, report: Report) -> ProfileView:
    return ProfileView(
        profile.name,
        "" if report.verdict.narrowed else profile.verdict,
        profile.counts,
        {
            verdict: tuple(result.clause.id for result in profile.clauses if result.verdict == verdict)
            for verdict in profile.counts
            if verdict != "passed"
        },
    )


def _chapter(position: int, title: str, report: Report, scenarios: Mapping[str, ScenarioView]) -> Chapter:
    own = [result for result in report.verdict.clauses if result.clause.chapter == title]
    return Chapter(
        position,
        title,
        tuple(_clause(result, scenarios, strict=report.header.strict) for result in own),
        counted(result.verdict for result in own),
    )


def _clause(result: ClauseResult, scenarios: Mapping[str, ScenarioView], *, strict: bool) -> ClauseView:
    if result.clause.id == CONTRACT:
        broken: list[tuple[Judgement, ScenarioView]] = [
            ("failed", scenarios[end.id]) for end in result.scenarios if end.violations
        ]
        return ClauseView(result, tuple(broken), (), bool(result.scenarios) and not broken)
    own = [(judgement_for(end, result.clause, strict=strict), scenarios[end.id]) for end in result.scenarios]
    return ClauseView(
        result,
        tuple(item for item in own if item[0] != "passed"),
        tuple(item for item in own if item[0] == "passed"),
        every=False,
    )


def _operations(reached: Sequence[Reached]) -> list[Operation]:
    made = []
    for name, group in groupby(reached, key=lambda item: item.operation):
        own = list(group)
        made.append(
            Operation(
                name,
                own[0].method,
                own[0].path,
                tuple(item for item in own if item.described and item.answers),
                tuple(item for item in own if item.described and not item.answers),
                tuple(item for item in own if not item.described),
            )
        )
    return made
