"""The kill table for people and for machines: pure functions over one frozen record."""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from ...console import Output
from ...kill_table import KillTable, Trial
from .. import whole

FORMATS: Mapping[str, str] = {"faults.json": "machines", "faults.md": "markdown"}
"""The files of a kill table, each with the module here whose `render` makes it."""
_LINE_SECONDS = 15.0
_WIDEST = 110


def written(table: KillTable, folder: Path) -> list[str]:
    """Write every format, whatever becomes of the others; returns what went wrong, a line each."""
    problems = []
    for name, module in FORMATS.items():
        try:
            whole.write(folder / name, importlib.import_module(f".{module}", __name__).render(table).encode())
        except OSError as error:
            problems.append(f"--report {folder}: {name} could not be written: {error.strerror or error}")
    return problems


class Progress:
    """Says how far it is: on a terminal in one line that changes, else in a line every quarter of a minute.

    Args:
        stream: where to.
        number: how many runs there are.
    """

    def __init__(self, stream: TextIO, number: int) -> None:
        self._stream, self._number = Output(stream), number
        self._live = stream.isatty()
        self._done = self._bad = 0
        self._told = time.monotonic()
        self._write("starting")

    def ended(self, trial: Trial) -> None:
        """A run is over."""
        self._done += 1
        if trial.fault is None:
            wrong, name = bool(trial.reds or trial.problem), "the server without a fault"
        else:
            wrong = trial.fate in {"survived", "error"} or bool(trial.unexplained or trial.unneeded)
            name = f"{trial.fault.id} {trial.fate}"
        self._bad += wrong
        self._write(f"{name}, {trial.seconds:.1f} s")

    def close(self) -> None:
        """Take the line away."""
        if self._live:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _write(self, what: str) -> None:
        wrong = f", {self._bad} to look at" if self._bad else ""
        text = f"{self._done} of {self._number} runs{wrong}: {what}"
        if self._live:
            self._stream.write(f"\r\x1b[K{text[:_WIDEST]}")
        elif self._done in {0, self._number} or time.monotonic() - self._told >= _LINE_SECONDS:
            self._told = time.monotonic()
            self._stream.write(f"{text}\n")
        self._stream.flush()
