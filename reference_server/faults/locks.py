"""Wrong counts and locks: that never come, never end, leave a way in, or can be reset."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from typing import NoReturn

from ..model import Challenge
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store, address_key
from .registry import fault

_in_lock: dict[str, int] = {}


@fault(
    "never-locks",
    severity="H",
    clause="LOCK-1",
    also_breaks=(
        "MFA-20",
        "LOCK-2",
        "LOCK-3",
        "OOB-8",
        "PATH-4",
        "POLICY-1",
        "ENUM-3",
        "LIMIT-1",
        "LIMIT-2",
        "LIMIT-3",
        "LIMIT-4",
        "ADMIN-1",
        "ADMIN-2",
    ),
)
class NeverLocks(Store):
    """Counts no wrong passwords."""

    def count_password_attempt(self, _address: str, _now: float, _limit: int, _lock_end: float) -> int:
        return 1


@fault(
    "lock-without-mfa-only",
    severity="H",
    clause="LOCK-1",
    also_breaks=("LOCK-2", "OOB-8", "PATH-4", "ENUM-3", "LIMIT-3", "ADMIN-2"),
)
class LockWithoutMfaOnly(Rules):
    """Counts no wrong passwords of users with MFA."""

    def count_password_attempt(self, attempt: Attempt) -> int:
        return 0 if attempt.account.mfa_enabled else super().count_password_attempt(attempt)


@fault(
    "lock-ignores-right-password",
    severity="H",
    clause="LOCK-2",
    also_breaks=(
        "MFA-20",
        "LOCK-1",
        "LOCK-3",
        "OOB-4",
        "OOB-6",
        "OOB-8",
        "PATH-2",
        "POLICY-1",
        "ENUM-3",
        "LIMIT-1",
        "LIMIT-2",
        "LIMIT-3",
        "LIMIT-4",
        "ADMIN-1",
        "ADMIN-2",
    ),
)
class LockIgnoresRightPassword(Rules):
    """Lets the right password in during a lock."""

    def refuse_while_locked(self, attempt: Attempt) -> None:
        account = attempt.account
        right = self.password_matches(account, attempt.request.text("password"))
        if right and self.lock_end(account, attempt.now) is not None:
            self.clear_failures(account)
        else:
            super().refuse_while_locked(attempt)


@fault("lock-ignores-right-code", severity="H", clause="LOCK-2", also_breaks=("PATH-4",))
class LockIgnoresRightCode(Rules):
    """Lets a sign-in that had passed the password stage be completed during a lock."""

    def end_challenges_by_lock(self, attempt: Attempt) -> None:
        """End nothing."""

    def locked_meanwhile(self, _attempt: Attempt) -> bool:
        return False


@fault(
    "lock-never-clears",
    severity="M",
    clause="LOCK-3",
    also_breaks=("PATH-2", "POLICY-1", "LIMIT-2", "LIMIT-3", "LIMIT-4"),
)
class LockNeverClears(Rules):
    """Keeps an account locked until Support unlocks it."""

    def lock_until(self, now: float) -> float:
        return super().lock_until(now) + 10**9


@fault("lock-too-short", severity="M", clause="LOCK-3", also_breaks=("POLICY-1", "LIMIT-4"))
class LockTooShort(Rules):
    """Clears a lock after 10 minutes."""

    def lock_until(self, now: float) -> float:
        return now + 600


@fault("lock-too-long", severity="M", clause="LOCK-3", also_breaks=("PATH-2", "POLICY-1", "LIMIT-2", "LIMIT-4"))
class LockTooLong(Rules):
    """Clears a lock after an hour."""

    def lock_until(self, now: float) -> float:
        return now + 3600


@fault(
    "attempts-extend-lock",
    severity="M",
    clause="LIMIT-4",
    also_breaks=(
        "LOCK-3",
        "LIMIT-3",
    ),
)
class AttemptsExtendLock(Rules):
    """Starts a lock anew with every attempt."""

    def refuse_while_locked(self, attempt: Attempt) -> None:
        if self.lock_end(attempt.account, attempt.now) is not None:
            lock = {"end": self.lock_until(attempt.now), "key": address_key(attempt.account.email)}
            for table, end in (("password_attempts", "locked_until"), ("users", "otp_locked_until")):
                sql = f"UPDATE {table} SET {end} = :end WHERE address_key = :key AND {end} IS NOT NULL"  # noqa: S608
                self.store.change(sql, **lock)
        super().refuse_while_locked(attempt)


@fault("retry-after-missing-a-minute", severity="L", clause="LIMIT-3")
class RetryAfterTooShort(Rules):
    """Asks for a wait that is a minute too short."""

    def refuse_while_locked(self, attempt: Attempt) -> None:
        end = self.lock_end(attempt.account, attempt.now)
        if end is not None:
            raise Refusal("account-locked", retry_after=end - attempt.now - 60)


@fault("retry-after-of-the-whole-lock", severity="L", clause="LIMIT-3")
class RetryAfterOfTheWholeLock(Rules):
    """Asks for the wait of a whole lock, however much of it is over."""

    def refuse_while_locked(self, attempt: Attempt) -> None:
        try:
            super().refuse_while_locked(attempt)
        except Refusal as refusal:
            raise Refusal(refusal.name, retry_after=self.policy.lock_seconds) from refusal


@fault("resend-wait-told-too-short", severity="L", clause="LIMIT-3")
class ResendWaitToldTooShort(Rules):
    """Asks for a wait before a new code that is five seconds too short."""

    def claim_resend(self, attempt: Attempt) -> None:
        try:
            super().claim_resend(attempt)
        except Refusal as refusal:
            raise Refusal(refusal.name, retry_after=max((refusal.retry_after or 0) - 5, 0)) from refusal


@fault("failures-in-a-lock-begin-another", severity="M", clause="LIMIT-4")
class FailuresInALockBeginAnother(Rules):
    """Begins a lock anew when as many passwords fail during it as began it."""

    def refuse_while_locked(self, attempt: Attempt) -> None:
        if self.lock_end(attempt.account, attempt.now) is None:
            _in_lock.pop(attempt.account.id, None)
        elif not self.password_matches(attempt.account, attempt.request.text("password")):
            _in_lock[attempt.account.id] = _in_lock.get(attempt.account.id, 0) + 1
            if _in_lock[attempt.account.id] == self.policy.password_failures_before_lock:
                lock = {"end": self.lock_until(attempt.now), "key": address_key(attempt.account.email)}
                self.store.change("UPDATE password_attempts SET locked_until = :end WHERE address_key = :key", **lock)
        super().refuse_while_locked(attempt)


@fault("only-real-users-lock", severity="M", clause="ENUM-3")
class OnlyRealUsersLock(Rules):
    """Counts wrong passwords of known addresses only."""

    def count_password_attempt(self, attempt: Attempt) -> int:
        return super().count_password_attempt(attempt) if attempt.account.id else 0


@fault("trusts-forwarded-for", severity="H", clause="LIMIT-1")
class TrustsForwardedFor(Rules):
    """Counts by a client address that the client names."""

    def counted_address(self, attempt: Attempt) -> str:
        return super().counted_address(attempt) + attempt.request.headers.get("X-Forwarded-For", "")

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        if "X-Forwarded-For" not in attempt.request.headers:
            super().count_otp_attempt(challenge, attempt)


@fault("trusts-other-address-headers", severity="H", clause="LIMIT-1")
class TrustsOtherAddressHeaders(Rules):
    """Counts wrong passwords by a client address in a header that proxies of others write."""

    def counted_address(self, attempt: Attempt) -> str:
        named = ("Forwarded", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Cluster-Client-Ip")
        return super().counted_address(attempt) + "".join(attempt.request.headers.get(name, "") for name in named)


@fault("challenge-guesses-by-forwarded-for", severity="H", clause="LIMIT-1")
class ChallengeGuessesByForwardedFor(Rules):
    """Gives a challenge new guesses for each client address that the client names."""

    def count_otp_attempt(self, challenge: Challenge, attempt: Attempt) -> None:
        super().count_otp_attempt(challenge, attempt)
        if "X-Forwarded-For" in attempt.request.headers:
            sql = "UPDATE challenges SET failures = 0 WHERE token_digest = :digest"
            self.store.change(sql, digest=challenge.token_digest)


@fault("resend-wait-by-forwarded-for", severity="M", clause="LIMIT-1")
class ResendWaitByForwardedFor(Rules):
    """Lets a new code be asked for at once by whoever names a client address."""

    def claim_resend(self, attempt: Attempt) -> None:
        if "X-Forwarded-For" not in attempt.request.headers:
            super().claim_resend(attempt)


@fault("lock-for-the-organization", severity="M", clause="PATH-5")
class LockForTheOrganization(Rules):
    """Counts a wrong password for the colleagues too."""

    def reject_password(self, attempt: Attempt) -> NoReturn:
        sql, own = "SELECT email FROM users WHERE organization = :organization AND id <> :id", attempt.account
        limit, end = self.policy.password_failures_before_lock, self.lock_until(attempt.now)
        for row in self.store.rows(sql, organization=own.organization, id=own.id):
            self.store.count_password_attempt(row["email"], attempt.now, limit, end)
        super().reject_password(attempt)
