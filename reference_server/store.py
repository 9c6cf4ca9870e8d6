"""What is kept, in SQL for SQLite (in memory or in a file) and PostgreSQL.

Every count and every consumption is one conditional statement, so that simultaneous requests cannot share a budget
or a code (ASVS 5.0 15.4.2).
"""

import hashlib
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, QueuePool, RowMapping, create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError

from .model import Account, Challenge, Contact, Message
from .schema import POSTGRESQL_SCHEMA, SCHEMA

_ACCOUNT = """
    SELECT users.*, password_attempts.locked_until AS password_locked_until
    FROM users LEFT JOIN password_attempts ON password_attempts.address_key = users.address_key"""

_MESSAGE = 'SELECT number AS id, channel, address AS "to", subject, body, sent_at FROM messages'


def address_key(address: str) -> str:
    """Return the key of an e-mail address, as typed."""
    return hashlib.sha256(address.encode()).hexdigest()


class Store:
    """The database. Methods called inside `transaction()` share it; others commit before they return."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        options: dict[str, Any] = {}
        if is_sqlite := url.get_backend_name() == "sqlite":
            options["connect_args"] = {"check_same_thread": False, "timeout": 30}
            if url.database in {None, "", ":memory:"}:  # the one connection is the database: threads take turns
                options |= {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": 60}
        self._engine = create_engine(url, hide_parameters=True, **options)
        # An app has no end of its own: what it keeps open is closed when nobody has it any more.
        weakref.finalize(self, self._engine.dispose)
        self._current = threading.local()
        self._compiled: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._sqlite = is_sqlite
        if is_sqlite:
            event.listen(self._engine, "connect", _set_up_sqlite)
        with self.transaction():
            for statement in (SCHEMA if is_sqlite else POSTGRESQL_SCHEMA).split(";")[:-1]:
                self.change(statement)

    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        """Everything inside happens, or nothing does."""
        if joined := getattr(self._current, "connection", None):
            yield joined
            return
        with self._engine.begin() as connection:
            if self._sqlite and not reading:
                # One that reads before it writes may fail half-way: writers queue up at the start. A query needs none.
                cast("sqlite3.Connection", connection.connection.driver_connection).execute("BEGIN IMMEDIATE")
            self._current.connection = connection
            try:
                yield connection
            finally:
                self._current.connection = None

    def change(self, statement: str, **values: object) -> int:
        """Run a statement and return how many rows it changed."""
        with self.transaction() as connection:
            return self._run(connection, statement, values).rowcount

    def rows(self, statement: str, **values: object) -> Sequence[RowMapping]:
        """Run a query."""
        with self.transaction(reading=True) as connection:
            return self._run(connection, statement, values).mappings().all()

    def _run(self, connection: Connection, statement: str, values: dict[str, object]) -> CursorResult[Any]:
        # Compiled once: to carry a clause out costs SQLAlchemy more than twice what its text does.
        if (known := self._compiled.get(statement)) is None:
            compiled = text(statement).compile(dialect=self._engine.dialect)
            known = self._compiled[statement] = (str(compiled), tuple(compiled.positiontup or ()))
        sql, names = known
        return connection.exec_driver_sql(sql, tuple(values[name] for name in names) if names else values)

    def _add(self, table: str, row: dict[str, object]) -> None:
        self.change(f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(row)})", **row)  # noqa: S608

    def _set(self, user_id: str, **values: object) -> None:
        columns = ", ".join(f"{name} = :{name}" for name in values)
        self.change(f"UPDATE users SET {columns} WHERE id = :user_id", user_id=user_id, **values)  # noqa: S608

    # Accounts

    def _account(self, condition: str, value: str) -> Account | None:
        for row in self.rows(f"{_ACCOUNT} WHERE {condition}", value=value):
            values = {name: row[name] for name in Account.__slots__}
            return Account(**values | {"mfa_enabled": bool(values["mfa_enabled"])})  # SQLite knows 0 and 1 alone
        return None

    def find_account(self, email: str) -> Account | None:
        """Return the account of an e-mail address, exactly as registered."""
        return self._account("users.address_key = :value", address_key(email))

    def get_account(self, user_id: str) -> Account | None:
        """Return the account of an id."""
        return self._account("users.id = :value", user_id)

    def hold(self, user_id: str) -> None:
        """Let nobody else change an account, or what hangs on it, until the transaction ends.

        Whoever does so holds it first, so that what was looked at stays so, and nobody waits in a circle.
        """
        if not self._sqlite:  # which has one writer at a time
            self.rows("SELECT 1 FROM users WHERE id = :id FOR UPDATE", id=user_id)

    def session_account(self, jti: str) -> Account | None:
        """Return whose session an access token belongs to, while it is open."""
        return self._account("users.id = (SELECT user_id FROM sessions WHERE jti = :value)", jti)

    def reset_account(self, token_digest: str) -> Account | None:
        """Return whose password a reset token may set, until it is consumed."""
        return self._account("users.id = (SELECT user_id FROM reset_tokens WHERE token_digest = :value)", token_digest)

    def add_account(self, account: Account) -> bool:
        """Add an account; False when its e-mail address is taken."""
        row = asdict(account) | {"address_key": address_key(account.email)}
        del row["password_locked_until"]
        try:
            self._add("users", row)
        except IntegrityError:
            return False
        return True

    def delete_account(self, user_id: str) -> None:
        """Remove an account and all that hangs on it."""
        with self.transaction():
            for table in ("challenges", "sessions", "reset_tokens"):
                self.change(f"DELETE FROM {table} WHERE user_id = :user_id", user_id=user_id)  # noqa: S608
            self.change("DELETE FROM users WHERE id = :user_id", user_id=user_id)

    def set_password(self, user_id: str, password_hash: str) -> None:
        """Replace a password."""
        self._set(user_id, password_hash=password_hash)

    def enable_mfa(self, user_id: str, contact: Contact) -> None:
        """Register a contact and switch MFA on."""
        self._set(user_id, mfa_enabled=True, contact_channel=contact.channel, contact_address=contact.address)

    def disable_mfa(self, user_id: str) -> None:
        """Switch MFA off; the contact stays registered."""
        self._set(user_id, mfa_enabled=False)

    def advance_clock(self, user_id: str, seconds: int) -> None:
        """Move an account's own clock."""
        self.change("UPDATE users SET clock = clock + :seconds WHERE id = :user_id", user_id=user_id, seconds=seconds)

    # Failures and locks

    def count_password_attempt(self, address: str, now: float, limit: int, lock_end: float) -> int:
        """Count an attempt before its password is compared; the one that reaches the limit locks the address.

        Returns:
            The number of the attempt, which no other of this address has; 0 while the address is locked: nothing may
            be compared. A lock that has cleared starts a new count.
        """
        sql = """
            INSERT INTO password_attempts (address_key, failures, counted, forgotten, locked_until)
            VALUES (:key, 1, 1, 0, CASE WHEN :limit = 1 THEN :lock_end END)
            ON CONFLICT (address_key) DO UPDATE SET
                failures = CASE WHEN password_attempts.locked_until IS NULL
                    THEN password_attempts.failures + 1 ELSE 1 END,
                counted = password_attempts.counted + 1,
                forgotten = CASE WHEN password_attempts.locked_until IS NULL
                    THEN password_attempts.forgotten ELSE password_attempts.counted END,
                locked_until = CASE WHEN :limit = 1 OR password_attempts.locked_until IS NULL
                    AND password_attempts.failures + 1 >= :limit THEN :lock_end END
            WHERE password_attempts.locked_until IS NULL OR password_attempts.locked_until <= :now
            RETURNING counted"""
        with self.transaction():
            rows = self.rows(sql, key=address_key(address), now=now, limit=limit, lock_end=lock_end)
        return rows[0]["counted"] if rows else 0

    def forgive_password_attempt(self, address: str, number: int) -> None:
        """Take an attempt back because its password was right, unless it is forgotten; and the lock if it began it.

        It began the lock if it is the last that was counted, for nothing is counted during a lock.
        """
        sql = """
            UPDATE password_attempts SET
                failures = failures - 1, locked_until = CASE WHEN counted = :number THEN NULL ELSE locked_until END
            WHERE address_key = :key AND forgotten < :number"""
        self.change(sql, key=address_key(address), number=number)

    def clear_password_attempts(self, address: str) -> None:
        """Forget the failures of an address, and its lock."""
        sql = """
            UPDATE password_attempts SET failures = 0, forgotten = counted, locked_until = NULL
            WHERE address_key = :key"""
        self.change(sql, key=address_key(address))

    def password_lock_end(self, address: str) -> float | None:
        """Return when the lock of an address ends or ended, if it has one."""
        sql = "SELECT max(locked_until) AS lock_end FROM password_attempts WHERE address_key = :key"
        return cast("float | None", self.rows(sql, key=address_key(address))[0]["lock_end"])

    def count_challenge_attempt(self, token_digest: str, limit: int) -> bool:
        """Count an attempt before its passcode is compared; False when the challenge has ended, or has none left."""
        sql = """
            UPDATE challenges SET failures = failures + 1
            WHERE token_digest = :digest AND failures < :limit AND suspended_by IS NULL"""
        return self.change(sql, digest=token_digest, limit=limit) == 1

    def count_otp_attempt(self, user_id: str, now: float, limit: int, lock_end: float) -> bool:
        """Count an attempt before its passcode is compared; the one that reaches the limit locks the account.

        Returns:
            False while the account is locked. A lock that has cleared starts a new count; the one across locks goes on.
        """
        sql = """
            UPDATE users SET
                otp_failures = CASE WHEN otp_locked_until IS NULL THEN otp_failures + 1 ELSE 1 END,
                otp_failures_across_locks = otp_failures_across_locks + 1,
                otp_locked_until = CASE WHEN :limit = 1 OR otp_locked_until IS NULL AND otp_failures + 1 >= :limit
                    THEN :lock_end END
            WHERE id = :user_id AND (otp_locked_until IS NULL OR otp_locked_until <= :now)"""
        return self.change(sql, user_id=user_id, now=now, limit=limit, lock_end=lock_end) == 1

    def clear_otp_attempts(self, user_id: str) -> None:
        """Forget the wrong passcodes of an account, and its lock."""
        self._set(user_id, otp_failures=0, otp_failures_across_locks=0, otp_locked_until=None)

    # Challenges; one that has ended is gone

    def add_challenge(self, challenge: Challenge, now: float) -> None:
        """Open a challenge whose code was sent now, and drop the account's expired ones."""
        user_id = challenge.user_id
        with self.transaction():
            self.change("DELETE FROM challenges WHERE user_id = :id AND expires_at <= :now", id=user_id, now=now)
            self._add("challenges", asdict(challenge))
            self._set(user_id, code_sent_at=now)

    def find_challenge(self, token_digest: str) -> Challenge | None:
        """Return an open challenge."""
        sql = "SELECT * FROM challenges WHERE token_digest = :digest AND suspended_by IS NULL"
        rows = self.rows(sql, digest=token_digest)
        return Challenge(**rows[0]) if rows else None

    def claim_resend(self, user_id: str, now: float, wait: int) -> bool:
        """Reserve the sending of a code; False when the last one went out less than `wait` seconds ago."""
        sql = """
            UPDATE users SET code_sent_at = :now
            WHERE id = :user_id AND (code_sent_at IS NULL OR code_sent_at + :wait <= :now)"""
        return self.change(sql, user_id=user_id, now=now, wait=wait) == 1

    def release_resend(self, user_id: str, claimed: float, sent_at: float | None) -> None:
        """Give a reservation back, because nothing was sent, unless a code was meanwhile."""
        sql = "UPDATE users SET code_sent_at = :sent_at WHERE id = :user_id AND code_sent_at = :claimed"
        self.change(sql, user_id=user_id, claimed=claimed, sent_at=sent_at)

    def replace_otp(self, token_digest: str, otp_digest: str, otp_expires_at: float) -> bool:
        """Put a new code in the place of the old one; False when the challenge has ended meanwhile."""
        sql = """
            UPDATE challenges SET otp_digest = :otp, otp_expires_at = :end
            WHERE token_digest = :digest AND suspended_by IS NULL"""
        return self.change(sql, digest=token_digest, otp=otp_digest, end=otp_expires_at) == 1

    def consume_challenge(self, challenge: Challenge) -> bool:
        """End a challenge by its right code; True for one of simultaneous callers alone."""
        sql = """
            DELETE FROM challenges
            WHERE token_digest = :digest AND otp_digest = :otp AND suspended_by IS NULL"""
        return self.change(sql, digest=challenge.token_digest, otp=challenge.otp_digest) == 1

    def end_challenges(self, user_id: str) -> None:
        """End what is pending for an account, for good."""
        self.change("DELETE FROM challenges WHERE user_id = :user_id", user_id=user_id)

    def suspend_challenges(self, user_id: str, attempt_id: str) -> None:
        """End what is pending for an account because an attempt began a lock, unless that one turns out to be right.

        What a lock of before has suspended is over for good.
        """
        with self.transaction():
            self.change("DELETE FROM challenges WHERE user_id = :id AND suspended_by IS NOT NULL", id=user_id)
            self.change("UPDATE challenges SET suspended_by = :by WHERE user_id = :id", id=user_id, by=attempt_id)

    def resume_challenges(self, user_id: str, attempt_id: str) -> None:
        """Go on with what an attempt suspended, because it was right."""
        sql = "UPDATE challenges SET suspended_by = NULL WHERE user_id = :id AND suspended_by = :by"
        self.change(sql, id=user_id, by=attempt_id)

    # Sessions

    def add_session(self, jti: str, user_id: str, expires_at: float, now: float) -> None:
        """Open a session, and drop the account's expired ones."""
        with self.transaction():
            self.change("DELETE FROM sessions WHERE user_id = :id AND expires_at <= :now", id=user_id, now=now)
            self._add("sessions", {"jti": jti, "user_id": user_id, "expires_at": expires_at})

    def end_session(self, jti: str) -> None:
        """End one session."""
        self.change("DELETE FROM sessions WHERE jti = :jti", jti=jti)

    def end_sessions(self, user_id: str) -> None:
        """End every session of an account."""
        self.change("DELETE FROM sessions WHERE user_id = :user_id", user_id=user_id)

    # Password resets

    def replace_reset_token(self, token_digest: str, user_id: str, expires_at: float) -> None:
        """Keep a reset token in the place of every earlier one of the account."""
        with self.transaction():
            self.change("DELETE FROM reset_tokens WHERE user_id = :user_id", user_id=user_id)
            self._add("reset_tokens", {"token_digest": token_digest, "user_id": user_id, "expires_at": expires_at})

    def consume_reset_token(self, token_digest: str, now: float) -> bool:
        """Use a reset token up that has not expired; True for one of simultaneous callers alone."""
        sql = "DELETE FROM reset_tokens WHERE token_digest = :digest AND expires_at > :now"
        return self.change(sql, digest=token_digest, now=now) == 1

    # What test support keeps

    def add_message(self, message: Message) -> None:
        """Keep a message."""
        self._add("messages", asdict(message))

    def messages_to(self, address: str) -> Sequence[RowMapping]:
        """Return the messages to an address as the contract names their members, oldest first."""
        return self.rows(f"{_MESSAGE} WHERE address = :to ORDER BY number", to=address)

    def latest_messages(self) -> Sequence[RowMapping]:
        """Return the latest 50 messages to anybody, newest first."""
        return self.rows(f"{_MESSAGE} ORDER BY number DESC LIMIT 50")

    def clear_messages(self, address: str) -> None:
        """Forget the messages to an address."""
        self.change("DELETE FROM messages WHERE address = :address", address=address)

    def set_outage(self, address: str, *, failing: bool) -> None:
        """Put an address out of order, or back."""
        with self.transaction():
            self.change("DELETE FROM outages WHERE address = :address", address=address)
            if failing:
                self._add("outages", {"address": address})

    def in_outage(self, address: str) -> bool:
        """Tell whether an address is out of order."""
        return bool(self.rows("SELECT 1 FROM outages WHERE address = :address", address=address))


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; see Store.transaction
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")  # in WAL mode this survives a crash of the process
    cursor.close()
