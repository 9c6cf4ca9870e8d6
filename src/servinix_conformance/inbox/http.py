"""An inbox with an HTTP interface that lists messages as JSON: a mail catcher, a gateway of text messages."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from ..places import MISSING, follow
from ..target import Http
from ..transport import Silent, Transport, Unsendable
from .base import FRESH, SHARED_SECONDS, TIMEOUT, VERIFY, BaseSource, options_schema, refuse_clear_text
from .html import text_of_html
from .mime import addressed_to, addresses_in, read_letter
from .presets import PRESETS
from .source import InboxError, Letter

_MOST = 16 * 1024 * 1024
_POINTER = {"type": "string", "pattern": "^(/.*)?$"}
_POINTERS = {"anyOf": [_POINTER, {"type": "array", "items": _POINTER}]}
_URL = {"type": "string", "minLength": 1}


class HttpSource(BaseSource):
    """Implements `servinix_conformance.inbox.source.Source`, as kind `http`.

    All fields are JSON pointers (RFC 6901) that start at one item of the list, or at the whole of a message that is
    fetched by itself. A mark is how many messages have been seen until then.
    """

    schema: ClassVar[Mapping[str, Any]] = options_schema(
        {
            "preset": {"enum": sorted(PRESETS), "description": "Options to start with"},
            "server": {**_URL, "description": "What {server} stands for in url and message_url"},
            "url": {**_URL, "description": "Where the list is; {address} stands for the address"},
            "message_url": {**_URL, "description": "Where a message is that the list has no text of, by its {id}"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "items": {**_POINTER, "description": "The list; empty where the body is the list"},
            "id": _POINTER,
            "to": {**_POINTERS, "description": "Addresses; without it the list holds those of {address} alone"},
            "subject": _POINTER,
            "text": _POINTER,
            "html": {**_POINTER, "description": "Read where there is no text"},
            "raw": {**_POINTER, "description": "The message as it travelled (RFC 5322), in the place of the others"},
            "order": {"enum": ["oldest", "newest"], "description": "Which message the list begins with"},
            "verify": VERIFY,
            "clear_text": {"type": "boolean", "description": "Allow http:// to a host that is not loopback"},
            "fresh": FRESH,
            "timeout_seconds": TIMEOUT,
        },
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._table: Mapping[str, Any] = {"items": "", **PRESETS.get(options.get("preset", ""), {}), **options}
        self._url, self._message_url = self._address("url"), self._address("message_url")
        self._refuse_what_cannot_work()
        http = Http(
            timeout_seconds=float(self._table.get("timeout_seconds", 10.0)),
            verify=self._table.get("verify", True),
            headers=self._table.get("headers", {}),
        )
        self._transport = Transport(_shown(self._url), http, table="the inbox", most=_MOST)
        self._lock = threading.Lock()
        # What each URL listed: messages in the order in which they were first seen, and the last look.
        self._seen: dict[str, dict[str, Letter | None]] = {}
        self._looks: dict[str, tuple[float, dict[str, Any]]] = {}
        if "{address}" not in self._url:
            self._look(self._url, time.monotonic())

    def mark(self, address: str) -> int:
        """How many messages there have been."""
        asked = time.monotonic()
        with self._lock:
            self._look(self._list_of(address), asked)
            return len(self._seen[self._list_of(address)])

    def since(self, address: str, mark: int) -> list[Letter]:
        """The messages that were first seen after the mark."""
        asked = time.monotonic() - SHARED_SECONDS
        with self._lock:
            items = self._look(self._list_of(address), asked)
            seen = self._seen[self._list_of(address)]
            for identity in list(seen)[mark:]:
                if seen[identity] is None and identity in items:
                    seen[identity] = self._letter(identity, items[identity], address)
            letters = [letter for letter in list(seen.values())[mark:] if letter]
        return addressed_to(letters, address)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def _refuse_what_cannot_work(self) -> None:
        table = self._table
        for wanted, there in {
            "url and id, or a preset": bool(self._url) and "id" in table,
            "text, html or raw": bool(table.keys() & {"text", "html", "raw"}),
            "to, or {address} in url": bool(table.keys() & {"to", "raw"}) or "{address}" in self._url,
        }.items():
            if not there:
                raise InboxError(f"an inbox of kind http needs {wanted}; add it")
        for url in filter(None, (self._url, self._message_url)):
            if not re.match("https?://[^/]", url):
                raise InboxError(f"{_shown(url)}: no URL of http or https; write it out")
            if url.startswith("http:"):
                refuse_clear_text(urlsplit(url).hostname or "", table, "use https")

    def _address(self, option: str) -> str:
        url: str = self._table.get(option, "")
        if "{server}" in url and "server" not in self._table:
            raise InboxError(f"server is missing: {option} begins with it; write the URL of the inbox's server")
        return url.replace("{server}", self._table.get("server", "").rstrip("/"))

    def _list_of(self, address: str) -> str:
        return self._url.replace("{address}", quote(address, safe=""))

    def _look(self, url: str, asked: float) -> dict[str, Any]:
        """The items of a list, oldest first, by their ids; asked for unless somebody did so after `asked`."""
        looked, by_id = self._looks.get(url, (-math.inf, {}))
        if looked < asked:
            started = time.monotonic()
            by_id = {str(self._found("id", item)): item for item in self._list(url)}
            seen = self._seen.setdefault(url, {})
            seen.update({identity: None for identity in by_id if identity not in seen})
            self._looks[url] = started, by_id
        return by_id

    def _list(self, url: str) -> list[Any]:
        items = self._found("items", self._get(url, _shown(self._url)))
        if not isinstance(items, list):
            raise InboxError(
                f"{_shown(self._url)}: what items = {self._table['items']!r} points to is no list; correct it"
            )
        return items[::-1] if self._table.get("order") == "newest" else items

    def _found(self, option: str, body: object) -> object:
        found = follow(self._table[option], body)
        if found is MISSING:
            raise InboxError(
                f"{_shown(self._url)}: {option} = {self._table[option]!r} leads nowhere in the answer; correct it"
            )
        return found

    def _letter(self, identity: str, item: object, address: str) -> Letter | None:
        """A message; None where it is for somebody else and was not even fetched."""
        if self._message_url:
            to = tuple(self._recipients(item))
            if to and not addressed_to([Letter(identity, to, None, "")], address):
                return None
            url = self._message_url.replace("{id}", quote(identity, safe=""))
            item = self._get(url, _shown(self._message_url))
        raw = self._text(item, "raw")
        if raw:
            letter = read_letter(identity, raw.encode(errors="replace"))
            return replace(letter, to=(*letter.to, *self._recipients(item)))
        to = tuple(self._recipients(item)) if "to" in self._table else (address,)
        text = (self._text(item, "text") or "").strip() or text_of_html(self._text(item, "html") or "")
        return Letter(identity, to, self._text(item, "subject"), text)

    def _recipients(self, item: object) -> Iterator[str]:
        pointers = self._table.get("to", [])
        for pointer in [pointers] if isinstance(pointers, str) else pointers:
            yield from _addresses(follow(pointer, item))

    def _text(self, item: object, option: str) -> str | None:
        found = follow(self._table[option], item) if option in self._table else None
        return str(found) if isinstance(found, str | int) else None

    def _get(self, url: str, shown: str) -> object:
        try:
            answer = self._transport.get(url)
        except Silent as silent:
            raise InboxError(str(silent)) from silent
        except Unsendable as error:
            # What the library says of a header shows its value.
            raise InboxError(f"{shown}: no request can be made of it; check url and headers") from error
        if answer.status != HTTPStatus.OK:
            location = answer.headers.get("location")
            where = f" and a redirect to {_shown(location)}, which is not followed" if location else ""
            raise InboxError(f"{shown}: answered {answer.status}{where}; check url and headers")
        if answer.cut:
            raise InboxError(f"{shown}: more than {_MOST // 2**20} MiB; ask for fewer messages, or empty the inbox")
        body = answer.json()
        if body is None:
            raise InboxError(f"{shown}: answered something that is not JSON; check url")
        return body


def _addresses(value: object) -> Iterator[str]:
    """The addresses in whatever shape an API has them."""
    if isinstance(value, str):
        yield from addresses_in(value) if "@" in value else [value.strip()]
    elif isinstance(value, list):
        for item in value:
            yield from _addresses(item)
    elif isinstance(value, dict):
        # Where it is told apart, what stands beside the address is a name.
        exact = [item for key, item in value.items() if key.casefold() in {"address", "email"}]
        for item in exact or value.values():
            yield from _addresses(item)


def _shown(url: str) -> str:
    """The part of a URL that holds no secret and no address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
