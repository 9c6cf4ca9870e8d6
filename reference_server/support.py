"""What Support and an organization's administrators do for users."""

import logging

from .accounts import Accounts
from .inputs import Answer, Request
from .model import Account
from .problems import Refusal

_log = logging.getLogger(__name__)


class Support(Accounts):
    """Finding users, switching MFA on and off, unlocking."""

    def find_users(self, request: Request) -> Answer:
        """Return the UserRecord of an e-mail address, if there is one within reach.

        Raises:
            Refusal: access-token-rejected, forbidden, invalid-request.
        """
        actor = self.actor(request, "support", "admin")
        account = self.find_account(request.parameter("email"))
        found = [account] if account and self.within_reach(actor, account) else []
        return Answer(200, {"users": [self.user_record(account) for account in found]})

    def enable_mfa(self, request: Request, user_id: str) -> Answer:
        """Switch MFA on with a confirmed contact, from the next sign-in on (MFA-9 to MFA-11).

        Raises:
            Refusal: access-token-rejected, forbidden, invalid-request, user-not-found, contact-unconfirmed.
        """
        actor = self.actor(request, "support", "admin")
        contact, confirmed = request.contact(), self.contact_confirmed(request)
        account = self.user(actor, user_id)
        if not confirmed:
            raise Refusal("contact-unconfirmed")
        with self.store.transaction():
            self.store.enable_mfa(account.id, contact)
            # A code that is under way went to the contact of before.
            self.store.end_challenges(account.id)
        return self.changed(account, "Multi-factor authentication was switched on.")

    def contact_confirmed(self, request: Request) -> bool:
        """Tell whether the contact was confirmed with the user (MFA-10)."""
        return request.flag("contact_confirmed")

    def disable_mfa(self, request: Request, user_id: str) -> Answer:
        """Switch MFA off, once the user's identity is verified; what is pending ends (MFA-12, MFA-13).

        Raises:
            Refusal: access-token-rejected, forbidden, invalid-request, user-not-found, identity-unverified.
        """
        account = self.verified_user(request, user_id, "disable")
        with self.store.transaction():
            self.store.disable_mfa(account.id)
            self.end_challenges_by_disable(account)
        return self.changed(account, "Multi-factor authentication was switched off.")

    def end_challenges_by_disable(self, account: Account) -> None:
        """End the sign-ins that wait for a passcode (PATH-4)."""
        self.store.end_challenges(account.id)

    def unlock_user(self, request: Request, user_id: str) -> Answer:
        """End both locks and the need of recovery, once the user's identity is verified (MFA-20).

        Raises:
            Refusal: access-token-rejected, forbidden, invalid-request, user-not-found, identity-unverified.
        """
        account = self.verified_user(request, user_id, "unlock")
        self.unlock(account)
        return self.changed(account, "Your account was unlocked.")

    def unlock(self, account: Account) -> None:
        """Forget every failure of an account, and end its locks."""
        with self.store.transaction():
            self.store.clear_otp_attempts(account.id)
            self.store.clear_password_attempts(account.email)

    def actor(self, request: Request, *roles: str) -> Account:
        """Return who asks, if they have one of the roles."""
        account, _ = self.authenticate(request)
        if account.role not in roles:
            raise Refusal("forbidden")
        return account

    def within_reach(self, actor: Account, account: Account) -> bool:
        """Tell whether somebody may see a user: Support everyone, others their own organization (ADMIN-1)."""
        return actor.role == "support" or actor.organization == account.organization

    def user(self, actor: Account, user_id: str) -> Account:
        """Return the user of a path, as far as the actor may know."""
        account = self.account_of(user_id)
        if account is None or not self.within_reach(actor, account):
            raise Refusal("user-not-found")
        return account

    def verified_user(self, request: Request, user_id: str, operation: str) -> Account:
        """Return the user of a path whose identity Support verified, and put that on record (ADMIN-2)."""
        actor = self.actor(request, "support")
        verified = self.identity_verified(request)
        account = self.user(actor, user_id)
        if not verified:
            raise Refusal("identity-unverified")
        _log.info("%s: user %s, identity verified by %s", operation, account.id, actor.id)
        return account

    def identity_verified(self, request: Request) -> bool:
        """Tell whether the user's identity was verified (MFA-12)."""
        return request.flag("identity_verified")

    def changed(self, account: Account, what: str) -> Answer:
        """Tell the user what was changed, and answer with the UserRecord of now."""
        account = self.store.get_account(account.id) or account
        self.notify(account, what)
        return Answer(200, self.user_record(account))
