"""The browser of one process: found, started when it is first needed, and ended with the process."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..target import Http
from .own import Own

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

VARIABLE = "SERVINIX_BROWSER"
"""The variable of the environment that names a browser by its path."""
_NAMES = (
    "chromium-headless-shell",  # draws pages alike, and takes a third of the time of a whole browser
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome", "msedge"),
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_NO_PLAYWRIGHT = (
    "the portal needs Playwright: pip install 'servinix-conformance[browser]', "
    "then python -m playwright install chromium"
)
_NO_BROWSER = (
    "the portal needs a Chromium: python -m playwright install chromium; on Debian also, as root: apt-get install "
    f"chromium-headless-shell; or name one by its path in {VARIABLE}"
)


class NoBrowser(Exception):  # noqa: N818 - what is the matter
    """There is no browser; the message tells how to get one."""


def missing() -> str | None:
    """What has to be installed before a browser can be started; None where nothing is missing.

    Playwright's own browsers are looked for only when they are started, which is what it takes to know where they are.
    """
    needed = ("playwright", "axe_playwright_python")
    return None if all(importlib.util.find_spec(name) for name in needed) else _NO_PLAYWRIGHT


def executable(own: str) -> str | None:
    """The program to start: what is named; else None, for Playwright's `own`; else what the system has.

    Raises:
        NoBrowser: there is none.
    """
    if named := os.environ.get(VARIABLE):
        if found := shutil.which(named):
            return found
        raise NoBrowser(f"{VARIABLE}: {named} is no program; name a Chromium, Chrome or Edge by its path")
    if Path(own).exists():
        return None
    for found in (*map(shutil.which, _NAMES), *(place for place in _PLACES if Path(place).exists())):
        if found:
            return found
    raise NoBrowser(_NO_BROWSER)


class Program:
    """One browser for all scenarios of a process."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def start(self) -> Browser:
        """The browser, started at the first call.

        Raises:
            NoBrowser: there is none, or it does not start.
        """
        if self._browser is None:
            if told := missing():
                raise NoBrowser(told)
            from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - an extra, and 0.3 s at start

            self._playwright = self._playwright or sync_playwright().start()
            chromium = self._playwright.chromium
            # Chromium's sandbox does not work for root.
            options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
            try:
                self._browser = chromium.launch(executable_path=executable(chromium.executable_path), args=options)
            except Error as error:
                raise NoBrowser(f"the browser does not start: {error.message.splitlines()[0]}") from error
        return self._browser

    def context(self, http: Http, own: Own | None = None, **more: Any) -> BrowserContext:  # noqa: ANN401 - Playwright's own options
        """A window of its own, without any cookie, that shows the client certificate to the target's `own` origins.

        Raises:
            NoBrowser: there is none, or it does not start.
        """
        # A browser takes no CA file: one that is named there has to be known to the system too.
        options: dict[str, Any] = {"ignore_https_errors": http.verify is False}
        if certificates := (own or Own()).certificates(http):
            options["client_certificates"] = certificates
        if http.proxy:
            options["proxy"] = {"server": http.proxy}
        context = self.start().new_context(**options, **more)
        context.set_default_timeout(http.timeout_seconds * 1000)
        return context

    def close(self) -> None:
        """End it."""
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._browser = self._playwright = None
