"""The two stages of a sign-in: the password, then the one-time passcode."""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from . import messages
from .accounts import Accounts
from .delivery import DeliveryFailed
from .inputs import Answer, Request, invalid
from .model import Account, Challenge, Contact, whole_seconds
from .problems import Refusal

CLIENTS = ("web-portal", "servinix-go")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a sign-in, the account that it concerns, the client, and what time it is for the account."""

    request: Request
    account: Account
    client_id: str
    now: float
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


class SignIn(Accounts):
    """Sign-in, passcodes, sessions."""

    # The password stage

    def sign_in(self, request: Request) -> Answer:
        """Check the password; give an access token, or ask for a passcode where MFA is active (MFA-5, MFA-6).

        Raises:
            Refusal: invalid-credentials, account-locked, account-suspended, recovery-required, delivery-failed.
        """
        email, password = request.text("email"), request.text("password")
        client_id = request.choice("client_id", *CLIENTS)
        account = self.account_or_nobody(email)
        attempt = Attempt(request, account, client_id, self.now(account))
        self.refuse_while_locked(attempt)
        number = self.count_password_attempt(attempt)
        if not self.password_matches(account, password):
            self.reject_password(attempt)
        self.forgive_password_attempt(attempt, number)
        if self.mfa_required(attempt):
            return self.ask_for_otp(attempt)
        with self.store.transaction():
            if self.unchanged(attempt):
                return Answer(200, self.open_session(attempt, ["pwd"]))
        return self.sign_in(request)

    def refuse_while_locked(self, attempt: Attempt) -> None:
        """Refuse whatever the password while the account is locked (LOCK-2); the lock's end does not move."""
        end = self.lock_end(attempt.account, attempt.now)
        if end is not None:
            raise Refusal("account-locked", retry_after=end - attempt.now)

    def counted_address(self, attempt: Attempt) -> str:
        """Return what wrong passwords are counted by: the e-mail address, known or not (ASVS 5.0 6.3.8)."""
        return attempt.account.email

    def count_password_attempt(self, attempt: Attempt) -> int:
        """Count an attempt before the password is compared, so that parallel guesses share one budget (LOCK-1).

        With the lock that it begins, what is pending ends: at once, for nothing may come between the two (PATH-4).
        """
        address, limit = self.counted_address(attempt), self.policy.password_failures_before_lock
        with self.store.transaction():
            self.store.hold(attempt.account.id)
            number = self.store.count_password_attempt(address, attempt.now, limit, self.lock_until(attempt.now))
            end = self.store.password_lock_end(address)
            if number and end is not None:
                self.end_challenges_by_lock(attempt)
        if not number:
            raise Refusal("account-locked", retry_after=(end or attempt.now) - attempt.now)
        return number

    def forgive_password_attempt(self, attempt: Attempt, number: int) -> None:
        """Take back what counting a right password did: its count, and a lock that it began."""
        with self.store.transaction():
            self.store.hold(attempt.account.id)
            self.store.forgive_password_attempt(self.counted_address(attempt), number)
            self.store.resume_challenges(attempt.account.id, attempt.id)

    def password_matches(self, account: Account, password: str) -> bool:
        """Compare a password with the account's."""
        return self.passwords.verify(account.password_hash, password)

    def unchanged(self, attempt: Attempt) -> bool:
        """Hold the account, and tell whether a right password still opens what it opened when it was compared.

        If not, because of a lock, a reset or Support meanwhile (PATH-4), the sign-in begins again.
        """
        self.store.hold(attempt.account.id)
        before, account = attempt.account, self.store.get_account(attempt.account.id)
        if account is None or self.lock_end(account, attempt.now) is not None:
            return False
        self.refuse_barred(account)
        return all(getattr(account, it) == getattr(before, it) for it in ("password_hash", "mfa_enabled", "contact"))

    def reject_password(self, _attempt: Attempt) -> NoReturn:
        """Refuse a wrong password."""
        raise Refusal("invalid-credentials")

    def end_challenges_by_lock(self, attempt: Attempt) -> None:
        """End the pending challenges of an account that is now locked, unless the attempt turns out to be right."""
        self.store.suspend_challenges(attempt.account.id, attempt.id)

    def refuse_barred(self, account: Account) -> None:
        """Refuse, after the right password alone, who may not sign in at all (LOCK-4, NIST SP 800-63B-4 3.2.2)."""
        if account.status == "suspended":
            raise Refusal("account-suspended")
        if account.otp_failures_across_locks >= self.policy.recovery_after_failures:
            raise Refusal("recovery-required")

    def mfa_required(self, attempt: Attempt) -> bool:
        """Tell whether the password alone is not enough: whatever the client (MFA-1, MFA-8)."""
        return attempt.account.mfa_enabled

    # The passcode

    def ask_for_otp(self, attempt: Attempt) -> Answer:
        """Send a passcode and open a challenge for it (MFA-3); a failed delivery opens nothing."""
        if not self.unchanged(attempt):
            return self.sign_in(attempt.request)
        token, otp = self.tokens.opaque(), self.draw_otp(attempt)
        self.send_otp(attempt, otp)
        digest = self.tokens.digest(token)
        challenge = Challenge(
            token_digest=digest,
            user_id=attempt.account.id,
            client_id=attempt.client_id,
            otp_digest=self.tokens.otp_digest(digest, otp),
            otp_expires_at=self.otp_expiry(attempt.now),
            expires_at=attempt.now + self.policy.mfa_token_ttl_seconds,
        )
        with self.store.transaction():
            if opens := self.unchanged(attempt):
                self.store.add_challenge(challenge, attempt.now)
        return Answer(202, self.challenge_body(attempt, token, challenge)) if opens else self.sign_in(attempt.request)

    def draw_otp(self, _attempt: Attempt) -> str:
        """Return a new passcode."""
        return self.tokens.draw_otp()

    def otp_expiry(self, now: float) -> float:
        """Return when a passcode that is sent now ends (MFA-17; NIST SP 800-63B-4 3.1.3.2)."""
        return now + self.policy.otp_ttl_seconds

    def recipient_of(self, attempt: Attempt) -> Contact:
        """Return where passcodes go: to the registered contact, and nowhere else (MFA-4)."""
        return attempt.account.recipient

    def send_otp(self, attempt: Attempt, otp: str) -> None:
        """Send a passcode.

        Raises:
            Refusal: delivery-failed.
        """
        content = messages.passcode(otp, self.policy.otp_ttl_seconds)
        try:
            self.delivery.send(self.message_to(self.recipient_of(attempt), content, attempt.now))
        except DeliveryFailed as error:
            raise Refusal("delivery-failed") from error

    def challenge_body(self, attempt: Attempt, token: str, challenge: Challenge) -> dict[str, object]:
        """Return an MfaChallenge; its times are whole seconds from now, a passcode's never beyond its challenge's."""
        contact, remaining = self.recipient_of(attempt), whole_seconds(challenge.expires_at - attempt.now)
        return {
            "mfa_token": token,
            "expires_in": remaining,
            "channel": contact.channel,
            "destination": contact.masked,
            "otp_expires_in": min(self.policy.otp_ttl_seconds, remaining),
            "resend_after": self.policy.resend_after_seconds,
        }

    def pending(self, request: Request) -> tuple[Challenge, Attempt]:
        """Return the challenge of a request's mfa_token while it is open.

        Raises:
            Refusal: mfa-token-rejected, for one that is unknown, ended, expired, guessed at too often, or locked.
        """
        challenge = self.store.find_challenge(self.tokens.digest(request.text("mfa_token")))
        account = self.store.get_account(challenge.user_id) if challenge else None
        if challenge is None or account is None:
            raise Refusal("mfa-token-rejected")
        attempt = Attempt(request, account, challenge.client_id, self.now(account))
        exhausted = challenge.failures >= self.policy.otp_attempts_per_challenge
        if exhausted or self.challenge_expired(challenge, attempt.now) or self.locked_meanwhile(attempt):
            raise Refusal("mfa-token-rejected")
        return challenge, attempt

    def locked_meanwhile(self, attempt: Attempt) -> bool:
        """Tell whether the account was locked since the password stage (LOCK-2)."""
        return self.lock_end(attempt.account, attempt.now) is not None

    def challenge_expired(self, challenge: Challenge, now: float) -> bool:
        """Tell whether a challenge has expired; nothing extends it (TOKEN-8)."""
        return now >= challenge.expires_at

    def verify_otp(self, request: Request) -> Answer:
        """Check the passcode and complete the sign-in (MFA-7).

        Raises:
            Refusal: invalid-request, otp-rejected, mfa-token-rejected.
        """
        otp = self.read_otp(request)
        challenge, attempt = self.pending(request)
        self.count_otp_attempt(challenge, attempt)
        if self.otp_expired(challenge, attempt.now) or not self.otp_matches(attempt, challenge, otp):
            return self.reject_otp(attempt)
        with self.store.transaction():
            self.store.hold(attempt.account.id)
            self.store.resume_challenges(attempt.account.id, attempt.id)
            if self.store.consume_challenge(challenge):
                return Answer(200, self.open_session(attempt, ["pwd", "otp"]))
            replaced = self.store.find_challenge(challenge.token_digest)
            raise Refusal("otp-rejected" if replaced else "mfa-token-rejected")

    def read_otp(self, request: Request) -> str:
        """Return the passcode of a request: ASCII digits of the right number, anything else is malformed (INPUT-1)."""
        otp = request.text("otp")
        if not (otp.isascii() and otp.isdigit() and len(otp) == self.policy.otp_length):
            raise invalid(f"otp must have {self.policy.otp_length} digits.")
        return otp

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        """Count an attempt, for the account and for its challenge, before the passcode is compared (OOB-6, OOB-12).

        With the lock that it begins, or the need of recovery, what is pending ends.
        """
        user_id, now, limit = attempt.account.id, attempt.now, self.policy.otp_failures_before_lock
        digest, guesses = challenge.token_digest, self.policy.otp_attempts_per_challenge
        with self.store.transaction():
            counted = self.store.count_otp_attempt(user_id, now, limit, self.lock_until(now))
            if not (counted and self.store.count_challenge_attempt(digest, guesses)):
                raise Refusal("mfa-token-rejected")
            account = self.store.get_account(user_id) or attempt.account
            failed_too_often = account.otp_failures_across_locks >= self.policy.recovery_after_failures
            if failed_too_often or self.lock_end(account, now) is not None:
                self.end_challenges_by_lock(attempt)

    def otp_expired(self, challenge: Challenge, now: float) -> bool:
        """Tell whether the passcode has expired: at its last second it is still good (RFC 7519 4.1.4)."""
        return now >= challenge.otp_expires_at

    def otp_matches(self, _attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        """Compare a passcode with the one of this very challenge (OOB-5), in constant time."""
        digest = self.tokens.otp_digest(challenge.token_digest, otp)
        return hmac.compare_digest(digest.encode(), challenge.otp_digest.encode())

    def reject_otp(self, _attempt: Attempt) -> Answer:
        """Refuse a passcode (MFA-19)."""
        raise Refusal("otp-rejected")

    def resend_otp(self, request: Request) -> Answer:
        """Send a new passcode for an open challenge; the old one is dead once the new one is on its way (OOB-9).

        Raises:
            Refusal: mfa-token-rejected, resend-too-soon, delivery-failed.
        """
        challenge, attempt = self.pending(request)
        self.claim_resend(attempt)
        otp = self.draw_otp(attempt)
        try:
            self.send_otp(attempt, otp)
        except Refusal:
            self.store.release_resend(attempt.account.id, attempt.now, attempt.account.code_sent_at)
            raise
        digest = self.tokens.otp_digest(challenge.token_digest, otp)
        if not self.store.replace_otp(challenge.token_digest, digest, self.otp_expiry(attempt.now)):
            raise Refusal("mfa-token-rejected")
        return Answer(202, self.challenge_body(attempt, request.text("mfa_token"), challenge))

    def claim_resend(self, attempt: Attempt) -> None:
        """Refuse a passcode too soon after the last one, whichever challenge that was for (MFA-16)."""
        wait = self.policy.resend_after_seconds
        if not self.store.claim_resend(attempt.account.id, attempt.now, wait):
            account = self.store.get_account(attempt.account.id) or attempt.account
            raise Refusal("resend-too-soon", retry_after=(account.code_sent_at or attempt.now) + wait - attempt.now)

    def get_challenge(self, request: Request) -> Answer:
        """Return the MfaChallenge of an open challenge, its times counted from now and 0 when they are over.

        Raises:
            Refusal: invalid-request, mfa-token-rejected.
        """
        challenge, attempt = self.pending(request)
        body = self.challenge_body(attempt, request.text("mfa_token"), challenge)
        ends = min(challenge.otp_expires_at, challenge.expires_at)
        opens = (attempt.account.code_sent_at or 0) + self.policy.resend_after_seconds
        left = {"otp_expires_in": ends - attempt.now, "resend_after": opens - attempt.now}
        return Answer(200, body | {name: whole_seconds(time) if time > 0 else 0 for name, time in left.items()})

    # Sessions

    def open_session(self, attempt: Attempt, amr: Sequence[str]) -> dict[str, object]:
        """Return an AccessToken; a full sign-in clears both counts of failures (NIST SP 800-63B-4 3.2.2)."""
        account, now = attempt.account, attempt.now
        token, claims = self.tokens.issue(account.id, attempt.client_id, amr, now)
        with self.store.transaction():
            self.clear_failures(account)
            self.store.add_session(claims.jti, account.id, claims.exp, now)
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.policy.access_token_ttl_seconds}

    def clear_failures(self, account: Account) -> None:
        """Forget every failure of an account, and end its locks."""
        self.store.clear_otp_attempts(account.id)
        self.store.clear_password_attempts(account.email)

    def sign_out(self, request: Request) -> Answer:
        """End the session of an access token (ASVS 5.0 7.4.1)."""
        _, claims = self.authenticate(request)
        self.store.end_session(claims.jti)
        return Answer(204)

    def get_profile(self, request: Request) -> Answer:
        """Return the Profile of who asks."""
        account, _ = self.authenticate(request)
        record = self.user_record(account)
        return Answer(200, {name: record[name] for name in ("user_id", "email", "organization", "role", "mfa_enabled")})

    def get_jwks(self, _request: Request) -> Answer:
        """Return the key that access tokens are signed with."""
        return Answer(200, self.tokens.jwks(), storable=True)
