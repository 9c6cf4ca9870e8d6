"""What a page looked like when something went wrong, without any secret in it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..events import Record
from ..redaction import Redactor

if TYPE_CHECKING:
    from playwright.sync_api import Page

_TEXTS = """() => {
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const shown = ["alt", "aria-label", "label", "placeholder", "title", "value"];
  window.servinixTexts = [];
  while (walker.nextNode()) window.servinixTexts.push(walker.currentNode);
  for (const element of document.querySelectorAll("*"))
    for (const name of shown) if (element.hasAttribute(name)) window.servinixTexts.push(element.getAttributeNode(name));
  return window.servinixTexts.map((node) => node.nodeValue);
}"""
# A field may hold what nobody registered, such as a code that was never sent: none of them is shown.
_SHOW = """(texts) => {
  window.servinixTexts.forEach((node, place) => {
    if (node.nodeValue !== texts[place]) node.nodeValue = texts[place];
  });
  document.querySelectorAll("input, textarea").forEach((field) => {
    if (field.value && !["button", "submit", "checkbox", "radio"].includes(field.type)) {
      field.type = "text";
      field.value = "[redacted]";
    }
  });
}"""
_WIDTH, _HEIGHT, _QUALITY = 800, 700, 60


@dataclass(frozen=True, slots=True)
class Evidence(Record):
    """A page as it was: its address, its title, what the browser's console said, and a picture of it (JPEG, base64)."""

    url: str
    title: str
    console: list[str]
    picture: str


def look(page: Page, console: Sequence[str], redactor: Redactor) -> Evidence:
    """Look at a page, and take every secret out of it first: it is not to be used any more."""
    clean = redactor.clean
    for frame in page.frames:
        frame.evaluate(_SHOW, [clean(text) for text in frame.evaluate(_TEXTS)])
    page.set_viewport_size({"width": _WIDTH, "height": _HEIGHT})
    picture = page.screenshot(type="jpeg", quality=_QUALITY)
    return Evidence(
        url=clean(page.url),
        title=clean(page.title()),
        console=[clean(line) for line in console],
        picture=base64.b64encode(picture).decode(),
    )
