"""OpenAPI documents that are named on the command line: read from a file, or fetched."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from ..proposal.text import said
from ..reading import MOST_OF_A_DOCUMENT
from ..target import Http, is_loopback
from ..transport import Silent, Transport

WEB = ("http://", "https://")
_OK, _MOVED = 200, range(300, 400)


class UnreadableError(Exception):
    """The document cannot be had; the message says why."""


def check_source(source: str, option: str = "", *, clear_text: bool) -> None:
    """Look at a URL, or the path of a file, before anything is asked of anybody.

    Raises:
        ValueError: it is a URL that is not to be used.
    """
    kind, found, _ = source.partition("://")
    if found and kind not in {"http", "https"}:
        raise ValueError(f"{option}{source}: only http:// and https:// can be used, or the path of a file")
    if source.startswith(WEB):
        check_url(option, source, clear_text=clear_text)


def check_url(option: str, url: str, *, clear_text: bool) -> None:
    """Look at a URL.

    Raises:
        ValueError: it is not to be used.
    """
    try:
        parts = urlsplit(url)
        named = parts.hostname
        parts.port  # noqa: B018 - it is looked at when asked for
    except ValueError as error:
        raise ValueError(f"{option}{url}: is no URL: {error}") from error
    if not named:
        raise ValueError(f"{option}{url}: names no host")
    if parts.username is not None or parts.password is not None:
        shown = f"{parts.scheme}://...@{parts.hostname}{parts.path}"
        raise ValueError(f"{option}{shown}: give no credentials in a URL; save the document, and give the file")
    if option and (parts.query or parts.fragment):
        raise ValueError(f"{option}{url}: must have neither a query nor a fragment")
    if parts.scheme == "http" and not is_loopback(url) and not clear_text:
        raise ValueError(
            f"{option}{url}: would be spoken to in clear text, and is not loopback; use https, or say --clear-text"
        )


def text_of(source: str) -> str:
    """The text of a document.

    Raises:
        UnreadableError: it cannot be had.
    """
    if not source.startswith(WEB):
        try:
            text = Path(source).read_text(encoding="utf-8")
        except OSError as error:
            raise UnreadableError(
                f"{source}: cannot be read: {error.strerror}; give a URL or the path of a file"
            ) from error
        except UnicodeDecodeError as error:
            raise UnreadableError(f"{source}: is not UTF-8: {error.reason} at byte {error.start}") from error
        return _no_page(text, source)
    transport = Transport(source, Http())
    try:
        answer = transport.get(source, MOST_OF_A_DOCUMENT)
    except Silent as error:
        raise UnreadableError(f"{error}; the document can be given as a file as well") from error
    finally:
        transport.close()
    if answer.status in _MOVED:
        # Nobody said that the other place is trusted.
        to = said(answer.headers.get("location", "nowhere"))
        raise UnreadableError(f"{source}: leads on to {to} (status {answer.status}); give that URL if it is meant")
    if answer.status != _OK:
        raise UnreadableError(
            f"{source}: cannot be fetched: status {answer.status}; the document can be given as a file"
        )
    if answer.cut:
        raise UnreadableError(
            f"{source}: is too large: more than {len(answer.body)} bytes; leave out what is not needed"
        )
    return _no_page(answer.body.decode("utf-8", errors="replace"), source)


def _no_page(text: str, source: str) -> str:
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise UnreadableError(f"{source}: is a web page; give the document itself, which often ends in openapi.json")
    return text.removeprefix("\ufeff")
