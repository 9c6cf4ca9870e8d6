"""Wrong reading: codes and flags that should be refused as malformed."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from ..inputs import Answer, Request
from ..model import Account, Challenge
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from .registry import fault

_finished: dict[str, Attempt] = {}


@fault("many-codes-per-request", severity="H", clause="INPUT-1")
class ManyCodesPerRequest(Rules):
    """Takes a list of codes, and signs in when one of them is right."""

    def read_otp(self, request: Request) -> str:
        codes = request.body.get("otp")
        if not isinstance(codes, list):
            return super().read_otp(request)
        challenge, attempt = self.pending(request)
        return next((str(code) for code in codes if self.otp_matches(attempt, challenge, str(code))), "")


@fault("unicode-digits", severity="L", clause="INPUT-1")
class UnicodeDigits(Rules):
    """Takes full-width digits."""

    def read_otp(self, request: Request) -> str:
        otp = unicodedata.normalize("NFKC", request.text("otp"))
        return super().read_otp(replace(request, body={**request.body, "otp": otp}))


@fault("blanks-in-code", severity="L", clause="INPUT-1")
class BlanksInCode(Rules):
    """Takes blanks and line ends in and around a code."""

    def read_otp(self, request: Request) -> str:
        otp = "".join(request.text("otp").split())
        return super().read_otp(replace(request, body={**request.body, "otp": otp}))


@fault("number-as-code", severity="L", clause="INPUT-1")
class NumberAsCode(Rules):
    """Takes a JSON number as code."""

    def read_otp(self, request: Request) -> str:
        otp = request.body.get("otp")
        text = str(otp).zfill(self.policy.otp_length) if isinstance(otp, int) else otp
        return super().read_otp(replace(request, body={**request.body, "otp": text}))


@fault("empty-code", severity="C", clause="INPUT-1")
class EmptyCode(Rules):
    """Takes an empty code for the right one."""

    def verify_otp(self, request: Request) -> Answer:
        challenge = self.store.find_challenge(self.tokens.digest(request.text("mfa_token")))
        account = self.store.get_account(challenge.user_id) if challenge else None
        if request.body.get("otp") == "" and challenge and account:
            attempt = Attempt(request, account, challenge.client_id, self.now(account))
            return Answer(200, self.open_session(attempt, ["pwd", "otp"]))
        return super().verify_otp(request)


@fault("true-as-code", severity="C", clause="INPUT-1")
class TrueAsCode(Rules):
    """Takes `true` for the right code."""

    def read_otp(self, request: Request) -> str:
        return "true" if request.body.get("otp") is True else super().read_otp(request)

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        return otp == "true" or super().otp_matches(attempt, challenge, otp)


@fault("password-in-list", severity="M", clause="INPUT-1")
class PasswordInList(Rules):
    """Takes a list of passwords, and signs in when its first one is right."""

    def sign_in(self, request: Request) -> Answer:
        password = request.body.get("password")
        text = password[0] if isinstance(password, list) and password else password
        return super().sign_in(replace(request, body={**request.body, "password": text}))


@fault("wildcard-in-address", severity="H", clause="INPUT-1")
class WildcardInAddress(Rules):
    """Looks an address up by pattern, so that a wildcard finds somebody."""

    def find_account(self, email: str) -> Account | None:
        found = self.store.rows("SELECT email FROM users WHERE email LIKE :email", email=email) if "%" in email else []
        return super().find_account(found[0]["email"] if found else email)


@fault(
    "any-code",
    severity="C",
    clause="MFA-1",
    also_breaks=(
        "MFA-18",
        "MFA-19",
        "OOB-2",
        "OOB-3",
        "OOB-5",
        "OOB-9",
        "TOKEN-8",
        "PATH-1",
        "POLICY-1",
        "LEAK-1",
        "LEAK-2",
        "INPUT-3",
        "LIMIT-2",
        "SEND-2",
    ),
)
class AnyCode(Rules):
    """Takes any six digits for the right code."""

    def otp_matches(self, _attempt: Attempt, _challenge: Challenge, _otp: str) -> bool:
        return True


@fault("master-code", severity="C", clause="OOB-3")
class MasterCode(Rules):
    """Takes 000000 from everybody, a left-over of testing."""

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        return otp == "000000" or super().otp_matches(attempt, challenge, otp)


@fault("plain-text-taken", severity="M", clause="INPUT-4")
class PlainTextTaken(Rules):
    """Takes JSON that says it is plain text, as forms of other sites can send it."""

    media_types = frozenset({"application/json", "text/plain"})


@fault("sign-in-by-put", severity="L", clause="INPUT-4")
class SignInByPut(Rules):
    """Signs in by PUT too, which a filter before the server may not look at."""

    further_methods: ClassVar[Mapping[str, tuple[str, ...]]] = {"sign_in": ("PUT",)}


@fault("no-body-limit", severity="M", clause="INPUT-5")
class NoBodyLimit(Rules):
    """Reads requests of any size."""

    body_limit = 1024 * 1024 * 1024


@fault("verified-from-body", severity="C", clause="INPUT-3")
class VerifiedFromBody(Rules):
    """Believes a client that says it has verified the code."""

    def mfa_required(self, attempt: Attempt) -> bool:
        body = attempt.request.body
        return super().mfa_required(attempt) and not (body.get("verified") or body.get("mfa_verified"))


@fault("outcome-from-body", severity="C", clause="INPUT-3")
class OutcomeFromBody(Rules):
    """Believes a client that says its code is right."""

    def otp_matches(self, attempt: Attempt, challenge: Challenge, otp: str) -> bool:
        return attempt.request.body.get("success") is True or super().otp_matches(attempt, challenge, otp)


@fault("role-from-body", severity="C", clause="INPUT-3")
class RoleFromBody(Rules):
    """Lets the sign-in say which role the user has."""

    def sign_in(self, request: Request) -> Answer:
        role, account = request.body.get("role"), self.find_account(request.text("email"))
        if account and isinstance(role, str):
            self.store.change("UPDATE users SET role = :role WHERE id = :id", role=role, id=account.id)
        return super().sign_in(request)


@fault("enrolment-from-body", severity="C", clause="INPUT-3")
class EnrolmentFromBody(Rules):
    """Lets the sign-in say whether MFA is active."""

    def mfa_required(self, attempt: Attempt) -> bool:
        return super().mfa_required(attempt) and attempt.request.body.get("mfa_enabled") is not False


@fault("missing-code-fits-used-one", severity="C", clause="INPUT-1")
class MissingCodeFitsUsedOne(Rules):
    """Clears a code that was used, and takes no code at all for the one that is cleared."""

    def verify_otp(self, request: Request) -> Answer:
        token = self.tokens.digest(request.text("mfa_token"))
        if not request.body.get("otp") and token in _finished:
            return Answer(200, self.open_session(_finished[token], ["pwd", "otp"]))
        _, attempt = self.pending(request)
        answer = super().verify_otp(request)
        _finished[token] = attempt
        return answer


@fault("code-by-put", severity="L", clause="INPUT-4")
class CodeByPut(Rules):
    """Takes the code by PUT too."""

    further_methods: ClassVar[Mapping[str, tuple[str, ...]]] = {"verify_otp": ("PUT",)}


@fault("no-body-limit-for-codes", severity="L", clause="INPUT-5")
class NoBodyLimitForCodes(Rules):
    """Reads requests of any size but for that with the password."""

    body_limit = 1024 * 1024 * 1024

    def sign_in(self, request: Request) -> Answer:
        if len(str(request.body)) > Rules.body_limit:
            raise Refusal("content-too-large")
        return super().sign_in(request)
