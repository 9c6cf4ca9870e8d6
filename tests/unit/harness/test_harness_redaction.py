from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from servinix_conformance.redaction import Redactor

ODD = 'a/b "c" <d> é 1'


def test_a_registered_secret_is_replaced_by_its_variable() -> None:
    redactor = Redactor()
    redactor.register("correct horse", "PASSWORD")
    assert redactor.clean("she typed correct horse, twice: correct horse") == "she typed $PASSWORD, twice: $PASSWORD"


def test_a_secret_is_found_as_it_stands_in_a_url_and_in_json() -> None:
    secret = 'a/b "c" \n&d'
    redactor = Redactor()
    redactor.register(secret, "PASSWORD")
    assert redactor.clean(f"x={quote(secret, safe='')}") == "x=$PASSWORD"
    assert redactor.clean(json.dumps({"note": secret})) == '{"note": "$PASSWORD"}'


def test_the_longest_secret_goes_first() -> None:
    redactor = Redactor()
    redactor.register("abcdef", "SHORT")
    redactor.register("abcdef-ghijkl", "LONG")
    assert redactor.clean("abcdef-ghijkl and abcdef") == "$LONG and $SHORT"


def test_a_secret_that_comes_late_is_known_from_then_on() -> None:
    redactor = Redactor()
    redactor.register("first one", "ONE")
    assert redactor.clean("first one, second one") == "$ONE, second one"
    redactor.register("second one", "TWO")
    assert redactor.clean("first one, second one") == "$ONE, $TWO"


def test_the_first_name_of_a_secret_stays() -> None:
    redactor = Redactor()
    redactor.register("one secret", "FIRST")
    redactor.register("one secret", "SECOND")
    assert redactor.clean("one secret") == "$FIRST"


def test_words_too_short_to_be_secrets_stay() -> None:
    redactor = Redactor()
    redactor.register("an", "WORD")
    assert redactor.clean("an answer") == "an answer"
    assert redactor.clean("an") == "an"


def test_a_child_knows_its_parent_and_keeps_its_own_to_itself() -> None:
    parent = Redactor()
    parent.register("for everybody", "SHARED")
    child = Redactor(parent)
    child.register("for one scenario", "OWN")
    assert child.clean("for everybody, for one scenario") == "$SHARED, $OWN"
    assert parent.clean("for everybody, for one scenario") == "$SHARED, for one scenario"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('{"password": "hunter2-hunter2"}', "hunter2"),
        ('{"new_password":"hunter2 \\" quoted"}', "hunter2"),
        ('{"access_token" : "opaque-value"}', "opaque-value"),
        ('{"otp": "123456"}', "123456"),
        ('{"passcode": "123456"}', "123456"),
        ('{"code": "123456"}', "123456"),
        ('{"smsCode": 123456}', "123456"),
        ('{"accessToken": "opaque-value"}', "opaque-value"),
        ('{"X-Reset-Token": "opaque-value"}', "opaque-value"),
        ("https://host.example/reset?token=opaque-value", "opaque-value"),
        ("https://host.example/reset?lang=en&token=opaque-value", "opaque-value"),
        ("otp=123456&email=ada", "123456"),
        ("Authorization: Bearer opaque-value-1", "opaque-value-1"),
        ("authorization: BEARER opaque-value-1", "opaque-value-1"),
        ("it said eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl there", "eyJ"),
        ("unsigned eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.", "eyJ"),
    ],
)
def test_what_looks_like_a_secret_goes_though_nobody_registered_it(text: str, secret: str) -> None:
    cleaned = Redactor().clean(text)
    assert secret not in cleaned
    assert "[redacted]" in cleaned


@pytest.mark.parametrize(
    "text",
    [
        '{"channel": "email", "address": "a…@…", "at": "2026-11-24T12:00:00+00:00", "n": "1+123456789"}',
        'WWW-Authenticate: Bearer realm="servinix"',
        "Bearer error=invalid",
        "a plain sentence of an ordinary kind",
        "https://host.example/users?email=ada",
        '{"password": "$PASSWORD"}',
        '{"code": "OTP_REJECTED", "errorCode": 10042, "statusCode": 401}',
        '{"token_type": "Bearer", "expires_in": 900}',
        "https://host.example/reset?token=$RESET_TOKEN",
        "Bearer $ACCESS_TOKEN",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor().clean(text) == text


def test_redacting_twice_changes_nothing_more() -> None:
    redactor = Redactor()
    redactor.register("correct horse", "PASSWORD")
    once = redactor.clean('{"password": "correct horse", "otp": "123456"} Bearer opaque-value')
    assert redactor.clean(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ask eve.o'neil+x@mail.example.co.uk now", "ask eve.o'[redacted] now"),
        ('{"to": "tom@people.example"}', '{"to": "[redacted]"}'),
        ("a***@people.example", "a***@people.example"),
        ("https://h/?access_token=abc&x=1#id_token=def", "https://h/?access_token=[redacted]&x=1#id_token=[redacted]"),
        ("call +49 170 1234567 or +15550100123.", "call [redacted] or +15550100123."),
        ("/messages?to=%2B15550100123&n=1", "/messages?to=[redacted]&n=1"),
        ('{"phone": "+15550100123"}', '{"phone": "[redacted]"}'),
    ],
)
def test_whatever_looks_like_a_contact_is_one(text: str, shown: str) -> None:
    assert Redactor().clean(text) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ("authorization", "Bearer $ACCESS_TOKEN", "Bearer $ACCESS_TOKEN"),
        ("X-Api-Key", "k-1234", "[redacted]"),
        ("X-Session", "s-1234", "[redacted]"),
        ("Cookie", "sid=abc; challenge=$MFA_TOKEN", "sid=[redacted]; challenge=$MFA_TOKEN"),
        ("Set-Cookie", "sid=abc; Path=/; Max-Age=60", "sid=[redacted]; Path=/; Max-Age=60"),
        ("WWW-Authenticate", 'Bearer error="invalid_token"', 'Bearer error="invalid_token"'),
        ("Retry-After", "30", "30"),
    ],
)
def test_a_header_is_shown_without_what_its_name_calls_a_secret(name: str, value: str, shown: str) -> None:
    assert Redactor().header(name, value, 100) == shown


@pytest.mark.parametrize(
    "coded",
    [
        "a%2Fb+%22c%22+%3Cd%3E+%C3%A9+1",
        "a/b &quot;c&quot; &lt;d&gt; é 1",
        'a/b \\"c\\" <d> é 1',
        'a/b \\"c\\" <d> \\u00e9 1',
        base64.b64encode(ODD.encode()).decode(),
    ],
)
def test_a_secret_is_found_in_whatever_coding(coded: str) -> None:
    redactor = Redactor()
    redactor.register(ODD, "PASSWORD")
    assert redactor.clean(f"({coded})").startswith("($PASSWORD")


def test_half_a_character_is_a_secret_like_any_other() -> None:
    redactor = Redactor()
    redactor.register("half \ud800 of it", "PASSWORD")
    assert redactor.clean(json.dumps({"sent": "half \ud800 of it"})) == '{"sent": "$PASSWORD"}'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 200_000 + "@", "x" * 200_000 + "@"),  # each of these took minutes
        ("ab1-" * 50_000 + "=1", "ab1-" * 50_000 + "=1"),
        ("ab1-" * 50_000 + "token=1234", "ab1-" * 50_000 + "token=[redacted]"),
        ("x" * 300 + "@mail.example", "[redacted]"),
        ("a@b.cc1x@d.ee", "[redacted][redacted]"),
        ("x-code=1234&my-password=abc", "x-code=[redacted]&my-password=[redacted]"),
    ],
)
def test_a_long_text_is_looked_through_in_no_time(text: str, shown: str) -> None:
    assert Redactor().clean(text) == shown
