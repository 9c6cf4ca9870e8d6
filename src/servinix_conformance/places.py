"""Places in an HTTP message, and what may be said of an answer by looking at one. Pure.

A place is a JSON pointer into the body (RFC 6901), or `header:NAME`, `cookie:NAME`; in a request also `query:NAME` and
`path:NAME`. An empty place says that the deployment does not have the field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from .document import Answer

MISSING: Final = object()
"""What `read` gives where there is nothing."""


def read(place: str, answer: Answer, body: object) -> Any:  # noqa: ANN401 - any JSON
    """What stands at a place of an answer, or of one item of its body; `MISSING` when nothing does."""
    kind, _, key = place.partition(":")
    if not place.startswith("/") and key:
        source = answer.headers if kind == "header" else answer.cookies
        return source.get(key.lower() if kind == "header" else key, MISSING)
    return follow(place, body)


def follow(pointer: str, body: object) -> Any:  # noqa: ANN401 - any JSON
    """What a JSON pointer leads to; `MISSING` when it is nothing."""
    for part in pointer.split("/")[1:]:
        name = _unescaped(part)
        if isinstance(body, dict) and name in body:
            body = body[name]
        elif isinstance(body, list) and re.fullmatch("0|[1-9][0-9]*", name) and int(name) < len(body):
            body = body[int(name)]
        else:
            return MISSING
    return body


def write(body: dict[str, Any], place: str, value: object) -> None:
    """Put a value at a JSON pointer, making the objects on the way."""
    *parents, last = (_unescaped(part) for part in place.split("/")[1:])
    for name in parents:
        body = body.setdefault(name, {})
    body[last] = value


def as_text(value: object) -> str:
    """A value where only text can stand: in a path, a query, a header or a cookie. Booleans are as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is true of an answer or not: its status, what stands at a place, or both.

    Attributes:
        statuses: those that fit; None for any.
        at: the place to look at; None to look at the status alone.
        value: what has to stand there, where `present` is None.
        present: whether anything but null has to stand there.
    """

    statuses: frozenset[int] | None = None
    at: str | None = None
    value: object = None
    present: bool | None = None

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """The condition of a table `{status, at, is, present}` of the target file."""
        status = table.get("status")
        statuses = None if status is None else frozenset(status if isinstance(status, list) else [status])
        return cls(statuses, table.get("at"), table.get("is"), table.get("present"))

    def holds(self, answer: Answer, body: object) -> bool:
        """Whether it is true of the answer, whose body as JSON is `body`."""
        if self.statuses is not None and answer.status not in self.statuses:
            return False
        if self.at is None:
            return True
        found = read(self.at, answer, body)
        if self.present is not None:
            return self.present is (found is not MISSING and found is not None)
        if not self.at.startswith("/"):
            return bool(found == as_text(self.value))  # a header is text, whatever it counts
        # True and 1 are two values, as they are in JSON.
        return bool(found == self.value) and isinstance(found, bool) is isinstance(self.value, bool)

    def contradicted(self, answer: Answer, body: object) -> bool:
        """Whether something stands at the place, and it is not what has to stand there."""
        return self.at is not None and read(self.at, answer, body) is not MISSING and not self.holds(answer, body)
