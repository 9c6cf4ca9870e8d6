"""The pytest plugin's fourth part: how scenarios are handed out, in one process or among several."""

from __future__ import annotations

from typing import Any

import pytest

from .plan import is_scenario
from .stash import RUN, WORKER


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's class is not public
    """Give a worker its connection."""
    run = node.config.stash.get(RUN, None)
    if run is not None and run.connection is not None:
        node.workerinput[WORKER] = run.connection.to_json()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:  # noqa: ANN401 - likewise
    """Where time really passes, the longest waits begin first."""
    run = config.stash.get(RUN, None)
    if run is None or run.connection is None or run.connection.virtual:
        return None
    from .overlap import scheduler  # noqa: PLC0415 - xdist is not imported by a run that does without it

    return scheduler(config, log, run)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:  # noqa: ANN401 - likewise
    """Take note of what the workers are going to run."""
    _selected(node.config, ids)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Take note of what is going to run, so that a run which stops early is known by it."""
    _selected(session.config, [item.nodeid for item in session.items])


def _selected(config: pytest.Config, ids: list[str]) -> None:
    run = config.stash.get(RUN, None)
    scenarios = [name for name in ids if is_scenario(name)]
    if run is None or run.connection is None or run.selected == len(scenarios):
        return
    run.selected = len(scenarios)
    if hasattr(config, "workerinput") or not scenarios:
        return
    processes = config.option.servinix_processes or _processes(config.getoption("tx", None) or ["1*"])
    with_reasons = run.options.only == "announce"
    run.announce(run.waits.estimate(scenarios, with_reasons=with_reasons), processes)


def _processes(specifications: list[str]) -> int:
    """How many processes xdist's `--tx` asks for, which is a list of `N*popen` and the like."""
    numbers = [text.partition("*")[0] for text in specifications]
    return sum(int(number) if number.isdigit() else 1 for number in numbers)
