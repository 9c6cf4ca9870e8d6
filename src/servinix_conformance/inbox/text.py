"""What stands in a message: a code, a link. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

# A run of exactly six ASCII digits that is no part of a longer number or word, and stands in no link.
_CODE = re.compile(r"(?<![0-9A-Za-z+])[0-9]{6}(?![0-9A-Za-z])")
_LINK = re.compile(r"https?://[^\s<>\"']+")


def codes_in(body: str) -> set[str]:
    """All six-digit codes of a message."""
    return set(_CODE.findall(_LINK.sub(" ", body)))


def code_in(body: str) -> str | None:
    """The only six-digit code of a message, or None when there is none or more than one."""
    found = codes_in(body)
    return found.pop() if len(found) == 1 else None


def link_in(body: str) -> str | None:
    """The first link of a message, without the punctuation that ends a sentence."""
    match = _LINK.search(body)
    return match.group().rstrip(".,;:!?)]") if match else None


def reset_token_in(link: str) -> str:
    """The token of a reset link: its parameter `token`, else the last part of its path."""
    parts = urlsplit(link)
    given = parse_qs(parts.query).get("token")
    return given[0] if given else parts.path.rstrip("/").rpartition("/")[2]
