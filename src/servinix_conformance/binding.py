"""Logical names, and where a deployment keeps them. Pure.

Steps and actors speak of `mfa_token` and `otp-rejected`; a binding knows the operation, the member, the header or the
status behind each name. `openapi.yaml` is bound to itself; the target file says what differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from .document import Answer
from .names import OPERATIONS, PROBLEMS
from .places import MISSING, Condition, as_text, read, write
from .schema_messages import remedy

Told = Literal["done", "refused", "unreadable"]

_SUCCESSES = range(200, 300)
_FIRST_ERROR = 400
_FIRST_SERVER_ERROR = 500
_NOT_IMPLEMENTED = 501


class BindingError(ValueError):
    """A binding that cannot be used; the message names the key and the remedy."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request without its host: what the document's operation needs."""

    operation: str
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    twice: dict[str, Any] = field(default_factory=dict)  # members that the body has a second time


@dataclass(frozen=True, slots=True)
class Bound:
    """One logical operation as a deployment has it.

    Attributes:
        operation: its operationId in the deployment's document, or its method and path.
        request: the place of each request field by logical name.
        answer: likewise for the answer. `*` points to a list; the other pointers then start at one of its items.
        constants: what every request of this operation carries besides, by place.
        success: what tells a success, where the status alone does not.
    """

    operation: str
    request: Mapping[str, str]
    answer: Mapping[str, str]
    constants: Mapping[str, object] = field(default_factory=dict)
    success: Condition | None = None


class Binding:
    """A whole contract, bound.

    Args:
        overrides: the table `[bindings]` of the target file; what it leaves out is as in `openapi.yaml`.

    Raises:
        BindingError: the table has names that steps do not know; one line for each.
    """

    def __init__(self, overrides: Mapping[str, Any] | None = None) -> None:
        self.operations = {name: Bound(name, *fields) for name, fields in OPERATIONS.items()}
        self.problems = {
            name: Condition(frozenset({status}), "/type", f"urn:servinix:problem:{name}")
            for name, status in PROBLEMS.items()
        }
        tables = dict(overrides or {})
        if problems := list(unknown_names(tables)):
            raise BindingError("\n".join(problems))
        for name, table in tables.pop("problems", {}).items():
            self.problems[name] = Condition.of(table)
        success = tables.pop("success", None)
        self._success = None if success is None else Condition.of(success)
        for name, table in tables.items():
            self.operations[name] = _override(self.operations[name], table)

    def has(self, name: str, field: str) -> bool:
        """Whether the deployment has this field in the answer of a logical operation."""
        return bool(self.operations[name].answer.get(field))

    def member(self, name: str, field: str) -> str | None:
        """The member of the body that is a request field of a logical operation; None where none is."""
        place = self.operations[name].request.get(field, "")
        return place[1:] if place.startswith("/") and "/" not in place[1:] else None

    def fill(
        self,
        name: str,
        values: Mapping[str, object],
        *,
        bearer: str | None = None,
        extra: Mapping[str, object],
        fields: Mapping[str, object] | None = None,
    ) -> Call:
        """The call of a logical operation.

        Args:
            name: the logical operation.
            values: its request fields by logical name; a field that the deployment does not have is left out.
            bearer: the access token to send.
            extra: members to add to the body as they are.
            fields: further request fields, by place.
        """
        bound = self.operations[name]
        call = Call(bound.operation)
        body: dict[str, Any] = {}
        placed = [(bound.request.get(logical, ""), value) for logical, value in values.items()]
        for place, value in [*bound.constants.items(), *(fields or {}).items(), *placed]:
            kind, _, key = place.partition(":")
            if place.startswith("/"):
                write(body, place, value)
            elif key:
                named = {"path": call.path, "query": call.query, "header": call.headers, "cookie": call.cookies}[kind]
                named[key] = as_text(value)
        if bearer is not None:
            call.headers["Authorization"] = f"Bearer {bearer}"
        body.update(extra)
        has_body = bool(body) or any(place.startswith("/") for place in bound.request.values())
        return replace(call, body=body if has_body else None)

    def read(self, name: str, answer: Answer) -> dict[str, Any]:
        """The answer's fields by logical name; what is not there is left out. For a list, those of its first item."""
        fields = self.operations[name].answer
        body = answer.json()
        if "*" in fields:
            return next(self.read_all(name, answer), {})
        return _fields(fields, answer, body)

    def read_all(self, name: str, answer: Answer) -> Iterator[dict[str, Any]]:
        """The fields of every item of a list."""
        fields = {key: place for key, place in self.operations[name].answer.items() if key != "*"}
        items = read(self.operations[name].answer["*"], answer, answer.json())
        # A look-up that gives one record instead of a list is a list of one.
        for item in items if isinstance(items, list) else [items] if items and isinstance(items, dict) else []:
            yield _fields(fields, answer, item)

    def told(self, name: str, answer: Answer) -> tuple[Told, str | None]:
        """What an answer to the operation comes to, and the logical name of a refusal where it can be told.

        A success is told by its status, and by `success` where the target file has it. Whatever is neither a success
        nor said to be a refusal is unreadable: silence must not pass for a refusal, nor a failure of the server's own.
        """
        body = answer.json()
        own = self.operations[name].success
        success = own or self._success
        reasons = [problem for problem, condition in self.problems.items() if condition.holds(answer, body)]
        # What fits two refusals names neither.
        reason = reasons[0] if len(reasons) == 1 else None
        if answer.status >= _FIRST_SERVER_ERROR and answer.status != _NOT_IMPLEMENTED and not reasons:
            return "unreadable", None
        refused = answer.status >= _FIRST_ERROR or bool(reasons)
        if success is None:
            done = answer.status in _SUCCESSES and not reasons
        else:
            done = success.holds(answer, body) and not refused
            # What tells a success everywhere tells a refusal too where one operation has its own way to succeed.
            refused = refused or any(it.contradicted(answer, body) for it in (own, self._success) if it)
        return ("done", None) if done else ("refused", reason) if refused else ("unreadable", None)

    @staticmethod
    def wait(answer: Answer) -> int | None:
        """The seconds of `Retry-After` (RFC 9110, 10.2.3), where it has them; a date counts from its own date."""
        value = answer.headers.get("retry-after", "")
        if re.fullmatch("[0-9]{1,9}", value):
            return int(value)
        try:
            until, now = (parsedate_to_datetime(date) for date in (value, answer.headers.get("date", "")))
            return max(round((until - now).total_seconds()), 0)
        except (ValueError, TypeError):
            # A date without a zone cannot be compared with one that has it.
            return None


def _override(bound: Bound, table: Mapping[str, Any]) -> Bound:
    success = table.get("success")
    return Bound(
        table.get("operation", bound.operation),
        {**bound.request, **table.get("request", {})},
        {**bound.answer, **table.get("answer", {})},
        table.get("constants", {}),
        None if success is None else Condition.of(success),
    )


def unknown_names(overrides: Mapping[str, Any]) -> Iterator[str]:
    """The names in a table `[bindings]` that steps do not know, each with its key and a remedy."""
    tables = {name: table for name, table in overrides.items() if name not in {"problems", "success"}}
    named: list[tuple[str, Iterable[str], Iterable[str]]] = [
        ("bindings", tables, OPERATIONS),
        ("bindings.problems", overrides.get("problems", {}), PROBLEMS),
    ]
    for name in [name for name in tables if name in OPERATIONS]:
        for side, known in zip(("request", "answer"), OPERATIONS[name], strict=True):
            named.append((f"bindings.{name}.{side}", tables[name].get(side, {}), known))
    for key, given, fitting in named:
        for name in given:
            if name not in fitting:
                yield f"{key}.{name}: steps know no such name; {remedy(name, fitting)}"


def _fields(fields: Mapping[str, str], answer: Answer, body: object) -> dict[str, Any]:
    found = {name: read(place, answer, body) for name, place in fields.items() if place}
    return {name: value for name, value in found.items() if value is not MISSING}
