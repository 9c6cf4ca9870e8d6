"""The people of a scenario: their accounts, their devices, and what has reached them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from servinix_conformance.actor import (
    Account,
    Actor,
    Channel,
    Checkpoint,
    Contact,
    Needs,
    Outcome,
    Untested,
    World,
)

from .looks import Round

CHANNELS: dict[str, Channel] = {"e-mail": "email", "phone": "phone"}
SPANS = {
    "the code's life": "otp_ttl_seconds",
    "the wait for a new code": "resend_after_seconds",
    "the lock": "lock_seconds",
    "the link's life": "reset_token_ttl_seconds",
    "the challenge's life": "mfa_token_ttl_seconds",
    "the session's life": "access_token_ttl_seconds",
    "the access token's life": "access_token_ttl_seconds",
}
"""Each span of time that steps speak of, and the promise that tells its length."""
_PUBLISHED_WAIT = 30


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time that has begun, at some moment between two. Its length is in seconds, or the name of a promise."""

    earliest: float
    latest: float
    length: float | str


@dataclass(slots=True)
class Device:
    """A device that somebody signs in on, and the code that came for the sign-in it began.

    Attributes:
        forged: the header in which it claims another client address with each request of a sign-in.
    """

    actor: Actor
    challenged: Checkpoint | None = None
    code: str | None = None
    forged: str | None = None
    _claimed: int = 0

    def move(self) -> None:
        """Claim another client address from now on, one that is nobody's (RFC 5737), where this device claims any."""
        if self.forged is not None:
            self._claimed += 1
            address = f"203.0.113.{self._claimed % 254 + 1}"
            self.actor.pretend({self.forged: f"for={address}" if self.forged == "Forwarded" else address})


@dataclass(slots=True)
class Person:
    """Somebody, with an account."""

    name: str
    account: Account
    contact: Contact | None
    password: str
    arrivals: dict[str, Checkpoint]
    devices: dict[str, Device] = field(default_factory=dict)
    last: Device | None = None
    old_password: str = ""
    role: str = ""
    links: list[Checkpoint] = field(default_factory=list)
    codes: list[Checkpoint] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)
    rounds: list[list[Outcome]] = field(default_factory=list)
    since: float = 0.0  # a moment before her latest deed, by her account's clock
    drawn: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What her latest deed came to."""
        if self.last is None:
            raise Untested(f"{self.name} has done nothing yet; begin with a deed of hers")
        return self.last.actor.last


@dataclass(slots=True)
class Crowd:
    """People without a name, of whom there may be more.

    Attributes:
        number: how many come at a time.
        people: who came last.
        known: how long answers to each of all of them took, in milliseconds.
        nobody: how long answers to as many addresses took that nobody has.
    """

    number: int
    needs: Needs
    people: Sequence[Account]
    known: list[float] = field(default_factory=list)
    nobody: list[float] = field(default_factory=list)


class Cast:
    """Everybody in a scenario, by name. Support has an account as soon as it is spoken of."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.change = Outcome("done")
        self.strangers: dict[str, Checkpoint] = {}
        self.looks: list[Round] = []
        self.crowd: Crowd | None = None
        self.found: Sequence[str] = ()
        self._people: dict[str, Person] = {}

    def __getitem__(self, name: str) -> Person:
        if name == "Support" and name not in self._people:
            self.join(name, Needs(role="support"))
            self.let_in(self["Support"])
        return self._people[name]

    @property
    def protagonist(self) -> Person:
        """Whom the scenario is about: the first who came into it."""
        return next(iter(self._people.values()))

    def join(self, name: str, needs: Needs) -> Person:
        """Give somebody an account."""
        account = self.world.accounts.lease(name, needs)
        addresses = [account.email, *([account.contact.address] if account.contact else [])]
        arrivals = {address: self.world.inbox.checkpoint(address) for address in addresses}
        person = Person(name, account, account.contact, account.password, arrivals)
        self._people[name] = person
        return person

    def new_contact(self, person: Person, channel: str) -> Contact:
        """A contact for somebody, at an address that nobody else has."""
        contact = Contact(CHANNELS[channel], self.world.inbox.fresh(CHANNELS[channel]))
        person.arrivals[contact.address] = self.world.inbox.checkpoint(contact.address)
        return contact

    def device(self, person: Person, name: str | None = None) -> Device:
        """Somebody's device by name; without one, that of the client which the scenario runs as."""
        key = name or "the device"
        if key not in person.devices:
            client = None if key in {"the device", "another device"} else key.removeprefix("the ")
            person.devices[key] = Device(self.world.actor(client, person.account.role))
        person.last = person.devices[key]
        return person.last

    def give_password(
        self, person: Person, password: str, device: str | None = None, extra: Mapping[str, object] | None = None
    ) -> Outcome:
        """The password stage, for one's own e-mail address."""
        return self.sign_in_as(person, person.account.email, password, device, extra)

    def sign_in_as(
        self,
        person: Person,
        email: str,
        password: str,
        device: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Outcome:
        """The password stage."""
        here = self.device(person, device)
        before = self.world.inbox.checkpoint(person.contact.address) if person.contact else None
        person.since = self.world.clock.now(person.account)
        here.move()
        outcome = here.actor.sign_in(email, password, **(extra or {}))
        self._challenged(person, here, outcome, before)
        if outcome.kind == "code-asked":
            # Here alone: nothing that comes later extends it.
            self.begin(person, "the challenge's life", person.since, outcome.number("expires_in"))
        return self._signed_in(person, here, outcome)

    def enter_code(self, person: Person, device: Device, code: str) -> Outcome:
        """The OTP stage."""
        person.since = self.world.clock.now(person.account)
        return self._signed_in(person, device, device.actor.enter_code(code))

    def _signed_in(self, person: Person, device: Device, outcome: Outcome) -> Outcome:
        if outcome.kind == "signed-in":
            declared = outcome.number("expires_in")
            self.begin(person, "the session's life", person.since, declared)
            # That a token ends when it says so itself is one promise, and what is said of it another.
            self.begin(person, "the access token's life", person.since, device.actor.token_lasts or declared)
        return outcome

    def ask_for_code(self, person: Person, device: str | None = None) -> Outcome:
        """Ask for a new code."""
        here = self.device(person, device)
        before = self.world.inbox.checkpoint(person.contact.address) if person.contact else None
        person.since = self.world.clock.now(person.account)
        here.move()
        outcome = here.actor.request_code()
        self._challenged(person, here, outcome, before)
        return outcome

    def _challenged(self, person: Person, device: Device, outcome: Outcome, before: Checkpoint | None) -> None:
        if outcome.kind != "code-asked":
            return
        device.challenged, device.code = before, None
        if before is not None:
            person.codes.append(before)
        life, wait = outcome.number("otp_expires_in"), outcome.number("resend_after")
        self.begin(person, "the code's life", person.since, life)
        self.begin(person, "the wait for a new code", person.since, wait if self.world.shortened else _PUBLISHED_WAIT)

    def code_for(self, person: Person, device: Device) -> str:
        """The code of the sign-in that a device began; a device that began none takes that of another."""
        begun = device if device.challenged else next((it for it in person.devices.values() if it.challenged), device)
        if begun.code is None:
            if begun.challenged is None:
                raise Untested(f"no code was asked of {person.name}; begin with the password")
            begun.code = self.world.inbox.code(begun.challenged)
        return begun.code

    def earlier_code(self, person: Person, back: int = 2) -> str:
        """A code that came to somebody before her newest one: the `back`-th, counted from the newest."""
        if len(person.codes) < back:
            raise Untested(f"fewer than {back} codes were asked of {person.name}; begin with the password")
        return self.world.inbox.code(person.codes[-back])

    def wrong_code(self, person: Person, device: Device) -> str:
        """Six digits that are not the code."""
        return f"{(int(self.code_for(person, device)) + 1 + secrets.randbelow(999_998)) % 1_000_000:06}"

    def let_in(self, person: Person, device: str | None = None) -> None:
        """Sign somebody in by all stages. Raises `Untested` if that cannot be done: other scenarios are red for it."""
        here = self.device(person, device)
        if person.account.access_token is not None:
            here.actor.resume(person.account.access_token)
            return
        outcome = self.give_password(person, person.password, device)
        if outcome.kind == "code-asked" and person.contact is not None:
            outcome = self.enter_code(person, here, self.code_for(person, here))
        if outcome.kind != "signed-in":
            raise Untested(f"{person.name} could not be signed in: {outcome.said}")

    def new_password(self, person: Person, password: str) -> None:
        """Note that somebody has another password from now on."""
        person.old_password, person.password = person.password, password
        self.world.accounts.password_changed(person.account, password)

    def administrator_of(self, name: str, person: Person) -> None:
        """Give somebody an account that administers somebody else's organization, and sign it in."""
        self.let_in(self.join(name, Needs(role="admin", organization=person.account.organization)))

    def begin(self, person: Person, span: str, since: float, length: float | None = None) -> None:
        """Note that a span began at some moment between `since` and now; without a length, it is the promised one."""
        now = self.world.clock.now(person.account)
        person.spans[span] = Span(since, now, SPANS[span] if length is None else length)

    def pass_all_but(self, person: Person, span: str, seconds: float) -> None:
        """Let time pass until surely no less than `seconds` of a span are left. Raises `Untested` if it may be over."""
        begun, length, uncertainty = self._span(person, span)
        if self.world.clock.now(person.account) > begun.earliest + length - uncertainty:
            raise Untested(
                f"{span}, {length:g} s, may have been over before so much of it was done: it is too short here"
            )
        self._pass_until(person, begun.earliest + length - seconds - uncertainty, span)

    def pass_whole(self, person: Person, span: str) -> None:
        """Let time pass until a span is surely over."""
        begun, length, uncertainty = self._span(person, span)
        self._pass_until(person, begun.latest + length + uncertainty, span)

    def pass_thirds(self, person: Person, span: str, thirds: int) -> None:
        """Let time pass until a third of a span is over, or two."""
        begun, length, _ = self._span(person, span)
        self._pass_until(person, begun.latest + length * thirds / 3, span)

    def _span(self, person: Person, span: str) -> tuple[Span, float, float]:
        if span not in person.spans:
            raise Untested(f"{span} has not begun in this scenario")
        begun, uncertainty = person.spans[span], self.world.clock.uncertainty
        length = self.world.promise(begun.length) if isinstance(begun.length, str) else begun.length
        if uncertainty > length / 10:
            raise Untested(
                f"moments are known to {uncertainty:.2g} s here, which is more than a tenth of {span}, {length:g} s"
            )
        return begun, length, uncertainty

    def _pass_until(self, person: Person, moment: float, span: str) -> None:
        left = moment - self.world.clock.now(person.account)
        if left > 0:
            self.world.clock.pass_time(person.account, left, span)


@pytest.fixture
def cast(world: World) -> Cast:
    """The people of this scenario."""
    return Cast(world)
