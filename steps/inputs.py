"""What is sent in forms that nobody should take, and what a request says of itself."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from pytest_bdd import given, then, when

from servinix_conformance.actor import Otherwise, Untested, require

from .cast import Cast, Person
from .language import phrase

_ARABIC = "".join(map(chr, range(0x0660, 0x066A)))
_FULL_WIDTH = "".join(map(chr, range(0xFF10, 0xFF1A)))
_DIGITS = "0123456789"
_LEFT_OUT = object()


def _in(digits: str) -> Callable[[str, str], object]:
    return lambda right, _wrong: right.translate(str.maketrans(_DIGITS, digits))


# From the right value and a wrong one, what is sent in its place.
_FORMS: dict[str, Callable[[str, str], object]] = {
    "left out": lambda _right, _wrong: _LEFT_OUT,
    "as nothing": lambda _right, _wrong: None,
    "as true": lambda _right, _wrong: True,
    "as a number": lambda right, _wrong: int(right),
    "as an empty text": lambda _right, _wrong: "",
    "in a list": lambda right, _wrong: [right],
    "in a list behind wrong ones": lambda right, wrong: [wrong, wrong, right],
    "in an object": lambda right, _wrong: {"value": right},
    "as an object that is unlike anything": lambda _right, _wrong: {"$ne": ""},
    "as a wildcard": lambda _right, _wrong: "%",
    "as a query": lambda _right, _wrong: "' OR '1'='1",
    "in quotes": lambda right, _wrong: f"'{right}'",
    "in full-width digits": _in(_FULL_WIDTH),
    "in Arabic digits": _in(_ARABIC),
    "with a blank before it": lambda right, _wrong: f" {right}",
    "with a blank after it": lambda right, _wrong: f"{right} ",
    "with a line end after it": lambda right, _wrong: f"{right}\n",
    "with a blank in it": lambda right, _wrong: f"{right[:3]} {right[3:]}",
    "with a dash in it": lambda right, _wrong: f"{right[:3]}-{right[3:]}",
    "with a digit more": lambda right, _wrong: f"{right}0",
    "without its last digit": lambda right, _wrong: right[:-1],
    "twice, behind a wrong one": lambda _right, wrong: wrong,
    "twice, before a wrong one": lambda right, _wrong: right,
}


def _shaped(field: str, form: str, right: str, wrong: str) -> tuple[dict[str, object], Otherwise]:
    value = _FORMS[form](right, wrong)
    second = {"twice, behind a wrong one": right, "twice, before a wrong one": wrong}.get(form)
    otherwise = Otherwise() if second is None else Otherwise(twice={field: second})
    return ({} if value is _LEFT_OUT else {field: value}), otherwise


@when(phrase("{who} enters the code {form}"))
def _(cast: Cast, who: str, form: str) -> None:
    person = cast[who]
    here = cast.device(person)
    fields, otherwise = _shaped("otp", form, cast.code_for(person, here), cast.wrong_code(person, here))
    here.actor.attempt("verifyOtp", fields, otherwise)


@when(phrase("{who} enters the code with an mfa_token {form}"))
def _(cast: Cast, who: str, form: str) -> None:
    person = cast[who]
    here = cast.device(person)
    fields, otherwise = _shaped("mfa_token", form, "", "")
    here.actor.attempt("verifyOtp", {"otp": cast.code_for(person, here), **fields}, otherwise)


@when(phrase("{who} signs in with her password {form}"))
def _(cast: Cast, who: str, form: str) -> None:
    person = cast[who]
    fields, otherwise = _shaped("password", form, person.password, f"not-{secrets.token_urlsafe(12)}")
    cast.device(person).actor.attempt("signIn", {"email": person.account.email, **fields}, otherwise)


_SENT: dict[str, Otherwise] = {
    "as a form": Otherwise(written="as a form"),
    "as plain text": Otherwise(written="as plain text"),
    "in the address": Otherwise(written="in the address"),
    "by PUT": Otherwise(method="PUT"),
    "by PATCH": Otherwise(method="PATCH"),
    "by DELETE": Otherwise(method="DELETE"),
    "by GET": Otherwise(method="GET"),
    "in the address of a request that reads": Otherwise(method="GET", written="in the address"),
}


@when(phrase("{who} sends her password {sent}"))
def _(cast: Cast, who: str, sent: str) -> None:
    person = cast[who]
    fields = {"email": person.account.email, "password": person.password}
    cast.device(person).actor.attempt("signIn", fields, _SENT[sent])


@when(phrase("{who} sends the code {sent}"))
def _(cast: Cast, who: str, sent: str) -> None:
    person = cast[who]
    here = cast.device(person)
    here.actor.attempt("verifyOtp", {"otp": cast.code_for(person, here)}, _SENT[sent])


_SIZES = {"3 MB": 3 * 1024 * 1024}


@when(phrase("{who} sends her password and {size} more"))
def _(cast: Cast, who: str, size: str) -> None:
    person = cast[who]
    fields = {"email": person.account.email, "password": person.password}
    cast.device(person).actor.attempt("signIn", fields, Otherwise(extra={"padding": "x" * _SIZES[size]}))


@when(phrase("{who} sends the code and {size} more"))
def _(cast: Cast, who: str, size: str) -> None:
    person = cast[who]
    here = cast.device(person)
    said = Otherwise(extra={"padding": "x" * _SIZES[size]})
    here.actor.attempt("verifyOtp", {"otp": cast.code_for(person, here)}, said)


@then(phrase("nothing is opened for {who}"))
def _(cast: Cast, who: str) -> None:
    outcome, last = cast[who].outcome, cast[who].last
    opened = outcome.kind in {"signed-in", "code-asked"}
    require(not opened, "nothing to be opened", f"{outcome.said}, and a stage was passed with it")
    failed = last is not None and last.actor.wire.server_error
    require(not failed, "a refusal", f"{outcome.said}, and the server failed at it")


_VALUES: dict[str, object] = {"true": True, "false": False}


@when(phrase("{who} signs in with her password and says that {field} is {value}"))
def _(cast: Cast, who: str, field: str, value: str) -> None:
    cast.give_password(cast[who], cast[who].password, extra={field: _VALUES.get(value, value)})


@when(phrase("{who} enters a wrong code and says that {field} is {value}"))
def _(cast: Cast, who: str, field: str, value: str) -> None:
    person = cast[who]
    here = cast.device(person)
    said = Otherwise(extra={field: _VALUES.get(value, value)})
    here.actor.attempt("verifyOtp", {"otp": cast.wrong_code(person, here)}, said)


def _role(cast: Cast, person: Person, device: str | None = None) -> str:
    """Somebody's role, in the deployment's own words."""
    profile = cast.device(person, device).actor.open_profile()
    require(profile.kind == "signed-in", f"{person.name}'s profile to open", profile.said)
    if "role" not in profile.facts:
        raise Untested(f"{person.name}'s profile does not say which role she has")
    return str(profile.facts["role"])


@given(phrase("{who} has seen which role she has"))
def _(cast: Cast, who: str) -> None:
    person = cast[who]
    cast.let_in(person, "another device")
    person.role = _role(cast, person, "another device")


@then(phrase("{who} has the role that she had"))
def _(cast: Cast, who: str) -> None:
    role = _role(cast, cast[who])
    require(role == cast[who].role, f"{who} to be {cast[who].role}, as before", f"her role is {role}")
