"""The pages of a password reset."""

from flask import Response, session
from flask import request as visit

from ..problems import Refusal
from .visits import Visits


class RecoveryPages(Visits):
    """Asking for a link, and following it."""

    def show_forgot(self) -> Response:
        """Ask for the e-mail address that a link is to go to."""
        sent = visit.args.get("said") == "sent"
        told = "If an account has this address, a link is on its way to it." if sent else None
        return self.page("forgot", email=session.get("email", ""), notice=told)

    def take_forgot(self) -> Response:
        """Send a link, if there is an account; the page tells nothing (ENUM-4)."""
        email = self.field("email")
        if not email:
            return self.page("forgot", 422, email="", error="Enter your e-mail address.")
        self.rules.request_password_reset(self.request(email=email))
        return self.go("show_forgot", said="sent")

    def show_reset(self) -> Response:
        """Ask for a new password; whether the link is any good shows when it is used."""
        token = visit.args.get("token", "")
        return self.page("reset", token=token) if token else self.go("show_forgot")

    def take_reset(self) -> Response:
        """Set the new password; it signs nobody in (PATH-2)."""
        token = self.field("token")
        try:
            self.rules.reset_password(self.request(reset_token=token, new_password=self.field("new_password")))
        except Refusal as refusal:
            if refusal.name == "invalid-request":
                refusal = Refusal(refusal.name, detail="A password has 8 to 128 characters.")
            return self.refuse("reset", refusal, token=token, dead=refusal.name == "reset-token-rejected")
        self.renew()
        return self.go("show_email", said="reset")
