"""What happens to one user, or in one sign-in, happens to others too."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from ..inputs import Answer
from ..model import Account, Challenge
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from .registry import fault


@fault("sign-in-ends-other-challenges", severity="M", clause="PATH-5", also_breaks=("PATH-4", "SEND-2"))
class SignInEndsOtherChallenges(Rules):
    """Ends a sign-in that is under way elsewhere when the same user begins another."""

    def ask_for_otp(self, attempt: Attempt) -> Answer:
        self.store.end_challenges(attempt.account.id)
        return super().ask_for_otp(attempt)


@fault("wrong-codes-end-all-challenges", severity="L", clause="PATH-5")
class WrongCodesEndAllChallenges(Rules):
    """Ends every sign-in of a user when wrong codes end one of them."""

    def reject_otp(self, attempt: Attempt) -> Answer:
        challenge = self.store.find_challenge(self.tokens.digest(attempt.request.text("mfa_token")))
        if challenge and challenge.failures >= self.policy.otp_attempts_per_challenge:
            self.store.end_challenges(attempt.account.id)
        return super().reject_otp(attempt)


@fault("wrong-code-ends-other-challenges", severity="L", clause="PATH-5", also_breaks=("PATH-4", "OOB-5"))
class WrongCodeEndsOtherChallenges(Store):
    """Ends the other sign-ins of a user with any wrong code."""

    def count_challenge_attempt(self, token_digest: str, limit: int) -> bool:
        sql = """
            DELETE FROM challenges WHERE token_digest <> :digest
            AND user_id = (SELECT user_id FROM challenges WHERE token_digest = :digest)"""
        self.change(sql, digest=token_digest)
        return super().count_challenge_attempt(token_digest, limit)


@fault("full-sign-in-ends-other-challenges", severity="L", clause="PATH-5")
class FullSignInEndsOtherChallenges(Store):
    """Ends a sign-in that is under way elsewhere when the same user completes another."""

    def consume_challenge(self, challenge: Challenge) -> bool:
        consumed = super().consume_challenge(challenge)
        self.end_challenges(challenge.user_id)
        return consumed


@fault("new-code-ends-other-challenges", severity="M", clause="PATH-5")
class NewCodeEndsOtherChallenges(Store):
    """Ends a sign-in that is under way elsewhere when the same user asks for a new code."""

    def replace_otp(self, token_digest: str, otp_digest: str, otp_expires_at: float) -> bool:
        sql = """
            DELETE FROM challenges WHERE token_digest <> :digest
            AND user_id = (SELECT user_id FROM challenges WHERE token_digest = :digest)"""
        self.change(sql, digest=token_digest)
        return super().replace_otp(token_digest, otp_digest, otp_expires_at)


@fault("lock-ends-challenges-of-colleagues", severity="M", clause="PATH-5")
class LockEndsChallengesOfColleagues(Rules):
    """Ends the pending challenges of a whole organization when one user is locked."""

    def end_challenges_by_lock(self, attempt: Attempt) -> None:
        super().end_challenges_by_lock(attempt)
        sql, own = "SELECT id FROM users WHERE organization = :organization AND id <> :id", attempt.account
        for row in self.store.rows(sql, organization=own.organization, id=own.id):
            self.store.end_challenges(row["id"])


@fault("disable-ends-challenges-of-colleagues", severity="M", clause="PATH-5")
class DisableEndsChallengesOfColleagues(Rules):
    """Ends the pending challenges of a whole organization when MFA is switched off for one user."""

    def end_challenges_by_disable(self, account: Account) -> None:
        sql = "DELETE FROM challenges WHERE user_id IN (SELECT id FROM users WHERE organization = :organization)"
        self.store.change(sql, organization=account.organization)


@fault("reset-ends-sessions-of-colleagues", severity="M", clause="PATH-5")
class ResetEndsSessionsOfColleagues(Rules):
    """Ends the sessions of a whole organization with the password reset of one user."""

    def end_challenges_by_reset(self, account: Account) -> None:
        super().end_challenges_by_reset(account)
        sql = "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE organization = :organization)"
        self.store.change(sql, organization=account.organization)
