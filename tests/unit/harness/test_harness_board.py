from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from servinix_conformance.actor import Broken, NotClaimed, Untested
from servinix_conformance.api import ApiActor
from servinix_conformance.binding import Binding
from servinix_conformance.board import Board, LocalBoard, RemoteBoard
from servinix_conformance.clients import PLAIN
from servinix_conformance.redaction import Redactor
from servinix_conformance.reporting.terminal import Terminal
from servinix_conformance.service import Service
from servinix_conformance.transport import Silent


class Way:
    """A way to a target that answers every deed in one way, and counts."""

    def __init__(self, *, ok: bool = True, **fields: object) -> None:
        self.redactor, self.binding = Redactor(), Binding()
        self.asked: list[str] = []
        self._ok, self._fields = ok, fields

    def claims(self, _name: str) -> bool:
        return False

    def perform(self, name: str, *_values: object, **_more: object) -> Any:  # noqa: ANN401 - as the gateway's
        self.asked.append(name)
        answer = SimpleNamespace(status=200)
        return SimpleNamespace(
            operation=name,
            ok=self._ok,
            refused=not self._ok,
            fields=self._fields,
            reason=None,
            wait=None,
            said="",
            answer=answer,
        )


def actor(way: Way, board: Board | None) -> ApiActor:
    return ApiActor(cast("Any", way), PLAIN, board)


def test_what_sends_a_message_is_counted_and_stops_when_there_are_enough() -> None:
    board, way = LocalBoard(most=3), Way(mfa_token="a challenge of many letters")
    somebody = actor(way, board)
    somebody.sign_in("ada@people.example", "password")
    somebody.request_code()
    somebody.request_reset("ada@people.example")
    assert board.messages == 3
    with pytest.raises(Untested, match=r"raise max_messages under \[safety\]"):
        somebody.sign_in("ada@people.example", "password")
    assert len(way.asked) == 3
    somebody.open_profile()  # sends nothing, and goes on


def test_what_sends_nothing_is_not_counted() -> None:
    board = LocalBoard(most=3)
    actor(Way(ok=False), board).sign_in("ada@people.example", "wrong")
    actor(Way(access_token="a token of many letters"), board).sign_in("ada@people.example", "password")
    assert board.messages == 0
    actor(Way(mfa_token="a challenge of many letters"), None).sign_in("ada@people.example", "password")


@pytest.mark.parametrize(
    ("error", "counted"), [(NotClaimed("no resendOtp"), 0), (Broken("a value", "none"), 0), (Silent("no answer"), 1)]
)
def test_what_was_not_sent_is_given_back_and_what_may_have_been_is_not(error: Exception, counted: int) -> None:
    class NoWay(Way):
        def perform(self, *_values: object, **_more: object) -> Any:  # noqa: ANN401 - as the gateway's
            raise error

    board = LocalBoard(most=3)
    with pytest.raises(type(error)):
        actor(NoWay(), board).request_code()
    assert board.messages == counted


def test_other_processes_have_the_same_board() -> None:
    heard: list[tuple[str, float]] = []
    board = LocalBoard(most=1, hear=lambda what, seconds: heard.append((what, seconds)))
    service = Service({"board": board.answer})
    remote = RemoteBoard(json.loads(json.dumps(service.address("board"))))
    assert remote.take()
    remote.waits("the lock", 900.0)
    assert (remote.take(), board.messages, heard) == (False, 1, [("the lock", 900.0)])
    remote.give_back()
    assert (remote.take(), board.messages) == (True, 1)
    remote.close()
    service.close()


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_says_what_is_waited_for_and_until_when() -> None:
    run: Any = SimpleNamespace(ends={}, selected=7)
    screen, log = Screen(), io.StringIO()
    for stream in (screen, log):
        Terminal(stream).waits(run, "the lock", 900.0)
        Terminal(stream).waits(run, "the wait for a new code", 3.0)
        Terminal(stream).waits(run, "the lock", 0.0)
    assert "waiting for the wait for a new code, 3 s, until " in screen.getvalue()
    assert "0 of 7 scenarios; waiting for the lock, 15 min, until " in log.getvalue()
    assert log.getvalue().count("\n") == 1


def test_a_user_whose_id_is_not_known_is_left_alone() -> None:
    way = Way()
    with pytest.raises(Untested, match="Support cannot look the account up"):
        actor(way, None).unlock("", identity_verified=True)
    assert way.asked == []
