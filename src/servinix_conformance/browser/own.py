"""What the target file gives for the target alone: no other host that a page loads from gets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from ..target import Http, Target

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Own:
    """The target's own origins, and what they are given.

    Attributes:
        origins: scheme, host and port, as a browser writes them.
        headers: what each request to one of them carries besides; it may be secret.
    """

    origins: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, target: Target) -> Self:
        """Those of the API and of the portal."""
        urls = [target.base_url, *([target.portal.base_url] if target.portal else [])]
        return cls(tuple(dict.fromkeys(map(origin_of, urls))), target.http.headers)

    def given_to(self, url: str) -> Mapping[str, str]:
        """The headers for a URL: none for a host that is not the target's."""
        return self.headers if origin_of(url) in self.origins else {}

    def lend_to(self, page: Page) -> None:
        """Let a page's requests to the target carry the headers.

        Playwright's own headers go to every host, and those of its routes follow a redirect to anywhere. Here each
        hop is held anew, and what another process of the browser asks for, as a foreign frame does, is left alone.
        """
        if not self.headers or not self.origins:
            return
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra

        session = page.context.new_cdp_session(page)

        def give(event: Mapping[str, Any]) -> None:
            # Whoever leaves a page does not wait for what it asked for.
            with suppress(Error):
                headers = _merged(event["request"]["headers"], self.given_to(event["request"]["url"]))
                session.send("Fetch.continueRequest", {"requestId": event["requestId"], "headers": headers})

        session.on("Fetch.requestPaused", give)
        session.send("Fetch.enable", {"patterns": [{"urlPattern": f"{origin}/*"} for origin in self.origins]})

    def certificates(self, http: Http) -> list[dict[str, str]]:
        """The client certificate, as Playwright takes it: for each origin that speaks TLS."""
        file = http.client_certificate
        secure = [origin for origin in self.origins if origin.startswith("https:")]
        return [{"origin": origin, "certPath": file, "keyPath": file} for origin in secure] if file else []


def origin_of(url: str) -> str:
    """Scheme, host and port, the usual port left out."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme) else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _merged(headers: Mapping[str, str], more: Mapping[str, str]) -> Iterable[dict[str, str]]:
    named = {name.lower() for name in more}
    kept = {name: value for name, value in headers.items() if name.lower() not in named}
    return [{"name": name, "value": value} for name, value in {**kept, **more}.items()]
