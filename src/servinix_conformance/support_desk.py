"""What Support does behind the scenes of a scenario whose accounts are leased."""

from __future__ import annotations

from dataclasses import dataclass, field

from .actor import Account, Actor, Broken, Contact, Inbox, Outcome, Untested
from .stages import sign_in
from .target import DeclaredAccount, Support


@dataclass(slots=True)
class SupportDesk:
    """Somebody with the role of Support, signed in when first needed.

    Attributes:
        who: as the target file says; None where there is nobody.
        contact: where the codes of that account go, if it has MFA.
        actor: a fresh device.
    """

    who: Support | None
    contact: Contact | None
    actor: Actor
    inbox: Inbox
    _signed_in: bool = field(default=False)

    def account(self) -> Account:
        """Support's account, for a scenario to act with; it is nobody's alone."""
        who = self._known()
        return Account(
            user_id="",
            email=who.email or "",
            password=who.password or "",
            organization="",
            role="support",
            contact=self.contact,
            access_token=who.access_token,
        )

    def user_id(self, email: str) -> str:
        """The id of a user; empty where nobody can look it up, which only matters to what Support does.

        Support that is broken must not hide what is red without it.
        """
        if self.who is None:
            return ""
        try:
            found = self._desk().find_user(email)
        except Untested:
            return ""
        user_id = found.facts.get("user_id")
        return str(user_id) if found.kind == "done" and isinstance(user_id, str | int) else ""

    def unlock(self, user_id: str) -> bool:
        """Let a locked-out user in again; false where nobody can."""
        if self.who is None or not user_id:
            return False
        return self._desk().unlock(user_id, identity_verified=True).kind == "done"

    def set_mfa(self, declared: DeclaredAccount, user_id: str) -> None:
        """Make MFA what the target file says. Raises `Broken` when it does not become so."""
        desk = self._desk()
        shown = desk.find_user(declared.email).facts
        moved = declared.mfa and shown.get("contact_address", declared.address) != declared.address
        if shown.get("mfa_enabled") is declared.mfa and not moved:
            return
        if declared.mfa and declared.channel and declared.address:
            outcome = desk.enable_mfa(user_id, Contact(declared.channel, declared.address), confirmed=True)
        else:
            outcome = desk.disable_mfa(user_id, identity_verified=True)
        if outcome.kind != "done":
            raise Broken("MFA to be set back", outcome.said)

    def sign_in(self) -> Outcome:
        """Sign in by all stages. Raises `Untested` when there is nobody."""
        who = self._known()
        if who.access_token is not None:
            return self.actor.resume(who.access_token)
        return sign_in(self.actor, self.inbox, who.email or "", who.password or "", self.contact)

    def _known(self) -> Support:
        if self.who is None:
            raise Untested("nobody can do what Support does: add [support] to the target file")
        return self.who

    def _desk(self) -> Actor:
        if not self._signed_in:
            outcome = self.sign_in()
            if outcome.kind != "signed-in":
                raise Untested(f"Support could not be signed in: {outcome.said}")
            self._signed_in = True
        return self.actor
