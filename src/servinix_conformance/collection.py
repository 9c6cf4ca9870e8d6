"""Features are collected as they are: no binder has to be written for them, and so none can be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pytest_bdd.scenario import scenario_wrapper_template_registry, scenarios

from .clients import BROWSER
from .generating import Scope, available
from .plan import Scenario
from .run import Run
from .stash import RUN


class FeatureFile(pytest.Module):
    """A feature file as a module of scenarios."""

    def _getobj(self) -> ModuleType:
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        # pytest-bdd puts the scenarios into the namespace that calls it.
        exec(  # noqa: S102 - two words of our own
            compile("scenarios(path)", str(self.path), "exec"),
            module.__dict__ | {"scenarios": scenarios, "path": str(self.path)},
            module.__dict__,
        )
        return module


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Collect feature files."""
    run = parent.config.stash.get(RUN, None)
    if file_path.suffix != ".feature" or run is None:
        return None
    # A file outside the suite has its name too, which pytest would leave out when it is the one that was asked for.
    name = next((planned.file for planned in run.plan.scenarios if planned.path == file_path), None)
    return FeatureFile.from_parent(parent, path=file_path, nodeid=name)


def _mark(tag: str) -> str:
    return tag.replace("-", "_")


def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool:
    """Tags are marks, with an underscore for a hyphen, so that `-m` can name them."""
    getattr(pytest.mark, _mark(tag))(function)
    return True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a scenario run as each client that it is tagged with, and for each operation where it is about all."""
    planned = planned_of(metafunc.config, metafunc.function)
    run = metafunc.config.stash.get(RUN, None)
    names = run.clients_of(planned) if planned and run is not None and run.connection is not None else ()
    if planned and (planned.clients or BROWSER in names):
        metafunc.fixturenames.append("client")
        metafunc.parametrize("client", names, indirect=True)
    if planned and planned.each_operation and run is not None and (operations := _operations(run, planned)):
        metafunc.fixturenames.append("operation")
        metafunc.parametrize("operation", operations, indirect=True)


def _operations(run: Run, planned: Scenario) -> list[str]:
    """The operations that a scenario is about, each for itself; none where nothing can be drawn for them."""
    if run.connection is None or not run.wants(planned) or not available():
        return []
    return Scope.of(run.connection).about(only_linking=planned.only_linking)


def planned_of(config: pytest.Config, function: Callable[..., object] | None) -> Scenario | None:
    """The planned scenario behind a test function, or None for a test of another kind."""
    template = scenario_wrapper_template_registry.get(function) if function is not None else None
    run = config.stash.get(RUN, None)
    return run.plan.of(template) if template is not None and run is not None else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the scenarios that were asked for."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        planned = planned_of(config, getattr(item, "function", None))
        (chosen if planned is None or run.wants(planned) else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = chosen
