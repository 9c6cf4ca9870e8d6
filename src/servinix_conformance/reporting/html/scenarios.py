"""Scenarios as they are shown: where each is found, what it says, and how much of its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ...events import Exchange, Judgement, ScenarioEnd
from ...report import Report
from .words import KINDS, WORST_FIRST, css, span


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """A request and its answer.

    Attributes:
        path: the URL without the target's own part.
        step: number of the step that it belongs to, from 1.
        full: whether headers, bodies and the curl line are shown.
        violations: what of the answer the document does not describe, with what came.
    """

    operation: str
    method: str
    path: str
    status: int
    span: str
    step: int | None
    full: Exchange | None
    curl: str
    violations: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step with what became of it: `passed`, `failed`, `stopped` or `skipped`."""

    keyword: str
    text: str
    line: int
    state: str
    mark: str
    span: str


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A scenario.

    Attributes:
        anchor: its id in the page.
        verdict: the worst that it means for any of its clauses.
        broke_contract: whether an answer is not one of the document's.
        filters: the verdicts that it is found by, as names of classes.
        chapters: the numbers of the chapters that it is found by.
        clauses: the ids of its clauses, and whether each is in the matrix.
        began: seconds after the first scenario; None where it never began.
    """

    end: ScenarioEnd
    anchor: str
    verdict: Judgement
    broke_contract: bool
    filters: str
    chapters: str
    clauses: tuple[tuple[str, bool], ...]
    span: str
    began: str | None
    steps: tuple[StepView, ...]
    exchanges: tuple[ExchangeView, ...]
    exchanging: str

    @property
    def kind(self) -> str:
        """What kind of failure it is, in words."""
        return KINDS.get((self.end.failure or {}).get("kind", ""), "")


@dataclass(frozen=True, slots=True)
class FeatureView:
    """A feature file and its scenarios."""

    name: str
    file: str
    scenarios: tuple[ScenarioView, ...]


_STATES = {"passed": "✓", "failed": "✗", "stopped": "?", "skipped": "·"}


def worst_of(judgements: set[Judgement]) -> Judgement:
    """The worst of several."""
    return min(judgements, key=WORST_FIRST.index)


def views(report: Report, chapters: Mapping[str, int], contract: int | None) -> tuple[ScenarioView, ...]:
    """All scenarios, in the order of the report.

    Args:
        report: the run.
        chapters: the number of each judged clause's chapter.
        contract: the number of the contract's chapter, if it is judged.
    """
    first = min((end.started for end in report.ends if end.started), default=0.0)
    base = report.header.base_url.rstrip("/")
    return tuple(
        _view(report, end, f"s{position}", chapters, contract, first, base)
        for position, end in enumerate(report.ends, start=1)
    )


def features(scenarios: tuple[ScenarioView, ...]) -> tuple[FeatureView, ...]:
    """The scenarios by feature."""
    return tuple(
        FeatureView(own[0].end.feature or file, file, own)
        for file, group in groupby(scenarios, key=lambda view: view.end.file)
        if (own := tuple(group))
    )


def _view(  # noqa: PLR0913, PLR0917 - what all scenarios share is worked out once
    report: Report,
    end: ScenarioEnd,
    anchor: str,
    chapters: Mapping[str, int],
    contract: int | None,
    first: float,
    base: str,
) -> ScenarioView:
    verdict = worst_of(report.judgements(end))
    broke = bool(end.violations)
    numbers = [chapters[name] for name in end.clauses if name in chapters]
    if broke and contract is not None:
        numbers.append(contract)
    told = {css(verdict): None} | ({"failed": None} if broke else {})
    everything = verdict not in {"passed", "not claimed"}
    return ScenarioView(
        end=end,
        anchor=anchor,
        verdict=verdict,
        broke_contract=broke,
        filters=" ".join(told),
        chapters=" ".join(map(str, dict.fromkeys(numbers))),
        clauses=tuple((name, name in chapters) for name in end.clauses),
        span=span(end.seconds),
        began=span(end.started - first) if end.started else None,
        steps=tuple(_step(step, end.judgement) for step in end.steps),
        exchanges=tuple(_exchange(item, base, everything=everything) for item in end.exchanges),
        exchanging=span(sum(item["seconds"] for item in end.exchanges)),
    )


def _step(step: Mapping[str, Any], judgement: Judgement) -> StepView:
    state = step["state"]
    if state == "failed" and judgement in {"untested", "not claimed"}:
        state = "stopped"
    return StepView(step["keyword"], step["text"], step["line"], state, _STATES[state], span(step["seconds"]))


def _exchange(item: Mapping[str, Any], base: str, *, everything: bool) -> ExchangeView:
    url, violations, step = item["url"], tuple(item["violations"]), item["step"]
    full = Exchange.from_json(item) if everything or violations else None
    return ExchangeView(
        operation=item["operation"],
        method=item["method"],
        path=(url.removeprefix(base) or "/") if url.startswith(f"{base}/") else url,
        status=item["status"],
        span=span(item["seconds"]),
        step=None if step is None else step + 1,
        full=full,
        curl=full.curl() if full else "",
        violations=violations,
    )
