"""One scenario while it runs: what it has, which step it is at, and how it ended."""

from __future__ import annotations

import json
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from pytest_bdd.exceptions import StepDefinitionNotFoundError
from pytest_bdd.parser import Step as GherkinStep

from .actor import Broken, NotClaimed, OtherVariant, Untested
from .catalogue import CONTRACT
from .events import WHOLE, Failure, Judgement, ScenarioEnd, Step, StepState
from .names import BY_TEST_SUPPORT
from .plan import Scenario
from .transport import Silent
from .world import ScenarioWorld


@dataclass(slots=True)
class Performance:
    """A scenario that is being carried out."""

    id: str
    scenario: Scenario
    client: str | None
    world: ScenarioWorld
    written: list[GherkinStep] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)
    judgement: Judgement = "passed"
    reason: str | None = None
    failure: Failure | None = None
    variant: bool = False
    process: str = "main"
    example: dict[str, str] = field(default_factory=dict)
    started: float = field(default_factory=time.time)
    _began: float = field(default_factory=time.perf_counter)
    _step_started: float = 0.0
    _step_began: float = 0.0

    def step_starts(self) -> None:
        """A step begins."""
        self.world.gateway.step = len(self.done)
        self._step_started, self._step_began = time.time(), time.perf_counter()

    def step_ends(self, step: GherkinStep, *, failed: bool) -> None:
        """A step is over."""
        seconds = round(time.perf_counter() - self._step_began, 6)
        self.done.append(_step(step, "failed" if failed else "passed", seconds, self._step_started))
        self.world.gateway.step = None

    def broken_by(self, error: BaseException) -> None:
        """Judge what stopped the scenario.

        A promise that is broken before the scenario could come to its point leaves it untested: another scenario
        checks that promise, and is red for it.
        """
        step = self.written[min(len(self.done), len(self.written)) - 1] if self.done else None
        clean = self.world.gateway.redactor.clean
        if isinstance(error, Untested):
            self.judgement, self.reason = "untested", clean(str(error))
        elif isinstance(error, NotClaimed):
            self.judgement, self.reason = "not claimed", clean(str(error))
            self.variant = isinstance(error, OtherVariant)
        elif isinstance(error, AssertionError):
            told = error if isinstance(error, Broken) else Broken("the step to hold", str(error) or "it does not")
            expected, actual = clean(told.expected), clean(told.actual)
            if step is not None and step.type == "given":
                self.judgement, self.reason = "untested", f"not ready at '{step.name}': {expected}, but {actual}"
            else:
                self.judgement, self.reason = "failed", f"expected {expected}, but {actual}"
            self.failure = self._failure("broken", expected, actual, step, told.started)
        elif isinstance(error, StepDefinitionNotFoundError):
            missing = self.written[len(self.done)]
            self.judgement, self.reason = "error", f"there is no step '{missing.keyword} {missing.name}'"
            self.failure = self._failure("undefined", "a definition of the step", snippet(missing), missing)
        elif isinstance(error, Silent):
            self.judgement, self.reason = "error", clean(str(error))
            self.failure = self._failure("network", "an HTTP answer", clean(str(error)), step)
        else:
            told_error = clean("".join(traceback.format_exception_only(error)).strip())
            self.judgement, self.reason = "error", f"the suite itself failed: {told_error}"
            self.failure = self._failure("harness", "no defect in the suite", _innermost(error, told_error), step)

    def told(self) -> str:
        """The failure as plain pytest shows it, without frames of the framework."""
        failure = self.failure
        if failure is None:
            return self.reason or self.judgement
        parts = (("expected", failure.expected), ("actual", failure.actual))
        evidence = (("answer", failure.answer), ("repeat", failure.curl))
        lines = [f"{name + ':':9} {said}" for name, said in (*parts, *evidence) if said is not None]
        return "\n".join([f"{self.scenario.file}:{failure.line}: {failure.step}", *lines])

    def _failure(
        self, kind: str, expected: str, actual: str, step: GherkinStep | None, started: float | None = None
    ) -> Failure:
        exchanges = self.world.gateway.exchanges()
        # A person wants to see what shows it, or what the actor last did, not how the suite looked into an inbox.
        shows = [item for item in exchanges if started is not None and item.started == round(started, 6)]
        told = shows or [item for item in exchanges if item.operation not in BY_TEST_SUPPORT] or exchanges
        # A request without an answer is not among them, and an earlier one is no evidence of it.
        last = self.world.gateway.unanswered() if kind == "network" else told[-1] if told else None
        return Failure(
            kind=kind,  # type: ignore[arg-type]  # one of the literals, from the lines above
            expected=expected,
            actual=actual,
            step=f"{step.keyword} {step.name}" if step else "",
            line=step.line_number if step else self.scenario.line,
            curl=last.curl() if last else None,
            answer=f"{last.status} {last.response_body}".strip() if last and last.status else None,
            page=self.world.evidence(),
        )

    def end(self) -> ScenarioEnd:
        """The record of it all."""
        gateway = self.world.gateway
        left = [_step(step, "skipped") for step in self.written[len(self.done) :]]
        trial = self.world.trial
        violations = [item.to_json() for item in gateway.violations()]
        findings = trial.findings if trial is not None else []
        # Whatever else was found to be broken is broken there too.
        found = [item.clause for item in findings if item.clause not in {WHOLE, CONTRACT}]
        exchanges = gateway.exchanges()
        return ScenarioEnd(
            id=self.id,
            name=self.scenario.name,
            feature=self.scenario.feature,
            file=self.scenario.file,
            line=self.scenario.line,
            client=self.client,
            clauses=list(dict.fromkeys([*self.scenario.clauses_as(self.client), *found])),
            inferred=self.scenario.inferred,
            judgement=self.judgement,
            reason=self.reason,
            seconds=round(time.perf_counter() - self._began, 6),
            steps=[step.to_json() for step in [*self.done, *left]],
            failure=self.failure.to_json() if self.failure else None,
            violations=violations,
            exchanges=[item.to_json() for item in exchanges],
            variant=self.variant,
            started=round(self.started, 6),
            process=self.process,
            waits=[wait.to_json() for wait in (*self.world.clock.waits, *self.world.pauses.waits)],
            example=self.example,
            notes=[note.to_json() for note in self.world.notes()],
            findings=[item.to_json() for item in findings],
            generated=[item.to_json() for item in trial.generated()] if trial is not None else [],
        )


def _step(step: GherkinStep, state: StepState, seconds: float = 0.0, started: float = 0.0) -> Step:
    return Step(step.keyword, step.name, step.line_number, state, seconds, round(started, 6))


def _innermost(error: BaseException, told: str) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{told} at {Path(frame.filename).name}:{frame.lineno}"


def snippet(step: GherkinStep) -> str:
    """A definition to begin with, for a step that has none; as it stands it is an error, never green."""
    lines = (
        f"from pytest_bdd import {step.type}",
        "",
        "from steps.cast import Cast",
        "",
        "",
        f"@{step.type}({json.dumps(step.name, ensure_ascii=False)})",
        "def _(cast: Cast) -> None:",
        '    raise NotImplementedError("say here what the step does")',
    )
    return "none; begin with this in a conftest.py beside the features:\n\n" + "\n".join(
        f"    {line}".rstrip() for line in lines
    )
