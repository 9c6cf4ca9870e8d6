"""An OpenAPI document: its operations, and every answer held against it. Pure: a text comes in, judgements go out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urlencode

import jsonschema_rs
import yaml

from .events import Violation

_ROOT = "urn:servinix:document"
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_JSON = re.compile(r"^application/(.+\+)?json$", re.IGNORECASE)
_EMPTY_STATUS = 204


class DocumentError(ValueError):
    """The OpenAPI document cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came. `cut` is true when the body was longer than the limit and is not whole."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    cookies: Mapping[str, str]
    cut: bool = False
    seconds: float = 0.0

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:  # noqa: ANN401 - whatever the target sent
        """The body as JSON, or None when it is none."""
        if self.cut:
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    id: str
    method: str
    path: str
    pointer: str
    responses: Mapping[str, Any]

    def url(self, path: Mapping[str, str], query: Mapping[str, str]) -> str:
        """Path and query of a request, from the values of its parameters.

        Raises:
            DocumentError: a path parameter has no value.
        """
        filled = self.path
        for name in re.findall(r"\{([^}]+)\}", self.path):
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
        self._tree = _read(text, source)
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        self.operations: dict[str, Operation] = {}
        for operation in self._scan():
            if operation.id in self.operations:
                raise DocumentError(f"{source}: {operation.pointer}: operationId {operation.id!r} stands twice")
            self.operations[operation.id] = operation

    @property
    def title(self) -> str:
        """Title and version, as the document gives them."""
        info = self._tree.get("info")
        info = info if isinstance(info, dict) else {}
        return f"{info.get('title', 'untitled')} {info.get('version', '')}".strip()

    @property
    def servers(self) -> list[str]:
        """The URLs that the document gives for its servers, with the defaults of their variables filled in."""
        servers = self._tree.get("servers")
        return [_server(item) for item in servers if isinstance(item, dict)] if isinstance(servers, list) else []

    @property
    def security(self) -> object:
        """What operations need that do not say so themselves."""
        return self._tree.get("security")

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
        return self._resolve(pointer)

    def violations(self, operation: Operation, answer: Answer) -> list[Violation]:
        """What about the answer the document does not describe; an empty list when it is as described."""
        key = next((key for key in (str(answer.status), f"{answer.status // 100}XX") if key in operation.responses), "")
        key = key or ("default" if "default" in operation.responses else "")
        if not key:
            described = f"one of the statuses {', '.join(sorted(operation.responses))}"
            return [Violation(operation.id, described, f"status {answer.status}")]
        pointer, response = self._resolve(f"{operation.pointer}/responses/{key}")
        found = [*self._headers(pointer, response, answer), *self._content(pointer, response, answer)]
        return [Violation(operation.id, f"for {answer.status}, {described}", came) for described, came in found]

    def describes(self, operation: Operation, status: int) -> bool:
        """Whether the document has this status for the operation."""
        return any(key in operation.responses for key in (str(status), f"{status // 100}XX", "default"))

    def _scan(self) -> Iterator[Operation]:
        paths = self._tree.get("paths")
        if not isinstance(paths, dict):
            raise DocumentError(f"{self.source}: /paths: must be an object that names the paths")
        for path in paths:
            _, item = self._resolve(f"/paths/{_escape(path)}")
            for method in _METHODS:
                if method not in item:
                    continue
                pointer, node = self._resolve(f"/paths/{_escape(path)}/{method}")
                responses = node.get("responses")
                if not isinstance(responses, dict) or not responses:
                    raise DocumentError(
                        f"{self.source}: {pointer}/responses: must be an object with at least one status"
                    )
                name = node.get("operationId") or f"{method.upper()} {path}"
                yield Operation(str(name), method.upper(), path, pointer, responses)

    def _resolve(self, pointer: str) -> tuple[str, dict[str, Any]]:
        """The object at a pointer, references followed, and the pointer where it really stands."""
        for _ in range(32):
            node: Any = self._tree
            parts = pointer.split("/")[1:]
            for number, part in enumerate(parts):
                if isinstance(node, dict) and "$ref" in node:
                    pointer = "/".join([self._target(node["$ref"], pointer), *parts[number:]])
                    break
                node = self._member(node, part, pointer)
            else:
                if not isinstance(node, dict):
                    raise DocumentError(f"{self.source}: {pointer}: must be an object, not {type(node).__name__}")
                if "$ref" not in node:
                    return pointer, node
                pointer = self._target(node["$ref"], pointer)
        raise DocumentError(f"{self.source}: {pointer}: its references go round in a circle")

    def _member(self, node: object, part: str, pointer: str) -> object:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and name in node:
            return node[name]
        if isinstance(node, list) and re.fullmatch("0|[1-9][0-9]{0,5}", name) and int(name) < len(node):
            return node[int(name)]
        raise DocumentError(f"{self.source}: {pointer}: nothing stands there, though it is referred to")

    def _target(self, reference: object, pointer: str) -> str:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise DocumentError(
                f"{self.source}: {pointer}: the reference {reference!r} leads out of the document; "
                "bundle it into one file"
            )
        return unquote(reference[1:])

    def _headers(self, pointer: str, response: Mapping[str, Any], answer: Answer) -> Iterator[tuple[str, str]]:
        for name in response.get("headers") or {}:
            place, header = self._resolve(f"{pointer}/headers/{_escape(name)}")
            value = answer.headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield f"a header {name}", "none"
            elif "schema" in header:
                for problem in self._validator(f"{place}/schema").iter_errors(self._typed(f"{place}/schema", value)):
                    yield f"the header {name} as its schema has it", problem.message

    def _typed(self, pointer: str, value: str) -> str | int:
        _, schema = self._resolve(pointer)
        return int(value) if schema.get("type") == "integer" and re.fullmatch(r"-?[0-9]{1,18}", value) else value

    def _content(self, pointer: str, response: Mapping[str, Any], answer: Answer) -> Iterator[tuple[str, str]]:
        content = response.get("content") or {}
        if answer.cut:
            yield "an answer of a sensible size", f"more than {len(answer.body)} bytes"
        elif not content:
            if answer.body:
                yield "no body", f"{len(answer.body)} bytes of {answer.media_type or 'no media type'}"
        else:
            key = next((key for key in content if _covers(key, answer.media_type)), None)
            if key is None:
                yield f"the media type {' or '.join(content)}", answer.media_type or "none"
            elif _JSON.match(answer.media_type) and "schema" in content[key]:
                yield from self._body(f"{pointer}/content/{_escape(key)}/schema", answer)

    def _body(self, pointer: str, answer: Answer) -> Iterator[tuple[str, str]]:
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            yield "JSON", f"a body that is none ({type(error).__name__})"
            return
        for problem in self._validator(pointer).iter_errors(body):
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
                raise DocumentError(f"{self.source}: {pointer}: is no schema that can be used: {error}") from error
        return self._validators[pointer]

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        return jsonschema_rs.Registry([(_ROOT, self._tree)], draft=jsonschema_rs.Draft202012)


def _read(text: str, source: str) -> dict[str, Any]:
    try:
        tree = _parse(text)
        version = tree.get("openapi") if isinstance(tree, dict) else None
        tree = _normalized(tree, nullable=isinstance(version, str) and version.startswith("3.0"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentError(f"{source}: is neither YAML nor JSON: {error}") from error
    if not isinstance(tree, dict):
        raise DocumentError(f"{source}: is no OpenAPI document: an object was expected, not {type(tree).__name__}")
    if not isinstance(version, str) or not version.startswith("3."):
        told = f"swagger {tree['swagger']}" if "swagger" in tree else repr(version)
        raise DocumentError(f"{source}: /openapi: OpenAPI 3.0, 3.1 or 3.2 was expected, not {told}")
    return tree


def _parse(text: str) -> object:
    if text.lstrip().startswith("{"):
        return json.loads(text)
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def _normalized(node: Any, *, nullable: bool) -> Any:  # noqa: ANN401 - any JSON
    """Keys as strings (YAML reads `200:` as a number), and OpenAPI 3.0's `nullable` as JSON Schema says it."""
    if isinstance(node, list):
        return [_normalized(item, nullable=nullable) for item in node]
    if not isinstance(node, dict):
        # YAML reads unquoted timestamps as such.
        return node if node is None or isinstance(node, str | int | float) else str(node)
    changed = {str(key): _normalized(item, nullable=nullable) for key, item in node.items()}
    if nullable and changed.pop("nullable", False) is True:
        return {"anyOf": [changed, {"type": "null"}]}
    return changed


def _server(item: Mapping[str, Any]) -> str:
    url, variables = str(item.get("url", "")), item.get("variables")
    for name, variable in (variables if isinstance(variables, dict) else {}).items():
        if isinstance(variable, dict):
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return url


def _covers(described: str, media_type: str) -> bool:
    described = described.partition(";")[0].strip().lower()
    if described == "*/*":
        return bool(media_type)
    if described.endswith("/*"):
        return media_type.startswith(described[:-1])
    return described == media_type


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
