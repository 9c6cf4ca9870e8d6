"""The pytest plugin's third part: scenarios as they run, in whatever process that is."""

from __future__ import annotations

import importlib
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from pytest_bdd.parser import Feature, Scenario, Step
from pytest_bdd.steps import StepFunctionContext

from .actor import World
from .clients import BROWSER
from .collection import planned_of
from .forecast import foretell
from .scenario import Performance
from .stash import RUN, SILENT
from .transport import Silent
from .world import world_of

_DEFAULT_CLIENT = "web portal"
_WRITTEN = pytest.StashKey[list[Step]]()
_PERFORMANCE = pytest.StashKey[Performance]()
# The package hides this module behind its function of the same name.
bdd_scenario = importlib.import_module("pytest_bdd.scenario")
_slow_lookup = bdd_scenario.get_step_function


def _lookup(request: pytest.FixtureRequest, step: Step) -> StepFunctionContext | None:
    """Find a step in the run's vocabulary; where there is no run, as pytest-bdd does."""
    run = request.config.stash.get(RUN, None)
    meant = run.vocabulary.meant(step.type, step.name) if run is not None else None
    return meant or _slow_lookup(request, step)


bdd_scenario.get_step_function = _lookup  # type: ignore[attr-defined]  # a module that mypy cannot name


@pytest.fixture
def client(request: pytest.FixtureRequest) -> str:
    """The client that a scenario runs as."""
    return str(getattr(request, "param", _DEFAULT_CLIENT))


@pytest.fixture
def operation(request: pytest.FixtureRequest) -> str | None:
    """The operation of the document that a scenario is about."""
    return getattr(request, "param", None)


@pytest.fixture
def world(request: pytest.FixtureRequest, client: str, operation: str | None) -> Iterator[World]:
    """What a scenario has of the world; its accounts are deleted on every way out."""
    item = request.node
    run, planned = item.config.stash[RUN], planned_of(item.config, item.function)
    if planned is None or run.connection is None:
        raise pytest.UsageError("the fixture 'world' is for scenarios of the suite")
    steps = [(step.type, step.name) for step in item.stash.get(_WRITTEN, ())]
    made = world_of(run.connection, client, foretell(steps, run.vocabulary))
    made.operation, made.sampling = operation, run.options.sampling
    item.stash[_PERFORMANCE] = Performance(
        item.nodeid,
        planned,
        client if planned.clients or client == BROWSER else None,
        made,
        process=getattr(item.config, "workerinput", {}).get("workerid", "main"),
        example=_example(item),
    )
    yield made
    made.close()


def _example(item: pytest.Item) -> dict[str, str]:
    """The row of its outline that a scenario is, and the operation that it is about; empty where it has neither."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    row = {"operation": params["operation"]} if "operation" in params else params.get("_pytest_bdd_example", {})
    return {str(name): str(value) for name, value in row.items()}


def _performance(request: pytest.FixtureRequest) -> Performance:
    request.getfixturevalue("world")
    return request.node.stash[_PERFORMANCE]  # type: ignore[no-any-return]


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, feature: Feature, scenario: Scenario) -> None:  # noqa: ARG001
    """Note the steps as they are written."""
    if request.config.stash.get(RUN, None) is not None:
        request.node.stash[_WRITTEN] = list(scenario.steps)
        _performance(request).written = list(scenario.steps)


def pytest_bdd_before_step(request: pytest.FixtureRequest) -> None:
    """Note the time."""
    if performance := request.node.stash.get(_PERFORMANCE, None):
        performance.step_starts()


def pytest_bdd_after_step(request: pytest.FixtureRequest, step: Step) -> None:
    """Note that a step passed."""
    if performance := request.node.stash.get(_PERFORMANCE, None):
        performance.step_ends(step, failed=False)


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Step) -> None:
    """Note that a step failed."""
    if performance := request.node.stash.get(_PERFORMANCE, None):
        performance.step_ends(step, failed=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge a scenario in our words, and send its end with the report of its teardown."""
    performance = item.stash.get(_PERFORMANCE, None)
    error = call.excinfo.value if call.excinfo is not None else None
    if performance is not None and error is not None and not isinstance(error, KeyboardInterrupt):
        performance.broken_by(error)
        # Else pytest would write a traceback with its sources, which takes longer than a scenario and is not shown.
        item.repr_failure = lambda *_: ""  # type: ignore[method-assign]
    report = yield
    if performance is None:
        return report
    if error is not None and not isinstance(error, KeyboardInterrupt):
        if performance.judgement in {"untested", "not claimed"}:
            report.outcome = "skipped"
            report.longrepr = (performance.scenario.file, performance.scenario.line, f"Skipped: {performance.reason}")
        else:
            report.longrepr = performance.told()
    elif call.when == "call" and (violations := performance.world.gateway.violations()):
        report.outcome = "failed"
        report.longrepr = "\n".join(map(str, violations))
    # What libraries log and print holds whatever they were given.
    clean = performance.world.gateway.redactor.clean
    report.sections = [(name, clean(text)) for name, text in report.sections]
    if call.when == "teardown":
        report.servinix = performance.end().to_json()  # type: ignore[attr-defined]  # xdist carries what is added
        report.servinix_leftovers = performance.world.left  # type: ignore[attr-defined]
    if isinstance(error, Silent):
        _stop_if_silent(item)
    return report


def _stop_if_silent(item: pytest.Item) -> None:
    run = item.config.stash[RUN]
    if run.connection is not None and not run.connection.answers():
        item.session.shouldstop = SILENT
