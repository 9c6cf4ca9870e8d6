"""The step definitions that are loaded, and what each sentence of a plan means."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from .plan import GuardError, Plan


class Vocabulary:
    """The step definitions that are loaded, and which of them each step of a plan means.

    pytest-bdd tries every definition for every step that it runs; here each step is looked up once.
    """

    def __init__(self, plan: Plan) -> None:
        self._definitions = [
            context
            for context in step_function_context_registry.values()
            if not context.step_func.__module__.startswith("pytest_bdd.")
        ]
        for context in self._definitions:
            # pytest-bdd asks for it twice with each step; to work it out takes longer than to match a sentence.
            context.step_func.__signature__ = inspect.signature(context.step_func)  # type: ignore[attr-defined]
        self._meant: dict[tuple[str, str], StepFunctionContext] = {}
        self.ambiguous: list[str] = []
        self._used: set[Callable[..., object]] = set()
        for kind, text in dict.fromkeys(step for scenario in plan.scenarios for step in scenario.steps):
            matching = [
                context
                for context in self._definitions
                if context.type in {kind, None} and context.parser.is_matching(text)
            ]
            # One function may carry two decorators that both match.
            functions = {context.step_func: context for context in matching}
            self._used |= functions.keys()
            if len(functions) > 1:
                places = " and ".join(sorted(_place(context) for context in functions.values()))
                self.ambiguous.append(f"the step '{kind.title()} {text}' is defined at {places}; reword one")
            elif matching:
                self._meant[kind, text] = matching[0]

    def meant(self, kind: str, text: str) -> StepFunctionContext | None:
        """The definition of a step, or None where there is none."""
        return self._meant.get((kind, text))

    def check(self, *, whole: bool) -> None:
        """Raise `GuardError` for steps that are defined twice, are never awaited or, in a whole plan, are not used."""
        problems = [*self.ambiguous]
        for context in self._definitions:
            step = context.step_func
            if inspect.iscoroutinefunction(step) or inspect.isasyncgenfunction(step):
                problems.append(f"{_place(context)}: an 'async def' step would pass without running; write 'def'")
            elif whole and step not in self._used:
                problems.append(f"{_place(context)}: no scenario uses the step {context.parser.name!r}; remove it")
        if problems:
            raise GuardError("\n".join(sorted(set(problems))))


def _place(context: StepFunctionContext) -> str:
    code = inspect.unwrap(context.step_func).__code__
    return f"{Path(code.co_filename).parent.name}/{Path(code.co_filename).name}:{code.co_firstlineno}"
