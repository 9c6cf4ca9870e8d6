"""Wrong password resets."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

import re
import unicodedata
from collections import defaultdict
from dataclasses import replace
from urllib.parse import urlsplit

from ..inputs import Answer, Request
from ..model import Account, Contact
from ..problems import Refusal
from ..rules import Rules
from ..sign_in import Attempt
from ..store import Store
from .racing import linger
from .registry import fault

_old_hashes: dict[str, set[str]] = defaultdict(set)


@fault("no-reset-mail", severity="H", clause="RESET-1", also_breaks=("ENUM-4", "RESET-6"))
class NoResetMail(Rules):
    """Sends no reset link."""

    def request_password_reset(self, request: Request) -> Answer:
        request.text("email")
        return Answer(202)


@fault("reset-mail-to-contact", severity="M", clause="RESET-1", also_breaks=("ENUM-4",))
class ResetMailToContact(Rules):
    """Sends the reset link to the registered contact instead of the account's address."""

    def reset_recipient(self, _request: Request, account: Account) -> Contact:
        return account.contact or super().reset_recipient(_request, account)


@fault("folded-email", severity="C", clause="RESET-1")
class FoldedEmail(Rules):
    """Sends the reset link of a look-alike address to the address as typed."""

    def request_password_reset(self, request: Request) -> Answer:
        typed = request.text("email")
        folded = unicodedata.normalize("NFKC", typed).casefold()
        return super().request_password_reset(replace(request, body={"email": folded, "typed": typed}))

    def reset_recipient(self, request: Request, _account: Account) -> Contact:
        return Contact("email", request.text("typed"))


@fault("reset-link-never-expires", severity="H", clause="RESET-2", also_breaks=("POLICY-1",))
class ResetLinkNeverExpires(Rules):
    """Takes a reset link at any age."""

    def reset_expiry(self, now: float) -> float:
        return super().reset_expiry(now) + 10**9


@fault("reset-link-expires-late", severity="M", clause="POLICY-1", also_breaks=("RESET-2",))
class ResetLinkExpiresLate(Rules):
    """Takes a reset link for a minute longer than the policy says."""

    def reset_expiry(self, now: float) -> float:
        return super().reset_expiry(now) + 60


@fault("old-reset-link-valid", severity="M", clause="RESET-3")
class OldResetLinkValid(Store):
    """Keeps earlier reset links valid."""

    def replace_reset_token(self, token_digest: str, user_id: str, expires_at: float) -> None:
        self._add("reset_tokens", {"token_digest": token_digest, "user_id": user_id, "expires_at": expires_at})


@fault("old-password-still-works", severity="C", clause="RESET-4", also_breaks=("INPUT-2",))
class OldPasswordStillWorks(Rules):
    """Takes the old password beside the new one."""

    def end_challenges_by_reset(self, account: Account) -> None:
        super().end_challenges_by_reset(account)
        _old_hashes[account.id].add(account.password_hash)

    def password_matches(self, account: Account, password: str) -> bool:
        hashes = {account.password_hash} | _old_hashes[account.id]
        return any(self.passwords.verify(one, password) for one in hashes)


@fault(
    "new-password-ignored",
    severity="H",
    clause="RESET-4",
    also_breaks=("RESET-2", "PATH-2", "PATH-4", "POLICY-1", "INPUT-2", "RESET-6"),
)
class NewPasswordIgnored(Store):
    """Says that the password was changed, and keeps the old one."""

    def set_password(self, user_id: str, password_hash: str) -> None:
        """Set nothing."""


@fault("sessions-survive-reset", severity="H", clause="RESET-5", also_breaks=("PATH-5",))
class SessionsSurviveReset(Store):
    """Leaves sessions open when the password changes."""

    def end_sessions(self, user_id: str) -> None:
        """End nothing."""


@fault("reset-link-reusable", severity="H", clause="RESET-6")
class ResetLinkReusable(Store):
    """Takes a used reset link again."""

    def consume_reset_token(self, token_digest: str, now: float) -> bool:
        sql = "SELECT 1 FROM reset_tokens WHERE token_digest = :digest AND expires_at > :now"
        return bool(self.rows(sql, digest=token_digest, now=now))


@fault("reset-link-double-spend", severity="M", clause="RESET-6", also_breaks=("RESET-2", "POLICY-1"))
class ResetLinkDoubleSpend(Store):
    """Lets everybody who follows a link at the same time set a password: it looks first and writes later."""

    def reset_account(self, token_digest: str) -> Account | None:
        found = super().reset_account(token_digest)
        linger()
        return found

    def consume_reset_token(self, token_digest: str, now: float) -> bool:
        super().consume_reset_token(token_digest, now)
        return True


@fault("link-from-host-header", severity="H", clause="RESET-7")
class LinkFromHostHeader(Rules):
    """Builds the reset link from the request's headers."""

    def reset_link(self, request: Request, token: str) -> str:
        host = request.headers.get("X-Forwarded-Host") or request.headers.get("Host")
        return f"http://{host}/portal/reset?token={token}"


@fault("link-from-forwarded-header", severity="H", clause="RESET-7")
class LinkFromForwardedHeader(Rules):
    """Builds the reset link from the standard's forwarded header alone (RFC 7239)."""

    def reset_link(self, request: Request, token: str) -> str:
        named = re.search(r'\bhost="?([^\s;,"]+)', request.headers.get("Forwarded", ""))
        link = super().reset_link(request, token)
        return urlsplit(link)._replace(netloc=named[1]).geturl() if named else link


@fault("link-scheme-from-header", severity="M", clause="RESET-7")
class LinkSchemeFromHeader(Rules):
    """Begins the reset link with whatever scheme a forwarded header names."""

    def reset_link(self, request: Request, token: str) -> str:
        scheme = request.headers.get("X-Forwarded-Proto", "")
        return re.sub("^http", scheme or "http", super().reset_link(request, token))


@fault("message-names-the-origin", severity="M", clause="RESET-7")
class MessageNamesTheOrigin(Rules):
    """Leads back to the page that a reset was asked for on, wherever that is."""

    def reset_link(self, request: Request, token: str) -> str:
        return f"{super().reset_link(request, token)}&back={request.headers.get('Origin', '')}"


@fault("outage-told-by-reset", severity="M", clause="ENUM-4", also_breaks=("CONTRACT-1",))
class OutageToldByReset(Rules):
    """Says when a reset link cannot be sent, which is never so for who has no account."""

    def request_password_reset(self, request: Request) -> Answer:
        if self.store.in_outage(request.text("email")):
            raise Refusal("delivery-failed")
        return super().request_password_reset(request)


@fault(
    "reset-signs-in",
    severity="C",
    clause="PATH-2",
    also_breaks=("RESET-2", "RESET-3", "RESET-4", "CONTRACT-1", "POLICY-1", "INPUT-2", "ADMIN-3", "RESET-6", "RESET-7"),
)
class ResetSignsIn(Rules):
    """Gives an access token for a new password."""

    def reset_password(self, request: Request) -> Answer:
        account = self.store.reset_account(self.tokens.digest(request.text("reset_token")))
        super().reset_password(request)
        attempt = account and Attempt(request, account, "web-portal", self.now(account))
        return Answer(200, self.open_session(attempt, ["pwd"])) if attempt else Answer(204)


@fault("reset-switches-mfa-off", severity="C", clause="PATH-2", also_breaks=("RESET-4", "PATH-4"))
class ResetSwitchesMfaOff(Rules):
    """Switches MFA off with a password reset."""

    def end_challenges_by_reset(self, account: Account) -> None:
        super().end_challenges_by_reset(account)
        self.store.disable_mfa(account.id)


@fault("suspension-told-by-reset", severity="M", clause="ENUM-4", also_breaks=("CONTRACT-1",))
class SuspensionToldByReset(Rules):
    """Takes no request for a reset of a suspended account, and says so."""

    def request_password_reset(self, request: Request) -> Answer:
        account = self.find_account(request.text("email"))
        if account is not None:
            self.refuse_barred(account)
        return super().request_password_reset(request)


@fault(
    "unknown-user-told-by-reset",
    severity="M",
    clause="ENUM-4",
    also_breaks=(
        "RESET-1",
        "CONTRACT-1",
    ),
)
class UnknownUserToldByReset(Rules):
    """Says when nobody has the address that a reset is asked for."""

    def request_password_reset(self, request: Request) -> Answer:
        if self.find_account(request.text("email")) is None:
            raise Refusal("user-not-found")
        return super().request_password_reset(request)


@fault("reset-ends-otp-lock", severity="M", clause="PATH-2")
class ResetEndsOtpLock(Rules):
    """Forgets wrong codes with a password reset, and ends the lock that they led to."""

    def end_challenges_by_reset(self, account: Account) -> None:
        super().end_challenges_by_reset(account)
        self.store.clear_otp_attempts(account.id)


@fault("reset-moves-codes-to-email", severity="M", clause="PATH-2", also_breaks=("RESET-4",))
class ResetMovesCodesToEmail(Rules):
    """Sends codes to the e-mail address that the reset link went to from then on."""

    def end_challenges_by_reset(self, account: Account) -> None:
        super().end_challenges_by_reset(account)
        if account.mfa_enabled:
            self.store.enable_mfa(account.id, Contact("email", account.email))


@fault("reset-ends-the-code-alone", severity="H", clause="PATH-4")
class ResetEndsTheCodeAlone(Rules):
    """Ends the code of a pending challenge with a password reset, and sends another one for it."""

    def end_challenges_by_reset(self, account: Account) -> None:
        self.store.change("UPDATE challenges SET otp_digest = '' WHERE user_id = :id", id=account.id)


@fault("reset-request-ends-challenges", severity="L", clause="PATH-4")
class ResetRequestEndsChallenges(Rules):
    """Ends the pending challenges of whomever anybody asks a reset link for."""

    def reset_recipient(self, request: Request, account: Account) -> Contact:
        self.store.end_challenges(account.id)
        return super().reset_recipient(request, account)
