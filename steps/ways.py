"""Ways around the two stages: what others must not do, and what must not outlive a change."""

from __future__ import annotations

from pytest_bdd import given, then, when

from servinix_conformance.actor import Broken, Forecast, Untested, foretold, require

from .cast import Cast, Person
from .language import phrase
from .people import needs

_LOOKS_UP = Forecast(uses=("findUsers",))


@given(phrase("{who} is a user {mfa}, of another organization than {whose}'s"))
@foretold(lambda who, mfa, whose: Forecast(joins=(who, needs(mfa)), apart=whose))
def _(cast: Cast, who: str, mfa: str, whose: str) -> None:
    person, other = cast.join(who, needs(mfa)), cast[whose]
    if person.account.organization == other.account.organization:
        raise Untested(f"{who} and {whose} are of one organization; give one of them another one")


@when(phrase("{who} looks {whose} up"))
@foretold(lambda **_words: _LOOKS_UP)
def _(cast: Cast, who: str, whose: str) -> None:
    cast.device(cast[who]).actor.find_user(cast[whose].account.email)


@then(phrase("{who} is shown nothing about {whose}"))
def _(cast: Cast, who: str, whose: str) -> None:
    outcome = cast[who].outcome
    shown = outcome.kind not in {"done", "refused"} or bool(outcome.facts.get("user_id") or outcome.facts.get("email"))
    require(not shown, f"{who} to be shown nothing about {whose}", outcome.said)


@then(phrase("{who} is shown the record of {whose}"))
def _(cast: Cast, who: str, whose: str) -> None:
    outcome = cast[who].outcome
    shown = outcome.kind == "done" and outcome.facts.get("email") == cast[whose].account.email
    require(shown, f"{who} to be shown the record of {whose}", outcome.said)


@given(phrase("{who} has read her messages"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    person.arrivals |= {address: cast.world.inbox.checkpoint(address) for address in person.arrivals}


@then(phrase("a notice reaches {who}"))
def _(cast: Cast, who: str) -> None:
    require(_told(cast, cast[who]), f"a message that tells {who} of the change", "none came to any address of hers")


def _told(cast: Cast, person: Person) -> bool:
    """Whether something came: to the contact, where it is waited for, or to another address of hers."""
    first = person.contact.address if person.contact else person.account.email
    try:
        cast.world.inbox.wait(person.arrivals[first])
    except Broken:
        others = [since for address, since in person.arrivals.items() if address != first]
        return any(cast.world.inbox.arrived(since) for since in others)
    return True
