"""Wrong two stages: MFA that is skipped, forgotten, half asked for, or asked for in vain."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import flask

from ..inputs import Answer, Request, invalid
from ..model import Account, Challenge
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from ..tokens import Claims
from .registry import fault

_remembered: set[str] = set()


@fault(
    "password-is-enough",
    severity="C",
    clause="MFA-1",
    also_breaks=("MFA-14", "MFA-19", "MFA-12", "OOB-4", "OOB-8", "OOB-12"),
)
class PasswordIsEnough(Rules):
    """Signs in with the password alone once a code has been sent to the account."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.account.code_sent_at is None


@fault(
    "otp-without-password",
    severity="C",
    clause="MFA-1",
    also_breaks=("SIGNIN-1", "LOCK-1", "LOCK-2", "OOB-6"),
)
class OtpWithoutPassword(Rules):
    """Takes any password from a user with MFA, as if the code made up for it."""

    def password_matches(self, account: Account, password: str) -> bool:
        return account.mfa_enabled or super().password_matches(account, password)


@fault(
    "access-token-at-password-stage",
    severity="C",
    clause="MFA-6",
    also_breaks=(
        "MFA-1",
        "MFA-3",
        "MFA-4",
        "MFA-5",
        "MFA-2",
        "MFA-9",
        "MFA-10",
        "MFA-11",
        "MFA-12",
        "MFA-15",
        "MFA-20",
        "SIGNIN-1",
        "LOCK-1",
        "LOCK-3",
        "RESET-4",
        "OOB-8",
        "POLICY-1",
    ),
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
        "MFA-1",
        "MFA-3",
        "MFA-4",
        "MFA-6",
        "MFA-14",
        "MFA-16",
        "MFA-17",
        "MFA-18",
        "MFA-19",
        "MFA-9",
        "MFA-15",
        "MFA-20",
        "LOCK-2",
        "RESET-4",
        "OOB-4",
        "OOB-6",
        "OOB-8",
        "OOB-12",
        "POLICY-1",
        "TOKEN-8",
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
    also_breaks=(
        "MFA-1",
        "MFA-3",
        "MFA-4",
        "MFA-6",
        "SIGNIN-1",
        "LOCK-1",
        "LOCK-3",
        "POLICY-1",
    ),
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


@fault("remembers-the-user", severity="H", clause="MFA-14", also_breaks=("MFA-12", "OOB-8"))
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
    also_breaks=(
        "MFA-1",
        "MFA-3",
        "MFA-4",
        "MFA-5",
        "MFA-6",
        "MFA-2",
        "MFA-9",
        "MFA-10",
        "MFA-11",
        "MFA-12",
        "MFA-20",
        "SIGNIN-1",
        "LOCK-1",
        "LOCK-3",
        "RESET-4",
        "OOB-8",
        "POLICY-1",
    ),
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
        "POLICY-1",
        "LIMIT-4",
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
        "POLICY-1",
        "TOKEN-8",
    ),
)
class RejectedCodeOpens(Rules):
    """Gives the access token beside the refusal of a wrong code."""

    def reject_otp(self, attempt: Attempt) -> Answer:
        return Answer(200, self.open_session(attempt, ["pwd"]))


@fault("rejected-code-waives-mfa", severity="C", clause="MFA-19", also_breaks=("OOB-4", "OOB-12"))
class RejectedCodeWaivesMfa(Rules):
    """Signs in with the password alone after a code was rejected."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.account.otp_failures == 0


@fault("header-skips-mfa", severity="H", clause="PATH-1")
class HeaderSkipsMfa(Rules):
    """Lets `X-Forwarded-For: 127.0.0.1` in without a code."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.request.headers.get("X-Forwarded-For") != "127.0.0.1"


@fault("user-agent-skips-mfa", severity="H", clause="PATH-1")
class UserAgentSkipsMfa(Rules):
    """Asks no probe of the operations team for a code, and whoever says to be one."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and "probe" not in attempt.request.headers.get("User-Agent", "")


@fault("remote-user-believed", severity="C", clause="PATH-1")
class RemoteUserBelieved(Rules):
    """Believes a header that says who has signed in at a proxy, whoever sends it."""

    def authenticate(self, request: Request) -> tuple[Account, Claims]:
        account = self.find_account(request.headers.get("X-Remote-User", ""))
        return (account, Claims(account.id, "", 0)) if account else super().authenticate(request)


@fault("old-client-skips-mfa", severity="H", clause="PATH-1")
class OldClientSkipsMfa(Rules):
    """Signs a client in without a code that was there before MFA was."""

    def sign_in(self, request: Request) -> Answer:
        if request.body.get("client_id") == "legacy":
            return super().sign_in(replace(request, body={**request.body, "client_id": "servinix-go", "old": True}))
        return super().sign_in(request)

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and "old" not in attempt.request.body


@fault("put-skips-mfa", severity="H", clause="PATH-1", also_breaks=("INPUT-4",))
class PutSkipsMfa(Rules):
    """Signs in by PUT too, and without a code then."""

    further_methods: ClassVar[Mapping[str, tuple[str, ...]]] = {"sign_in": ("PUT",)}

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and flask.request.method != "PUT"


@fault("code-finds-its-user", severity="H", clause="PATH-3")
class CodeFindsItsUser(Rules):
    """Takes the code from whoever names its user, without an mfa_token."""

    def pending(self, request: Request) -> tuple[Challenge, Attempt]:
        account = self.find_account(str(request.body.get("email")))
        sql = "SELECT * FROM challenges WHERE user_id = :id"
        begun = self.store.rows(sql, id=account.id) if account else []
        if account is None or not begun:
            return super().pending(request)
        return Challenge(**begun[-1]), Attempt(request, account, "web-portal", self.now(account))


@fault("code-without-password", severity="C", clause="PATH-3")
class CodeWithoutPassword(Rules):
    """Sends a code to whoever is named with the request for a new one, and begins a sign-in."""

    def resend_otp(self, request: Request) -> Answer:
        account = self.find_account(str(request.body.get("email")))
        if account is None:
            return super().resend_otp(request)
        return self.ask_for_otp(Attempt(request, account, "web-portal", self.now(account)))


@fault("empty-mfa-token", severity="C", clause="PATH-3")
class EmptyMfaToken(Rules):
    """Takes an empty mfa_token for the one of whichever sign-in the code fits."""

    def pending(self, request: Request) -> tuple[Challenge, Attempt]:
        otp, sql = str(request.body.get("otp")), "SELECT * FROM challenges"
        for begun in [] if request.text("mfa_token") else [Challenge(**row) for row in self.store.rows(sql)]:
            account = self.store.get_account(begun.user_id)
            if account and begun.otp_digest == self.tokens.otp_digest(begun.token_digest, otp):
                return begun, Attempt(request, account, begun.client_id, self.now(account))
        return super().pending(request)


@fault("complete-sign-in-revived", severity="M", clause="PATH-3")
class CompleteSignInRevived(Store):
    """Sends a new code, and takes it, in a sign-in that was complete."""

    def consume_challenge(self, challenge: Challenge) -> bool:
        return self.replace_otp(challenge.token_digest, "", challenge.otp_expires_at)


@fault("user-from-body", severity="C", clause="PATH-3")
class UserFromBody(Rules):
    """Lets the code stage name the user."""

    def open_session(self, attempt: Attempt, amr: Sequence[str]) -> dict[str, object]:
        body = attempt.request.body
        named = self.find_account(str(body.get("email"))) or self.store.get_account(str(body.get("user_id")))
        return super().open_session(replace(attempt, account=named or attempt.account), amr)


@fault("user-from-password-stage", severity="C", clause="PATH-3")
class UserFromPasswordStage(Rules):
    """Lets the password stage say whose session it opens."""

    def open_session(self, attempt: Attempt, amr: Sequence[str]) -> dict[str, object]:
        named = self.store.get_account(str(attempt.request.body.get("user_id"))) if "otp" not in amr else None
        return super().open_session(replace(attempt, account=named or attempt.account), amr)


@fault("suspended-signs-in", severity="C", clause="LOCK-4")
class SuspendedSignsIn(Rules):
    """Signs suspended users in."""

    def refuse_barred(self, account: Account) -> None:
        super().refuse_barred(replace(account, status="active"))


@fault("suspended-with-mfa-signs-in", severity="C", clause="LOCK-4")
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
