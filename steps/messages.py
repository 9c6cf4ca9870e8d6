"""What reaches people, and what must not."""

from __future__ import annotations

import secrets

from pytest_bdd import then, when

from servinix_conformance.actor import Broken, Message, require

from .cast import CHANNELS, Cast, Person
from .language import phrase
from .sign_in import WRITTEN


@when(phrase("{who} signs in with her password and names another {channel} in {field}"))
def _(cast: Cast, who: str, channel: str, field: str) -> None:
    nonce = secrets.randbelow(10**9)
    stranger = f"stranger-{nonce:09}@inbox.example" if channel == "e-mail" else f"+887{nonce:09}"
    cast.strangers[channel] = stranger
    value: object = {"channel": CHANNELS[channel], "address": stranger} if field == "contact" else stranger
    cast.give_password(cast[who], cast[who].password, extra={field: value})


@then(phrase("a code reaches {who}'s {channel}"))
def _(cast: Cast, who: str, channel: str) -> None:
    person = cast[who]
    contact = person.contact
    if contact is None or contact.channel != CHANNELS[channel]:
        raise Broken(f"{who} to have a registered {channel}", "she has none")
    if person.last is None or person.last.challenged is None:
        raise Broken(f"{who} to be asked for a code", person.outcome.said)
    code = cast.code_for(person, person.last)
    require(len(code) == 6, "a code of six digits", f"one of {len(code)}")  # noqa: PLR2004 - the published length


@then(phrase("{who} did not have to ask for it"))
def _(cast: Cast, who: str) -> None:
    asked = cast[who].outcome.facts.get("code_requested") is True
    require(not asked, "the sign-in itself to send the code", "a request of its own was needed")


def _arrived(cast: Cast, person: Person, address: str) -> list[Message]:
    return cast.world.inbox.arrived(person.arrivals[address])


@then(phrase("exactly {number} message has reached {who}'s {channel}"))
def _(cast: Cast, number: str, who: str, channel: str) -> None:
    contact = cast[who].contact
    if contact is None or contact.channel != CHANNELS[channel]:
        raise Broken(f"{who} to have a registered {channel}", "she has none")
    cast.world.inbox.wait(cast[who].arrivals[contact.address])
    arrived = _arrived(cast, cast[who], contact.address)
    require(len(arrived) == int(number), f"{number} message to {who}'s {channel}", f"{len(arrived)} came")


@then(phrase("no message has reached {who}'s {channel}"))
def _(cast: Cast, who: str, channel: str) -> None:
    contact = cast[who].contact
    arrived = _arrived(cast, cast[who], contact.address) if contact else []
    require(not arrived, f"no message to {who}'s {channel}", f"{len(arrived)} came")


@then(phrase("no code has reached {who}'s {channel}"))
def _(cast: Cast, who: str, channel: str) -> None:
    contact = cast[who].contact
    arrived = [message for message in _arrived(cast, cast[who], contact.address) if message.code] if contact else []
    require(not arrived, f"no code to {who}'s {channel}", f"{len(arrived)} came")


@then(phrase("no message has reached the address that {who} signs in with"))
def _(cast: Cast, who: str) -> None:
    arrived = _arrived(cast, cast[who], cast[who].account.email)
    require(not arrived, "no message to the address of the account", f"{len(arrived)} came")


@then(phrase("no message has reached the other {channel}"))
def _(cast: Cast, channel: str) -> None:
    _nothing_at(cast, cast.strangers[channel])


@then(phrase("no message has reached {who}'s address {written}"))
def _(cast: Cast, who: str, written: str) -> None:
    _nothing_at(cast, WRITTEN[written](cast[who].account.email))


def _nothing_at(cast: Cast, address: str) -> None:
    # Nobody else knows this address, so whatever is there came from this scenario.
    seen = cast.world.inbox.checkpoint(address).seen
    require(not seen, "no message to that address", f"{len(seen)} came")
