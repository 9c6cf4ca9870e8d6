"""A plugin for plain pytest: scenarios in random order, or some of them; whoever has the seed gets the same again."""

from __future__ import annotations

import random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("shuffled")
    group.addoption("--shuffle-seed", type=int, required=True, help="what the order is drawn from")
    group.addoption("--shuffle-most", type=int, default=None, help="how many are kept; all without it")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Workers of xdist have to collect the same in the same order.
    random.Random(config.option.shuffle_seed).shuffle(items)  # noqa: S311 - nothing is kept secret
    most = config.option.shuffle_most
    if most is not None and len(items) > most:
        config.hook.pytest_deselected(items=items[most:])
        del items[most:]
