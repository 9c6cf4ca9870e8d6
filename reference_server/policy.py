"""The numbers of the sign-in, as the contract publishes them."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Policy:
    """What the server promises; times in whole seconds, everything else a count.

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
