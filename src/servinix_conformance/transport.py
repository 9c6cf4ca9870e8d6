"""HTTP as the suite speaks it: bounded in time and size, without redirects, proxies or credentials that nobody named."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import requests
import urllib3
from requests import PreparedRequest

from .binding import Call
from .document import Answer, Operation
from .target import Http

__all__ = ["PreparedRequest", "Silent", "Transport", "shown_headers"]

_MAX_BODY = 1024 * 1024
_CHUNK = 64 * 1024


class Silent(Exception):  # noqa: N818 - what the target is
    """The target gave no HTTP answer; the message says how that showed."""


class Transport:
    """Sends requests to one target, over kept-alive connections.

    Args:
        base_url: where the paths of the document begin.
        http: timeouts, TLS and headers of the target file.
    """

    def __init__(self, base_url: str, http: Http) -> None:
        self.base_url = base_url
        self._timeout = http.timeout_seconds
        self._session = requests.Session()
        # Proxies and .netrc credentials of the environment must not decide what is tested.
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.headers.update({"Accept": "*/*", "Accept-Encoding": "identity", **http.headers})
        self._session.verify = http.verify
        self._session.cert = http.client_certificate
        if http.proxy:
            self._session.proxies = {"http": http.proxy, "https": http.proxy}

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def prepare(self, operation: Operation, call: Call) -> PreparedRequest:
        """The HTTP request of a call."""
        headers = dict(call.headers)
        data = None
        if call.body is not None:
            data = json.dumps(call.body).encode()
            headers["Content-Type"] = "application/json"
        if call.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in call.cookies.items())
        url = self.base_url + operation.url(call.path, call.query)
        return self._session.prepare_request(requests.Request(operation.method, url, headers=headers, data=data))

    def send(self, request: PreparedRequest) -> Answer:
        """Send a request.

        Raises:
            Silent: no HTTP answer came within the time limit of the target file.
        """
        started = time.perf_counter()
        try:
            # Session.send would merge the environment again; the adapter alone is also cheaper.
            response = self._session.get_adapter(request.url or "").send(
                request,
                stream=True,
                timeout=self._timeout,
                verify=self._session.verify,
                cert=self._session.cert,
                proxies=self._session.proxies,
            )
            body, cut = self._read(response, started + self._timeout)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Silent(f"{request.method} {self.base_url}: {_say(error, self._timeout)}") from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        cookies = {cookie.name: cookie.value or "" for cookie in response.cookies}
        return Answer(response.status_code, headers, body, cookies, cut, time.perf_counter() - started)

    def get(self, url: str) -> Answer:
        """Fetch any URL, such as that of the OpenAPI document. Raises `Silent` like `send`."""
        return self.send(self._session.prepare_request(requests.Request("GET", url)))

    @staticmethod
    def _read(response: requests.Response, deadline: float) -> tuple[bytes, bool]:
        length = response.headers.get("Content-Length", "")
        if response.raw.status in {204, 304} or length == "0":
            response.raw.release_conn()
            return b"", False
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > _MAX_BODY:
                response.close()
                return bytes(body[:_MAX_BODY]), True
            if time.perf_counter() > deadline:
                response.close()
                raise requests.ReadTimeout("the body did not end")
        return bytes(body), False


def _say(error: Exception, timeout: float) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return f"TLS failed: {_innermost(error)}; name the CA file as verify under [http]"
    if isinstance(error, requests.Timeout) or "timed out" in str(error).lower():
        return f"no whole answer within {timeout:g} s (timeout_seconds under [http])"
    return f"no HTTP answer: {_innermost(error)}"


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
