"""Secrets leave before a record exists.

A `Redactor` knows the secrets of one scenario by value and takes them out of every text, each replaced by the name of
the variable that a reader would set to repeat the exchange. What was never registered is caught by name: members and
parameters whose names say that they hold a secret, bearer tokens, and anything that looks like a JWT.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_SECRET_NAME = r"password|passwd|secret|otp|passcode|code|[a-z_]*token|authorization|cookie|set-cookie"  # noqa: S105
_MEMBER = re.compile(rf'("(?:{_SECRET_NAME}|new_password)"\s*:\s*")(?!\$)(?:[^"\\]|\\.)*"', re.IGNORECASE)
_PARAMETER = re.compile(r"((?:[?&]|\b)(?:token|otp|code|password)=)(?!\$)[^&\s\"'<>]+", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_BEARER = re.compile(r"(?i)\b(bearer\s+)(?!\$|error|realm)[A-Za-z0-9._~+/=-]{8,}")
_MASK = "[redacted]"
# Shorter values would take ordinary words out of every text with them.
_SHORTEST = 4


class Redactor:
    """Takes secrets out of text.

    Secrets are replaced longest first, so that none is left half visible because another is a part of it.
    """

    def __init__(self, parent: Redactor | None = None) -> None:
        self._labels: dict[str, str] = dict(parent._labels) if parent else {}
        self._pattern: re.Pattern[str] | None = None
        self._pending = bool(self._labels)

    def register(self, secret: str, label: str) -> None:
        """Remember that `secret` must never be seen; `$label` stands for it from now on."""
        if len(secret) < _SHORTEST:
            return
        for form in {secret, quote(secret, safe="")}:
            if form not in self._labels:
                self._labels[form] = f"${label}"
                self._pending = True

    def clean(self, text: str) -> str:
        """The text without any secret."""
        if self._pending:
            forms = sorted(self._labels, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, forms)))
            self._pending = False
        if self._pattern is not None:
            text = self._pattern.sub(lambda match: self._labels[match.group()], text)
        text = _JWT.sub(_MASK, text)
        text = _BEARER.sub(rf"\1{_MASK}", text)
        text = _MEMBER.sub(rf'\1{_MASK}"', text)
        return _PARAMETER.sub(rf"\1{_MASK}", text)
