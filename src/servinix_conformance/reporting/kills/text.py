"""The kill table on a terminal: a line for each fault, and at the end what has to be acted on."""

from __future__ import annotations

from ...console import harmless
from ...kill_table import KillTable, Trial
from .words import against, killed_by, problems, several, sums

_COLOURS = {"killed": "32", "survived": "31", "error": "31", "no scenario": "33"}


def render(table: KillTable, *, colour: bool = False) -> str:
    """The table as text."""

    def painted(text: str, code: str | None) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text

    width = max((len(fault.id) for fault in table.faults), default=0)
    lines = [f"servinix-conformance {table.suite}: {several(len(table.faults), 'fault')}, {against(table)}", ""]
    for trial in table.trials:
        if trial.fault is not None:
            fate = painted(trial.fate.ljust(11), _COLOURS[trial.fate])
            row = f"{trial.fault.severity}  {trial.fault.id:<{width}}  {fate} {trial.fault.clause:<10} {_told(trial)}"
            lines.append(row.rstrip())
    for heading, found in problems(table):
        if found:
            lines += ["", painted(heading, "1"), *(f"  {_line(item)}" for item in found)]
    good = table.exit_status == 0
    return "\n".join([*lines, "", painted(sums(table), "32" if good else "31"), _closing(table)]) + "\n"


def _told(trial: Trial) -> str:
    return _line(killed_by(trial))


def _closing(table: KillTable) -> str:
    runs = len(table.trials) + (table.control is not None)
    scenarios = sum(trial.scenarios for trial in table.trials) + (table.control.scenarios if table.control else 0)
    processes = several(table.processes, "process", "es")
    return f"{several(runs, 'run')}, {several(scenarios, 'scenario')} in all, in {table.seconds:.0f} s with {processes}"


def _line(text: str) -> str:
    return " ".join(harmless(text).split())
