"""Access tokens (RFC 9068), opaque tokens, and one-time passcodes: how they are made and read."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from .problems import Refusal
from .settings import Settings

_CLAIMS = ["iss", "aud", "sub", "iat", "exp", "jti", "client_id", "amr"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says that the server acts on: whose it is, which session, when it ends (epoch seconds)."""

    sub: str
    jti: str
    exp: int


class Tokens:
    """Makes and reads every token of one server with its one key.

    Raises:
        ValueError: when the signing key is no P-256 private key in PEM.
    """

    def __init__(self, settings: Settings) -> None:
        key = load_pem_private_key(settings.signing_key.encode(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("signing_key: not a P-256 private key")
        self.settings = settings
        self.private_key = key
        self._public_key = key.public_key()
        self._otp_key = self.derived_key("one-time passcodes")
        self._jwk: dict[str, str] = ECAlgorithm.to_jwk(self._public_key, as_dict=True)
        members = json.dumps(self._jwk, sort_keys=True, separators=(",", ":"))  # RFC 7638 3: crv, kty, x, y
        thumbprint = hashlib.sha256(members.encode()).digest()
        self.kid = base64url_encode(thumbprint).decode()

    def derived_key(self, purpose: str) -> bytes:
        """Return a key for one purpose, from the one key that all processes share."""
        return hmac.digest(self.settings.signing_key.encode(), purpose.encode(), "sha256")

    def issue(self, user_id: str, client_id: str, amr: Sequence[str], now: float) -> tuple[str, Claims]:
        """Sign an access token that starts now (RFC 9068 2.2; amr as in RFC 8176)."""
        claims = Claims(user_id, secrets.token_urlsafe(16), self.expiry(now))
        payload = {
            "iss": self.settings.issuer,
            "aud": self.settings.audience,
            "sub": claims.sub,
            "iat": int(now),
            "exp": claims.exp,
            "jti": claims.jti,
            "client_id": client_id,
            "amr": list(amr),
        }
        return jwt.encode(payload, self.private_key, "ES256", {"typ": "at+jwt", "kid": self.kid}), claims

    def expiry(self, now: float) -> int:
        """Return when an access token of now ends."""
        return int(now) + self.settings.policy.access_token_ttl_seconds

    def read(self, token: str) -> Claims:
        """Verify an access token in everything but its time (RFC 9068 4, RFC 8725 3.1).

        Raises:
            Refusal: access-token-rejected.
        """
        try:
            payload = self.verified(token)
            claims = Claims(payload["sub"], payload["jti"], int(payload["exp"]))
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Refusal("access-token-rejected") from error
        return claims

    def verified(self, token: str) -> dict[str, Any]:
        """Return the payload of a token that this server signed as an access token.

        Raises:
            jwt.InvalidTokenError: for any other token.
        """
        decoded = jwt.decode_complete(
            token,
            self._public_key,
            algorithms=["ES256"],
            audience=self.settings.audience,
            issuer=self.settings.issuer,
            # PyJWT knows real time only; `is_current` asks the user's clock.
            options={"require": _CLAIMS, "strict_aud": True, "verify_exp": False, "verify_iat": False},
        )
        if decoded["header"].get("typ") != "at+jwt" or decoded["header"].get("kid") != self.kid:
            raise jwt.InvalidTokenError("not an access token of this server")
        payload: dict[str, Any] = decoded["payload"]
        return payload

    def is_current(self, claims: Claims, now: float) -> bool:
        """Tell whether a token has not ended by the user's clock (RFC 7519 4.1.4)."""
        return now < claims.exp

    def jwks(self) -> dict[str, object]:
        """Return the public key as a JWK set (RFC 7517 5)."""
        return {"keys": [self._jwk | {"kid": self.kid, "use": "sig", "alg": "ES256"}]}

    def opaque(self) -> str:
        """Draw an mfa_token or reset token of 256 bits."""
        return secrets.token_urlsafe(32)

    def digest(self, token: str) -> str:
        """Return what is stored of an opaque token: it has entropy enough for a plain SHA-256."""
        return hashlib.sha256(token.encode()).hexdigest()

    def draw_otp(self) -> str:
        """Draw a one-time passcode (NIST SP 800-63B-4 3.1.3.2): decimal digits, leading zeros kept."""
        length = self.settings.policy.otp_length
        return f"{secrets.randbelow(10**length):0{length}}"

    def otp_digest(self, token_digest: str, otp: str) -> str:
        """Return what is stored of a passcode: an HMAC bound to its challenge, for a million guesses are soon tried."""
        return hmac.digest(self._otp_key, f"{token_digest}:{otp}".encode(), "sha256").hex()
