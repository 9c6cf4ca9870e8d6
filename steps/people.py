"""Who is in a scenario, and how things stand when it begins."""

from __future__ import annotations

from pytest_bdd import given

from servinix_conformance.actor import Needs, require

from .cast import CHANNELS, Cast
from .language import phrase


def _channel(mfa: str) -> str | None:
    return next((channel for channel in CHANNELS if mfa.endswith(channel)), None)


@given(phrase("{who} is a user {mfa}"))
def _(cast: Cast, who: str, mfa: str) -> None:
    channel = _channel(mfa)
    cast.join(who, Needs(channel=CHANNELS[channel] if channel else None))


@given(phrase("{who} is a suspended user {mfa}"))
def _(cast: Cast, who: str, mfa: str) -> None:
    channel = _channel(mfa)
    cast.join(who, Needs(channel=CHANNELS[channel] if channel else None, suspended=True))


@given(phrase("{who} is a colleague of {whose} {mfa}"))
def _(cast: Cast, who: str, whose: str, mfa: str) -> None:
    channel = _channel(mfa)
    organization = cast[whose].account.organization
    cast.join(who, Needs(channel=CHANNELS[channel] if channel else None, organization=organization))


@given(phrase("{who} is an administrator of {whose}'s organization"))
def _(cast: Cast, who: str, whose: str) -> None:
    cast.administrator_of(who, cast[whose])


@given(phrase("{who} is signed in already[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    cast.let_in(cast[who], device)


@given(phrase("{who} was asked for a code"))
def _(cast: Cast, who: str) -> None:
    outcome = cast.give_password(cast[who], cast[who].password)
    require(outcome.kind == "code-asked", f"{who} to be asked for a code", outcome.said)
