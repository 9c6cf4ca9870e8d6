"""`faults`: the kill table."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import platform
import sys
import time
from collections.abc import Container, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..catalogue import GENERATED, Catalogue, CatalogueError
from ..generating import NOT_INSTALLED, available
from ..hosting.reach import replaced
from ..kill_table import Fault, KillTable, Scenario, Trial
from ..options import Options
from ..plan import GuardError, Plan
from ..reporting import whole
from ..reporting.kills import FORMATS, Progress, written
from ..reporting.kills.text import render
from ..reporting.terminal import coloured
from ..run import Run
from ..selection import check_names
from ..status import HARNESS, USAGE
from ..suite import reference_server, suite_root
from ..unbroken import ReasonsError, read
from . import fail
from .jobs import Job, jobs_for
from .trials import tried

PROFILES = ("documented", "hardened")
"""The profiles that the faults of the reference server are about, but for those that generated requests show."""


class _WrongError(ValueError):
    """An option that cannot be used."""


def main(options: argparse.Namespace) -> int:
    """Try the faults, and print and write the table."""
    folder = Path(options.report) if options.report else None
    if options.processes == 0:
        return fail(USAGE, "-n 0: at least one process is needed")
    try:
        run = Run(Options(profiles=tuple(options.profile)))
        run.read(steps=False)
        profiles = _profiles(options)
        faults = _chosen(options, run.catalogue, profiles)
        reasons = read(suite_root() / "features" / "unbroken.yaml")
        if folder is not None:
            whole.clear(folder, tuple(FORMATS))
    except (CatalogueError, GuardError, ReasonsError, whole.FolderError, _WrongError) as error:
        return fail(USAGE, str(error))
    clauses, known = checked(run.plan, run.catalogue, profiles), run.catalogue.clauses
    generated = {name for name in clauses if known[name].profile == GENERATED}
    jobs = jobs_for(faults, clauses, profiles, own=options.own_clauses, generated=generated)
    processes = options.processes or _processors()
    began, started_at = time.perf_counter(), datetime.now(UTC)
    trials, control, interrupted = _tried(jobs, processes)
    if options.own_clauses:
        # What has nothing to be run against is told with the others.
        trials |= {fault.id: Trial(fault) for fault in faults if fault not in {job.fault for job in jobs}}
    table = KillTable(
        faults=tuple(faults),
        trials=tuple(trials[fault.id] for fault in faults if fault.id in trials),
        control=control,
        scenarios=tuple(_scenarios(run, profiles, reasons)),
        idle=tuple(name for name in reasons if name not in {item.name for item in run.plan.scenarios}),
        whole=not options.own_clauses,
        narrowed=bool(options.fault or options.clause or options.profile),
        interrupted=interrupted,
        suite=__version__,
        catalogue=run.catalogue.version,
        profiles=profiles,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - began, 3),
        processes=processes,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
    )
    problems = written(table, folder) if folder is not None else []
    sys.stdout.write(render(table, colour=coloured(sys.stdout)))
    return fail(HARNESS, "\n".join(problems)) if problems else table.exit_status


def known_faults() -> dict[str, Fault]:
    """The faults of the reference server, by id."""
    reference_server()
    listed = importlib.import_module("reference_server.faults").FAULTS.values()
    return {item.id: _fault(item) for item in listed}


def _fault(item: Any) -> Fault:  # noqa: ANN401 - the reference server is imported by path
    parts = replaced(item.part, item.replacement)
    return Fault(item.id, item.severity, item.clause, item.also_breaks, item.sentence, parts)


def checked(plan: Plan, catalogue: Catalogue, profiles: Container[str]) -> list[str]:
    """The clauses of the profiles that have scenarios, in the order of the catalogue."""
    tagged = {name for scenario in plan.scenarios for name in scenario.clauses}
    return [name for name, clause in catalogue.clauses.items() if name in tagged and clause.profile in profiles]


def _tried(jobs: list[Job], processes: int) -> tuple[dict[str, Trial], Trial | None, bool]:
    """What came of each fault, by id, and of none; and whether somebody stopped it."""
    trials: dict[str, Trial] = {}
    control = None if jobs else Trial(None)
    try:
        with closing(Progress(sys.stdout, len(jobs))) as progress, closing(tried(jobs, processes)) as ended:
            for job, trial in ended:
                if job.fault is None:
                    control = trial
                else:
                    trials[job.fault.id] = trial
                progress.ended(trial)
    except KeyboardInterrupt:
        return trials, control, True
    return trials, control, False


def _profiles(options: argparse.Namespace) -> tuple[str, ...]:
    """Those that were asked for; else all that can be tried with what is installed."""
    if GENERATED in options.profile and not available():
        raise _WrongError(f"--profile {GENERATED}: {NOT_INSTALLED}")
    return tuple(options.profile) or (PROFILES + ((GENERATED,) if available() else ()))


def _chosen(options: argparse.Namespace, catalogue: Catalogue, profiles: tuple[str, ...]) -> list[Fault]:
    known = known_faults()
    for name in options.fault:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
            remedy = f"did you mean {' or '.join(near)}?" if near else "'list --faults' prints all"
            raise _WrongError(f"--fault {name}: there is no such fault; {remedy}")
    check_names(catalogue, options.clause, options.profile)
    chosen = [
        fault
        for fault in known.values()
        if (not options.fault or fault.id in options.fault)
        and (not options.clause or fault.clause in options.clause)
        and catalogue.clauses[fault.clause].profile in profiles
    ]
    if not chosen:
        raise _WrongError("no fault is left to be tried; 'list --faults' prints all, each with its clause")
    return chosen


def _scenarios(run: Run, profiles: Iterable[str], reasons: Mapping[str, str]) -> Iterable[Scenario]:
    clauses = run.catalogue.clauses
    for item in run.plan.scenarios:
        own = [clauses[name] for name in item.clauses if clauses[name].profile in profiles]
        if own:
            # Where every clause is broken by design the scenario says so of any server.
            design = own[0].by_design if all(clause.by_design for clause in own) else None
            yield Scenario(item.where, item.name, item.clauses, reasons.get(item.name, design))


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
