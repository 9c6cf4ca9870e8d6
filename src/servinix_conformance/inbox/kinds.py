"""The kinds of inbox that are installed, and how one is opened as the target file asks for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import jsonschema_rs

from ..references import References
from ..schema_messages import say
from .source import Source, SourceKind
from .text import Patterns

GROUP = "servinix_conformance.inboxes"
"""The entry point group in which a package registers further kinds: name = the class that implements `SourceKind`."""

_SECRET = {"type": "string", "pattern": "^(env|file):.+$"}
_PATTERNS = {"code_pattern": "code", "link_pattern": "link"}
_OWN = {"kind": {"type": "string"}, **{key: {"type": "string", "minLength": 1} for key in _PATTERNS}}


class OptionsError(ValueError):
    """A table of an inbox cannot be used; the message has a line for each thing to mend, its key first."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An inbox that is open.

    Attributes:
        patterns: what codes and links look like in its messages.
    """

    source: Source
    patterns: Patterns


def kinds() -> dict[str, EntryPoint]:
    """All kinds that are installed, by name."""
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def problems_in(table: Mapping[str, Any], place: str) -> list[str]:
    """What is wrong with the table of an inbox, each with key and remedy.

    Args:
        table: the table as the file has it: secrets by reference.
        place: its key in the file.
    """
    return _checked(table, place)[1]


def problems_of(data: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the inboxes of a target file: a check of `target_file.load`."""
    inboxes = data.get("inbox")
    for channel, table in inboxes.items() if isinstance(inboxes, dict) else ():
        if isinstance(table, dict):
            yield from problems_in(table, f"inbox.{channel}")


def open_source(table: Mapping[str, Any], references: References, place: str) -> Opened:
    """Open an inbox.

    Args:
        table: the table as the file has it: secrets by reference.
        references: follows the references of this file.
        place: the key of the table in the file.

    Raises:
        OptionsError: the table is wrong.
        InboxError: the inbox cannot be opened.
    """
    kind, problems = _checked(table, place)
    known = len(references.problems)
    options = {key: item for key, item in references.resolve(dict(table), place).items() if key not in _OWN}
    problems += references.problems[known:]
    if kind is None or problems:
        raise OptionsError("\n".join(problems))
    for key, schema in kind.schema["properties"].items():
        if schema.get("format") == "path" and isinstance(options.get(key), str):
            options[key] = str(references.folder / options[key])
    patterns = Patterns(**{field: table[key] for key, field in _PATTERNS.items() if key in table})
    return Opened(kind(options), patterns)


def _checked(table: Mapping[str, Any], place: str) -> tuple[SourceKind | None, list[str]]:
    name, known = table.get("kind"), kinds()
    names = ", ".join(sorted(known))
    if not isinstance(name, str):
        return None, [f"{place}.kind: what kind of inbox it is has to be said; known: {names}"]
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        return None, [
            f"{place}.kind: unknown kind {name!r}; {f'did you mean {near[0]!r}? ' if near else ''}known: {names}"
        ]
    try:
        kind: SourceKind = known[name].load()
    except (ImportError, AttributeError) as error:
        return None, [f"{place}.kind: {name!r} cannot be loaded: {error}; install the package that has it again"]
    schema = {
        **kind.schema,
        "properties": {**kind.schema["properties"], **_OWN},
        "$defs": {**kind.schema.get("$defs", {}), "secret": _SECRET},
    }
    validator = jsonschema_rs.validator_for(schema, mask="the value")
    problems = [line for problem in validator.iter_errors(dict(table)) for line in say(problem, schema, place)]
    return kind, [*problems, *_wrong_patterns(table, place)]


def _wrong_patterns(table: Mapping[str, Any], place: str) -> Iterator[str]:
    for key in _PATTERNS:
        try:
            re.compile(str(table.get(key, "")))
        except re.error as error:
            yield f"{place}.{key}: is no regular expression: {error}; correct it"
