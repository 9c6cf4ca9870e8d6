"""faults.md: the kill table for people, as docs/kill-table.md holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...console import harmless
from ...kill_table import Catch, KillTable, Trial
from .words import SEVERITIES, against, also_red, killed_by, problems, several, sums

_MARKUP = re.compile(r"([\\`*\[\]<>|~])")


def render(table: KillTable) -> str:
    """The file."""
    return "\n".join([*_opening(table), *_problems(table), *_faults(table), *_scenarios(table)]) + "\n"


def _opening(table: KillTable) -> Iterator[str]:
    yield "# The kill table"
    yield ""
    yield f"**{escaped(sums(table))}.**"
    yield ""
    yield (
        f"Made by `servinix-conformance faults` on {table.started_at}: {escaped(against(table))}; suite "
        f"{escaped(table.suite)}, clauses {escaped(table.catalogue)}, Python {escaped(table.python)}, "
        f"{escaped(table.platform)}, {several(table.processes, 'process', 'es')}, "
        f"{table.seconds:.0f} s."
    )
    yield ""
    yield (
        "The suite is run, strictly, against the reference server with each fault once. A fault is "
        "killed when a scenario of its clause turns red. Other clauses that turn red are those which it says it cannot "
        "help breaking, or stand below as unexplained."
    )


def _problems(table: KillTable) -> Iterator[str]:
    for heading, found in problems(table):
        if found:
            yield ""
            yield f"## {heading[0].upper()}{heading[1:]}"
            yield ""
            yield from (f"- {escaped(item)}" for item in found)


def _faults(table: KillTable) -> Iterator[str]:
    yield ""
    yield "## Faults"
    yield ""
    yield "| Fault | Severity | The wrong server | Clause | Verdict | First caught by | Also red |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for trial in table.trials:
        if trial.fault is not None:
            yield f"| {' | '.join(_cells(trial))} |"


def _cells(trial: Trial) -> Iterator[str]:
    fault = trial.fault
    if fault is not None:
        yield escaped(fault.id)
        yield SEVERITIES[fault.severity]
        yield escaped(fault.sentence)
        yield escaped(fault.clause)
        yield trial.fate if trial.fate == "killed" else f"**{trial.fate}**"
        yield escaped(killed_by(trial))
        yield ", ".join(
            f"**{escaped(clause)}**" if clause in trial.unexplained else escaped(clause) for clause in also_red(trial)
        )


def _scenarios(table: KillTable) -> Iterator[str]:
    if not table.conclusive:
        return
    yield ""
    yield "## Scenarios"
    yield ""
    yield (
        "How many faults turn each red; and one of them that it alone catches, or catches first of all scenarios of "
        "a clause."
    )
    yield ""
    yield "| Scenario | Clauses | Faults | Alone or first |"
    yield "| --- | --- | --- | --- |"
    for item in table.catches:
        name = f"{item.scenario.where} {item.scenario.name}"
        clauses = ", ".join(item.scenario.clauses)
        yield f"| {escaped(name)} | {escaped(clauses)} | {len(item.faults)} | {_needed_for(item)} |"


def _needed_for(item: Catch) -> str:
    if item.alone:
        return f"alone: {escaped(item.alone[0])}"
    return f"first: {escaped(item.first[0])}" if item.first else ""


def escaped(text: str) -> str:
    """The text on one line, so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(harmless(text).split()))
