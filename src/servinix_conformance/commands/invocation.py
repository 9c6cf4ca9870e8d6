"""How pytest is called: by words alone, so that nothing of the caller's own pytest changes a verdict."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path


def words(
    root: Path,
    values: Mapping[str, Iterable[str]],
    paths: Iterable[str],
    *,
    plugins: Iterable[str] = (),
    more: Iterable[str] = (),
) -> list[str]:
    """The words of one call.

    Args:
        root: where the suite's files are.
        values: options of ours, each with all of its values.
        paths: what to collect.
        plugins: those of pytest's that are wanted beside pytest-bdd.
        more: further words.
    """
    # Where everything asked for lies outside the suite, pytest would not look at the suite's own conftest.py.
    if str(root) not in sys.path[:1]:
        sys.path.insert(0, str(root))
    own = runpy.run_path(str(root / "conftest.py"))["pytest_plugins"]
    return [
        "-c",
        str(root / "pyproject.toml"),
        "--rootdir",
        str(root),
        # This process has imported the plugins before pytest could rewrite their assertions; they have none.
        "-W",
        "ignore:Module already imported:pytest.PytestAssertRewriteWarning",
        # Python beside features may hold steps, in a conftest.py; tests of its own would be judged by nobody.
        "-o",
        "python_files=",
        *(word for plugin in ("pytest-bdd", *plugins, *own) for word in ("-p", plugin)),
        *(word for plugin in ("cacheprovider", "terminal", "junitxml") for word in ("-p", f"no:{plugin}")),
        *more,
        # As one word each: pytest reads its words once before it knows our options, and would take a value that is the
        # name of an existing file for something to collect, and run the conftest.py beside it.
        *(f"{name}={value}" for name, given in values.items() for value in given),
        *paths,
    ]


def shut_off() -> None:
    """Keep what is meant for the caller's own tests from pytest: here it would change what is run, or end it."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
