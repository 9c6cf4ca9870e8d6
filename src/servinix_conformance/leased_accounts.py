"""The accounts of a scenario where they are leased, and how they are set back to what the target file says of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .accounts import no_crowd, refuse_unclaimed
from .actor import Account, Actor, Broken, Clock, Contact, Inbox, Needs, NotClaimed, Outcome, Untested
from .forecast import Part
from .leasing import Desk, Lease
from .stages import sign_in
from .support_desk import SupportDesk
from .target import DeclaredAccount
from .transport import Silent


@dataclass(slots=True)
class LeasedAccounts:
    """Implements `servinix_conformance.actor.Accounts` with accounts that others use before and after.

    Attributes:
        desk: where leases are had.
        parts: who is going to be in the scenario.
        support: who does what Support does.
        stranger: an actor at a fresh device, to put things right with.
        lock_seconds: how long a lock lasts; None where it is not known.
        not_claimed: channels that the target does not have, among other things.
    """

    desk: Desk
    parts: dict[str, Part]
    support: SupportDesk
    inbox: Inbox
    clock: Clock
    stranger: Actor
    lock_seconds: float | None
    not_claimed: frozenset[str] = frozenset()
    _held: dict[str, Lease] | None = None
    _given: dict[str, Account] = field(default_factory=dict)
    _passwords: dict[str, str] = field(default_factory=dict)

    def lease(self, name: str, needs: Needs) -> Account:
        """The account that was reserved for somebody, with those of all others in the scenario."""
        if needs.role == "support":
            return self.support.account()
        refuse_unclaimed(needs, self.not_claimed)
        if self._held is None:
            self._held = self.desk.reserve(tuple(self.parts.values()))
        if name not in self._held:
            raise Untested(f"no account was reserved for {name}: the step that brings {name} in does not foretell it")
        account = account_of(self._held[name].account, self.support.user_id(self._held[name].account.email))
        self._given[name] = account
        return account

    def crowd(self, number: int, needs: Needs) -> list[Account]:  # noqa: ARG002 - of whatever kind
        """Raises `Untested`: those of the target file are few, and were used before."""
        raise Untested(no_crowd(number))

    def password_changed(self, account: Account, password: str) -> None:
        """Remember it, so that the account gets its own password back."""
        self._passwords[account.email] = password

    def close(self) -> list[str]:
        """Set every account back, and let others have it. Returns what could not be set back."""
        left: list[str] = []
        for name, lease in (self._held or {}).items():
            try:
                self._restore(self.parts[name], lease.account, self._given.get(name))
            except (Broken, NotClaimed, Untested, Silent) as error:
                reason = f"{lease.account.email} is not as the target file says: {error}"
                self.desk.spoil(lease.account, reason)
                left.append(reason)
            finally:
                lease.release()
        self._held = None
        return left

    def _restore(self, part: Part, declared: DeclaredAccount, given: Account | None) -> None:
        if given is None or declared.suspended:
            return
        if part.changed:
            self.support.set_mfa(declared, given.user_id)
        if declared.email in self._passwords:
            self._reset_password(declared)
        # A whole sign-in clears what was counted, and shows that all is well.
        who = (declared.email, declared.password, given.contact)
        outcome = sign_in(self.stranger, self.inbox, *who)
        if part.locked and outcome.kind == "refused":
            self._unlock(given)
            outcome = sign_in(self.stranger, self.inbox, *who)
        _require(outcome, "signed-in", "a sign-in with what the target file declares")

    def _unlock(self, account: Account) -> None:
        if self.support.unlock(account.user_id):
            return
        if self.lock_seconds is None:
            raise Untested("it stays locked: give lock_seconds under [policy], or let Support unlock it ([support])")
        self.clock.pass_time(account, self.lock_seconds, "the end of the lock")

    def _reset_password(self, declared: DeclaredAccount) -> None:
        since = self.inbox.checkpoint(declared.email)
        _require(self.stranger.request_reset(declared.email), "done", "a link to set the password back")
        outcome = self.stranger.reset_password(self.inbox.link(since), declared.password)
        if outcome.kind == "refused":
            raise Broken("the declared password to be taken again", outcome.said)


def _require(outcome: Outcome, kind: str, expected: str) -> None:
    if outcome.kind != kind:
        raise Broken(expected, outcome.said)


def account_of(declared: DeclaredAccount, user_id: str) -> Account:
    """An account of the target file as steps know it."""
    contact = None
    if declared.mfa and declared.channel and declared.address:
        contact = Contact(declared.channel, declared.address)
    return Account(
        user_id=user_id,
        email=declared.email,
        password=declared.password,
        organization=declared.organization or "",
        role=declared.role,
        contact=contact,
    )
