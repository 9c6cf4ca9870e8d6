"""Everything that can be configured; nothing else is read from the outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of the sign-in, as the contract publishes them; times in whole seconds, everything else a count.

    Raises:
        ValueError: when a number is smaller than 1.
    """

    otp_length: int = 6
    otp_ttl_seconds: int = 300
    otp_attempts_per_challenge: int = 5
    otp_failures_before_lock: int = 10
    password_failures_before_lock: int = 5
    lock_seconds: int = 900
    resend_after_seconds: int = 30
    mfa_token_ttl_seconds: int = 600
    access_token_ttl_seconds: int = 900
    reset_token_ttl_seconds: int = 3600
    recovery_after_failures: int = 100

    def __post_init__(self) -> None:
        if small := [field.name for field in fields(self) if getattr(self, field.name) < 1]:
            raise ValueError(f"policy: {', '.join(small)} must be at least 1")


def generate_signing_key() -> str:
    """Return a new P-256 private key as PEM (PKCS #8)."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The mail server that carries e-mail. `security` is `none`, `starttls` or `tls`."""

    host: str
    sender: str
    port: int = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """The HTTP gateway that carries text messages. `body` is JSON in which {to} and {body} are filled in."""

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = '{"to": "{to}", "body": "{body}"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration of one server.

    Attributes:
        public_url: where users reach the server; links in messages start with it.
        issuer: the `iss` of access tokens, `public_url` unless given.
        audience: the `aud` of access tokens.
        database_url: an SQLAlchemy URL; the default keeps everything in memory.
        test_support_secret: the bearer of the test-support operations; None switches them off.
        password_profile: `argon2id` (OWASP); or `test` and `timed`, which are cheap and protect nothing: `timed` is for
            tests that look at how long an answer takes.
        trusted_proxies: how many proxies in front may be believed about the client's address.
        signing_key: a P-256 private key in PEM; several processes on one database must share it.

    Raises:
        ValueError: when `public_url` is no http(s) URL, or `test_support_secret` is empty.
    """

    public_url: str = "http://127.0.0.1:8000"
    issuer: str = ""
    audience: str = "servinix-api"
    database_url: str = field(default="sqlite://", repr=False)
    test_support_secret: str | None = field(default=None, repr=False)
    policy: Policy = field(default_factory=Policy)
    password_profile: Literal["argon2id", "test", "timed"] = "argon2id"  # noqa: S105 - the name of a profile
    trusted_proxies: int = 0
    smtp: SmtpSettings | None = None
    sms: SmsSettings | None = None
    signing_key: str = field(default_factory=generate_signing_key, repr=False)

    def __post_init__(self) -> None:
        url = urlsplit(self.public_url)
        if url.scheme not in {"http", "https"} or not url.netloc:
            raise ValueError(f"public_url: {self.public_url!r} is no http or https URL")
        if self.test_support_secret == "":
            raise ValueError("test_support_secret: must not be empty; None switches test support off")
        object.__setattr__(self, "public_url", self.public_url.rstrip("/"))
        object.__setattr__(self, "issuer", self.issuer or self.public_url)
