"""What the server knows of accounts and of sign-ins that are under way. Times are seconds since the epoch."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Literal

Channel = Literal["email", "phone"]


def whole_seconds(duration: float) -> int:
    """Return a duration rounded up, at least 1; what floating point adds beyond a millisecond does not count."""
    return max(1, ceil(round(duration, 3)))


def rfc3339(seconds: float) -> str:
    """Return a time as RFC 3339 in UTC, rounded up to the whole second."""
    return datetime.fromtimestamp(ceil(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Contact:
    """Where one-time passcodes and notices go."""

    channel: Channel
    address: str

    @property
    def masked(self) -> str:
        """The address as a hint: enough for its owner, too little for anybody else."""
        local, at, domain = self.address.rpartition("@")
        return f"{local[:1] if len(local) > 1 else ''}***@{domain}" if at else f"***{self.address[-2:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user account as stored. `clock` is its own time where test support made it, else None: real time."""

    id: str
    email: str
    password_hash: str
    organization: str = ""
    role: str = "member"
    status: str = "active"
    mfa_enabled: bool = False
    contact_channel: Channel | None = None
    contact_address: str | None = None
    clock: int | None = None
    otp_failures: int = 0
    otp_failures_across_locks: int = 0
    otp_locked_until: float | None = None
    code_sent_at: float | None = None
    password_locked_until: float | None = None

    @property
    def contact(self) -> Contact | None:
        """The registered contact."""
        if self.contact_channel is None or self.contact_address is None:
            return None
        return Contact(self.contact_channel, self.contact_address)

    @property
    def recipient(self) -> Contact:
        """Where passcodes and notices go: the registered contact, and the e-mail address where there is none."""
        return self.contact or Contact("email", self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A sign-in between its two stages."""

    token_digest: str
    user_id: str
    client_id: str
    otp_digest: str
    otp_expires_at: float
    expires_at: float
    failures: int = 0
    suspended_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to one recipient. `sent_at` is the account's time."""

    channel: Channel
    address: str
    subject: str | None
    body: str = field(repr=False)
    sent_at: float
