"""Accounts of the target file, each held by one scenario at a time, whatever processes run beside it.

A lease is a lock on a file that the operating system lets go of when its holder ends, however it ends: a process that
died leaves no lease behind.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from .actor import Untested
from .forecast import Part
from .target import DeclaredAccount

_POLL_SECONDS = 0.1


@dataclass(slots=True)
class Lease:
    """One account, held."""

    account: DeclaredAccount
    lock: FileLock = field(repr=False)

    def release(self) -> None:
        """Let others have it."""
        self.lock.release()


@dataclass(slots=True)
class Desk:
    """Where leases of one target are had.

    Args:
        target: what tells the target from others, such as its base URL.
        accounts: those of the target file.
        destructive: whether they may be changed.
        run: what tells this run from others.
        folder: where the locks are; the same for all runs of a user on a machine.
    """

    target: str
    accounts: Sequence[DeclaredAccount]
    destructive: bool
    run: str
    folder: Path = field(default_factory=lambda: user_state_path("servinix-conformance"))

    def reserve(self, parts: Sequence[Part]) -> dict[str, Lease]:
        """Accounts for all parts of a scenario by name.

        All of them are had or none, so that no two scenarios wait for each other. Waits until they are free.

        Raises:
            Untested: the target file has none that fit; the message says which to add.
        """
        if (told := obstacle(parts, self.accounts, destructive=self.destructive)) is not None:
            raise Untested(told)
        while True:
            for casting in self._possible(parts):
                if leases := self.hold_all(casting):
                    return leases
            time.sleep(_POLL_SECONDS)

    def spoil(self, account: DeclaredAccount, reason: str) -> None:
        """Let nobody in this run have an account any more that could not be set back."""
        self._note(account).write_text(json.dumps({"run": self.run, "reason": reason}), encoding="utf-8")

    def _possible(self, parts: Sequence[Part]) -> list[dict[str, DeclaredAccount]]:
        spoiled = {account.email: reason for account in self.accounts if (reason := self._spoiled(account))}
        possible = list(castings(parts, [account for account in self.accounts if account.email not in spoiled]))
        if not possible:
            raise Untested(f"an account that it needs cannot be used any more: {'; '.join(spoiled.values())}")
        return possible

    def _spoiled(self, account: DeclaredAccount) -> str | None:
        try:
            note = json.loads(self._note(account).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        # What an earlier run left is looked at anew by this one.
        return str(note["reason"]) if note["run"] == self.run else None

    def _note(self, account: DeclaredAccount) -> Path:
        return self._path(account).with_suffix(".left")

    def hold(self, account: DeclaredAccount) -> Lease | None:
        """One account, if it is free at this moment."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(self._path(account), blocking=False)
        try:
            lock.acquire()
        except Timeout:
            return None
        return Lease(account, lock)

    def hold_all(self, casting: dict[str, DeclaredAccount]) -> dict[str, Lease] | None:
        """All accounts of a casting, if they are free at this moment; else none of them."""
        held: dict[str, Lease] = {}
        for name, account in casting.items():
            lease = self.hold(account)
            if lease is None:
                for other in held.values():
                    other.release()
                return None
            held[name] = lease
        return held

    def _path(self, account: DeclaredAccount) -> Path:
        return self.folder / f"{hashlib.sha256(f'{self.target} {account.email}'.encode()).hexdigest()[:32]}.lock"


def castings(parts: Sequence[Part], accounts: Sequence[DeclaredAccount]) -> Iterator[dict[str, DeclaredAccount]]:
    """Every way to give each part an account of its own, the least valuable accounts first.

    An account that may be locked is not taken where any other would do.
    """
    thrifty = sorted(accounts, key=lambda account: (account.may_be_locked, account.mfa, account.role))
    yield from _cast(list(parts), {}, thrifty)


def _cast(
    left: list[Part], cast: dict[str, DeclaredAccount], accounts: Sequence[DeclaredAccount]
) -> Iterator[dict[str, DeclaredAccount]]:
    if not left:
        yield dict(cast)
        return
    part, *rest = left
    for account in accounts:
        if account not in cast.values() and _fits(part, account, cast):
            yield from _cast(rest, {**cast, part.name: account}, accounts)


def _fits(part: Part, account: DeclaredAccount, cast: dict[str, DeclaredAccount]) -> bool:
    beside = cast.get(part.beside) if part.beside else None
    joined = part.beside is None or (beside is not None and account.organization == beside.organization is not None)
    return joined and _stands_apart(part, account, cast) and fitting(part, account)


def _stands_apart(part: Part, account: DeclaredAccount, cast: dict[str, DeclaredAccount]) -> bool:
    """Whether it surely is of another organization, where the part asks for that."""
    if part.apart is None:
        return True
    organizations = {account.organization, getattr(cast.get(part.apart), "organization", None)}
    return None not in organizations and len(organizations) > 1


def fitting(part: Part, account: DeclaredAccount) -> bool:
    """Whether an account will do for a part, whoever has the others."""
    return (
        account.role == part.needs.role
        and account.suspended == part.needs.suspended
        and (account.channel if account.mfa else None) == part.needs.channel
        and (account.may_be_locked or not part.locked)
    )


def obstacle(parts: Sequence[Part], accounts: Sequence[DeclaredAccount], *, destructive: bool) -> str | None:
    """Why a scenario can have none of the accounts, with the remedy; None where it can."""
    if next(castings(parts, accounts), None) is None:
        return missing(parts, accounts)
    if not destructive and any(part.changed for part in parts):
        return "it changes a password or MFA, and sets it back; say destructive = true under [safety]"
    return None


def missing(parts: Sequence[Part], accounts: Sequence[DeclaredAccount]) -> str:
    """What to add to the target file, so that a scenario can be cast."""
    for number in range(1, len(parts) + 1):
        if next(castings(parts[:number], accounts), None) is None:
            part = parts[number - 1]
            break
    else:
        raise ValueError("nothing is missing")
    wanted = [f"mfa = {'true' if part.needs.channel else 'false'}"]
    if part.needs.channel:
        wanted.append(f'channel = "{part.needs.channel}"')
    if part.needs.role != "member":
        wanted.append(f'role = "{part.needs.role}"')
    if part.needs.suspended:
        wanted.append("suspended = true")
    if part.locked:
        wanted.append("may_be_locked = true")
    if part.beside:
        wanted.append(f"the organization of another one, for {part.beside}")
    if part.apart:
        wanted.append(f"another organization than that of the one for {part.apart}")
    more = "an account" if number == 1 else "a further account"
    return f"add {more} with {' and '.join(wanted)} under [[accounts]]"
