from __future__ import annotations

import json

import pytest

from servinix_conformance.document import Answer
from servinix_conformance.likeness import looks_of


def answer(body: object = None, status: int = 401, **headers: str) -> Answer:
    content = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, content, {})


def text(said: str, *sent: object) -> str:
    return looks_of(answer(said), sent)["body"]


def test_each_part_of_an_answer_is_told() -> None:
    body = {"detail": "no", "left": [1, None], "more": {"a/b": True}}
    assert looks_of(answer(body, content_type="application/json", server="s")) == {
        "status": "401",
        "header content-type": "application/json",
        "header server": "s",
        "body": "{}",
        "body /detail": "no",
        "body /left": "[]",
        "body /left/0": "1",
        "body /left/1": "None",
        "body /more": "{}",
        "body /more/a~1b": "True",
    }


def test_a_body_that_is_no_json_is_one_part() -> None:
    assert looks_of(answer("<p>no</p>"))["body"] == "<p>no</p>"
    assert looks_of(answer())["body"] == ""


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("at 2026-11-24T08:00:00Z", "at {date}"),
        ("at 2026-11-24 08:00:00.123+01:00", "at {date}"),
        ("until Tue, 24 Nov 2026 08:00:00 GMT", "until {date}"),
        ("case 0f8fad5b-d9cb-469f-a165-70867728950e", "case {id}"),
        ("case 0af7651916cd43dd8448eb211c80319c", "case {id}"),
        ("token eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "token {token}"),
        ("at 1795500000.5", "at {number}"),
        ("attempt 3 of 5", "attempt 3 of 5"),
        ("urn:servinix:problem:unsupported-media-type", "urn:servinix:problem:unsupported-media-type"),
    ],
)
def test_ids_and_dates_look_like_any_other(said: str, seen: str) -> None:
    assert text(said) == seen


def test_what_the_request_said_is_masked_where_it_is_long_enough_to_be_told() -> None:
    assert text("ada@x.example and ada", "ada@x.example", "ada", 1) == "{sent} and ada"


def test_of_headers_that_vary_by_themselves_it_is_seen_that_they_are_there() -> None:
    varying = answer(
        date="Tue, 24 Nov 2026 08:00:00 GMT", retry_after="899", x_ratelimit_remaining="3", x_request_id="a"
    )
    assert {value for name, value in looks_of(varying).items() if name.startswith("header")} == {"{}"}


def test_headers_that_follow_from_the_body_are_left_out_and_cookies_are_named() -> None:
    sent = Answer(200, {"content-length": "3", "etag": "x", "set-cookie": "sid=1"}, b"{}", {"sid": "secret"})
    assert looks_of(sent) == {"status": "200", "cookie sid": "{}", "body": "{}"}
