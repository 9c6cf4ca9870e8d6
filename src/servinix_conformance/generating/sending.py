"""How generated requests travel: as all others do, within the limits of a run, and with a wait where one is asked for.

schemathesis sends through a `requests.Session`; this one's adapter is our own way to the target.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import requests
import urllib3
from requests import PreparedRequest
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from ..actor import Untested
from ..document import Answer, Operation
from ..events import Exchange, Violation
from ..gateway import Gateway
from .limits import Limits
from .scope import SAFE_METHODS

_OF_SCHEMATHESIS = {"User-Agent", "X-Schemathesis-TestCaseId"}
"""Headers that would only make a request longer."""
_BUSY = {429, 503}
_TOLD_OF_ONE = {"account-locked", "resend-too-soon", "delivery-failed"}
"""Refusals that ask one user to wait, and nobody else."""
_FIRST_REDIRECT = 300
_MOST_WAITS = 3
_LONGEST_WAIT = 120
_SPENT = "the run has sent as many generated requests as it may; raise max_requests under [safety]"
_MESSAGES = "the run has caused as many messages as it may; raise max_messages under [safety]"


class Stop(BaseException):
    """Ends all drawing at once, unlike an `Exception`, with which it would go on; `__cause__` says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent, and its answer."""

    request: PreparedRequest
    answer: Answer
    violations: tuple[Violation, ...]

    @property
    def size(self) -> tuple[int, str]:
        """What makes one request smaller than another: its length, and among those of one length the alphabet."""
        request = self.request
        text = f"{request.url}{dict(request.headers)}{request.body!r}"
        return len(text), text


@dataclass(slots=True)
class Sender:
    """Sends requests to one operation after the other.

    Attributes:
        operation: what is asked for now.
        last: what was sent last.
        logical: the contract's name of an operation by its operationId.
        given: headers that the target file gives every request, by name in lower case: drawn ones are nobody's.
        answers: how many answers had which status and media type, by operation.
    """

    gateway: Gateway
    limits: Limits
    logical: Mapping[str, str]
    given: frozenset[str] = frozenset()
    answers: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    session: requests.Session = field(default_factory=requests.Session)
    operation: Operation | None = None
    last: Sent | None = None

    def __post_init__(self) -> None:
        # Nothing of the environment may decide what is sent.
        self.session.trust_env = False
        self.session.headers.clear()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Adapter(self))

    def carry(self, request: PreparedRequest) -> Answer:
        """Send a request that schemathesis made.

        Raises:
            Stop: the run may not go on with it, or no answer came.
        """
        try:
            return self._carried(request)
        except Exception as error:
            raise Stop from error

    def _carried(self, request: PreparedRequest) -> Answer:
        if self.operation is None:
            raise RuntimeError("nobody said which operation is asked")
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in _OF_SCHEMATHESIS and name.lower() not in self.given
        }
        body = request.body.encode() if isinstance(request.body, str) else request.body
        sent = self.gateway.transport.adopted(request.method or "GET", request.url or "", headers, body)
        answer, violations = self._asked(self.operation, sent)
        waits = 0
        while (wait := self._wait(self.operation, answer)) is not None:
            if waits == _MOST_WAITS:
                # Others may use up what is allowed; whoever goes on all the same does not keep to it.
                raise Untested(f"{self.operation.id} answers {answer.status} again after {waits} waits as it asked for")
            self.limits.wait(wait, f"the rate limit of {self.operation.id}")
            waits += 1
            answer, violations = self._asked(self.operation, sent)
        self.last = Sent(sent, answer, tuple(violations))
        return answer

    def _asked(self, operation: Operation, request: PreparedRequest) -> tuple[Answer, list[Violation]]:
        if not self.limits.request():
            raise Untested(_SPENT)
        sends = request.method not in SAFE_METHODS
        if sends and not self.limits.message():
            raise Untested(_MESSAGES)
        answer, violations = self.gateway.ask(operation, request)
        if sends and answer.status >= _FIRST_REDIRECT:
            self.limits.no_message()
        if request.method != operation.method:
            # The document says nothing of a method that the operation does not have.
            return answer, []
        status = operation.described_as(answer.status) or str(answer.status)
        self.answers[operation.id, status, answer.media_type] += 1
        return answer, violations

    def _wait(self, operation: Operation, answer: Answer) -> int | None:
        """The seconds after which a limit on the rate of requests is over; None where there is none."""
        if answer.status not in _BUSY:
            return None
        seconds, name = self.gateway.binding.wait(answer), self.logical.get(operation.id)
        reason = self.gateway.binding.told(name, answer)[1] if name is not None else None
        if seconds is None or reason in _TOLD_OF_ONE:
            return None
        if seconds > _LONGEST_WAIT:
            raise Untested(f"{operation.id} answered {answer.status}, and asks for a wait of {seconds} s")
        return seconds

    def record(self, operation: Operation, sent: Sent) -> Exchange:
        """Put a request on record, with its answer."""
        return self.gateway.record(operation, sent.request, sent.answer, list(sent.violations))


class _Adapter(BaseAdapter):
    """What `requests` takes for the network."""

    def __init__(self, sender: Sender) -> None:
        super().__init__()
        self._sender = sender

    def send(self, request: PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Send it, and make of the answer what `requests` would."""
        answer = self._sender.carry(request)
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response.url, response.request = request.url or "", request
        response.elapsed = timedelta(seconds=answer.seconds)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.raw = urllib3.HTTPResponse(
            io.BytesIO(answer.body), answer.headers, answer.status, version=11, preload_content=False
        )
        return response

    def close(self) -> None:
        """There is nothing of its own to close."""
