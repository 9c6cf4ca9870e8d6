"""What Support and administrators do for users, and what users try by themselves."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import Forecast, Untested, foretold, require

from .cast import Cast
from .language import phrase


def _said(otherwise: str | None) -> bool | None:
    """What the request says of a check: that it was made, that it was not, or nothing at all."""
    if otherwise is None:
        return True
    return None if otherwise.startswith("without a word") else False


@when(phrase("{who} switches MFA on for {whose} by {channel}[ {unconfirmed}]"))
@foretold(lambda whose, **_words: Forecast(changes=whose, uses=("enableMfa",)))
def _(cast: Cast, who: str, whose: str, channel: str, unconfirmed: str | None) -> None:
    user = cast[whose]
    contact = cast.new_contact(user, channel)
    actor = cast.device(cast[who]).actor
    cast.change = actor.enable_mfa(user.account.user_id, contact, confirmed=_said(unconfirmed))
    if cast.change.kind == "done":
        user.contact = contact


@when(phrase("{who} switches MFA off for {whose}[ {unverified}]"))
@foretold(lambda whose, **_words: Forecast(changes=whose, uses=("disableMfa",)))
def _(cast: Cast, who: str, whose: str, unverified: str | None) -> None:
    actor = cast.device(cast[who]).actor
    cast.change = actor.disable_mfa(cast[whose].account.user_id, identity_verified=_said(unverified))


@when(phrase("{who} unlocks {whose}[ {unverified}]"))
@foretold(lambda **_words: Forecast(uses=("unlockUser",)))
def _(cast: Cast, who: str, whose: str, unverified: str | None) -> None:
    actor = cast.device(cast[who]).actor
    cast.change = actor.unlock(cast[whose].account.user_id, identity_verified=_said(unverified))


@then(phrase("the change is {verdict}"))
def _(cast: Cast, verdict: str) -> None:
    kind = {"made": "done", "refused": "refused"}[verdict]
    require(cast.change.kind == kind, f"the change to be {verdict}", cast.change.said)


@then(phrase("{who}'s record shows MFA as {state}"))
@foretold(lambda **_words: Forecast(uses=("findUsers",)))
def _(cast: Cast, who: str, state: str) -> None:
    user = cast[who]
    found = cast.device(cast["Support"]).actor.find_user(user.account.email)
    require(found.kind == "done" and bool(found.facts), f"Support to find {who}", found.said)
    _shows(found.facts.get("mfa_enabled"), state, f"{who}'s record")


@then(phrase("{who}'s profile shows MFA as {state}"))
def _(cast: Cast, who: str, state: str) -> None:
    profile = cast.device(cast[who]).actor.open_profile()
    require(profile.kind == "signed-in", f"{who}'s profile to open", profile.said)
    _shows(profile.facts.get("mfa_enabled"), state, f"{who}'s profile")


def _shows(enabled: object, state: str, where: str) -> None:
    if not isinstance(enabled, bool):
        raise Untested(f"{where} does not say whether MFA is active")
    require(enabled is (state == "active"), f"{where} to show MFA as {state}", f"it shows mfa_enabled = {enabled}")
