"""The rules on the web: routes in, answers out."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from .inputs import Answer, Request
from .model import Account
from .portal import Pages, open_portal
from .problems import Refusal, refuse, refuse_http, sent_bearer
from .rules import Rules
from .settings import Settings
from .store import Store
from .tokens import Tokens


class Route(NamedTuple):
    """Where an operation is found, and whether it reads a body."""

    method: str
    path: str
    verb: str
    reads_body: bool = False


SIGN_IN = (
    Route("POST", "/auth/sign-in", "sign_in", reads_body=True),
    Route("POST", "/auth/mfa/verify", "verify_otp", reads_body=True),
    Route("POST", "/auth/mfa/resend", "resend_otp", reads_body=True),
    Route("POST", "/auth/sign-out", "sign_out"),
    Route("GET", "/me", "get_profile"),
    Route("GET", "/.well-known/jwks.json", "get_jwks"),
    Route("POST", "/auth/password-reset", "request_password_reset", reads_body=True),
    Route("POST", "/auth/password-reset/confirm", "reset_password", reads_body=True),
)
SUPPORT = (
    Route("GET", "/support/users", "find_users"),
    Route("POST", "/support/users/<user_id>/mfa/enable", "enable_mfa", reads_body=True),
    Route("POST", "/support/users/<user_id>/mfa/disable", "disable_mfa", reads_body=True),
    Route("POST", "/support/users/<user_id>/unlock", "unlock_user", reads_body=True),
)
TEST_SUPPORT = (
    Route("POST", "/test-support/users", "create_user", reads_body=True),
    Route("DELETE", "/test-support/users/<user_id>", "delete_user"),
    Route("POST", "/test-support/users/<user_id>/clock", "advance_clock", reads_body=True),
    Route("GET", "/test-support/messages", "list_messages"),
    Route("POST", "/test-support/outages", "set_outage", reads_body=True),
    Route("GET", "/test-support/policy", "get_policy"),
)


def create_app(  # noqa: PLR0913 - a part each
    settings: Settings,
    *,
    rules: type[Rules] = Rules,
    tokens: type[Tokens] = Tokens,
    store: type[Store] = Store,
    pages: type[Pages] = Pages,
    users: Iterable[Account] = (),
) -> Flask:
    """Put a server together.

    Args:
        settings: its configuration.
        rules: the rules, or a subclass that changes one.
        tokens: likewise.
        store: likewise.
        pages: likewise, the web portal.
        users: accounts to add, as `users.load` reads them; one whose e-mail address is taken stays as it is.

    Returns:
        A WSGI application.
    """
    database = store(settings.database_url)
    for account in users:
        database.add_account(account)
    ruling = rules(settings, database, tokens(settings))
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = ruling.body_limit + 1  # cuts off silently what comes without a length
    app.url_map.merge_slashes = False
    for route in SIGN_IN + SUPPORT + (TEST_SUPPORT if settings.test_support_secret else ()):
        view = partial(_answer, ruling, route)
        methods = [route.method, *ruling.further_methods.get(route.verb, ())]
        app.add_url_rule(route.path, route.verb, view, methods=methods)
    app.register_error_handler(Refusal, refuse)
    app.register_error_handler(HTTPException, refuse_http)
    open_portal(app, settings, pages(settings, ruling))
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    return app


def _answer(ruling: Rules, route: Route, **path: str) -> Response:
    answer: Answer = getattr(ruling, route.verb)(_read(ruling, reads_body=route.reads_body), **path)
    headers = {} if answer.storable else {"Cache-Control": "no-store"}
    if answer.body is None:
        return Response(status=answer.status, headers=headers)
    return Response(json.dumps(answer.body), answer.status, headers, content_type="application/json")


def _read(ruling: Rules, *, reads_body: bool) -> Request:
    data = request.get_data()
    if len(data) > ruling.body_limit:
        raise Refusal("content-too-large")
    if reads_body and request.mimetype not in ruling.media_types:
        raise Refusal("unsupported-media-type")
    return Request(
        body=ruling.parse_body(data) if reads_body else {},
        query=request.args,
        headers=dict(request.headers),
        bearer=sent_bearer(),
        client_address=request.remote_addr or "",
    )
