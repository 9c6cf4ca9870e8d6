"""What is wrong with a table of the target file, said by key and remedy instead of in the words of a JSON Schema."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a table",
    "string": "text in quotes",
}


def say(problem: jsonschema_rs.ValidationError, schema: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """The places and the remedies. No value is shown: any could be a secret that stands at the wrong place.

    Args:
        problem: what was found, by a validator that masks values.
        schema: what it was held against.
        place: where the table stands in the file; nothing where it is the file.
    """
    node: Any = schema
    for part in list(problem.schema_path)[:-1]:
        node = node[part]
    place = ".".join([*([place] if place else []), *map(str, problem.instance_path)]) or "the file"
    if problem.kind.name == "additionalProperties":
        names = problem.kind.as_dict()["unexpected"]
        yield from (f"{place}: unknown key {name!r}; {remedy(name, node.get('properties', {}))}" for name in names)
    elif problem.kind.name == "required":
        yield f"{place}: {problem.kind.as_dict()['property']!r} is missing; add it"
    elif "secret" in map(str, problem.schema_path):
        yield f"{place}: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'"
    else:
        told = problem.message
        if problem.kind.name == "type":
            told = f"must be {' or '.join(_TYPES[name] for name in problem.kind.as_dict()['types'])}"
        elif problem.kind.name == "pattern":
            told = "not of the right form"
        meant = node.get("description") if isinstance(node, dict) else None
        yield f"{place}: {told}; expected: {meant[0].lower()}{meant[1:]}" if meant else f"{place}: {told}"


def remedy(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that is not known."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known) or 'none'}"
