"""The operations, answers and links of a document, as far as they can be followed. Pure.

A reference that leads nowhere is the finding of one rule alone: the others pass over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..reading import DocumentError
from ..tree import Tree, escaped

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """An operation.

    Attributes:
        name: its operationId, or its method and path.
        pointer: where it stands.
        parameters: its own and those of its path, each with its place; what overrides comes last.
    """

    name: str
    method: str
    path: str
    pointer: str
    node: Node
    parameters: tuple[tuple[str, Node], ...]


def look(tree: Tree, pointer: str) -> tuple[str, Node] | None:
    """The object at a pointer, or None where none can be reached."""
    try:
        return tree.at(pointer)
    except DocumentError:
        return None


def members(tree: Tree, pointer: str, node: Node, key: str) -> Iterator[tuple[str, str, Node]]:
    """Name, place and object of each member of an object or list that stands under `key`."""
    held = node.get(key)
    named = held if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ()
    for name in named:
        if found := look(tree, f"{pointer}/{key}/{escaped(str(name))}"):
            yield str(name), *found


def operations(tree: Tree) -> Iterator[Described]:
    """All operations, in the document's order."""
    for path, base, item in members(tree, "", tree.root, "paths"):
        shared = tuple((where, node) for _, where, node in members(tree, base, item, "parameters"))
        for method in METHODS:
            found = look(tree, f"{base}/{method}") if method in item else None
            if found is None:
                continue
            pointer, node = found
            own = tuple((where, held) for _, where, held in members(tree, pointer, node, "parameters"))
            name = str(node.get("operationId") or f"{method.upper()} {path}")
            yield Described(name, method, path, pointer, node, (*shared, *own))


def responses(tree: Tree, operation: Described) -> Iterator[tuple[str, str, Node]]:
    """Status, place and object of each answer."""
    for status, pointer, node in members(tree, operation.pointer, operation.node, "responses"):
        if not status.startswith("x-"):
            yield status, pointer, node


def everything(tree: Tree) -> Iterator[tuple[str, Any]]:
    """Each object and list with its pointer, but for what stands in examples and other values."""
    todo: list[tuple[str, Any, bool]] = [("", tree.root, False)]
    while todo:
        pointer, node, named = todo.pop()
        yield pointer, node
        held = node.items() if isinstance(node, dict) else enumerate(node)
        for key, item in held:
            # Under `properties` and the like, names are the author's own.
            value = not named and (key in _VALUES or (key == "examples" and not _holds_references(item)))
            if isinstance(item, dict | list) and not value:
                todo.append((f"{pointer}/{escaped(str(key))}", item, not named and key in _NAMED))


_VALUES = {"const", "default", "enum", "example", "value"}
_NAMED = {"properties", "patternProperties", "$defs", "schemas", "responses", "headers", "examples", "links", "paths"}
_NAMED |= {"parameters", "requestBodies", "callbacks", "pathItems", "securitySchemes", "dependentSchemas", "variables"}


def _holds_references(examples: object) -> bool:
    """Whether these are Example Objects by name; in a schema they are a list of values."""
    return isinstance(examples, dict)
