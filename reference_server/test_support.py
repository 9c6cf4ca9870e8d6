"""Operations for test runs: users with a clock of their own, and a look at what was sent to them."""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import RowMapping

from .accounts import Accounts
from .inputs import Answer, Request, invalid
from .model import Account, rfc3339
from .problems import Refusal
from .users import new_account

LAST_SECOND = 250_000_000_000  # in the year 9892: later ones do not fit into RFC 3339


def inbox_key(secret: str) -> str:
    """Return what opens the page of the inbox: an address is shown and kept, so the secret itself is not in it."""
    return hmac.digest(secret.encode(), b"inbox", "sha256").hex()[:32]


class OwnUsers(Accounts):
    """Makes and removes users, moves their clocks, reads their messages. Users that others made are out of reach."""

    def create_user(self, request: Request) -> Answer:
        """Make a user whose clock stands at this whole second, free of what the address left behind.

        Raises:
            Refusal: access-token-rejected, invalid-request, user-exists.
        """
        self.check_secret(request)
        # In an organization that nobody else is in, unless the request names one.
        entry = {"organization": f"org-{uuid.uuid4().hex}"} | dict(request.body)
        account = new_account(entry, self.passwords, int(self.real_time()))
        with self.store.transaction():
            if not self.store.add_account(account):
                raise Refusal("user-exists")
            self.clear_traces(account)
        return Answer(201, self.user_record(account))

    def delete_user(self, request: Request, user_id: str) -> Answer:
        """Remove a user and what the address left behind."""
        account = self.own_user(request, user_id)
        with self.store.transaction():
            self.store.delete_account(account.id)
            self.clear_traces(account)
        return Answer(204)

    def advance_clock(self, request: Request, user_id: str) -> Answer:
        """Move the clock of one user, and tell what time it is for them."""
        account, seconds = self.own_user(request, user_id), request.whole_number("seconds")
        if self.now(account) + seconds > LAST_SECOND:
            raise invalid("seconds leads beyond the last year.")
        self.store.advance_clock(account.id, seconds)
        return Answer(200, {"now": rfc3339(self.now(self.store.get_account(account.id) or account))})

    def list_messages(self, request: Request) -> Answer:
        """Return the messages to an address, oldest first."""
        self.check_secret(request)
        return Answer(200, {"messages": self._shown(self.store.messages_to(request.parameter("to")))})

    def _shown(self, messages: Sequence[RowMapping]) -> list[dict[str, object]]:
        return [{**row, "id": str(row["id"]), "sent_at": rfc3339(int(row["sent_at"]))} for row in messages]

    def set_outage(self, request: Request) -> Answer:
        """Let delivery to an address fail from now on, or work again."""
        self.check_secret(request)
        self.store.set_outage(request.printable("address"), failing=request.flag("failing"))
        return Answer(204)

    def get_policy(self, request: Request) -> Answer:
        """Return the Policy."""
        self.check_secret(request)
        return Answer(200, asdict(self.policy))

    def read_inbox(self, request: Request) -> Answer:
        """Return the latest messages to anybody, newest first, to who has the key of the inbox."""
        secret = self.settings.test_support_secret
        if secret is None or not hmac.compare_digest(inbox_key(secret).encode(), request.parameter("key").encode()):
            raise Refusal("forbidden")
        return Answer(200, {"messages": self._shown(self.store.latest_messages())})

    def check_secret(self, request: Request) -> None:
        """Refuse who does not know the secret of test support."""
        secret, bearer = self.settings.test_support_secret, request.bearer
        if secret is None or bearer is None or not hmac.compare_digest(secret.encode(), bearer.encode()):
            raise Refusal("access-token-rejected")

    def own_user(self, request: Request, user_id: str) -> Account:
        """Return a user that test support made."""
        self.check_secret(request)
        account = self.account_of(user_id)
        if account is None or account.clock is None:
            raise Refusal("user-not-found")
        return account

    def clear_traces(self, account: Account) -> None:
        """Forget failures, locks and messages of an account's addresses."""
        self.store.clear_password_attempts(account.email)
        for address in {account.email, account.contact_address or account.email}:
            self.store.clear_messages(address)
