"""faults.json: the kill table for machines, schema version 1 (docs/faults.schema.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...kill_table import FATES, Catch, KillTable, Red, Trial
from .words import also_red

SCHEMA_VERSION = 1
SCHEMA = Path(__file__).with_name("faults.schema.json")


def render(table: KillTable) -> str:
    """The file."""
    return f"{json.dumps(contents(table), indent=2, ensure_ascii=False)}\n"


def contents(table: KillTable) -> dict[str, Any]:
    """The table as a JSON object. Its last member, `end`, is there in a whole file alone."""
    control = table.control
    return {
        "schema_version": SCHEMA_VERSION,
        "suite": {"name": "servinix-conformance", "version": table.suite, "catalogue": table.catalogue},
        "run": {
            "started_at": table.started_at,
            "seconds": table.seconds,
            "processes": table.processes,
            "python": table.python,
            "platform": table.platform,
            "profiles": list(table.profiles),
            "against": "whole" if table.whole else "own clauses",
            "narrowed": table.narrowed,
            "interrupted": table.interrupted,
            "complete": table.complete,
            "exit_status": table.exit_status,
        },
        "counts": {fate.replace(" ", "_"): len(table.of(fate)) for fate in reversed(FATES)}
        | {
            "not_tried": len(table.not_tried),
            "unexplained": len(table.unexplained),
            "unneeded": len(table.unneeded),
            "unbroken_scenarios": len(table.unbroken) if table.conclusive else None,
            "unjustified_scenarios": len(table.unjustified) if table.conclusive else None,
        },
        "control": None if control is None else _run(control),
        "faults": [_fault(trial) for trial in table.trials],
        "not_tried": [fault.id for fault in table.not_tried],
        "scenarios": [_scenario(item) for item in table.catches],
        "unneeded_reasons": list(table.excused if table.conclusive else table.idle),
        "end": True,
    }


def _run(trial: Trial) -> dict[str, Any]:
    return {
        "scenarios": trial.scenarios,
        "seconds": trial.seconds,
        "problem": trial.problem,
        "red": [_red(item) | {"clauses": list(item.clauses)} for item in trial.reds],
    }


def _fault(trial: Trial) -> dict[str, Any]:
    fault, unexplained = trial.fault, set(trial.unexplained)
    if fault is None:
        raise ValueError("the run without a fault is told by itself")
    return {
        "id": fault.id,
        "severity": fault.severity,
        "sentence": fault.sentence,
        "clause": fault.clause,
        "also_breaks": list(fault.also_breaks),
        "verdict": trial.fate,
        "said": trial.said,
        "killed_by": [_red(item) for item in trial.killers],
        "also_red": [
            {"clause": clause, "explained": clause not in unexplained, "first": _red(item)}
            for clause, item in also_red(trial).items()
        ],
        "unneeded": list(trial.unneeded),
        "scenarios": trial.scenarios,
        "seconds": trial.seconds,
        "problem": trial.problem,
    }


def _red(item: Red) -> dict[str, Any]:
    return {"where": item.where, "title": item.title}


def _scenario(item: Catch) -> dict[str, Any]:
    return {
        "where": item.scenario.where,
        "name": item.scenario.name,
        "clauses": list(item.scenario.clauses),
        "faults": list(item.faults),
        "first": list(item.first),
        "alone": list(item.alone),
        "why": item.scenario.why,
    }
