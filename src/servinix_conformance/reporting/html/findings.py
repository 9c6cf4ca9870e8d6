"""What a reader has to act on: broken clauses with their evidence, and what was not seen, with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...catalogue import CONTRACT
from ...events import Exchange, Judgement
from ...verdict import ClauseResult, judgement_for
from .scenarios import ScenarioView
from .words import KINDS

_RED = {"failed", "error", "deviation"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that went wrong, however many scenarios saw it.

    Attributes:
        heading: what kind of thing.
        at: feature file and line, and the step there; for an answer, its operation.
    """

    heading: str
    at: str
    step: str
    expected: str | None
    actual: str | None
    answer: str | None
    curl: str | None
    scenarios: tuple[ScenarioView, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A clause that is red, or not as it should be."""

    result: ClauseResult
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """Clauses about which nothing can be said, for one reason."""

    verdict: Judgement
    reason: str
    ids: tuple[str, ...]


def findings(
    results: Sequence[ClauseResult], scenarios: Mapping[str, ScenarioView], *, strict: bool
) -> tuple[Finding, ...]:
    """The clauses that are red, worst first."""
    order = ("failed", "error", "deviation")
    found = [
        Finding(result, _contract(result, scenarios) if result.clause.id == CONTRACT else evidence)
        for result in results
        if (evidence := _evidence(result, scenarios, strict=strict)) or result.verdict == "failed"
    ]
    return tuple(sorted(found, key=lambda item: order.index(_red(item.result.verdict))))


def unseen(results: Sequence[ClauseResult]) -> tuple[Unseen, ...]:
    """The clauses that are untested or not claimed, by reason."""
    reasons: dict[tuple[Judgement, str], list[str]] = defaultdict(list)
    for result in results:
        if result.verdict in {"untested", "not claimed"}:
            reasons[result.verdict, result.reason or "no reason is known"].append(result.clause.id)
    return tuple(
        Unseen(verdict, reason, tuple(ids))
        for (verdict, reason), ids in sorted(reasons.items(), key=lambda item: item[0][0] != "untested")
    )


def _red(verdict: str) -> str:
    """An untested clause may have a scenario that is red all the same."""
    return verdict if verdict in _RED else "deviation"


def _evidence(result: ClauseResult, scenarios: Mapping[str, ScenarioView], *, strict: bool) -> tuple[Evidence, ...]:
    if result.clause.id == CONTRACT:
        return ()
    seen: dict[tuple[Any, ...], list[ScenarioView]] = defaultdict(list)
    made = []
    for end in result.scenarios:
        if judgement_for(end, result.clause, strict=strict) in _RED:
            failure = end.failure or {}
            line = failure.get("line", end.line)
            told = (failure.get("kind"), end.file, line, failure.get("expected"), failure.get("actual") or end.reason)
            if end.findings:
                made += [_one([scenarios[end.id]], item) for item in end.found(result.clause.id)]
            else:
                seen[told].append(scenarios[end.id])
    return (*(_one(views, {}) for views in seen.values()), *made)


def _one(views: Sequence[ScenarioView], found: Mapping[str, Any]) -> Evidence:
    """What went wrong in scenarios that all say the same; or one thing that generated requests found."""
    end = views[0].end
    failure = end.failure or {}
    told = found or failure
    return Evidence(
        heading=KINDS.get(failure.get("kind", ""), "It did not pass"),
        at=f"{end.file}:{failure.get('line', end.line)}",
        step=f"{found['clause']}: {found['operation']}, {found['times']} of its answers"
        if found
        else failure.get("step", ""),
        expected=told.get("expected"),
        actual=told.get("actual") or end.reason,
        answer=told.get("answer"),
        curl=told.get("curl"),
        scenarios=tuple(views),
    )


def _contract(result: ClauseResult, scenarios: Mapping[str, ScenarioView]) -> tuple[Evidence, ...]:
    seen: dict[tuple[str, str, str], list[ScenarioView]] = defaultdict(list)
    for end in result.scenarios:
        for item in dict.fromkeys((told["operation"], told["described"], told["came"]) for told in end.violations):
            seen[item].append(scenarios[end.id])
    made = []
    for (operation, described, came), views in seen.items():
        told = {"operation": operation, "described": described, "came": came}
        exchange = next((item for item in views[0].end.exchanges if told in item["violations"]), None)
        made.append(
            Evidence(
                heading=KINDS["contract"],
                at=operation,
                step="",
                expected=f"the document says {described}",
                actual=came,
                answer=f"{exchange['status']} {exchange['response_body']}".strip() if exchange else None,
                curl=Exchange.from_json(exchange).curl() if exchange else None,
                scenarios=tuple(views),
            )
        )
    return tuple(made)
