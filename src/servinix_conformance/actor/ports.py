"""People at their devices, and what a scenario has of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from .foretelling import Needs
from .records import AS_USUAL, Account, Channel, Checkpoint, Contact, Message, Otherwise, Outcome, Role, Wire
from .screens import Screen


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

    def open_profile_with_forged_token(self, forgery: str) -> Outcome:
        """Open the own profile with the access token of this device, forged in every spelling of a named way.

        Args:
            forgery: how it differs from the good one, such as `without its signature`.

        Returns:
            `signed-in` as soon as one opens it, else the first answer that is no refusal, else the last refusal.

        Raises:
            NotClaimed: the access token is no JWT, or the public key that it takes is not published.
        """

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

    def pretend(self, headers: Mapping[str, str]) -> None:
        """Send these headers besides with every request from now on, whatever they claim; none of them end it."""

    @property
    def screen(self) -> Screen:
        """What only a screen shows. Raises `NotClaimed` where the device has none."""

    @property
    def wire(self) -> Wire:
        """What only the wire shows of the latest answer. Raises `Untested` when there was none."""

    @property
    def heard(self) -> Sequence[Wire]:
        """What only the wire shows of all answers to this device, in order."""

    def shown(self, secret: str) -> tuple[str, ...]:
        """The logical operations in whose answers to this device a secret stands.

        It stands there as it is, in a part of a token that anybody can read, or as a hash without a key.
        """

    @property
    def token_says(self) -> Mapping[str, object] | None:
        """The claims of this device's access token (RFC 7519, section 4); None where it is not one that can be read."""

    @property
    def token_lasts(self) -> float | None:
        """The seconds that this device's access token says it lives; None where it cannot be read, or does not say."""

    @property
    def authenticated_by(self) -> frozenset[str] | None:
        """The methods by which this device's access token says that its user signed in (`amr`, RFC 8176, section 1).

        None where the token cannot be read, or says nothing of it.
        """

    def at_once(self, deeds: Sequence[Callable[[Actor], Outcome]]) -> list[Outcome]:
        """Do all deeds at once, each by a twin of this device on a connection of its own; what they came to, in order.

        A twin has the sign-in and the session of this device, which itself is left as it was. All begin together.
        """


class Accounts(Protocol):
    """Where accounts come from."""

    def lease(self, name: str, needs: Needs) -> Account:
        """An account for somebody in this scenario alone. Raises `Untested` when there is none that fits."""

    def crowd(self, number: int, needs: Needs) -> Sequence[Account]:
        """So many accounts that nobody had before. Raises `Untested` where none can be made."""

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


class Outages(Protocol):
    """Deliveries that fail for a while; what a scenario leaves failing succeeds again when it ends."""

    def begin(self, address: str) -> None:
        """Let deliveries to an e-mail address or phone number fail from now on.

        Raises:
            NotClaimed: the target has nothing that could let them fail.
            Untested: it has, and says no.
        """

    def end(self, address: str) -> None:
        """Let them succeed again. Raises `Untested` when the target says no."""


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
    def outages(self) -> Outages:
        """Deliveries that fail."""

    @property
    def clock(self) -> Clock:
        """Time."""

    @property
    def shortened(self) -> bool:
        """Whether the target declares shorter times than the published ones."""

    def actor(self, client: str | None = None, role: Role = "member") -> Actor:
        """Somebody at a fresh device; without a client, at the one that the scenario runs as.

        Support and administrators have pages of their own, which are no part of the portal: they use the API.
        """

    def send_generated(self, account: Account, *, fits: bool) -> Sequence[str]:
        """Send the operation that the scenario is about all kinds of data, in the name of somebody who has an account.

        Args:
            account: whose sign-in it is that requests need.
            fits: whether the data is as the document has it.

        Returns:
            What is wrong with the answers, each cause once with its clause.

        Raises:
            Untested: it cannot be sent: what draws data is not installed, or the target file does not allow it.
        """

    def follow_links(self, account: Account) -> Sequence[str]:
        """Walk along the links of the document from the operation that the scenario is about.

        Args:
            account: who walks.

        Returns:
            What is wrong on the way, as above; a link that leads nowhere too.

        Raises:
            Untested: as above; or nothing may be gone to.
        """

    def promise(self, name: str) -> int:
        """A number that the deployment promises, by its name in Policy. Raises `Untested` when it is unknown."""

    def note(self, what: str, value: float | str, unit: str = "") -> None:
        """Tell the reports what the scenario measured, or how often it looked.

        A later value takes the place of an earlier one of the same name.
        """
