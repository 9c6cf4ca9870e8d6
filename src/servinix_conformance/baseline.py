"""Known failures: clauses whose verdict is accepted for a while, each with a reason and a last day.

An entry that is of no use any more fails the run, so that no list of them grows old unnoticed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs

from .catalogue import Catalogue
from .schema_messages import say
from .verdict import Verdict

State = Literal["known", "passes", "expired", "other"]

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "known": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["clause", "reason", "expires"],
                "additionalProperties": False,
                "properties": {
                    "clause": {"type": "string", "description": "The id of a clause"},
                    "reason": {"type": "string", "pattern": r"\S", "description": "Why it is accepted"},
                    "expires": {},
                    "verdict": {"enum": ["failed", "untested"], "description": "What is accepted: failed or untested"},
                },
            },
        }
    },
}
_VALIDATOR = jsonschema_rs.validator_for(_SCHEMA, mask="the value")


class KnownFailuresError(ValueError):
    """The file cannot be used; the message has one line for each thing to mend."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is accepted of one clause.

    Attributes:
        expires: the last day on which it holds, UTC.
        source: the file that it stands in.
    """

    clause: str
    reason: str
    expires: date
    verdict: Literal["failed", "untested"]
    source: str


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """An entry, and what a run says about it.

    Attributes:
        state: `known` (it excuses its clause), `passes` (the clause passed), `expired`, or `other` (the clause neither
            passed nor is what the entry accepts, so that the entry changes nothing).
        found: the clause's verdict.
    """

    entry: Entry
    state: State
    found: str

    @property
    def stale(self) -> bool:
        """Whether the entry has to be removed or renewed, and fails the run until then."""
        return self.state in {"passes", "expired"}

    @property
    def sentence(self) -> str:
        """What there is to say about it, with the remedy."""
        entry = self.entry
        if self.state == "known":
            return f"{entry.clause} {entry.verdict}, known until {entry.expires}: {entry.reason}"
        if self.state == "passes":
            return f"{entry.clause} passes now; remove its entry from {entry.source}"
        if self.state == "expired":
            told = f"{entry.clause} is {self.found}, and what was known of it expired after {entry.expires}"
            return f"{told} ({entry.reason}); remove its entry from {entry.source}, or renew it"
        return f"{entry.clause} is {self.found}; its entry in {entry.source} accepts {entry.verdict} alone"


def read(path: Path, catalogue: Catalogue) -> tuple[Entry, ...]:
    """The entries of a file, in its order.

    Raises:
        KnownFailuresError: with a line for each error.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KnownFailuresError(
            f"{path}: cannot be read: {error.strerror}; give --known-failures a TOML file"
        ) from error
    except (ValueError, RecursionError) as error:
        raise KnownFailuresError(f"{path}: is not TOML: {error}") from error
    problems = [line for problem in _VALIDATOR.iter_errors(_without_dates(data)) for line in say(problem, _SCHEMA)]
    known = data.get("known", [])
    entries = known if isinstance(known, list) else []
    problems += [problem for number, entry in enumerate(entries) for problem in _problems(number, entry, catalogue)]
    if not problems:
        problems = list(_twice(entries))
    if problems:
        raise KnownFailuresError("\n".join(f"{path}: {problem}" for problem in problems))
    usual = {"verdict": "failed", "source": str(path)}
    return tuple(Entry(**(usual | entry)) for entry in entries)


def judge(
    outcome: Verdict, entries: Iterable[Entry], today: date, *, whole: Container[str]
) -> tuple[Verdict, tuple[KnownFailure, ...]]:
    """Hold entries against a verdict.

    Args:
        outcome: the verdict without them.
        entries: what is accepted.
        today: the day of the run.
        whole: clauses of which every scenario was run; of no other can be said that it passes.

    Returns:
        The verdict that knows of them, and what became of each. Entries of clauses that were not selected are left out.
    """
    found: dict[str, str] = {result.clause.id: result.verdict for result in outcome.clauses}
    told = []
    for entry in entries:
        verdict = found.get(entry.clause)
        if verdict is None or (verdict == "passed" and entry.clause not in whole):
            continue
        state: State = "other"
        if verdict == "passed":
            state = "passes"
        elif today > entry.expires:
            state = "expired"
        elif verdict == entry.verdict:
            state = "known"
        told.append(KnownFailure(entry, state, verdict))
    known = {item.entry.clause: item.entry.expires.isoformat() for item in told if item.state == "known"}
    profiles = tuple(replace(profile, known=known) for profile in outcome.profiles)
    return replace(outcome, profiles=profiles, stale=any(item.stale for item in told)), tuple(told)


def _without_dates(node: Any) -> Any:  # noqa: ANN401 - TOML
    """A copy that JSON can hold."""
    if isinstance(node, dict):
        return {key: _without_dates(item) for key, item in node.items()}
    if isinstance(node, list):
        return [_without_dates(item) for item in node]
    return None if isinstance(node, date | time) else node


def _problems(number: int, entry: object, catalogue: Catalogue) -> Iterator[str]:
    """What no schema can say about an entry."""
    if not isinstance(entry, dict):
        return
    expires, name = entry.get("expires"), entry.get("clause")
    if "expires" in entry and (not isinstance(expires, date) or isinstance(expires, datetime)):
        yield f"known.{number}.expires: must be a day; write 2026-12-31, without quotes and time"
    if not isinstance(name, str):
        return
    clause = catalogue.clauses.get(name)
    if clause is None:
        yield f"known.{number}.clause: there is no clause {name}; {catalogue.closest(name)}"
    elif clause.unobservable:
        yield f"known.{number}.clause: {name} cannot be observed, and is never judged; remove the entry"


def _twice(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    seen = set()
    for number, entry in enumerate(entries):
        key = (entry["clause"], entry.get("verdict", "failed"))
        if key in seen:
            yield f"known.{number}.clause: another entry accepts {key[0]} as {key[1]}; give each once"
        seen.add(key)
