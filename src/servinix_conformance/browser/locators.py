"""What stands where on a portal's pages: found by role and label, unless the target file says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Place = str | Mapping[str, str]
"""A Playwright selector; or {role, name}, {label} or {text}, where /.../ is a pattern and else the text is whole."""

DEFAULTS: Mapping[str, Place] = {
    "email": {"role": "textbox", "name": "/e-?mail|user ?name/"},
    "continue": {"role": "button", "name": "/continue|next|sign in|log in/"},
    "password": "input[type=password]",
    "sign_in": {"role": "button", "name": "/sign in|log in|continue|next/"},
    "code": {"role": "textbox", "name": "/code|otp/"},
    "verify": {"role": "button", "name": "/verify|confirm|submit|continue|sign in/"},
    "resend": {"role": "button", "name": "/resend|new .*code|another code|send .*again/"},
    "sign_out": {"role": "button", "name": "/sign out|log out/"},
    "forgot": {"role": "link", "name": "/forgot|reset/"},
    "send_link": {"role": "button", "name": "/send|reset|continue|link/"},
    "new_password": "input[type=password]",
    "change_password": {"role": "button", "name": "/change|reset|save|set|update|continue/"},
    "alert": {"role": "alert"},
    "invalid": "[aria-invalid=true]",
    "notice": {"role": "status"},
    "expiry": {"role": "timer", "name": "/expire|valid/"},
    "wait": {"role": "timer", "name": "/new|again|resend|another/"},
    "mfa": "dt:has-text('multi-factor') + dd, dt:has-text('MFA') + dd",
}
"""Each thing that a portal has, and where it is unless `[portal.locators]` says otherwise."""


def find(root: Page | Locator, place: Place) -> Locator:
    """What stands at a place."""
    if isinstance(place, str):
        return root.locator(place)
    if "label" in place:
        return root.get_by_label(_text(place["label"]), exact=True)
    if "text" in place:
        return root.get_by_text(_text(place["text"]), exact=True)
    name = place.get("name")
    # The roles that may be given are Playwright's, which says so itself of one that it does not know.
    return root.get_by_role(place["role"], name=_text(name) if name else None, exact=True)  # type: ignore[arg-type]


def _text(text: str) -> str | re.Pattern[str]:
    return re.compile(text[1:-1], re.IGNORECASE) if len(text) > 2 and text[0] == text[-1] == "/" else text  # noqa: PLR2004
