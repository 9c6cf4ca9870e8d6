"""What stands in a message: a code, a link. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

# A run of exactly six ASCII digits that is no part of a longer number or word, and stands in no link.
_CODE = r"(?<![0-9A-Za-z+])[0-9]{6}(?![0-9A-Za-z])"
_LINK = r"https?://[^\s<>\"']+"
_ANY_LINK = re.compile(_LINK)


@dataclass(frozen=True, slots=True)
class Patterns:
    """What codes and links look like in the messages of a deployment.

    Attributes:
        code: a regular expression; its first group, or all of it, is the code.
        link: likewise for the link that resets a password.
    """

    code: str = _CODE
    link: str = _LINK

    def codes_in(self, text: str) -> list[str]:
        """All codes of a message, each once."""
        plain = text if self.code != _CODE else _ANY_LINK.sub(" ", text)
        return list(dict.fromkeys(match[match.re.groups and 1] for match in re.finditer(self.code, plain)))

    def code_in(self, text: str) -> str | None:
        """The only code of a message, or None when there is none or more than one."""
        found = self.codes_in(text)
        return found[0] if len(found) == 1 else None

    def link_in(self, text: str) -> str | None:
        """The first link of a message, without the punctuation that ends a sentence."""
        match = re.search(self.link, text)
        return match[match.re.groups and 1].rstrip(".,;:!?)]") if match else None

    def secrets_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Whatever of a message must not be seen in a record, with the name that stands for it there."""
        for code in self.codes_in(text):
            yield code, "OTP"
        if link := self.link_in(text):
            yield link, "RESET_LINK"
            yield reset_token_in(link), "RESET_TOKEN"


def place_of(link: str) -> str:
    """Where a link leads, without what is secret in it: scheme, host and path."""
    parts, token = urlsplit(link), reset_token_in(link)
    path = parts.path.replace(token, "") if token else parts.path
    return f"{parts.scheme}://{parts.netloc}{path}"


def reset_token_in(link: str) -> str:
    """The token of a reset link: its parameter `token`, else the last part of its path."""
    parts = urlsplit(link)
    given = parse_qs(parts.query).get("token")
    return given[0] if given else parts.path.rstrip("/").rpartition("/")[2]
