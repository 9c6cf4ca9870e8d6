"""Password reset by e-mail (OWASP Forgot Password)."""

from . import messages
from .accounts import Accounts
from .inputs import Answer, Request
from .model import Account, Contact
from .problems import Refusal


class Recovery(Accounts):
    """Asking for a reset link, and using it."""

    def request_password_reset(self, request: Request) -> Answer:
        """Send a reset link, if there is an account; the answer and the work tell nothing (ENUM-4)."""
        account = self.account_or_nobody(request.text("email"))
        now, token = self.now(account), self.tokens.opaque()
        # For an unknown address too: a token of nobody, which opens nothing and is replaced by the next one.
        self.store.replace_reset_token(self.tokens.digest(token), account.id, self.reset_expiry(now))
        if account.id:
            content = messages.reset(self.reset_link(request, token))
            self.delivery.post(self.message_to(self.reset_recipient(request, account), content, now))
        return Answer(202)

    def reset_expiry(self, now: float) -> float:
        """Return when a reset link that is sent now ends (RESET-2)."""
        return now + self.policy.reset_token_ttl_seconds

    def reset_recipient(self, _request: Request, account: Account) -> Contact:
        """Return where the link goes: the stored e-mail address, never a typed one (RESET-1)."""
        return Contact("email", account.email)

    def reset_link(self, _request: Request, token: str) -> str:
        """Return the link, from the configured URL, never from `Host` (CVE-2025-43930)."""
        return f"{self.settings.public_url}/portal/reset?token={token}"

    def reset_password(self, request: Request) -> Answer:
        """Set a new password. Ends sessions, pending challenges and the password lock; signs nobody in (PATH-2).

        Raises:
            Refusal: invalid-request, reset-token-rejected.
        """
        digest, password = self.tokens.digest(request.text("reset_token")), request.password("new_password")
        account = self.store.reset_account(digest)
        if account is None:
            raise Refusal("reset-token-rejected")
        password_hash = self.passwords.hash(password)
        with self.store.transaction():
            self.store.hold(account.id)
            if not self.store.consume_reset_token(digest, self.now(account)):
                raise Refusal("reset-token-rejected")
            self.end_challenges_by_reset(account)
            self.store.end_sessions(account.id)
            self.store.set_password(account.id, password_hash)
            self.store.clear_password_attempts(account.email)
        self.notify(account, "Your password was reset.")
        return Answer(204)

    def end_challenges_by_reset(self, account: Account) -> None:
        """End the sign-ins that began with the old password (PATH-4)."""
        self.store.end_challenges(account.id)
