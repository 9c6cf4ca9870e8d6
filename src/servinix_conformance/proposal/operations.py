"""What each operation of a document takes and gives, as far as the document says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from ..document import Document, DocumentError, Operation
from ..tree import escaped
from .schemas import Member, Schemas
from .words import words

Takes = Literal["json", "form", "nothing"]

_JSON = re.compile(r"application/(.+\+)?json|\*/\*|application/\*", re.IGNORECASE)
_COOKIE = re.compile(r"\s*\^?([A-Za-z0-9_.-]+)=")
_FIRST_ERROR = 400
_KINDS = {"path", "query", "header", "cookie"}
_UNSAID = {"accept", "content-type", "authorization"}
"""Header parameters that OpenAPI 3 tells to ignore."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success. `status` is None for `default`."""

    status: int | None
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Described:
    """One operation.

    Attributes:
        takes: what kind of body.
        requests: the requests that it takes, where alternatives are told apart; one at the least.
        bearer: whether it takes an access token.
    """

    operation: Operation
    node: Mapping[str, Any] = field(repr=False)
    takes: Takes
    requests: tuple[tuple[Member, ...], ...]
    keys: frozenset[str]
    bearer: bool
    _document: Document = field(repr=False)
    _schemas: Schemas = field(repr=False)

    @cached_property
    def name(self) -> tuple[str, ...]:
        """The words of its operationId, if it has one."""
        return words(self.operation.id) if "operationId" in self.node else ()

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The words of its path, without parameters and versions."""
        return words(" ".join(self._segments))

    @cached_property
    def tail(self) -> tuple[str, ...]:
        """The words of the last two parts of its path: what comes before speaks of what surrounds it."""
        return words(" ".join(self._segments[-2:]))

    @property
    def _segments(self) -> list[str]:
        return [part for part in self.operation.path.split("/") if part and not re.match(r"\{|v[0-9]|api$", part)]

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The words of its summary and tags."""
        tags = self.node.get("tags")
        return words(" ".join([str(self.node.get("summary", "")), *(map(str, tags) if isinstance(tags, list) else ())]))

    @cached_property
    def answers(self) -> tuple[Member, ...]:
        """All that its successes may hold, with their headers and cookies."""
        found: dict[tuple[str | None, str], Member] = {}
        for _, members in self.successes:
            for member in members:
                key = (member.within, member.place)
                known = found.get(key)
                both = member if known is None else replace(member, required=known.required and member.required)
                found[key] = both if known is None else replace(both, values=(*known.values, *member.values))
        return tuple(found.values())

    @cached_property
    def successes(self) -> tuple[tuple[str, tuple[Member, ...]], ...]:
        """The members of each success, with its status."""
        return tuple(
            (key, self.response(key)) for key in self.operation.responses if re.fullmatch("2([0-9]{2}|XX)", key)
        )

    @cached_property
    def alternatives(self) -> tuple[tuple[Member, ...], ...]:
        """The bodies of its successes, alternatives told apart; one without members where there is no body."""
        found: list[tuple[Member, ...]] = []
        for key, _ in self.successes:
            pointer = self._body(f"{self.operation.pointer}/responses/{key}")
            found += self._schemas.alternatives(pointer, "answer") if pointer else [()]
        return tuple(found)

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """All that it answers besides."""
        made = []
        for key in self.operation.responses:
            status = int(key) if re.fullmatch("[345][0-9][0-9]", key) else None
            if key in {"default", "4XX", "5XX"} or (status is not None and status >= _FIRST_ERROR):
                made.append(Refusal(status, self.response(key)))
        return tuple(made)

    @cached_property
    def sets_cookies(self) -> bool:
        """Whether a success sets a cookie, be it one without a name."""
        return any(name.lower() == "set-cookie" for key, _ in self.successes for name in self._headers(key))

    @cached_property
    def links(self) -> tuple[tuple[str, str, str], ...]:
        """What the document says is to be carried from an answer into a request: operation, place there, place here."""
        return tuple(self._links())

    def response(self, key: str) -> tuple[Member, ...]:
        """The members of the answer that the document has under `key`, with its headers and cookies."""
        pointer = self._body(f"{self.operation.pointer}/responses/{key}")
        members = list(self._schemas.members(pointer, "answer")) if pointer else []
        for name, header in self._headers(key).items():
            if name.lower() == "set-cookie":
                members += [Member(f"cookie:{cookie}", required=True) for cookie in _cookies(header)]
            elif name.lower() not in {"cache-control", "www-authenticate"}:
                members.append(
                    Member(f"header:{name}", required=header.get("required") is True, types=frozenset({"string"}))
                )
        return tuple(members)

    def _headers(self, key: str) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        try:
            pointer, response = self._document.at(f"{self.operation.pointer}/responses/{key}")
            for name in _names(response.get("headers")):
                found[name] = self._document.at(f"{pointer}/headers/{escaped(name)}")[1]
        except DocumentError as error:
            self._schemas.unread[str(error)] = None
        return found

    def _body(self, pointer: str) -> str | None:
        kind, schema = body(self._document, self._schemas, pointer)
        return schema if kind == "json" else None

    def _links(self) -> Iterator[tuple[str, str, str]]:
        for status, _ in self.successes:
            try:
                pointer, response = self._document.at(f"{self.operation.pointer}/responses/{status}")
                named = _names(response.get("links"))
                links = [self._document.at(f"{pointer}/links/{escaped(name)}")[1] for name in named]
            except DocumentError as error:
                self._schemas.unread[str(error)] = None
                continue
            for link in links:
                to, carried = link.get("operationId"), link.get("requestBody")
                for name, value in carried.items() if isinstance(carried, dict) else ():
                    if isinstance(value, str) and value.startswith("$response.body#/"):
                        yield str(to), f"/{escaped(name)}", value.partition("#")[2]


def described(document: Document, schemas: Schemas) -> list[Described]:
    """All operations of a document."""
    return [_described(document, schemas, operation) for operation in document.operations.values()]


def body(document: Document, schemas: Schemas, pointer: str) -> tuple[Takes, str | None]:
    """What kind of body stands in a request or an answer, and where its schema is; JSON where there is a choice."""
    try:
        where, node = document.at(pointer)
    except DocumentError as error:
        schemas.unread[str(error)] = None
        return "nothing", None
    content = node.get("content")
    if not isinstance(content, dict) or not content:
        return "nothing", None
    kinds = sorted(content, key=lambda kind: not _JSON.fullmatch(kind.partition(";")[0].strip()))
    media = content[kinds[0]]
    schema = f"{where}/content/{escaped(kinds[0])}/schema" if isinstance(media, dict) and "schema" in media else None
    return "json" if _JSON.fullmatch(kinds[0].partition(";")[0].strip()) else "form", schema


def _described(document: Document, schemas: Schemas, operation: Operation) -> Described:
    _, node = document.at(operation.pointer)
    takes, pointer = body(document, schemas, f"{operation.pointer}/requestBody") if "requestBody" in node else _NOTHING
    bodies = schemas.alternatives(pointer, "request") if pointer else [()]
    beside = list(_parameters(document, schemas, operation))
    keys, bearer, more = _security(document, node)
    # What a list may hold is not looked at: nothing of ours stands in one.
    requests = tuple((*(it for it in members if it.within is None), *beside, *more) for members in bodies)
    return Described(operation, node, takes, requests, keys, bearer, document, schemas)


_NOTHING: tuple[Takes, None] = ("nothing", None)


def _parameters(document: Document, schemas: Schemas, operation: Operation) -> Iterator[Member]:
    # A path has its parameters even where they are not described.
    named = re.findall(r"\{([^}]+)\}", operation.path)
    found = {f"path:{name}": Member(f"path:{name}", required=True, types=frozenset({"string"})) for name in named}
    for base in (f"/paths/{escaped(operation.path)}", operation.pointer):
        _, node = document.at(base)
        listed = node.get("parameters")
        for number in range(len(listed) if isinstance(listed, list) else 0):
            try:
                where, parameter = document.at(f"{base}/parameters/{number}")
            except DocumentError as error:
                schemas.unread[str(error)] = None
                continue
            kind, name = str(parameter.get("in")), str(parameter.get("name"))
            if kind not in _KINDS or (kind == "header" and name.lower() in _UNSAID):
                continue
            place = f"{kind}:{name}"
            required = parameter.get("required") is True or kind == "path"
            found[place] = schemas.value(f"{where}/schema", "request", place, required=required)
    yield from found.values()


def _security(document: Document, node: Mapping[str, Any]) -> tuple[frozenset[str], bool, list[Member]]:
    """The schemes that every request needs, whether one of them is a bearer token, and the keys that may be ours."""
    asked = node.get("security", document.security)
    options = [set(option) for option in asked if isinstance(option, dict)] if isinstance(asked, list) else []
    keys: set[str] = set.intersection(*options) if options else set()
    bearer, members = False, []
    for name in sorted(set().union(*options)):
        try:
            _, scheme = document.at(f"/components/securitySchemes/{escaped(name)}")
        except DocumentError:
            # Any name may stand there, and only those that are described can be told apart.
            continue
        kind, where = scheme.get("type"), scheme.get("in")
        if kind == "apiKey" and str(scheme.get("name")).lower() == "authorization":
            bearer = True
        elif kind == "apiKey" and where in ("header", "cookie", "query"):
            members.append(Member(f"{where}:{scheme.get('name')}", required=name in keys))
        bearer = bearer or kind in ("oauth2", "openIdConnect") or str(scheme.get("scheme")).lower() == "bearer"
    return frozenset(keys), bearer, members


def _cookies(header: Mapping[str, Any]) -> list[str]:
    """The names of cookies that a description of `Set-Cookie` gives away."""
    schema = header.get("schema")
    told = [header.get("example"), *_examples(header)]
    if isinstance(schema, dict):
        told += [*(schema.get(key) for key in ("example", "pattern", "const", "default")), *_examples(schema)]
    names = [match[1] for text in told if isinstance(text, str) and (match := _COOKIE.match(text))]
    return list(dict.fromkeys(names))


def _names(node: object) -> list[str]:
    return list(node) if isinstance(node, dict) else []


def _examples(node: Mapping[str, Any]) -> list[object]:
    listed = node.get("examples")
    if isinstance(listed, dict):
        return [item.get("value") for item in listed.values() if isinstance(item, dict)]
    return listed if isinstance(listed, list) else []
