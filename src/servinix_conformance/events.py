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
WHOLE = "contract"
"""Stands in place of a clause where none says more than that the document and the server agree."""


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
    """One request and its answer.

    Attributes:
        seconds: from the request to the end of the answer.
        started: when the request was sent, in seconds since 1970.
        step: the position of the step that it belongs to among the scenario's steps; None before the first of them and
            after the last.
    """

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
    started: float = 0.0
    step: int | None = None

    def curl(self) -> str:
        """The request as a curl line; `$NAME` stands for what a reader has to set, `$BODY` for a long body."""
        parts = ["curl", "-i"]
        if self.method != "GET" or self.request_body is not None:
            parts += ["-X", self.method]
        shown = {name: value for name, value in self.request_headers.items() if name.lower() not in _OF_THE_CLIENT}
        for name, value in shown.items():
            parts += ["-H", _quote(f"{name}: {value}")]
        if self.request_body is not None:
            long = len(self.request_body) > _LONGEST_BODY
            parts += ["--data-raw", '"$BODY"' if long else _quote(self.request_body)]
        return " ".join([*parts, _quote(self.url)])


_LONGEST_BODY = 2048
"""Characters; a longer body makes no line to be copied, and may have been cut off where it was recorded."""
_OF_THE_CLIENT = {"accept", "accept-encoding", "connection", "content-length", "host"}
"""Headers that any client sends for itself."""


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
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class Wait(Record):
    """Time that a scenario let pass.

    Attributes:
        what: what was waited for.
        seconds: how much time passed for the target.
        moved: whether a test clock was moved; else somebody really waited.
        started: when that began, in seconds since 1970.
    """

    what: str
    seconds: float
    moved: bool
    started: float


@dataclass(frozen=True, slots=True)
class Note(Record):
    """What a scenario measured, or how often it looked: without it, nobody could say what a pass is worth.

    Attributes:
        what: what the value is of.
        unit: that of the value, such as `ms`; empty for a count or a word.
    """

    what: str
    value: float | str
    unit: str = ""

    @property
    def told(self) -> str:
        """The note in a few words."""
        value = self.value if isinstance(self.value, str) else f"{self.value:g}"
        return f"{self.what}: {value} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Failure(Record):
    """Why a scenario did not pass.

    `kind` is `broken` (a promise was not kept), `contract` (an answer that the document does not describe),
    `undefined` (no such step), `network` (no HTTP answer), or `harness` (our own defect).
    `page` is what a browser showed: its address, its title, what its console said, and a picture of it (JPEG, base64).
    """

    kind: Literal["broken", "contract", "undefined", "network", "harness"]
    expected: str
    actual: str
    step: str
    line: int
    curl: str | None = None
    answer: str | None = None
    page: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """What generated requests showed to be wrong: one cause, however many of them met it.

    Attributes:
        clause: the clause that it breaks, or `contract` for the document as a whole.
        times: how many answers had it.
        curl: the smallest request that has it.
    """

    clause: str
    operation: str
    expected: str
    actual: str
    times: int
    curl: str
    answer: str

    def __str__(self) -> str:
        seen = "once" if self.times == 1 else f"{self.times} times"
        return f"{self.clause}: {self.operation}: expected {self.expected}, but {self.actual} ({seen})"


@dataclass(frozen=True, slots=True)
class GeneratedAnswers(Record):
    """How many answers to generated requests were alike.

    Attributes:
        status: as the document writes it; as it came, where the document has none.
        media_type: without its parameters; empty where there was none.
    """

    operation: str
    status: str
    media_type: str
    answers: int


@dataclass(frozen=True, slots=True)
class ScenarioEnd(Record):
    """A scenario and how it ended: behaviour, and apart from it what its answers were like.

    Attributes:
        id: unlike that of any other in a run.
        variant: true when it is not claimed for its channel or client alone.
        started: when it began, in seconds since 1970.
        process: the process that ran it: `main`, or the name of an xdist worker.
        example: the row of its outline, by column; `operation`, where it is about one of the document.
        notes: what it measured.
        findings: what its generated requests showed to be wrong, by cause.
        generated: how their answers were, each a `GeneratedAnswers`.
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
    started: float = 0.0
    process: str = "main"
    waits: list[dict[str, Any]] = field(default_factory=list)
    example: dict[str, str] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    generated: list[dict[str, Any]] = field(default_factory=list)

    def found(self, clause: str) -> list[dict[str, Any]]:
        """What its generated requests showed to be wrong by a clause: what names it; all, where nothing does."""
        return [item for item in self.findings if item["clause"] == clause] or self.findings

    @property
    def where(self) -> str:
        """Feature file and line, as an editor opens them."""
        return f"{self.file}:{self.line}"

    @property
    def measured(self) -> list[str]:
        """What it measured, each in a few words."""
        return [Note.from_json(note).told for note in self.notes]

    @property
    def title(self) -> str:
        """The scenario's name, the row of its outline, and the client it ran as."""
        parts = [*self.example.values(), *([f"as {self.client}"] if self.client else [])]
        return f"{self.name} ({', '.join(parts)})" if parts else self.name


@dataclass(frozen=True, slots=True)
class Header(Record):
    """What was tested, with what and how: all that is known before the first scenario.

    Attributes:
        suite: version of the suite.
        catalogue: version of its clauses.
        document: title and version of the OpenAPI document that answers are held against.
        document_source: where that document is from.
        product: vendor, name and version, as the target file has them.
        profiles: those that are judged.
        not_claimed: what the target file says that the deployment does not have.
        policy: promised numbers of the target file, in the units that their names tell.
        shortened: whether times there are shorter than the published ones.
        seed: what random data was drawn from; None where none was.
        time: `virtual` where it is moved, `real` where it has to pass.
        uncertainty: seconds by which the moment of something on the target may be known wrongly.
        skew: seconds by which the target's clock is ahead of ours; None where it sends no date.
        started_at: date and time, ISO 8601.
        narrowed: whether scenarios were left out by name, so that no profile can be judged.
        processes: how many ran scenarios side by side.
    """

    suite: str
    catalogue: str
    target: str
    base_url: str
    document: str
    document_source: str
    product: dict[str, str]
    profiles: list[str]
    not_claimed: list[str]
    policy: dict[str, int]
    shortened: bool
    seed: int | None
    time: Literal["virtual", "real"]
    uncertainty: float
    skew: float | None
    started_at: str
    strict: bool
    narrowed: bool
    processes: int
    python: str
    platform: str


@dataclass(frozen=True, slots=True)
class Footer(Record):
    """How a run ended. A stream without one was cut off.

    Attributes:
        seconds: how long the run took.
        complete: whether it came to its own end.
        stopped: why it stopped before; None where it did not.
        problem: what went wrong beside the scenarios; None where nothing did.
        leftovers: accounts that could not be deleted or set back, and outages that could not be ended.
    """

    seconds: float
    complete: bool
    stopped: str | None
    problem: str | None
    exit_status: int
    leftovers: list[str]
