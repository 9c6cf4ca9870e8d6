"""`diff`: two reports side by side, as text, Markdown or JSON."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..comparison import KINDS, Change, Comparison, NothingInCommonError, ProfileChange, compare
from ..console import harmless
from ..reporting.json_report import ReportError, read
from ..reporting.terminal import coloured
from ..status import CONFORMANT, NOT_CONFORMANT, USAGE
from . import fail

_GOOD = {"better", "newly tested"}
_RED, _GREEN, _YELLOW = "31", "32", "33"
# What Markdown or the HTML inside it would take for its own.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!@])")


def main(options: argparse.Namespace) -> int:
    """Compare two reports."""
    reports, problems = [], []
    for name in (options.before, options.after):
        try:
            reports.append(read(Path(name)))
        except ReportError as error:
            problems.append(str(error))
    if problems:
        return fail(USAGE, "\n".join(dict.fromkeys(problems)))
    try:
        comparison = compare(*reports)
    except NothingInCommonError as error:
        return fail(USAGE, f"{options.before}, {options.after}: {error}")
    if options.format == "json":
        told = json.dumps(as_json(comparison, options.before, options.after), indent=2, ensure_ascii=False) + "\n"
    elif options.format == "markdown":
        told = as_markdown(comparison, options.before, options.after)
    else:
        told = as_text(comparison, options.before, options.after, colour=coloured(sys.stdout))
    sys.stdout.write(told)
    return NOT_CONFORMANT if comparison.worse else CONFORMANT


def as_json(comparison: Comparison, before: str, after: str) -> dict[str, Any]:
    """The comparison as a JSON object."""
    return {
        "before": before,
        "after": after,
        "worse": comparison.worse,
        "compared": comparison.compared,
        "notes": list(comparison.notes),
        "profiles": [asdict(profile) | {"worse": profile.worse} for profile in comparison.profiles],
        "clauses": [asdict(change) for change in comparison.clauses],
        "scenarios": [asdict(change) for change in comparison.scenarios],
    }


def as_text(comparison: Comparison, before: str, after: str, *, colour: bool = False) -> str:
    """The comparison for a terminal."""

    def painted(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text

    lines = [
        harmless(f"{before} -> {after}"),
        *(painted(f"note: {note}", _YELLOW) for note in map(_line, comparison.notes)),
        "",
    ]
    lines += [painted(_verdict(profile), _RED if profile.worse else "") for profile in comparison.profiles]
    for heading, changes in _sections(comparison):
        lines += ["", heading]
        for change in changes:
            code = _RED if change.worse else _GREEN if change.kind in _GOOD else ""
            lines.append(f"  {painted(_states(change), code)}  {_line(_named(change))}")
            if change.reason and change.after != "passed":
                lines.append(f"    {_line(change.reason)}")
    return "\n".join([*lines, "", painted(_sum(comparison), _RED if comparison.worse else _GREEN)]) + "\n"


def as_markdown(comparison: Comparison, before: str, after: str) -> str:
    """The comparison for a pull request."""
    lines = [f"## {_sum(comparison)}", "", f"{_escaped(before)} → {_escaped(after)}", ""]
    lines += [f"- note: {_escaped(note)}" for note in comparison.notes]
    lines += [
        f"- {'**worse** ' if profile.worse else ''}{_escaped(_verdict(profile))}" for profile in comparison.profiles
    ]
    for heading, changes in _sections(comparison):
        lines += [
            "",
            f"### {heading[0].upper()}{heading[1:]}",
            "",
            "| before | now | what | why |",
            "| --- | --- | --- | --- |",
        ]
        for change in changes:
            now = f"**{change.after or 'not there'}**" if change.worse else change.after or "not there"
            cells = (change.before or "not there", now, _escaped(_named(change)), _escaped(change.reason or ""))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _sections(comparison: Comparison) -> Iterator[tuple[str, list[Change]]]:
    for what, changes in (("clauses", comparison.clauses), ("scenarios", comparison.scenarios)):
        for kind in KINDS:
            if own := [change for change in changes if change.kind == kind]:
                yield f"{what}: {kind}", own


def _named(change: Change) -> str:
    # The id of a scenario says less to a reader than its name and place.
    return change.title if "::" in change.id else f"{change.id}  {change.title}"


def _states(change: Change) -> str:
    return f"{change.before or 'not there'} -> {change.after or 'not there'}"


def _verdict(profile: ProfileChange) -> str:
    if profile.before == profile.after:
        return f"{profile.name}: {profile.after or 'no verdict'}, as before"
    return f"{profile.name}: {profile.before or 'no verdict'} -> {profile.after or 'no verdict'}"


def _sum(comparison: Comparison) -> str:
    """One line: how many of what, and of which clauses."""
    parts = []
    for kind in KINDS:
        ids = [change.id for change in comparison.clauses if change.kind == kind]
        if ids:
            parts.append(f"{len(ids)} {kind} ({', '.join(ids)})")
    scenarios = sum(change.worse for change in comparison.scenarios)
    told = "; ".join(parts) or "no clause changed"
    verdict = "something got worse" if comparison.worse else "nothing got worse"
    return f"{verdict}: {told}" + (f"; {scenarios} of the scenarios worse" if scenarios else "")


def _line(text: str) -> str:
    return " ".join(harmless(text).split())


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", _line(text))
