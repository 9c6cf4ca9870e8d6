"""A new password by way of a link."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from pytest_bdd import given, then, when

from servinix_conformance.actor import Forecast, foretold, require

from .cast import Cast, Person
from .language import phrase
from .sign_in import written


def ask(cast: Cast, person: Person) -> None:
    """Ask for a link to the address that somebody signs in with."""
    since = cast.world.clock.now(person.account)
    person.links.append(cast.world.inbox.checkpoint(person.account.email))
    outcome = cast.device(person).actor.request_reset(person.account.email)
    require(outcome.kind == "done", "a request for a link to be taken", outcome.said)
    cast.begin(person, "the link's life", since)


def _asks(**_words: str) -> Forecast:
    return Forecast(uses=("requestPasswordReset",))


@given(phrase("{who} has a reset link"))
@foretold(_asks)
def _(cast: Cast, who: str) -> None:
    ask(cast, cast[who])
    cast.world.inbox.link(cast[who].links[-1])


@when(phrase("{who} asks for a reset link"))
@foretold(_asks)
def _(cast: Cast, who: str) -> None:
    ask(cast, cast[who])


@when(phrase("somebody asks for a reset link for {whose}'s address {how}"))
@foretold(_asks)
def _(cast: Cast, whose: str, how: str) -> None:
    person = cast[whose]
    address = written(person.account.email, how)
    cast.strangers[how] = cast.world.inbox.checkpoint(address)
    outcome = cast.device(person).actor.request_reset(address)
    require(outcome.kind in {"done", "refused"}, "an answer that is described", outcome.said)


_CHOSEN: dict[str, Callable[[], str]] = {
    "a password of 64 characters": lambda: secrets.token_hex(32),
    "a password of 100 characters": lambda: secrets.token_hex(50),
    "a password in other scripts": lambda: f"пароль-密码-{secrets.token_urlsafe(12)}",
    "a password with blanks around it": lambda: f" {secrets.token_urlsafe(12)} ",
}


@when(phrase("{who} follows {link} and chooses a new password"))
@foretold(lambda who, link: Forecast(changes=who, uses=("resetPassword",)))  # noqa: ARG005 - whichever link
def _(cast: Cast, who: str, link: str) -> None:
    _choose(cast, cast[who], link, f"New-{secrets.token_urlsafe(12)}")


@when(phrase("{who} follows {link} and chooses {chosen}"))
@foretold(lambda who, **_words: Forecast(changes=who, uses=("resetPassword",)))
def _(cast: Cast, who: str, link: str, chosen: str) -> None:
    _choose(cast, cast[who], link, _CHOSEN[chosen]())


def _choose(cast: Cast, person: Person, link: str, new_password: str) -> None:
    since = person.links[-1] if link == "the link" else person.links[-2]
    cast.change = cast.device(person).actor.reset_password(cast.world.inbox.link(since), new_password)
    if cast.change.kind != "refused":
        cast.new_password(person, new_password)


@then(phrase("a reset link reaches the address that {who} signs in with"))
def _(cast: Cast, who: str) -> None:
    cast.world.inbox.link(cast[who].links[-1])
