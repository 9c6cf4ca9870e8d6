"""Reading a new user, from test support or from a users file."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from .inputs import Request
from .model import Account, Contact
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


class NewUserError(ValueError):
    """Says all that is wrong with a new user, a line each."""


def new_account(entry: Mapping[str, object], passwords: Passwords, clock: int | None = None) -> Account:
    """Read a user: email, password, role, status, organization, contact {channel, address}, mfa_enabled.

    Raises:
        NewUserError: with everything that is wrong.
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
        raise NewUserError("\n".join(wrong))
    contact: Contact | None = values.pop("contact")
    return Account(
        id=uuid.uuid4().hex,
        password_hash=passwords.hash(values.pop("password")),
        contact_channel=contact.channel if contact else None,
        contact_address=contact.address if contact else None,
        clock=clock,
        **values,
    )
