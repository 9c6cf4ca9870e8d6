"""A run as all reports tell it: a header, how each scenario ended, what that says of the clauses, and a footer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .baseline import KnownFailure
from .catalogue import CONTRACT
from .document import Document, Operation, covers
from .events import Footer, Header, Judgement, ScenarioEnd
from .verdict import Verdict, judgement_for


class Unwritten(Exception):  # noqa: N818 - what the report is
    """A report, or a part of one, could not be written; a line for each, with the reason."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How often an operation gave a status with a media type.

    Attributes:
        operation: its operationId.
        method: in upper case.
        status: as the document writes it, such as `200`, `4XX` or `default`; as it came, where the document has none.
        described: whether the document has it with this media type.
        exchanges: how many answers of scenarios had it.
        scenarios: in how many scenarios.
        media_type: without parameters, as the document writes it, else as it came; empty for an answer without a body.
        generated: how many answers to generated requests had it.
    """

    operation: str
    method: str
    path: str
    status: str
    described: bool
    exchanges: int
    scenarios: int
    media_type: str = ""
    generated: int = 0

    @property
    def answers(self) -> int:
        """How many answers had it, whatever led to them; 0 where nothing reached it."""
        return self.exchanges + self.generated


@dataclass(frozen=True, slots=True)
class Report:
    """A run that is over.

    Attributes:
        ends: in the order of the features.
        reached: the contract's coverage: every operation of the document with every status and media type.
        sources: the text of each feature file, by the name that ends give it.
        known: what was accepted before the run, and what became of it.
    """

    header: Header
    verdict: Verdict
    ends: tuple[ScenarioEnd, ...]
    reached: tuple[Reached, ...]
    footer: Footer
    sources: Mapping[str, str] = field(default_factory=dict)
    known: tuple[KnownFailure, ...] = ()

    def judgements(self, end: ScenarioEnd) -> set[Judgement]:
        """What the end of a scenario means for each of its clauses that is judged here; what it is, if none is."""
        strict, judged = self.header.strict, self.verdict.clauses
        own = {judgement_for(end, item.clause, strict=strict) for item in judged if item.clause.id in end.clauses}
        return own or {end.judgement}

    def known_failure(self, end: ScenarioEnd) -> str | None:
        """Why the failure of a scenario is known; None where it did not fail, or not for a known reason alone."""
        strict, names = self.header.strict, {*end.clauses, *([CONTRACT] if end.violations else [])}
        failed = {
            result.clause.id
            for result in self.verdict.clauses
            if result.clause.id in names
            and (result.clause.id == CONTRACT or judgement_for(end, result.clause, strict=strict) == "failed")
        }
        known = [item.entry for item in self.known if item.state == "known" and item.entry.clause in failed]
        if not failed or failed - {entry.clause for entry in known}:
            return None
        return "; ".join(f"known failure until {entry.expires}: {entry.reason}" for entry in known)


def coverage(document: Document, ends: Sequence[ScenarioEnd]) -> tuple[Reached, ...]:
    """Which operation gave which status with which media type, in the order of the document; what nobody reached has 0.

    What scenarios reached and what generated requests reached is told apart.
    """
    answers, scenarios, generated = Counter[_Kind](), Counter[_Kind](), Counter[_Kind]()
    for end in ends:
        seen = Counter(_answers(document, end))
        answers.update(seen)
        scenarios.update(seen.keys())
        for item in end.generated:
            operation = document.operations.get(item["operation"])
            if operation is not None:
                generated[_kind(document, operation, item["status"], item["media_type"])] += item["answers"]
    came = {*answers, *generated}
    return tuple(
        Reached(
            operation=operation.id,
            method=operation.method.upper(),
            path=operation.path,
            status=status,
            described=kind in described,
            exchanges=answers[kind],
            scenarios=scenarios[kind],
            media_type=media_type,
            generated=generated[kind],
        )
        for operation in document.operations.values()
        for described in [_described(document, operation)]
        for kind in [*described, *sorted(kind for kind in came if kind[0] == operation.id and kind not in described)]
        for _, status, media_type in [kind]
    )


_Kind = tuple[str, str, str]
"""Operation, status and media type."""


def _described(document: Document, operation: Operation) -> list[_Kind]:
    return [
        (operation.id, status, media_type)
        for status in operation.statuses
        for media_type in document.media_types(operation, status)
    ]


def _kind(document: Document, operation: Operation, status: str, media_type: str) -> _Kind:
    """An answer, by the status and the media type of the document that it falls under."""
    if status in operation.statuses:
        for told in document.media_types(operation, status):
            # One that is described without a body may name a media type all the same.
            if not told or covers(told, media_type):
                return operation.id, status, told
    return operation.id, status, media_type


def _answers(document: Document, end: ScenarioEnd) -> Iterator[_Kind]:
    # What generated requests led to is counted apart; those on record are the few that are told of.
    counted = {item["operation"] for item in end.generated}
    for exchange in end.exchanges:
        operation = document.operations.get(exchange["operation"])
        if operation is not None and operation.id not in counted:
            status = operation.described_as(exchange["status"]) or str(exchange["status"])
            headers = {name.lower(): value for name, value in exchange["response_headers"].items()}
            media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
            yield _kind(document, operation, status, media_type)
