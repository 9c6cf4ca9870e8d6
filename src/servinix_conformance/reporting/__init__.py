"""Reports: one module per format, each made from the same events."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

from ..report import Report, Unwritten
from ..run import Reporter
from . import whole
from .stream import EventStream

FORMATS: Mapping[str, str] = {
    "report.json": "json_report",
    "report.html": "html_report",
    "junit.xml": "junit",
    "messages.ndjson": "messages",
    "exchanges.har": "har",
    "summary.md": "summary",
    "badge.svg": "badge",
}
"""The files of a report, each with the module here whose `render` makes it."""


def writers(folder: Path | None) -> list[Reporter]:
    """The reports that are written to a folder; none without one."""
    return [] if folder is None else [EventStream(folder), Files(folder)]


def clear(folder: Path) -> None:
    """Leave nothing of an earlier run that could be taken for the coming one's. Raises `whole.FolderError`."""
    whole.clear(folder, (EventStream.NAME, whole.SIGNATURE, *FORMATS))


class Files(Reporter):
    """Writes every format when the run is over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def finished(self, report: Report) -> None:
        """Write them, each whatever becomes of the others.

        Raises:
            Unwritten: one or more could not be written; the others were.
        """
        problems = []
        for name, module in FORMATS.items():
            try:
                # Only now: a run without reports does not pay for them.
                rendered = importlib.import_module(f".{module}", __name__).render(report)
                whole.write(self._folder / name, rendered)
            except OSError as error:
                problems.append(f"--report {self._folder}: {name} could not be written: {error.strerror or error}")
            except Exception as error:  # noqa: BLE001 - a defect of one format must not cost the others
                problems.append(f"{name} could not be made: {type(error).__name__}: {error}; please report it")
        if problems:
            raise Unwritten("\n".join(problems))
