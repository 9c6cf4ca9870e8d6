"""What only the wire shows of an answer: caching, challenges, and what stands in it that should not. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Protocol
from urllib.parse import quote

from .actor import Wire
from .document import Answer
from .likeness import looks_of

_FIRST_SERVER_ERROR = 500
_PARTS_OF_A_JWT = 3
_READABLE = re.compile(r"[A-Za-z0-9_+/-]{8,}={0,2}")
_HASHES = ("md5", "sha1", "sha256", "sha384", "sha512")
_INTERNALS = {
    "a stack trace": re.compile(
        r"Traceback \(most|^\s*at [\w.$<>]+\(|stack ?trace|goroutine [0-9]+ \[", re.IGNORECASE | re.MULTILINE
    ),
    "an exception's name": re.compile(
        r"\b\w+(?:\.\w+)*(?:Exception|Error)\b\s*[:(]|\b(?:\w+\.){2,}\w*(?:Exception|Error)\b|\bSystem\.\w+Exception\b"
        r"|\bjava\.lang\b|\bpanic(?:ked at|:)"
    ),
    "a query": re.compile(r"\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.+\bSET\b|SQLSTATE|ORA-[0-9]{5}"),
    "a file of the server": re.compile(
        r"[\w/\\-]+\.(?:py|java|rb|php|go|cs|js|ts|rs)\b(?::[0-9]|\W+line [0-9])|/usr/(?:lib|local|src)/|/var/www/"
        r"|/site-packages/|/node_modules/|[A-Z]:(?:\\{1,2}[\w.-]+){2,}"
    ),
    "a version of the server": re.compile(
        r"\b(?:apache|nginx|openresty|tomcat|jetty|iis|undertow|kestrel|werkzeug|gunicorn|uvicorn|php|express|puma|python)"
        r"[/ -]v?[0-9]+\.[0-9]",
        re.IGNORECASE,
    ),
}
_OF_THE_SERVER = {
    "server": re.compile(r"[0-9]+\.[0-9]"),
    "x-powered-by": re.compile(r"[0-9]"),
    "x-aspnet-version": re.compile(r"."),
    "x-aspnetmvc-version": re.compile(r"."),
}
"""Headers that say what a server is made of, and what in them is a version (ASVS 5.0 13.4.6)."""
_NOT_IMPLEMENTED = 501
"""No failure: that is how a method is refused which a server does not know (RFC 9110, section 15.6.2)."""


class Answered(Protocol):
    """An operation and its answer."""

    @property
    def operation(self) -> str:
        """The logical operation."""

    @property
    def answer(self) -> Answer:
        """The answer."""


def wire_of(result: Answered, sent: Iterable[object] = ()) -> Wire:
    """What only the wire shows of an answer to a request that said what was `sent`."""
    answer = result.answer
    caching, challenge = (answer.headers.get(name, "") for name in ("cache-control", "www-authenticate"))
    directives = {item.partition("=")[0].strip().lower() for item in caching.split(",")}
    text = answer.body.decode("utf-8", errors="replace")
    return Wire(
        operation=result.operation,
        storable="no-store" not in directives,
        asks_for_token=bool(re.search(r"(?:^|,)\s*bearer\b", challenge, re.IGNORECASE)),
        server_error=answer.status >= _FIRST_SERVER_ERROR and answer.status != _NOT_IMPLEMENTED,
        internals=tuple(dict.fromkeys(_told_of_the_inside(answer, text))),
        looks=looks_of(answer, sent),
        seconds=answer.seconds,
        started=answer.started,
    )


def _told_of_the_inside(answer: Answer, text: str) -> Iterator[str]:
    yield from (name for name, pattern in _INTERNALS.items() if pattern.search(text))
    for header, pattern in _OF_THE_SERVER.items():
        if pattern.search(answer.headers.get(header, "")):
            yield f"a version of the server ({header})"


def shows(answer: Answer, secret: str) -> bool:
    """Whether a secret stands in an answer: as it is, in a part that anybody can decode, or as a hash without a key."""
    wanted = re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])" for form in _forms(secret)))
    return any(wanted.search(text) for text in texts_of(answer))


def _forms(secret: str) -> dict[str, None]:
    """A secret as it may be written; each is looked for where it is no part of a longer number or word."""
    hashes = [hashlib.new(name, secret.encode(), usedforsecurity=False) for name in _HASHES]
    encoded = [base64.b64encode(it.digest()).decode().rstrip("=") for it in hashes]
    return dict.fromkeys(
        [
            *(secret, json.dumps(secret)[1:-1], quote(secret, safe="")),
            *(it.hexdigest() for it in hashes),
            *encoded,
            *(it.replace("+", "-").replace("/", "_") for it in encoded),
        ]
    )


def texts_of(answer: Answer) -> Iterator[str]:
    """Body, headers and cookies of an answer, and what is encoded in them by Base64 alone."""
    shown = [answer.body.decode("utf-8", errors="replace"), *answer.headers.values(), *answer.cookies.values()]
    for text in shown:
        yield text
        for run in _READABLE.findall(text):
            yield from decoded(run)


def claims_of(token: str) -> dict[str, object] | None:
    """The claims of a JWT, unverified; None where the token is none."""
    parts = token.split(".")
    for text in decoded(parts[1]) if len(parts) == _PARTS_OF_A_JWT else ():
        try:
            claims = json.loads(text)
        except ValueError:  # readable, and no JWT
            return None
        return claims if isinstance(claims, dict) else None
    return None


def decoded(run: str) -> Iterator[str]:
    """The text that a run of Base64 or Base64url stands for; nothing where it is no text."""
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    if len(plain) % 4 == 1:
        return
    try:
        yield base64.b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except ValueError:  # it is no text, as most words are not
        return
