"""A person at the terminal, who is asked for what came."""

from __future__ import annotations

import errno
import itertools
import os
import select
import threading
from collections.abc import Mapping
from typing import Any, ClassVar, TextIO, cast

from .base import BaseSource, options_schema
from .source import InboxError, Letter

_WINDOWS = os.name == "nt"
_TERMINAL = "CON" if _WINDOWS else "/dev/tty"


class PromptSource(BaseSource):
    """Implements `servinix_conformance.inbox.source.Source`, as kind `prompt`.

    A mark is its number. Each look asks once, until there is an answer to the mark: an empty one says that nothing
    came, and so does silence for as long as a message is waited for.

    Args:
        options: the table of the target file.
        terminal: where the person sits.
    """

    schema: ClassVar[Mapping[str, Any]] = options_schema({})

    def __init__(self, options: Mapping[str, Any], terminal: str = _TERMINAL) -> None:
        super().__init__(options, quiet=0.0, deadline=120.0)
        self._terminal = terminal
        # Two questions at once would mix their answers up.
        self._lock = threading.Lock()
        self._marks = itertools.count()
        self._answers: dict[int, list[Letter]] = {}
        self._open("w").close()

    def mark(self, _address: str) -> int:
        """The number of this mark."""
        return next(self._marks)

    def since(self, address: str, mark: int) -> list[Letter]:
        """What the person typed, once it was something."""
        with self._lock:
            if mark not in self._answers and (text := self._ask(f"Code for {masked(address)}, sent just now: ")):
                self._answers[mark] = [Letter(str(mark), (address,), None, text)]
            return self._answers.get(mark, [])

    def _ask(self, question: str) -> str:
        with self._open("r") as reader, self._open("w") as writer:
            _forget_what_was_typed_before(reader)
            writer.write(question)
            writer.flush()
            if not _answered(reader, self.deadline_seconds):
                writer.write("\n")
                return ""
            return reader.readline().strip()

    def _open(self, mode: str) -> TextIO:
        try:
            return cast("TextIO", open(self._terminal, mode, encoding="utf-8", errors="replace", opener=_as_it_is))
        except OSError as error:
            raise InboxError(
                "there is no terminal to ask at: run in one, or name another kind of inbox than prompt"
            ) from error


def _as_it_is(path: str, flags: int) -> int:
    """Open a terminal where there is one; never make a file of its name."""
    opened = os.open(path, flags & ~(os.O_CREAT | os.O_TRUNC))
    if not os.isatty(opened):
        os.close(opened)
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY), path)
    return opened


def masked(address: str) -> str:
    """An address that its owner knows again and nobody else learns."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***@{host}" if at else f"***{address[-2:]}"


def _answered(reader: TextIO, seconds: float) -> bool:
    # A Windows console cannot be waited for: there the question stands until it is answered.
    return _WINDOWS or bool(select.select([reader], [], [], seconds)[0])


def _forget_what_was_typed_before(reader: TextIO) -> None:
    if not _WINDOWS:
        import termios  # noqa: PLC0415 - not to be had on Windows

        termios.tcflush(reader, termios.TCIFLUSH)
