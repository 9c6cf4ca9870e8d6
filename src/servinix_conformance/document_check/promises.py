"""Rules on what operations promise: their answers, every refusal, and whether they need a token. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..tree import Tree, escaped
from .findings import Fault
from .walking import Described, look, members, operations, responses

_STATUS = re.compile(r"[1-5]([0-9]{2}|XX)|default")
_REFUSAL = re.compile(r"[45]([0-9]{2}|XX)|default")
_TAKEN = re.compile(r"[123]([0-9]{2}|XX)")


def answers(tree: Tree) -> Iterator[Fault]:
    """Each operation says what it answers, and what that means."""
    for operation in operations(tree):
        described = operation.node.get("responses")
        if not isinstance(described, dict) or not described:
            yield operation.pointer, f"{operation.name} describes no answer at all", "describe its responses"
            continue
        found = list(responses(tree, operation))
        for status, pointer, node in found:
            if not _STATUS.fullmatch(status):
                told = f"{operation.name}: {status!r} is no status"
                yield pointer, told, "write three digits, a range such as '4XX', or default"
            if not str(node.get("description") or "").strip():
                told = f"{operation.name}: nothing says what the answer {status} means"
                yield pointer, told, "give it a description"
        if not any(_TAKEN.fullmatch(status) for status, _, _ in found) and found:
            yield f"{operation.pointer}/responses", f"{operation.name} describes no success", "describe one"


def refusals(tree: Tree) -> Iterator[Fault]:
    """Each refusal that an operation can give is described, and what it holds."""
    for operation in operations(tree):
        found = {status: (pointer, node) for status, pointer, node in responses(tree, operation)}
        if not found:
            continue
        where = f"{operation.pointer}/responses"
        takes = [*(str(it.get("name")) for _, it in operation.parameters)]
        takes += ["a body"] if "requestBody" in operation.node else []
        # What cannot be read in a path may as well name nothing that exists.
        in_path = "requestBody" not in operation.node and all(it.get("in") == "path" for _, it in operation.parameters)
        if takes and not found.keys() & {"400", "422", "4XX", "default", *(("404",) if in_path else ())}:
            told = f"{operation.name} takes {', '.join(takes)}, and describes no refusal of what cannot be read"
            yield where, told, "describe 400, and what it answers then"
        if _needs(tree, operation) and not found.keys() & {"401", "4XX", "default"}:
            told = f"{operation.name} needs a token, and describes no refusal without one"
            yield where, told, "describe 401"
        for status, (pointer, node) in found.items():
            if _REFUSAL.fullmatch(status):
                for kind, place, media in members(tree, pointer, node, "content"):
                    if "schema" not in media and "itemSchema" not in media:
                        told = f"{operation.name} {status}: nothing says what {kind} holds"
                        yield place, told, "give it a schema"


def security(tree: Tree) -> Iterator[Fault]:
    """Each operation says whether it needs a token, by schemes that are described."""
    schemes = {name for name, _, _ in members(tree, "/components", _components(tree), "securitySchemes")}
    everywhere = "security" in tree.root
    yield from _named(tree.root.get("security"), "/security", "the document", schemes)
    for operation in operations(tree):
        if "security" in operation.node:
            asked = operation.node["security"]
            yield from _named(asked, f"{operation.pointer}/security", operation.name, schemes)
        elif not everywhere:
            told = f"{operation.name} does not say whether it needs a token"
            yield operation.pointer, told, "name a security scheme, or write security: [] where it is open"


def _named(asked: object, pointer: str, whose: str, schemes: set[str]) -> Iterator[Fault]:
    if asked is not None and not isinstance(asked, list):
        yield pointer, f"{whose}: security must be a list", "write security: [{scheme: []}]"
        return
    for number, option in enumerate(asked or ()):
        for name in option if isinstance(option, dict) else ():
            if name not in schemes:
                told = f"{whose} needs {name!r}, which is no security scheme here"
                yield f"{pointer}/{number}/{escaped(name)}", told, "describe it under components/securitySchemes"


def _needs(tree: Tree, operation: Described) -> bool:
    asked = operation.node.get("security", tree.root.get("security"))
    return isinstance(asked, list) and bool(asked) and all(bool(option) for option in asked)


def _components(tree: Tree) -> dict[str, object]:
    found = look(tree, "/components")
    return found[1] if found else {}
