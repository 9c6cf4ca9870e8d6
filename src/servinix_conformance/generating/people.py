"""The people in whose name generated requests are sent: signed in by all stages, and with values that are right.

Data alone never gets behind a sign-in. Whoever has an account gives what a document cannot: a session, the token and
the code of a challenge that is open, a link, the id of a user.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..actor import Account, Actor, Clock, Inbox, Needs, Outcome, Untested
from ..api import ApiActor
from ..inbox.text import reset_token_in
from ..stages import sign_in

_SUPPORT = {"findUsers", "enableMfa", "disableMfa", "unlockUser"}
_ENDS_SESSION = {"signOut", "resetPassword"}
_CODES_TO_A_CHALLENGE = 4


@dataclass(slots=True)
class People:
    """Somebody with MFA, Support, and whoever else is needed.

    Attributes:
        device: gives a fresh device.
        lease: gives an account by name; raises `Untested` where there is none.
        own: whether accounts are the suite's own, and new ones can be had.
    """

    member: Account
    device: Callable[[], ApiActor]
    lease: Callable[[str, Needs], Account]
    inbox: Inbox
    clock: Clock
    promise: Callable[[str], int]
    own: bool
    _sessions: dict[str, ApiActor] = field(default_factory=dict)
    _challenge: ApiActor | None = None
    _other: Account | None = None
    _used: int = 0
    _more: int = 0

    def token(self, operation: str | None) -> str:
        """The access token for an operation of the contract; for any other, that of a member.

        Raises:
            Untested: nobody can be signed in. Broken: no code came.
        """
        role = "support" if operation in _SUPPORT else "member"
        if role not in self._sessions:
            self._sessions[role] = self._let_in(role)
        device = self._sessions[role]
        if operation in _ENDS_SESSION:
            del self._sessions[role]
        return device.held.get("access_token", "")

    def forget_sessions(self) -> None:
        """Sign in anew before the next request: what was held was refused."""
        self._sessions.clear()

    def forget_challenge(self) -> None:
        """Begin a sign-in anew before the next code."""
        self._challenge = None

    def retire(self) -> bool:
        """Let somebody new take the place of a member who cannot sign in any more; false where nobody can."""
        if not self.own:
            return False
        self._more += 1
        self.member = self.lease(f"one more {self._more}", Needs(channel="email"))
        self._sessions.pop("member", None)
        self._challenge = None
        return True

    def identifiers(self, operation: str | None) -> Mapping[str, object]:
        """What names something that exists, by logical field: so that data which is wrong elsewhere gets that far."""
        if not self.own:
            return {}
        if operation in {"verifyOtp", "resendOtp"}:
            return {"mfa_token": self._begun().held["mfa_token"]}
        if operation in {"enableMfa", "disableMfa", "unlockUser"}:
            return {"user_id": self._somebody_else().user_id}
        if operation == "resetPassword":
            return {"reset_token": self._reset_token()}
        return {}

    def right(self, operation: str | None) -> Mapping[str, object]:
        """Values with which an operation succeeds, by logical field; nothing where generated ones are as good.

        Where accounts are somebody else's, only what leaves them as they were, and takes no time.
        """
        if operation == "signIn":
            return {"email": self.member.email, "password": self.member.password}
        if operation in {"requestPasswordReset", "findUsers"}:
            return {"email": self.member.email}
        if operation == "verifyOtp" and self.member.contact is not None:
            since = self.inbox.checkpoint(self.member.contact.address)
            self.forget_challenge()
            begun = self._begun()
            self.forget_challenge()
            return {"mfa_token": begun.held["mfa_token"], "otp": self.inbox.code(since)}
        if operation == "resendOtp" and self.own:
            self.forget_challenge()
            begun = self._begun()
            self.clock.pass_time(self.member, self.promise("resend_after_seconds"), "the wait for a new code")
            return {"mfa_token": begun.held["mfa_token"]}
        return self.identifiers(operation)

    def _let_in(self, role: str) -> ApiActor:
        who = self.lease("Support", Needs(role="support")) if role == "support" else self.member
        device = self.device()
        if who.access_token is not None:
            device.resume(who.access_token)
            return device
        outcome = self._signed_in(device, who)
        if outcome.kind != "signed-in" and role == "member" and self.retire():
            outcome = self._signed_in(device, self.member)
        if outcome.kind != "signed-in":
            raise Untested(f"nobody could be signed in as {role}: {outcome.said}")
        return device

    def _signed_in(self, device: Actor, who: Account) -> Outcome:
        return sign_in(device, self.inbox, who.email, who.password, who.contact)

    def _begun(self) -> ApiActor:
        """A device that gave the password, and is asked for the code."""
        if self._challenge is None or self._used >= _CODES_TO_A_CHALLENGE:
            device = self.device()
            outcome = device.sign_in(self.member.email, self.member.password)
            if outcome.kind != "code-asked" and self.retire():
                outcome = device.sign_in(self.member.email, self.member.password)
            if outcome.kind != "code-asked":
                raise Untested(f"no code is asked for: {outcome.said}")
            self._challenge, self._used = device, 0
        self._used += 1
        return self._challenge

    def _somebody_else(self) -> Account:
        if self._other is None:
            self._other = self.lease("somebody else", Needs())
        return self._other

    def _reset_token(self) -> str:
        device, since = self.device(), self.inbox.checkpoint(self.member.email)
        device.request_reset(self.member.email)
        return reset_token_in(self.inbox.link(since))
