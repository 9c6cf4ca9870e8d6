"""What is kept of a page on which something went wrong: no secret, wherever on the page it stood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from browsers import chromium
from playwright.sync_api import Page

from servinix_conformance.browser.evidence import look
from servinix_conformance.redaction import Redactor

SECRET = "cnry code/918273"
WRITTEN = f"""<!doctype html><title>Hello {SECRET}</title>
<h1 title="{SECRET}">Your code is {SECRET}</h1>
<img src="/none.png" alt="{SECRET}">
<label>Code <input name="otp" placeholder="{SECRET}" value="{SECRET}"></label>
<input type="submit" value="Send {SECRET}"><button aria-label="{SECRET}">x</button>
<select><option label="{SECRET}">y</option></select>
<textarea>{SECRET}</textarea>
<iframe src="/within"></iframe>
<script>console.log("said {SECRET}")</script>"""

WITHIN = f"<!doctype html><p>{SECRET}</p><input>"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page()


def test_a_secret_is_nowhere_in_what_is_kept_of_a_page(page: Page) -> None:
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.route("**/*", lambda route: route.fulfill(body=WRITTEN, content_type="text/html"))
    page.route("**/within", lambda route: route.fulfill(body=WITHIN, content_type="text/html"))
    page.goto(f"http://127.0.0.1:9/?code={quote(SECRET)}")
    page.frame_locator("iframe").locator("input").fill("never-registered")
    redactor = Redactor()
    redactor.register(SECRET, "CODE")
    kept = look(page, console, redactor)
    shown = [text for frame in page.frames for text in (frame.locator("body").inner_html(), frame.title())]
    values = [field.input_value() for frame in page.frames for field in frame.locator("input, textarea, select").all()]
    for told in ("".join([*shown, *values]), json.dumps(kept.to_json())):
        assert "918273" not in told
        assert "never-registered" not in told
        assert "CODE" in told
    assert len(kept.console) == 1
