"""What one who has an account is answered, held beside what nobody is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_SHOWN = 80
_GIST = {"status", "header content-type", "header retry-after"}


@dataclass(frozen=True, slots=True)
class Round:
    """What one who has an account, and two addresses that nobody has, are answered to the same request."""

    known: Mapping[str, str]
    nobody: Mapping[str, str]
    nobody_else: Mapping[str, str]

    def unlike(self, told: Callable[[Mapping[str, str]], Mapping[str, str]] = dict) -> dict[str, str]:
        """The parts by which the one is told from both others, each with what differs."""
        known, nobody, nobody_else = told(self.known), told(self.nobody), told(self.nobody_else)
        parts = sorted({*known, *nobody, *nobody_else})
        return {
            part: f"{_short(known.get(part))} for a user, {_short(nobody.get(part))} for nobody"
            for part in parts
            if nobody.get(part) == nobody_else.get(part) != known.get(part)
        }


def _short(value: str | None) -> str:
    return "nothing" if value is None else f"'{value[:_SHOWN]}'"


def gist(looks: Mapping[str, str]) -> Mapping[str, str]:
    """Status, media type and body, without the numbers in the body, and whether a wait is told."""
    parts = {part: look for part, look in looks.items() if part in _GIST}
    return parts | {part: re.sub("[0-9]+", "#", look) for part, look in looks.items() if part.startswith("body")}
