"""The step definitions that are loaded, and what each sentence of a plan means."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pytest_bdd import parsers
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from .plan import GuardError, Plan

_GAP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_LEFT_OUT = re.compile(r"\[[^]]*\]")
_OPTIONAL = re.compile(r"\(\?:([^()]*)\)\?")


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
        self._plan = plan
        self._undefined: set[tuple[str, str]] = set()
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
            else:
                self._undefined.add((kind, text))

    def meant(self, kind: str, text: str) -> StepFunctionContext | None:
        """The definition of a step, or None where there is none."""
        return self._meant.get((kind, text))

    def check(self, *, whole: bool) -> None:
        """Raise `GuardError` for steps that are defined twice, are never awaited or, in a whole plan, are not used."""
        problems = [*self.ambiguous]
        unused: list[StepFunctionContext] = []
        for context in self._definitions:
            step = context.step_func
            if inspect.iscoroutinefunction(step) or inspect.isasyncgenfunction(step):
                problems.append(f"{_place(context)}: an 'async def' step would pass without running; write 'def'")
            elif whole and step not in self._used:
                problems.append(f"{_place(context)}: no scenario uses the step {_phrase(context)!r}; remove it")
                unused.append(context)
        if unused:
            # A definition is often unused because the sentence that should use it is misspelt.
            problems += self._misspelt(unused)
        if problems:
            raise GuardError("\n".join(sorted(set(problems))))

    def _misspelt(self, unused: list[StepFunctionContext]) -> Iterator[str]:
        """The sentences that mean nothing, each with the likeliest definition: an unused one before any other."""
        for scenario in self._plan.scenarios:
            for kind, text in scenario.steps:
                if (kind, text) not in self._undefined:
                    continue
                told = f"{scenario.where}: there is no step '{kind.title()} {text}' (in {scenario.name!r})"
                for known in (unused, self._definitions):
                    of_kind = [_phrase(context) for context in known if context.type in {kind, None}]
                    phrases = {_LEFT_OUT.sub("", phrase): phrase for phrase in of_kind}
                    if near := difflib.get_close_matches(text, phrases, n=1, cutoff=0.5):
                        yield f"{told}; did you mean {phrases[near[0]]!r}?"
                        break
                else:
                    yield f"{told}; define it, or reword it"


def _phrase(context: StepFunctionContext) -> str:
    """What a definition says, with `{gaps}` and `[what may be left out]` where it is a regular expression."""
    name = str(context.parser.name)
    if not isinstance(context.parser, parsers.re):
        return name
    return re.sub(r"\\(.)", r"\1", _OPTIONAL.sub(r"[\1]", _GAP.sub(r"{\1}", name)))


def _place(context: StepFunctionContext) -> str:
    code = inspect.unwrap(context.step_func).__code__
    return f"{Path(code.co_filename).parent.name}/{Path(code.co_filename).name}:{code.co_firstlineno}"
