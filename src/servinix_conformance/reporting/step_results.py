"""What each step of a scenario came to, in Cucumber's words.

Cucumber knows no deviation and nothing that is untested or not claimed: these are skipped, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cucumber_messages import TestStepResultStatus as Status

from ..events import ScenarioEnd
from ..report import Report


@dataclass(slots=True)
class StepResult:
    """A step as it went.

    Attributes:
        message: why it is not passed.
        kind: of the failure; None where it is none.
        exchanges: what was said and answered meanwhile, where somebody needs it.
    """

    status: Status
    started: float
    seconds: float
    message: str | None = None
    kind: str | None = None
    exchanges: list[dict[str, Any]] = field(default_factory=list)


def results(report: Report, end: ScenarioEnd, number: int) -> list[StepResult]:
    """A result for each of the `number` steps that a scenario has."""
    told: list[StepResult] = []
    now = end.started
    for position in range(number):
        step: dict[str, Any] = end.steps[position] if position < len(end.steps) else {"state": "skipped"}
        status = Status.passed if step["state"] == "passed" else Status.skipped
        result = StepResult(status, step.get("started") or now, step.get("seconds", 0.0))
        now = result.started + result.seconds
        told.append(result)
    if told:
        _stopped_at(report, end, told)
        _violations(end, told)
        if end.judgement != "passed" or end.violations:
            for exchange in end.exchanges:
                # What was done before and after all steps is no evidence, unless it was wrong itself.
                if exchange["step"] is not None or exchange["violations"]:
                    told[_position(exchange, told)].exchanges.append(exchange)
    return told


def _stopped_at(report: Report, end: ScenarioEnd, told: list[StepResult]) -> None:
    """Say at the step where it stopped what became of the scenario; at its last where all were passed."""
    if end.judgement == "passed":
        return
    at = next((result for result in told if result.status != Status.passed), told[-1])
    failure, judgements = end.failure or {}, report.judgements(end)
    at.message = end.reason or end.judgement
    if judgements & {"failed", "error"}:
        at.kind = str(failure.get("kind", end.judgement))
        at.status = Status.undefined if at.kind == "undefined" else Status.failed
        # The reason of a broken promise is what was expected, and what came.
        keys = ("answer", "curl") if at.kind == "broken" else ("expected", "actual", "answer", "curl")
        parts = [f"{key}: {failure[key]}" for key in keys if failure.get(key)]
        at.message = "\n".join([at.message, *parts])
    else:
        at.status = Status.skipped
        at.message = f"{'deviation' if 'deviation' in judgements else end.judgement}: {at.message}"


def _violations(end: ScenarioEnd, told: list[StepResult]) -> None:
    """An answer that the document does not describe fails the step that it was given in."""
    for exchange in end.exchanges:
        for item in exchange["violations"]:
            at = told[_position(exchange, told)]
            said = f"{item['operation']}: the document says {item['described']}; what came: {item['came']}"
            at.message = f"{at.message}\n{said}" if at.message else said
            if at.status != Status.undefined:
                at.status, at.kind = Status.failed, at.kind or "contract"


def _position(exchange: dict[str, Any], told: list[StepResult]) -> int:
    """The step of an exchange; the first or the last for one that was before or after them all."""
    step = exchange["step"]
    if step is None:
        return 0 if exchange["started"] <= told[0].started else len(told) - 1
    return int(min(step, len(told) - 1))
