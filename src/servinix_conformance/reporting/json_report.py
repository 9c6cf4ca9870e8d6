"""report.json: the whole run for machines, schema version 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..events import ScenarioEnd
from ..run import Reporter, Run
from ..verdict import Verdict
from . import whole

SCHEMA_VERSION = 1


class ReportError(ValueError):
    """A file that is no whole report."""


class JsonReport(Reporter):
    """Writes report.json when the run is over."""

    NAME = "report.json"

    def __init__(self, folder: Path) -> None:
        self._path = folder / self.NAME

    def finished(self, run: Run, outcome: Verdict) -> None:
        """Write the report."""
        text = json.dumps(contents(run, outcome), indent=2, ensure_ascii=False)
        whole.write(self._path, f"{text}\n".encode())


def contents(run: Run, outcome: Verdict) -> dict[str, Any]:
    """The report as a JSON object.

    Its last member, `end`, is there in a whole report alone; `complete` says whether the run reached its own end.
    """
    target = run.target
    return {
        "schema_version": SCHEMA_VERSION,
        "suite": {"name": "servinix-conformance", "version": run.version, "catalogue": run.catalogue.version},
        "target": {
            "name": target.name,
            "base_url": target.base_url,
            "document": run.connection.document.title if run.connection else None,
            "product": dict(target.product),
        },
        "run": {
            "started_at": run.started_at.isoformat(timespec="seconds"),
            "seconds": round(run.seconds, 3),
            "time": run.time,
            "strict": run.options.strict,
            "narrowed": outcome.narrowed,
            "complete": outcome.complete,
            "stopped": run.stopped,
            "exit_status": run.exit_status,
            "leftovers": run.leftovers,
        },
        "profiles": [
            {
                "name": profile.name,
                "verdict": None if outcome.narrowed else profile.verdict,
                "counts": profile.counts,
            }
            for profile in outcome.profiles
        ],
        "clauses": [
            {
                "id": result.clause.id,
                "verdict": result.verdict,
                "reason": result.reason,
                "profile": result.clause.profile,
                "chapter": result.clause.chapter,
                "source": {"page": result.clause.page, "section": result.clause.section},
                "keyword": result.clause.keyword,
                "origin": result.clause.origin,
                "reading": result.clause.reading,
                "promise": result.clause.promise,
                "core": result.clause.core,
                "scenarios": [end.id for end in result.scenarios],
            }
            for result in outcome.clauses
        ],
        "scenarios": [_scenario(end) for end in run.in_order],
        "end": True,
    }


def _scenario(end: ScenarioEnd) -> dict[str, Any]:
    data = end.to_json()
    # Evidence of what went well is much, and nobody reads it here.
    if end.judgement in {"passed", "not claimed"} and not end.violations:
        data["exchanges"] = len(end.exchanges)
    return data


def read(path: Path) -> dict[str, Any]:
    """A report that was written before.

    Raises:
        ReportError: the file is missing, is no report of this schema version, or has no end.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(f"{path}: is no report: {error}") from error
    if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION:
        raise ReportError(f"{path}: is no report of schema version {SCHEMA_VERSION}")
    if data.get("end") is not True:
        raise ReportError(f"{path}: the report has no end; the run that wrote it was cut off")
    return data
