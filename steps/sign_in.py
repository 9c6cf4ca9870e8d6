"""The two stages of a sign-in, and what they come to."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable

from pytest_bdd import then, when

from servinix_conformance.actor import Forecast, OtherVariant, Outcome, foretold, require

from .cast import Cast, Device, Person
from .language import phrase

# Other ways to write an address, each of which some comparison somewhere takes for the same.
_WRITTEN: dict[str, Callable[[str], str]] = {
    "in capitals": str.upper,
    "with a capital domain": lambda email: email.partition("@")[0] + "@" + email.partition("@")[2].upper(),
    "with a blank after it": lambda email: email + " ",
    "with a tag": lambda email: email.replace("@", "+tag@"),
    "with a dotless i": lambda email: email.replace("i", "\N{LATIN SMALL LETTER DOTLESS I}", 1),
    "with a long s": lambda email: email.replace("s", "\N{LATIN SMALL LETTER LONG S}", 1),
    "with a Kelvin sign": lambda email: email.replace("k", "\N{KELVIN SIGN}", 1),
    "with a wildcard in place of its first letter": lambda email: "%" + email[1:],
    "with a query after it": lambda email: email + "' OR '1'='1",
    "in full-width letters": lambda email: "".join(
        unicodedata.lookup(f"FULLWIDTH LATIN SMALL LETTER {letter}") if letter.islower() else letter for letter in email
    ),
}

_ALMOST: dict[str, Callable[[str], str]] = {
    "her password and a character more": lambda password: password + "x",
    "her password without its last character": lambda password: password[:-1],
    "her password in capitals": str.upper,
    "the first 72 characters of her password": lambda password: password[:72],
}


def written(email: str, how: str) -> str:
    """An address in another way of writing. Raises `OtherVariant` where that changes nothing."""
    return _changed(_WRITTEN[how], email, f"this address is the same {how}")


def _changed(change: Callable[[str], str], text: str, otherwise: str) -> str:
    changed = change(text)
    if changed == text:
        raise OtherVariant(otherwise)
    return changed


def _password(person: Person, password: str) -> str:
    if password in _ALMOST:
        return _changed(_ALMOST[password], person.password, f"this password is the same as {password}")
    if password == "a wrong password":  # noqa: S105 - a phrase
        return f"not-{secrets.token_urlsafe(12)}"
    if password == "her old password":  # noqa: S105 - likewise
        return person.old_password or person.password
    return person.password


@when(phrase("{who} signs in with {password}[ on {device}]"))
def _(cast: Cast, who: str, password: str, device: str | None) -> None:
    cast.give_password(cast[who], _password(cast[who], password), device)


@when(phrase("{who} signs in with an e-mail address that nobody has"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    cast.sign_in_as(person, f"nobody-{secrets.token_hex(6)}@people.example", person.password)


@when(phrase("{who} signs in with her address {how}"))
def _(cast: Cast, who: str, how: str) -> None:
    person = cast[who]
    cast.sign_in_as(person, written(person.account.email, how), person.password)


def code_of(cast: Cast, person: Person, here: Device, code: str) -> str:
    """The code that a sentence speaks of."""
    if code == "the code":
        return cast.code_for(person, here)
    if code == "a wrong code":
        return cast.wrong_code(person, here)
    return cast.earlier_code(person, {"the newest code": 1, "the earlier code": 2}.get(code, len(person.codes)))


@when(phrase("{who} enters {code}[ on {device}]"))
def _(cast: Cast, who: str, code: str, device: str | None) -> None:
    person = cast[who]
    here = cast.device(person, device)
    cast.enter_code(person, here, code_of(cast, person, here, code))


@when(phrase("{who} asks for a new code"))
@foretold(lambda who: Forecast(uses=("resendOtp",)))  # noqa: ARG005 - whoever asks
def _(cast: Cast, who: str) -> None:
    cast.ask_for_code(cast[who])


@when(phrase("{who} signs out"))
@foretold(lambda who: Forecast(uses=("signOut",)))  # noqa: ARG005 - likewise
def _(cast: Cast, who: str) -> None:
    outcome = cast.device(cast[who]).actor.sign_out()
    require(outcome.kind == "done", f"{who} to be signed out", outcome.said)


@then(phrase("{who} is asked for a code[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    outcome = cast.device(cast[who], device).actor.last if device else cast[who].outcome
    require(outcome.kind == "code-asked", f"{who} to be asked for a code", outcome.said)


@then(phrase("{who} is refused"))
def _(cast: Cast, who: str) -> None:
    outcome = cast[who].outcome
    require(outcome.kind == "refused", f"{who} to be refused", outcome.said)


@then(phrase("{who} is given no access token"))
def _(cast: Cast, who: str) -> None:
    outcome = cast[who].outcome
    require(outcome.kind != "signed-in", "an answer without an access token", f"{outcome.said} with one")


def _profile(cast: Cast, who: str, device: str | None) -> Outcome:
    return cast.device(cast[who], device).actor.open_profile()


@then(phrase("{who} is signed in[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    person = cast[who]
    if device is None and person.last is not None:
        stage, outcome = person.outcome, person.last.actor.open_profile()
    else:
        stage, outcome = cast.device(person, device).actor.last, _profile(cast, who, device)
    require(stage.kind == "signed-in", f"{who} to be given an access token", stage.said)
    require(outcome.kind == "signed-in", f"{who}'s access token to open her profile", outcome.said)
    shown = outcome.facts.get("email")
    require(shown == person.account.email, f"the profile to be {who}'s own", f"it shows {shown}")


@then(phrase("{who} is not signed in[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    outcome = _profile(cast, who, device)
    require(outcome.kind == "refused", f"{who}'s profile to stay shut", outcome.said)


@then(phrase("{who}'s open session goes on"))
def _(cast: Cast, who: str) -> None:
    outcome = _profile(cast, who, None)
    require(outcome.kind == "signed-in", f"{who}'s session to go on", outcome.said)


@then(phrase("{who}'s session is over[ on {device}]"))
def _(cast: Cast, who: str, device: str | None) -> None:
    outcome = _profile(cast, who, device)
    require(outcome.kind == "refused", f"{who}'s session to be over", outcome.said)


@then(phrase("nothing in the answer opens {who}'s account"))
def _(cast: Cast, who: str) -> None:
    outcome = cast.device(cast[who]).actor.open_profile_with_the_answer()
    require(outcome.kind == "refused", "nothing in the answer to open the account", outcome.said)


@then(phrase("something in the answer opens {who}'s account"))
def _(cast: Cast, who: str) -> None:
    outcome = cast.device(cast[who]).actor.open_profile_with_the_answer()
    require(outcome.kind == "signed-in", "the access token in the answer to open the account", outcome.said)


@then(phrase("{who} and {whose} have been answered the same"))
def _(cast: Cast, who: str, whose: str) -> None:
    one, other = cast[who].outcome, cast[whose].outcome
    same = (one.kind, one.reason) == (other.kind, other.reason)
    require(same, "both to be answered the same", f"{who}: {one.said}; {whose}: {other.said}")
