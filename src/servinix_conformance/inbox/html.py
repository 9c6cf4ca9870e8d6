"""What a reader sees of an HTML message: its text, with the address of each link after its words. Pure."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

_UNSEEN = ("script", "style", "head", "title", "template", "object")
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
    *("table", "tbody", "tfoot", "thead", "tr", "ul"),
)
_SIZES = ("height", "max-height", "width", "max-width")
# Of no width: mail is full of them, to keep words apart or together.
_NO_WIDTH = re.compile("[\u00ad\u200b\u200c\u2060\ufeff]")
_BREAK = "\ue000"


def text_of_html(html: str) -> str:
    """The text of an HTML message.

    What the markup hides is left out, whether by an attribute or by a style of its own; style sheets are not followed.
    Tags inside a word do not split it; table cells, lines and blocks do.
    """
    # Processing instructions and private characters mean nothing to a reader, and something to what follows.
    html = re.sub(r"<\?[^>]*>", "", html).replace(_BREAK, "")
    try:
        soup = BeautifulSoup(f"<html>{html}", "html.parser")
    except ParserRejectedMarkup:
        return _tidy(re.sub(r"<[^>]*>", " ", html))
    for tag in soup.find_all(_is_hidden):
        tag.decompose()
    for tag in soup.find_all("a"):
        _show_address(tag)
    for tag in soup.find_all("br"):
        tag.insert_before(_BREAK)
    for tag in soup.find_all(("td", "th")):
        tag.append(" ")
    for tag in soup.find_all(_BLOCKS):
        tag.insert_before(_BREAK)
        tag.insert_after(_BREAK)
    for tag in soup.find_all("pre"):
        for string in tag.find_all(string=True):
            string.replace_with(string.replace("\n", _BREAK))
    return _tidy(soup.get_text())


def _is_hidden(tag: Tag) -> bool:
    if tag.name in _UNSEEN or tag.has_attr("hidden"):
        return True
    declarations = re.sub(r"\s+|!important", "", str(tag.get("style", "")).lower()).split(";")
    style = {name: value for name, _, value in (item.partition(":") for item in declarations)}
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or any(_is_nothing(style, name) for name in ("opacity", "font-size"))
        or (style.get("overflow") == "hidden" and any(_is_nothing(style, name) for name in _SIZES))
    )


def _is_nothing(style: dict[str, str], name: str) -> bool:
    return re.fullmatch(r"[0.]+(?:[a-z]+|%)?", style.get(name, "")) is not None


def _show_address(link: Tag) -> None:
    href = re.sub(r"[\t\r\n]", "", str(link.get("href", ""))).strip().replace(" ", "%20")
    if href.lower().startswith(("http://", "https://")) and link.get_text().strip() != href:
        link.append(f" <{href}>")


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", _NO_WIDTH.sub("", text))
    lines = (line.strip() for line in text.split(_BREAK))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
