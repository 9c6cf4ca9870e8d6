"""What every page stands on: who visits, the rules behind it, and what browsers are told about each page."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, redirect, render_template, session, url_for
from flask import request as visit
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from ..inputs import Request
from ..model import whole_seconds
from ..problems import Refusal
from ..rules import Rules
from ..settings import Settings

COOKIE = "servinix_portal"
csrf = CSRFProtect()  # type: ignore[no-untyped-call]

_WORDS = {
    "access-token-rejected": "Your session has ended. Sign in again.",
    "mfa-token-rejected": "This sign-in has ended. Sign in again.",
    "otp-rejected": "That code is wrong, expired or used. Check it, or ask for a new one.",
    "account-locked": "Too many failed attempts.",
    "resend-too-soon": "A code was sent a moment ago.",
    "forbidden": "This page is for Support and administrators.",
    "user-not-found": "There is no user with this e-mail address.",
    "content-too-large": "That is more than this form takes.",
    "delivery-failed": "The code could not be sent. Try again in a moment.",
}
"""What people are told, where the words of the API are for programs."""
_UNPROCESSABLE = 422
_BY_STATUS = {400: _UNPROCESSABLE, 401: _UNPROCESSABLE}  # 401 asks for an HTTP authentication scheme (RFC 9110 15.5.2)


def spoken(seconds: int) -> str:
    """Return a wait as people say it."""
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{whole_seconds(seconds / 60)} minutes"


class Visits:
    """The ground that the pages stand on. Its methods are small so that each can be replaced alone.

    A visitor's session holds the address that was typed, the token of the sign-in that is under way, or the access
    token: whichever the latest stage gave, in a signed cookie.
    """

    def __init__(self, settings: Settings, rules: Rules) -> None:
        self.settings, self.rules = settings, rules

    # The visitor

    def protect(self) -> None:
        """Refuse a form that was not on a page for this very session (CSRF)."""
        csrf.protect()  # type: ignore[no-untyped-call]

    def renew(self, **kept: str) -> None:
        """Begin the session anew: nothing from before a stage is worth anything after it (ASVS 5.0 7.2.4)."""
        session.clear()
        session.update(kept)

    def access_token(self) -> str | None:
        """Return the visitor's access token, after the last stage."""
        return session.get("access_token")

    def mfa_token(self) -> str | None:
        """Return the visitor's mfa_token, between the two stages."""
        return session.get("mfa_token")

    def request(self, query: Mapping[str, str] | None = None, **body: object) -> Request:
        """Return what the rules are asked, as the web portal asks it."""
        return Request(
            body=body,
            query=query or {},
            headers=dict(visit.headers),
            bearer=self.access_token(),
            client_address=visit.remote_addr or "",
        )

    def profile(self) -> Mapping[str, object] | None:
        """Return the Profile of the visitor, who is signed in; None for anybody else."""
        try:
            return self.rules.get_profile(self.request()).body if self.access_token() else None
        except Refusal:
            return None

    def field(self, name: str) -> str:
        """Return a field of the form that was sent, empty where it has none."""
        return visit.form.get(name, "")

    # The page

    def page(self, name: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - what the page shows
        """Return a page."""
        return make_response(self.render(name, **values), status)

    def render(self, name: str, **values: Any) -> str:  # noqa: ANN401 - likewise
        """Return the HTML of a page."""
        return render_template(f"{name}.html", **values)

    def go(self, view: str, **query: str) -> Response:
        """Send the visitor on to another page, which can be loaded again without doing anything twice."""
        return make_response(redirect(url_for(f"portal.{view}", _external=False, **query), 303))

    def refuse(self, name: str, refusal: Refusal, **values: Any) -> Response:  # noqa: ANN401 - likewise
        """Return a page that says why not."""
        status = int(str(refusal.document()["status"]))
        return self.page(name, _BY_STATUS.get(status, status), error=self.words(refusal), **values)

    def words(self, refusal: Refusal) -> str:
        """Return what a visitor is told of a refusal, with the wait where there is one."""
        told = refusal.detail or _WORDS.get(refusal.name) or str(refusal.document()["detail"])
        return told if refusal.retry_after is None else f"{told} Try again in {spoken(refusal.retry_after)}."

    def headers(self) -> Mapping[str, str]:
        """Return what browsers are told about each page (ASVS 5.0 3.4, 14.3.2)."""
        return {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    def finish(self, response: Response) -> Response:
        """Put the headers on an answer; styles and the script may be kept."""
        response.headers.update(self.headers())
        if visit.endpoint == "portal.static":
            response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    # What is no page of the visitor's

    def show_nothing(self, anything: str) -> Response:  # noqa: ARG002 - whatever was asked for
        """Say that there is no such page."""
        return self.show_refusal(Refusal("not-found"))

    def show_out_of_date(self, _error: CSRFError) -> Response:
        """Say that a form was not for this session: it was forged, or the session was renewed in another tab."""
        told = "This form was out of date, so nothing was done. Go on from here."
        return self.page("trouble", 400, title="Please try again", error=told)

    def show_refusal(self, refusal: Refusal) -> Response:
        """Say no on a page of its own."""
        return self.refuse("trouble", refusal, title=str(refusal.document()["title"]))

    def show_failure(self, failure: HTTPException) -> Response:
        """Say in our own words what Flask refuses by itself."""
        return self.show_refusal(Refusal.of_status(failure.code or 500))
