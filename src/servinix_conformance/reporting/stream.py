"""events.ndjson: what happened, line by line as it happens, so that a run which is killed leaves what it saw.

The first line is the header; then comes a line for each scenario, with its steps and exchanges; then one for each
clause, and for each known failure; and the footer, without which the run was cut off.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..events import ScenarioEnd
from ..report import Report, Unwritten
from ..run import Reporter, Run
from ..waiting import Estimate
from .clauses import clause_to_json, known_to_json


class EventStream(Reporter):
    """Writes the stream. What cannot be written is told once, when the run is over."""

    NAME = "events.ndjson"

    def __init__(self, folder: Path) -> None:
        self._path = folder / self.NAME
        self._begun = False
        self._problem: OSError | None = None

    def announced(self, run: Run, estimate: Estimate, processes: int) -> None:
        """Write the header."""
        self._begun = True
        self._write("header", run.header.to_json())

    def ended(self, run: Run, end: ScenarioEnd) -> None:
        """Write the end of a scenario."""
        self._write("scenario", end.to_json())

    def finished(self, report: Report) -> None:
        """Write clauses and footer. Raises `Unwritten` when any line is missing."""
        for result in report.verdict.clauses:
            self._write("clause", clause_to_json(result))
        for item in report.known:
            self._write("known", known_to_json(item))
        self._write("footer", report.footer.to_json())
        if self._problem is not None:
            raise Unwritten(f"--report {self._path.parent}: {self.NAME} is not whole: {self._problem.strerror}")

    def _write(self, event: str, data: dict[str, Any]) -> None:
        if not self._begun or self._problem is not None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"event": event, **data}, ensure_ascii=False) + "\n")
        except OSError as error:
            self._problem = error
