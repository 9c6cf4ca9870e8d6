"""A message as it travels (RFC 5322, MIME), and the letter that its reader sees. Pure, and never at a loss.

Mail is read as it comes, not as it should be: an unknown charset, a broken header or a missing boundary costs at most
the part that it spoils.
"""

from __future__ import annotations

import codecs
import email
import re
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from .html import text_of_html
from .source import Letter

_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
# Codecs that Python calls encodings of text, and that are no charset of any mail.
_NO_CHARSETS = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem"}


def read_letter(identity: str, source: bytes) -> Letter:
    """The letter of a message.

    Args:
        identity: what tells it from every other message of its inbox.
        source: the message, headers and all.
    """
    try:
        message = email.message_from_bytes(source)
        text = _text(message)
    except Exception:  # noqa: BLE001 - the library breaks in ways of its own on broken or too deeply nested mail
        message = BytesHeaderParser().parsebytes(source)
        text = _decoded(b"".join(re.split(rb"\r?\n\r?\n", source, maxsplit=1)[1:]), None).strip()
    recipients = (address for field in _fields(message, *_RECIPIENTS) for address in addresses_in(field))
    subject = next(_fields(message, "subject"), None)
    return Letter(identity, tuple(dict.fromkeys(recipients)), None if subject is None else _words(subject), text)


def addresses_in(value: str) -> list[str]:
    """The addresses of a header field, without the names that they are shown under."""
    found = getaddresses([re.sub(r"[\r\n]+", " ", value)])
    return [address for _, address in found if "@" in address]


def addressed_to(letters: Iterable[Letter], address: str) -> list[Letter]:
    """The letters for exactly this address: only a domain is the same in capitals (RFC 5321, section 2.4)."""
    wanted = _comparable(address)
    return [letter for letter in letters if wanted in map(_comparable, letter.to)]


def _comparable(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _fields(message: Message, *names: str) -> Iterator[str]:
    for name, value in message.raw_items():
        if name.lower() in names:
            # Bytes that are no ASCII have no charset here.
            yield _decoded(str(value).encode("utf-8", "surrogateescape"), None)


def _text(part: Message) -> str:
    if part.get_content_disposition() == "attachment":
        return ""
    kind = part.get_content_type()
    if kind.startswith("message/"):
        return ""  # a message that is passed on, or a report of one, is no word of this one
    if not part.is_multipart():
        return _leaf(part, kind)
    parts = [item for item in part.get_payload() if isinstance(item, Message)]
    if kind == "multipart/alternative":
        # The last alternative is the richest.
        parts.sort(key=lambda item: item.get_content_type() == "text/plain")
        return next(filter(None, map(_text, reversed(parts))), "")
    return "\n\n".join(filter(None, map(_text, parts)))


def _leaf(part: Message, kind: str) -> str:
    # A multipart without its boundary is one text.
    if kind not in {"text/plain", "text/html"} and not kind.startswith("multipart/"):
        return ""
    payload = part.get_payload(decode=True)
    text = _decoded(payload if isinstance(payload, bytes) else b"", part.get_content_charset())
    return text_of_html(text) if kind == "text/html" else text.strip()


def _decoded(data: bytes, charset: str | None) -> str:
    """Text, whatever its sender says that it is."""
    for name in (charset, "utf-8"):
        if name and _is_charset(name):
            try:
                return data.decode(name)
            except (LookupError, ValueError):
                continue  # a wrong charset, or one that Python does not have: the next one will do
    return data.decode("cp1252", errors="replace")


def _is_charset(name: str) -> bool:
    try:
        return codecs.lookup(name).name.replace("-", "_") not in _NO_CHARSETS
    except (LookupError, ValueError):
        return False


def _words(value: str) -> str:
    """A header field with its encoded words (RFC 2047) decoded."""
    value = re.sub(r"[\r\n]+", "", value)
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(part if isinstance(part, str) else _decoded(part, charset) for part, charset in parts).strip()
