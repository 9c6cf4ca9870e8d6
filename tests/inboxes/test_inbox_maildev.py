"""Codes out of a real MailDev, by its preset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mailboxes import letterbox, send
from maildev_server import MailDev, maildev

from servinix_conformance.inbox.http import HttpSource
from servinix_conformance.inbox.source import InboxError

ME = "codes@acme.example"


@pytest.fixture(scope="module")
def catcher() -> Iterator[MailDev]:
    with maildev() as server:
        yield server


@pytest.fixture
def source(catcher: MailDev) -> Iterator[HttpSource]:
    source = HttpSource({"preset": "maildev", "server": catcher.url, "quiet_seconds": 1, "timeout_seconds": 60})
    yield source
    source.close()


def test_a_code_and_a_link_are_read_and_what_was_there_before_is_not(catcher: MailDev, source: HttpSource) -> None:
    inbox = letterbox(source)
    early = inbox.checkpoint(ME)
    send(catcher.host, catcher.port, ME, "Your code: 111111")
    assert inbox.wait(early).code == "111111"
    since = inbox.checkpoint(ME)
    send(catcher.host, catcher.port, f"Me <{ME}>", "Your code: 222222", html="<p>Your code: 222222</p>", envelope=ME)
    message = inbox.wait(since)
    assert (message.code, message.subject) == ("222222", "Your code — für Sie")
    assert [message.code for message in inbox.arrived(since)] == ["222222"]
    assert [message.code for message in inbox.arrived(early)] == ["111111", "222222"]


def test_html_alone_is_rendered(catcher: MailDev, source: HttpSource) -> None:
    inbox = letterbox(source)
    since = inbox.checkpoint(ME)
    html = "<style>p { color: #999999 }</style><p>Code <b>12</b>34<i>56</i> <a href='https://acme.example/r?token=x'>go</a>"
    send(catcher.host, catcher.port, ME, "", html=html)
    message = inbox.wait(since)
    assert (message.code, message.link) == ("123456", "https://acme.example/r?token=x")


def test_each_recipient_gets_its_own_even_where_only_the_envelope_says_so(catcher: MailDev, source: HttpSource) -> None:
    inbox = letterbox(source)
    since = {name: inbox.checkpoint(f"{name}@acme.example") for name in ("one", "other", "third")}
    send(catcher.host, catcher.port, "one@acme.example", "Your code: 111111")
    send(catcher.host, catcher.port, "all@acme.example", "Your code: 222222", envelope="other@acme.example")
    found = {name: [message.code for message in inbox.arrived(since[name])] for name in since}
    assert found == {"one": ["111111"], "other": ["222222"], "third": []}


def test_a_catcher_that_is_not_there_is_told() -> None:
    with maildev() as server:
        url = server.url
    with pytest.raises(InboxError, match=f"GET {url}/email: no HTTP answer"):
        HttpSource({"preset": "maildev", "server": url})


def test_a_machine_without_maildev_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"npm ci --prefix \.ci"), maildev(tmp_path / "maildev"):
        raise AssertionError
