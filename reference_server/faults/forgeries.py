"""Wrong checks of signatures: tokens that this server never signed open accounts."""

# ruff: noqa: D102 - the class says what is wrong; the package imports relatively

import hmac
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_decode

from ..tokens import Tokens
from .registry import fault


def _unverified(token: str) -> dict[str, Any]:
    payload: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return payload


def _signed_with(secret: bytes, token: str) -> bool:
    """Tell whether a token has an HS256 signature by a secret."""
    signed, _, signature = token.rpartition(".")
    return hmac.compare_digest(hmac.digest(secret, signed.encode(), "sha256"), base64url_decode(signature))


@fault("alg-none", severity="C", clause="TOKEN-2")
class AlgNone(Tokens):
    """Takes a token that says it is not signed."""

    def verified(self, token: str) -> dict[str, Any]:
        if str(jwt.get_unverified_header(token).get("alg")).lower() == "none":
            return _unverified(token)
        return super().verified(token)


@fault("signature-ignored", severity="C", clause="TOKEN-2")
class SignatureIgnored(Tokens):
    """Takes a token whatever its signature."""

    def verified(self, token: str) -> dict[str, Any]:
        return _unverified(token)


@fault("signature-left-out", severity="C", clause="TOKEN-2")
class SignatureLeftOut(Tokens):
    """Checks a signature only where there is one."""

    def verified(self, token: str) -> dict[str, Any]:
        return _unverified(token) if token.endswith(".") else super().verified(token)


@fault("signature-of-zeros", severity="C", clause="TOKEN-2")
class SignatureOfZeros(Tokens):
    """Takes a signature of zeros, which fits everything where ECDSA is computed without looking at it."""

    def verified(self, token: str) -> dict[str, Any]:
        signature = base64url_decode(token.rpartition(".")[2])
        return _unverified(token) if signature and not any(signature) else super().verified(token)


@fault("public-key-as-secret", severity="C", clause="TOKEN-2")
class PublicKeyAsSecret(Tokens):
    """Takes HS256 too, and its public key for the secret."""

    def verified(self, token: str) -> dict[str, Any]:
        pem = self.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return _unverified(token) if _signed_with(pem, token) else super().verified(token)


@fault("secret-easily-guessed", severity="C", clause="TOKEN-2")
class SecretEasilyGuessed(Tokens):
    """Takes HS256 too, with a secret that stands in every tutorial."""

    def verified(self, token: str) -> dict[str, Any]:
        return _unverified(token) if _signed_with(b"secret", token) else super().verified(token)


@fault("key-from-token", severity="C", clause="TOKEN-2")
class KeyFromToken(Tokens):
    """Checks a signature with the key that the token brings along."""

    def verified(self, token: str) -> dict[str, Any]:
        brought = jwt.get_unverified_header(token).get("jwk")
        if brought is None:
            return super().verified(token)
        return jwt.decode(token, jwt.PyJWK(brought), ["ES256"], options={"verify_aud": False, "verify_iat": False})


@fault("key-from-address", severity="C", clause="TOKEN-2")
class KeyFromAddress(Tokens):
    """Checks a signature with a key from the address that the token names."""

    def verified(self, token: str) -> dict[str, Any]:
        address = jwt.get_unverified_header(token).get("jku")
        if address is None:
            return super().verified(token)
        with urlopen(address) as found:  # noqa: S310 - that it takes any address is what is wrong
            key = jwt.PyJWKSet.from_json(found.read()).keys[0]
        return jwt.decode(token, key, ["ES256"], options={"verify_aud": False, "verify_iat": False})


@fault("key-from-file", severity="C", clause="TOKEN-2")
class KeyFromFile(Tokens):
    """Takes HS256 too, and the file that the token names for the secret."""

    def verified(self, token: str) -> dict[str, Any]:
        named = Path("keys", str(jwt.get_unverified_header(token).get("kid")))
        known = named.exists() and _signed_with(named.read_bytes(), token)
        return _unverified(token) if known else super().verified(token)
