"""Rules on schemas and examples: every schema can be used, and every example and default fits its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

import jsonschema_rs

from ..tree import Tree, escaped, refers
from .findings import Fault
from .walking import Node, everything, look, members

_ROOT = "urn:servinix:checked"
_STRUCTURED = re.compile(
    r"(application/(.+\+)?json|application/x-www-form-urlencoded|multipart/.+)(;.*)?", re.IGNORECASE
)
_UNEVALUATED = ("additionalProperties", "unevaluatedItems", "unevaluatedProperties")
_ONE = ("items", "not", "if", "then", "else", "propertyNames", "contains", *_UNEVALUATED)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "$defs", "dependentSchemas")
_MOST_FAULTS = 3

Side = Literal["request", "answer", "either"]


def examples(tree: Tree) -> Iterator[Fault]:
    """Each schema can be used, and each example fits its own."""
    looking = _Looking(tree)
    for pointer, node in everything(tree):
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("content"), dict):
            for kind, place, media in members(tree, pointer, node, "content"):
                if place.startswith(pointer) and _STRUCTURED.fullmatch(kind.strip()):
                    yield from looking.holder(place, media, _side(place))
        if "in" in node and "name" in node and isinstance(node.get("schema"), dict):
            yield from looking.holder(pointer, node, "request")
        if _holds_headers(pointer) and isinstance(node.get("schema"), dict):
            yield from looking.holder(pointer, node, "answer")
    for pointer, node in _schemas(tree):
        yield from looking.schema(pointer, node)


class _Looking:
    """What was compiled for one document, and what was told of it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._useless: set[str] = set()

    def holder(self, pointer: str, node: Node, side: Side) -> Iterator[Fault]:
        """What has a schema, and examples beside it."""
        if "schema" not in node:
            return
        values = [(f"{pointer}/example", node["example"])] if "example" in node else []
        for _, place, example in members(self._tree, pointer, node, "examples"):
            values += [(f"{place}/{key}", example[key]) for key in ("value", "dataValue") if key in example]
        yield from self._judged(f"{pointer}/schema", values, side)

    def schema(self, pointer: str, node: Node) -> Iterator[Fault]:
        """A schema, with the values in it."""
        values = [(f"{pointer}/{key}", node[key]) for key in ("example", "default") if key in node]
        if isinstance(node.get("examples"), list):
            values += [(f"{pointer}/examples/{number}", item) for number, item in enumerate(node["examples"])]
        if values:
            yield from self._judged(pointer, values, "either")

    def _judged(self, pointer: str, values: Iterable[tuple[str, object]], side: Side) -> Iterator[Fault]:
        try:
            validator = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{_ROOT}#{quote(pointer)}"},
                registry=self._registries[side],
                validate_formats=True,
                offline=True,
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            if isinstance(getattr(error, "kind", None), jsonschema_rs.ValidationErrorKind.Referencing):
                return  # a finding of the rule on references
            path = getattr(error, "instance_path", ())
            place = "".join(f"/{escaped(str(part))}" for part in path) or pointer
            if place not in self._useless:
                self._useless.add(place)
                told = f"is no schema that can be used: {_short(getattr(error, 'message', str(error)))}"
                yield place, told, "correct it (JSON Schema 2020-12)"
            return
        for place, value in values:
            for problem in list(validator.iter_errors(value))[:_MOST_FAULTS]:
                at = "".join(f"at /{'/'.join(map(str, path))}: " for path in [problem.instance_path] if path)
                told = f"does not fit its schema: {at}{_short(problem.message)}"
                yield place, told, "correct the example, or the schema"

    @cached_property
    def _registries(self) -> dict[Side, jsonschema_rs.Registry]:
        hidden: dict[Side, tuple[str, ...]] = {
            "request": ("readOnly",),
            "answer": ("writeOnly",),
            "either": ("readOnly", "writeOnly"),
        }
        return {
            side: jsonschema_rs.Registry([(_ROOT, _without(self._tree, flags))], draft=jsonschema_rs.Draft202012)
            for side, flags in hidden.items()
        }


def _without(tree: Tree, flags: tuple[str, ...]) -> dict[str, Any]:
    """The tree, in which a property of the other side is not required (OpenAPI 3.0.3, section 4.7.24.2)."""

    def hidden(pointer: str, name: str) -> bool:
        found = look(tree, f"{pointer}/properties/{escaped(name)}")
        return found is not None and any(found[1].get(flag) is True for flag in flags)

    def copied(node: Any, pointer: str) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, list):
            return [copied(item, f"{pointer}/{number}") for number, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        made = {key: copied(item, f"{pointer}/{escaped(key)}") for key, item in node.items()}
        required = node.get("required")
        if isinstance(required, list) and isinstance(node.get("properties"), dict):
            made["required"] = [name for name in required if not (isinstance(name, str) and hidden(pointer, name))]
        return made

    root: dict[str, Any] = copied(tree.root, "")
    return root


def _schemas(tree: Tree) -> Iterator[tuple[str, Node]]:
    """Each schema that stands in the document, and those in it."""
    todo = [
        (f"{pointer}/{key}", node[key])
        for pointer, node in everything(tree)
        if isinstance(node, dict)
        for key in ("schema", "itemSchema")
        if isinstance(node.get(key), dict) and not pointer.endswith("/properties")
    ]
    components = tree.root.get("components")
    named = components.get("schemas") if isinstance(components, dict) else None
    todo += [(f"/components/schemas/{escaped(name)}", it) for name, it in (named or {}).items() if isinstance(it, dict)]
    while todo:
        pointer, node = todo.pop(0)
        if not refers(node):
            yield pointer, node
        for key in _ONE:
            if isinstance(node.get(key), dict):
                todo.append((f"{pointer}/{key}", node[key]))
        for key in _LISTS:
            if isinstance(node.get(key), list):
                todo += [(f"{pointer}/{key}/{n}", it) for n, it in enumerate(node[key]) if isinstance(it, dict)]
        for key in _NAMED:
            if isinstance(node.get(key), dict):
                todo += [
                    (f"{pointer}/{key}/{escaped(name)}", it) for name, it in node[key].items() if isinstance(it, dict)
                ]


def _holds_headers(pointer: str) -> bool:
    return re.search(r"/headers/[^/]+$", pointer) is not None


def _side(pointer: str) -> Side:
    return "request" if "/requestBody/" in pointer or "/requestBodies/" in pointer else "answer"


def _short(message: str) -> str:
    most = 200
    return message if len(message) <= most else f"{message[:most]}..."
