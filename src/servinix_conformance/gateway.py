"""From a logical operation to an answer that was judged and recorded: binding, document, HTTP, redaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .actor import AS_USUAL, Broken, NotClaimed, Otherwise
from .binding import Binding, Bound, Call, Told
from .document import Answer, Document, Operation
from .events import Exchange, Violation
from .redaction import Redactor
from .transport import PreparedRequest, Silent, Transport, Unsendable, shown_headers

_NO_DEEDS = {"createUser", "listMessages", "setOutage", "getPolicy"}
SECRET_FIELDS = {"access_token": "ACCESS_TOKEN", "mfa_token": "MFA_TOKEN"}
"""Answer fields that are secrets, and the variables that stand for them in records."""


class Unwritable(Broken):
    """A value that cannot stand where it belongs, such as half a character in a header."""


@dataclass(frozen=True, slots=True)
class Result:
    """An answer, read through the binding.

    Attributes:
        fields: the answer's fields by logical name, secrets included.
        told: what the binding takes the answer for.
        described: whether the document has this status for the operation.
        reason: the logical name of a refusal, where the binding can tell.
        wait: seconds, where the answer asks for a wait.
    """

    operation: str
    answer: Answer
    fields: Mapping[str, Any]
    told: Told
    described: bool
    reason: str | None
    wait: int | None

    @property
    def ok(self) -> bool:
        """Whether the answer is a success that the document describes."""
        return self.described and self.told == "done"

    @property
    def refused(self) -> bool:
        """Whether the answer is a refusal that the document describes."""
        return self.described and self.told == "refused"

    @property
    def said(self) -> str:
        """The answer in a few words."""
        if not self.described:
            return f"{self.operation} answered {self.answer.status}, which the document does not describe"
        return f"{self.operation} answered {self.answer.status}{f' {self.reason}' if self.reason else ''}"


@dataclass(frozen=True, slots=True)
class _Done:
    operation: str
    request: PreparedRequest
    answer: Answer
    violations: list[Violation]
    step: int | None


@dataclass(frozen=True, slots=True)
class _Asked:
    operation: str
    request: PreparedRequest


@dataclass(slots=True)
class Gateway:
    """The one way to the target. One per scenario, since it holds the scenario's secrets and its record.

    Records are made when they are asked for: by then every secret of the scenario is known, also those that an
    answer showed before its message came.

    Attributes:
        deeds: how many operations were carried out that could send a message to somebody.
        step: the position of the step that is being carried out.
    """

    document: Document
    binding: Binding
    transport: Transport
    redactor: Redactor
    not_claimed: frozenset[str] = frozenset()
    deeds: int = 0
    step: int | None = None
    _done: list[_Done] = field(default_factory=list)
    _unanswered: list[_Asked] = field(default_factory=list)

    def another_deed(self) -> None:
        """Count what is done at a page, and may send a message to somebody."""
        self.deeds += 1

    def claims(self, name: str) -> bool:
        """Whether the target claims the logical operation."""
        return name not in self.not_claimed and self.describes(name)

    def describes(self, name: str) -> bool:
        """Whether the document describes the logical operation."""
        return self._described(name) is not None

    def path_of(self, name: str) -> list[str]:
        """The names of the parameters in the path of a logical operation; none where it is not claimed."""
        operation = self._described(name)
        return operation.parameters if operation is not None and name not in self.not_claimed else []

    def perform(  # noqa: PLR0913 - all that may differ from request to request
        self,
        name: str,
        values: Mapping[str, object] | None = None,
        *,
        bearer: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
        fields: Mapping[str, object] | None = None,
        base_url: str | None = None,
        otherwise: Otherwise = AS_USUAL,
    ) -> Result:
        """Carry out a logical operation.

        Args:
            name: the logical operation.
            values: its request fields by logical name.
            bearer: the access token to send.
            headers: further headers.
            extra: members to add to the body as they are.
            fields: further request fields, by place.
            base_url: where to, when that is not where the target is.
            otherwise: how the request differs from what a client would send.

        Raises:
            NotClaimed: the target does not claim the operation, or has no body to write otherwise.
            Unwritable: a value cannot be sent; where no step has made it up, the target gave it.
            Silent: no HTTP answer came.
        """
        operation = self._described(name)
        if operation is None or name in self.not_claimed:
            raise NotClaimed(f"the target does not claim {name}")
        call = self.binding.fill(
            name, values or {}, bearer=bearer, extra={**(extra or {}), **otherwise.extra}, fields=fields
        )
        call.headers.update(headers or {})
        if otherwise is not AS_USUAL:
            call = self._otherwise(name, call, otherwise, bearer)
        sent = replace(operation, method=otherwise.method) if otherwise.method else operation
        try:
            request = self.transport.prepare(sent, call, base_url, otherwise)
        except Unsendable as error:
            raise Unwritable(
                "values that can be sent back to where they came from", f"one of them cannot: {error}"
            ) from error
        self.deeds += name not in _NO_DEEDS
        try:
            answer = self.transport.send(request)
        except Silent as error:
            self._unanswered.append(_Asked(operation.id, request))
            raise Silent(f"{operation.id}: {error}") from error
        fields = self.binding.read(name, answer)
        for key, label in SECRET_FIELDS.items():
            if isinstance(fields.get(key), str):
                self.redactor.register(fields[key], label)
        # The document says nothing of a method that the operation does not have.
        violations = [] if otherwise.method else self.document.violations(operation, answer)
        self._done.append(_Done(operation.id, request, answer, violations, self.step))
        told, reason = self.binding.told(name, answer)
        return Result(
            operation=name,
            answer=answer,
            fields=fields,
            told=told,
            described=operation.described_as(answer.status) is not None,
            reason=reason,
            wait=self.binding.wait(answer),
        )

    def _otherwise(self, name: str, call: Call, otherwise: Otherwise, bearer: str | None) -> Call:
        if otherwise.bearer != "header":
            call.headers.pop("Authorization", None)
        if otherwise.bearer == "query" and bearer is not None:
            call.query["access_token"] = bearer  # RFC 6750, section 2.3
        twice = {self.binding.member(name, field): value for field, value in otherwise.twice.items()}
        bodily = otherwise.body is not None or otherwise.written != "as JSON"
        if None in twice or (bodily and call.body is None):
            raise NotClaimed(f"{name} has no body in which that could be written")
        if otherwise.written == "in the address":
            values = {key: value for key, value in (call.body or {}).items() if isinstance(value, str)}
            return replace(call, body=None, query={**call.query, **values})
        return replace(call, twice={key: value for key, value in twice.items() if key is not None})

    def beside(self) -> Gateway:
        """A second way to the target, with connections of its own: it knows the same secrets and adds to one record."""
        return replace(self, transport=self.transport.another(), deeds=0)

    @property
    def said(self) -> int:
        """How much was said so far."""
        return len(self._done)

    def unsay(self, since: int) -> None:
        """Leave out of the record what was said since then, but for answers that the document does not describe."""
        self._done[since:] = [done for done in self._done[since:] if done.violations]

    def ask(self, operation: Operation, request: PreparedRequest) -> tuple[Answer, list[Violation]]:
        """Send a request that somebody else made, and judge its answer; nothing of it is recorded.

        Raises:
            Silent: no HTTP answer came.
        """
        self.deeds += 1
        try:
            answer = self.transport.send(request)
        except Silent as error:
            raise Silent(f"{operation.id}: {error}") from error
        return answer, self.document.violations(operation, answer)

    def record(
        self, operation: Operation, request: PreparedRequest, answer: Answer, violations: list[Violation]
    ) -> Exchange:
        """Record a request that `ask` sent; returns the record as it is now."""
        done = _Done(operation.id, request, answer, violations, self.step)
        self._done.append(done)
        return self._exchange(done)

    def items(self, result: Result) -> list[dict[str, Any]]:
        """The items of an answer that is a list."""
        return list(self.binding.read_all(result.operation, result.answer))

    def _described(self, name: str) -> Operation | None:
        bound: Bound = self.binding.operations[name]
        return self.document.find(bound.operation)

    def exchanges(self) -> list[Exchange]:
        """What was said and answered so far, redacted."""
        return [self._exchange(done) for done in self._done]

    def unanswered(self) -> Exchange | None:
        """The latest request that got no answer, redacted, with the status 0; None where each got one."""
        if not self._unanswered:
            return None
        asked = self._unanswered[-1]
        return self._exchange(_Done(asked.operation, asked.request, Answer(0, {}, b"", {}), [], None))

    def violations(self) -> list[Violation]:
        """The answers so far that the document does not describe, redacted."""
        return [self._told(item) for done in self._done for item in done.violations]

    def _told(self, item: Violation) -> Violation:
        return Violation(item.operation, self.redactor.clean(item.described), self.redactor.clean(item.came))

    def _exchange(self, done: _Done) -> Exchange:
        clean, opening, header = self.redactor.clean, self.redactor.opening, self.redactor.header
        request, answer = done.request, done.answer
        body = request.body.decode("utf-8", errors="replace") if isinstance(request.body, bytes) else request.body
        return Exchange(
            operation=done.operation,
            method=request.method or "",
            url=clean(request.url or ""),
            request_headers={
                key: header(key, value, _SHOWN_OF_HEADER) for key, value in shown_headers(request.headers).items()
            },
            request_body=None if body is None else opening(body, _SHOWN),
            status=answer.status,
            response_headers={key: header(key, value, _SHOWN_OF_HEADER) for key, value in answer.headers.items()},
            response_body=opening(answer.body.decode("utf-8", errors="replace"), _SHOWN),
            seconds=round(answer.seconds, 6),
            violations=[self._told(item).to_json() for item in done.violations],
            started=round(answer.started, 6),
            step=done.step,
        )


_SHOWN = 16 * 1024
_SHOWN_OF_HEADER = 1024
