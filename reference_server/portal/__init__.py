"""The web portal: pages in front of the same rules as the API, rendered on the server, without need of scripts."""

from typing import NamedTuple

from flask import Blueprint, Flask
from flask.sessions import SecureCookieSessionInterface
from flask.wrappers import Request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ..problems import Refusal
from ..settings import Settings
from .desk import DeskPages
from .inbox import InboxPages
from .recovery import RecoveryPages
from .sign_in import SignInPages
from .visits import COOKIE, csrf

__all__ = ["Pages", "open_portal"]


class Pages(SignInPages, RecoveryPages, DeskPages, InboxPages):
    """Every page of the portal. Knows nothing of the sign-in but what the rules answer."""


class Page(NamedTuple):
    """Where a page is found."""

    method: str
    path: str
    view: str


PAGES = (
    Page("GET", "/portal/", "start"),
    Page("GET", "/portal/sign-in", "show_email"),
    Page("POST", "/portal/sign-in", "take_email"),
    Page("GET", "/portal/password", "show_password"),
    Page("POST", "/portal/password", "take_password"),
    Page("GET", "/portal/code", "show_code"),
    Page("POST", "/portal/code", "take_code"),
    Page("POST", "/portal/code/new", "send_new_code"),
    Page("GET", "/portal/home", "show_home"),
    Page("POST", "/portal/sign-out", "sign_out"),
    Page("GET", "/portal/forgot", "show_forgot"),
    Page("POST", "/portal/forgot", "take_forgot"),
    Page("GET", "/portal/reset", "show_reset"),
    Page("POST", "/portal/reset", "take_reset"),
    Page("GET", "/portal/support", "show_desk"),
    Page("POST", "/portal/support/<user_id>/mfa/enable", "enable_mfa"),
    Page("POST", "/portal/support/<user_id>/mfa/disable", "disable_mfa"),
    Page("POST", "/portal/support/<user_id>/unlock", "unlock_user"),
    Page("GET", "/portal/<path:anything>", "show_nothing"),
)
INBOX = Page("GET", "/test-support/inbox", "show_inbox")


class _PortalSessions(SecureCookieSessionInterface):
    """Sessions for pages alone: the API has no cookies, and pays for none."""

    def open_session(self, app: Flask, request: Request):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as in Flask
        return super().open_session(app, request) if request.path.startswith("/portal/") else None


def open_portal(app: Flask, settings: Settings, pages: Pages) -> None:
    """Put the pages into an application."""
    app.secret_key = pages.rules.tokens.derived_key("portal sessions")
    app.config |= {
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_PATH": "/portal/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https:"),
        "WTF_CSRF_CHECK_DEFAULT": False,  # the API takes no cookies, so nobody can be made to call it
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
    }
    app.session_interface = _PortalSessions()
    csrf.init_app(app)  # type: ignore[no-untyped-call]
    blueprint = Blueprint(
        "portal", __name__, template_folder="templates", static_folder="static", static_url_path="/portal/static"
    )
    blueprint.before_request(pages.protect)
    blueprint.after_request(pages.finish)
    blueprint.register_error_handler(CSRFError, pages.show_out_of_date)
    blueprint.register_error_handler(Refusal, pages.show_refusal)
    blueprint.register_error_handler(HTTPException, pages.show_failure)
    for page in (*PAGES, INBOX) if settings.test_support_secret else PAGES:
        blueprint.add_url_rule(page.path, page.view, getattr(pages, page.view), methods=[page.method])
    app.register_blueprint(blueprint)
