"""Paths past a stage: tokens in each other's place, somebody else who is named, and what a request claims of itself."""

from __future__ import annotations

from pytest_bdd import given, then, when

from servinix_conformance.actor import Forecast, OtherVariant, Otherwise, foretold, require

from .cast import Cast, Person
from .language import phrase

_SWAPPED = Otherwise(swapped=True)


@when(phrase("{who} opens her profile with her mfa_token in place of an access token"))
def _(cast: Cast, who: str) -> None:
    cast.device(cast[who]).actor.attempt("getProfile", otherwise=_SWAPPED)


@when(phrase("{who} enters the code with her access token in place of an mfa_token"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    here = cast.device(person)
    here.actor.attempt("verifyOtp", {"otp": cast.code_for(person, here)}, _SWAPPED)


@when(phrase("{who} asks for a new code with her access token in place of an mfa_token"))
@foretold(lambda **_words: Forecast(uses=("resendOtp",)))
def _(cast: Cast, who: str) -> None:
    cast.device(cast[who]).actor.attempt("resendOtp", otherwise=_SWAPPED)


def _named(person: Person, field: str) -> str:
    """What names somebody in a field. Raises `OtherVariant` for an id that is not known."""
    if field in {"email", "username"}:
        return person.account.email
    if not person.account.user_id:
        raise OtherVariant(f"the id of {person.name} is not known: Support cannot look the account up")
    return person.account.user_id


@when(phrase("{who} enters the code[ on {device}] and names {whose} in {field}"))
def _(cast: Cast, who: str, device: str | None, whose: str, field: str) -> None:
    person = cast[who]
    here = cast.device(person, device)
    said = Otherwise(extra={field: _named(cast[whose], field)})
    here.actor.attempt("verifyOtp", {"otp": cast.code_for(person, here)}, said)


@when(phrase("{who} signs in with her password and names {whose} in {field}"))
def _(cast: Cast, who: str, whose: str, field: str) -> None:
    cast.give_password(cast[who], cast[who].password, extra={field: _named(cast[whose], field)})


@when(phrase("{who} asks for a new code on {device} and names {whose} in {field}"))
@foretold(lambda **_words: Forecast(uses=("resendOtp",)))
def _(cast: Cast, who: str, device: str, whose: str, field: str) -> None:
    said = Otherwise(extra={field: _named(cast[whose], field)})
    cast.device(cast[who], device).actor.attempt("resendOtp", otherwise=said)


@then(phrase("nobody but {who} is signed in"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    if person.outcome.kind == "signed-in":
        profile = cast.device(person).actor.open_profile()
        shown = profile.facts.get("email")
        own = profile.kind != "signed-in" or shown == person.account.email
        require(own, f"the profile to be {who}'s own", f"it shows {shown}")


@given(phrase("{who}'s device claims {header}: {claim}"))
@when(phrase("{who}'s device claims {header}: {claim}"))
def _(cast: Cast, who: str, header: str, claim: str) -> None:
    person = cast[who]
    value = {"her address": person.account.email}.get(claim, claim)
    cast.device(person).actor.pretend({header: value})


@given(phrase("{who}'s device claims another address in {header} with each request"))
def _(cast: Cast, who: str, header: str) -> None:
    cast.device(cast[who]).forged = header


@when(phrase("{who} signs in with her password as the client {client}"))
def _(cast: Cast, who: str, client: str) -> None:
    person = cast[who]
    fields = {"email": person.account.email, "password": person.password, "client_id": client}
    cast.device(person).actor.attempt("signIn", fields)
