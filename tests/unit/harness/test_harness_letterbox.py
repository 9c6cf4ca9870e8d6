from __future__ import annotations

from typing import Any

import pytest

from servinix_conformance.actor import Broken, Untested
from servinix_conformance.inbox.letterbox import Letterbox
from servinix_conformance.inbox.source import InboxError, Letter
from servinix_conformance.inbox.text import Patterns
from servinix_conformance.redaction import Redactor


class Pigeonhole:
    """Letters that arrive one look after the other."""

    quiet_seconds = 0.0
    deadline_seconds = 0.0
    poll_seconds = 0.001

    def __init__(self, *arrivals: list[str], broken: bool = False) -> None:
        self._arrivals = list(arrivals)
        self._there: list[Letter] = []
        self._broken = broken

    def mark(self, address: str) -> int:
        if self._broken:
            raise InboxError(f"no look at {address}")
        return len(self._there)

    def since(self, address: str, mark: Any) -> list[Letter]:  # noqa: ANN401 - as in the protocol
        if self._broken:
            raise InboxError("the door is shut")
        for text in self._arrivals.pop(0) if self._arrivals else []:
            self._there.append(Letter(str(len(self._there)), (address,), "subject", text))
        return self._there[mark:]

    def fresh(self, channel: str) -> str | None:
        return "fresh@people.example" if channel == "email" else None

    def close(self) -> None:
        raise NotImplementedError


def letterbox(source: Pigeonhole, redactor: Redactor | None = None) -> Letterbox:
    patterns = Patterns()
    return Letterbox({"email": source}, {"email": patterns, "phone": patterns}, redactor or Redactor())


def test_the_first_message_after_the_checkpoint_is_read_and_its_secrets_leave_every_record() -> None:
    redactor = Redactor()
    source = Pigeonhole(["an old code 111111"], [], ["Your code is 222222: https://host.example/reset?token=abcdef"])
    box = letterbox(source, redactor)
    source.since("ada@people.example", 0)
    source.deadline_seconds = 60.0
    message = box.wait(box.checkpoint("ada@people.example"))
    assert (message.code, message.link) == ("222222", "https://host.example/reset?token=abcdef")
    assert message.leads_to == "https://host.example/reset"
    assert redactor.clean("to ada@people.example: 222222, abcdef") == "to $CONTACT: $OTP, $RESET_TOKEN"


def test_a_message_that_does_not_come_is_told_without_its_address() -> None:
    box = letterbox(Pigeonhole())
    with pytest.raises(Broken, match=r"expected a message to \$CONTACT, but none came within 0 s"):
        box.wait(box.checkpoint("ada@people.example"))


def test_a_code_or_a_link_is_found_behind_messages_of_another_kind() -> None:
    source = Pigeonhole(["MFA was switched on"], ["Your code is 123456"], ["https://host.example/reset?token=abc"])
    source.deadline_seconds = 60.0
    box = letterbox(source)
    since = box.checkpoint("ada@people.example")
    assert box.code(since) == "123456"
    assert box.link(since) == "https://host.example/reset?token=abc"
    assert box.wait(since).body == "MFA was switched on"


def test_messages_without_one_code_are_told_from_no_message_at_all() -> None:
    box = letterbox(Pigeonhole(["111111 or 222222"]))
    with pytest.raises(Broken, match=r"a message with one code to .*none came within 0 s, only 1 of another kind"):
        box.code(box.checkpoint("ada@people.example"))
    box = letterbox(Pigeonhole())
    with pytest.raises(Broken, match=r"a message with a link to .*none came within 0 s$"):
        box.link(box.checkpoint("ada@people.example"))


def test_what_comes_while_it_has_to_be_quiet_counts() -> None:
    source = Pigeonhole(["first"], [], ["second"])
    source.quiet_seconds = 0.2
    box = letterbox(source)
    assert [message.body for message in box.arrived(box.checkpoint("ada@people.example"))] == ["first", "second"]


def test_without_a_quiet_time_the_first_look_decides() -> None:
    box = letterbox(Pigeonhole([], ["late"]))
    assert box.arrived(box.checkpoint("ada@people.example")) == []


def test_where_there_is_no_inbox_only_whoever_looks_into_it_is_stopped() -> None:
    box = letterbox(Pigeonhole())
    since = box.checkpoint("+15550100")
    with pytest.raises(Untested, match=r"there is no inbox for phone: add \[inbox.phone\]"):
        box.arrived(since)
    with pytest.raises(Untested, match=r"\[inbox.phone\]"):
        box.wait(since)


def test_an_inbox_that_cannot_be_read_leaves_the_scenario_untested() -> None:
    broken, box = Pigeonhole(broken=True), letterbox(Pigeonhole())
    since = box.checkpoint("ada@people.example")
    with pytest.raises(Untested, match="the inbox for email cannot be read: the door is shut"):
        letterbox(broken).arrived(since)
    with pytest.raises(Untested, match="the inbox for email cannot be read: no look"):
        letterbox(broken).checkpoint("ada@people.example")


def test_a_fresh_address_is_to_be_had_where_the_inbox_has_one() -> None:
    box = letterbox(Pigeonhole())
    assert box.fresh("email") == "fresh@people.example"
    with pytest.raises(Untested, match=r"give fresh = 'name\+\{\}@host' under \[inbox.phone\]"):
        box.fresh("phone")


def test_a_deployment_says_itself_what_its_codes_and_links_look_like() -> None:
    patterns = Patterns(code=r"PIN ([0-9]{4})", link=r"\[(https://[^\]]+)\]")
    text = "Order 123456, PIN 0042, [https://host.example/r/tok-1] https://host.example/other"
    assert (patterns.code_in(text), patterns.link_in(text)) == ("0042", "https://host.example/r/tok-1")
    assert ("tok-1", "RESET_TOKEN") in patterns.secrets_in(text)
