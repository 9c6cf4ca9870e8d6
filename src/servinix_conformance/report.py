"""A run as all reports tell it: a header, how each scenario ended, what that says of the clauses, and a footer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .baseline import KnownFailure
from .catalogue import CONTRACT
from .document import Document
from .events import Footer, Header, Judgement, ScenarioEnd
from .verdict import Verdict, judgement_for


class Unwritten(Exception):  # noqa: N818 - what the report is
    """A report, or a part of one, could not be written; a line for each, with the reason."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How often an operation gave a status.

    Attributes:
        operation: its operationId.
        method: in upper case.
        status: as the document writes it, such as `200`, `4XX` or `default`; as it came, where the document has none.
        described: whether the document has it.
        exchanges: how many answers had it; 0 for one that was never reached.
        scenarios: in how many scenarios.
    """

    operation: str
    method: str
    path: str
    status: str
    described: bool
    exchanges: int
    scenarios: int


@dataclass(frozen=True, slots=True)
class Report:
    """A run that is over.

    Attributes:
        ends: in the order of the features.
        reached: the contract's coverage: every operation of the document with every status.
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
    """Which operation gave which status, in the order of the document; what nobody reached is there with 0."""
    answers: Counter[tuple[str, str]] = Counter()
    scenarios: Counter[tuple[str, str]] = Counter()
    for end in ends:
        seen = Counter(_answers(document, end.exchanges))
        answers.update(seen)
        scenarios.update(seen.keys())
    return tuple(
        Reached(
            operation=operation.id,
            method=operation.method.upper(),
            path=operation.path,
            status=status,
            described=status in operation.statuses,
            exchanges=answers[operation.id, status],
            scenarios=scenarios[operation.id, status],
        )
        for operation in document.operations.values()
        for status in dict.fromkeys(
            [*operation.statuses, *sorted(status for name, status in answers if name == operation.id)]
        )
    )


def _answers(document: Document, exchanges: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for exchange in exchanges:
        if operation := document.operations.get(exchange["operation"]):
            yield operation.id, operation.described_as(exchange["status"]) or str(exchange["status"])
