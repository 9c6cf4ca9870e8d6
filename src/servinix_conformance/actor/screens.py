"""What only the screen of a device shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from .records import Outcome

Countdown = Literal["the code's life", "the wait for a new code"]


@dataclass(frozen=True, slots=True)
class CodeField:
    """The place on a screen where a code is entered.

    Attributes:
        number: how many fields there are for one code.
        filled_in: whether it says that a one-time passcode may be filled in for the user (HTML, section 4.10.18.7).
        for_digits: whether keyboards on a screen show digits for it.
    """

    number: int
    filled_in: bool
    for_digits: bool


@dataclass(frozen=True, slots=True)
class Cookie:
    """How a browser keeps something that it was given: whether scripts, other sites and clear text get at it."""

    name: str
    from_scripts: bool
    from_other_sites: bool
    in_clear_text: bool


class Screen(Protocol):
    """The screen of a device, with a browser on it that is at the web portal."""

    @property
    def code_field(self) -> CodeField:
        """Where the code is entered. Raises `Untested` where none is asked for."""

    def paste_code(self, code: str) -> Outcome:
        """Paste the code instead of typing it, and go on."""

    def enter_code_twice(self, code: str) -> Outcome:
        """Send one code twice in a row, as somebody does who presses twice."""

    @property
    def announced(self) -> str:
        """What is announced to somebody who does not see it, nothing where that is silence."""

    @property
    def field_in_focus(self) -> str | None:
        """What the field is for that the cursor is in: `code`, `password` or `email`; None for any other."""

    def seconds_shown(self, what: Countdown) -> int | None:
        """How much is shown to be left of a span of time; None where nothing is."""

    def private_pages(self) -> Sequence[str]:
        """Those of the pages for somebody signed in that open now, in a tab of their own."""

    @property
    def private_pages_known(self) -> int:
        """How many such pages the target file names."""

    def go_back(self) -> bool:
        """Press the browser's button to go back; whether somebody is shown to be signed in."""

    def reload_another_tab(self) -> bool:
        """Look at a tab again that was opened while signed in; whether somebody is shown to be signed in."""

    def open_another_tab(self) -> None:
        """Open a tab, and leave it."""

    @property
    def cookies(self) -> Sequence[Cookie]:
        """What the browser keeps of the portal."""

    def cookies_of_before_open(self) -> Sequence[str]:
        """The stages before which the browser kept something that opens the profile now."""

    def cookies_of_now_open(self) -> bool:
        """Whether what the browser keeps now opens the profile, in another window."""

    def forge_sign_out(self, *, own_form: bool) -> None:
        """Let the request that signs out be sent in the name of this browser.

        Args:
            own_form: whether it is the portal's own form, as it is on the screen; else another site's copy of it, which
                knows everything but what is on the screen of this browser alone.
        """

    def show(self, page: str) -> None:
        """Go to the page for `the e-mail address`, `the password` or `the forgotten password`."""

    def follow(self, link: str) -> None:
        """Open the link of a message."""

    def barriers(self, scheme: Literal["light", "dark"]) -> Sequence[str]:
        """What on this page keeps some people out (WCAG 2.2, levels A and AA), in a few words each."""

    def secrets_in_addresses(self) -> Sequence[str]:
        """The addresses asked for so far that held a password, a code or a token, redacted."""
