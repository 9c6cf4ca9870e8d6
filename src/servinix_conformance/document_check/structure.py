"""Rules on how a document hangs together: references, operationIds, parameters of paths, links. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..reading import DocumentError
from ..tree import Tree, escaped, refers
from .findings import Fault
from .walking import Described, everything, look, members, operations, responses

_BUNDLE = "bundle the document into one file, as `redocly bundle` does"


def references(tree: Tree) -> Iterator[Fault]:
    """Each reference leads to something in this document."""
    for pointer, node in everything(tree):
        if not isinstance(node, dict) or not refers(node):
            continue
        reference = node["$ref"]
        if not isinstance(reference, str):
            yield f"{pointer}/$ref", f"a reference is a string, not {reference!r}", "write '#/components/...'"
        elif not reference.startswith("#"):
            yield f"{pointer}/$ref", f"{reference} leads out of the document", _BUNDLE
        elif reference != "#" and not reference.startswith("#/"):
            told = f"{reference} is an anchor, which this suite does not follow"
            yield f"{pointer}/$ref", told, "write it as a pointer, '#/components/...'"
        elif reference != "#":
            yield from _resolved(tree, pointer, reference)


def operation_ids(tree: Tree) -> Iterator[Fault]:
    """Each operation has an operationId of its own."""
    seen: dict[str, Described] = {}
    for operation in operations(tree):
        where = f"{operation.method.upper()} {operation.path}"
        if "operationId" not in operation.node:
            told = f"{where} has no operationId, so that no client and no link can name it"
            yield operation.pointer, told, "give it one"
        elif first := seen.get(operation.name):
            told = f"operationId {operation.name} is that of {first.method.upper()} {first.path} too"
            yield f"{operation.pointer}/operationId", told, "rename one"
        seen.setdefault(operation.name, operation)


def path_parameters(tree: Tree) -> Iterator[Fault]:
    """A path and its parameters name each other."""
    for operation in operations(tree):
        named = set(re.findall(r"\{([^}]+)\}", operation.path))
        described = {str(it.get("name")): place for place, it in operation.parameters if it.get("in") == "path"}
        for name in sorted(named - described.keys()):
            told = f"{operation.name}: the path has {{{name}}}, and no parameter describes it"
            yield operation.pointer, told, f"describe a parameter {name!r} with in: path"
        for name in sorted(described.keys() - named):
            told = f"{operation.name}: the path parameter {name!r} is not in {operation.path}"
            yield described[name], told, "remove it, or put it into the path"
        for place, parameter in operation.parameters:
            if parameter.get("in") == "path" and parameter.get("required") is not True:
                told = f"{operation.name}: the path parameter {parameter.get('name')!r} must be required"
                yield place, told, "write required: true"


def links(tree: Tree) -> Iterator[Fault]:
    """Each link leads to an operation that takes what it carries."""
    described = list(operations(tree))
    named = {operation.name: operation for operation in described}
    for operation in described:
        for status, pointer, response in responses(tree, operation):
            for name, place, link in members(tree, pointer, response, "links"):
                told = f"{operation.name} {status}: the link {name}"
                target = _target(tree, link, named)
                if target is None:
                    to = link.get("operationId", link.get("operationRef"))
                    yield place, f"{told} leads to {to!r}, which is no operation here", "name an operationId"
                    continue
                taken = {str(it.get("name")) for _, it in target.parameters}
                carried = link.get("parameters")
                for parameter in carried if isinstance(carried, dict) else ():
                    if parameter.rpartition(".")[2] not in taken:
                        told_more = f"{told} carries {parameter!r}, and {target.name} has no such parameter"
                        yield f"{place}/parameters/{escaped(parameter)}", told_more, "correct the name"


def _resolved(tree: Tree, pointer: str, reference: str) -> Iterator[Fault]:
    try:
        tree.find(pointer)
    except DocumentError as error:
        if "circle" in str(error):
            yield f"{pointer}/$ref", f"{reference} leads back to itself", "put the schema in the place of one of them"
        elif "leads out of" not in str(error):
            remedy = "correct the reference, or describe what it names"
            yield f"{pointer}/$ref", f"nothing stands at {reference}", remedy


def _target(tree: Tree, link: dict[str, object], named: dict[str, Described]) -> Described | None:
    if "operationId" in link:
        return named.get(str(link["operationId"]))
    reference = str(link.get("operationRef", ""))
    found = look(tree, reference[1:]) if reference.startswith("#/") else None
    return next((it for it in named.values() if found is not None and it.pointer == found[0]), None)
