"""Contents of report.json, as small as they can be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def scenario_of(name: str, judgement: str = "passed", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    return {
        "id": f"features/a.feature::{name}",
        "name": name,
        "feature": "A feature",
        "file": "features/a.feature",
        "line": 4,
        "client": None,
        "clauses": ["AA-1"],
        "inferred": False,
        "judgement": judgement,
        "reason": None if judgement == "passed" else f"because of {name}",
        "seconds": 0.1,
        "steps": [],
        "failure": None,
        "violations": [],
        "exchanges": 0,
        "variant": False,
        "started": 0,
        "process": "main",
        "waits": [],
        "example": {},
        "notes": [],
        "findings": [],
        "generated": [],
    } | changes


def report_of(
    verdicts: Mapping[str, str],
    scenarios: Sequence[Mapping[str, Any]] = (),
    *,
    profile: str | None = "CONFORMANT",
    **changes: Mapping[str, Any],
) -> dict[str, Any]:
    """A whole report: verdicts by clause, all of profile `documented`; `changes` by part and member."""
    clauses: list[dict[str, Any]] = [
        {
            "id": name,
            "verdict": verdict,
            "reasons": [] if verdict == "passed" else [f"why {name} is {verdict}"],
            "profile": "documented",
            "chapter": "Chapter",
            "source": {"page": "Page", "section": "Section"},
            "keyword": "MUST",
            "origin": "documented",
            "reading": "stated",
            "promise": f"{name} is kept.",
            "core": False,
            "scenarios": [],
        }
        for name, verdict in verdicts.items()
    ]
    report: dict[str, Any] = {
        "schema_version": 1,
        "suite": {"name": "servinix-conformance", "version": "0.1.0", "catalogue": "1"},
        "target": {
            "name": "Example",
            "base_url": "https://host.example",
            "document": "Example API 2",
            "document_source": "d",
            "product": {},
        },
        "claims": {"profiles": ["documented"], "not_claimed": [], "policy": {}, "shortened": False},
        "run": {
            "started_at": "2026-01-02T03:04:05+00:00",
            "seconds": 1.5,
            "time": "virtual",
            "uncertainty": 0.0,
            "skew": None,
            "seed": None,
            "processes": 1,
            "python": "3.11.7",
            "platform": "Linux x86_64",
            "strict": False,
            "narrowed": False,
            "complete": True,
            "stopped": None,
            "problem": None,
            "exit_status": 0,
            "leftovers": [],
        },
        "profiles": [{"name": "documented", "verdict": profile, "counts": dict(Counter(verdicts.values()))}],
        "clauses": clauses,
        "known_failures": [],
        "scenarios": list(scenarios),
        "coverage": [],
        "end": True,
    }
    for part, members in changes.items():
        report[part] |= members
    return report


def written(path: Path, report: Mapping[str, Any]) -> Path:
    path.write_text(json.dumps(report), encoding="utf-8")
    return path
