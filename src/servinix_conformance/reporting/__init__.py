"""Reports: one module per format, each made from the same events."""

from __future__ import annotations

from pathlib import Path

from ..run import Reporter
from . import whole
from .json_report import JsonReport
from .junit import JunitReport


def writers(folder: Path | None) -> list[Reporter]:
    """The reports that are written to a folder; none without one."""
    return [] if folder is None else [JsonReport(folder), JunitReport(folder)]


def clear(folder: Path) -> None:
    """Leave nothing of an earlier run that could be taken for the coming one's. Raises `whole.FolderError`."""
    whole.clear(folder, (JsonReport.NAME, JunitReport.NAME))
