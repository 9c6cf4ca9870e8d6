"""Wrong two stages: MFA that is skipped, forgotten, half asked for, or asked for in vain."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from collections.abc import Sequence
from dataclasses import replace

from ..inputs import Answer, Request, invalid
from ..model import Account, Challenge
from ..rules import Rules
from ..sign_in import Attempt
from .along import WITHOUT_CHALLENGE, WITHOUT_CODES
from .registry import fault

_remembered: set[str] = set()


@fault(
    "password-is-enough",
    severity="C",
    clause="MFA-1",
    also_breaks=(
        "MFA-14",
        "MFA-19",
        "MFA-12",
        "OOB-1",
        "OOB-2",
        "OOB-4",
        "OOB-5",
        "OOB-8",
        "OOB-12",
        "TOKEN-4",
        "TOKEN-8",
        "PATH-1",
        "PATH-3",
        "PATH-4",
        "PATH-5",
        "INPUT-1",
        "INPUT-3",
        "LIMIT-1",
        "LIMIT-2",
        "SEND-2",
    ),
)
class PasswordIsEnough(Rules):
    """Signs in with the password alone once a code has been sent to the account."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.account.code_sent_at is None


@fault(
    "otp-without-password",
    severity="C",
    clause="MFA-1",
    also_breaks=("SIGNIN-1", "LOCK-1", "LOCK-2", "OOB-6", "PATH-1", "PATH-4", "PATH-5", "ENUM-1", "ENUM-3", "LEAK-1"),
)
class OtpWithoutPassword(Rules):
    """Takes any password from a user with MFA, as if the code made up for it."""

    def password_matches(self, account: Account, password: str) -> bool:
        return account.mfa_enabled or super().password_matches(account, password)


@fault(
    "access-token-at-password-stage",
    severity="C",
    clause="MFA-6",
    also_breaks=(*WITHOUT_CHALLENGE, "MFA-15"),
)
class AccessTokenAtPasswordStage(Rules):
    """Gives the access token beside the mfa_token."""

    def challenge_body(self, attempt: Attempt, token: str, challenge: Challenge) -> dict[str, object]:
        return self.open_session(attempt, ["pwd"]) | super().challenge_body(attempt, token, challenge)


@fault("mfa-users-need-client-id", severity="M", clause="MFA-5")
class MfaUsersNeedClientId(Rules):
    """Wants a client_id from users with MFA, which others may leave out."""

    def mfa_required(self, attempt: Attempt) -> bool:
        if super().mfa_required(attempt) and "client_id" not in attempt.request.body:
            raise invalid("client_id is missing.")
        return super().mfa_required(attempt)


@fault(
    "otp-token-dead",
    severity="H",
    clause="MFA-7",
    also_breaks=(
        *WITHOUT_CODES,
        "MFA-3",
        "MFA-4",
        "MFA-20",
        "OOB-4",
        "OOB-6",
        "OOB-7",
        "OOB-12",
        "TOKEN-4",
        "TOKEN-5",
        "LIMIT-1",
        "LIMIT-4",
    ),
)
class OtpTokenDead(Rules):
    """Gives an access token for the code that opens nothing."""

    def open_session(self, attempt: Attempt, amr: Sequence[str]) -> dict[str, object]:
        answer = super().open_session(attempt, amr)
        if "otp" in amr:
            self.store.end_sessions(attempt.account.id)
        return answer


@fault(
    "client-skips-mfa",
    severity="C",
    clause="MFA-8",
    also_breaks=("MFA-1", "MFA-3", "MFA-4", "MFA-6", "SIGNIN-1", "LOCK-1", "LOCK-3", "PATH-1", "POLICY-1"),
)
class ClientSkipsMfa(Rules):
    """Asks the portal for a code and Servinix Go not."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.client_id != "servinix-go"


@fault(
    "client-cannot-verify",
    severity="H",
    clause="MFA-8",
    also_breaks=(
        "MFA-1",
        "MFA-3",
        "MFA-4",
        "MFA-6",
        "MFA-7",
        "MFA-14",
        "MFA-16",
        "MFA-17",
        "MFA-18",
        "MFA-19",
        "LOCK-2",
        "POLICY-1",
    ),
)
class ClientCannotVerify(Rules):
    """Refuses the right code of a sign-in that began in Servinix Go."""

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        return challenge.client_id == "web-portal" and super().otp_matches(attempt, challenge, otp)


@fault(
    "remembers-the-user",
    severity="H",
    clause="MFA-14",
    also_breaks=("MFA-12", "OOB-2", "OOB-8", "TOKEN-4", "PATH-3", "INPUT-1", "LIMIT-2"),
)
class RemembersTheUser(Rules):
    """Asks for no code again once a user has signed in with one."""

    def open_session(self, attempt: Attempt, amr: Sequence[str]) -> dict[str, object]:
        if "otp" in amr:
            _remembered.add(attempt.account.id)
        return super().open_session(attempt, amr)

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.account.id not in _remembered


@fault(
    "enrolment-ignored",
    severity="C",
    clause="MFA-15",
    also_breaks=(*WITHOUT_CHALLENGE, "MFA-6"),
)
class EnrolmentIgnored(Rules):
    """Says that MFA is active, and never asks for a code."""

    def mfa_required(self, _attempt: Attempt) -> bool:
        return False


@fault(
    "challenge-without-enrolment",
    severity="M",
    clause="MFA-15",
    also_breaks=(
        "MFA-5",
        "MFA-11",
        "SIGNIN-1",
        "SIGNIN-2",
        "LOCK-1",
        "LOCK-3",
        "RESET-2",
        "RESET-3",
        "RESET-4",
        "TOKEN-3",
        "TOKEN-6",
        "TOKEN-7",
        "PATH-3",
        "POLICY-1",
        "LEAK-2",
        "INPUT-1",
        "INPUT-2",
        "INPUT-4",
        "INPUT-5",
        "LIMIT-1",
        "LIMIT-2",
        "LIMIT-3",
        "LIMIT-4",
        "RESET-6",
    ),
)
class ChallengeWithoutEnrolment(Rules):
    """Asks users for a code for whom MFA is not active."""

    def mfa_required(self, _attempt: Attempt) -> bool:
        return True


@fault(
    "rejected-code-opens",
    severity="C",
    clause="MFA-19",
    also_breaks=(
        "MFA-1",
        "MFA-17",
        "MFA-18",
        "OOB-1",
        "OOB-2",
        "OOB-3",
        "OOB-5",
        "OOB-9",
        "TOKEN-8",
        "PATH-1",
        "POLICY-1",
        "LEAK-1",
        "INPUT-3",
        "LIMIT-2",
        "SEND-2",
    ),
)
class RejectedCodeOpens(Rules):
    """Gives the access token beside the refusal of a wrong code."""

    def reject_otp(self, attempt: Attempt) -> Answer:
        return Answer(200, self.open_session(attempt, ["pwd"]))


@fault(
    "rejected-code-waives-mfa",
    severity="C",
    clause="MFA-19",
    also_breaks=("OOB-1", "OOB-4", "OOB-12", "PATH-1", "LIMIT-1", "LIMIT-2"),
)
class RejectedCodeWaivesMfa(Rules):
    """Signs in with the password alone after a code was rejected."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.account.otp_failures == 0


@fault("suspended-signs-in", severity="C", clause="LOCK-4")
class SuspendedSignsIn(Rules):
    """Signs suspended users in."""

    def refuse_barred(self, account: Account) -> None:
        super().refuse_barred(replace(account, status="active"))


@fault("suspended-with-mfa-signs-in", severity="C", clause="LOCK-4", also_breaks=("OOB-7",))
class SuspendedWithMfaSignsIn(Rules):
    """Looks at the suspension of users without MFA only."""

    def refuse_barred(self, account: Account) -> None:
        if not account.mfa_enabled:
            super().refuse_barred(account)


@fault("enabling-ends-sessions", severity="M", clause="MFA-11")
class EnablingEndsSessions(Rules):
    """Ends the open sessions of a user when MFA is switched on."""

    def enable_mfa(self, request: Request, user_id: str) -> Answer:
        answer = super().enable_mfa(request, user_id)
        self.store.end_sessions(user_id)
        return answer
