"""An actor through a real browser: somebody at the pages of a web portal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from ..actor import NotClaimed, OtherVariant, Outcome, Untested
from ..board import Board
from ..redaction import Redactor
from ..target import Portal
from .evidence import Evidence
from .own import Own
from .screen import BrowserScreen
from .tab import Showing, Tab
from .unseen import Unseen
from .window import Window

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

_SAID: Mapping[Showing, str] = {
    "home": "the portal shows somebody signed in",
    "code": "the portal asks for a code",
    "refusal": "the portal says no",
    "notice": "the portal says that it is done",
    "password": "the portal asks for the password again",
    "email": "the portal asks for the e-mail address again",
    "nothing known": "the portal shows nothing that the suite knows; name it under [portal.locators]",
}


class Deeds(Protocol):
    """Counts what was done to the target, by anybody in the scenario."""

    deeds: int

    def another_deed(self) -> None:
        """Count what is done at a page, and may send a message to somebody."""


class BrowserActor(Unseen):
    """Somebody at one device with a browser: implements `servinix_conformance.actor.Actor`.

    Args:
        opened: gives a window that has no cookies, when the device is first used.
        portal: the portal.
        redactor: knows the secrets of the scenario.
        deeds: counts what was done to the target, by anybody in the scenario.
        board: where messages are counted; None where nobody minds how many are sent.
        own: what the target alone is given.

    Attributes:
        window: the window on it.
    """

    def __init__(  # noqa: PLR0913 - what a device is made of
        self,
        opened: Callable[[], BrowserContext],
        portal: Portal,
        redactor: Redactor,
        deeds: Deeds,
        board: Board | None = None,
        *,
        own: Own | None = None,
    ) -> None:
        self.window = Window(opened, portal, redactor, own)
        self._portal = portal
        self._redactor = redactor
        self._deeds = deeds
        self._board = board
        self._email = ""
        self._looked_at = -1
        self._last = Outcome("done", said="nothing was done yet")

    @property
    def last(self) -> Outcome:
        """The outcome of the latest deed."""
        return self._last

    @property
    def screen(self) -> BrowserScreen:
        """The screen."""
        return BrowserScreen(self.window, self._portal, self._redactor, self._stage)

    def sign_in(self, email: str, password: str, **extra: object) -> Outcome:
        """The password stage: the e-mail address and the password, on one page or on two."""
        if extra:
            raise NotClaimed("a page sends what is on it, and nothing else")
        self._redactor.register(email, "EMAIL")
        self._redactor.register(password, "PASSWORD")
        tab = self.window.tab
        again = email == self._email and tab.known == "refusal" and tab.shows("password") and not tab.shows("email")
        self._email = email
        with self._sending() as sent:
            if not again:
                self._begin(tab, email)
                self.window.stage_begins("the e-mail address")
                if not tab.shows("password") and tab.press("continue") in {"refusal", "email", "nothing known"}:
                    return self._told(tab.known)
            tab.fill("password", password)
            self.window.stage_begins("the password")
            outcome = self._told(tab.press("sign_in"))
            sent(outcome.kind == "code-asked")
        return outcome

    def enter_code(self, code: str) -> Outcome:
        """Type the code where it is asked for."""
        self._redactor.register(code, "OTP")
        if not self._asked():
            return self._keep("refused", "the portal does not ask for a code")

        def typed(tab: Tab) -> Showing:
            tab.fill("code", code)
            return tab.press("verify")

        return self._stage(typed)

    def request_code(self) -> Outcome:
        """Press for a new code, also where the page holds the button shut: it is up to the server."""
        if not self._asked():
            return self._keep("refused", "the portal does not ask for a code")
        tab = self.window.tab
        if not tab.find("resend").is_enabled():
            # What the page counts down is real time.
            tab.page.reload()
            tab.find("resend").evaluate("(it) => { it.disabled = false; it.removeAttribute('aria-disabled'); }")
        with self._sending() as sent:
            outcome = self._told(tab.press("resend"))
            sent(outcome.kind == "code-asked")
        return outcome

    def sign_out(self) -> Outcome:
        """Press the button that signs out."""
        tab = self.window.tab
        if not tab.shows("sign_out") and tab.open(self._portal.profile) != "home":
            return self._keep("refused", "nobody is signed in")
        showing = tab.press("sign_out")
        return self._keep("refused" if showing in {"home", "refusal"} else "done", _SAID[showing])

    def open_profile(self) -> Outcome:
        """Open the profile in a tab of its own, so that what is being done in the first one goes on.

        Where it is on the screen already, and nothing has happened since, it is read there.
        """
        tab = self.window.tab
        if tab.known == "home" and self._looked_at == self._deeds.deeds:
            return self._keep("signed-in", _SAID["home"], self._facts(tab))
        tab = self.window.second
        showing = tab.open(self._portal.profile)
        if showing != "home":
            return self._keep("refused", _SAID[showing])
        return self._keep("signed-in", _SAID[showing], self._facts(tab))

    def _facts(self, tab: Tab) -> dict[str, object]:
        shown, mfa = tab.page.locator("body").inner_text(), tab.text("mfa").casefold()
        if "@" not in shown:
            raise Untested("the page does not say who is signed in; name one that shows it, as profile under [portal]")
        facts: dict[str, object] = {"email": self._email if self._email in shown.split() else "another address"}
        if mfa:
            facts["mfa_enabled"] = not any(word in mfa.split() for word in ("off", "inactive", "disabled", "no", "not"))
        return facts

    def request_reset(self, email: str) -> Outcome:
        """Ask for a link, in a window of its own, so that whoever is signed in stays so."""
        self._redactor.register(email, "EMAIL")
        with self.window.with_cookies([]) as tab:
            if self._portal.forgot is not None:
                tab.open(self._portal.forgot)
            else:
                self._begin(tab, email)
                if not tab.shows("forgot"):
                    # It stands on the page for the password.
                    tab.press("continue")
                tab.press("forgot")
            with self._sending() as sent:
                self._type(tab, email)
                showing = tab.press("send_link")
                sent(showing != "refusal")
            return self._keep("refused" if showing == "refusal" else "done", _SAID[showing])

    def reset_password(self, link: str, new_password: str) -> Outcome:
        """Follow the link, and choose a new password as often as the page asks for it."""
        self._redactor.register(new_password, "NEW_PASSWORD")
        self.window.keep_secret_of(link)
        tab = self.window.tab
        if tab.open(link) == "refusal" or not tab.shows("new_password"):
            return self._keep("refused", _SAID[tab.showing])
        tab.fill_all("new_password", new_password)
        showing = tab.press("change_password")
        kind = {"refusal": "refused", "home": "signed-in"}.get(showing, "done")
        return self._keep(kind, _SAID[showing])

    # How it is done

    def evidence(self) -> Evidence | None:
        """What is on the screen, redacted; None where the device was not used."""
        return self.window.evidence()

    def close(self) -> None:
        """Shut the window."""
        self.window.close()

    def _begin(self, tab: Tab, email: str) -> None:
        """Type the e-mail address where people sign in; whoever is signed in already signs out first."""
        tab.go("")
        if tab.shows("sign_out"):
            tab.press("sign_out")
            tab.go("")
        if not tab.shows("email"):
            # Some portals go on with a sign-in that was begun.
            self.window.context.clear_cookies()
            tab.go("")
        self._type(tab, email)

    def _type(self, tab: Tab, email: str) -> None:
        tab.fill("email", email)
        if email != email.strip() and tab.find("email").input_value() != email:
            raise OtherVariant("a browser changes this address before it is sent")

    def _asked(self) -> bool:
        tab = self.window.tab
        return tab.shows("code") or tab.open("") == "code"

    def _stage(self, deed: Callable[[Tab], Showing]) -> Outcome:
        """Carry the code stage out."""
        self.window.stage_begins("the code")
        self._deeds.another_deed()
        return self._told(deed(self.window.tab))

    def _told(self, showing: Showing) -> Outcome:
        self._looked_at = self._deeds.deeds
        if showing == "nothing known":
            return self._keep("unreadable", _SAID[showing])
        kind = {"home": "signed-in", "code": "code-asked"}.get(showing, "refused")
        said = self.window.tab.text("alert") if showing == "refusal" else ""
        return self._keep(kind, f"{_SAID[showing]}{f': {said}' if said else ''}")

    def _keep(self, kind: str, said: str, facts: Mapping[str, object] | None = None) -> Outcome:
        self._last = Outcome(kind, facts=facts or {}, said=said)  # type: ignore[arg-type]  # callers give kinds
        return self._last

    @contextmanager
    def _sending(self) -> Iterator[Callable[[bool], None]]:
        """Count the message that a deed may cause; whoever does it says whether it did."""
        self._deeds.another_deed()
        if self._board and not self._board.take():
            raise Untested("the run has caused as many messages as it may; raise max_messages under [safety]")
        caused = [False]
        yield caused.append
        if self._board and not caused[-1]:
            self._board.give_back()
