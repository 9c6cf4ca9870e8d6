"""The world of one scenario: accounts, messages, time and people, each from what the target has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from .accounts import NoAccounts, TestSupportAccounts
from .actor import Account, Actor, Channel, Contact, NotClaimed, Role, Untested
from .api import ApiActor
from .browser.actor import BrowserActor
from .browser.own import Own
from .browser.program import NoBrowser
from .clients import BROWSER, WEB_PORTAL, client_of
from .clock import RealClock, VirtualClock
from .connection import Connection
from .events import Note
from .forecast import Outlook
from .gateway import Gateway
from .generating import NOT_INSTALLED, Limits, People, Scope, Trial, available
from .inbox.letterbox import Letterbox
from .inbox.source import Source
from .inbox.test_support import TestSupportSource
from .outages import TestSupportOutages
from .sampling import Sampling
from .support_desk import SupportDesk
from .target import Support, Target
from .transport import Silent

if TYPE_CHECKING:
    from .leased_accounts import LeasedAccounts


@dataclass(slots=True)
class ScenarioWorld:
    """All that one scenario has: implements `servinix_conformance.actor.World`.

    Attributes:
        browsing: the devices with a browser that were used.
        left: what could not be set back when it was closed, without secrets.
        operation: the operationId of what it is about; None where it is about none of the document's.
        sampling: what generated requests are drawn from.
        trial: what was tried on that operation.
        pauses: the time that rate limits ask for, which nobody can move.
    """

    client: str
    accounts: TestSupportAccounts | LeasedAccounts | NoAccounts
    inbox: Letterbox
    support: SupportDesk
    clock: VirtualClock | RealClock
    gateway: Gateway
    connection: Connection
    outages: TestSupportOutages
    pauses: RealClock
    browsing: list[BrowserActor] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    _notes: dict[str, Note] = field(default_factory=dict)
    operation: str | None = None
    sampling: Sampling = field(default_factory=Sampling)
    trial: Trial | None = None

    @property
    def shortened(self) -> bool:
        """Whether the target declares shorter times than the published ones."""
        return self.connection.target.shortened

    def actor(self, client: str | None = None, role: Role = "member") -> Actor:
        """Somebody at a fresh device."""
        name = client or self.client
        if name == BROWSER and role == "member":
            self.browsing.append(_browser(self.connection, self.gateway))
            return self.browsing[-1]
        return self.caller(WEB_PORTAL.name if name == BROWSER else name)

    def caller(self, client: str) -> ApiActor:
        """Somebody at a fresh device that speaks to the API."""
        return _device(self.connection, self.gateway, client)

    def evidence(self) -> dict[str, Any] | None:
        """What the browser shows that was used last; None where none was."""
        seen = (actor.evidence() for actor in reversed(self.browsing))
        return next((evidence.to_json() for evidence in seen if evidence is not None), None)

    def close(self) -> None:
        """Shut all windows, let everything be delivered again and give the accounts back, each whatever else fails."""
        with ExitStack() as closing:
            # The last one goes first: accounts may be set back by a sign-in, whose code has to come.
            closing.callback(self._set_back, self.accounts.close)
            closing.callback(self._set_back, self.outages.close)
            for actor in self.browsing:
                closing.callback(actor.close)

    def _set_back(self, close: Callable[[], list[str]]) -> None:
        try:
            left = close()
        except (Silent, NotClaimed) as error:
            left = [f"({error})"]
        self.left += map(self.gateway.redactor.clean, left)

    def send_generated(self, account: Account, *, fits: bool) -> Sequence[str]:
        """Send the operation all kinds of data."""
        trial = self._trial(account)
        trial.send_data(fits=fits)
        return [str(finding) for finding in trial.findings]

    def follow_links(self, account: Account) -> Sequence[str]:
        """Walk along the links of the document."""
        trial = self._trial(account)
        trial.follow_links()
        return [str(finding) for finding in trial.findings]

    def _trial(self, account: Account) -> Trial:
        connection = self.connection
        scope = Scope.of(connection)
        operation = connection.document.operations.get(self.operation or "")
        if operation is None:
            nowhere = "the document has no operation that generated requests may be sent to"
            raise Untested(nowhere if available() else NOT_INSTALLED)
        own, board = scope.own_users, connection.board
        self.trial = Trial(
            text=connection.document_text,
            scope=scope,
            operation=operation,
            gateway=self.gateway,
            people=People(
                account,
                lambda: self.caller(WEB_PORTAL.name),
                self.accounts.lease,
                self.inbox,
                self.clock,
                self.promise,
                own,
            ),
            limits=Limits(
                board.take_request,
                (lambda: True) if own else board.take,
                (lambda: None) if own else board.give_back,
                lambda seconds, what: self.pauses.pass_time(account, seconds, what),
            ),
            sampling=self.sampling,
        )
        return self.trial

    def promise(self, name: str) -> int:
        """A number that the deployment promises."""
        return self.connection.promise(name)

    def note(self, what: str, value: float | str, unit: str = "") -> None:
        """Tell the reports what the scenario measured."""
        self._notes[what] = Note(what, value, unit)

    def notes(self) -> list[Note]:
        """What the scenario measured, in order; without any secret that is known by now."""
        clean = self.gateway.redactor.clean
        return [
            replace(note, value=clean(note.value)) if isinstance(note.value, str) else note
            for note in self._notes.values()
        ]


def world_of(connection: Connection, client: str, outlook: Outlook) -> ScenarioWorld:
    """A world for one scenario: with accounts, secrets and a record of its own.

    Args:
        connection: the way to the target.
        client: the client that it runs as.
        outlook: what it is going to need.
    """
    gateway = connection.gateway()
    portal = _device(connection, gateway, WEB_PORTAL.name)
    inbox, unused = _inbox(connection, gateway)
    support = SupportDesk(*_support(connection.target), portal, inbox)
    world = ScenarioWorld(
        client=client,
        accounts=NoAccounts(),
        inbox=inbox,
        support=support,
        clock=_clock(connection, gateway),
        gateway=gateway,
        connection=connection,
        outages=TestSupportOutages(gateway, connection.target.test_support_token),
        pauses=_real(connection),
    )
    world.accounts = _accounts(world, outlook, unused)
    return world


def _device(connection: Connection, gateway: Gateway, client: str) -> ApiActor:
    # Users of test support are the suite's own: nobody is disturbed by what is sent to them.
    board = connection.board if connection.target.test_support_token is None else None
    return ApiActor(gateway, client_of(client, connection.target, connection.binding), board)


def _browser(connection: Connection, gateway: Gateway) -> BrowserActor:
    target = connection.target
    if target.portal is None:
        raise Untested("the target file names no portal: give base_url under [portal]")
    try:
        connection.program.start()
    except NoBrowser as error:
        raise Untested(str(error)) from error
    board = connection.board if target.test_support_token is None else None
    own = Own.of(target)
    window = partial(connection.program.context, target.http, own)
    return BrowserActor(window, target.portal, gateway.redactor, gateway, board, own=own)


def _clock(connection: Connection, gateway: Gateway) -> VirtualClock | RealClock:
    token = connection.target.test_support_token
    if token is not None and connection.virtual:
        return VirtualClock(gateway, token)
    return _real(connection)


def _real(connection: Connection) -> RealClock:
    return RealClock(connection.uncertainty, connection.longest_wait, connection.board.waits)


def _inbox(connection: Connection, gateway: Gateway) -> tuple[Letterbox, dict[str, int]]:
    token, unused = connection.target.test_support_token, dict[str, int]()
    deadline = connection.target.test_support_deadline
    sources: dict[Channel, Source] = dict(connection.sources)
    if token is not None and gateway.claims("listMessages"):
        for channel, pattern in connection.patterns.items():
            sources.setdefault(channel, TestSupportSource(gateway, token, pattern, unused, deadline_seconds=deadline))
    return Letterbox(sources, connection.patterns, gateway.redactor), unused


def _accounts(
    world: ScenarioWorld, outlook: Outlook, unused: dict[str, int]
) -> TestSupportAccounts | LeasedAccounts | NoAccounts:
    connection, gateway = world.connection, world.gateway
    target = connection.target
    if target.test_support_token is not None and gateway.claims("createUser"):
        own, inbox = connection.sources, world.inbox
        return TestSupportAccounts(
            gateway,
            target.test_support_token,
            unused,
            fresh=lambda channel: inbox.fresh(channel) if channel in own else None,
        )
    if not target.accounts:
        return NoAccounts()
    from .leased_accounts import LeasedAccounts  # noqa: PLC0415 - most runs lease none
    from .leasing import Desk  # noqa: PLC0415 - likewise

    return LeasedAccounts(
        desk=Desk(target.base_url, target.accounts, target.safety.destructive, connection.run),
        parts={part.name: part for part in outlook.parts},
        support=world.support,
        inbox=world.inbox,
        clock=world.clock,
        stranger=world.caller(WEB_PORTAL.name),
        lock_seconds=target.policy.get("lock_seconds"),
        not_claimed=target.not_claimed,
    )


def _support(target: Target) -> tuple[Support | None, Contact | None]:
    account = next((account for account in target.accounts if account.role == "support"), None)
    who = target.support
    if who is None and account is not None:
        who = Support(account.email, account.password)
    if account is None or who is None or who.email != account.email or not account.mfa:
        return who, None
    return who, Contact(account.channel or "email", account.address or "")
