"""`list`: clauses and scenarios, without running any."""

from __future__ import annotations

import argparse
import importlib
import json
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path

from ..catalogue import Catalogue, CatalogueError
from ..connection import Connection, Unusable, read_target
from ..forecast import foretell
from ..options import Options
from ..plan import GuardError, Plan, Scenario
from ..prospects import Hindrance, hindrances
from ..run import Run
from ..status import UNUSABLE, USAGE
from ..suite import reference_server, suite_root
from ..target_file import TargetError
from ..transport import Silent
from ..vocabulary import Vocabulary
from . import fail

Prospects = Mapping[tuple[str, int], list[Hindrance]]
"""What hinders each scenario, by file and line; empty without a target."""


def main(options: argparse.Namespace) -> int:
    """Print the list."""
    if options.faults:
        sys.stdout.write(_faults(as_json=options.format == "json"))
        return 0
    roots = (suite_root() / "features", *(Path(folder).resolve() for folder in options.features))
    run = Run(Options(roots=roots, profiles=tuple(options.profile), catalogues=tuple(map(Path, options.catalogue))))
    try:
        run.read(steps=False)
        prospects = _prospects(options.target, run) if options.target else None
    except (CatalogueError, GuardError) as error:
        return fail(USAGE, str(error))
    except (TargetError, Unusable, Silent) as error:
        return fail(UNUSABLE, str(error))
    profiles = options.profile or run.catalogue.profiles
    if options.format == "json":
        shown = _as_json(run.catalogue, run.plan, profiles, prospects)
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_as_text(run.catalogue, run.plan, profiles, prospects))
    return 0


def _prospects(target: str, run: Run) -> Prospects:
    """Read the target file and the document. Raises `TargetError`, `Unusable` and `Silent`."""
    connection = Connection.unopened(read_target(Path(target), None), run.catalogue.profiles)
    root = suite_root()
    sys.path.insert(0, str(root))
    for name in runpy.run_path(str(root / "conftest.py"))["pytest_plugins"]:
        importlib.import_module(name)
    vocabulary = Vocabulary(run.plan)
    try:
        return {
            (item.file, item.line): list(
                dict.fromkeys(
                    told for example in item.examples for told in hindrances(connection, foretell(example, vocabulary))
                )
            )
            for item in run.plan.scenarios
        }
    finally:
        connection.close()


def _as_json(
    catalogue: Catalogue, plan: Plan, profiles: list[str], prospects: Prospects | None
) -> list[dict[str, object]]:
    return [
        {
            **clause.to_json(),
            "unobservable": clause.unobservable,
            "planned": clause.planned,
            "scenarios": [_scenario(item, prospects) for item in plan.checking(clause.id)],
        }
        for clause in catalogue.clauses.values()
        if clause.profile in profiles
    ]


def _scenario(item: Scenario, prospects: Prospects | None) -> dict[str, object]:
    told: dict[str, object] = {
        "name": item.name,
        "where": item.where,
        "inferred": item.inferred,
        "clients": list(item.clients),
    }
    if prospects is not None:
        hindered = prospects[item.file, item.line]
        told["hindrances"] = [{"verdict": verdict, "reason": reason} for verdict, reason in hindered]
    return told


def _as_text(catalogue: Catalogue, plan: Plan, profiles: list[str], prospects: Prospects | None) -> str:
    lines: list[str] = []
    chapter = ""
    for clause in catalogue.clauses.values():
        if clause.profile not in profiles:
            continue
        if clause.chapter != chapter:
            chapter = clause.chapter
            lines += ["", chapter] if lines else [chapter]
        core = ", core" if clause.core else ""
        lines.append(f"  {clause.id:<10} {clause.promise} ({clause.keyword}, {clause.reading}{core})")
        lines.append(f"             {clause.page}, {clause.section}")
        for item in plan.checking(clause.id):
            clients = f" (as {' and '.join(item.clients)})" if item.clients else ""
            inferred = ", inferred" if item.inferred else ""
            lines.append(f"               {item.where}  {item.name}{clients}{inferred}")
            for verdict, reason in (prospects or {}).get((item.file, item.line), ()):
                lines.append(f"                 {verdict}: {reason}")
        if clause.unobservable:
            lines.append(f"             cannot be observed: {clause.unobservable}")
        if clause.planned:
            lines.append(f"             has no scenario yet: {clause.planned}")
    if prospects is not None:
        free = sum(not told for told in prospects.values())
        lines += [
            "",
            f"nothing hinders {free} of {len(prospects)} scenarios, as far as can be told without running them",
        ]
    return "\n".join(lines) + "\n"


def _faults(*, as_json: bool) -> str:
    reference_server()
    faults = importlib.import_module("reference_server.faults").FAULTS.values()
    if as_json:
        return (
            json.dumps(
                [
                    {
                        "id": fault.id,
                        "severity": fault.severity,
                        "clause": fault.clause,
                        "also_breaks": list(fault.also_breaks),
                        "sentence": fault.sentence,
                    }
                    for fault in faults
                ],
                indent=2,
            )
            + "\n"
        )
    return "".join(f"{fault.id:<34} {fault.severity}  {fault.clause:<9} {fault.sentence}\n" for fault in faults)
