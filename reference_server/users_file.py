"""Users from a TOML file, for a server that runs without test support."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from .model import Account
from .new_users import FIELDS, NewUserError, new_account
from .passwords import Passwords


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
        except NewUserError as error:
            complaints += str(error).splitlines()
        else:
            if account.email in accounts:
                complaints.append("email must be given once; an earlier entry has it.")
            accounts[account.email] = account
        wrong += [f"{path}: users entry {number}: {complaint}" for complaint in complaints]
    if wrong:
        raise UsersFileError("\n".join(wrong))
    return list(accounts.values())
