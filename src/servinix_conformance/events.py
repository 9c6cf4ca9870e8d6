"""What happened, as frozen records that are redacted before they exist.

Records travel from worker processes to the controller as JSON, and every report is made from them alone.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self

Judgement = Literal["passed", "failed", "deviation", "not claimed", "untested", "error"]
StepState = Literal["passed", "failed", "skipped"]


class Record:
    """A frozen record that can be written as JSON and read back."""

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object. What a record holds is JSON already, so nothing has to be copied deeply."""
        return {item.name: getattr(self, item.name) for item in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The record that `to_json` wrote; members that this version does not know are passed over."""
        known = {item.name for item in fields(cls)}  # type: ignore[arg-type]
        return cls(**{key: value for key, value in data.items() if key in known})


@dataclass(frozen=True, slots=True)
class Violation(Record):
    """An answer that is not one of those which the document describes."""

    operation: str
    described: str  # what the document says
    came: str  # what came instead

    def __str__(self) -> str:
        return f"{self.operation}: the document says {self.described}; what came: {self.came}"


@dataclass(frozen=True, slots=True)
class Exchange(Record):
    """One request and its answer."""

    operation: str
    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str | None
    status: int
    response_headers: dict[str, str]
    response_body: str
    seconds: float
    violations: list[dict[str, str]] = field(default_factory=list)

    def curl(self) -> str:
        """The request as a curl line; `$NAME` stands for what a reader has to set."""
        parts = ["curl", "-i"]
        if self.method != "GET" or self.request_body is not None:
            parts += ["-X", self.method]
        shown = {name: value for name, value in self.request_headers.items() if name.lower() in _SHOWN_HEADERS}
        for name, value in shown.items():
            parts += ["-H", _quote(f"{name}: {value}")]
        if self.request_body is not None:
            parts += ["--data-raw", _quote(self.request_body)]
        return " ".join([*parts, _quote(self.url)])


_SHOWN_HEADERS = {"authorization", "content-type", "cookie", "user-agent", "x-forwarded-for"}


def _quote(text: str) -> str:
    """Quote for a POSIX shell; double quotes where a variable has to be filled in."""
    if "$" not in text:
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Step(Record):
    """One step of a scenario, as it went."""

    keyword: str
    text: str
    line: int
    state: StepState
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failure(Record):
    """Why a scenario did not pass.

    `kind` is `broken` (a promise was not kept), `contract` (an answer that the document does not describe),
    `undefined` (no such step), `network` (no HTTP answer), or `harness` (our own defect).
    """

    kind: Literal["broken", "contract", "undefined", "network", "harness"]
    expected: str
    actual: str
    step: str
    line: int
    curl: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class ScenarioEnd(Record):
    """A scenario and how it ended: behaviour, and apart from it what its answers were like.

    `variant` is true when it is not claimed for its channel or client alone.
    """

    id: str
    name: str
    feature: str
    file: str
    line: int
    client: str | None
    clauses: list[str]
    inferred: bool
    judgement: Judgement
    reason: str | None
    seconds: float
    steps: list[dict[str, Any]]
    failure: dict[str, Any] | None
    violations: list[dict[str, str]]
    exchanges: list[dict[str, Any]]
    variant: bool = False

    @property
    def where(self) -> str:
        """Feature file and line, as an editor opens them."""
        return f"{self.file}:{self.line}"

    @property
    def title(self) -> str:
        """The scenario's name, and the client it ran as."""
        return f"{self.name} (as {self.client})" if self.client else self.name
