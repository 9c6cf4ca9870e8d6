"""What steps may say, and what comes back.

This is the only room of the harness that steps import, and it imports no other. It names the people of a sign-in
(`Actor`), the answer to anything they do (`Outcome`), and the ports through which a scenario gets accounts, messages
and time. How an actor reaches the target, over HTTP or through a browser, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

Kind = Literal["signed-in", "code-asked", "refused", "done", "unreadable"]
Channel = Literal["email", "phone"]
Role = Literal["member", "admin", "support"]
StepFunction = TypeVar("StepFunction", bound=Callable[..., Any])


class Untested(Exception):  # noqa: N818 - it is a verdict, not a fault
    """The scenario cannot be carried out on this target; the message says why, and what would change it."""


class NotClaimed(Exception):  # noqa: N818 - likewise
    """The target does not describe what the scenario needs."""


class OtherVariant(NotClaimed):
    """It does not have this channel or this client; another one may show the same promise."""


class Broken(AssertionError):  # noqa: N818 - likewise
    """A promise that was not kept.

    Args:
        expected: what the clause promises, as a sentence.
        actual: what the target did instead.
    """

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(f"expected {expected}, but {actual}")
        self.expected = expected
        self.actual = actual


def require(kept: bool, expected: str, actual: str) -> None:  # noqa: FBT001 - it reads like assert
    """Raise `Broken` unless `kept`."""
    __tracebackhide__ = True
    if not kept:
        raise Broken(expected, actual)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where one-time passcodes go: a channel, and an e-mail address or an E.164 phone number."""

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a scenario needs an account to be."""

    channel: Channel | None = None  # None: no MFA
    role: Role = "member"
    suspended: bool = False
    organization: str | None = None  # None: one of its own


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a step is going to need, told from its words alone, before anything has run.

    Accounts that are few can so be had all at once or not at all, and what waits longest can begin first.

    Attributes:
        joins: who comes into the scenario, and what account that takes.
        beside: in whose organization.
        apart: in another organization than whose.
        locks: whose account is going to be locked.
        changes: whose password or MFA is going to be changed.
        waits: the seconds that have to pass, or the promise that tells them.
        counts: promises without which it cannot be known how often something has to be done.
        uses: what else a target has to offer than a sign-in, by the contract's names.
    """

    joins: tuple[str, Needs] | None = None
    beside: str | None = None
    apart: str | None = None
    locks: str | None = None
    changes: str | None = None
    waits: str | float | None = None
    counts: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


Foretelling = Callable[..., Forecast]


def foretold(tell: Foretelling) -> Callable[[StepFunction], StepFunction]:
    """Let a step be foretold: `tell` gets the words of its sentence, and nothing else."""

    def mark(step: StepFunction) -> StepFunction:
        step.foretold = tell  # type: ignore[attr-defined]  # functions carry what is put on them
        return step

    return mark


@dataclass(frozen=True, slots=True)
class Account:
    """An account that a scenario holds alone. `access_token` is a session of it that is open already."""

    user_id: str
    email: str
    password: str = field(repr=False)
    organization: str
    role: Role
    contact: Contact | None
    access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that reached somebody: its text, and the code or the link that stands in it."""

    to: str
    subject: str | None
    body: str = field(repr=False)
    code: str | None = field(repr=False)
    link: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment in an inbox: what had arrived at `address` before it does not count. `mark` is the inbox's own."""

    address: str
    mark: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one deed.

    Attributes:
        kind: `signed-in` (an access token was given), `code-asked` (the second stage is open), `refused`, `done`
            (carried out, where no sign-in is at stake), or `unreadable` (not an answer that the document describes).
        reason: the logical name of a refusal, such as `otp-rejected`, where the binding can tell.
        wait: seconds to wait, where the answer asks for it.
        facts: what else the answer says, by logical field name; secrets are not among them. `code_requested` is true
            where the code of a sign-in had to be asked for by a request of its own.
        said: the answer in a few words, for a person.
    """

    kind: Kind
    reason: str | None = None
    wait: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    said: str = ""

    def number(self, name: str) -> float | None:
        """The fact `name` if it is a number, else None."""
        value = self.facts.get(name)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """How a request differs from what a client would send.

    Attributes:
        extra: members that the body has besides, as they are.
        twice: fields that stand in the body a second time, with these values.
        body: what is sent in place of the body.
        written: how the body is written, or where else it stands.
        method: the HTTP method, in place of the operation's own.
        bearer: where the access token stands.
    """

    extra: Mapping[str, object] = field(default_factory=dict)
    twice: Mapping[str, object] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    written: Literal["as JSON", "as a form", "as plain text", "in the address"] = "as JSON"
    method: str | None = None
    bearer: Literal["header", "query", "nowhere"] = "header"


AS_USUAL = Otherwise()


@dataclass(frozen=True, slots=True)
class Wire:
    """What only the wire shows of an answer.

    Attributes:
        operation: the logical operation that was answered.
        storable: whether caches may store it: it does not say `no-store` (RFC 9111, section 5.2.2.5).
        asks_for_token: whether it asks for a bearer token by `WWW-Authenticate` (RFC 6750, section 3).
        server_error: whether the server says that it failed.
        internals: what in it tells of the inside of the server, in a few words each.
    """

    operation: str
    storable: bool
    asks_for_token: bool
    server_error: bool
    internals: tuple[str, ...] = ()


class Actor(Protocol):
    """A person at one device: the verbs of the help pages, and `attempt` for what no client would do."""

    @property
    def last(self) -> Outcome:
        """The outcome of the latest deed."""

    def sign_in(self, email: str, password: str, **extra: object) -> Outcome:
        """The password stage; `extra` are fields that no client would send."""

    def resume(self, access_token: str) -> Outcome:
        """Go on with a session that was opened elsewhere."""

    def enter_code(self, code: str) -> Outcome:
        """The OTP stage, in the sign-in that this device began."""

    def request_code(self) -> Outcome:
        """Ask for a new code in the sign-in that this device began."""

    def sign_out(self) -> Outcome:
        """End the session of this device."""

    def open_profile(self) -> Outcome:
        """Open the own profile with the session of this device: `signed-in`, or `refused`."""

    def open_profile_with_the_answer(self) -> Outcome:
        """Try every value of the latest answer as an access token: `signed-in` if one of them opens the profile."""

    def request_reset(self, email: str) -> Outcome:
        """Ask for a link that resets the password."""

    def reset_password(self, link: str, new_password: str) -> Outcome:
        """Follow the link and choose a new password."""

    def find_user(self, email: str) -> Outcome:
        """Look a user up: the facts are the user's record, or empty if none is shown."""

    def enable_mfa(self, user_id: str, contact: Contact, *, confirmed: bool | None) -> Outcome:
        """Switch MFA on for a user; None leaves out whether the contact was confirmed."""

    def disable_mfa(self, user_id: str, *, identity_verified: bool | None) -> Outcome:
        """Switch MFA off for a user; None leaves out whether the identity was verified."""

    def unlock(self, user_id: str, *, identity_verified: bool | None) -> Outcome:
        """Let a locked-out user in again."""

    def attempt(
        self, operation: str, fields: Mapping[str, object] | None = None, otherwise: Otherwise = AS_USUAL
    ) -> Outcome:
        """Carry out a logical operation in a way of one's own.

        Args:
            operation: its name in the contract.
            fields: its request fields by logical name, whatever their type. What the device has is sent with it: the
                mfa_token of the sign-in that it began, and the access token of its session.
            otherwise: how the request differs from what a client would send.

        Raises:
            NotClaimed: the target does not have this operation, or this field where it could be written so.
        """

    @property
    def wire(self) -> Wire:
        """What only the wire shows of the latest answer. Raises `Untested` when there was none."""

    def shown(self, secret: str) -> tuple[str, ...]:
        """The logical operations in whose answers to this device a secret stands.

        It stands there as it is, in a part of a token that anybody can read, or as a hash without a key.
        """

    @property
    def token_says(self) -> Mapping[str, object] | None:
        """The claims of this device's access token (RFC 7519, section 4); None where it is not one that can be read."""

    def at_once(self, deeds: Sequence[Callable[[Actor], Outcome]]) -> list[Outcome]:
        """Do all deeds at once, each by a twin of this device on a connection of its own; what they came to, in order.

        A twin has the sign-in and the session of this device, which itself is left as it was. All begin together.
        """


class Accounts(Protocol):
    """Where accounts come from."""

    def lease(self, name: str, needs: Needs) -> Account:
        """An account for somebody in this scenario alone. Raises `Untested` when there is none that fits."""

    def password_changed(self, account: Account, password: str) -> None:
        """Note that an account has another password from now on."""


class Inbox(Protocol):
    """Where messages arrive."""

    def checkpoint(self, address: str) -> Checkpoint:
        """Remember what has arrived at `address` so far."""

    def wait(self, since: Checkpoint) -> Message:
        """The first message after the checkpoint. Raises `Broken` when none comes for as long as the inbox waits."""

    def code(self, since: Checkpoint) -> str:
        """The first code after the checkpoint, whatever else comes before: notices share the mailbox.

        Raises:
            Broken: no message with exactly one code comes for as long as the inbox waits.
        """

    def link(self, since: Checkpoint) -> str:
        """Likewise the first link."""

    def arrived(self, since: Checkpoint) -> list[Message]:
        """All messages since the checkpoint, oldest first, once it has been quiet for as long as the inbox asks for."""

    def fresh(self, channel: Channel) -> str:
        """An address that nobody has used. Raises `Untested` where there is none."""


class Clock(Protocol):
    """Time that passes for one account."""

    @property
    def uncertainty(self) -> float:
        """Seconds by which a moment on the target's clock may be known wrongly; 0 where time stands still."""

    def now(self, account: Account) -> float:
        """Seconds on this account's clock, from an arbitrary start."""

    def pass_time(self, account: Account, seconds: float, what: str) -> None:
        """Let `seconds` pass for this account; `what` says what is being waited for."""


class World(Protocol):
    """All that one scenario has of the world."""

    @property
    def client(self) -> str:
        """The client that the scenario runs as: `web portal` or `Servinix Go`."""

    @property
    def accounts(self) -> Accounts:
        """Accounts."""

    @property
    def inbox(self) -> Inbox:
        """Messages."""

    @property
    def clock(self) -> Clock:
        """Time."""

    @property
    def shortened(self) -> bool:
        """Whether the target declares shorter times than the published ones."""

    def actor(self, client: str | None = None) -> Actor:
        """Somebody at a fresh device; without a client, at the one that the scenario runs as."""

    def promise(self, name: str) -> int:
        """A number that the deployment promises, by its name in Policy. Raises `Untested` when it is unknown."""
