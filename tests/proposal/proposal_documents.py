"""OpenAPI documents as different vendors would write them, small."""

from __future__ import annotations

import json
from typing import Any

from servinix_conformance.binding import Binding
from servinix_conformance.document import Document
from servinix_conformance.names import OPERATIONS
from servinix_conformance.proposal import Guess, Proposal, propose

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
SECRET: Json = {"type": "string", "format": "password"}
WHOLE: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}
DIGITS: Json = {"type": "string", "pattern": "^[0-9]{6}$"}


def obj(required: str = "", **members: Json) -> Json:
    """An object; `required` are the names of members, or `*` for all."""
    names = list(members) if required == "*" else required.split()
    return {"type": "object", "properties": members, **({"required": names} if names else {})}


def op(name: str | None = None, takes: Json | None = None, /, kind: str = "application/json", **more: object) -> Json:
    """An operation. Its answers are schemas by status, as in `s200`; None is an answer without a body."""
    answers: dict[str, Any] = {key[1:]: more.pop(key) for key in list(more) if key[1:].isdigit() or key == "sdefault"}
    node: Json = {
        "responses": {status: answer(schema) for status, schema in (answers or {"200": None}).items()},
        **more,
    }
    if name is not None:
        node["operationId"] = name
    if takes is not None:
        node["requestBody"] = {"required": True, "content": {kind: {"schema": takes}}}
    return node


def answer(schema: Json | None, **headers: Json) -> Json:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {"description": "-", **content, **({"headers": headers} if headers else {})}


def parameter(place: str, schema: Json | None = None, *, required: bool = True) -> Json:
    kind, _, name = place.partition(":")
    return {"name": name, "in": kind, "required": required, "schema": schema or TEXT}


def tree(paths: Json, **more: object) -> Json:
    return {"openapi": "3.1.0", "info": {"title": "A vendor", "version": "1"}, "paths": paths, **more}


BEARER: Json = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
WITH_TOKEN: list[Json] = [{"token": []}]

_FLAT_ERROR = obj("*", errorCode={"enum": ["INVALID_CREDENTIALS", "ACCOUNT_LOCKED"]}, message=TEXT)
FLAT = tree(
    {
        "/authenticate": {
            "post": op(
                "authenticate",
                obj("userName secret", userName=TEXT, secret=SECRET, rememberMe=FLAG),
                s200=obj(
                    "mfaRequired",
                    mfaRequired=FLAG,
                    accessToken=TEXT,
                    challengeId=TEXT,
                    sentTo=TEXT,
                    codeExpiresIn=WHOLE,
                ),
                s401=_FLAT_ERROR,
            )
        },
        "/authenticate/otp": {
            "post": op(
                "authenticateWithOtp",
                obj("*", challengeId=TEXT, passcode=DIGITS),
                s200=obj("*", accessToken=TEXT, refreshToken=TEXT, expiresIn=WHOLE),
                s401=obj("*", errorCode={"enum": ["WRONG_PASSCODE", "CHALLENGE_EXPIRED"]}, message=TEXT),
            )
        },
        "/authenticate/otp/retry": {
            "post": op(
                "retryOtp",
                obj("*", challengeId=TEXT),
                s200=obj("*", challengeId=TEXT, resendIn=WHOLE),
                s429=obj("*", errorCode={"const": "TOO_SOON"}, message=TEXT),
            )
        },
        "/token/refresh": {"post": op("refreshToken", obj("*", refreshToken=TEXT), s200=obj("*", accessToken=TEXT))},
        "/register": {"post": op("register", obj("*", userName=TEXT, secret=SECRET), s201=obj("*", accessToken=TEXT))},
        "/logout": {"post": op("logoutUser", s204=None, security=WITH_TOKEN)},
        "/profile": {"get": op("currentUser", s200=obj("*", id=TEXT, email=TEXT, mfaActive=FLAG), security=WITH_TOKEN)},
        "/password/forgot": {"post": op("forgotPassword", obj("*", email=TEXT), s202=None)},
        "/password/reset": {"post": op("doReset", obj("*", token=TEXT, newPassword=SECRET), s204=None)},
        "/password/change": {
            "post": op(
                "changePassword", obj("*", currentPassword=SECRET, newPassword=SECRET), s204=None, security=WITH_TOKEN
            )
        },
        "/orders": {"get": op("listOrders", s200={"type": "array", "items": obj("*", id=TEXT)}, security=WITH_TOKEN)},
    },
    components=BEARER,
    servers=[{"url": "https://api.flat.example/v1"}, {"url": "https://staging.flat.example/v1"}],
)


def _data(kind: str, attributes: Json) -> Json:
    return obj("*", data=obj("*", type={"const": kind}, attributes=attributes))


ENVELOPES = tree(
    {
        "/v1/sessions": {
            "post": op(
                None,
                _data("sessions", obj("*", login={"type": "string", "format": "email"}, passphrase=TEXT)),
                s201=_data("sessions", obj("", jwt=TEXT, ticket=TEXT)),
            ),
        },
        "/v1/sessions/{ticket}/confirmations": {
            "parameters": [parameter("path:ticket")],
            "post": op(
                None, _data("confirmations", obj("*", digits=DIGITS)), s201=_data("sessions", obj("*", jwt=TEXT))
            ),
        },
        "/v1/sessions/{ticket}/codes": {
            "parameters": [parameter("path:ticket")],
            "post": op(None, summary="Send another code", s202=None),
        },
        "/v1/sessions/current": {"delete": op(None, s204=None, security=WITH_TOKEN)},
        "/v1/people": {
            "get": op(
                None,
                parameters=[parameter("query:login")],
                security=WITH_TOKEN,
                s200=obj(
                    "*",
                    data={
                        "type": "array",
                        "items": obj("*", id=TEXT, attributes=obj("*", login=TEXT, mfaEnabled=FLAG)),
                    },
                ),
            )
        },
        "/v1/people/{id}": {
            "parameters": [parameter("path:id")],
            "patch": op(
                "patchPerson",
                obj("", mfaEnabled=FLAG, name=TEXT),
                summary="Enable or disable MFA",
                security=WITH_TOKEN,
                s200=None,
            ),
        },
    },
    components=BEARER,
)

COOKIE = tree(
    {
        "/login": {
            "post": {
                **op("login", obj("*", email=TEXT, password=TEXT)),
                "responses": {
                    "200": answer(obj("*", access_token=TEXT)),
                    "202": answer(None, **{"Set-Cookie": {"schema": TEXT, "example": "flow=abcdef; HttpOnly; Secure"}}),
                },
            }
        },
        "/login/verify": {
            "post": op(
                "verifyLogin",
                obj("*", code=DIGITS),
                parameters=[parameter("cookie:flow")],
                s200=obj("*", access_token=TEXT),
            )
        },
        "/login/resend": {"post": op("resendCode", parameters=[parameter("cookie:flow")], s204=None, s425=None)},
    }
)

_STEP_ONE = obj("*", authFlow={"const": "PASSWORD"}, username=TEXT, password=SECRET)


def challenge_name(*names: str) -> Json:
    """One operation for all, as large identity providers have it."""
    second = obj("*", challengeName={"enum": list(names)}, session=TEXT, code=TEXT)
    given = obj(
        "",
        challengeName={"enum": list(names)},
        session=TEXT,
        authenticationResult=obj("", accessToken=TEXT, expiresIn=WHOLE),
    )
    return tree(
        {"/idp": {"post": op("initiateAuth", {"oneOf": [_STEP_ONE, second]}, s200=given, s400=obj("*", __type=TEXT))}}
    )


_CODES = ["OK", "BAD_CREDENTIALS", "INVALID_OTP", "LOGIN_TOKEN_EXPIRED", "ACCOUNT_LOCKED", "ACCOUNT_DISABLED"]
_LEGACY = {"success": FLAG, "error_code": {"type": "string", "enum": _CODES}}
LEGACY = tree(
    {
        "/api/user_login": {
            "post": op(
                "user_login",
                obj(
                    "user_name user_password device",
                    user_name=TEXT,
                    user_password=TEXT,
                    device={"type": "string", "default": "web"},
                ),
                s200=obj("success", **_LEGACY, token=TEXT, login_token=TEXT),
            )
        },
        "/api/user_login_pin": {
            "post": op(
                "user_login_pin", obj("*", login_token=TEXT, pin=TEXT), s200=obj("success", **_LEGACY, token=TEXT)
            )
        },
        "/api/user_logout": {"post": op("user_logout", s204=None)},
    }
)

ONE_STAGE = tree(
    {
        "/login": {"post": op("login", obj("*", username=TEXT, password=SECRET), s200=obj("*", token=TEXT))},
        "/me": {"get": op("me", s200=obj("*", id=TEXT, email=TEXT))},
    }
)
BOTH_AT_ONCE = tree(
    {"/login": {"post": op("login", obj("*", username=TEXT, password=SECRET, otp=DIGITS), s200=obj("*", token=TEXT))}}
)
BEARER_CHALLENGE = tree(
    {
        "/login": {
            "post": op("login", obj("*", username=TEXT, password=SECRET), s200=obj("", token=TEXT, mfa_token=TEXT))
        },
        "/mfa": {"post": op("mfa", obj("*", code=DIGITS), s200=obj("*", token=TEXT), security=WITH_TOKEN)},
    },
    components=BEARER,
)
ONE_TOKEN = tree(
    {
        "/login": {
            "post": op("login", obj("*", username=TEXT, password=SECRET), s200=obj("token", token=TEXT, mfa=FLAG))
        },
        "/login/code": {"post": op("loginCode", obj("*", token=TEXT, code=DIGITS), s200=obj("*", token=TEXT))},
    }
)
FORM = tree(
    {
        "/login": {
            "post": op(
                "login",
                obj("*", username=TEXT, password=SECRET),
                kind="application/x-www-form-urlencoded",
                s200=obj("", token=TEXT, challenge=TEXT),
            )
        },
        "/login/code": {"post": op("loginCode", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", token=TEXT))},
    }
)


def proposed(document: Json) -> Proposal:
    return propose(Document(json.dumps(document), "vendor.json"))


def plain(table: Any) -> Any:  # noqa: ANN401 - TOML
    """A table as the target file has it, without how sure it is."""
    if isinstance(table, Guess):
        return plain(table.value)
    return {key: plain(item) for key, item in table.items()} if isinstance(table, dict) else table


def bindings(document: Json) -> dict[str, Any]:
    """What the target file says; it has to be something that a binding can be made of."""
    found: dict[str, Any] = plain(proposed(document).bindings(OPERATIONS))
    Binding(found)
    return found


def stages(first: Json, second: Json, **more: object) -> Json:
    return tree({"/login": {"post": first}, "/login/code": {"post": second}}, **more)


def credentials(**more: Json) -> Json:
    return obj("*", username=TEXT, password=SECRET, **more)


GIVEN = obj("*", token=TEXT, challenge=TEXT)
FIRST = op("login", credentials(), s200=GIVEN)
SECOND = op("loginCode", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", token=TEXT))
