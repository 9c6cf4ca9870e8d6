from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from servinix_conformance.inbox import prompt
from servinix_conformance.inbox.prompt import PromptSource, masked
from servinix_conformance.inbox.source import InboxError

QUESTION = "Code for c***@acme.example, sent just now: "
ME = "codes@acme.example"


class Person:
    """Reads what a terminal shows and types what a test says, each time that the question is complete."""

    def __init__(self, keyboard: int) -> None:
        self.keyboard = keyboard
        self.shown = ""

    def types(self, text: str) -> None:
        asked = self.shown.count("now: ") + 1
        while self.shown.count("now: ") < asked:
            self.shown += os.read(self.keyboard, 1000).decode()
        os.write(self.keyboard, text.encode())


@pytest.fixture
def terminal() -> Iterator[tuple[str, Person]]:
    keyboard, screen = pty.openpty()
    yield os.ttyname(screen), Person(keyboard)
    os.close(keyboard)
    os.close(screen)


@pytest.fixture
def while_typing(terminal: tuple[str, Person]) -> Iterator[Callable[..., None]]:
    threads = []

    def start(*texts: str) -> None:
        thread = threading.Thread(target=lambda: list(map(terminal[1].types, texts)), daemon=True)
        thread.start()
        threads.append(thread)

    yield start
    for thread in threads:
        thread.join(30)


def test_a_person_is_asked_until_there_is_an_answer(
    terminal: tuple[str, Person], while_typing: Callable[..., None]
) -> None:
    source = PromptSource({}, terminal[0])
    mark = source.mark(ME)
    while_typing("\n", " 123456 \n")
    assert source.since(ME, mark) == []
    (letter,) = source.since(ME, mark)
    assert (letter.to, letter.subject, letter.text) == ((ME,), None, "123456")
    assert source.since(ME, mark) == [letter]
    assert terminal[1].shown.count(QUESTION) == 2


def test_each_mark_is_asked_for_by_itself(terminal: tuple[str, Person], while_typing: Callable[..., None]) -> None:
    source = PromptSource({}, terminal[0])
    first, second = source.mark(ME), source.mark("+15550100123")
    while_typing("111111\n", "222222\n")
    assert [letter.text for letter in source.since(ME, first)] == ["111111"]
    assert [letter.text for letter in source.since("+15550100123", second)] == ["222222"]
    assert "Code for ***23, sent just now: " in terminal[1].shown


def test_what_was_typed_before_the_question_is_no_answer(
    terminal: tuple[str, Person], while_typing: Callable[..., None]
) -> None:
    source = PromptSource({}, terminal[0])
    os.write(terminal[1].keyboard, b"999999\n")
    while_typing("123456\n")
    assert [letter.text for letter in source.since(ME, source.mark(ME))] == ["123456"]


def test_silence_says_that_nothing_came(terminal: tuple[str, Person]) -> None:
    source = PromptSource({"deadline_seconds": 0.05}, terminal[0])
    assert source.since(ME, source.mark(ME)) == []
    shown = ""
    while not shown.endswith("\r\n"):  # it comes in pieces
        shown += os.read(terminal[1].keyboard, 1000).decode()
    assert shown.startswith(QUESTION)


def test_the_controlling_terminal_is_asked_whatever_standard_input_is(terminal: tuple[str, Person]) -> None:
    script = (
        "from servinix_conformance.inbox.prompt import PromptSource\n"
        f"source = PromptSource({{}}); print(source.since({ME!r}, source.mark({ME!r}))[0].text)"
    )
    screen = os.open(terminal[0], os.O_RDWR)

    def control() -> None:
        fcntl.ioctl(screen, termios.TIOCSCTTY, 0)

    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=control,  # noqa: PLW1509 - it does one system call
    ) as process:
        terminal[1].types("123456\n")
        assert process.communicate(timeout=60)[0] == "123456\n"
    os.close(screen)


def test_without_a_terminal_it_says_so_and_makes_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("123456\n", encoding="utf-8")
    for name in ("missing", "file"):
        with pytest.raises(InboxError, match="there is no terminal to ask at: run in one, or name another kind"):
            PromptSource({}, str(tmp_path / name))
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["123456\n"]


def test_a_windows_console_is_neither_waited_for_nor_emptied(
    terminal: tuple[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt, "_WINDOWS", True)
    source = PromptSource({}, terminal[0])
    os.write(terminal[1].keyboard, b"123456\n")
    assert [letter.text for letter in source.since(ME, source.mark(ME))] == ["123456"]


def test_it_waits_for_a_person_and_asks_once_whether_nothing_came(terminal: tuple[str, Person]) -> None:
    source: Any = PromptSource({}, terminal[0])
    assert (source.quiet_seconds, source.deadline_seconds, source.poll_seconds) == (0.0, 120.0, 0.2)
    assert source.fresh("email") is None
    source.close()


def test_addresses_are_masked() -> None:
    assert (masked("a@b.example"), masked("@b.example"), masked("+15550100123")) == (
        *("a***@b.example", "***@b.example", "***23"),
    )
