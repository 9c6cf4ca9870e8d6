"""What nobody means to send: texts, bodies and tokens that make a careless server fail, and what it tells then."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence

from pytest_bdd import then, when

from servinix_conformance.actor import Actor, NotClaimed, Otherwise, Wire, require

from .cast import Cast
from .language import phrase

_BODIES = {
    "half a body": b'{"email": "ada@peop',
    "an empty body": b"",
    "a body that is no JSON": b"email=ada&password=x",
    "a body that is a list": b"[]",
    "a body that is nothing": b"null",
    "a body that is no UTF-8": b'{"email": "\xc3\x28", "password": "\xff", "otp": "\xff"}',
    "a body with a number without end": b'{"email": 1' + b"0" * 5000 + b', "otp": 1e400}',
    "a body that is nested without end": b"[" * 5000 + b"]" * 5000,
}
_TEXTS = {
    "U+0000": "a\0b",
    "half a character": "\ud800",
    "5,000 letters": "x" * 5000,
    "other scripts": "\u0627\u202e\U0001f0a1\U000e0001\u0301\ufdd0",
    "half a query": "'\"`);-- \\",
    "a template": "{{7*7}}${7*7}<%=7*7%>%s%n%00",
    "a path": "../../../../../../etc/passwd",
}


def _joined(*parts: object) -> str:
    told = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*told, "c2lnbmF0dXJl"])


_TOKENS = {
    "nothing": "",
    "two dots": "..",
    "half a token": "eyJhbGciOiJFUzI1NiJ9.eyJz",
    "a token of lists": _joined([], []),
    "a token whose algorithm is a number": _joined({"alg": 1, "kid": {}}, {"sub": []}),
    "a token whose algorithm is unknown": _joined({"alg": "XX999", "crit": ["x"]}, {"exp": "soon"}),
    "a token in other letters": "\xe9\xe8\xa7.\xe9.\xa7",
    "5,000 letters": "x" * 5000,
}
# What each operation reads as text; an address is one of nobody's.
_READ: Mapping[str, tuple[str, ...]] = {
    "signIn": ("email", "password"),
    "requestOtp": ("mfa_token",),
    "verifyOtp": ("mfa_token", "otp"),
    "resendOtp": ("mfa_token",),
    "requestPasswordReset": ("email",),
    "resetPassword": ("reset_token", "new_password"),
}


def _everywhere(actor: Actor, sent: Mapping[str, Mapping[str, object]], otherwise: Otherwise) -> None:
    claimed = False
    for operation, fields in sent.items():
        try:
            actor.attempt(operation, fields, otherwise)
        except NotClaimed:
            continue
        claimed = True
    if not claimed:
        raise NotClaimed("no operation of the sign-in could be sent this")


@when(phrase("{who} sends {odd_body} wherever a body is read"))
def _(cast: Cast, who: str, odd_body: str) -> None:
    _everywhere(cast.device(cast[who]).actor, {operation: {} for operation in _READ}, Otherwise(body=_BODIES[odd_body]))


def _in_place(field: str, text: str) -> str:
    return f"{text}-{secrets.token_hex(4)}@people.example" if field == "email" else text


@when(phrase("{who} sends {odd_text} wherever a text is read"))
def _(cast: Cast, who: str, odd_text: str) -> None:
    text = _TEXTS[odd_text]
    sent = {operation: {field: _in_place(field, text) for field in fields} for operation, fields in _READ.items()}
    _everywhere(cast.device(cast[who]).actor, sent, Otherwise())


@when(phrase("{who} signs in with {odd_text} in place of her password"))
def _(cast: Cast, who: str, odd_text: str) -> None:
    person = cast[who]
    cast.device(person).actor.attempt("signIn", {"email": person.account.email, "password": _TEXTS[odd_text]})


@when(phrase("{who} enters {odd_text} in place of the code"))
def _(cast: Cast, who: str, odd_text: str) -> None:
    cast.device(cast[who]).actor.attempt("verifyOtp", {"otp": _TEXTS[odd_text]})


@when(phrase("{who} comes with {odd_token} in place of an access token"))
def _(cast: Cast, who: str, odd_token: str) -> None:
    actor = cast.device(cast[who], "another device").actor
    actor.resume(_TOKENS[odd_token])
    _everywhere(actor, {"getProfile": {}, "signOut": {}}, Otherwise())


def _heard(cast: Cast, who: str) -> Iterator[Wire]:
    for device in cast[who].devices.values():
        yield from device.actor.heard


@then(phrase("the server has failed at nothing that {who} sent"))
def _(cast: Cast, who: str) -> None:
    failed = [wire for wire in _heard(cast, who) if wire.server_error]
    at = ", ".join(dict.fromkeys(wire.operation for wire in failed))
    require(not failed, "no error of the server's own", f"there was one at {at}", _first(failed))


@then(phrase("no answer to {who} tells of the inside of the server"))
def _(cast: Cast, who: str) -> None:
    told = [wire for wire in _heard(cast, who) if wire.internals]
    what = ", ".join(dict.fromkeys(f"{what} at {wire.operation}" for wire in told for what in wire.internals))
    require(not told, "answers that tell nothing of the inside", f"they hold {what}", _first(told))


def _first(wires: Sequence[Wire]) -> float | None:
    return wires[0].started if wires else None
