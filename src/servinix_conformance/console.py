"""A terminal: what others say on it does no harm, and whoever reads it may leave."""

from __future__ import annotations

import os
import re
from typing import TextIO

# Those that move the cursor, clear the screen, change colours or turn the direction of writing round.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """The text without what would make a terminal do anything but show it."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


class Output:
    """A stream whose reader may leave before the end, as `head` does: what is left is then told to nobody."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, if anybody reads."""
        try:
            self._stream.write(text)
        except BrokenPipeError:
            unread(self._stream)

    def flush(self) -> None:
        """Let the reader have what was written."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            unread(self._stream)


def unread(stream: TextIO) -> None:
    """Lead what is still written to a stream nowhere, so that its last flush at the end of the process succeeds."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
