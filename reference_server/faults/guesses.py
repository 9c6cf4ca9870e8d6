"""Wrong budgets of guesses: given anew, or not counted everywhere."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from collections import Counter
from dataclasses import replace
from typing import NoReturn

from ..inputs import Answer, Request
from ..model import Account, Challenge
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store, address_key
from .racing import linger
from .registry import fault

_under_way: Counter[str] = Counter()


@fault(
    "no-guess-limit",
    severity="C",
    clause="OOB-6",
    also_breaks=(
        "MFA-20",
        "OOB-4",
        "OOB-7",
        "OOB-8",
        "OOB-12",
        "PATH-2",
        "PATH-4",
        "PATH-5",
        "LIMIT-1",
        "LIMIT-2",
        "LIMIT-3",
    ),
)
class NoGuessLimit(Rules):
    """Lets codes be guessed without end."""

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        """Count nothing."""


@fault(
    "otp-failures-not-counted",
    severity="H",
    clause="OOB-6",
    also_breaks=("MFA-20", "OOB-4", "OOB-7", "OOB-8", "PATH-2", "PATH-4", "LIMIT-1", "LIMIT-3"),
)
class OtpFailuresNotCounted(Store):
    """Locks for wrong passwords only: every new challenge can be guessed at anew."""

    def count_otp_attempt(self, _user_id: str, _now: float, _limit: int, _lock_end: float) -> bool:
        return True


@fault(
    "count-rolled-back",
    severity="C",
    clause="OOB-6",
    also_breaks=(
        "MFA-20",
        "OOB-4",
        "OOB-7",
        "OOB-8",
        "OOB-12",
        "PATH-2",
        "PATH-4",
        "PATH-5",
        "LIMIT-1",
        "LIMIT-2",
        "LIMIT-3",
    ),
)
class CountRolledBack(Rules):
    """Takes the count of a failed attempt back with the transaction in which it fails."""

    def verify_otp(self, request: Request) -> Answer:
        with self.store.transaction():
            return super().verify_otp(request)


@fault("count-not-atomic", severity="H", clause="LIMIT-2")
class CountNotAtomic(Rules):
    """Lets parallel guesses all pass: it reads the count first and writes it later."""

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        linger()
        failures, guesses = attempt.account.otp_failures + 1, challenge.failures + 1
        end = self.lock_until(attempt.now) if failures >= self.policy.otp_failures_before_lock else None
        sql = "UPDATE users SET otp_failures = :n, otp_locked_until = :end WHERE id = :id"
        self.store.change(sql, n=failures, end=end, id=attempt.account.id)
        if end is not None:
            self.end_challenges_by_lock(attempt)
        sql = "UPDATE challenges SET failures = :n WHERE token_digest = :digest"
        self.store.change(sql, n=guesses, digest=challenge.token_digest)


@fault("password-count-not-atomic", severity="H", clause="LIMIT-2")
class PasswordCountNotAtomic(Rules):
    """Lets parallel guesses of the password all pass: it reads the count first and writes it later."""

    def count_password_attempt(self, attempt: Attempt) -> int:
        key = address_key(self.counted_address(attempt))
        sql = "SELECT failures FROM password_attempts WHERE address_key = :key"
        failures = sum(row["failures"] for row in self.store.rows(sql, key=key))
        linger()
        sql = "UPDATE password_attempts SET failures = :n WHERE address_key = :key"
        self.store.change(sql, key=key, n=failures)
        return super().count_password_attempt(attempt)


@fault("resend-resets-count", severity="H", clause="OOB-4")
class ResendResetsCount(Rules):
    """Forgets wrong codes when it sends a new one."""

    def resend_otp(self, request: Request) -> Answer:
        challenge, _ = self.pending(request)
        answer = super().resend_otp(request)
        self.store.clear_otp_attempts(challenge.user_id)
        sql = "UPDATE challenges SET failures = 0 WHERE token_digest = :digest"
        self.store.change(sql, digest=challenge.token_digest)
        return answer


@fault(
    "sign-in-resets-count",
    severity="H",
    clause="OOB-6",
    also_breaks=("MFA-20", "OOB-4", "OOB-7", "OOB-8", "PATH-2", "PATH-4", "LIMIT-1", "LIMIT-3"),
)
class SignInResetsCount(Rules):
    """Gives a new budget of wrong codes with every right password."""

    def ask_for_otp(self, attempt: Attempt) -> Answer:
        self.store.clear_otp_attempts(attempt.account.id)
        return super().ask_for_otp(attempt)


@fault("password-stage-clears-password-count", severity="H", clause="OOB-8")
class PasswordStageClearsPasswordCount(Rules):
    """Forgets wrong passwords after the first of two stages."""

    def ask_for_otp(self, attempt: Attempt) -> Answer:
        self.store.clear_password_attempts(attempt.account.email)
        return super().ask_for_otp(attempt)


@fault("full-sign-in-keeps-count", severity="M", clause="OOB-8", also_breaks=("LIMIT-1", "LIMIT-2"))
class FullSignInKeepsCount(Rules):
    """Counts wrong codes on after a full sign-in."""

    def clear_failures(self, account: Account) -> None:
        self.store.clear_password_attempts(account.email)


@fault("recovery-never-required", severity="H", clause="OOB-7")
class RecoveryNeverRequired(Rules):
    """Lets codes be guessed lock after lock for ever."""

    def refuse_barred(self, account: Account) -> None:
        try:
            super().refuse_barred(account)
        except Refusal as refusal:
            if refusal.name != "recovery-required":
                raise


@fault(
    "challenge-outlives-wrong-codes",
    severity="M",
    clause="OOB-12",
    also_breaks=("OOB-4", "PATH-5", "LIMIT-1", "LIMIT-2"),
)
class ChallengeOutlivesWrongCodes(Rules):
    """Lets all wrong codes up to the account's lock be spent on one challenge."""

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        super().count_otp_attempt(challenge, attempt)
        sql = "UPDATE challenges SET failures = 0 WHERE token_digest = :digest"
        self.store.change(sql, digest=challenge.token_digest)


@fault("guesses-at-once-count-twice", severity="M", clause="LIMIT-2")
class GuessesAtOnceCountTwice(Rules):
    """Counts a guess of the password once more for each that is under way, so that a slip on two devices locks."""

    def count_password_attempt(self, attempt: Attempt) -> int:
        _under_way[attempt.account.email] += 1
        try:
            linger()
            for _ in range(_under_way[attempt.account.email]):
                number = super().count_password_attempt(attempt)
            return number
        finally:
            _under_way[attempt.account.email] -= 1


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
