"""Time that passes, for the one whom the scenario is about."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import Untested, require

from .cast import Cast
from .language import phrase

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


def _published(cast: Cast, number: str, unit: str) -> int:
    if cast.world.shortened:
        raise Untested("shortened times: the published range cannot be seen here")
    return int(number) * _SECONDS[unit.rstrip("s")]


@when(phrase("{number} {unit} have passed"))
@when(phrase("{number} {unit} has passed"))
def _(cast: Cast, number: str, unit: str) -> None:
    cast.world.clock.pass_time(cast.protagonist.account, _published(cast, number, unit))


@when(phrase("{span} has passed"))
def _(cast: Cast, span: str) -> None:
    cast.pass_until(cast.protagonist, span, 0)


@when(phrase("all but 1 second of {span} has passed"))
def _(cast: Cast, span: str) -> None:
    cast.pass_until(cast.protagonist, span, 1)


@when(phrase("all but 1 second of {number} {unit} has passed"))
def _(cast: Cast, number: str, unit: str) -> None:
    cast.world.clock.pass_time(cast.protagonist.account, _published(cast, number, unit) - 1)


@then(phrase("{who} is told to wait {number} {unit} for a new code"))
def _(cast: Cast, who: str, number: str, unit: str) -> None:
    expected = _published(cast, number, unit)
    declared = cast[who].outcome.number("resend_after")
    if declared is None:
        declared = cast.world.promise("resend_after_seconds")
    require(declared == expected, f"a declared wait of {expected} s", f"{declared:g} s are declared")
