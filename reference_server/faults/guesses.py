"""Wrong budgets of guesses: given anew, or not counted everywhere."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from dataclasses import replace
from typing import NoReturn

from ..inputs import Answer, Request
from ..model import Account, Challenge
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from .registry import fault


@fault("resend-resets-account-count", severity="H", clause="OOB-4")
class ResendResetsAccountCount(Rules):
    """Forgets, with a new code, the wrong ones that lead to a lock, and keeps those of the challenge alone."""

    def resend_otp(self, request: Request) -> Answer:
        challenge, _ = self.pending(request)
        answer = super().resend_otp(request)
        self.store.clear_otp_attempts(challenge.user_id)
        return answer


@fault("one-client-uncounted", severity="H", clause="OOB-6")
class OneClientUncounted(Rules):
    """Counts no wrong codes that come from Servinix Go."""

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        if challenge.client_id != "servinix-go":
            super().count_otp_attempt(challenge, attempt)


@fault("wrong-password-forgets-codes", severity="H", clause="OOB-6")
class WrongPasswordForgetsCodes(Rules):
    """Keeps one count for both stages, which begins anew with a failure in the other one."""

    def reject_password(self, attempt: Attempt) -> NoReturn:
        self.store.clear_otp_attempts(attempt.account.id)
        super().reject_password(attempt)


@fault("full-sign-in-keeps-password-count", severity="M", clause="OOB-8")
class FullSignInKeepsPasswordCount(Rules):
    """Counts wrong passwords on after a full sign-in of a user with MFA."""

    def clear_failures(self, account: Account) -> None:
        self.store.clear_otp_attempts(account.id)
        if not account.mfa_enabled:
            self.store.clear_password_attempts(account.email)


@fault("recovery-after-a-thousand", severity="M", clause="OOB-7")
class RecoveryAfterAThousand(Rules):
    """Asks for recovery after a thousand wrong codes in a row, and says so."""

    def refuse_barred(self, account: Account) -> None:
        tenth = account.otp_failures_across_locks // 10
        super().refuse_barred(replace(account, otp_failures_across_locks=tenth))

    def get_policy(self, request: Request) -> Answer:
        answer = super().get_policy(request)
        return replace(answer, body={**(answer.body or {}), "recovery_after_failures": 1000})


@fault("lock-forgets-failures", severity="H", clause="OOB-7")
class LockForgetsFailures(Store):
    """Begins to count wrong codes anew after each lock, also towards recovery."""

    def count_otp_attempt(self, user_id: str, now: float, limit: int, lock_end: float) -> bool:
        sql = """
            UPDATE users SET otp_failures_across_locks = 0
            WHERE id = :user_id AND otp_locked_until IS NOT NULL AND otp_locked_until <= :now"""
        self.change(sql, user_id=user_id, now=now)
        return super().count_otp_attempt(user_id, now, limit, lock_end)
