"""Time that passes, for the one whom the scenario is about."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import Forecast, Untested, foretold, require

from .cast import SPANS, Cast
from .language import phrase

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


def _seconds(number: str, unit: str) -> int:
    return int(number) * _SECONDS[unit.rstrip("s")]


def _published(cast: Cast, number: str, unit: str) -> int:
    if cast.world.shortened:
        raise Untested("shortened times: the published range cannot be seen here")
    return _seconds(number, unit)


def _waits(number: str, unit: str) -> Forecast:
    return Forecast(waits=float(_seconds(number, unit)))


def _waits_for(span: str, **_words: str) -> Forecast:
    return Forecast(waits=SPANS[span])


@when(phrase("{number} {unit} have passed"))
@foretold(_waits)
def _(cast: Cast, number: str, unit: str) -> None:
    seconds = _published(cast, number, unit)
    cast.world.clock.pass_time(cast.protagonist.account, seconds, f"{number} {unit}")


@when(phrase("{span} has passed"))
@foretold(_waits_for)
def _(cast: Cast, span: str) -> None:
    cast.pass_whole(cast.protagonist, span)


@when(phrase("{part} of {span} has passed"))
@when(phrase("{part} of {span} have passed"))
@foretold(_waits_for)
def _(cast: Cast, part: str, span: str) -> None:
    cast.pass_thirds(cast.protagonist, span, {"a third": 1, "two thirds": 2}[part])


@when(phrase("all but 1 second of {span} has passed"))
@foretold(_waits_for)
def _(cast: Cast, span: str) -> None:
    cast.pass_all_but(cast.protagonist, span, 1)


@when(phrase("all but 1 second of {number} {unit} has passed"))
@foretold(_waits)
def _(cast: Cast, number: str, unit: str) -> None:
    seconds = _published(cast, number, unit) - 1 - cast.world.clock.uncertainty
    cast.world.clock.pass_time(cast.protagonist.account, seconds, f"{number} {unit}")


@then(phrase("{who} is told to wait {number} {unit} for a new code"))
def _(cast: Cast, who: str, number: str, unit: str) -> None:
    expected = _published(cast, number, unit)
    declared = cast[who].outcome.number("resend_after")
    if declared is None:
        declared = cast.world.promise("resend_after_seconds")
    require(declared == expected, f"a declared wait of {expected} s", f"{declared:g} s are declared")


@then(phrase("{who} is told that the code lives {number} {unit} at the most"))
def _(cast: Cast, who: str, number: str, unit: str) -> None:
    longest = _published(cast, number, unit)
    declared = cast[who].outcome.number("otp_expires_in")
    if declared is None:
        declared = cast.world.promise("otp_ttl_seconds")
    require(declared <= longest, f"a declared life of {longest} s at the most", f"{declared:g} s are declared")
