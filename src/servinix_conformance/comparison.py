"""Two reports held side by side: what got better or worse, newly or no longer tested. Pure: no input, no output.

A verdict ranks as passed, deviation, untested or not claimed, failed or error. What was kept and is not looked at any
more counts as worse: a pass that nobody tests means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Kind = Literal["worse", "no longer tested", "vanished", "newly tested", "new", "better", "changed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What can have become of a clause or scenario, in the order in which it is told."""

BROKEN = "contract broken"
"""What a scenario is that kept its promise with an answer which the document does not describe."""

_RANKS: Mapping[str | None, int] = {
    "passed": 3,
    "deviation": 2,
    "untested": 1,
    "not claimed": 1,
    None: 1,
    "failed": 0,
    "error": 0,
    BROKEN: 0,
}
_UNSEEN = {"untested", "not claimed"}
_PROFILES: Mapping[str | None, int] = {"CONFORMANT": 2, "INCOMPLETE": 1, "NOT CONFORMANT": 0}
_OF_SUITE = (("version", "suite"), ("catalogue", "clauses' version"))
_OF_TARGET = ("name", "base_url", "document", "document_source", "product")
_OF_CLAIMS = ("profiles", "not_claimed", "policy", "shortened")


class NothingInCommonError(ValueError):
    """The reports have no clause in common, so that nothing can be said."""


@dataclass(frozen=True, slots=True)
class Change:
    """A clause or scenario that is not what it was.

    Attributes:
        before: its verdict in the first report; None where that does not have it.
        after: likewise in the second.
        worse: whether it counts as worse.
        title: the clause's promise, or the scenario's name.
        reason: why it is what it is now.
    """

    kind: Kind
    id: str
    before: str | None
    after: str | None
    worse: bool
    title: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """A profile's verdicts; None where a report gives it none."""

    name: str
    before: str | None
    after: str | None

    @property
    def worse(self) -> bool:
        """Whether the verdict got worse. One that a report does not give is not held against the other."""
        if self.before is None or self.after is None:
            return False
        return _PROFILES[self.after] < _PROFILES[self.before]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two reports say together.

    Attributes:
        notes: how the two runs differ beside their verdicts, a line each.
        clauses: those that changed, in the order of `KINDS`.
        scenarios: likewise.
        compared: how many clauses both have.
    """

    notes: tuple[str, ...]
    profiles: tuple[ProfileChange, ...]
    clauses: tuple[Change, ...]
    scenarios: tuple[Change, ...]
    compared: int

    @property
    def worse(self) -> bool:
        """Whether anything got worse."""
        return any(profile.worse for profile in self.profiles) or any(
            change.worse for change in (*self.clauses, *self.scenarios)
        )


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Hold two reports side by side, each as `reporting.json_report.read` gives it.

    Where one of the runs was narrowed, what only one of the two has is passed over.

    Raises:
        NothingInCommonError: not a single clause is in both.
    """
    narrowed = before["run"]["narrowed"] or after["run"]["narrowed"]
    common = len({item["id"] for item in before["clauses"]} & {item["id"] for item in after["clauses"]})
    if not common:
        raise NothingInCommonError("the reports have no clause in common; compare runs of the same clauses")
    return Comparison(
        notes=tuple(_notes(before, after)),
        profiles=tuple(_profiles(before["profiles"], after["profiles"])),
        clauses=_in_order(_changes(before["clauses"], after["clauses"], _verdict, _promise, both=narrowed)),
        scenarios=_in_order(_scenarios(before["scenarios"], after["scenarios"], both=narrowed)),
        compared=common,
    )


def _in_order(changes: Iterator[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: KINDS.index(change.kind)))


def _kind(before: str | None, after: str | None) -> Kind | None:  # noqa: PLR0911 - a table, in words
    if before == after:
        return None
    if before is None:
        return "new"
    if after is None:
        return "vanished"
    if after in _UNSEEN:
        # A failure that is not looked at any more is not mended by that.
        return "changed" if before in _UNSEEN else "no longer tested"
    if _RANKS[after] < _RANKS[before]:
        return "worse"
    if before in _UNSEEN:
        return "newly tested"
    return "better" if _RANKS[after] > _RANKS[before] else "changed"


def _changes(
    first: Sequence[Mapping[str, Any]],
    second: Sequence[Mapping[str, Any]],
    state: Callable[[Mapping[str, Any]], str],
    title: Callable[[Mapping[str, Any]], str],
    *,
    both: bool,
) -> Iterator[Change]:
    old, new = ({item["id"]: item for item in items} for items in (first, second))
    for name in dict.fromkeys((*old, *new)):
        before = state(old[name]) if name in old else None
        after = state(new[name]) if name in new else None
        kind = _kind(before, after)
        if kind is None or (both and kind in {"new", "vanished"}):
            continue
        # What is not there counts as untested.
        worse = _RANKS[after] < _RANKS[before]
        reason = _why(new[name]) if name in new else None
        yield Change(kind, name, before, after, worse, title(new.get(name) or old[name]), reason)


def _scenarios(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], *, both: bool
) -> Iterator[Change]:
    for change in _changes(first, second, _state, _title, both=both):
        # Another version of the suite may have renamed it: then its clauses alone tell whether anything got worse.
        yield replace(change, worse=False) if change.kind in {"new", "vanished"} else change


def _why(item: Mapping[str, Any]) -> str | None:
    """The reason of a scenario, or all of a clause."""
    reasons = item.get("reasons", [item.get("reason")])
    return "; ".join(filter(None, reasons)) or None


def _verdict(clause: Mapping[str, Any]) -> str:
    return str(clause["verdict"])


def _promise(clause: Mapping[str, Any]) -> str:
    return str(clause["promise"])


def _state(scenario: Mapping[str, Any]) -> str:
    judgement: str = scenario["judgement"]
    return BROKEN if scenario["violations"] and judgement not in {"failed", "error"} else judgement


def _title(scenario: Mapping[str, Any]) -> str:
    client = [f"as {scenario['client']}"] if scenario["client"] else []
    parts = [*scenario["example"].values(), *client]
    row = f" ({', '.join(parts)})" if parts else ""
    return f"{scenario['name']}{row}, {scenario['file']}:{scenario['line']}"


def _profiles(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]) -> Iterator[ProfileChange]:
    before, after = ({item["name"]: item["verdict"] for item in profiles} for profiles in (first, second))
    for name in dict.fromkeys((*before, *after)):
        yield ProfileChange(name, before.get(name), after.get(name))


def _notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key, label in _OF_SUITE:
        yield from _differ(label, before["suite"][key], after["suite"][key])
    for key in _OF_TARGET:
        label = f"target's {key}" if key in {"name", "base_url"} else key.replace("_", " ")
        yield from _differ(label, before["target"][key], after["target"][key])
    for key in _OF_CLAIMS:
        yield from _differ(key.replace("_", " "), before["claims"][key], after["claims"][key])
    for key in ("strict", "time"):
        yield from _differ(key, before["run"][key], after["run"][key])
    yield from _differ("known failures", *(_known(report) for report in (before, after)))
    for which, report in (("first", before), ("second", after)):
        run = report["run"]
        if run["narrowed"]:
            yield f"the {which} run was narrowed to some scenarios: only what both have is compared"
        if not run["complete"]:
            why = run["stopped"] or run["problem"] or "something of it went astray"
            yield f"the {which} run is not complete: {why}"
    if after["run"]["started_at"] < before["run"]["started_at"]:
        yield "the second run is the older one: are the two files the wrong way round?"


def _known(report: Mapping[str, Any]) -> list[str]:
    return [item["clause"] for item in report["known_failures"] if item["state"] == "known"]


def _differ(label: str, before: object, after: object) -> Iterator[str]:
    if before != after:
        yield f"{label}: {_said(before)} before, {_said(after)} now"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items()) or "none"
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)) or "none"
