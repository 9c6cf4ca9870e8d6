"""`list`: clauses and scenarios, without running any."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from ..catalogue import Catalogue, CatalogueError
from ..options import Options
from ..plan import GuardError, Plan
from ..run import Run
from ..status import USAGE
from ..suite import reference_server, suite_root
from . import fail


def main(options: argparse.Namespace) -> int:
    """Print the list."""
    if options.faults:
        sys.stdout.write(_faults(as_json=options.format == "json"))
        return 0
    roots = (suite_root() / "features", *(Path(folder).resolve() for folder in options.features))
    run = Run(Options(roots=roots, profiles=tuple(options.profile), catalogues=tuple(map(Path, options.catalogue))))
    try:
        run.read(steps=False)
    except (CatalogueError, GuardError) as error:
        return fail(USAGE, str(error))
    profiles = options.profile or run.catalogue.profiles
    if options.format == "json":
        sys.stdout.write(json.dumps(_as_json(run.catalogue, run.plan, profiles), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_as_text(run.catalogue, run.plan, profiles))
    return 0


def _as_json(catalogue: Catalogue, plan: Plan, profiles: list[str]) -> list[dict[str, object]]:
    return [
        {
            "id": clause.id,
            "profile": clause.profile,
            "chapter": clause.chapter,
            "source": {"page": clause.page, "section": clause.section},
            "keyword": clause.keyword,
            "origin": clause.origin,
            "reading": clause.reading,
            "core": clause.core,
            "promise": clause.promise,
            "scenarios": [
                {"name": item.name, "where": item.where, "inferred": item.inferred, "clients": list(item.clients)}
                for item in plan.checking(clause.id)
            ],
        }
        for clause in catalogue.clauses.values()
        if clause.profile in profiles
    ]


def _as_text(catalogue: Catalogue, plan: Plan, profiles: list[str]) -> str:
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
        if clause.unobservable:
            lines.append(f"             cannot be observed: {clause.unobservable}")
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
