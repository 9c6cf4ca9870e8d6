"""Time that passes, for the one whom the scenario is about unless it says for whom."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import Forecast, NotClaimed, Outcome, Untested, foretold, require

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


def _waits_for(span: str, **_words: str | None) -> Forecast:
    return Forecast(waits=SPANS[span])


@when(phrase("{number} {unit} have passed"))
@foretold(_waits)
def _(cast: Cast, number: str, unit: str) -> None:
    seconds = _published(cast, number, unit)
    cast.world.clock.pass_time(cast.protagonist.account, seconds, f"{number} {unit}")


@when(phrase("{span} has passed[ for {who}]"))
@foretold(_waits_for)
def _(cast: Cast, span: str, who: str | None) -> None:
    cast.pass_whole(cast[who] if who else cast.protagonist, span)


@when(phrase("{part} of {span} has passed"))
@when(phrase("{part} of {span} have passed"))
@foretold(_waits_for)
def _(cast: Cast, part: str, span: str) -> None:
    cast.pass_thirds(cast.protagonist, span, {"a third": 1, "two thirds": 2}[part])


@when(phrase("all but {number} {unit} of {span} has passed"))
@when(phrase("all but {number} {unit} of {span} have passed"))
@foretold(_waits_for)
def _(cast: Cast, number: str, unit: str, span: str) -> None:
    cast.pass_all_but(cast.protagonist, span, _seconds(number, unit))


@when(phrase("all but 1 second of {number} {unit} has passed"))
@foretold(_waits)
def _(cast: Cast, number: str, unit: str) -> None:
    seconds = _published(cast, number, unit) - 1 - cast.world.clock.uncertainty
    cast.world.clock.pass_time(cast.protagonist.account, seconds, f"{number} {unit}")


def _told(outcome: Outcome, span: str) -> float | None:
    """What an answer says of the length of a span, from now on, in seconds."""
    if outcome.kind == "refused":
        return outcome.wait
    names = {
        "the code's life": "otp_expires_in",
        "the wait for a new code": "resend_after",
        "the challenge's life": "expires_in",
        "the session's life": "expires_in",
    }
    return outcome.number(names[span]) if span in names else None


@then(phrase("{who} is told how much of {span} is left"))
def _(cast: Cast, who: str, span: str) -> None:
    person = cast[who]
    told = _told(person.outcome, span)
    if person.outcome.kind == "refused":
        require(told is not None, f"a refusal that tells how long to wait ({span})", person.outcome.said)
    elif told is None:
        raise NotClaimed(f"its answers do not tell how much of {span} is left")
    cast.begin(person, span, person.since, told)


@then(phrase("{who} is told of {span} what is published"))
@foretold(lambda span, **_words: Forecast(counts=(SPANS[span],)))
def _(cast: Cast, who: str, span: str) -> None:
    told, published = _told(cast[who].outcome, span), cast.world.promise(SPANS[span])
    if told is None:
        raise NotClaimed(f"its answers do not tell of {span}")
    require(told == published, f"{span} to be {published} s, as published", f"the answer tells {told:g} s")


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
