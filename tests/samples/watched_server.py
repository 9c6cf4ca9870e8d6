"""A reference server that notes what becomes of each account, and says nothing of it to anybody who asks over HTTP."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, cast

from werkzeug.serving import WSGIRequestHandler, make_server

from reference_server import Rules, Settings, Store, create_app
from reference_server.passwords import Passwords
from reference_server.users import new_account

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from reference_server.inputs import Answer
    from reference_server.model import Account, Contact
    from reference_server.settings import SmtpSettings
    from reference_server.sign_in import Attempt

Users = Sequence[dict[str, object]]


class Quiet(WSGIRequestHandler):
    """Says neither to anybody what the server is made of, nor on the terminal what was asked of it."""

    def version_string(self) -> str:
        return "watched"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - named so by the base class
        pass


@dataclass
class Watched:
    """What has become of accounts, by e-mail address or user id.

    Attributes:
        url: where the server is.
        worst: the most wrong passwords, or wrong codes, in a row without a whole sign-in between them.
        wrong: how many wrong ones there were in all.
        locked: whoever was locked at any time.
        changed: whoever was given another password, or other MFA.
    """

    url: str = ""
    worst: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    locked: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    store: Store | None = None
    _row: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wrong_one(self, email: str, what: str) -> None:
        """Note a wrong password or a wrong code."""
        with self._lock:
            self.wrong[email, what] += 1
            self._row[email, what] += 1
            self.worst[email, what] = max(self.worst[email, what], self._row[email, what])

    def whole_sign_in(self, email: str) -> None:
        """Note that somebody is in, and that nothing is counted any more."""
        with self._lock:
            for what in ("password", "code"):
                self._row[email, what] = 0

    def accounts(self, users: Users) -> list[Account | None]:
        """The accounts as they are now."""
        assert self.store is not None
        return [self.store.find_account(str(user["email"])) for user in users]


def _rules(seen: Watched) -> type[Rules]:
    class WatchedRules(Rules):
        def reject_password(self, attempt: Attempt) -> NoReturn:
            self.note(attempt, "password")
            super().reject_password(attempt)

        def reject_otp(self, attempt: Attempt) -> Answer:
            self.note(attempt, "code")
            return super().reject_otp(attempt)

        def note(self, attempt: Attempt, what: str) -> None:
            """Note what was wrong, and whether that locked the account: what was right is not counted in the end."""
            seen.wrong_one(attempt.account.email, what)
            account = self.store.get_account(attempt.account.id)
            if account is not None and self.lock_end(account, attempt.now) is not None:
                seen.locked.append(account.email)

        def clear_failures(self, account: Account) -> None:
            super().clear_failures(account)
            seen.whole_sign_in(account.email)

    return WatchedRules


def _store(seen: Watched) -> type[Store]:
    class WatchedStore(Store):
        def __init__(self, database_url: str) -> None:
            super().__init__(database_url)
            seen.store = self

        def set_password(self, user_id: str, password_hash: str) -> None:
            seen.changed.append(user_id)
            super().set_password(user_id, password_hash)

        def enable_mfa(self, user_id: str, contact: Contact) -> None:
            seen.changed.append(user_id)
            super().enable_mfa(user_id, contact)

        def disable_mfa(self, user_id: str) -> None:
            seen.changed.append(user_id)
            super().disable_mfa(user_id)

    return WatchedStore


@contextmanager
def watched(users: Users, smtp: SmtpSettings, **policy: Any) -> Iterator[Watched]:  # noqa: ANN401 - as Policy takes it
    """Run it on loopback, without test support and with cheap hashing, for these users."""
    from reference_server.settings import Policy  # noqa: PLC0415 - as the others, and named like an argument here

    seen = Watched()
    apps: list[Any] = []

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Any:  # noqa: ANN401 - whatever the app gives
        return apps[0](environ, start)

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    seen.url = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(public_url=seen.url, password_profile="test", smtp=smtp, policy=Policy(**policy))
    accounts = [new_account(user, Passwords("test")) for user in users]
    apps.append(create_app(settings, rules=_rules(seen), store=_store(seen), users=accounts))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def state(account: Account | None) -> dict[str, object]:
    """What must be as it was: the password, MFA, and no lock."""
    known = cast("Account", account)
    names = ("password_hash", "status", "mfa_enabled", "contact_channel", "contact_address", "otp_locked_until")
    return {name: getattr(known, name) for name in names}
