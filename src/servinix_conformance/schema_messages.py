"""What a JSON Schema finds wrong with a file that a person wrote, in words that say what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs


def say(problem: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> str:
    """The place and the remedy. A value that should have been a reference to a secret is never shown.

    Args:
        problem: what was found.
        schema: what it was held against.
    """
    place = ".".join(map(str, problem.instance_path)) or "the file"
    if problem.kind.name == "additionalProperties":
        known = _known(problem.schema_path, schema)
        names = problem.kind.as_dict()["unexpected"]
        return "; ".join(f"{place}: unknown key {name!r}; {remedy(name, known)}" for name in names)
    if "secret" in map(str, problem.schema_path):
        # The message of the library would show the value.
        return f"{place}: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'"
    return f"{place}: {problem.message}"


def remedy(name: str, known: Iterable[str]) -> str:
    """What somebody may have meant who wrote `name`."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"


def _known(schema_path: Iterable[str | int], schema: Mapping[str, Any]) -> list[str]:
    node: Any = schema
    for part in list(schema_path)[:-1]:
        node = node[part]
    return list(node.get("properties", {}))
