"""A Maildir on this machine, which is read and never changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from .base import FRESH, PATH, BaseSource, options_schema
from .mime import addressed_to, read_letter
from .source import InboxError, Letter


class MaildirSource(BaseSource):
    """Implements `servinix_conformance.inbox.source.Source`, as kind `maildir`.

    A message keeps the first part of its file's name wherever it goes, so that one which a mail program moves from
    `new` to `cur`, or marks as read, stays the same. A mark is how many messages have been seen until then.
    """

    schema: ClassVar[Mapping[str, Any]] = options_schema({"path": PATH, "fresh": FRESH}, required=["path"])

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._path = Path(options["path"])
        self._lock = threading.Lock()
        self._order: list[str] = []
        self._letters: dict[str, Letter | None] = {}
        self._look()

    def mark(self, _address: str) -> int:
        """How many messages there have been."""
        with self._lock:
            self._look()
            return len(self._order)

    def since(self, address: str, mark: int) -> list[Letter]:
        """The messages that were first seen after the mark."""
        with self._lock:
            files = self._look()
            letters = [self._letter(name, files) for name in self._order[mark:]]
        return addressed_to(filter(None, letters), address)

    def _look(self) -> dict[str, Path]:
        """The files by the lasting parts of their names; new ones are remembered in the order of their delivery."""
        # A file moves from new to cur, never back: looked at in this order, none is missed.
        try:
            files = {path.name.partition(":")[0]: path for folder in ("new", "cur") for path in self._in(folder)}
        except OSError as error:
            raise InboxError(
                f"{self._path}: no Maildir that can be read: {error}; check path, and who may read it"
            ) from error
        self._order += sorted(files.keys() - self._letters.keys(), key=lambda name: _delivered(files[name]))
        self._letters.update(dict.fromkeys(files.keys() - self._letters.keys()))
        return files

    def _in(self, folder: str) -> Iterator[Path]:
        return (path for path in (self._path / folder).iterdir() if not path.name.startswith("."))

    def _letter(self, name: str, files: Mapping[str, Path]) -> Letter | None:
        """A message, read once; None where it was deleted before that."""
        if self._letters[name] is None:
            # A file that is no longer where it was seen was moved, or deleted.
            source = self._read(files.get(name)) or self._read(self._look().get(name))
            self._letters[name] = None if source is None else read_letter(name, source)
        return self._letters[name]

    @staticmethod
    def _read(path: Path | None) -> bytes | None:
        try:
            return path.read_bytes() if path else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InboxError(f"{path}: cannot be read: {error.strerror}; check who may") from error


def _delivered(path: Path) -> tuple[int, int, str]:
    # Names begin with the second of the delivery; what follows is each mail server's own.
    second = path.name.partition(".")[0]
    try:
        precisely = path.stat().st_mtime_ns
    except FileNotFoundError:
        precisely = 0
    return int(second) if second.isdecimal() else 0, precisely, path.name
