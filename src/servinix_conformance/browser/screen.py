"""The screen of a device: implements `servinix_conformance.actor.Screen`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import parse_qsl, urlsplit

from ..actor import CodeField, Cookie, Countdown, Outcome, Untested
from ..redaction import Redactor
from ..target import Portal
from .tab import Showing, Tab
from .window import Window

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Request, Route

_TIMERS: dict[Countdown, str] = {"the code's life": "expiry", "the wait for a new code": "wait"}
_FOR_DIGITS = {"numeric", "tel", "number"}
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")
_WORDS = re.compile(r"(\d+)\s*(s|m)", re.IGNORECASE)
_SECRET = re.compile(r"\$(?:NEW_)?PASSWORD|\$OTP|\$\w*TOKEN|(?:token|otp|passcode|password|code)=\[redacted\]")
_FIELDS = ("code", "password", "email")
_ATTACKER = "https://attacker.example"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# As somebody does it who has it in the clipboard: the page hears of it, and may hinder it.
_PASTE = """(field, text) => {
  field.focus();
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  if (field.dispatchEvent(event) && !field.readOnly && !field.disabled) document.execCommand("insertText", false, text);
}"""
_FIELDS_OF_CODE = """(field) => (field.form ?? document).querySelectorAll(
  "input:is([type=text], [type=tel], [type=number], [type=password], :not([type])):not([hidden])").length"""

_HIDDEN_FIELDS = "(it) => it.form ? [...it.form.querySelectorAll('input[type=hidden]')].map((field) => field.name) : []"
_AT_REST = "document.getAnimations().forEach((animation) => animation.finish())"


class BrowserScreen:
    """The screen of a device.

    Args:
        window: its window.
        portal: the portal that it is at.
        redactor: knows the secrets of the scenario.
        stage: carries the code stage out by a deed at the first tab.
    """

    def __init__(
        self, window: Window, portal: Portal, redactor: Redactor, stage: Callable[[Callable[[Tab], Showing]], Outcome]
    ) -> None:
        self._window = window
        self._portal = portal
        self._redactor = redactor
        self._stage = stage

    @property
    def code_field(self) -> CodeField:
        """Where the code is entered."""
        field = self._code_field()
        return CodeField(
            number=int(field.evaluate(_FIELDS_OF_CODE)),
            filled_in="one-time-code" in (field.get_attribute("autocomplete") or "").split(),
            for_digits=bool({field.get_attribute("inputmode"), field.get_attribute("type")} & _FOR_DIGITS),
        )

    def paste_code(self, code: str) -> Outcome:
        """Paste it."""
        self._redactor.register(code, "OTP")
        self._code_field()

        def pasted(tab: Tab) -> Showing:
            tab.find("code").evaluate(_PASTE, code)
            return tab.press("verify")

        return self._stage(pasted)

    def enter_code_twice(self, code: str) -> Outcome:
        """Send the form twice, as two presses do that are close together, and keep what the second one gives."""
        self._redactor.register(code, "OTP")
        self._code_field().fill(code)

        def sent_twice(tab: Tab) -> Showing:
            request = self._caught("verify")
            before = self._window.context.cookies()
            self._send(self._window.context, request, (), _origin(self._portal))
            with self._window.with_cookies(list(before)) as other:
                self._send(other.page.context, request, (), _origin(self._portal))
                given = other.page.context.cookies()
            if given != before:
                self._window.context.clear_cookies()
                self._window.context.add_cookies(list[Any](given))
            return tab.open(self._portal.profile)

        return self._stage(sent_twice)

    def _code_field(self) -> Locator:
        tab = self._window.tab
        if not tab.shows("code"):
            raise Untested("no code is asked for on this screen")
        return tab.find("code")

    @property
    def announced(self) -> str:
        """The text of what is an alert, or a status."""
        tab = self._window.tab
        return tab.text("alert") or tab.text("notice")

    @property
    def field_in_focus(self) -> str | None:
        """The field that has the focus."""
        tab = self._window.tab
        shown = (name for name in _FIELDS if tab.shows(name))
        return next((name for name in shown if tab.find(name).evaluate("(it) => it === document.activeElement")), None)

    def seconds_shown(self, what: Countdown) -> int | None:
        """Read a countdown, in figures or in words."""
        self._code_field()
        text = self._window.tab.text(_TIMERS[what])
        if clock := _CLOCK.search(text):
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return 3600 * hours + 60 * minutes + seconds
        words = _WORDS.findall(text)
        return sum(int(number) * (60 if unit in "mM" else 1) for number, unit in words) if words else None

    @property
    def private_pages_known(self) -> int:
        """Those of the target file."""
        return len(self._portal.private)

    def private_pages(self) -> Sequence[str]:
        """Those that open."""
        return [address for address in self._portal.private if self._window.second.open(address) == "home"]

    def go_back(self) -> bool:
        """Go back, and look."""
        tab = self._window.tab
        tab.page.go_back()
        return tab.showing == "home"

    def open_another_tab(self) -> None:
        """Open the second one at the profile."""
        self._window.second.go(self._portal.profile)

    def reload_another_tab(self) -> bool:
        """Load it again."""
        self._window.second.page.reload()
        return self._window.second.showing == "home"

    @property
    def cookies(self) -> Sequence[Cookie]:
        """Those of the portal's address."""
        return [
            Cookie(
                name=cookie["name"],
                from_scripts=not cookie["httpOnly"],
                from_other_sites=cookie["sameSite"] == "None",
                in_clear_text=not cookie["secure"] and self._portal.base_url.startswith("https:"),
            )
            for cookie in self._window.context.cookies(self._portal.base_url)
        ]

    def cookies_of_before_open(self) -> Sequence[str]:
        """Try what was kept before each stage."""
        return [stage for stage, kept in self._window.kept.items() if kept and self._opens(kept)]

    def cookies_of_now_open(self) -> bool:
        """Try what is kept now."""
        return self._opens(list(self._window.context.cookies()))

    def _opens(self, cookies: list[Any]) -> bool:
        with self._window.with_cookies(cookies) as tab:
            return tab.open(self._portal.profile) == "home"

    def forge_sign_out(self, *, own_form: bool) -> None:
        """Send what the button sends, with the browser's cookies: as it is, or as another site would."""
        tab = self._window.tab
        if tab.open(self._portal.profile) != "home":
            raise Untested("nobody is signed in at the portal")
        hidden = () if own_form else tab.find("sign_out").evaluate(_HIDDEN_FIELDS)
        origin = _origin(self._portal) if own_form else _ATTACKER
        self._send(self._window.context, self._caught("sign_out"), hidden, origin)
        tab.open(self._portal.profile)

    def _caught(self, button: str) -> Request:
        """The request that a button would send."""
        tab, caught = self._window.tab, list[Any]()

        def catch(route: Route) -> None:
            if caught or not route.request.is_navigation_request():
                route.continue_()
                return
            caught.append(route.request)
            route.abort()

        tab.page.route("**/*", catch)
        with tab.page.expect_event("requestfailed"):
            tab.find(button).click()
        tab.page.unroute("**/*")
        return cast("Request", caught[0])

    def _send(self, context: BrowserContext, request: Request, left_out: Sequence[str], origin: str) -> None:
        """Send a request with the cookies of a window, and without some of its fields."""
        fields = parse_qsl(request.post_data or "", keep_blank_values=True)
        form = {name: value for name, value in fields if name not in left_out}
        context.request.fetch(
            request.url,
            method=request.method,
            headers={**self._window.own.given_to(request.url), "Origin": origin, "Referer": f"{origin}/"},
            form=form if request.method != "GET" else None,  # type: ignore[arg-type]  # texts alone
            max_redirects=0,
        )

    def show(self, page: str) -> None:
        """Go there."""
        tab = self._window.tab
        if page == "the forgotten password" and self._portal.forgot is not None:
            tab.open(self._portal.forgot)
            return
        tab.open("")
        if page == "the e-mail address":
            return
        if not tab.shows("password"):
            tab.fill("email", "somebody@people.example")
            tab.press("continue")
        if page == "the forgotten password":
            tab.press("forgot")

    def follow(self, link: str) -> None:
        """Open it."""
        self._window.keep_secret_of(link)
        self._window.tab.open(link)

    def barriers(self, scheme: Literal["light", "dark"]) -> Sequence[str]:
        """Ask axe-core."""
        from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - an extra

        page = self._window.tab.page
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(_AT_REST)
        found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": _RULES}).response
        return [f"{item['help']} ({item['id']}, {len(item['nodes'])})" for item in found["violations"]]

    def secrets_in_addresses(self) -> Sequence[str]:
        """Those that hold what is registered as one, or a parameter that is named like one."""
        clean = (self._redactor.clean(url) for url in self._window.addresses)
        return list(dict.fromkeys(url for url in clean if _SECRET.search(url)))


def _origin(portal: Portal) -> str:
    parts = urlsplit(portal.base_url)
    return f"{parts.scheme}://{parts.netloc}"
