"""What is wrong with a table of the target file, said by key and remedy instead of in the words of a JSON Schema."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs


def say(problem: jsonschema_rs.ValidationError, schema: Mapping[str, Any], place: str = "") -> str:
    """One problem.

    Args:
        problem: what the schema found.
        schema: the whole schema.
        place: where the table stands in the file; nothing where it is the file.
    """
    path = ".".join([*([place] if place else []), *map(str, problem.instance_path)]) or "the file"
    if problem.kind.name == "additionalProperties":
        known = _known(schema, problem.schema_path)
        names = problem.kind.as_dict()["unexpected"]
        return "; ".join(f"{path}: unknown key {name!r}; {remedy(name, known)}" for name in names)
    if "secret" in map(str, problem.schema_path):
        # The message of the library would show the value.
        return f"{path}: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'"
    return f"{path}: {problem.message}"


def remedy(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that is not known."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"


def _known(schema: Mapping[str, Any], schema_path: list[str | int]) -> list[str]:
    node: Any = schema
    for part in schema_path[:-1]:
        node = node[part]
    return list(node.get("properties", {}))
