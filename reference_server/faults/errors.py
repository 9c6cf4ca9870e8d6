"""Wrong errors: they tell of the inside, or are the server's own."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

import json
import traceback

from flask import after_this_request

from ..inputs import Answer, Request
from ..model import Account
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..tokens import Claims
from .registry import fault


@fault("traceback-in-error", severity="M", clause="LEAK-2")
class TracebackInError(Rules):
    """Says in which file and line it refused a body that it cannot read."""

    def parse_body(self, data: bytes) -> dict[str, object]:
        try:
            return super().parse_body(data)
        except Refusal as refusal:
            raise Refusal(refusal.name, detail=traceback.format_exc()) from refusal


@fault("exception-in-error", severity="L", clause="LEAK-2")
class ExceptionInError(Rules):
    """Says by which exception it refused an access token."""

    def authenticate(self, request: Request) -> tuple[Account, Claims]:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal(refusal.name, detail=repr(refusal.__cause__ or refusal)) from refusal


@fault("query-in-error", severity="M", clause="LEAK-2")
class QueryInError(Rules):
    """Says by which query it looked a reset token up."""

    def reset_password(self, request: Request) -> Answer:
        try:
            return super().reset_password(request)
        except Refusal as refusal:
            raise Refusal(refusal.name, detail="SELECT user_id FROM reset_tokens WHERE digest = ?") from refusal


@fault("version-in-header", severity="L", clause="LEAK-2")
class VersionInHeader(Rules):
    """Says with every sign-in by what version of what it runs."""

    def sign_in(self, request: Request) -> Answer:
        @after_this_request
        def tell(response):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - Flask's own
            response.headers["X-Powered-By"] = "Flask/3.1.3"
            return response

        return super().sign_in(request)


@fault("odd-body-is-500", severity="M", clause="LEAK-2", also_breaks=("CONTRACT-1",))
class OddBodyIs500(Rules):
    """Fails at a body that is no JSON."""

    def parse_body(self, data: bytes) -> dict[str, object]:
        json.loads(data)
        return super().parse_body(data)


@fault("odd-password-is-500", severity="M", clause="LEAK-2", also_breaks=("CONTRACT-1",))
class OddPasswordIs500(Rules):
    """Fails at a password with U+0000 in it, as some password hashes do."""

    def password_matches(self, account: Account, password: str) -> bool:
        if "\0" in password:
            raise ValueError("U+0000")
        return super().password_matches(account, password)


@fault("odd-code-is-500", severity="M", clause="LEAK-2", also_breaks=("INPUT-1", "CONTRACT-1"))
class OddCodeIs500(Rules):
    """Fails at a code that is no number."""

    def read_otp(self, request: Request) -> str:
        otp = request.body.get("otp")
        return super().read_otp(request) if isinstance(otp, str) and int(otp) >= 0 else ""


@fault("exception-at-wrong-code", severity="L", clause="LEAK-2")
class ExceptionAtWrongCode(Rules):
    """Says by which exception it refused a wrong code."""

    def reject_otp(self, attempt: Attempt) -> Answer:
        try:
            return super().reject_otp(attempt)
        except Refusal as refusal:
            raise Refusal(refusal.name, detail="acme.mfa.OtpMismatchError: codes differ") from refusal
