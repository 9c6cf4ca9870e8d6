"""Wrong passcodes: reused, mixed up, immortal, renewed, or not so random."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

import secrets
from collections import defaultdict
from dataclasses import replace
from itertools import count
from typing import NoReturn

from ..inputs import Answer, Request
from ..model import Account, Challenge
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from ..tokens import Tokens
from .racing import linger
from .registry import fault

_last: dict[str, str] = {}
_row = count(secrets.randbelow(10**6))
_used: dict[str, set[str]] = defaultdict(set)
_replaced: dict[str, set[str]] = defaultdict(set)


@fault("code-never-expires", severity="H", clause="MFA-17", also_breaks=("MFA-18", "OOB-1", "POLICY-1"))
class CodeNeverExpires(Rules):
    """Takes a code at any age."""

    def otp_expired(self, _challenge: Challenge, _now: float) -> bool:
        return False


@fault(
    "code-expires-at-once",
    severity="H",
    clause="MFA-17",
    also_breaks=("MFA-16", "OOB-9", "TOKEN-8", "PATH-5", "POLICY-1", "SEND-2"),
)
class CodeExpiresAtOnce(Rules):
    """Takes no code that is older than five seconds."""

    def otp_expired(self, challenge: Challenge, now: float) -> bool:
        return super().otp_expired(challenge, now + self.policy.otp_ttl_seconds - 5)


@fault(
    "code-expires-late",
    severity="M",
    clause="POLICY-1",
    also_breaks=("MFA-17", "MFA-18", "OOB-1"),
)
class CodeExpiresLate(Rules):
    """Takes a code for a minute longer than it says."""

    def otp_expiry(self, now: float) -> float:
        return super().otp_expiry(now) + 60


@fault("code-lives-for-an-hour", severity="M", clause="OOB-1", also_breaks=("MFA-17", "TOKEN-8", "POLICY-1"))
class CodeLivesForAnHour(Rules):
    """Lets a code live for an hour, and says so; the sign-in that it is for lives as long."""

    def otp_expiry(self, now: float) -> float:
        return now + 3600

    def challenge_expired(self, challenge: Challenge, now: float) -> bool:
        return super().challenge_expired(challenge, now - 2 * 3600)

    def challenge_body(self, attempt: Attempt, token: str, challenge: Challenge) -> dict[str, object]:
        return {**super().challenge_body(attempt, token, challenge), "otp_expires_in": 3600, "expires_in": 3 * 3600}


@fault(
    "fresh-code-refused-after-rejection",
    severity="H",
    clause="MFA-18",
    also_breaks=(
        "MFA-19",
        "OOB-2",
        "OOB-4",
        "OOB-5",
        "OOB-6",
        "OOB-8",
        "OOB-9",
        "OOB-12",
        "TOKEN-8",
        "POLICY-1",
        "LEAK-1",
        "LEAK-2",
        "INPUT-3",
        "LIMIT-1",
    ),
)
class FreshCodeRefusedAfterRejection(Rules):
    """Takes no code any more in a sign-in in which one was rejected."""

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        return challenge.failures == 0 and super().otp_matches(attempt, challenge, otp)


@fault("mfa-token-never-expires", severity="H", clause="TOKEN-8", also_breaks=("POLICY-1",))
class MfaTokenNeverExpires(Rules):
    """Takes an mfa_token at any age."""

    def challenge_expired(self, _challenge: Challenge, _now: float) -> bool:
        return False


@fault("mfa-token-renewed", severity="M", clause="TOKEN-8", also_breaks=("POLICY-1",))
class MfaTokenRenewed(Store):
    """Extends an mfa_token with every new code."""

    def replace_otp(self, token_digest: str, otp_digest: str, otp_expires_at: float) -> bool:
        sql = "UPDATE challenges SET expires_at = :until WHERE token_digest = :token_digest"
        self.change(sql, until=otp_expires_at + 300, token_digest=token_digest)
        return super().replace_otp(token_digest, otp_digest, otp_expires_at)


@fault("mfa-token-renewed-by-wrong-code", severity="M", clause="TOKEN-8", also_breaks=("POLICY-1",))
class MfaTokenRenewedByWrongCode(Store):
    """Extends an mfa_token with every wrong code."""

    def count_challenge_attempt(self, token_digest: str, limit: int) -> bool:
        sql = "UPDATE challenges SET expires_at = expires_at + 60 WHERE token_digest = :digest"
        self.change(sql, digest=token_digest)
        return super().count_challenge_attempt(token_digest, limit)


@fault("challenge-life-told-anew", severity="L", clause="POLICY-1")
class ChallengeLifeToldAnew(Rules):
    """Tells with a new code that the challenge lives as long as when it began."""

    def challenge_body(self, attempt: Attempt, token: str, challenge: Challenge) -> dict[str, object]:
        return super().challenge_body(attempt, token, challenge) | {"expires_in": self.policy.mfa_token_ttl_seconds}


@fault("policy-published-is-another", severity="L", clause="POLICY-1")
class PolicyPublishedIsAnother(Rules):
    """Publishes longer lives of codes, challenges and access tokens than it has, and a shorter wait."""

    def get_policy(self, request: Request) -> Answer:
        other = {
            "otp_ttl_seconds": 400,
            "mfa_token_ttl_seconds": 700,
            "access_token_ttl_seconds": 1000,
            "resend_after_seconds": 20,
        }
        answer = super().get_policy(request)
        return replace(answer, body={**(answer.body or {}), **other})


@fault("code-of-another-user", severity="C", clause="OOB-5")
class CodeOfAnotherUser(Rules):
    """Takes A's code with B's mfa_token."""

    def otp_matches(self, _attempt: Attempt, _challenge: Challenge, otp: str) -> bool:
        rows = self.store.rows("SELECT token_digest, otp_digest FROM challenges")
        return any(self.tokens.otp_digest(row["token_digest"], otp) == row["otp_digest"] for row in rows)


@fault("code-of-another-challenge", severity="H", clause="OOB-5")
class CodeOfAnotherChallenge(Rules):
    """Takes the code of an earlier challenge of the same user."""

    def otp_matches(self, attempt: Attempt, _challenge: Challenge, otp: str) -> bool:
        sql = "SELECT token_digest, otp_digest FROM challenges WHERE user_id = :id"
        rows = self.store.rows(sql, id=attempt.account.id)
        return any(self.tokens.otp_digest(row["token_digest"], otp) == row["otp_digest"] for row in rows)


@fault("code-reusable", severity="H", clause="OOB-2")
class CodeReusable(Rules):
    """Takes a used code again, with a fresh mfa_token."""

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        used = _used[attempt.account.id]
        if super().otp_matches(attempt, challenge, otp):
            used.add(otp)
        return otp in used


@fault("mfa-token-reusable", severity="H", clause="OOB-2", also_breaks=("PATH-3", "SEND-1"))
class MfaTokenReusable(Store):
    """Takes a used mfa_token again."""

    def consume_challenge(self, _challenge: Challenge) -> bool:
        return True


@fault("double-spend", severity="H", clause="OOB-2")
class DoubleSpend(Store):
    """Gives two tokens for two simultaneous right codes: it looks first and writes later."""

    def find_challenge(self, token_digest: str) -> Challenge | None:
        found = super().find_challenge(token_digest)
        linger()
        return found

    def count_challenge_attempt(self, token_digest: str, limit: int) -> bool:
        super().count_challenge_attempt(token_digest, limit)
        return True

    def consume_challenge(self, challenge: Challenge) -> bool:
        super().consume_challenge(challenge)
        return True


@fault("old-code-after-resend", severity="M", clause="OOB-9")
class OldCodeAfterResend(Rules):
    """Keeps the old code valid beside the new one."""

    def resend_otp(self, request: Request) -> Answer:
        old, answer = self.pending(request)[0], super().resend_otp(request)
        _replaced[old.token_digest].add(old.otp_digest)
        return answer

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        old = self.tokens.otp_digest(challenge.token_digest, otp) in _replaced[challenge.token_digest]
        return old or super().otp_matches(attempt, challenge, otp)


@fault(
    "new-code-after-resend-dead",
    severity="H",
    clause="OOB-9",
    also_breaks=("MFA-16", "MFA-18", "OOB-4", "TOKEN-1", "TOKEN-8", "PATH-4", "PATH-5", "POLICY-1", "LEAK-1", "SEND-2"),
)
class NewCodeAfterResendDead(Store):
    """Sends a new code and keeps to the old one."""

    def replace_otp(self, _token_digest: str, _otp_digest: str, _otp_expires_at: float) -> bool:
        return True


@fault("same-code-on-resend", severity="L", clause="OOB-9")
class SameCodeOnResend(Rules):
    """Sends the old code again when a new one is asked for."""

    def draw_otp(self, attempt: Attempt) -> str:
        if "mfa_token" not in attempt.request.body:
            _last[attempt.account.id] = super().draw_otp(attempt)
        return _last[attempt.account.id]


@fault("no-leading-zero", severity="M", clause="OOB-3")
class NoLeadingZero(Tokens):
    """Draws codes from 100000 to 999999 only."""

    def draw_otp(self) -> str:
        otp = super().draw_otp()
        return self.draw_otp() if otp.startswith("0") else otp


@fault("codes-in-a-row", severity="H", clause="OOB-3")
class CodesInARow(Rules):
    """Counts codes up, from one to the next, over all users."""

    def draw_otp(self, _attempt: Attempt) -> str:
        return f"{next(_row) * 7919 % 10**6:06}"


@fault("codes-from-a-small-range", severity="H", clause="OOB-3")
class CodesFromASmallRange(Tokens):
    """Draws four digits only, and puts zeros before them."""

    def draw_otp(self) -> str:
        return f"00{super().draw_otp()[2:]}"


@fault("leading-zero-lost", severity="M", clause="OOB-3")
class LeadingZeroLost(Rules):
    """Compares codes as numbers, so that one with a leading zero works without it."""

    def read_otp(self, request: Request) -> str:
        otp = request.text("otp")
        padded = otp.zfill(self.policy.otp_length) if otp else otp
        return super().read_otp(replace(request, body={**request.body, "otp": padded}))


@fault("code-by-the-clock", severity="H", clause="OOB-3", also_breaks=("OOB-2", "OOB-5"))
class CodeByTheClock(Rules):
    """Derives the code from the second, the same for everybody."""

    def draw_otp(self, attempt: Attempt) -> str:
        return f"{int(attempt.now) * 7919 % 10**6:06}"


@fault("challenge-survives-reset", severity="H", clause="PATH-4")
class ChallengeSurvivesReset(Rules):
    """Lets a pending challenge outlive a password reset."""

    def end_challenges_by_reset(self, account: Account) -> None:
        """End nothing."""


@fault("challenge-survives-lock", severity="H", clause="PATH-4")
class ChallengeSurvivesLock(Rules):
    """Lets a pending challenge outlive a lock: it works again once Support has unlocked."""

    def end_challenges_by_lock(self, attempt: Attempt) -> None:
        """End nothing."""


@fault("challenge-survives-disable", severity="M", clause="PATH-4", also_breaks=("MFA-13",))
class ChallengeSurvivesDisable(Rules):
    """Lets a pending challenge outlive the disabling of MFA."""

    def end_challenges_by_disable(self, account: Account) -> None:
        """End nothing."""


@fault("challenge-survives-otp-lock", severity="H", clause="PATH-4")
class ChallengeSurvivesOtpLock(Rules):
    """Lets a pending challenge outlive a lock that wrong codes in another one began."""

    def end_challenges_by_lock(self, attempt: Attempt) -> None:
        if "otp" not in attempt.request.body:
            super().end_challenges_by_lock(attempt)


@fault("wrong-password-ends-challenges", severity="L", clause="PATH-4", also_breaks=("LOCK-2",))
class WrongPasswordEndsChallenges(Rules):
    """Ends the pending challenges of whomever anybody enters a wrong password for."""

    def reject_password(self, attempt: Attempt) -> NoReturn:
        self.store.end_challenges(attempt.account.id)
        super().reject_password(attempt)
