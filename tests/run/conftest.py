"""The command, as a shell starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


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
            timeout=120,
            check=False,
            env={**own, **variables},
        )
        assert "Traceback" not in told.stdout + told.stderr, told.stdout + told.stderr
        return told

    return run
