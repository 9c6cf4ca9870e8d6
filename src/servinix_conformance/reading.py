"""What a target sends, as trees: JSON as RFC 8259 has it, and OpenAPI documents. Pure, and bounded whatever came."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import yaml

MOST_OF_A_DOCUMENT = 16 * 1024 * 1024
"""Bytes of an OpenAPI document that are read; large interfaces have some megabytes."""
_MOST_LEVELS = 100
_MOST_NODES = 500_000
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[][{}]")
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


class DocumentError(ValueError):
    """The OpenAPI document cannot be used; the message says where and why."""


def json_of(body: bytes) -> Any:  # noqa: ANN401 - whatever was sent
    """The value of a JSON text.

    Raises:
        ValueError: it is none: not UTF-8, not JSON, with half a character in it, or nested beyond all sense.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    # Few texts have so many brackets that they have to be looked at.
    if text.count("[") + text.count("{") > _MOST_LEVELS and _levels(text) > _MOST_LEVELS:
        raise ValueError(f"nested more than {_MOST_LEVELS} levels deep")
    value = json.loads(text, parse_constant=_no_number)
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ValueError("half a surrogate pair is no character") from error
    return value


def _levels(text: str) -> int:
    level = most = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        level += 1 if bracket in "[{" else -1
        most = max(most, level)
    return most


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def document_of(text: str, source: str, *, plain: bool = False) -> dict[str, Any]:
    """The tree of an OpenAPI 3 document, with references as they are.

    Args:
        text: YAML or JSON.
        source: where the text is from, for messages.
        plain: leave as it is what OpenAPI 3.0 says in another way than JSON Schema.

    Raises:
        DocumentError: the text is none.
    """
    try:
        tree = _parse(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise DocumentError(f"{source}{place}: is neither YAML nor JSON: {error.problem}") from error
    except json.JSONDecodeError as error:
        raise DocumentError(f"{source}:{error.lineno}:{error.colno}: is neither YAML nor JSON: {error.msg}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentError(f"{source}: is neither YAML nor JSON: {error}") from error
    if not isinstance(tree, dict):
        raise DocumentError(f"{source}: is no OpenAPI document: an object was expected, not {type(tree).__name__}")
    version = tree.get("openapi")
    if isinstance(version, float):
        raise DocumentError(f"{source}: /openapi: {version} is a number; write it as '{version}.0', with quotes")
    if not isinstance(version, str) or not version.startswith("3."):
        told = f"swagger {tree['swagger']}" if "swagger" in tree else repr(version)
        raise DocumentError(f"{source}: /openapi: OpenAPI 3.0, 3.1 or 3.2 was expected, not {told}")
    _weigh(tree, source)
    return _normalized(tree, old=version.startswith("3.0") and not plain)  # type: ignore[no-any-return]


def _parse(text: str) -> object:
    if text.lstrip().startswith("{"):
        return json.loads(text)
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def _weigh(tree: object, source: str) -> None:
    """Refuse what YAML's aliases blow up, or make without end."""
    todo = [(tree, "", 0)]
    for _ in range(_MOST_NODES):
        if not todo:
            return
        node, pointer, level = todo.pop()
        if level > _MOST_LEVELS:
            raise DocumentError(f"{source}: {pointer[:80]}: nested more than {_MOST_LEVELS} levels deep, or in itself")
        members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        todo += [(item, f"{pointer}/{key}", level + 1) for key, item in members if isinstance(item, dict | list)]
    raise DocumentError(f"{source}: has more than {_MOST_NODES} objects and lists once its aliases are filled in")


def _normalized(node: Any, *, old: bool) -> Any:  # noqa: ANN401 - any JSON
    """Keys as strings (YAML reads `200:` as a number), and what OpenAPI 3.0 says in its own way as JSON Schema does."""
    if isinstance(node, list):
        return [_normalized(item, old=old) for item in node]
    if not isinstance(node, dict):
        # YAML reads unquoted timestamps as such.
        return node if node is None or isinstance(node, str | int | float) else str(node)
    changed = {str(key): _normalized(item, old=old) for key, item in node.items()}
    if not old:
        return changed
    for exclusive, bound in _BOUNDS.items():
        if isinstance(changed.get(exclusive), bool) and changed.pop(exclusive) and bound in changed:
            changed[exclusive] = changed.pop(bound)
    # A property may have this name too.
    if isinstance(changed.get("nullable"), bool) and changed.pop("nullable"):
        return {"anyOf": [changed, {"type": "null"}]}
    return changed
