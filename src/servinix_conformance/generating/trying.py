"""One operation of a document, and what requests that were drawn for it show."""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import dataclass, field

from ..actor import Untested
from ..document import Operation
from ..events import Finding, GeneratedAnswers
from ..gateway import Gateway
from ..sampling import Sampling
from .limits import Limits
from .people import People
from .scope import Scope

NOT_INSTALLED = "what draws requests is not installed: pip install 'servinix-conformance[contract]'"


def available() -> bool:
    """Whether what draws and judges is installed."""
    return importlib.util.find_spec("schemathesis") is not None


@dataclass(slots=True)
class Trial:
    """What is tried on one operation.

    Attributes:
        text: the document as it was read.
        findings: what is wrong, by cause.
        answers: how many answers had which status and media type, by operation.
    """

    text: str
    scope: Scope
    operation: Operation
    gateway: Gateway
    people: People
    limits: Limits
    sampling: Sampling
    findings: list[Finding] = field(default_factory=list)
    answers: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def send_data(self, *, fits: bool) -> None:
        """Send the operation data that fits the document, or that does not.

        Raises:
            Untested: it may not be sent, the run has sent enough, or nobody can be signed in.
            Silent: no HTTP answer came.
        """
        self._check()
        from .attempts import send_data  # noqa: PLC0415 - it takes the extra

        send_data(self, fits=fits)

    def follow_links(self) -> None:
        """Walk along the links of the document, from the operation on.

        Raises:
            Untested: as above; or its links lead nowhere that may be gone to.
            Silent: no HTTP answer came.
        """
        self._check()
        from .sequences import follow_links  # noqa: PLC0415 - as above

        follow_links(self)

    def _check(self) -> None:
        if not available():
            raise Untested(NOT_INSTALLED)
        if (why := self.scope.obstacle(self.operation)) is not None:
            raise Untested(f"{self.operation.id} is not sent generated data: {why}")

    def generated(self) -> list[GeneratedAnswers]:
        """The answers that were counted, as a record."""
        return [GeneratedAnswers(*key, number) for key, number in sorted(self.answers.items())]
