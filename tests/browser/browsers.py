"""A real Chromium: one of Playwright's own, or the system's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class NoBrowser(Exception):  # noqa: N818 - what is the matter
    """There is no browser; the message tells how to get one."""


def executable(own: str) -> str:
    """The program: Playwright's `own` where it is installed, else one on the PATH. Raises `NoBrowser`."""
    for found in (own if Path(own).exists() else None, *map(shutil.which, _NAMES)):
        if found:
            return found
    raise NoBrowser(
        "these tests need a Chromium: on Debian, as root: apt-get install chromium-headless-shell; "
        "elsewhere: python -m playwright install chromium"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start one."""
    with sync_playwright() as playwright:
        path = executable(playwright.chromium.executable_path)
        # Chromium's sandbox does not work for root.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()
