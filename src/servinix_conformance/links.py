"""Links of an OpenAPI document: where an answer leads, and with which values (OpenAPI 3.1, section 4.8.20). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .document import Answer, Document, Operation
from .places import MISSING, follow
from .tree import escaped

_EMBEDDED = re.compile(r"\{(\$[^}]+)\}")
_REFERENCE = re.compile(r"#/paths/(?P<path>[^/]+)/(?P<method>[a-z]+)")


class Nowhere(Exception):  # noqa: N818 - where the link leads
    """A link leads nowhere; the message says which part of it does."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link from the answers of one status to another operation.

    Attributes:
        target: the operation as the link names it.
        parameters: the value or expression of each parameter, by name, or by place and name as in `path.id`.
        body: those of the request body; `MISSING` where it says nothing of one.
    """

    name: str
    target: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    body: object = MISSING


@dataclass(frozen=True, slots=True)
class Said:
    """A request and its answer, as expressions of links speak of them."""

    method: str
    url: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: object
    answer: Answer


def links(document: Document, operation: Operation, status: int) -> list[Link]:
    """The links of an answer, in the order of the document."""
    key = operation.described_as(status)
    found = []
    for name, (_, link) in _links(document, operation, key).items() if key is not None else ():
        target = str(link.get("operationId") or link.get("operationRef") or "")
        found.append(Link(name, target, link.get("parameters") or {}, link.get("requestBody", MISSING)))
    return found


def linking(document: Document) -> list[Operation]:
    """The operations with an answer that leads on."""
    return [item for item in document.operations.values() if any(_links(document, item, key) for key in item.statuses)]


def _links(document: Document, operation: Operation, key: str) -> dict[str, tuple[str, dict[str, Any]]]:
    pointer, response = document.at(f"{operation.pointer}/responses/{escaped(key)}")
    return {name: document.at(f"{pointer}/links/{escaped(name)}") for name in response.get("links") or {}}


def target_of(document: Document, link: Link) -> Operation:
    """The operation that a link leads to.

    Raises:
        Nowhere: the document has none such.
    """
    operation = document.operations.get(link.target)
    if operation is None and (match := _REFERENCE.fullmatch(link.target)):
        path = match["path"].replace("~1", "/").replace("~0", "~")
        operation = document.find(f"{match['method'].upper()} {path}")
    if operation is None:
        raise Nowhere(f"the document has no operation {link.target!r}")
    return operation


def places(document: Document, target: Operation, link: Link, said: Said) -> dict[str, object]:
    """What a link gives of the next request, by place as bindings write it.

    Raises:
        Nowhere: an expression finds nothing, or the target has no such parameter.
    """
    given = {}
    for name, expression in link.parameters.items():
        where, _, rest = name.partition(".")
        kind, key = (where, rest) if rest and where in _KINDS else (_kind(document, target, name), name)
        given[f"{kind}:{key}"] = evaluated(expression, said)
    if isinstance(link.body, Mapping):
        for name, expression in link.body.items():
            given[f"/{escaped(str(name))}"] = evaluated(expression, said)
    return given


_KINDS = {"path", "query", "header", "cookie"}


def _kind(document: Document, target: Operation, name: str) -> str:
    path = target.pointer.rpartition("/")[0]
    for pointer in (target.pointer, path):
        _, node = document.at(pointer)
        for number, _item in enumerate(node.get("parameters") or ()):
            _, parameter = document.at(f"{pointer}/parameters/{number}")
            if parameter.get("name") == name:
                return str(parameter.get("in"))
    raise Nowhere(f"{target.id} has no parameter {name!r}")


def evaluated(expression: object, said: Said) -> object:
    """The value of a runtime expression, of a text with expressions in it, or of anything else: itself.

    Raises:
        Nowhere: an expression finds nothing.
    """
    if not isinstance(expression, str):
        return expression
    if expression.startswith("$"):
        value = _looked_up(expression, said)
        if value is MISSING or value is None:
            raise Nowhere(f"{expression} finds nothing")
        return value
    return _EMBEDDED.sub(lambda match: str(evaluated(match[1], said)), expression)


def _looked_up(expression: str, said: Said) -> object:
    whole = {"$url": said.url, "$method": said.method, "$statusCode": said.answer.status}
    if expression in whole:
        return whole[expression]
    side, _, rest = expression.partition(".")
    kind, _, name = rest.partition(".")
    if rest.startswith("body"):
        body = said.answer.json() if side == "$response" else said.body
        return follow(rest.partition("#")[2], body)
    if kind == "header":
        headers = said.answer.headers if side == "$response" else said.headers
        return {str(key).lower(): value for key, value in headers.items()}.get(name.lower(), MISSING)
    named = {"path": said.path, "query": said.query}.get(kind, {}) if side == "$request" else {}
    return named.get(name, MISSING)
