"""New users: from test support, or from a TOML file for a server that runs without it."""

import os
import tomllib
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .inputs import Request, invalid
from .model import Account
from .passwords import Passwords
from .problems import Refusal

FIELDS: Mapping[str, Callable[[Request], Any]] = {
    "email": lambda user: user.email("email"),
    "password": lambda user: user.password("password"),
    "role": lambda user: user.choice("role", "member", "admin", "support"),
    "status": lambda user: user.choice("status", "active", "suspended"),
    "organization": lambda user: user.printable("organization", "default"),
    "contact": lambda user: None if user.body.get("contact") is None else user.contact(),
    "mfa_enabled": lambda user: user.flag("mfa_enabled", default=False),
}


def new_account(entry: Mapping[str, object], passwords: Passwords, clock: int | None = None) -> Account:
    """Read a user: email, password, role, status, organization, contact {channel, address}, mfa_enabled.

    Raises:
        Refusal: invalid-request, with everything that is wrong, a line each.
    """
    user, values, wrong = Request(body=entry), {}, []
    for name, read in FIELDS.items():
        try:
            values[name] = read(user)
        except Refusal as refusal:
            wrong.append(str(refusal.detail))
    if values.get("mfa_enabled") and values.get("contact", ...) is None:
        wrong.append("contact must be given where mfa_enabled is true.")
    if wrong:
        raise invalid("\n".join(wrong))
    contact, password_hash = values.pop("contact"), passwords.hash(values.pop("password"))
    reached = {"contact_channel": contact.channel, "contact_address": contact.address} if contact else {}
    return Account(id=uuid.uuid4().hex, password_hash=password_hash, clock=clock, **reached, **values)


class UsersFileError(ValueError):
    """Says all that is wrong with a users file, a line each: file, entry, key, remedy."""


def load(path: Path, passwords: Passwords, environment: Mapping[str, str] = os.environ) -> list[Account]:
    """Read `[[users]]` tables; a password may be "env:NAME", a variable of the environment.

    Raises:
        UsersFileError: with everything that is wrong, each line naming the file, the entry, the key and the remedy.
    """
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("users")
    except (OSError, ValueError) as error:
        raise UsersFileError(f"{path}: must be a TOML file: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsersFileError(f"{path}: users must be given, a [[users]] table each")
    accounts: dict[str, Account] = {}
    wrong = []
    for number, entry in enumerate(entries, 1):
        complaints = [f"{key} must go; known are {', '.join(FIELDS)}." for key in entry if key not in FIELDS]
        password = str(entry.get("password", ""))
        if password.startswith("env:"):
            name = password.removeprefix("env:")
            entry["password"] = environment.get(name, password)
            if name not in environment:
                complaints.append(f"password must be found in {password}; set that variable.")
        try:
            account = new_account(entry, passwords)
        except Refusal as refusal:
            complaints += str(refusal.detail).splitlines()
        else:
            if account.email in accounts:
                complaints.append("email must be given once; an earlier entry has it.")
            accounts[account.email] = account
        wrong += [f"{path}: users entry {number}: {complaint}" for complaint in complaints]
    if wrong:
        raise UsersFileError("\n".join(wrong))
    return list(accounts.values())
