"""Requests drawn from a document. Needs the extra `contract`.

The same seed draws the same requests, whatever else is imported: Hypothesis would mix in constants out of the modules
that happen to be loaded, and those differ from process to process.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

import hypothesis
import platformdirs
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import auths, openapi, schemas
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode, case
from schemathesis.generation.coverage import GenerationSession
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.overrides import Override

from ..document import Operation
from ..reading import document_of

__all__ = ["Case", "Credentials", "Drawable", "drawn", "found_by_drawing", "listed", "operation_of"]

# Classes of schemathesis, by what they are here.
Case: TypeAlias = case.Case[Any]
Drawable: TypeAlias = schemas.APIOperation[Any, Any, Any, Any]
Credentials: TypeAlias = auths.AuthStorage[str]

_HYPOTHESIS = "hypothesis"


class Repeatable(providers.HypothesisProvider):
    """Draws from the seed alone."""

    @cached_property
    def _local_constants(self) -> Constants:
        return Constants()


@contextlib.contextmanager
def _repeatable() -> Iterator[None]:
    before = providers.AVAILABLE_PROVIDERS[_HYPOTHESIS]
    providers.AVAILABLE_PROVIDERS[_HYPOTHESIS] = f"{__name__}.{Repeatable.__name__}"
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        with warnings.catch_warnings(action="ignore"):
            # What it says is for those who wrote the document or a test; neither is here.
            yield
    finally:
        providers.AVAILABLE_PROVIDERS[_HYPOTHESIS] = before
        providers.CONSTANTS_CACHE.cache.clear()


@lru_cache(maxsize=2)
def _schema(text: str, source: str) -> Any:  # noqa: ANN401 - of a class without a public name
    # Where it runs is no place for its notes.
    set_hypothesis_home_dir(platformdirs.user_cache_path("servinix-conformance") / "drawing")
    config = SchemathesisConfig()
    schema = openapi.from_dict(document_of(text, source, plain=True), config=config)
    # An answer that leads elsewhere is the answer.
    schema.config.max_redirects = 0
    return schema


def operation_of(text: str, source: str, operation: Operation) -> Drawable:
    """An operation of a document, as requests are drawn for it."""
    with _repeatable():
        found: Drawable = _schema(text, source)[operation.path][operation.method]
        return found


def listed(operation: Drawable, auth: Credentials, *, fits: bool) -> Iterator[Case]:
    """The requests that a document itself leads to: its examples, its boundaries, and each way not to keep to it."""
    mode = _mode(fits=fits)
    configured = operation.schema.config.generation_for(operation=operation, phase="coverage")
    with _repeatable():
        yield from list(
            CoverageGenerator(
                operation=operation,
                generation_modes=[mode],
                generation_config=configured,
                auth_storage=auth,
                override=Override(),
                feedback=NO_FEEDBACK,
                # Of its own, else the schema would remember what was sent before, and leave it out.
                session=GenerationSession(),
            )
        )


def drawn(operation: Drawable, auth: Credentials, *, fits: bool) -> st.SearchStrategy[Case]:
    """Requests that are drawn at random."""
    return operation.as_strategy(generation_mode=_mode(fits=fits), auth_storage=auth)


def found_by_drawing(
    attempt: Callable[..., None], seed: int, examples: int, /, **strategies: st.SearchStrategy[Any]
) -> None:
    """Carry out an attempt with so many draws, and with ever smaller ones of each kind of `AssertionError` it raises.

    Other exceptions of it, which derive from `BaseException` alone, end all.
    """
    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        print_blob=False,
        report_multiple_bugs=True,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    # Whoever attempts keeps what failed; where nothing can be drawn, as for a request without parts, nothing is lost.
    with _repeatable(), contextlib.suppress(AssertionError, ExceptionGroup, Unsatisfiable):
        hypothesis.seed(seed)(settings(hypothesis.given(**strategies)(attempt)))()


def _mode(*, fits: bool) -> GenerationMode:
    return GenerationMode.POSITIVE if fits else GenerationMode.NEGATIVE
