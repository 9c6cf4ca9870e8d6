"""Messages that cannot be delivered, and links in those that are."""

from __future__ import annotations

import secrets

from pytest_bdd import given, then, when

from servinix_conformance.actor import Forecast, Message, foretold, require

from .cast import Cast, Person
from .language import phrase

_NEEDED = Forecast(uses=("setOutage",))


@given(phrase("nothing can be delivered to {who}"))
@when(phrase("nothing can be delivered to {who}"))
@foretold(lambda **_words: _NEEDED)
def _(cast: Cast, who: str) -> None:
    for address in cast[who].arrivals:
        cast.world.outages.begin(address)


@when(phrase("everything can be delivered to {who} again"))
@foretold(lambda **_words: _NEEDED)
def _(cast: Cast, who: str) -> None:
    for address in cast[who].arrivals:
        cast.world.outages.end(address)


@when(phrase("{who} enters a code that nobody was sent[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    # Where a code was drawn after all, it is this one with a probability of 1 in a million.
    cast.enter_code(cast[who], cast.device(cast[who], device), f"{secrets.randbelow(10**6):06}")


@when(phrase("somebody who claims {header}: {claim} asks for a reset link for {whose}"))
@foretold(lambda **_words: Forecast(uses=("requestPasswordReset",)))
def _(cast: Cast, header: str, claim: str, whose: str) -> None:
    person = cast[whose]
    actor = cast.world.actor()
    actor.pretend({header: claim})
    person.links.append(cast.world.inbox.checkpoint(person.account.email))
    # A request for another host may be refused, or be none of this server's: what comes of it decides.
    cast.change = actor.request_reset(person.account.email)
    require(not actor.wire.server_error, "the request to be taken or refused", cast.change.said)


def _since(cast: Cast, person: Person) -> list[Message]:
    """What has come since the latest request for a link: the link at the least, where that was taken."""
    if cast.change.kind == "done":
        cast.world.inbox.link(person.links[-1])
    return cast.world.inbox.arrived(person.links[-1])


@then(phrase("no link leads {whose} elsewhere than her first one"))
def _(cast: Cast, whose: str) -> None:
    person = cast[whose]
    home = next(message.leads_to for message in cast.world.inbox.arrived(person.links[0]) if message.link is not None)
    for message in _since(cast, person):
        expected = f"every link to lead to {home}"
        require(message.leads_to in {None, home}, expected, f"one leads to {message.leads_to}")


@then(phrase("no message to {whose} names {host}"))
def _(cast: Cast, whose: str, host: str) -> None:
    named = any(host in message.body or host in (message.subject or "") for message in _since(cast, cast[whose]))
    require(not named, f"no message that names {host}", "one does")
