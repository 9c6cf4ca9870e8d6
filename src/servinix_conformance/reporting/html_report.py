"""report.html: the whole run for people, in one file that needs neither a network nor a script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..console import harmless
from ..report import Report
from .html import words
from .html.page import page

_HERE = Path(__file__).with_name("html") / "templates"


def render(report: Report) -> bytes:
    """The file."""
    style, script = _inlined("style.css"), _inlined("filters.js")
    html = (
        _environment()
        .get_template("page.html")
        .render(
            page=page(report),
            report=report,
            header=report.header,
            footer=report.footer,
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )
    # A lone surrogate, which JSON can hold, is no text in any encoding.
    return html.encode("utf-8", "replace")


def _policy(style: str, script: str) -> str:
    """What a browser may do with the page: show it with our own style and script, and nothing else whatever."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _inlined(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - a file of this package


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.globals |= {
        "marks": words.MARKS,
        "meanings": words.MEANINGS,
        "exits": words.EXITS,
        "css": words.css,
        "span": words.span,
        "number": words.number,
        "when": words.when,
    }
    return made


def _shown(value: object) -> object:
    """Whatever is shown, in its harmless form; what we wrote ourselves is."""
    return harmless(value) if type(value) is str else value
