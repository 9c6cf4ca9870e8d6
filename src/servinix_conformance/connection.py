"""One process's way to the target."""

from __future__ import annotations

import json
import math
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self

from .actor import Channel, Untested
from .binding import Binding, BindingError
from .board import LocalBoard, RemoteBoard
from .browser.program import Program
from .document import Answer, Document, DocumentError
from .gateway import Gateway
from .inbox.kinds import OptionsError, open_source, problems_of
from .inbox.served import Reader, RemoteSource
from .inbox.source import InboxError, Source
from .inbox.text import Patterns
from .reading import MOST_OF_A_DOCUMENT
from .redaction import Redactor
from .references import References
from .schema_messages import remedy
from .service import Service
from .suite import suite_root
from .target import Target
from .target_file import load
from .target_names import misnamed
from .transport import Silent, Transport

_POLL_SECONDS = 0.2
_PROBES = 5
_SCHEDULING_SECONDS = 0.1
_REFUSED = {401, 403, 404}


class Unusable(Exception):  # noqa: N818 - what the target is
    """The target cannot be tested at all; the message says why, and what would change it."""


@dataclass(slots=True)
class Connection:
    """A target, its document and its binding, with open connections.

    Attributes:
        run: what tells this run from others.
        uncertainty: seconds by which the moment of something on the target may be known wrongly.
        skew: seconds by which the target's clock is ahead of ours; None where it sends no date.
        longest_wait: seconds; what has to be waited for longer is left untested.
        sources: the inboxes of the target file, open.
        patterns: what codes and links look like in the messages of each channel.
        program: the browser of this process.
        board: what all processes of the run know together.
        policy: what the target publishes of its numbers, once it was asked.
    """

    target: Target
    document: Document
    document_text: str
    binding: Binding
    transport: Transport
    redactor: Redactor
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    uncertainty: float = 0.0
    skew: float | None = None
    longest_wait: float = math.inf
    sources: dict[Channel, Source] = field(default_factory=dict)
    patterns: dict[Channel, Patterns] = field(default_factory=lambda: {"email": Patterns(), "phone": Patterns()})
    board: LocalBoard | RemoteBoard = field(default_factory=LocalBoard)
    program: Program = field(default_factory=Program)
    policy: dict[str, Any] | None = None
    _served: tuple[Reader, Service] | None = None

    @classmethod
    def open(cls, target: Target, wait_for: float = 0.0, profiles: Iterable[str] | None = None) -> Self:
        """Reach the target and read its document.

        Args:
            target: the target.
            wait_for: seconds to wait for a first HTTP answer.
            profiles: those that it may claim; any without them.

        Raises:
            Unusable: no HTTP answer, no readable document, a binding that fits nothing, or test support that refuses.
        """
        transport = _transport(target, profiles)
        # What can be looked at without the target is looked at first.
        connection = None if _is_url(target.openapi) else cls._checked(target, transport)
        first = _await(transport, wait_for)
        connection = connection or cls._checked(target, transport)
        connection.skew = _skew(first)
        if not connection.virtual:
            connection.uncertainty = _uncertainty(transport)
        connection.check_test_support()
        connection._open_inboxes()  # noqa: SLF001 - its own
        messages = target.safety.max_messages if target.test_support_token is None else None
        connection.board = LocalBoard(messages, most_requests=target.safety.max_requests)
        return connection

    @classmethod
    def unopened(cls, target: Target, profiles: Iterable[str] | None = None) -> Self:
        """A target of which nothing but the document is read; where that is a file, nothing is asked at all.

        Raises:
            Unusable: no readable document, or a binding that fits nothing.
        """
        return cls._checked(target, _transport(target, profiles))

    @classmethod
    def from_json(cls, data: str) -> Self:
        """The connection of a worker, from what `to_json` gave the controller."""
        parts = json.loads(data)
        target = Target.of(parts["target"], parts["source"], parts["secrets"])
        connection = cls._made(target, parts["text"], parts["document"], Transport(target.base_url, target.http))
        connection.run, connection.uncertainty = parts["run"], parts["uncertainty"]
        connection.longest_wait = parts["longest_wait"]
        connection.board = RemoteBoard(parts["board"])
        for channel, table in parts["inboxes"].items():
            connection.sources[channel] = RemoteSource(table["address"])
            connection.patterns[channel] = Patterns(table["code"], table["link"])
        return connection

    def to_json(self) -> str:
        """All that a worker needs to open its own connection; it holds secrets and goes through a pipe alone."""
        target = self.target
        reader, board = self._serve()
        return json.dumps(
            {
                "target": target.data,
                "source": target.source,
                "secrets": target.secrets,
                "text": self.document_text,
                "document": self.document.source,
                "run": self.run,
                "uncertainty": self.uncertainty,
                "longest_wait": self.longest_wait,
                "board": board.address("board"),
                "inboxes": {
                    channel: {"address": reader.address(channel), **asdict(self.patterns[channel])}
                    for channel in self.sources
                },
            }
        )

    def close(self) -> None:
        """Let go of everything that is open."""
        for served in self._served or ():
            served.close()
        for source in self.sources.values():
            source.close()
        if isinstance(self.board, RemoteBoard):
            self.board.close()
        self.transport.close()

    def _serve(self) -> tuple[Reader, Service]:
        """What the workers of this process ask."""
        if not isinstance(self.board, LocalBoard):
            raise TypeError("only the process that owns the run has workers")
        if self._served is None:
            named = {str(channel): source for channel, source in self.sources.items()}
            self._served = Reader(named), Service({"board": self.board.answer})
        return self._served

    def _open_inboxes(self) -> None:
        references = References(Path(self.target.source).parent, os.environ)
        for channel, table in self.target.inboxes.items():
            try:
                opened = open_source(table, references, f"inbox.{channel}")
            except (OptionsError, InboxError) as error:
                raise Unusable(f"{self.target.source}: inbox.{channel}: {error}") from error
            self.sources[channel], self.patterns[channel] = opened.source, opened.patterns

    @property
    def virtual(self) -> bool:
        """Whether time can be moved; else it has to pass."""
        return self.target.test_support_token is not None and self.gateway().claims("advanceClock")

    def gateway(self) -> Gateway:
        """A way to the target with a record of its own."""
        return Gateway(self.document, self.binding, self.transport, Redactor(self.redactor), self.target.not_claimed)

    def promise(self, name: str) -> int:
        """A promised number: from the target's own policy operation, else from the target file."""
        if self.policy is None:
            self.policy, gateway, token = {}, self.gateway(), self.target.test_support_token
            if token is not None and gateway.claims("getPolicy"):
                self.policy = dict(gateway.perform("getPolicy", bearer=token).fields)
        value = self.policy.get(name, self.target.policy.get(name))
        if not isinstance(value, int) or isinstance(value, bool):
            raise Untested(f"it is not known how the deployment has set {name}; add {name} under [policy]")
        return value

    def answers(self) -> bool:
        """Whether the target gives any HTTP answer right now."""
        try:
            self.transport.get(self.target.base_url)
        except Silent:
            return False
        return True

    @classmethod
    def _checked(cls, target: Target, transport: Transport) -> Self:
        text, source = _document_text(target, transport)
        connection = cls._made(target, text, source, transport)
        connection.check_claims()
        operations = connection.binding.operations
        try:
            connection.document.check(operations[name].operation for name in operations.keys() - target.not_claimed)
        except DocumentError as error:
            raise Unusable(str(error)) from error
        return connection

    @classmethod
    def _made(cls, target: Target, text: str, source: str, transport: Transport) -> Self:
        try:
            document, binding = Document(text, source), Binding(target.bindings)
        except DocumentError as error:
            raise Unusable(str(error)) from error
        except BindingError as error:
            raise Unusable(_lines(target, str(error).splitlines())) from error
        redactor = Redactor()
        for name, value in target.secrets.items():
            redactor.register(value, name)
        for account in target.accounts:
            redactor.register(account.email, "EMAIL")
            redactor.register(account.password, "PASSWORD")
            redactor.register(account.address or "", "CONTACT")
        for name, value in target.http.headers.items():
            redactor.register(value, name.upper().replace("-", "_"))
        return cls(target, document, text, binding, transport, redactor)

    def check_claims(self) -> None:
        """Raise `Unusable` when the target file speaks of operations that the document does not describe."""
        target, gateway = self.target, self.gateway()
        told = {f"claims.claimed: {name}": name for name in sorted(target.claimed)}
        told |= {f"bindings.{name}": name for name in target.bindings if name in self.binding.operations}
        if target.test_support_token is not None:
            told["test_support"] = "createUser"
        problems = []
        for key, name in told.items():
            if not gateway.describes(name):
                wanted = self.binding.operations[name].operation
                problems.append(
                    f"{key}: {self.document.source} describes no operation {wanted!r}; "
                    f"{remedy(wanted, self.document.operations)}"
                )
        for name, bound in self.binding.operations.items():
            places = {*bound.request.values(), *bound.constants}
            problems += [
                f"bindings.{name}.request: its path needs {part!r}; bind a field as 'path:{part}'"
                for part in gateway.path_of(name)
                if f"path:{part}" not in places
            ]
        if problems:
            raise Unusable(_lines(target, problems))

    def check_test_support(self) -> None:
        """Raise `Unusable` when test support refuses its secret."""
        token, gateway = self.target.test_support_token, self.gateway()
        if token is None or not gateway.claims("getPolicy"):
            return
        try:
            result = gateway.perform("getPolicy", bearer=token)
        except Silent as error:
            raise Unusable(str(error)) from error
        # An answer that breaks the contract is no matter of credentials: the clauses will say so.
        if result.answer.status in _REFUSED and not gateway.violations():
            raise Unusable(
                f"{self.target.base_url}: test support answered {result.answer.status}: start the server with test "
                f"support, and give the same secret as token under [test_support]"
            )


def read_target(path: Path, base_url: str | None) -> Target:
    """Read a target file, its inboxes included. Raises `TargetError` with a line for each error."""
    return load(path, base_url=base_url, checks=[problems_of])


def _transport(target: Target, profiles: Iterable[str] | None) -> Transport:
    if problems := list(misnamed(target, profiles)):
        raise Unusable(_lines(target, problems))
    return Transport(target.base_url, target.http)


def _lines(target: Target, problems: Iterable[str]) -> str:
    return "\n".join(f"{target.source}: {problem}" for problem in problems)


def _is_url(source: str | None) -> bool:
    return source is not None and source.startswith(("http://", "https://"))


def _await(transport: Transport, wait_for: float) -> Answer:
    until = time.monotonic() + wait_for
    while True:
        try:
            return transport.get(transport.base_url)
        except Silent as error:
            if time.monotonic() >= until:
                raise Unusable(f"{error}; is the server up? --wait-for 60s waits for it") from error
            time.sleep(_POLL_SECONDS)


def _skew(answer: Answer) -> float | None:
    """From the Date of an answer (RFC 9110, section 6.6.1), which knows no fractions of a second."""
    try:
        return round(parsedate_to_datetime(answer.headers.get("date", "")).timestamp() - answer.started)
    except (ValueError, TypeError):
        # The second for a date that is none.
        return None


def _uncertainty(transport: Transport) -> float:
    """How long an answer takes here at the worst, twice, and what two busy machines may add."""
    took = []
    for _ in range(_PROBES):
        began = time.monotonic()
        transport.get(transport.base_url)
        took.append(time.monotonic() - began)
    return 2 * max(took) + _SCHEDULING_SECONDS


def _document_text(target: Target, transport: Transport) -> tuple[str, str]:
    source = target.openapi or str(suite_root() / "openapi.yaml")
    if not _is_url(source):
        try:
            # The suite's own document is named without its folder, so that reports do not tell where it is installed.
            shown = source if target.openapi else "openapi.yaml"
            return Path(source).read_text(encoding="utf-8"), shown
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(
                f"{source}: the OpenAPI document cannot be read: {error}; see openapi in the target file"
            ) from error
    try:
        answer = transport.get(source, MOST_OF_A_DOCUMENT)
    except Silent as error:
        raise Unusable(f"{source}: the OpenAPI document cannot be fetched: {error}") from error
    if answer.status != 200 or answer.cut:  # noqa: PLR2004 - OK
        told = f"has more than {len(answer.body)} bytes" if answer.cut else f"cannot be fetched: status {answer.status}"
        raise Unusable(f"{source}: the OpenAPI document {told}; give it as a file, see openapi in the target file")
    try:
        return answer.body.decode("utf-8"), source
    except UnicodeDecodeError as error:
        raise Unusable(f"{source}: the OpenAPI document is not UTF-8: {error.reason} at byte {error.start}") from error
