"""What every chapter of the rules needs: who asks, what time it is for them, and whether they are locked out."""

import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import ClassVar

from . import messages
from .delivery import Delivery
from .inputs import Request, parse_object
from .model import Account, Contact, Message, rfc3339
from .passwords import Passwords
from .problems import Refusal
from .settings import Settings
from .store import Store
from .tokens import Claims, Tokens


class Accounts:
    """The ground that the chapters stand on. Its methods are small so that each can be replaced alone.

    Attributes:
        media_types: those that a body may have.
        body_limit: how many bytes it may have.
        further_methods: HTTP methods by which an operation is reached beside its own.
    """

    media_types: ClassVar[frozenset[str]] = frozenset({"application/json"})
    body_limit: ClassVar[int] = 16 * 1024
    further_methods: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, settings: Settings, store: Store, tokens: Tokens) -> None:
        self.settings, self.policy = settings, settings.policy
        self.store, self.tokens = store, tokens
        self.delivery = Delivery(settings, store)
        self.passwords = Passwords(settings.password_profile)

    def parse_body(self, data: bytes) -> dict[str, object]:
        """Return a body as the object that it is, or refuse it."""
        return parse_object(data)

    def real_time(self) -> float:
        """Return the time of accounts that have no clock of their own, and of unknown addresses."""
        return time.time()

    def now(self, account: Account) -> float:
        """Return what time it is for an account."""
        return self.real_time() if account.clock is None else account.clock

    def find_account(self, email: str) -> Account | None:
        """Return the account of an e-mail address, exactly as registered."""
        return self.store.find_account(email)

    def account_of(self, user_id: str) -> Account | None:
        """Return the account of an id in a path, which may be anything."""
        return self.store.get_account(user_id) if user_id.isalnum() else None

    def account_or_nobody(self, email: str) -> Account:
        """Return an account, or one that no password fits, so that both take the same path (ASVS 5.0 6.3.8)."""
        nobody = Account(id="", email=email, password_hash=self.passwords.unmatchable)
        account = self.find_account(email) or nobody
        # Looked up for both alike, so that neither the answer nor the time of a locked address tells them apart.
        return replace(account, password_locked_until=self.store.password_lock_end(account.email))

    def lock_end(self, account: Account, now: float) -> float | None:
        """Return when the account's lock ends, if it is locked by passwords or by passcodes."""
        ends = (account.password_locked_until, account.otp_locked_until)
        return max((end for end in ends if end is not None and end > now), default=None)

    def lock_until(self, now: float) -> float:
        """Return when a lock that begins now ends."""
        return now + self.policy.lock_seconds

    def authenticate(self, request: Request) -> tuple[Account, Claims]:
        """Return who sent a request, by the access token in its Authorization header (RFC 6750 2.1)."""
        claims = self.tokens.read(request.bearer or "")
        account = self.store.session_account(claims.jti)
        if account is None or account.id != claims.sub or not self.tokens.is_current(claims, self.now(account)):
            raise Refusal("access-token-rejected")
        return account, claims

    def notify(self, account: Account, what: str) -> None:
        """Tell the user about a change of the sign-in (NIST SP 800-63B-4 4.6)."""
        self.delivery.post(self.message_to(account.recipient, messages.notice(what), self.now(account)))

    def message_to(self, contact: Contact, content: tuple[str, str], now: float) -> Message:
        """Return a message; one by phone has no subject."""
        subject = None if contact.channel == "phone" else content[0]
        return Message(channel=contact.channel, address=contact.address, subject=subject, body=content[1], sent_at=now)

    def user_record(self, account: Account) -> dict[str, object]:
        """Return a UserRecord."""
        locked_until, contact = self.lock_end(account, self.now(account)), account.contact
        record = {name: getattr(account, name) for name in ("email", "organization", "role", "status", "mfa_enabled")}
        return record | {
            "user_id": account.id,
            "contact": contact and asdict(contact),
            "locked_until": locked_until and rfc3339(locked_until),
        }
