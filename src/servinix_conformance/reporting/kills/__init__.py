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


def _wrong(trial: Trial) -> str:
    """What of it wants to be looked at, on one line; empty if nothing does."""
    firsts = trial.firsts
    told = [f"red at {clause} ({firsts[clause].where} {firsts[clause].title})" for clause in trial.unexplained]
    told += [f"not red at {clause}, which it names" for clause in trial.unneeded]
    if trial.problem is not None:
        told.append(trial.problem.partition("\n")[0])
    elif trial.fault is not None and trial.fate == "survived":
        told.append("survived")
    return "; ".join(told)


class Progress:
    """Says how far it is: on a terminal in one line that changes, else in a line every quarter of a minute.

    What wants to be looked at gets a line at once, which stays.

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
        name = "the server without a fault" if trial.fault is None else trial.fault.id
        if wrong := _wrong(trial):
            self._bad += 1
            taken_away = "\r\x1b[K" if self._live else ""
            self._stream.write(f"{taken_away}{name}: {wrong}\n")
        self._write(f"{name}{'' if trial.fault is None else f' {trial.fate}'}, {trial.seconds:.1f} s")

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
