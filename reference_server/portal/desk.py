"""The desk of Support and of administrators."""

from collections.abc import Callable
from typing import Any

from flask import Response
from flask import request as visit

from ..inputs import Answer, Request
from ..problems import Refusal
from .visits import Visits

_NOTICES = {
    "enabled": "Multi-factor authentication is on. The user was told.",
    "disabled": "Multi-factor authentication is off. The user was told.",
    "unlocked": "The account is unlocked. The user was told.",
}
_ILL_FORMED = "Enter an e-mail address or a phone number, as the channel needs it."


class DeskPages(Visits):
    """Finding a user, and changing how that user signs in. Who may do what is up to the rules."""

    def show_desk(self) -> Response:
        """Show the desk, and the user whose address is looked for."""
        return self.desk(visit.args.get("email", ""), notice=_NOTICES.get(visit.args.get("said", "")))

    def desk(self, email: str, error: Refusal | None = None, notice: str | None = None) -> Response:
        """Return the desk with a user on it."""
        try:
            actor = self.rules.actor(self.request(), "support", "admin")
            found = self.found(email)
        except Refusal as refusal:
            return self.go("show_email") if refusal.name == "access-token-rejected" else self.show_refusal(refusal)
        missed = Refusal("user-not-found") if email and not found else None
        values: dict[str, Any] = {"email": email, "found": found, "role": actor.role, "notice": notice}
        told = error or missed
        return self.refuse("desk", told, **values) if told else self.page("desk", **values)

    def found(self, email: str) -> object:
        """Return the UserRecord of an address, within the reach of who asks."""
        if not email:
            return None
        users = (self.rules.find_users(self.request({"email": email})).body or {})["users"]
        return next(iter(users), None) if isinstance(users, list) else None

    def enable_mfa(self, user_id: str) -> Response:
        """Switch MFA on."""
        contact = {"channel": self.field("channel"), "address": self.field("address").strip()}
        confirmed = bool(self.field("contact_confirmed"))
        request = self.request(contact=contact, contact_confirmed=confirmed)
        return self.change(self.rules.enable_mfa, request, user_id, "enabled")

    def disable_mfa(self, user_id: str) -> Response:
        """Switch MFA off."""
        request = self.request(identity_verified=bool(self.field("identity_verified")))
        return self.change(self.rules.disable_mfa, request, user_id, "disabled")

    def unlock_user(self, user_id: str) -> Response:
        """Let a locked-out user in again."""
        request = self.request(identity_verified=bool(self.field("identity_verified")))
        return self.change(self.rules.unlock_user, request, user_id, "unlocked")

    def change(self, rule: Callable[[Request, str], Answer], request: Request, user_id: str, said: str) -> Response:
        """Change a user, and show what came of it."""
        try:
            record = rule(request, user_id).body or {}
        except Refusal as refusal:
            if refusal.name == "invalid-request":
                refusal = Refusal(refusal.name, detail=_ILL_FORMED)
            return self.desk(self.field("email"), refusal)
        return self.go("show_desk", email=str(record["email"]), said=said)
