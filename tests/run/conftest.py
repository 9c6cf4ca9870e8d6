"""The command, as a shell starts it, and runs of it on servers that are odd."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from odd_runs import SECRET, Command, Run, Together, Told, carried_out


@pytest.fixture(scope="session")
def command() -> Command:
    """Run `servinix-conformance` with these words and variables; whatever it says, it never says a traceback."""
    # What xdist tells its workers is not for the workers of a run.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        told = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "servinix_conformance", *words],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**own, **variables},
        )
        assert "Traceback" not in told.stdout + told.stderr, told.stdout + told.stderr
        return told

    return run


@pytest.fixture(scope="session")
def reference() -> Iterator[str]:
    """The URL of a reference server, to be spoilt by what stands before it."""
    words = ["serve", "--port", "0", "--test-support", "env:TOKEN", "--cheap-password-hash", "--stop-at-eof"]
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "servinix_conformance", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TOKEN": SECRET},
    )
    assert server.stdout is not None
    yield server.stdout.readline().split()[2]
    server.communicate(timeout=30)


@pytest.fixture
def run(tmp_path: Path, command: Command) -> Run:
    return partial(carried_out, command, tmp_path)


@pytest.fixture(scope="module")
def together(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Together:
    """Carry out all cases of a table, two at a time; most of a run is the start of a process."""

    def carry_out(case: Callable[[str, Run], Told], names: Iterable[str]) -> dict[str, Told]:
        names = list(names)
        runs = [partial(carried_out, command, tmp_path_factory.mktemp("bad")) for _ in names]
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(names, pool.map(case, names, runs), strict=True))

    return carry_out
