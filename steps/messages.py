"""What reaches people, and what must not."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import Broken, Message, Untested, require

from .cast import CHANNELS, Cast, Person
from .language import phrase


@when(phrase("{who} signs in with her password and names another {channel} in {field}"))
def _(cast: Cast, who: str, channel: str, field: str) -> None:
    stranger = cast.world.inbox.fresh(CHANNELS[channel])
    cast.strangers[channel] = cast.world.inbox.checkpoint(stranger)
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


@then(phrase("exactly {number} messages have reached {who}'s {channel}"))
@then(phrase("exactly {number} message has reached {who}'s {channel}"))
def _(cast: Cast, number: str, who: str, channel: str) -> None:
    contact = cast[who].contact
    if contact is None or contact.channel != CHANNELS[channel]:
        raise Broken(f"{who} to have a registered {channel}", "she has none")
    cast.world.inbox.wait(cast[who].arrivals[contact.address])
    arrived = _arrived(cast, cast[who], contact.address)
    require(len(arrived) == int(number), f"{number} in all at {who}'s {channel}", f"{len(arrived)} came")


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
    _nothing_at(cast, channel)


@then(phrase("no message has reached {who}'s address {how}"))
def _(cast: Cast, who: str, how: str) -> None:  # noqa: ARG001 - the sentence names her
    _nothing_at(cast, how)


def _nothing_at(cast: Cast, stranger: str) -> None:
    if stranger not in cast.strangers:
        raise Untested("nobody has named that address yet; begin with a deed that does")
    arrived = cast.world.inbox.arrived(cast.strangers[stranger])
    require(not arrived, "no message to that address", f"{len(arrived)} came")
