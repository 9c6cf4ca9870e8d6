from __future__ import annotations

import pytest

from servinix_conformance.inbox.text import Patterns, place_of, reset_token_in


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Your code is 123456.", "123456"),
        ("123456", "123456"),
        ("code:000000\n", "000000"),
        ("123456 - once more: 123456", "123456"),
        ("Your code is 12345.", None),
        ("Your code is 1234567.", None),
        ("Call +15550100123 or +123456", None),
        ("part number A123456 or 123456B", None),
        ("either 123456 or 654321", None),
        ("see https://host.example/reset/123456 for more", None),
        ("see https://host.example/654321 and type 123456", "123456"),
        ("\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT TWO}3456", None),
        ("", None),
    ],
)
def test_the_code_of_a_message(body: str, code: str | None) -> None:
    assert Patterns().code_in(body) == code


def test_all_codes_of_a_message() -> None:
    assert Patterns().codes_in("123456, 654321, 123456 and https://host.example/111111") == ["123456", "654321"]
    assert Patterns().codes_in("none at all") == []


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("Go to https://host.example/reset?token=abc.", "https://host.example/reset?token=abc"),
        ("(http://host.example/a)", "http://host.example/a"),
        ('<a href="https://host.example/a?b=c">here</a>', "https://host.example/a?b=c"),
        ("https://first.example/1 https://second.example/2", "https://first.example/1"),
        ("mail ada@host.example", None),
    ],
)
def test_the_link_of_a_message(body: str, link: str | None) -> None:
    assert Patterns().link_in(body) == link


@pytest.mark.parametrize(
    ("link", "token"),
    [
        ("https://host.example/reset?token=a%2Fb&lang=en", "a/b"),
        ("https://host.example/reset?lang=en&token=abc#top", "abc"),
        ("https://host.example/reset/abc", "abc"),
        ("https://host.example/reset/abc/?lang=en", "abc"),
        ("https://host.example", ""),
    ],
)
def test_the_token_of_a_reset_link(link: str, token: str) -> None:
    assert reset_token_in(link) == token


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("https://host.example/reset?token=a%2Fb&lang=en#top", "https://host.example/reset"),
        ("https://host.example/reset/abc", "https://host.example/reset/"),
        ("http://name@host.example:8443/reset/abc/now?token=abc", "http://name@host.example:8443/reset//now"),
        ("https://host.example", "https://host.example"),
    ],
)
def test_where_a_link_leads(link: str, place: str) -> None:
    assert place_of(link) == place
