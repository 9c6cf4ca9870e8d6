"""What answers, messages and tokens give away."""

from __future__ import annotations

from pytest_bdd import then

from servinix_conformance.actor import Untested, require

from .cast import Cast
from .language import phrase

_OF_THE_SIGN_IN = {"signIn", "requestOtp", "verifyOtp", "resendOtp"}


@then(phrase("neither the code nor her password stands in any answer to {who}"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    here = cast.device(person)
    for what, secret in (("the code", cast.code_for(person, here)), ("her password", person.password)):
        found = here.actor.shown(secret)
        require(not found, f"{what} to stand in no answer", f"it stands in that of {', '.join(found)}")


@then(phrase("her full contact stands in no answer of {who}'s sign-in"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    if person.contact is None:
        raise Untested(f"{who} has no contact; begin with a user with MFA")
    found = [name for name in cast.device(person).actor.shown(person.contact.address) if name in _OF_THE_SIGN_IN]
    require(not found, "the full contact to stand in no answer", f"it stands in that of {', '.join(found)}")


@then(phrase("her own e-mail address is found in {who}'s profile"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    here = cast.device(person)
    profile = here.actor.open_profile()
    require(profile.kind == "signed-in", f"{who}'s profile to open", profile.said)
    found = here.actor.shown(person.account.email)
    require("getProfile" in found, "the search to find what the profile shows", "it was not found there")


@then(phrase("the subject of the message to {who} holds no code"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    here = cast.device(person)
    if here.challenged is None:
        raise Untested(f"no code was asked of {who}; begin with the password")
    code = cast.code_for(person, here)
    messages = cast.world.inbox.arrived(here.challenged)
    require(any(code in message.body for message in messages), "a message with the code", f"{len(messages)} came")
    shown = any(code in (message.subject or "") for message in messages)
    require(not shown, "a subject without the code", "the code stands in it")


@then(phrase("{who}'s access token tells nothing personal"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    claims = cast.device(person).actor.token_says
    told = str(claims or {}).casefold()
    addresses = {"e-mail address": person.account.email, "contact": person.contact.address if person.contact else ""}
    found = [what for what, address in addresses.items() if address and address.casefold() in told]
    require(not found, "an access token without personal data", f"her {' and her '.join(found)} can be read in it")
