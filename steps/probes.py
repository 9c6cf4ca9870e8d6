"""What no client would send, and what only the wire shows of an answer."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import Otherwise, require

from .cast import Cast
from .language import phrase


@when(phrase("{who} opens her profile"))
def _(cast: Cast, who: str) -> None:
    cast.device(cast[who]).actor.open_profile()


@when(phrase("{who} opens her profile with the access token in the address"))
def _(cast: Cast, who: str) -> None:
    cast.device(cast[who]).actor.attempt("getProfile", otherwise=Otherwise(bearer="query"))


@when(phrase("{who} opens her profile without an access token"))
def _(cast: Cast, who: str) -> None:
    cast.device(cast[who]).actor.attempt("getProfile", otherwise=Otherwise(bearer="nowhere"))


@then(phrase("{who}'s profile is shown"))
def _(cast: Cast, who: str) -> None:
    outcome = cast[who].outcome
    require(outcome.kind == "signed-in", f"{who}'s profile to open", outcome.said)
    shown = outcome.facts.get("email")
    require(shown == cast[who].account.email, f"the profile to be {who}'s own", f"it shows {shown}")


@then(phrase("{who} is given an access token"))
def _(cast: Cast, who: str) -> None:
    outcome = cast[who].outcome
    require(outcome.kind == "signed-in", f"{who} to be given an access token", outcome.said)


@then(phrase("no cache may keep the answer to {who}"))
def _(cast: Cast, who: str) -> None:
    wire = cast.device(cast[who]).actor.wire
    require(not wire.storable, "an answer that no cache may store", f"{wire.operation} answered without no-store")


@then(phrase("the answer to {who} asks for an access token"))
def _(cast: Cast, who: str) -> None:
    wire = cast.device(cast[who]).actor.wire
    told = f"{wire.operation} answered without WWW-Authenticate: Bearer"
    require(wire.asks_for_token, "an answer that asks for a bearer token", told)
