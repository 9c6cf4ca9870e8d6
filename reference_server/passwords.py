"""Password hashing (NIST SP 800-63B-4 3.1.1.2; OWASP Password Storage)."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

_PROFILES = {
    "argon2id": PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),
    # These protect nothing: for test runs alone, where hashing would be most of the work. One takes next to no time;
    # the other takes enough to notice, on a busy machine too, that nothing was hashed for an answer.
    "test": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
    "timed": PasswordHasher(time_cost=2, memory_cost=8 * 1024, parallelism=1),
}


class Passwords:
    """Hashes and verifies with one cost. `unmatchable` costs the same and fits no password: for unknown users."""

    def __init__(self, profile: str) -> None:
        self._hasher = _PROFILES[profile]
        self.unmatchable = self.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """Return the Argon2id hash of a password, whole and as sent."""
        return self._hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Tell whether a password is the one that was hashed."""
        try:
            return self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return False
