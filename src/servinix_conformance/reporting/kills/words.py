"""What is said of a kill table, whatever the format."""

from __future__ import annotations

from collections.abc import Iterator

from ...kill_table import FATES, KillTable, Red, Trial

SEVERITIES = {"C": "critical", "H": "high", "M": "medium", "L": "low"}


def several(number: int, what: str, ending: str = "s") -> str:
    """A number of things."""
    return f"{number} {what}{'' if number == 1 else ending}"


def killed_by(trial: Trial) -> str:
    """The first scenario that is red at the fault's own clause, and how many more there are."""
    if not trial.killers:
        return ""
    more = len(trial.killers) - 1
    return f"{trial.killers[0].where} {trial.killers[0].title}" + (f" (and {more} more)" if more else "")


def also_red(trial: Trial) -> dict[str, Red]:
    """The other clauses that are red, each with the first scenario that is."""
    own = trial.fault.clause if trial.fault is not None else None
    return {clause: item for clause, item in trial.firsts.items() if clause != own}


def sums(table: KillTable) -> str:
    """The whole of it in one line."""
    told = [
        f"{len(trials)} {'have no scenario' if fate == 'no scenario' and len(trials) > 1 else _FATES.get(fate, fate)}"
        for fate in reversed(FATES)
        if (trials := table.of(fate))
    ]
    parts = [f"{several(len(table.faults), 'fault')}: {', '.join(told) or 'none tried'}"]
    if table.not_tried:
        parts.append(f"{len(table.not_tried)} not tried")
    parts.append(f"{len(table.unexplained)} with an unexplained red")
    if table.unneeded:
        parts.append(f"{len(table.unneeded)} that name a clause which stayed green")
    if table.conclusive:
        justified = len(table.unbroken) - len(table.unjustified)
        parts.append(
            f"{len(table.unbroken)} of {several(len(table.scenarios), 'scenario')} that no fault turned red"
            + (f", {justified} of them justified" if table.unbroken else "")
        )
    return ("cut short: " if table.interrupted else "") + "; ".join(parts)


_FATES = {"no scenario": "has no scenario", "error": "could not be tried"}


def against(table: KillTable) -> str:
    """What each fault was held against."""
    profiles = " and ".join(table.profiles)
    if not table.whole:
        return f"each against the clauses that it names, of {profiles}"
    return f"each against {profiles} as a whole"


def problems(table: KillTable) -> Iterator[tuple[str, list[str]]]:
    """What somebody has to act on: a heading, and a line for each; nothing where all is well."""
    control = table.control
    if control is not None and (control.reds or control.problem):
        lines = [control.problem] if control.problem else []
        yield (
            "the server without a fault is not green, so that the rest says little",
            [*lines, *(f"{', '.join(item.clauses)}: {item.where} {item.title}" for item in control.reds)],
        )
    yield "survived: no scenario of their clause turned red", [_survivor(trial) for trial in table.of("survived")]
    yield (
        "unexplained: clauses that turned red, and are not in also_breaks",
        [
            f"{_id(trial)}: {clause}, {trial.firsts[clause].where} {trial.firsts[clause].title}"
            for trial in table.unexplained
            for clause in trial.unexplained
        ],
    )
    yield (
        "not needed: clauses in also_breaks that stayed green",
        [f"{_id(trial)}: {', '.join(trial.unneeded)}" for trial in table.unneeded],
    )
    yield "could not be tried", [f"{_id(trial)}: {trial.problem}" for trial in table.of("error")]
    yield (
        "have no scenario: nothing was asked of their clause",
        [f"{_id(trial)}: {trial.fault.clause}" for trial in table.of("no scenario") if trial.fault is not None],
    )
    yield "not tried", [fault.id for fault in table.not_tried]
    yield (
        "scenarios that no fault turned red",
        [f"{item.scenario.where} {item.scenario.name}" for item in table.unjustified],
    )
    yield (
        "scenarios that no fault turned red, and why they stay",
        [
            f"{item.scenario.where} {item.scenario.name}: {item.scenario.why}"
            for item in table.unbroken
            if item.scenario.why is not None
        ],
    )
    yield (
        "not needed in features/unbroken.yaml: a fault turns them red, or they do not exist",
        list(table.excused) if table.conclusive else list(table.idle),
    )


def _id(trial: Trial) -> str:
    return trial.fault.id if trial.fault is not None else "no fault"


def _survivor(trial: Trial) -> str:
    fault = trial.fault
    return f"{fault.id} ({SEVERITIES[fault.severity]}): {fault.clause} {trial.said}" if fault is not None else ""
