"""What others say, on a terminal of ours."""

from __future__ import annotations

import re

# Those that move the cursor, clear the screen, change colours or turn the direction of writing round.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """The text without what would make a terminal do anything but show it."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
