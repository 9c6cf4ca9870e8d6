"""Servers that lose one race each, or a crash: nothing that is done one after the other shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection

from reference_server import Rules, Store
from reference_server.inputs import Answer
from reference_server.model import Account, Challenge
from reference_server.sign_in import Attempt
from reference_server.store import address_key


class OpensWhatWasRight(Rules):
    """Opens what a password opened when it was compared, whatever has happened since."""

    def unchanged(self, _attempt: Attempt) -> bool:
        return True


class EndsChallengesAfterTheLock(Rules):
    """Begins a lock, and ends what is pending later."""

    def end_challenges_by_lock(self, attempt: Attempt) -> None:
        """End nothing yet."""

    def locked_meanwhile(self, _attempt: Attempt) -> bool:
        return False

    def reject_password(self, attempt: Attempt) -> NoReturn:
        if self.store.password_lock_end(attempt.account.email) is not None:
            self.store.end_challenges(attempt.account.id)
        super().reject_password(attempt)


class LeavesChallengesToTheLock(Rules):
    """Trusts that a lock is looked at whenever a challenge is, and ends what is pending with the answer alone."""

    def end_challenges_by_lock(self, attempt: Attempt) -> None:
        """End nothing yet."""

    def reject_password(self, attempt: Attempt) -> NoReturn:
        if self.store.password_lock_end(attempt.account.email) is not None:
            self.store.end_challenges(attempt.account.id)
        super().reject_password(attempt)

    def reject_otp(self, attempt: Attempt) -> Answer:
        account = self.store.get_account(attempt.account.id)
        if account and self.lock_end(account, attempt.now) is not None:
            self.store.end_challenges(account.id)
        return super().reject_otp(attempt)


class ForgivesAnyLock(Store):
    """Takes back one failure, whosever, and any lock, for a right password."""

    def forgive_password_attempt(self, address: str, number: int) -> None:  # noqa: ARG002 - that is the fault
        sql = """
            UPDATE password_attempts SET failures = failures - 1, locked_until = NULL
            WHERE address_key = :key AND failures > 0"""
        self.change(sql, key=address_key(address))


class TakesReplacedForEnded(Store):
    """Says of a challenge whose code was replaced that it is over."""

    def find_challenge(self, token_digest: str) -> Challenge | None:
        busy = getattr(self._current, "connection", None) is not None
        return None if busy else super().find_challenge(token_digest)


class CountsAfterComparing(Rules):
    """Counts a code once it has turned out to be wrong."""

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        """Count nothing yet."""

    def reject_otp(self, attempt: Attempt) -> Answer:
        challenge = self.store.find_challenge(self.tokens.digest(attempt.request.text("mfa_token")))
        if challenge is not None:
            super().count_otp_attempt(challenge, attempt)
        return super().reject_otp(attempt)


class CommitsEachStatement(Store):
    """Knows no transactions: every statement counts by itself."""

    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Connection]:  # noqa: ARG002 - that is the fault
        with self._engine.begin() as connection:
            yield connection


class ClaimsLater(Store):
    """Looks whether a new code may be sent, and notes later that one was."""

    def claim_resend(self, user_id: str, now: float, wait: int) -> bool:
        rows = self.rows("SELECT code_sent_at FROM users WHERE id = :id", id=user_id)
        self._set(user_id, code_sent_at=now)
        return all(row["code_sent_at"] is None or row["code_sent_at"] + wait <= now for row in rows)


class SignsOutInMemory(Store):
    """Keeps in its own memory who signed out."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self._over: set[str] = set()

    def end_session(self, jti: str) -> None:
        self._over.add(jti)

    def session_account(self, jti: str) -> Account | None:
        return None if jti in self._over else super().session_account(jti)


LOST: dict[str, tuple[str, type[Any]]] = {
    "opens-what-was-right": ("rules", OpensWhatWasRight),
    "ends-challenges-after-the-lock": ("rules", EndsChallengesAfterTheLock),
    "leaves-challenges-to-the-lock": ("rules", LeavesChallengesToTheLock),
    "forgives-any-lock": ("store", ForgivesAnyLock),
    "takes-replaced-for-ended": ("store", TakesReplacedForEnded),
    "counts-after-comparing": ("rules", CountsAfterComparing),
    "commits-each-statement": ("store", CommitsEachStatement),
    "claims-later": ("store", ClaimsLater),
    "signs-out-in-memory": ("store", SignsOutInMemory),
}
