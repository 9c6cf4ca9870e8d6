from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from servinix_conformance.actor import Broken, NotClaimed
from servinix_conformance.binding import Binding
from servinix_conformance.document import Document
from servinix_conformance.events import Exchange
from servinix_conformance.gateway import Gateway
from servinix_conformance.inbox import test_support as inbox
from servinix_conformance.inbox.text import Patterns
from servinix_conformance.redaction import Redactor
from servinix_conformance.target import Http
from servinix_conformance.transport import Silent, Transport

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]
Open = Callable[..., Gateway]

JSON_BODY = {"content": {"application/json": {"schema": {"type": "object", "required": ["mfa_token"]}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/sign-in": {
            "post": {
                "operationId": "signIn",
                "responses": {"202": JSON_BODY, "401": {"content": {"application/problem+json": {}}}},
            }
        },
        "/messages": {
            "get": {"operationId": "listMessages", "responses": {"200": {"content": {"application/json": {}}}}}
        },
        "/sign-out": {"post": {"operationId": "signOut", "responses": {"204": {}}}},
    },
}


@pytest.fixture
def gateway_to(serve: Serve) -> Iterator[Open]:
    made: list[Transport] = []

    def start(
        status: int = 202, body: object = None, *, not_claimed: frozenset[str] = frozenset(), **headers: str
    ) -> Gateway:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()

        def answering(handler: BaseHTTPRequestHandler) -> None:
            handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
            handler.send_response(status)
            usual = {"content_type": "application/json", "content_length": str(len(content))}
            for name, value in (usual | headers).items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(content)

        made.append(Transport(serve(answering), Http(timeout_seconds=5)))
        return Gateway(Document(json.dumps(DOCUMENT), "d"), Binding(), made[-1], Redactor(), not_claimed)

    yield start
    for transport in made:
        transport.close()


def only(gateway: Gateway) -> Exchange:
    (exchange,) = gateway.exchanges()
    return exchange


def test_an_answer_is_read_through_the_binding(gateway_to: Open) -> None:
    result = gateway_to(202, {"mfa_token": "opaque-token", "channel": "email"}).perform("signIn", {"email": "ada"})
    assert dict(result.fields) == {"mfa_token": "opaque-token", "channel": "email"}
    assert (result.ok, result.described, result.reason, result.wait) == (True, True, None, None)
    assert result.said == "signIn answered 202"


def test_a_refusal_has_a_reason_and_a_wait(gateway_to: Open) -> None:
    body = {"type": "urn:servinix:problem:invalid-credentials"}
    result = gateway_to(401, body, content_type="application/problem+json", retry_after="30").perform("signIn")
    assert (result.ok, result.described, result.reason, result.wait) == (False, True, "invalid-credentials", 30)
    assert result.said == "signIn answered 401 invalid-credentials"


def test_a_refusal_without_a_known_reason(gateway_to: Open) -> None:
    gateway = gateway_to(401, {"type": "about:blank"}, content_type="application/problem+json")
    result = gateway.perform("signIn")
    assert (result.reason, result.said) == (None, "signIn answered 401")


def test_a_status_outside_the_document_is_no_success(gateway_to: Open) -> None:
    gateway = gateway_to(200, {"mfa_token": "opaque-token"})
    result = gateway.perform("signIn")
    assert (result.ok, result.described) == (False, False)
    assert result.said == "signIn answered 200, which the document does not describe"
    assert [item.came for item in gateway.violations()] == ["status 200"]


def test_what_is_not_claimed_is_not_asked(gateway_to: Open) -> None:
    gateway = gateway_to(not_claimed=frozenset({"signIn"}))
    assert [gateway.claims(name) for name in ("signIn", "signOut", "deleteUser")] == [False, True, False]
    for name in ("signIn", "deleteUser"):
        with pytest.raises(NotClaimed, match=f"the target does not claim {name}"):
            gateway.perform(name)
    assert gateway.exchanges() == []


def test_silence_leaves_no_exchange(gateway_to: Open) -> None:
    gateway = gateway_to()
    gateway.transport = Transport("http://127.0.0.1:9", Http(timeout_seconds=0.3))
    with pytest.raises(Silent):
        gateway.perform("signIn")
    gateway.transport.close()
    assert gateway.exchanges() == []


def test_a_record_holds_request_and_answer_without_secrets(gateway_to: Open) -> None:
    gateway = gateway_to(202, {"mfa_token": "opaque-token", "note": "hunter2-hunter2"}, x_echo="hunter2-hunter2")
    gateway.redactor.register("hunter2-hunter2", "PASSWORD")
    gateway.redactor.register("ada@example.com", "EMAIL")
    gateway.perform(
        "signIn",
        {"email": "ada@example.com", "password": "hunter2-hunter2"},
        bearer="bearer-secret",
        headers={"User-Agent": "Go/1"},
        extra={"more": 1},
    )
    exchange = only(gateway)
    assert (exchange.operation, exchange.method, exchange.status) == ("signIn", "POST", 202)
    assert exchange.url.endswith("/sign-in")
    assert json.loads(exchange.request_body or "") == {"email": "$EMAIL", "password": "$PASSWORD", "more": 1}
    assert json.loads(exchange.response_body) == {"mfa_token": "$MFA_TOKEN", "note": "$PASSWORD"}
    assert exchange.response_headers["x-echo"] == "$PASSWORD"
    assert exchange.request_headers["User-Agent"] == "Go/1"
    assert exchange.violations == []
    shown = json.dumps(exchange.to_json())
    assert not any(secret in shown for secret in ("hunter2", "opaque-token", "bearer-secret", "ada@"))


def test_a_secret_that_becomes_known_later_leaves_earlier_records(gateway_to: Open) -> None:
    gateway = gateway_to(202, {"mfa_token": "opaque-token", "hint": "late-secret"})
    gateway.perform("signIn")
    gateway.redactor.register("late-secret", "OTP")
    assert "late-secret" not in only(gateway).response_body
    assert "$OTP" in only(gateway).response_body


def test_violations_are_told_with_the_exchange_and_without_secrets(gateway_to: Open) -> None:
    gateway = gateway_to(202, {}, content_type="text/hunter2-hunter2")
    gateway.redactor.register("hunter2-hunter2", "PASSWORD")
    gateway.perform("signIn")
    (violation,) = gateway.violations()
    assert (violation.operation, violation.came) == ("signIn", "text/$PASSWORD")
    assert only(gateway).violations == [violation.to_json()]


def test_a_long_body_is_cut_in_the_record(gateway_to: Open) -> None:
    gateway = gateway_to(202, b"x" * 20_000)
    assert len(gateway.perform("signIn").answer.body) == 20_000
    assert only(gateway).response_body == "x" * (16 * 1024) + "…"


def test_a_secret_that_the_record_cuts_through_is_not_half_shown(gateway_to: Open) -> None:
    secret = "seven-of-nine-and-more"
    gateway = gateway_to(202, b"x" * (16 * 1024 - 5) + secret.encode() * 2_000)
    gateway.redactor.register(secret, "SECRET")
    gateway.perform("signIn")
    shown = only(gateway).response_body
    assert "seven" not in shown
    assert shown[-1] == "…"
    assert 8 * 1024 < len(shown) <= 16 * 1024 + 1


def test_a_secret_of_nobodys_that_the_record_cuts_through_is_not_half_shown(gateway_to: Open) -> None:
    gateway = gateway_to(202, b"x" * (16 * 1024 - 20) + b'{"access_token": "' + b"secret" * 5_000)
    gateway.perform("signIn")
    assert "secret" not in only(gateway).response_body


def test_a_long_header_is_cut_in_the_record(gateway_to: Open) -> None:
    gateway = gateway_to(202, {"mfa_token": "t"}, X_Long="y" * 40_000)
    gateway.perform("signIn")
    assert only(gateway).response_headers["x-long"] == "y" * 1024 + "…"


def test_a_token_that_no_header_can_hold_is_a_broken_promise(gateway_to: Open) -> None:
    gateway = gateway_to(204)
    with pytest.raises(Broken, match="one of them cannot: it has characters in it that no header or URL can hold"):
        gateway.perform("signOut", bearer="a\r\nX-Other: 1")
    assert gateway.exchanges() == []


def test_a_body_that_is_no_text_is_shown_all_the_same(gateway_to: Open) -> None:
    gateway = gateway_to(202, b"\xff\xfe")
    gateway.perform("signIn")
    assert only(gateway).response_body == "\N{REPLACEMENT CHARACTER}" * 2


def test_a_token_that_is_no_text_is_no_secret(gateway_to: Open) -> None:
    gateway = gateway_to(202, {"mfa_token": 123456})
    assert gateway.perform("signIn").fields["mfa_token"] == 123456
    assert json.loads(only(gateway).response_body) == {"mfa_token": 123456}


def test_a_request_without_a_body_is_recorded_so(gateway_to: Open) -> None:
    gateway = gateway_to(204, content_type="text/plain")
    assert gateway.perform("signOut", bearer="bearer-secret").ok
    assert only(gateway).request_body is None


def test_items_of_a_list(gateway_to: Open) -> None:
    messages: list[dict[str, Any]] = [{"id": "1", "body": "a"}, {"id": "2", "body": "b"}]
    gateway = gateway_to(200, {"messages": messages})
    result = gateway.perform("listMessages", {"to": "ada"})
    assert gateway.items(result) == messages
    assert only(gateway).url.endswith("/messages?to=ada")


def test_an_address_just_made_is_looked_at_once_something_was_done(gateway_to: Open) -> None:
    gateway = gateway_to(200, {"messages": [{"id": "1", "body": "a"}]})
    source = inbox.TestSupportSource(gateway, "token", Patterns())
    address = source.fresh("email")
    assert source.mark(address) == source.mark(address) == []
    assert gateway.exchanges() == []
    assert source.mark("somebody@else.example") == ["1"]
    assert source.mark(address) == []
    gateway.perform("signIn", {"email": "ada", "password": "p"})
    assert source.mark(address) == ["1"]
    later = source.fresh("email")
    assert source.mark(later) == []
