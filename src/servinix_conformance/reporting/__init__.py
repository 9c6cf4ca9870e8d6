"""Reports: one module per format, each made from the same events."""

from __future__ import annotations

from pathlib import Path

from ..run import Reporter
from .json_report import JsonReport
from .junit import JunitReport


def writers(folder: Path | None) -> list[Reporter]:
    """The reports that are written to a folder; none without one."""
    return [] if folder is None else [JsonReport(folder), JunitReport(folder)]
