"""One tab of a browser, and what it shows: no waiting but for something to be there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from typing import TYPE_CHECKING, Literal

from ..actor import NotClaimed, Untested
from ..target import Portal
from ..transport import Silent
from .locators import DEFAULTS, Place, find

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Showing = Literal["home", "refusal", "code", "notice", "password", "email", "nothing known"]
_SIGNS: tuple[tuple[str, Showing], ...] = (
    ("sign_out", "home"),
    ("alert", "refusal"),
    ("invalid", "refusal"),
    ("code", "code"),
    ("notice", "notice"),
    ("password", "password"),
    ("email", "email"),
)
"""What is looked for first to last, and what it is a sign of."""
_OLD = "data-servinix-old"
# What takes no room is not to be seen yet: an empty place for an alert, for one.
_MARK = f"""() => document.querySelectorAll("*").forEach((it) => {{
  const {{ width, height }} = it.getBoundingClientRect();
  if (width && height) it.setAttribute("{_OLD}", "");
}})"""


def _too_long() -> type[Exception]:
    from playwright.sync_api import TimeoutError as TooLong  # noqa: PLC0415 - an extra

    return TooLong


class Tab:
    """A tab at a portal.

    Attributes:
        known: what it showed when it was last looked at.
    """

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page = page
        self._portal = portal
        self.known: Showing = "nothing known"

    def _place(self, name: str) -> Place:
        return self._portal.locators.get(name, DEFAULTS[name])

    def find(self, name: str) -> Locator:
        """Something that a portal has, by its name in `[portal.locators]`."""
        place = self._place(name)
        if place == "":
            raise NotClaimed(f"the portal has no {name.replace('_', ' ')}, as [portal.locators] says")
        return find(self.page, place).first

    def shows(self, name: str) -> bool:
        """Whether it is to be seen right now."""
        return self._portal.locators.get(name) != "" and self.find(name).is_visible()

    @property
    def showing(self) -> Showing:
        """What the page is."""
        self.known = next((kind for sign, kind in _SIGNS if self.shows(sign)), "nothing known")
        return self.known

    def go(self, address: str) -> None:
        """Go to an address of the portal, or to any other."""
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra

        url = self._portal.url(address)
        try:
            self.page.goto(url)
        except Error as error:
            raise Silent(f"{url}: {error.message.splitlines()[0]}") from error
        self.known = "email"

    def open(self, address: str) -> Showing:
        """Go there, and look."""
        self.go(address)
        return self.showing

    def after(self, deed: Callable[[], object]) -> Showing:
        """What is shown after a deed: by another page, or by something that was not on this one before."""
        self.page.evaluate(_MARK)
        deed()
        places = [self._place(sign) for sign, _ in _SIGNS if self._portal.locators.get(sign) != ""]
        new = self.page.locator(f":not([{_OLD}])")
        signs = [find(self.page, place).and_(new) for place in places]
        with suppress(_too_long()):
            reduce(lambda one, other: one.or_(other), signs).first.wait_for()
        return self.showing

    def press(self, name: str) -> Showing:
        """Press a button, or follow a link. Raises `Untested` where there is none."""
        return self.after(lambda: self.do(name, lambda it: it.click()))

    def fill(self, name: str, text: str) -> None:
        """Write into a field. Raises `Untested` where there is none."""
        self.do(name, lambda it: it.fill(text))

    def do(self, name: str, deed: Callable[[Locator], object]) -> None:
        """Do something with a thing of the portal. Raises `Untested` where it is not to be seen."""
        try:
            deed(self.find(name))
        except _too_long() as error:
            told = f"the portal shows no {name.replace('_', ' ')}; say where it is, as {name} under [portal.locators]"
            raise Untested(told) from error

    def text(self, name: str) -> str:
        """What stands there, in one line; nothing where it is not to be seen."""
        return " ".join(self.find(name).inner_text().split()) if self.shows(name) else ""

    def fill_all(self, name: str, text: str) -> None:
        """Write the same into each field of a kind."""
        for field in find(self.page, self._place(name)).all():
            field.fill(text)
