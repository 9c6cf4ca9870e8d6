"""Wrong pages of the web portal, in front of right rules."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from collections.abc import Mapping
from typing import Any

from flask import Response, session
from flask import request as visit

from ..inputs import Answer
from ..portal import Pages
from ..problems import Refusal
from .registry import fault

_fixed: dict[str, str] = {}


@fault("paste-blocked", severity="M", clause="PORTAL-1")
class PasteBlocked(Pages):
    """Lets nobody paste a code."""

    def headers(self) -> Mapping[str, str]:
        policy = super().headers()["Content-Security-Policy"]
        return {
            **super().headers(),
            "Content-Security-Policy": policy.replace("script-src", "script-src 'unsafe-inline'"),
        }

    def render(self, name: str, **values: Any) -> str:  # noqa: ANN401 - as in Pages
        script = "<script>document.addEventListener('paste', (event) => event.preventDefault())</script>"
        return super().render(name, **values) + script


@fault("code-not-filled-in", severity="L", clause="PORTAL-1")
class CodeNotFilledIn(Pages):
    """Does not say that a one-time passcode may be filled in for the user."""

    def render(self, name: str, **values: Any) -> str:  # noqa: ANN401 - as in Pages
        return super().render(name, **values).replace("one-time-code", "off")


@fault("code-in-two-fields", severity="M", clause="PORTAL-1")
class CodeInTwoFields(Pages):
    """Wants the code in two halves."""

    def render(self, name: str, **values: Any) -> str:  # noqa: ANN401 - as in Pages
        second = '<input type="text" name="second" aria-label="Second half" inputmode="numeric"><button>Verify'
        return super().render(name, **values).replace("<button>Verify", second)


@fault("error-not-announced", severity="M", clause="PORTAL-2")
class ErrorNotAnnounced(Pages):
    """Shows that a code was wrong to those who see it alone."""

    def render(self, name: str, **values: Any) -> str:  # noqa: ANN401 - as in Pages
        html = super().render(name, **values)
        return html.replace(' role="alert"', "") if values.get("wrong") else html


@fault("focus-lost", severity="L", clause="PORTAL-2")
class FocusLost(Pages):
    """Leaves it to the user to find the field that was wrong."""

    def render(self, name: str, **values: Any) -> str:  # noqa: ANN401 - as in Pages
        html = super().render(name, **values)
        return html.replace(" autofocus", "") if values.get("error") else html


@fault("expiry-not-shown", severity="L", clause="PORTAL-3")
class ExpiryNotShown(Pages):
    """Does not say how long a code lives."""

    def challenge(self) -> Mapping[str, object]:
        return {**super().challenge(), "otp_expires_in": 0}


@fault("resend-limited-in-page-only", severity="M", clause="PORTAL-3", also_breaks=("PORTAL-7",))
class ResendLimitedInPageOnly(Pages):
    """Counts the wait for a new code down, and sends one to whoever does not wait."""

    def send_new_code(self) -> Response:
        challenge = self.rules.store.find_challenge(self.rules.tokens.digest(self.mfa_token() or ""))
        if challenge:
            self.rules.store.change("UPDATE users SET code_sent_at = NULL WHERE id = :id", id=challenge.user_id)
        return super().send_new_code()


@fault("home-after-password", severity="C", clause="PORTAL-4", also_breaks=("PORTAL-7",))
class HomeAfterPassword(Pages):
    """Opens the home page to whoever has given the password and knows its address."""

    def profile(self) -> Mapping[str, object] | None:
        try:
            _, attempt = self.rules.pending(self.request(mfa_token=self.mfa_token() or ""))
        except Refusal:
            return super().profile()
        return self.rules.user_record(attempt.account)


@fault("cookie-for-scripts", severity="M", clause="PORTAL-5")
class CookieForScripts(Pages):
    """Lets scripts read the session."""

    def finish(self, response: Response) -> Response:
        response.set_cookie("servinix_portal_copy", str(session.get("csrf_token")), samesite="Lax", path="/portal/")
        return super().finish(response)


@fault("csrf-off", severity="H", clause="PORTAL-5")
class CsrfOff(Pages):
    """Takes forms from anywhere."""

    def protect(self) -> None:
        """Refuse nothing."""


@fault("language-not-told", severity="L", clause="PORTAL-6")
class LanguageNotTold(Pages):
    """Does not say in what language its pages are."""

    def render(self, name: str, **values: Any) -> str:  # noqa: ANN401 - as in Pages
        return super().render(name, **values).replace("<html lang", "<html data-lang")


@fault("portal-skips-code", severity="C", clause="PORTAL-7")
class PortalSkipsCode(Pages):
    """Signs in with the password alone at the portal, whatever the rules say."""

    def ask_for_code(self, answer: Answer) -> Response:
        _, attempt = self.rules.pending(self.request(mfa_token=str((answer.body or {})["mfa_token"])))
        return self.let_in(Answer(200, self.rules.open_session(attempt, ["pwd"])))


@fault("session-not-renewed", severity="H", clause="PORTAL-8")
class SessionNotRenewed(Pages):
    """Signs in the very session that was there before, so that whoever put it there is signed in too."""

    def renew(self, **kept: str) -> None:
        before = session.setdefault("id", self.rules.tokens.opaque())
        super().renew(id=before, **kept)
        _fixed[before] = kept.get("access_token", "")

    def access_token(self) -> str | None:
        return _fixed.get(session.get("id", "")) or super().access_token()


@fault("sign-out-in-page-only", severity="H", clause="PORTAL-9", also_breaks=("PORTAL-5",))
class SignOutInPageOnly(Pages):
    """Says that somebody is signed out, and leaves the session open."""

    def sign_out(self) -> Response:
        return self.page("email", email="", notice="You are signed out.")


@fault("code-in-address", severity="M", clause="PORTAL-10")
class CodeInAddress(Pages):
    """Puts the code into the address of the page after it."""

    def let_in(self, answer: Answer) -> Response:
        super().let_in(answer)
        return self.go("show_home", otp=visit.form.get("otp", ""))


@fault("second-press-signs-out", severity="L", clause="PORTAL-11")
class SecondPressSignsOut(Pages):
    """Ends the session when a code is sent a second time."""

    def start_again(self) -> Response:
        self.renew()
        return super().start_again()
