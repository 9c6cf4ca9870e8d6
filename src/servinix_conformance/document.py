"""An OpenAPI document: its operations, and every answer held against it. Pure: a text comes in, judgements go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema_rs

from .events import Violation
from .reading import DocumentError, document_of, json_of
from .tree import VALUES, Tree, escaped

__all__ = ["Answer", "Document", "DocumentError", "Operation", "covers"]

_ROOT = "urn:servinix:document"
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_JSON = re.compile(r"^application/(.+\+)?json$", re.IGNORECASE)
_EMPTY_STATUS = 204


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came. `cut` is true when the body was longer than the limit and is not whole."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    cookies: Mapping[str, str]
    cut: bool = False
    seconds: float = 0.0
    started: float = 0.0  # seconds since 1970

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:  # noqa: ANN401 - whatever the target sent
        """The body as JSON, or None when it is none."""
        if self.cut:
            return None
        try:
            return json_of(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    id: str
    method: str
    path: str
    pointer: str
    responses: Mapping[str, Any]

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters in its path."""
        return re.findall(r"\{([^}]+)\}", self.path)

    @property
    def statuses(self) -> list[str]:
        """Its statuses as the document writes them: `200`, `4XX`, `default`."""
        return [name for name in self.responses if not name.startswith("x-")]

    def described_as(self, status: int) -> str | None:
        """Where the document has a status: itself, then its range, then `default` (OpenAPI 3.1, section 4.8.16.2)."""
        names = (str(status), f"{status // 100}XX", "default")
        return next((name for name in names if name in self.responses), None)

    def url(self, path: Mapping[str, str], query: Mapping[str, str]) -> str:
        """Path and query of a request, from the values of its parameters.

        Raises:
            DocumentError: a path parameter has no value.
        """
        filled = self.path
        for name in self.parameters:
            if name not in path:
                raise DocumentError(f"{self.id}: the path {self.path} needs {name!r}; bind it as 'path:{name}'")
            filled = filled.replace(f"{{{name}}}", quote(path[name], safe=""))
        return f"{filled}?{urlencode(query)}" if query else filled


class Document:
    """A document that was read.

    Args:
        text: YAML or JSON.
        source: where the text is from, for messages.

    Raises:
        DocumentError: the text is no OpenAPI 3 document, or contradicts itself where it matters here.
    """

    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self._tree = Tree(document_of(text, source), source)
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        self.operations: dict[str, Operation] = {}
        for operation in self._scan():
            if first := self.operations.get(operation.id):
                raise DocumentError(
                    f"{source}: {operation.pointer}: operationId {operation.id!r} stands at {first.pointer} too; "
                    "rename one"
                )
            self.operations[operation.id] = operation

    @property
    def title(self) -> str:
        """Title and version, as the document gives them."""
        info = self._tree.root.get("info")
        info = info if isinstance(info, dict) else {}
        return f"{info.get('title', 'untitled')} {info.get('version', '')}".strip()

    @property
    def servers(self) -> list[str]:
        """The URLs that the document gives for its servers, with the defaults of their variables filled in."""
        servers = self._tree.root.get("servers")
        return [_server(item) for item in servers if isinstance(item, dict)] if isinstance(servers, list) else []

    @property
    def security(self) -> object:
        """What operations need that do not say so themselves."""
        return self._tree.root.get("security")

    def schemes(self, operation: Operation) -> tuple[str, ...]:
        """The security schemes that an operation can be used with, by name; none where anybody may."""
        _, node = self._tree.at(operation.pointer)
        needed = node.get("security", self.security)
        return tuple(name for one in needed or () if isinstance(one, dict) for name in one)

    def find(self, name: str) -> Operation | None:
        """The operation with the operationId `name`, or with method and path as in `POST /login`."""
        if name in self.operations:
            return self.operations[name]
        method, _, path = name.partition(" ")
        return next(
            (item for item in self.operations.values() if (item.method, item.path) == (method.upper(), path)), None
        )

    def at(self, pointer: str) -> tuple[str, dict[str, Any]]:
        """The object at a pointer, references followed, and the pointer where it really stands.

        Raises:
            DocumentError: no object stands there, or a reference leads nowhere.
        """
        return self._tree.at(pointer)

    def media_types(self, operation: Operation, status: str) -> list[str]:
        """The media types of a status as the document writes it; one that is empty where the answer has no body."""
        _, response = self._tree.at(f"{operation.pointer}/responses/{escaped(status)}")
        return list(response.get("content") or {}) or [""]

    def violations(self, operation: Operation, answer: Answer) -> list[Violation]:
        """What about the answer the document does not describe; an empty list when it is as described."""
        key = operation.described_as(answer.status)
        if key is None:
            described = f"one of the statuses {', '.join(sorted(operation.statuses))}"
            return [Violation(operation.id, described, f"status {answer.status}")]
        pointer, response = self._tree.at(f"{operation.pointer}/responses/{key}")
        found = [*self._headers(pointer, response, answer), *self._content(pointer, response, answer)]
        return [Violation(operation.id, f"for {answer.status}, {described}", came) for described, came in found]

    def _scan(self) -> Iterator[Operation]:
        paths = self._tree.root.get("paths")
        if not isinstance(paths, dict):
            raise DocumentError(f"{self.source}: /paths: must be an object that names the paths")
        for path in paths:
            _, item = self._tree.at(f"/paths/{escaped(path)}")
            for method in _METHODS:
                if method not in item:
                    continue
                pointer, node = self._tree.at(f"/paths/{escaped(path)}/{method}")
                responses = node.get("responses")
                if not isinstance(responses, dict) or not responses:
                    raise DocumentError(
                        f"{self.source}: {pointer}/responses: must be an object with at least one status"
                    )
                name = node.get("operationId") or f"{method.upper()} {path}"
                yield Operation(str(name), method.upper(), path, pointer, responses)

    def check(self, names: Iterable[str]) -> None:
        """Look at all that these operations refer to, so that none of it is found unusable in the middle of a run.

        Raises:
            DocumentError: a reference that leads nowhere or in a circle, or something that is no schema.
        """
        followed: set[str] = set()
        for operation in filter(None, map(self.find, names)):
            for status in operation.statuses:
                pointer, response = self._tree.at(f"{operation.pointer}/responses/{escaped(status)}")
                self._follow(pointer, response, followed)
                for kind in ("headers", "content"):
                    members = response.get(kind) or {}
                    if not isinstance(members, dict):
                        raise DocumentError(f"{self.source}: {pointer}/{kind}: must be an object")
                    for name in members:
                        place, member = self._tree.at(f"{pointer}/{kind}/{escaped(name)}")
                        if "schema" in member:
                            self._validator(f"{place}/schema")

    def _follow(self, pointer: str, node: object, followed: set[str]) -> None:
        todo = [(pointer, node)]
        while todo:
            pointer, node = todo.pop()
            if isinstance(node, dict) and str(node.get("$ref", "")).startswith("#/"):
                pointer, node = self._tree.find(pointer)
                if pointer in followed:
                    continue
                followed.add(pointer)
            members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
            todo += [(f"{pointer}/{escaped(str(key))}", item) for key, item in members if key not in VALUES]

    def _headers(self, pointer: str, response: Mapping[str, Any], answer: Answer) -> Iterator[tuple[str, str]]:
        for name in response.get("headers") or {}:
            place, header = self._tree.at(f"{pointer}/headers/{escaped(name)}")
            value = answer.headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield f"a header {name}", "none"
            elif "schema" in header:
                for problem in self._validator(f"{place}/schema").iter_errors(self._typed(f"{place}/schema", value)):
                    yield f"the header {name} as its schema has it", problem.message

    def _typed(self, pointer: str, value: str) -> str | int:
        _, schema = self._tree.at(pointer)
        return int(value) if schema.get("type") == "integer" and re.fullmatch(r"-?[0-9]{1,18}", value) else value

    def _content(self, pointer: str, response: Mapping[str, Any], answer: Answer) -> Iterator[tuple[str, str]]:
        content = response.get("content") or {}
        if answer.cut:
            yield "an answer of a sensible size", f"more than {len(answer.body)} bytes"
        elif not content:
            if answer.body:
                yield "no body", f"{len(answer.body)} bytes of {answer.media_type or 'no media type'}"
        else:
            key = next((key for key in content if covers(key, answer.media_type)), None)
            if key is None:
                yield f"the media type {' or '.join(content)}", answer.media_type or "none"
            elif _JSON.match(answer.media_type) and "schema" in content[key]:
                yield from self._body(f"{pointer}/content/{escaped(key)}/schema", answer)

    def _body(self, pointer: str, answer: Answer) -> Iterator[tuple[str, str]]:
        validator = self._validator(pointer)
        try:
            body = json_of(answer.body)
        except ValueError as error:
            yield "JSON", f"a body that is none ({error})"
            return
        for problem in validator.iter_errors(body):
            place = "/" + "/".join(map(str, problem.instance_path))
            yield "a body as its schema has it", f"at {place}: {problem.message}"

    def _validator(self, pointer: str) -> jsonschema_rs.Validator:
        if pointer not in self._validators:
            try:
                # Values are masked in messages, since they can be secrets.
                self._validators[pointer] = jsonschema_rs.Draft202012Validator(
                    {"$ref": f"{_ROOT}#{quote(pointer)}"},
                    registry=self._registry,
                    validate_formats=True,
                    mask="the value",
                    offline=True,
                )
            except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
                place = "".join(f"/{escaped(str(part))}" for part in getattr(error, "instance_path", ())) or pointer
                told = getattr(error, "message", error)
                raise DocumentError(f"{self.source}: {place}: is no schema that can be used: {told}") from error
        return self._validators[pointer]

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        return jsonschema_rs.Registry([(_ROOT, self._tree.root)], draft=jsonschema_rs.Draft202012)


def _server(item: Mapping[str, Any]) -> str:
    url, variables = str(item.get("url", "")), item.get("variables")
    for name, variable in (variables if isinstance(variables, dict) else {}).items():
        if isinstance(variable, dict):
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return url


def covers(described: str, media_type: str) -> bool:
    """Whether a media type is the one that a document describes, or in its range; both empty for no body."""
    described = described.partition(";")[0].strip().lower()
    if described == "*/*":
        return bool(media_type)
    if described.endswith("/*"):
        return media_type.startswith(described[:-1])
    return described == media_type
