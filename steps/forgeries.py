"""Access tokens that nobody was given, and what those that were given say."""

from __future__ import annotations

from pytest_bdd import then, when

from servinix_conformance.actor import NotClaimed, require

from .cast import Cast
from .language import phrase

# Of RFC 8176, section 2: what is no password, and what a code can be.
_BY_PHONE = {"sms", "tel"}
_BY_CODE = {"otp", "mfa", "mca"}
_BY_OTHER_MEANS = {"hwk", "swk", "sc", "fpt", "face", "iris", "retina", "vbm", "kba", "wia"}


@when(phrase("{who} opens her profile with her access token {forged}"))
def _(cast: Cast, who: str, forged: str) -> None:
    cast.device(cast[who]).actor.open_profile_with_forged_token(forged)


def _told(cast: Cast, who: str) -> frozenset[str]:
    told = cast.device(cast[who]).actor.authenticated_by
    if told is None:
        raise NotClaimed(f"{who}'s access token does not say how she signed in")
    return told


@then(phrase("{who}'s access token says no more than that she signed in with a password"))
def _(cast: Cast, who: str) -> None:
    untrue = _told(cast, who) & (_BY_CODE | _BY_PHONE | _BY_OTHER_MEANS)
    require(not untrue, "an access token that tells of a password alone", f"it tells of {', '.join(sorted(untrue))}")


@then(phrase("{who}'s access token says that she signed in with a code by {channel}"))
def _(cast: Cast, who: str, channel: str) -> None:
    told = _told(cast, who)
    require(bool(told - {"pwd", "pin"}), "an access token that tells of a code", "it tells of a password alone")
    untrue = told & (_BY_OTHER_MEANS if channel == "phone" else _BY_OTHER_MEANS | _BY_PHONE)
    require(not untrue, "an access token that tells of nothing else", f"it tells of {', '.join(sorted(untrue))}")
