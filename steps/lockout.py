"""Failing often enough to be locked out."""

from __future__ import annotations

import secrets

from pytest_bdd import given, when

from servinix_conformance.actor import Forecast, Outcome, foretold, require

from .cast import Cast, Person
from .language import phrase


def _begin(cast: Cast, person: Person, last: Outcome | None) -> None:
    """The lock begins; it lasts as long as the answer says, and else as long as was promised."""
    told = last.wait if last is not None and last.reason == "account-locked" else None
    cast.begin(person, "the lock", person.since, told)


def _fail_password(cast: Cast, person: Person, often: str, device: str | None) -> None:
    times = cast.world.promise("password_failures_before_lock") - (often == "once less than")
    outcome = _fail(cast, person, times, device)
    _begin(cast, person, outcome)


def _fail(cast: Cast, person: Person, times: int, device: str | None = None) -> Outcome | None:
    """Wrong passwords, one after the other; what the last one came to."""
    outcome = None
    for _ in range(times):
        outcome = cast.give_password(person, f"not-{secrets.token_urlsafe(12)}", device)
        require(outcome.kind == "refused", "a wrong password to be refused", outcome.said)
    return outcome


def _locks(who: str, often: str, **_words: str | None) -> Forecast:
    return Forecast(locks=who if often == "as often as" else None, counts=("password_failures_before_lock",))


@when(phrase("{who} fails her password {often} locks an account[ on {device}]"))
@foretold(_locks)
def _(cast: Cast, who: str, often: str, device: str | None) -> None:
    _fail_password(cast, cast[who], often, device)


@when(phrase("{who} goes on failing her password as often as locks an account"))
@foretold(lambda who: Forecast(locks=who, counts=("password_failures_before_lock",)))
def _(cast: Cast, who: str) -> None:
    # Within the lock, whose end must not move: it does not begin anew.
    _fail(cast, cast[who], cast.world.promise("password_failures_before_lock"))


@given(phrase("{who} has failed her password {often} locks an account"))
@foretold(_locks)
def _(cast: Cast, who: str, often: str) -> None:
    _fail_password(cast, cast[who], often, None)
