"""What is wrong with an answer, in our words, and the clause that it breaks. Needs the extra `contract`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from requests import Session
from schemathesis.core.failures import (
    AcceptedNegativeData,
    Failure,
    FailureGroup,
    MalformedJson,
    ServerError,
)
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.openapi import checks as told
from schemathesis.specs.openapi.checks import ignored_auth

from ..catalogue import CONTRACT
from ..document import Operation
from ..events import WHOLE, Violation
from .drawing import Case

__all__ = ["Fault", "Response", "ScenarioRecorder", "faults", "unguarded"]

_NOT_LET_IN = {401, 403}
_FIRST_REFUSAL, _FIRST_ERROR, _UNKNOWN_METHOD = 400, 500, 501
_REFUSED = "data that does not fit the document to be refused"
_CLAUSES: dict[type[Failure], tuple[str, str]] = {
    ServerError: ("LEAK-2", "no error of the server's own"),
    AcceptedNegativeData: ("INPUT-1", _REFUSED),
    told.MissingHeaderNotRejected: ("INPUT-1", _REFUSED),
    told.UnsupportedMethodResponse: ("INPUT-4", "405 with Allow for a method that the path does not have"),
    told.AllowHeaderMismatch: ("INPUT-4", "Allow to name the methods that the path has"),
    told.RejectedPositiveData: (WHOLE, "data that fits the document to be taken"),
    told.UseAfterFree: (WHOLE, "what was deleted to be gone"),
    told.EnsureResourceAvailability: (WHOLE, "what was created to be there"),
}
"""Those that our own reading of the document does not find; the clause, and what was expected."""
_ALSO_READ = (
    told.UndefinedStatusCode,
    told.UndefinedContentType,
    told.MissingContentType,
    told.MalformedMediaType,
    told.MissingHeaders,
    told.JsonSchemaError,
    told.ContentDeserializationError,
    MalformedJson,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an answer. At one operation, those of one `cause` are one."""

    clause: str
    expected: str
    actual: str
    cause: str


def faults(  # noqa: PLR0913 - all that an answer is judged by
    case: Case,
    response: Response,
    operation: Operation,
    *,
    violations: Sequence[Violation],
    session: Session,
    given: frozenset[str] = frozenset(),
    recorder: ScenarioRecorder | None = None,
) -> list[Fault]:
    """What is wrong with an answer; what follows from the first of it is left out.

    Args:
        case: the request as it was drawn.
        response: its answer.
        operation: what was asked for.
        violations: what our own reading of the document says of the same answer.
        session: how checks that ask again send their requests.
        given: headers that were sent whatever was drawn, by name in lower case.
        recorder: what came before in its sequence; None for a request that stands alone.
    """
    failures = list(_failures(case, response, session, recorder))
    own = [
        _told(failure, response)
        for failure in failures
        if _counts(failure, operation, response) and not _excused(failure, case, response, given)
    ]
    if own:
        # They come as a set, whose order is another in each process.
        return sorted(own, key=lambda fault: (fault.clause == WHOLE, fault.clause, fault.cause))
    if violations:
        return [Fault(CONTRACT, it.described, it.came, f"{it.described}: {it.came}") for it in violations]
    # What it reads otherwise than we do.
    also = [failure for failure in failures if isinstance(failure, _ALSO_READ)]
    return sorted(
        (Fault(CONTRACT, "an answer as the document has it", it.title, type(it).__name__) for it in also),
        key=lambda fault: fault.cause,
    )


def unguarded(response: Response) -> Fault | None:
    """What is wrong with the answer to a request without the credentials that the document asks for."""
    return None if response.status_code in _NOT_LET_IN else _let_in(response)


def _let_in(response: Response) -> Fault:
    expected = "nothing to open without the credentials that the document asks for"
    return Fault("PATH-1", expected, f"it answered {response.status_code}", "without credentials")


def _failures(case: Case, response: Response, session: Session, recorder: ScenarioRecorder | None) -> Iterator[Failure]:
    try:
        # That one asks again by a way of its own, past the limits of a run; `unguarded` takes its place.
        case.validate_response(
            response, excluded_checks=[ignored_auth], transport_kwargs={"session": session}, recorder=recorder
        )
    except FailureGroup as group:
        yield from group.exceptions


def _counts(failure: Failure, operation: Operation, response: Response) -> bool:
    if isinstance(failure, ServerError):
        # Where the document has it, such as 503 for a message that could not be sent, it is an answer like others.
        return str(response.status_code) not in operation.statuses
    return not isinstance(failure, _ALSO_READ)


def _excused(failure: Failure, case: Case, response: Response, given: frozenset[str]) -> bool:
    """Whether an answer is right that others take for wrong."""
    if isinstance(failure, ServerError):
        # RFC 9110, section 15.6.2: a server that does not know the method at all says so.
        return response.status_code == _UNKNOWN_METHOD and case.method.upper() != case.operation.method.upper()
    if not isinstance(failure, AcceptedNegativeData | told.MissingHeaderNotRejected):
        return False
    if _FIRST_REFUSAL <= response.status_code < _FIRST_ERROR:
        return True  # refused, with whatever status the document has for it
    meta = case.meta
    negated = meta is not None and any(
        location == ParameterLocation.HEADER and part.mode.is_negative for location, part in meta.components.items()
    )
    # The target file's own header was sent in its place, which is right; of others it excuses nothing.
    return negated and not given.isdisjoint(item.name.lower() for item in case.operation.headers)


def _told(failure: Failure, response: Response) -> Fault:
    clause, expected = next(
        (found for kind, found in _CLAUSES.items() if isinstance(failure, kind)), (WHOLE, failure.kind_title)
    )
    actual = f"it answered {response.status_code}"
    part = failure.message.partition("Invalid component: ")[2].strip()
    if "`Authorization`" in part:
        return _let_in(response)
    if part:
        actual = f"{actual} to this: {part}"
    return Fault(clause, expected, actual, f"{type(failure).__name__}: {actual}")
