from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from unittest.mock import patch

import pytest

from servinix_conformance.inbox import http
from servinix_conformance.inbox.http import HttpSource
from servinix_conformance.inbox.presets import PRESETS
from servinix_conformance.inbox.source import InboxError, Letter

ME = "codes+1@acme.example"
Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]


class Gateway:
    """An HTTP server whose answers a test sets by path; it remembers what it was asked."""

    def __init__(self, serve: Serve) -> None:
        self.bodies: dict[str, Any] = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.tokens: set[str | None] = set()
        self.url = serve(self.answer)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        self.tokens.add(handler.headers["X-Token"])
        body = self.bodies[handler.path]
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def source(self, **options: Any) -> HttpSource:  # noqa: ANN401
        return HttpSource({"url": f"{self.url}/list", "id": "/id", "to": "/to", "text": "/text", **options})


@pytest.fixture
def gateway(serve: Serve) -> Gateway:
    return Gateway(serve)


def item(number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": number, "to": ME, "text": f"code {number:06}", **more}


def letters(source: HttpSource, mark: int, address: str = ME) -> list[Letter]:
    # A look that is shared with the last one would not see what a test just changed.
    with patch.object(http, "SHARED_SECONDS", 0.0):
        return source.since(address, mark)


def texts(source: HttpSource, mark: int) -> list[str]:
    return [letter.text for letter in letters(source, mark)]


def test_what_is_listed_at_the_mark_does_not_count(gateway: Gateway) -> None:
    gateway.bodies["/list"] = [item(1)]
    source = gateway.source(subject="/subject")
    gateway.bodies["/list"] += [item(2)]
    mark = source.mark(ME)
    assert (mark, texts(source, mark)) == (2, [])
    gateway.bodies["/list"] += [item(3, subject="Your code"), item(4, to="codes+12@acme.example", subject=None)]
    (letter,) = letters(source, mark)
    assert (letter.id, letter.to, letter.subject, letter.text) == ("3", (ME,), "Your code", "code 000003")
    gateway.bodies["/list"] = []
    assert texts(source, mark) == ["code 000003"]
    source.close()


@pytest.mark.parametrize(("order", "expected"), [("oldest", [1, 2, 3]), ("newest", [3, 2, 1])])
def test_letters_come_oldest_first_whatever_the_list_begins_with(
    gateway: Gateway, order: str, expected: list[int]
) -> None:
    gateway.bodies["/list"] = []
    source = gateway.source(order=order)
    gateway.bodies["/list"] = [item(1), item(2), item(3)]
    assert texts(source, 0) == [f"code {number:06}" for number in expected]


def test_looks_within_a_tenth_of_a_second_are_one_and_a_mark_looks_always(gateway: Gateway) -> None:
    gateway.bodies["/list"] = []
    source = gateway.source()
    with patch.object(http, "SHARED_SECONDS", 600.0):
        for _ in range(5):
            assert source.since(ME, 0) == []
        assert gateway.asked == ["/list"]
        assert [source.mark(ME), source.mark(ME)] == [0, 0]
    assert gateway.asked == ["/list"] * 3


def test_the_address_is_quoted_in_the_url_and_then_nothing_else_has_to_say_it(gateway: Gateway) -> None:
    path = "/list?to=%2B1555%20%26x"
    gateway.bodies[path] = {"messages": [{"sid": "a", "body": 123456}]}
    source = HttpSource(
        {"url": f"{gateway.url}/list?to={{address}}", "items": "/messages", "id": "/sid", "text": "/body"}
    )
    assert gateway.asked == []
    (letter,) = source.since("+1555 &x", 0)
    assert (letter.to, letter.subject, letter.text) == (("+1555 &x",), None, "123456")
    assert gateway.asked == [path]


@pytest.mark.parametrize(
    "to",
    [
        ME,
        f"Me <{ME}>, you@acme.example",
        [ME],
        [{"address": ME, "name": "you@acme.example"}],
        {"Name": "Me", "Email": ME.replace("acme.example", "ACME.example")},
        {"value": [{"x": ME}]},
    ],
)
def test_recipients_are_found_in_whatever_shape_an_api_has_them(gateway: Gateway, to: object) -> None:
    gateway.bodies["/list"] = [item(1, to=to)]
    source = gateway.source()
    assert texts(source, 0) == ["code 000001"]
    assert letters(source, 0, "acme.example") == []


def test_a_name_that_looks_like_an_address_is_none(gateway: Gateway) -> None:
    gateway.bodies["/list"] = [item(1, to=[{"address": ME, "name": "you@acme.example"}])]
    assert letters(gateway.source(), 0, "you@acme.example") == []


def test_recipients_are_those_of_all_the_places_that_are_named(gateway: Gateway) -> None:
    gateway.bodies["/list"] = [{"id": 1, "cc": ME, "bcc": None, "text": "a"}, {"id": 2, "to": 7, "text": "b"}]
    source = gateway.source(to=["/to", "/cc", "/bcc"])
    assert texts(source, 0) == ["a"]


def test_html_is_read_where_there_is_no_text(gateway: Gateway) -> None:
    html = "<p>Code <b>12</b>34<i>56</i></p>"
    gateway.bodies["/list"] = [item(1, text=" \n", html=html), item(2, text=None, html=html), item(3, html=html)]
    assert texts(gateway.source(html="/html"), 0) == ["Code 123456", "Code 123456", "code 000003"]
    assert texts(gateway.source(html="/nothing"), 0) == ["", "", "code 000003"]


def test_a_message_as_it_travelled_is_read_like_any_other(gateway: Gateway) -> None:
    source = f"To: Me <{ME}>\r\nSubject: =?utf-8?q?Zug=C3=A4nge?=\r\n\r\nfür 123456\r\n"
    gateway.bodies["/list"] = [{"id": "x", "raw": source, "bcc": "you@acme.example"}]
    inbox = HttpSource({"url": f"{gateway.url}/list", "id": "/id", "raw": "/raw", "to": "/bcc"})
    (letter,) = inbox.since(ME, 0)
    assert (letter.to, letter.subject, letter.text) == ((ME, "you@acme.example"), "Zugänge", "für 123456")
    assert inbox.since("you@acme.example", 0) == [letter]


def test_a_message_that_the_list_does_not_hold_is_fetched_once_and_for_its_own_reader_alone(gateway: Gateway) -> None:
    gateway.bodies["/list"] = [{"id": "a/b", "to": ME}, {"id": "c", "to": "you@acme.example"}, {"id": "d"}]
    gateway.bodies["/message/a%2Fb"] = item(1)
    gateway.bodies["/message/d"] = item(4)
    source = gateway.source(message_url=f"{gateway.url}/message/{{id}}")
    for _ in range(2):
        assert texts(source, 0) == ["code 000001", "code 000004"]
    assert [path for path in gateway.asked if path != "/list"] == ["/message/a%2Fb", "/message/d"]


def test_headers_are_sent(gateway: Gateway) -> None:
    gateway.bodies["/list"] = []
    gateway.source(headers={"X-Token": "s3cret"})
    assert gateway.tokens == {"s3cret"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "/list: answered something that is not JSON; check url"),
        ({"messages": []}, "/list: what items = '' points to is no list; correct it"),
        ([{"ID": 1}], "/list: id = '/id' leads nowhere in the answer; correct it"),
        (b"[" + b" " * 2000 + b"]", "/list: more than 0 MiB; ask for fewer messages, or empty the inbox"),
    ],
)
def test_an_answer_that_cannot_be_read_says_which_option_to_mend(gateway: Gateway, body: object, message: str) -> None:
    gateway.bodies["/list"] = body
    with patch.object(http, "_MOST", 1000), pytest.raises(InboxError) as caught:
        gateway.source()
    assert str(caught.value) == gateway.url + message


def test_a_pointer_that_leads_nowhere_is_told(gateway: Gateway) -> None:
    gateway.bodies["/list"] = {"messages": []}
    with pytest.raises(InboxError, match="items = '/items' leads nowhere in the answer"):
        gateway.source(items="/items")


def test_a_refusal_and_a_redirect_are_told_without_secrets(gateway: Gateway) -> None:
    gateway.bodies["/list?key=s3cret"] = []
    gateway.status = 401
    with pytest.raises(InboxError, match=f"^{gateway.url}/list: answered 401; check url and headers$"):
        gateway.source(url=f"{gateway.url}/list?key=s3cret")
    gateway.status, gateway.headers = 302, {"Location": "https://u:s3cret@other.example/login?key=s3cret"}
    with pytest.raises(InboxError) as caught:
        gateway.source(url=f"{gateway.url}/list?key=s3cret")
    assert "answered 302 and a redirect to https://other.example/login, which is not followed" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert gateway.asked == ["/list?key=s3cret"] * 2


def test_a_server_that_is_not_there_or_does_not_answer_is_told(talk: Callable[..., str]) -> None:
    url = talk(lambda connection: connection.recv(100))
    options = {"id": "/id", "to": "/to", "text": "/text"}
    with pytest.raises(InboxError, match=f"GET {url}/list: no HTTP answer"):
        HttpSource({"url": f"{url}/list", **options})
    slow = talk(lambda connection: (connection.recv(1000), connection.recv(1000)))
    with pytest.raises(InboxError, match=r"no whole answer within 0.2 s \(timeout_seconds under the inbox\)"):
        HttpSource({"url": f"{slow}/list", "timeout_seconds": 0.2, **options})


def test_a_header_that_cannot_be_sent_is_told_without_its_value(gateway: Gateway) -> None:
    with pytest.raises(InboxError) as caught:
        gateway.source(headers={"X-Token": "s3cret\n"})
    assert str(caught.value) == f"{gateway.url}/list: no request can be made of it; check url and headers"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "an inbox of kind http needs url and id, or a preset; add it"),
        ({"url": "https://x.example"}, "needs url and id, or a preset"),
        ({"url": "https://x.example", "id": "/id", "to": "/to"}, "needs text, html or raw; add it"),
        ({"url": "https://x.example", "id": "/id", "text": "/text"}, r"needs to, or \{address\} in url; add it"),
        ({"url": "ftp://x.example/", "id": "/id", "to": "", "text": ""}, "no URL of http or https; write it out"),
        (
            {"url": "http://x.example/", "id": "/id", "to": "", "text": ""},
            "x.example: codes would travel in clear text",
        ),
        (
            {"preset": "maildev", "server": "http://[::2]:1080"},
            "::2: codes would travel .* use https, or say clear_text",
        ),
        ({"preset": "mailpit"}, "server is missing: url begins with it; write the URL of the inbox's server"),
    ],
)
def test_options_that_cannot_work_say_what_to_mend(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InboxError, match=message):
        HttpSource(options)


def test_clear_text_may_be_allowed() -> None:
    source = HttpSource(
        {"url": "http://x.example/{address}", "id": "/id", "text": "/text", "clear_text": True, "timeout_seconds": 1}
    )
    source.close()


# What the documented interfaces answer; MailDev's is tried on the real one in tests/inboxes.
ANSWERS: dict[str, dict[str, Any]] = {
    "maildev": {
        "/email": [
            {
                "id": "a1",
                "to": [{"address": ME, "name": "Me"}],
                "envelope": {"to": [{"address": ME, "args": False}]},
                "subject": "Your code",
                "text": "123456\n",
                "html": "<p>123456</p>",
            }
        ]
    },
    "mailpit": {
        "/api/v1/messages?limit=200": {
            "total": 1,
            "messages": [{"ID": "a1", "To": [{"Name": "Me", "Address": ME}], "Cc": None, "Bcc": [], "Snippet": "no"}],
        },
        "/api/v1/message/a1": {
            "ID": "a1",
            "To": [{"Name": "Me", "Address": ME}],
            "Subject": "Your code",
            "Text": "",
            "HTML": "<p>123456</p>",
        },
    },
    "mailhog": {
        "/api/v2/messages?limit=200": {
            "total": 1,
            "items": [
                {
                    "ID": "a1",
                    "To": [{"Mailbox": "codes+1", "Domain": "acme.example"}],
                    "Raw": {"From": "a@b.example", "To": [ME], "Data": "Subject: Your code\r\n\r\n123456", "Helo": "x"},
                }
            ],
        }
    },
    "sms-list": {"/messages?to=codes%2B1%40acme.example": {"messages": [{"id": "a1", "to": ME, "body": "123456"}]}},
}


def test_every_preset_has_an_answer_here() -> None:
    assert ANSWERS.keys() == PRESETS.keys() == set(HttpSource.schema["properties"]["preset"]["enum"])


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_reads_what_is_documented_and_options_override_it(gateway: Gateway, preset: str) -> None:
    gateway.bodies = ANSWERS[preset]
    source = HttpSource({"preset": preset, "server": gateway.url + "/"})
    (letter,) = source.since(ME, 0)
    subject = None if preset == "sms-list" else "Your code"
    assert (letter.id, letter.subject, letter.text) == ("a1", subject, "123456")
    assert set(letter.to) == {ME}
    path = next(iter(ANSWERS[preset]))
    gateway.bodies = {f"/other{path}": ANSWERS[preset][path]}
    HttpSource({"preset": preset, "url": f"{gateway.url}/other{path}", "server": gateway.url})
