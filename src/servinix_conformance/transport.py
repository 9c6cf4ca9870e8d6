"""HTTP as the suite speaks it: bounded in time and size, with no redirect, proxy or credential that nobody named."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from requests import PreparedRequest
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import InsecureRequestWarning

from .actor import AS_USUAL, Otherwise
from .binding import Call
from .deadline import Deadline, WatchedAdapter
from .document import Answer, Operation
from .target import Http

__all__ = ["PreparedRequest", "Silent", "Transport", "Unsendable", "shown_headers"]

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}
_MEDIA_TYPES = {
    "as JSON": "application/json",
    "as a form": "application/x-www-form-urlencoded",
    "as plain text": "text/plain",
}
_PORTS = {"http": 80, "https": 443}
_MAX_BODY = 1024 * 1024
_CHUNK = 64 * 1024


class Silent(Exception):  # noqa: N818 - what the target is
    """The target gave no HTTP answer; the message says how that showed."""


class Unsendable(Exception):  # noqa: N818 - what the value is
    """A value that no HTTP request can carry, such as a token with a line break in it."""


class Transport:
    """Sends requests to one target, over kept-alive connections.

    Args:
        base_url: where the paths of the document begin.
        http: timeouts, TLS and headers of the target file.
        table: where the target file has them, for what is said of them.
        most: how many bytes of a body are read.
    """

    def __init__(self, base_url: str, http: Http, *, table: str = "[http]", most: int = _MAX_BODY) -> None:
        self.base_url = base_url
        self._http = http
        self._table = table
        self._most = most
        self._timeout = http.timeout_seconds
        self._deadline = Deadline()
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, http.adapter or WatchedAdapter(self._deadline))
        # Proxies and .netrc credentials of the environment must not decide what is tested.
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.headers.update({**_HEADERS, **http.headers})
        self._verify = http.verify
        self._session.cert = http.client_certificate
        if http.proxy:
            self._session.proxies = {"http": http.proxy, "https": http.proxy}

    def another(self) -> Transport:
        """Another one to the same target, with connections of its own; whoever asks for it closes it."""
        return Transport(self.base_url, self._http, table=self._table, most=self._most)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()
        self._deadline.end()

    def prepare(
        self, operation: Operation, call: Call, base_url: str | None = None, otherwise: Otherwise = AS_USUAL
    ) -> PreparedRequest:
        """The HTTP request of a call, to the target or to another base URL of it. May raise `Unsendable`."""
        headers = dict(call.headers)
        data = None
        if call.body is not None:
            data = _written(call, otherwise)
            headers["Content-Type"] = _MEDIA_TYPES[otherwise.written]
        if call.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in call.cookies.items())
        url = (base_url or self.base_url) + operation.url(call.path, call.query)
        return self._prepared(operation.method, url, {**self._session.headers, **headers}, data)

    def adopted(self, method: str, url: str, headers: Mapping[str, str | bytes], body: bytes | None) -> PreparedRequest:
        """The HTTP request that somebody else made, with the headers of the target file. May raise `Unsendable`."""
        return self._prepared(method, url, {**self._session.headers, **headers}, body)

    def _prepared(
        self, method: str, url: str, headers: Mapping[str, str | bytes], data: bytes | None = None
    ) -> PreparedRequest:
        # As Session.prepare_request does, without what this session has none of: parameters, cookies, hooks.
        request = PreparedRequest()
        request.prepare_method(method)
        try:
            request.url = _prepared_url(url)
            request.prepare_headers(CaseInsensitiveDict(headers))
            for value in shown_headers(request.headers).values():
                value.encode("latin-1")
        except (requests.RequestException, UnicodeError) as error:
            # What they say would show the value.
            raise Unsendable("it has characters in it that no header or URL can hold") from error
        request.prepare_body(data, None)
        request.prepare_auth(None)
        return request

    def send(self, request: PreparedRequest, most: int | None = None) -> Answer:
        """Send a request.

        Args:
            request: the request.
            most: how many bytes of the body are read, where that is not the usual number.

        Raises:
            Silent: no HTTP answer came within the time limit of the target file.
        """
        moment, began = time.time(), time.perf_counter()
        self._deadline.set(time.monotonic() + self._timeout)
        try:
            if self._verify is False:
                # Whoever runs the suite is told once that TLS is not verified.
                with warnings.catch_warnings(action="ignore", category=InsecureRequestWarning):
                    response = self._sent(request)
            else:
                response = self._sent(request)
            body, cut = self._read(response, most or self._most)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Silent(self._say(request, error)) from error
        finally:
            self._deadline.set(None)
        if self._deadline.missed:
            # What was cut off in its headers looks like an answer, and is none.
            raise Silent(self._say(request, None))
        headers = {name.lower(): value for name, value in response.headers.items()}
        cookies = {cookie.name: cookie.value or "" for cookie in response.cookies}
        return Answer(response.status_code, headers, body, cookies, cut, time.perf_counter() - began, moment)

    def _sent(self, request: PreparedRequest) -> requests.Response:
        # Session.send would merge the environment again; the adapter alone is also cheaper.
        return self._session.get_adapter(request.url or "").send(
            request,
            stream=True,
            timeout=self._timeout,
            verify=self._verify,
            cert=self._session.cert,
            proxies=self._session.proxies,
        )

    def get(self, url: str, most: int | None = None) -> Answer:
        """Fetch any URL, such as that of the OpenAPI document. Raises `Silent` like `send`.

        The headers of the target file can be credentials: none but the target's own host gets them.
        """
        headers = self._session.headers if _origin(url) == _origin(self.base_url) else _HEADERS
        return self.send(self._prepared("GET", url, headers), most)

    def _say(self, request: PreparedRequest, error: Exception | None) -> str:
        told = f"no HTTP answer: {_innermost(error)}" if error else ""
        if self._deadline.missed or isinstance(error, requests.Timeout):
            told = f"no whole answer within {self._timeout:g} s (timeout_seconds under {self._table})"
        elif isinstance(error, requests.exceptions.SSLError):
            told = f"TLS failed: {_innermost(error)}; name the CA file as verify under {self._table}"
        return f"{request.method} {self.base_url}: {' '.join(told.split())}"

    def _read(self, response: requests.Response, most: int) -> tuple[bytes, bool]:
        length = response.headers.get("Content-Length", "")
        if response.raw.status in {204, 304} or length == "0":
            response.raw.release_conn()
            return b"", False
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > most:
                response.close()
                return bytes(body[:most]), True
        return bytes(body), False


def _written(call: Call, otherwise: Otherwise) -> bytes:
    if otherwise.body is not None:
        return otherwise.body
    body = call.body or {}
    if otherwise.written == "as a form":
        return urlencode(body).encode()
    text = json.dumps(body)
    # Written by hand: no dictionary has a member twice.
    again = "".join(f", {json.dumps({key: value})[1:-1]}" for key, value in call.twice.items())
    return f"{text[:-1]}{again}}}".encode()


@lru_cache(maxsize=256)
def _prepared_url(url: str) -> str | None:
    request = PreparedRequest()
    request.prepare_url(url, None)
    return request.url


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _innermost(error: BaseException) -> str:
    while True:
        inner = getattr(error, "reason", None) or error.__cause__ or error.__context__
        if not isinstance(inner, BaseException):
            break
        error = inner
    return f"{type(error).__name__}: {error}"


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """A plain copy of headers, for a record."""
    return {str(name): value if isinstance(value, str) else value.decode("latin-1") for name, value in headers.items()}
