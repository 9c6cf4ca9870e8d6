"""The sign-in as the contract tells it: what a right server answers, and what is so afterwards.

Written from the contract alone. Where it leaves open what happens, the word "assumed" says what is taken for right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

PASSWORD_LENGTHS = range(8, 129)


class Verdict(NamedTuple):
    """`signed-in`, `code-asked`, `done`, or the name of a problem; and the wait in seconds where one is told."""

    name: str
    wait: int | None = None


@dataclass
class Challenge:
    token: str
    client: str
    ends: int
    codes: list[str]
    code_ends: int
    guesses: int = 0
    over: bool = False


@dataclass
class Session:
    token: str
    ends: int
    over: bool = False


@dataclass
class User:
    """One user, or an address that nobody has: no password is right for it."""

    policy: Mapping[str, int]
    email: str
    password: str | None
    contact: tuple[str, str] | None
    mfa: bool
    now: int
    status: str = "active"
    id: str = ""
    wrong_passwords: int = 0
    password_lock: int | None = None
    wrong_codes: int = 0
    code_lock: int | None = None
    wrong_codes_across_locks: int = 0
    code_sent_at: int | None = None
    reset_token: str | None = None
    reset_ends: int = 0
    old_passwords: list[str] = field(default_factory=list)
    challenges: list[Challenge] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    sent: Counter[str] = field(default_factory=Counter)

    @property
    def address(self) -> str:
        """Where codes and notices go; assumed: to the e-mail address where there is no contact."""
        return self.contact[1] if self.contact else self.email

    @property
    def locked_until(self) -> int | None:
        ends = [end for end in (self.password_lock, self.code_lock) if end is not None and end > self.now]
        return max(ends, default=None)

    @property
    def resend_opens(self) -> int:
        """When the next code may be asked for."""
        return (self.code_sent_at or 0) + self.policy["resend_after_seconds"]

    # The password stage

    def sign_in(self, password: str) -> Verdict:  # noqa: PLR0911 - a way it can end each
        if self.locked_until is not None:
            return Verdict("account-locked", self.locked_until - self.now)
        self._forget_ended_locks()
        if password != self.password:
            self.wrong_passwords += 1
            if self.wrong_passwords == self.policy["password_failures_before_lock"]:
                self.password_lock = self.now + self.policy["lock_seconds"]
                self._end_challenges()
            return Verdict("invalid-credentials")
        if self.status == "suspended":
            return Verdict("account-suspended")
        if self.wrong_codes_across_locks >= self.policy["recovery_after_failures"]:
            return Verdict("recovery-required")
        if not self.mfa:
            self._full_sign_in()
            return Verdict("signed-in")
        if not self._send(self.address):
            return Verdict("delivery-failed")
        self.code_sent_at = self.now
        return Verdict("code-asked")

    def challenged(self, token: str, code: str, client: str) -> None:
        """Note what the server gave for a right password."""
        ends, code_ends = (self.now + self.policy[f"{name}_ttl_seconds"] for name in ("mfa_token", "otp"))
        self.challenges.append(Challenge(token, client, ends, [code], code_ends))

    # The passcode

    def is_open(self, challenge: Challenge) -> bool:
        exhausted = challenge.guesses >= self.policy["otp_attempts_per_challenge"]
        return not (challenge.over or exhausted or self.now >= challenge.ends or self.locked_until is not None)

    def verify(self, challenge: Challenge, otp: str) -> Verdict:
        if not (len(otp) == self.policy["otp_length"] and set(otp) <= set("0123456789")):
            return Verdict("invalid-request")
        if not self.is_open(challenge):
            return Verdict("mfa-token-rejected")
        if otp == challenge.codes[-1] and self.now < challenge.code_ends:
            challenge.over = True
            self._full_sign_in()
            return Verdict("signed-in")
        self._forget_ended_locks()
        challenge.guesses += 1
        self.wrong_codes += 1
        self.wrong_codes_across_locks += 1
        if self.wrong_codes == self.policy["otp_failures_before_lock"]:
            self.code_lock = self.now + self.policy["lock_seconds"]
            self._end_challenges()
        if self.wrong_codes_across_locks >= self.policy["recovery_after_failures"]:
            self._end_challenges()  # assumed: who has to recover the account completes no sign-in
        return Verdict("otp-rejected")

    def resend(self, challenge: Challenge) -> Verdict:
        if not self.is_open(challenge):
            return Verdict("mfa-token-rejected")
        if self.now < self.resend_opens:
            return Verdict("resend-too-soon", self.resend_opens - self.now)
        if not self._send(self.address):
            return Verdict("delivery-failed")
        self.code_sent_at = self.now
        challenge.code_ends = self.now + self.policy["otp_ttl_seconds"]
        return Verdict("code-asked")

    def _forget_ended_locks(self) -> None:
        # A lock that is over starts a new count.
        if self.password_lock is not None and self.password_lock <= self.now:
            self.wrong_passwords, self.password_lock = 0, None
        if self.code_lock is not None and self.code_lock <= self.now:
            self.wrong_codes, self.code_lock = 0, None

    def _full_sign_in(self) -> None:
        self.wrong_passwords = self.wrong_codes = self.wrong_codes_across_locks = 0
        self.password_lock = self.code_lock = None

    def _end_challenges(self) -> None:
        for challenge in self.challenges:
            challenge.over = True

    # Sessions

    def signed_in(self, token: str) -> None:
        """Note the access token that the server gave for a full sign-in."""
        self.sessions.append(Session(token, self.now + self.policy["access_token_ttl_seconds"]))

    def opens(self, session: Session) -> bool:
        return not session.over and self.now < session.ends

    def sign_out(self, session: Session) -> Verdict:
        if not self.opens(session):
            return Verdict("access-token-rejected")
        session.over = True
        return Verdict("done")

    # Password reset

    def ask_reset(self) -> None:
        self._send(self.email)
        self.reset_token = None  # assumed: the link before is dead even where the new one does not arrive
        self.reset_ends = self.now + self.policy["reset_token_ttl_seconds"]

    def reset(self, token: str, password: str) -> Verdict:
        if len(password) not in PASSWORD_LENGTHS:
            return Verdict("invalid-request")
        if token != self.reset_token or self.now >= self.reset_ends:
            return Verdict("reset-token-rejected")
        if self.password is not None:
            self.old_passwords.append(self.password)
        self.password, self.reset_token = password, None
        self.wrong_passwords, self.password_lock = 0, None  # assumed: the count goes with the lock
        self._end_challenges()
        for session in self.sessions:
            session.over = True
        self._send(self.address)
        return Verdict("done")

    # Support

    def enable(self, contact: tuple[str, str], *, confirmed: bool) -> Verdict:
        if not confirmed:
            return Verdict("contact-unconfirmed")
        self.mfa, self.contact = True, contact
        self._end_challenges()  # assumed: a code that went to another contact is of no use any more
        self._send(self.address)
        return Verdict("done")

    def disable(self, *, verified: bool) -> Verdict:
        if not verified:
            return Verdict("identity-unverified")
        self.mfa = False
        self._end_challenges()
        self._send(self.address)
        return Verdict("done")

    def unlock(self, *, verified: bool) -> Verdict:
        if not verified:
            return Verdict("identity-unverified")
        self._full_sign_in()
        self._send(self.address)
        return Verdict("done")

    def _send(self, address: str) -> bool:
        if address in self.unreachable:
            return False
        self.sent[address] += 1
        return True
