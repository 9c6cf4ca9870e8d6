"""Make the pictures of the docs from the real thing.

They are the screen for the code in light and in dark, a report, and what a terminal shows. Run it from the checkout:
PYTHONPATH=. python docs/pictures/make.py
"""

from __future__ import annotations

import html
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from reference_server import Settings, create_app, server
from reference_server.passwords import Passwords
from reference_server.users import new_account
from servinix_conformance.browser.program import Program

HERE = Path(__file__).parent
EMAIL, PASSWORD = "ada@people.example", "correct horse battery"
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 0; padding: 16px 20px; background: #10141b; color: #e8ecf3; width: max-content; }}
  pre {{ margin: 0; font: 13px/1.45 "DejaVu Sans Mono", monospace; }}
</style><pre>{text}</pre>"""


def main() -> None:
    """Make them all."""
    program = Program()
    browser = program.start()
    try:
        _portal(browser)
        with tempfile.TemporaryDirectory() as folder:
            _terminal(browser, ["run", "reference", "features/resend.feature", "features/otp_rejected.feature"])
            _told(["run", "reference", "--report", folder])
            _shot(browser, f"file://{folder}/report.html", "report.png", viewport={"width": 1000, "height": 760})
    finally:
        program.close()


def _portal(browser: Browser) -> None:
    bound = server.bind()
    settings = Settings(public_url=bound[1], test_support_secret="none", password_profile="test")
    contact = {"channel": "email", "address": EMAIL}
    user = {"email": EMAIL, "password": PASSWORD, "mfa_enabled": True, "contact": contact}
    app = create_app(settings, users=[new_account(user, Passwords("test"))])
    threading.Thread(target=server.serve, args=(app, bound), daemon=True).start()
    for scheme in ("light", "dark"):
        viewport = {"width": 390, "height": 620}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, device_scale_factor=1.5)  # type: ignore[arg-type]  # as Playwright names them
        page = context.new_page()
        page.goto(f"{bound[1]}/portal/")
        for label, text in (("E-mail address", EMAIL), ("Password", PASSWORD)):
            page.get_by_label(label).fill(text)
            page.keyboard.press("Enter")
        page.get_by_label("One-time passcode").fill("314159")
        page.screenshot(path=HERE / f"code-{scheme}.png")
        context.close()


def _terminal(browser: Browser, words: list[str]) -> None:
    text = f"$ servinix-conformance {' '.join(words)}\n{_told(words)}"
    with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:
        file.write(TERMINAL.format(text=html.escape(text)))
        file.flush()
        _shot(browser, f"file://{file.name}", "terminal.png", full_page=True)


def _told(words: list[str]) -> str:
    command = [sys.executable, "-m", "servinix_conformance", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parents[1]).stdout  # noqa: S603 - our own command


def _shot(browser: Browser, url: str, name: str, *, full_page: bool = False, **options: Any) -> None:  # noqa: ANN401 - Playwright's own
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(url)
    clip = page.locator("body").bounding_box() if full_page else None
    page.screenshot(path=HERE / name, full_page=full_page, clip=clip)
    context.close()


if __name__ == "__main__":
    main()
