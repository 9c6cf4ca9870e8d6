"""Ways around a sign-in: another client, header or method, a stage left out, a user named by who asks."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import flask

from ..inputs import Answer, Request
from ..model import Account, Challenge
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from ..tokens import Claims
from .registry import fault


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


@fault("complete-sign-in-revived", severity="M", clause="PATH-3", also_breaks=("SEND-1",))
class CompleteSignInRevived(Store):
    """Sends a new code, and takes it, in a sign-in that was complete."""

    def consume_challenge(self, challenge: Challenge) -> bool:
        with self.transaction():
            now = self.find_challenge(challenge.token_digest)
            used_up = now is None or now.otp_digest != challenge.otp_digest
            return not used_up and self.replace_otp(challenge.token_digest, "", challenge.otp_expires_at)


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
