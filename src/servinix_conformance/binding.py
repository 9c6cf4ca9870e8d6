"""Logical names, and where a deployment keeps them. Pure.

Steps and actors speak of `mfa_token` and `otp-rejected`; a binding knows the operation, the member, the header or the
status behind each name. `openapi.yaml` is bound to itself; the target file says what differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .document import Answer

_MISSING = object()
_USER = {
    "user_id": "/user_id",
    "email": "/email",
    "organization": "/organization",
    "role": "/role",
    "status": "/status",
    "mfa_enabled": "/mfa_enabled",
    "contact_channel": "/contact/channel",
    "contact_address": "/contact/address",
    "locked_until": "/locked_until",
}
_CHALLENGE = {
    "access_token": "/access_token",
    "mfa_token": "/mfa_token",
    "expires_in": "/expires_in",
    "channel": "/channel",
    "destination": "/destination",
    "otp_expires_in": "/otp_expires_in",
    "resend_after": "/resend_after",
}
_CONTACT = {"contact_channel": "/contact/channel", "contact_address": "/contact/address"}
_POLICY = (
    "otp_length otp_ttl_seconds otp_attempts_per_challenge otp_failures_before_lock password_failures_before_lock "
    "lock_seconds resend_after_seconds mfa_token_ttl_seconds access_token_ttl_seconds reset_token_ttl_seconds "
    "recovery_after_failures"
)
# Logical operation: its request fields, and its answer fields. `*` points to a list; the fields then start at an item.
_IDENTITY: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "signIn": ({"email": "/email", "password": "/password", "client_id": "/client_id"}, _CHALLENGE),
    "verifyOtp": ({"mfa_token": "/mfa_token", "otp": "/otp"}, {"access_token": "/access_token"}),
    "resendOtp": ({"mfa_token": "/mfa_token"}, _CHALLENGE),
    "signOut": ({}, {}),
    "getProfile": ({}, {name: _USER[name] for name in ("user_id", "email", "organization", "role", "mfa_enabled")}),
    "requestPasswordReset": ({"email": "/email"}, {}),
    "resetPassword": (
        {"reset_token": "/reset_token", "new_password": "/new_password"},
        {"access_token": "/access_token", "mfa_token": "/mfa_token"},
    ),
    "findUsers": ({"email": "query:email"}, {"*": "/users", **_USER}),
    "enableMfa": ({"user_id": "path:user_id", **_CONTACT, "contact_confirmed": "/contact_confirmed"}, _USER),
    "disableMfa": ({"user_id": "path:user_id", "identity_verified": "/identity_verified"}, _USER),
    "unlockUser": ({"user_id": "path:user_id", "identity_verified": "/identity_verified"}, _USER),
    "createUser": (
        {
            **{name: f"/{name}" for name in ("email", "password", "role", "organization", "mfa_enabled", "status")},
            **_CONTACT,
        },
        _USER,
    ),
    "deleteUser": ({"user_id": "path:user_id"}, {}),
    "advanceClock": ({"user_id": "path:user_id", "seconds": "/seconds"}, {"now": "/now"}),
    "listMessages": (
        {"to": "query:to"},
        {"*": "/messages", **{name: f"/{name}" for name in ("id", "channel", "to", "subject", "body")}},
    ),
    "setOutage": ({"address": "/address", "failing": "/failing"}, {}),
    "getPolicy": ({}, {name: f"/{name}" for name in _POLICY.split()}),
}
_PROBLEMS = {
    "invalid-request": 400,
    "invalid-credentials": 401,
    "otp-rejected": 401,
    "mfa-token-rejected": 401,
    "access-token-rejected": 401,
    "reset-token-rejected": 401,
    "account-suspended": 403,
    "recovery-required": 403,
    "forbidden": 403,
    "not-found": 404,
    "user-not-found": 404,
    "contact-unconfirmed": 409,
    "identity-unverified": 409,
    "user-exists": 409,
    "account-locked": 429,
    "resend-too-soon": 429,
    "delivery-failed": 503,
}


class BindingError(ValueError):
    """A binding that cannot be used; the message names the key and the remedy."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request without its host: what the document's operation needs."""

    operation: str
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """One logical operation as a deployment has it."""

    operation: str
    request: Mapping[str, str]
    answer: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """How a deployment says one kind of no: a status and, where that is not enough, a value in the answer."""

    status: int
    at: str | None = None
    value: object = None

    def matches(self, answer: Answer, body: object) -> bool:
        """Whether the answer is this refusal."""
        return answer.status == self.status and (self.at is None or _read(self.at, answer, body) == self.value)


class Binding:
    """A whole contract, bound.

    Args:
        overrides: the table `[bindings]` of the target file; what it leaves out is as in `openapi.yaml`.

    Raises:
        BindingError: the table names an operation or a field that steps do not know.
    """

    def __init__(self, overrides: Mapping[str, Any] | None = None) -> None:
        self.operations = {name: Bound(name, *fields) for name, fields in _IDENTITY.items()}
        self.problems = {
            name: Problem(status, "/type", f"urn:servinix:problem:{name}") for name, status in _PROBLEMS.items()
        }
        for name, table in (overrides or {}).items():
            if name == "problems":
                for problem, entry in table.items():
                    _known(problem, _PROBLEMS, f"bindings.problems.{problem}")
                    self.problems[problem] = Problem(entry["status"], entry.get("at"), entry.get("is"))
            else:
                _known(name, self.operations, f"bindings.{name}")
                self.operations[name] = _override(name, self.operations[name], table)

    def fill(
        self, name: str, values: Mapping[str, object], *, bearer: str | None = None, extra: Mapping[str, object]
    ) -> Call:
        """The call of a logical operation.

        Args:
            name: the logical operation.
            values: its request fields by logical name; a field that the deployment does not have is left out.
            bearer: the access token to send.
            extra: members to add to the body as they are.
        """
        bound = self.operations[name]
        call = Call(bound.operation)
        body: dict[str, Any] = {}
        for logical, value in values.items():
            place = bound.request.get(logical, "")
            kind, _, key = place.partition(":")
            if place.startswith("/"):
                _write(body, place, value)
            elif key:
                {"path": call.path, "query": call.query, "header": call.headers, "cookie": call.cookies}[kind][key] = (
                    str(value)
                )
        if bearer is not None:
            call.headers["Authorization"] = f"Bearer {bearer}"
        body.update(extra)
        has_body = bool(body) or any(place.startswith("/") for place in bound.request.values())
        return replace(call, body=body if has_body else None)

    def read(self, name: str, answer: Answer) -> dict[str, Any]:
        """The answer's fields by logical name; what is not there is left out. For a list, those of its first item."""
        fields = self.operations[name].answer
        body = answer.json()
        if "*" in fields:
            return next(self.read_all(name, answer), {})
        return _fields(fields, answer, body)

    def read_all(self, name: str, answer: Answer) -> Iterator[dict[str, Any]]:
        """The fields of every item of a list."""
        fields = {key: place for key, place in self.operations[name].answer.items() if key != "*"}
        items = _read(self.operations[name].answer["*"], answer, answer.json())
        for item in items if isinstance(items, list) else []:
            yield _fields(fields, answer, item)

    def reason(self, answer: Answer) -> str | None:
        """The logical name of the refusal, or None where the binding cannot tell."""
        body = answer.json()
        return next((name for name, problem in self.problems.items() if problem.matches(answer, body)), None)

    @staticmethod
    def wait(answer: Answer) -> int | None:
        """The seconds of `Retry-After` (RFC 9110, 10.2.3), where the answer has them."""
        value = answer.headers.get("retry-after", "")
        return int(value) if re.fullmatch("[0-9]{1,9}", value) else None


def _override(name: str, bound: Bound, table: Mapping[str, Any]) -> Bound:
    for side, known in (("request", bound.request), ("answer", bound.answer)):
        for key in table.get(side, {}):
            _known(key, known, f"bindings.{name}.{side}.{key}")
    return Bound(
        table.get("operation", bound.operation),
        {**bound.request, **table.get("request", {})},
        {**bound.answer, **table.get("answer", {})},
    )


def _known(name: str, known: Mapping[str, object], key: str) -> None:
    if name not in known:
        raise BindingError(f"{key}: steps know no such name; known here: {', '.join(known) or 'none'}")


def _fields(fields: Mapping[str, str], answer: Answer, body: object) -> dict[str, Any]:
    found = {name: _read(place, answer, body) for name, place in fields.items()}
    return {name: value for name, value in found.items() if value is not _MISSING}


def _read(place: str, answer: Answer, body: object) -> Any:  # noqa: ANN401 - any JSON
    kind, _, key = place.partition(":")
    if not place.startswith("/") and key:
        source = answer.headers if kind == "header" else answer.cookies
        return source.get(key.lower() if kind == "header" else key, _MISSING)
    for part in place.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict) and name in body:
            body = body[name]
        elif isinstance(body, list) and re.fullmatch("0|[1-9][0-9]*", name) and int(name) < len(body):
            body = body[int(name)]
        else:
            return _MISSING
    return body


def _write(body: dict[str, Any], place: str, value: object) -> None:
    *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:])
    for name in parents:
        body = body.setdefault(name, {})
    body[last] = value
