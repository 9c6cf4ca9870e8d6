"""Who is in a scenario, and how things stand when it begins."""

from __future__ import annotations

from dataclasses import replace

from pytest_bdd import given

from servinix_conformance.actor import Forecast, Needs, foretold, require

from .cast import CHANNELS, Cast
from .language import phrase


def needs(mfa: str, *, suspended: bool = False) -> Needs:
    """What an account has to be, from the words of a sentence."""
    channel = next((CHANNELS[channel] for channel in CHANNELS if mfa.endswith(channel)), None)
    return Needs(channel=channel, suspended=suspended)


@given(phrase("{who} is a user {mfa}"))
@foretold(lambda who, mfa: Forecast(joins=(who, needs(mfa))))
def _(cast: Cast, who: str, mfa: str) -> None:
    cast.join(who, needs(mfa))


@given(phrase("{who} is a suspended user {mfa}"))
@foretold(lambda who, mfa: Forecast(joins=(who, needs(mfa, suspended=True))))
def _(cast: Cast, who: str, mfa: str) -> None:
    cast.join(who, needs(mfa, suspended=True))


@given(phrase("{who} is a colleague of {whose} {mfa}"))
@foretold(lambda who, whose, mfa: Forecast(joins=(who, needs(mfa)), beside=whose))
def _(cast: Cast, who: str, whose: str, mfa: str) -> None:
    cast.join(who, replace(needs(mfa), organization=cast[whose].account.organization))


@given(phrase("{who} is an administrator of {whose}'s organization"))
@foretold(lambda who, whose: Forecast(joins=(who, Needs(role="admin")), beside=whose))
def _(cast: Cast, who: str, whose: str) -> None:
    cast.administrator_of(who, cast[whose])


@given(phrase("{who} is signed in already[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    cast.let_in(cast[who], device)


@given(phrase("{who} was asked for a code[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    outcome = cast.give_password(cast[who], cast[who].password, device)
    require(outcome.kind == "code-asked", f"{who} to be asked for a code", outcome.said)
