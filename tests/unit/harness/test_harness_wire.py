from __future__ import annotations

import base64
import json
from dataclasses import dataclass

import pytest

from servinix_conformance.document import Answer
from servinix_conformance.wire import claims_of, shows, wire_of


@dataclass(frozen=True)
class Told:
    answer: Answer
    operation: str = "signIn"


def told(body: str = "", status: int = 401, headers: dict[str, str] | None = None) -> Told:
    return Told(Answer(status, headers or {}, body.encode(), {}))


@pytest.mark.parametrize(
    ("caching", "storable"),
    [("no-store", False), ("private, No-Store", False), ("no-cache", True), ("max-age=0, no-storey", True), ("", True)],
)
def test_what_a_cache_may_keep(caching: str, *, storable: bool) -> None:
    assert wire_of(told(headers={"cache-control": caching})).storable is storable


@pytest.mark.parametrize(
    ("challenge", "asks"),
    [("Bearer", True), ('Basic realm="x", bearer error="invalid_token"', True), ("Basic", False), ("", False)],
)
def test_what_asks_for_a_token(challenge: str, *, asks: bool) -> None:
    assert wire_of(told(headers={"www-authenticate": challenge})).asks_for_token is asks


@pytest.mark.parametrize(("status", "failed"), [(200, False), (400, False), (500, True), (501, False), (503, True)])
def test_a_server_that_fails_says_so_by_its_status(status: int, *, failed: bool) -> None:
    assert wire_of(told(status=status)).server_error is failed


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('Traceback (most recent call last):\n  File "x"', "a stack trace"),
        ("Oops\n\tat com.acme.Login.open(Login.java:12)", "a stack trace"),
        ("goroutine 7 [running]:", "a stack trace"),
        ("ValueError: invalid literal", "an exception's name"),
        ('{"exception": "org.springframework.http.HttpMessageNotReadableException"}', "an exception's name"),
        ('{"type": "System.NullReferenceException"}', "an exception's name"),
        ("thread 'main' panicked at src/main", "an exception's name"),
        ("SELECT id FROM users WHERE email = 'x'", "a query"),
        ("SQLSTATE[42601]: Syntax error", "a query"),
        ("/app/routes/login.js:31", "a file of the server"),
        ("in /var/www/html/login.php on line 3", "a file of the server"),
        (r'{"detail": "C:\\inetpub\\acme\\login.aspx"}', "a file of the server"),
        ("<address>Apache/2.4.41 (Ubuntu)</address>", "a version of the server"),
        ("<center>nginx/1.18.0</center>", "a version of the server"),
    ],
)
def test_what_tells_of_the_inside(body: str, what: str) -> None:
    assert what in wire_of(told(body)).internals


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("server", "nginx/1.18.0"),
        ("server", "Microsoft-IIS/10.0"),
        ("x-powered-by", "PHP/8.1.2"),
        ("x-aspnet-version", "4.0.30319"),
    ],
)
def test_a_header_that_tells_of_the_inside(header: str, value: str) -> None:
    answer = wire_of(told(headers={header: value}))
    assert answer.internals == (f"a version of the server ({header})",)


@pytest.mark.parametrize(
    "body",
    [
        '{"type": "urn:servinix:problem:invalid-request", "title": "Invalid request", "detail": "otp must be text."}',
        '{"error": "ValidationError", "message": "Validation error: the code is wrong. Select one from the list."}',
        '{"redirect": "/home/users", "help": "https://acme.example/docs/errors.html#line-3", "next": "/usr/me"}',
        '{"errors": {"auth.PasswordError": ["is wrong"]}, "version": "1.18.0", "at": "2026-11-24T08:00:00Z"}',
        '{"message": "Look at the code (6 digits), and try again at noon (UTC)."}',
    ],
)
def test_what_tells_of_nothing(body: str) -> None:
    assert wire_of(told(body, headers={"server": "nginx", "x-powered-by": "Acme"})).internals == ()


def test_a_secret_is_found_in_what_anybody_can_read() -> None:
    readable = base64.urlsafe_b64encode(json.dumps({"otp": "123456"}).encode()).decode().rstrip("=")
    assert shows(told(f"x.{readable}.y").answer, "123456")
    assert not shows(told("91234567").answer, "123456")


def test_only_the_claims_of_a_jwt_are_read() -> None:
    def token(claims: str) -> str:
        return f"e30.{base64.urlsafe_b64encode(claims.encode()).decode().rstrip('=')}.x"

    assert claims_of(token('{"sub": "ada"}')) == {"sub": "ada"}
    assert [claims_of(it) for it in (token("[]"), token("no JSON at all"), "opaque", "a.b.c")] == [None] * 4
