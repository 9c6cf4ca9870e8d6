"""Wrong access tokens: forged, expired, or somebody else's."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import jwt

from ..inputs import Answer, Request
from ..model import Account, Challenge
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from ..tokens import Claims, Tokens
from .registry import fault


@fault("mfa-token-opens-api", severity="C", clause="TOKEN-1", also_breaks=("MFA-6",))
class MfaTokenOpensApi(Rules):
    """Takes an mfa_token as access token."""

    def authenticate(self, request: Request) -> tuple[Account, Claims]:
        challenge = self.store.find_challenge(self.tokens.digest(request.bearer or ""))
        account = self.store.get_account(challenge.user_id) if challenge else None
        return (account, Claims(account.id, "", 0)) if account else super().authenticate(request)


@fault("access-token-continues-sign-in", severity="H", clause="TOKEN-1")
class AccessTokenContinuesSignIn(Rules):
    """Takes an access token as mfa_token of the sign-in that its user has begun."""

    def pending(self, request: Request) -> tuple[Challenge, Attempt]:
        with suppress(Refusal):
            account, _ = self.authenticate(replace(request, bearer=request.text("mfa_token")))
            begun = self.store.rows("SELECT * FROM challenges WHERE user_id = :id", id=account.id)
            return Challenge(**begun[-1]), Attempt(request, account, "web-portal", self.now(account))
        return super().pending(request)


@fault("exp-ignored", severity="H", clause="TOKEN-3", also_breaks=("POLICY-1",))
class ExpIgnored(Tokens):
    """Takes an access token at any age."""

    def is_current(self, _claims: Claims, _now: float) -> bool:
        return True


@fault("access-token-lives-longer", severity="M", clause="POLICY-1")
class AccessTokenLivesLonger(Tokens):
    """Takes an access token for a minute longer than it says."""

    def expiry(self, now: float) -> int:
        return super().expiry(now) + 60


@fault("sign-out-keeps-token", severity="H", clause="TOKEN-4", also_breaks=("TOKEN-5", "PATH-5"))
class SignOutKeepsToken(Store):
    """Takes the access token of a session that was signed out."""

    def end_session(self, jti: str) -> None:
        """End nothing."""


@fault("sign-in-revives-token", severity="M", clause="TOKEN-4")
class SignInRevivesToken(Store):
    """Takes the access token of a session that was signed out, once its user is signed in again."""

    def end_session(self, jti: str) -> None:
        self.change("UPDATE sessions SET user_id = '-' || user_id WHERE jti = :jti", jti=jti)

    def add_session(self, jti: str, user_id: str, expires_at: float, now: float) -> None:
        self.change("UPDATE sessions SET user_id = :id WHERE user_id = '-' || :id", id=user_id)
        super().add_session(jti, user_id, expires_at, now)


@fault("sign-out-ends-all", severity="L", clause="PATH-5")
class SignOutEndsAll(Rules):
    """Ends every session of a user with one sign-out."""

    def sign_out(self, request: Request) -> Answer:
        account, _ = self.authenticate(request)
        self.store.end_sessions(account.id)
        return Answer(204)


@fault("token-in-query", severity="M", clause="TOKEN-5")
class TokenInQuery(Rules):
    """Takes an access token in the query string."""

    def authenticate(self, request: Request) -> tuple[Account, Claims]:
        return super().authenticate(replace(request, bearer=request.bearer or request.query.get("access_token")))


@fault("token-may-be-stored", severity="M", clause="TOKEN-6", also_breaks=("CONTRACT-1",))
class TokenMayBeStored(Rules):
    """Lets caches store the access token that a code gives."""

    def verify_otp(self, request: Request) -> Answer:
        return replace(super().verify_otp(request), storable=True)


@fault("no-challenge-to-bearer", severity="L", clause="TOKEN-5", also_breaks=("CONTRACT-1",))
class NoChallengeToBearer(Rules):
    """Refuses an access token without WWW-Authenticate."""

    def authenticate(self, request: Request) -> tuple[Account, Claims]:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal("invalid-credentials") from refusal


@fault("address-in-token", severity="L", clause="LEAK-1")
class AddressInToken(Rules):
    """Puts the e-mail address into the access token."""

    def open_session(self, attempt: Attempt, amr: Sequence[str]) -> dict[str, object]:
        body = super().open_session(attempt, amr)
        token = str(body["access_token"])
        claims = jwt.decode(token, options={"verify_signature": False}) | {"email": attempt.account.email}
        key, header = self.tokens.private_key, jwt.get_unverified_header(token)
        return body | {"access_token": jwt.encode(claims, key, "ES256", header)}


@fault("amr-says-password-only", severity="L", clause="TOKEN-7")
class AmrSaysPasswordOnly(Tokens):
    """Leaves the code out of a token's amr."""

    def issue(self, user_id: str, client_id: str, _amr: Sequence[str], now: float) -> tuple[str, Claims]:
        return super().issue(user_id, client_id, ["pwd"], now)


@fault("amr-says-code-always", severity="M", clause="TOKEN-7")
class AmrSaysCodeAlways(Tokens):
    """Says of every sign-in that it was made with a code."""

    def issue(self, user_id: str, client_id: str, _amr: Sequence[str], now: float) -> tuple[str, Claims]:
        return super().issue(user_id, client_id, ["pwd", "otp"], now)


@fault("password-answer-may-be-stored", severity="M", clause="TOKEN-6", also_breaks=("CONTRACT-1",))
class PasswordAnswerMayBeStored(Rules):
    """Lets caches store the access token that a password alone gives."""

    def sign_in(self, request: Request) -> Answer:
        answer = super().sign_in(request)
        return replace(answer, storable=answer.status == 200)  # noqa: PLR2004


@fault("new-code-may-be-stored", severity="L", clause="TOKEN-6", also_breaks=("CONTRACT-1",))
class NewCodeMayBeStored(Rules):
    """Lets caches store the mfa_token that comes with a new code."""

    def resend_otp(self, request: Request) -> Answer:
        return replace(super().resend_otp(request), storable=True)


@fault("no-challenge-to-ended-token", severity="L", clause="TOKEN-5", also_breaks=("CONTRACT-1",))
class NoChallengeToEndedToken(Rules):
    """Asks for an access token where none was sent, and not where it is over."""

    def authenticate(self, request: Request) -> tuple[Account, Claims]:
        try:
            return super().authenticate(request)
        except Refusal as refusal:
            raise Refusal("invalid-credentials" if request.bearer else refusal.name) from refusal
