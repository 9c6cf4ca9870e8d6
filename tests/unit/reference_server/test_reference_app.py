from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from reference_server import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from reference_server.inputs import Answer, Request
    from tests.unit.reference_server.conftest import Stage

    Kind = Callable[[TestResponse], str]

AUTH = ["sign-in", "mfa/verify", "mfa/resend", "password-reset", "password-reset/confirm"]


def post(
    stage: Stage, data: bytes, content_type: str | None = "application/json", path: str = "sign-in"
) -> TestResponse:
    return stage.app.test_client().post(f"/auth/{path}", data=data, content_type=content_type)


@pytest.mark.parametrize("path", AUTH)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"email": "a@b", "email": "a@b", "password": "12345678"}',
        b'{"email": "\\ud800", "password": "12345678"}',
        b'{"email": "a@b", "password": "12345678", "more": "\\udfff"}',
        b'{"email": "a@b", "password": "12345678", "\\udfff": 1}',
        b'{"email": "a@b", "password": "12345678", "more": NaN}',
        b'{"email": "a@b", "password": "12345678", "more": -Infinity}',
        b'{"email": "a@b", "password": "12345678", "more": ' + b"9" * 5000 + b"}",
        b'{"email": "\xff", "password": "12345678"}',
        b'\xef\xbb\xbf{"email": "a@b", "password": "12345678"}',
        b'{"more": ' + b"[" * 8000 + b"]" * 8000 + b"}",
        b'{"more": ' * 1500 + b"1" + b"}" * 1500,
        b"{'email': 'a@b'}",
        '{"email": "a@b"}'.encode("utf-16"),
    ],
)
def test_malformed_bodies_are_refused(stage: Stage, kind: Kind, path: str, data: bytes) -> None:
    answer = post(stage, data, path=path)
    assert kind(answer) == "invalid-request"
    assert answer.headers["Cache-Control"] == "no-store"


def test_unknown_members_change_nothing(stage: Stage) -> None:
    person = stage.mfa_person()
    answer = stage.sign_in(person, mfa_enabled=False, verified=True, role="support", deep=[[[{}]]])
    assert answer.status_code == 202


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_read(stage: Stage, content_type: str) -> None:
    person = stage.person()
    body = json.dumps({"email": person.email, "password": person.password}).encode()
    assert post(stage, body, content_type).status_code == 200


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json", "x"])
def test_other_media_types_are_not(stage: Stage, kind: Kind, content_type: str | None) -> None:
    answer = post(stage, b'{"email": "a@b", "password": "12345678"}', content_type)
    assert kind(answer) == "unsupported-media-type"
    assert answer.headers["Cache-Control"] == "no-store"


def test_bodies_have_16_kib(stage: Stage, kind: Kind) -> None:
    def body(size: int) -> bytes:
        return b'{"email": "a@b", "password": "' + b"x" * (size - 32) + b'"}'

    assert kind(post(stage, body(16 * 1024))) == "invalid-credentials"
    for answer in (post(stage, body(16 * 1024 + 1)), post(stage, b"x" * 10**6, "text/plain")):
        assert kind(answer) == "content-too-large"
        assert answer.headers["Cache-Control"] == "no-store"
    assert kind(stage.app.test_client().post("/auth/sign-out", data=b"x" * 20000)) == "content-too-large"


def test_a_body_without_a_length_has_no_more(stage: Stage, kind: Kind) -> None:
    answer = stage.app.test_client().post(
        "/auth/sign-in",
        input_stream=io.BytesIO(b" " * 20000),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert kind(answer) == "content-too-large"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/auth/sign-in", "POST"),
        ("DELETE", "/auth/sign-in", "POST"),
        ("POST", "/me", "GET"),
        ("PUT", "/support/users", "GET"),
        ("TRACE", "/auth/sign-out", "POST"),
        ("NONSENSE", "/auth/mfa/verify", "POST"),
    ],
)
def test_methods_are_held_to(stage: Stage, kind: Kind, method: str, path: str, allow: str) -> None:
    answer = stage.call(method, path)
    assert kind(answer) == "method-not-allowed"
    assert allow in answer.headers["Allow"].split(", ")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/auth", "/auth/sign-in/", "/auth//sign-in", "/AUTH/sign-in", "/auth/%00", "/x"])
def test_other_paths_are_not_found(stage: Stage, kind: Kind, path: str) -> None:
    answer = stage.call("POST", path, {})
    assert kind(answer) == "not-found"
    assert "Location" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_crash_says_nothing(set_stage: type[Stage], kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Rules):
        def sign_in(self, _request: Request) -> Answer:
            raise RuntimeError("internals")

    stage = set_stage(rules=Broken)
    answer = post(stage, b'{"email": "a@b", "password": "hush-hush"}')
    assert (answer.status_code, kind(answer)) == (500, "internal-error")
    assert "internals" not in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "hush-hush" not in caplog.text


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "10.0.0.2"), (2, "10.0.0.1")])
def test_forwarded_addresses_count_from_configured_proxies(set_stage: type[Stage], proxies: int, address: str) -> None:
    seen = []

    class Watching(Rules):
        def get_jwks(self, request: Request) -> Answer:
            seen.append(request.client_address)
            return super().get_jwks(request)

    stage = set_stage(rules=Watching, trusted_proxies=proxies)
    answer = stage.call("GET", "/.well-known/jwks.json", headers={"X-Forwarded-For": "10.0.0.1, 10.0.0.2"})
    assert (answer.status_code, seen) == (200, [address])


def test_nothing_secret_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    person = stage.mfa_person(password="hush-hush-hush")
    with caplog.at_level("DEBUG"):
        mfa_token, code = stage.challenge(person)
        stage.verify(mfa_token, code)
        reset = stage.reset_token(person)
        stage.confirm_reset(reset)
    for secret in (person.password, mfa_token, code, reset, "a new passphrase"):
        assert secret not in caplog.text
