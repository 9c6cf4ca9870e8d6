"""Secrets leave before a record exists.

A `Redactor` knows the secrets of one scenario by value and takes them out of every text, each replaced by the name of
the variable that a reader would set to repeat the exchange. What was never registered is caught by name or shape:
headers, members and parameters whose names say that they hold a secret, cookies, bearer tokens, and whatever looks like
a JWT, an e-mail address or a phone number.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_SECRET_NAME = r"[a-z_-]*(?:password|passwd|passphrase|secret|otp|passcode|token|authorization|cookie)"  # noqa: S105
_MEMBER = re.compile(rf'("{_SECRET_NAME}"\s*:\s*")(?!\$)(?:[^"\\]|\\.)*(?:"|\Z)', re.IGNORECASE)
# A code of digits is a secret; a word in its place says what went wrong, and so does a statusCode or an errorCode.
_CODE_NAME = r"(?:(?:otp|sms|mfa|login|auth|verification|confirmation|security)[_-]?)?code"
_CODE = re.compile(rf'("{_CODE_NAME}"\s*:\s*"?)(?=[0-9 -]*[0-9])[0-9 -]{{4,12}}(?="|\s*[,}}])', re.IGNORECASE)
# A long name is looked through from its beginning alone: from each place in it, that would take a long time.
_PARAMETER = re.compile(
    r"((?:(?<![\w-])[\w-]*(?:token|otp|passcode|password|secret)|\b(?:code|api[_-]?key))=)(?!\$)[^&\s\"'<>]+",
    re.IGNORECASE,
)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
# With stars in it, an address is masked already.
_LOCAL = r"[^\s\"'<>()\[\],;:@/?&=\\*]"
# Likewise; but one that stands close behind another has no more than RFC 5321 allows.
_EMAIL = re.compile(rf"(?:(?<!{_LOCAL}){_LOCAL}+|{_LOCAL}{{1,64}})@[^\s\"'<>()\[\],;:@/?&=\\]+\.[^\W\d_]{{2,}}")
_PHONE = re.compile(r"(?<![\w+.:-])(?:\+|%2B)[1-9](?:[ -]?[0-9]){6,14}(?![\w.:-])", re.IGNORECASE)
_SECRET_HEADER = re.compile(
    r"auth(?!enticate)|token|secret|key|password|passcode|otp|session|credential", re.IGNORECASE
)
_COOKIE = re.compile(r"(=)(?!\$)[^;,\s]+")
_BEARER = re.compile(r"(?i)\b(bearer\s+)(?!\$|error|realm)[A-Za-z0-9._~+/=-]{8,}")
_MASK = "[redacted]"
# Shorter values would take ordinary words out of every text with them.
_SHORTEST = 4
_SHORTEST_ENCODED = 8
_MARGIN = 4096


class Redactor:
    """Takes secrets out of text.

    Secrets are replaced longest first, so that none is left half visible because another is a part of it.

    Args:
        parent: whose secrets this one knows from the start.
    """

    def __init__(self, parent: Redactor | None = None) -> None:
        self._labels: dict[str, str] = dict(parent._labels) if parent else {}  # noqa: SLF001 - its own kind
        self._longest_first: list[tuple[str, str]] | None = None

    def register(self, secret: str, label: str) -> None:
        """Remember that `secret` must never be seen; `$label` stands for it from now on."""
        if len(secret) < _SHORTEST:
            return
        for form in _forms(secret):
            if form not in self._labels:
                self._labels[form] = f"${label}"
                self._longest_first = None

    def header(self, name: str, value: str, most: int) -> str:
        """The value of a header without any secret, and no longer than `most` characters."""
        shown = self.opening(value, most)
        if name.lower() == "cookie":
            return _COOKIE.sub(rf"\1{_MASK}", shown)
        if name.lower() == "set-cookie":
            # The attributes say how it is kept, and are no secret (RFC 6265, section 4.1.1).
            pair, semicolon, attributes = shown.partition(";")
            return _COOKIE.sub(rf"\1{_MASK}", pair) + semicolon + attributes
        if _SECRET_HEADER.search(name) and "$" not in shown:
            scheme, space, _ = shown.partition(" ")
            return f"{scheme}{space}{_MASK}" if space else _MASK
        return shown

    def opening(self, text: str, most: int) -> str:
        """The first `most` characters without any secret, wherever the cut would go through one."""
        margin = max(map(len, self._labels), default=0) + _MARGIN if len(text) > most else 0
        # A secret that is cut through ends in the margin, which is left out.
        shown = self.clean(text[: most + margin])[:-margin] if len(text) > most + margin else self.clean(text)
        return shown if len(shown) <= most and len(text) <= most + margin else f"{shown[:most]}…"

    def clean(self, text: str) -> str:
        """The text without any secret."""
        if len(text) < _SHORTEST:
            return text
        if self._longest_first is None:
            self._longest_first = sorted(self._labels.items(), key=lambda item: len(item[0]), reverse=True)
        # Plain replacement, and looking for what a pattern cannot do without, cost a tenth of the patterns themselves.
        for secret, label in self._longest_first:
            if secret in text:
                text = text.replace(secret, label)
        if "eyJ" in text:
            text = _JWT.sub(_MASK, text)
        if "earer " in text or "EARER " in text:
            text = _BEARER.sub(rf"\1{_MASK}", text)
        if "@" in text:
            text = _EMAIL.sub(_MASK, text)
        if "+" in text or "%2" in text:
            text = _PHONE.sub(_MASK, text)
        if '"' in text:
            text = _CODE.sub(rf"\1{_MASK}", _MEMBER.sub(rf'\1{_MASK}"', text))
        return _PARAMETER.sub(rf"\1{_MASK}", text) if "=" in text else text


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may stand in a URL, in JSON, in HTML, in the message of an error, and in what others encoded."""
    yield secret
    # Half a surrogate pair is no character, and may stand in a text of JSON all the same.
    yield quote(secret, safe="", errors="surrogatepass")
    yield quote_plus(secret, errors="surrogatepass")
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
    yield repr(secret)[1:-1]
    if len(secret) >= _SHORTEST_ENCODED:
        yield base64.b64encode(secret.encode(errors="surrogatepass")).decode().rstrip("=")
