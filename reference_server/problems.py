"""Refusals, and how HTTP tells them (RFC 9457)."""

from collections.abc import Mapping

from flask import Response, json, request
from werkzeug.exceptions import HTTPException

from .model import whole_seconds

# Every kind of refusal by its name: HTTP status, title, and what it says unless there is more to say.
PROBLEMS: Mapping[str, tuple[int, str, str]] = {
    "invalid-request": (400, "Invalid request", "The request is not well formed."),
    "invalid-credentials": (401, "Invalid credentials", "The e-mail address or the password is wrong."),
    "otp-rejected": (401, "One-time passcode rejected", "The passcode is wrong, expired or used."),
    "mfa-token-rejected": (401, "Sign-in expired", "Sign in again with the password."),
    "access-token-rejected": (401, "Access token rejected", "A valid access token is needed."),
    "reset-token-rejected": (401, "Reset link rejected", "The link is wrong, expired or used. Ask for a new one."),
    "account-suspended": (403, "Account suspended", "Contact your administrator."),
    "recovery-required": (403, "Recovery required", "Contact Support to recover the account."),
    "forbidden": (403, "Forbidden", "Your role does not allow this."),
    "not-found": (404, "Not found", "There is nothing here."),
    "user-not-found": (404, "User not found", "There is no such user."),
    "method-not-allowed": (405, "Method not allowed", "See the Allow header."),
    "contact-unconfirmed": (409, "Contact unconfirmed", "Confirm the contact with the user first."),
    "identity-unverified": (409, "Identity unverified", "Verify the user's identity first."),
    "user-exists": (409, "User exists", "The e-mail address is taken."),
    "content-too-large": (413, "Content too large", "A request may have 16 KiB."),
    "unsupported-media-type": (415, "Unsupported media type", "Send application/json."),
    "account-locked": (429, "Account locked", "Too many failed attempts. Try again later."),
    "resend-too-soon": (429, "Too soon", "Wait before you ask for another passcode."),
    "internal-error": (500, "Internal error", "The server failed."),
    "delivery-failed": (503, "Delivery failed", "The passcode could not be sent. Try again."),
}
_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "content-too-large", 500: "internal-error"}


class Refusal(Exception):  # noqa: N818 - saying no is an answer, not an error
    """Says no by the name of a problem.

    Args:
        name: a key of `PROBLEMS`.
        retry_after: seconds to wait, where waiting helps; rounded up.
        detail: what to say instead of the problem's own words.
    """

    def __init__(self, name: str, *, retry_after: float | None = None, detail: str | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.retry_after = None if retry_after is None else whole_seconds(retry_after)
        self.detail = detail

    @classmethod
    def of_status(cls, status: int) -> "Refusal":
        """Return what Flask or waitress refuses by itself, in the contract's words."""
        return cls(_BY_STATUS.get(status, "invalid-request"))

    def document(self) -> dict[str, object]:
        """Return the members of a problem (RFC 9457 3.1)."""
        status, title, detail = PROBLEMS[self.name]
        members = {"type": f"urn:servinix:problem:{self.name}", "title": title, "status": status}
        wait = {} if self.retry_after is None else {"retry_after": self.retry_after}
        return members | {"detail": self.detail or detail} | wait


def sent_bearer() -> str | None:
    """Return the token in the request's Authorization header (RFC 6750 2.1), if it has one."""
    sent = request.authorization
    return sent.token if sent and sent.type == "bearer" else None


def refuse(refusal: Refusal) -> Response:
    """Turn a refusal into an answer."""
    status, _, _ = PROBLEMS[refusal.name]
    response = Response(json.dumps(refusal.document()), status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.name == "access-token-rejected":  # RFC 6750 3: no error code where no token was sent
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if sent_bearer() else "Bearer"
    return response


def refuse_http(error: HTTPException) -> Response:
    """Turn what Flask refuses by itself (no route, wrong method, a crash) into an answer."""
    response = refuse(Refusal.of_status(error.code or 500))
    response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return response
