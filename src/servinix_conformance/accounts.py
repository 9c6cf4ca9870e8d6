"""Accounts for scenarios, made by test support and deleted when the scenario ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from .actor import Account, Channel, Contact, Needs, NotClaimed, OtherVariant, Untested
from .gateway import Gateway
from .transport import Silent


def refuse_unclaimed(needs: Needs, not_claimed: frozenset[str]) -> None:
    """Raise `OtherVariant` where the target says that it has no MFA by the channel that is needed."""
    if needs.channel in not_claimed:
        raise OtherVariant(f"the target does not claim MFA by {needs.channel}")


def no_crowd(number: int) -> str:
    """Why there are not so many accounts where none can be made, and what would change it."""
    return f"{number} accounts are needed that nobody had before: let test support make them, under [test_support]"


def _anywhere(channel: Channel, nonce: str) -> str:
    """An address that test support alone reads."""
    return f"codes-{nonce}@inbox.example" if channel == "email" else f"+999{secrets.randbelow(10**9):09}"


class NoAccounts:
    """No account at all. Implements `servinix_conformance.actor.Accounts`."""

    def lease(self, name: str, needs: Needs) -> Account:  # noqa: ARG002 - it has none of any kind
        """Raises `Untested`."""
        raise Untested("there is no account to use: the target file has no [test_support] and no [[accounts]]")

    def crowd(self, number: int, needs: Needs) -> list[Account]:  # noqa: ARG002 - it has none of any kind
        """Raises `Untested`."""
        raise Untested(no_crowd(number))

    def password_changed(self, account: Account, password: str) -> None:
        """Nobody has an account."""

    def close(self) -> list[str]:
        """There is nothing to give back."""
        return []


@dataclass(slots=True)
class TestSupportAccounts:
    """Makes each account anew, in an organization of its own unless the scenario names one.

    Implements `servinix_conformance.actor.Accounts`.

    Attributes:
        unused: for the inbox, the addresses of what was made, each with the deeds that had been done by then.
        fresh: an address where the inbox of a channel gets what is sent; None where any will do.
    """

    gateway: Gateway
    token: str
    unused: dict[str, int]
    fresh: Callable[[Channel], str | None] = field(default=lambda _channel: None)
    _made: list[str] = field(default_factory=list)

    def lease(self, name: str, needs: Needs) -> Account:  # noqa: ARG002 - whoever it is for
        """Create an account."""
        refuse_unclaimed(needs, self.gateway.not_claimed)
        nonce = secrets.token_hex(5)
        # The letters i, k and s have look-alikes in other scripts, which some scenarios try.
        email = self.fresh("email") or f"mika.sikk-{nonce}@people.example"
        password, contact = f"Pw-{secrets.token_urlsafe(12)}", None
        if needs.channel is not None:
            contact = Contact(needs.channel, self.fresh(needs.channel) or _anywhere(needs.channel, nonce))
        self.gateway.redactor.register(email, "EMAIL")
        self.gateway.redactor.register(password, "PASSWORD")
        values: dict[str, object] = {"email": email, "password": password, "role": needs.role}
        if needs.organization is not None:
            values["organization"] = needs.organization
        if contact is not None:
            self.gateway.redactor.register(contact.address, "CONTACT")
            values |= {"contact_channel": contact.channel, "contact_address": contact.address, "mfa_enabled": True}
        if needs.suspended:
            values["status"] = "suspended"
        try:
            result = self.gateway.perform("createUser", values, bearer=self.token)
        except NotClaimed as missing:
            raise Untested(f"no account can be made: {missing}") from missing
        user_id, organization = result.fields.get("user_id"), result.fields.get("organization")
        if not result.ok or not isinstance(user_id, str) or not isinstance(organization, str):
            raise Untested(f"no account could be made: {result.said}")
        self._made.append(user_id)
        self.unused |= dict.fromkeys([email, *([contact.address] if contact else [])], self.gateway.deeds)
        return Account(user_id, email, password, organization, needs.role, contact)

    def crowd(self, number: int, needs: Needs) -> list[Account]:
        """Create so many accounts."""
        return [self.lease(f"{position} of {number}", needs) for position in range(1, number + 1)]

    def password_changed(self, account: Account, password: str) -> None:
        """Accounts that are deleted may keep any password."""

    def close(self) -> list[str]:
        """Delete what was made; returns the user ids that could not be deleted."""
        left = []
        while self._made:
            user_id = self._made.pop()
            try:
                result = self.gateway.perform("deleteUser", {"user_id": user_id}, bearer=self.token)
            except Silent:
                # Each of the others would take as long, and come to the same.
                left += [user_id, *self._made]
                self._made.clear()
                break
            if not result.ok:
                left.append(user_id)
        return left
