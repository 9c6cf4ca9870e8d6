"""Strict reading of requests: what is not plainly right is refused, never guessed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn, cast

from .model import Channel, Contact
from .problems import Refusal

ADDRESSES = {
    "email": re.compile(r'[^@\s,;:<>()\[\]\\"]+@[^@\s,;:<>()\[\]\\"]+'),
    "phone": re.compile(r"\+?[0-9][0-9 ().-]{3,30}"),
}
PASSWORD_LENGTHS = range(8, 129)
LONGEST_TEXT = 254


def invalid(detail: str) -> Refusal:
    """Return the refusal of a malformed request, saying what is wrong without repeating it."""
    return Refusal("invalid-request", detail=detail)


def parse_object(data: bytes) -> dict[str, object]:
    """Parse a JSON object (RFC 8259) as I-JSON (RFC 7493) wants it.

    Raises:
        Refusal: invalid-request, for duplicate names, lone surrogates, NaN, depth, bad UTF-8, or no object.
    """
    try:
        value = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise invalid("The body is not well-formed JSON.") from error
    if not isinstance(value, dict):
        raise invalid("The body is not a JSON object.")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("duplicate name")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def is_address(channel: str, address: str) -> bool:
    """Tell whether messages can go to an address: printable, of the channel's shape, one recipient."""
    return address.isprintable() and len(address) <= LONGEST_TEXT and bool(ADDRESSES[channel].fullmatch(address))


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the rules see it: the parsed body and what came around it."""

    body: Mapping[str, object] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    bearer: str | None = field(default=None, repr=False)
    client_address: str = ""

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string member of the body. Without a default it must be there."""
        value = self.body.get(name, default)
        if not isinstance(value, str):
            raise invalid(f"{name} must be a string.")
        return value

    def choice(self, name: str, *options: str) -> str:
        """Return a string member that is one of the options, the first of them when absent."""
        value = self.text(name, options[0])
        if value not in options:
            raise invalid(f"{name} must be one of {', '.join(options)}.")
        return value

    def printable(self, name: str, default: str | None = None) -> str:
        """Return a string member that may be stored: 1 to 254 printable characters."""
        value = self.text(name, default)
        if not value.isprintable() or not 0 < len(value) <= LONGEST_TEXT:
            raise invalid(f"{name} must have 1 to {LONGEST_TEXT} printable characters.")
        return value

    def email(self, name: str) -> str:
        """Return a string member that is an e-mail address to which messages can go."""
        value = self.text(name)
        if not is_address("email", value):
            raise invalid(f"{name} must be an e-mail address.")
        return value

    def password(self, name: str) -> str:
        """Return a new password: 8 to 128 characters (NIST SP 800-63B-4 3.1.1.2), as sent."""
        value = self.text(name)
        if len(value) not in PASSWORD_LENGTHS:
            raise invalid(f"{name} must have 8 to 128 characters.")
        return value

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return a boolean member of the body. Without a default it must be there."""
        value = self.body.get(name, default)
        if not isinstance(value, bool):
            raise invalid(f"{name} must be true or false.")
        return value

    def whole_number(self, name: str) -> int:
        """Return an integer member of the body that is not negative."""
        value = self.body.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise invalid(f"{name} must be a whole number, not negative.")
        return value

    def contact(self) -> Contact:
        """Return the member `contact`: a channel and an address that fits it."""
        value = self.body.get("contact")
        channel, address = (value.get("channel"), value.get("address")) if isinstance(value, dict) else (None, None)
        if channel not in ("email", "phone") or not isinstance(address, str) or not is_address(channel, address):
            raise invalid("contact must be {channel: email or phone, address: one that fits}.")
        return Contact(cast("Channel", channel), address)

    def parameter(self, name: str) -> str:
        """Return a query parameter, which must be there and may not hold U+0000, which PostgreSQL takes nowhere."""
        value = self.query.get(name)
        if value is None or "\0" in value:
            raise invalid(f"The query parameter {name} must be given, without U+0000.")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules answer: an HTTP status, a JSON body or none, and whether caches may store it (RFC 6749 5.1)."""

    status: int
    body: Mapping[str, object] | None = None
    storable: bool = False
