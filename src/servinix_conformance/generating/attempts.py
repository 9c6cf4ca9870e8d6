"""Requests one after the other: drawn, filled in, sent, and what is wrong with their answers put together by cause.

Needs the extra `contract`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict
from schemathesis.auths import AuthContext

from ..actor import Untested
from ..document import Operation
from ..events import Finding
from ..places import write
from .drawing import Case, Credentials, Drawable, drawn, found_by_drawing, listed, operation_of
from .judging import Fault, ScenarioRecorder, faults, unguarded
from .scope import SAFE_METHODS
from .sending import Sender, Sent, Stop
from .trying import Trial

_MOST_CAUSES = 10
_SHOWN = 300
_FIRST_REDIRECT = 300
_NOBODYS = "a-token-that-nobody-was-given"
_UNAUTHORIZED = 401
_TOO_LARGE = "413"
_PADDING = "x" * (256 * 1024)
_LOCKED_OUT = {"account-locked", "recovery-required"}
"""Refusals after which the same account is of no use any more."""


@dataclass(slots=True)
class _Cause:
    operation: Operation
    fault: Fault
    smallest: Sent
    times: int = 1

    def seen(self, fault: Fault, sent: Sent) -> None:
        self.times += 1
        if sent.size < self.smallest.size:
            self.fault, self.smallest = fault, sent


class _Provider:
    """What schemathesis asks for the credentials of a request: somebody who signed in by all stages."""

    def __init__(self, trial: Trial, operation: Operation) -> None:
        self._trial, self._operation = trial, operation

    def get(self, _case: Case, _context: AuthContext) -> str | None:
        """An access token; None where the operation takes none."""
        if not self._trial.scope.document.schemes(self._operation):
            return None
        with ended_by_errors(), unrecorded(self._trial):
            return self._trial.people.token(self._trial.scope.logical.get(self._operation.id))

    @staticmethod
    def set(case: Case, data: str, _context: AuthContext) -> None:
        """Where the suite's own requests carry it."""
        case.headers["Authorization"] = f"Bearer {data}"


def credentials(trial: Trial, operation: Operation) -> Credentials:
    """The credentials of an operation, for schemathesis."""
    return Credentials(providers=[_Provider(trial, operation)])


@contextlib.contextmanager
def unrecorded(trial: Trial) -> Iterator[None]:
    """Leave out of the record what people do so that a request can be made."""
    since = trial.gateway.said
    try:
        yield
    finally:
        trial.gateway.unsay(since)


@contextlib.contextmanager
def ended_by_errors() -> Iterator[None]:
    """Let an exception end all drawing, which would otherwise take it for something that was found."""
    try:
        yield
    except Exception as error:
        raise Stop from error


@dataclass(slots=True)
class Attempts:
    """Sends requests for a trial, and puts together what is wrong.

    Attributes:
        walked: how many links were followed.

    Each cause has an exception of its own, since what draws makes requests smaller for each kind of exception.
    """

    trial: Trial
    sender: Sender
    walked: int = 0
    _causes: dict[str, _Cause] = field(default_factory=dict)
    _kinds: dict[str, type[AssertionError]] = field(default_factory=dict)
    _guarded: set[str] = field(default_factory=set)

    def send(self, case: Case, operation: Operation, recorder: ScenarioRecorder | None = None) -> Sent:
        """Send a request. Raises an `AssertionError` of its own kind where something is wrong with the answer."""
        self.sender.operation = operation
        response = case.call(base_url=self.trial.gateway.transport.base_url, session=self.sender.session)
        sent = self.sender.last
        if sent is None:
            raise RuntimeError("the request was not sent by this sender")
        if recorder is not None:
            recorder.record_response(case_id=case.id, response=response)
        with ended_by_errors():
            self._look(operation, sent)
            found = faults(
                case,
                response,
                operation,
                violations=sent.violations,
                session=self.sender.session,
                given=self.sender.given,
                recorder=recorder,
            )
        if found:
            raise self.keep(operation, found[0], sent)
        if response.status_code < _FIRST_REDIRECT and operation.id not in self._guarded:
            self._without_credentials(case, operation)
        return sent

    def _without_credentials(self, case: Case, operation: Operation) -> None:
        """Send what was taken once more, without the token that it was taken with, and with one of nobody's."""
        schemes = self.trial.scope.document.schemes(operation)
        if not schemes or "Authorization" not in case.headers or case.method.upper() != operation.method:
            return
        self._guarded.add(operation.id)
        rest = {name: value for name, value in case.headers.items() if name.lower() != "authorization"}
        for headers in (rest, {**rest, "Authorization": f"Bearer {_NOBODYS}"}):
            probe = case.derive(headers=CaseInsensitiveDict(headers))
            response = probe.call(base_url=self.trial.gateway.transport.base_url, session=self.sender.session)
            fault = unguarded(response)
            if fault is not None and self.sender.last is not None:
                raise self.keep(operation, fault, self.sender.last)

    def keep(self, operation: Operation, fault: Fault, sent: Sent) -> AssertionError:
        """Remember what is wrong with an answer; returns what says so to whoever draws."""
        key = f"{operation.id}: {fault.cause}"
        if key in self._causes:
            self._causes[key].seen(fault, sent)
        else:
            self._causes[key] = _Cause(operation, fault, sent)
        kind = self._kinds.setdefault(key, type("Found", (AssertionError,), {}))
        return kind(key)

    def _look(self, operation: Operation, sent: Sent) -> None:
        """See what the answer says of the people: who is signed out or locked out is of no use for the next request."""
        name, people = self.trial.scope.logical.get(operation.id), self.trial.people
        reason = self.trial.gateway.binding.told(name, sent.answer)[1] if name is not None else None
        if sent.answer.status == _UNAUTHORIZED and self.trial.scope.document.schemes(operation):
            people.forget_sessions()
        if reason in {"mfa-token-rejected", "otp-rejected"}:
            people.forget_challenge()
        if reason in _LOCKED_OUT or (name == "resetPassword" and sent.answer.status < _FIRST_REDIRECT):
            people.retire()

    def told(self) -> None:
        """Put what was found on record: the smallest request of each cause, the first cause last, where it is seen."""
        trial, found = self.trial, list(self._causes.values())
        for cause in reversed(found[:_MOST_CAUSES]):
            exchange = self.sender.record(cause.operation, cause.smallest)
            clean = trial.gateway.redactor.clean
            finding = Finding(
                clause=cause.fault.clause,
                operation=cause.operation.id,
                expected=clean(cause.fault.expected),
                actual=clean(cause.fault.actual)[:_SHOWN],
                times=cause.times,
                curl=exchange.curl(),
                answer=f"{exchange.status} {exchange.response_body}".strip()[:_SHOWN],
            )
            trial.findings.insert(0, finding)
        trial.answers.update(self.sender.answers)

    @property
    def found(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._causes)


@contextlib.contextmanager
def attempts(trial: Trial) -> Iterator[Attempts]:
    """Attempts of which all that was found is put on record, however they end."""
    given = frozenset(map(str.lower, trial.scope.target.http.headers))
    sender = Sender(trial.gateway, trial.limits, trial.scope.logical, given)
    made = Attempts(trial, sender)
    try:
        yield made
    except Stop as stop:
        # What was found until the run had sent enough stands.
        if not (made.found and isinstance(stop.__cause__, Untested)):
            raise (stop.__cause__ or stop) from None
    finally:
        made.told()


def send_data(trial: Trial, *, fits: bool) -> None:
    """Send an operation all that its document itself leads to, and then what is drawn."""
    auth = credentials(trial, trial.operation)
    operation = operation_of(trial.text, trial.scope.document.source, trial.operation)
    with attempts(trial) as made:

        def attempt(case: Case, right: bool) -> None:  # noqa: FBT001 - Hypothesis draws it
            if right:
                fill(trial, trial.operation, case, fits=fits)
            if trial.scope.everything or case.method.upper() in SAFE_METHODS:
                made.send(case, trial.operation)

        for right in (False, True):
            for case in listed(operation, auth, fits=fits):
                with contextlib.suppress(AssertionError):
                    attempt(case, right)
        if not fits:
            for case in _oversized(operation, auth, trial.operation):
                with contextlib.suppress(AssertionError):
                    attempt(case, right=False)
        seed = trial.sampling.seed_for(trial.operation.id, "fits" if fits else "does not fit")
        examples = trial.sampling.examples
        found_by_drawing(attempt, seed, examples, case=drawn(operation, auth, fits=fits), right=st.booleans())


def _oversized(operation: Drawable, auth: Credentials, described: Operation) -> Iterator[Case]:
    """A request that is too long, where the document says how that is answered."""
    if _TOO_LARGE not in described.statuses:
        return
    for case in listed(operation, auth, fits=True):
        if isinstance(case.body, dict):
            # Without a word of what it was drawn as: it fits, and is refused all the same.
            yield operation.Case(
                path_parameters=case.path_parameters,
                headers=case.headers,
                query=case.query,
                body={**case.body, "padding": _PADDING},
                media_type=case.media_type,
            )
            return


def fill(trial: Trial, operation: Operation, case: Case, *, fits: bool) -> None:
    """Put into a request what no document knows: values that are right; in data that does not fit, names alone."""
    name = trial.scope.logical.get(operation.id)
    if name is None:
        return
    with ended_by_errors(), unrecorded(trial):
        values = trial.people.right(name) if fits else trial.people.identifiers(name)
    bound = trial.scope.binding.operations[name]
    if fits:
        put(case, bound.constants)
    put(case, {bound.request[logical]: value for logical, value in values.items() if bound.request.get(logical)},
        only_texts=not fits)  # fmt: skip


def put(case: Case, values: Mapping[str, object], *, only_texts: bool = False) -> None:
    """Put values where they belong in a request.

    Args:
        case: the request.
        values: by place, as bindings write it.
        only_texts: leave alone what is no text there: it is what does not fit.
    """
    for place, value in values.items():
        kind, _, key = place.partition(":")
        if place.startswith("/"):
            there = case.body.get(place[1:]) if isinstance(case.body, dict) else None
            if isinstance(case.body, dict) and (isinstance(there, str) or not only_texts):
                write(case.body, place, value)
        elif key and kind in _PARTS and (key in getattr(case, _PARTS[kind]) or not only_texts):
            getattr(case, _PARTS[kind])[key] = str(value)


_PARTS = {"path": "path_parameters", "query": "query", "header": "headers", "cookie": "cookies"}
