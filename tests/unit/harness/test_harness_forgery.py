from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms

from servinix_conformance.forgery import FORGERIES, NoJwt, NoKey, forged

KEYS: dict[str, Any] = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES256K": ec.generate_private_key(ec.SECP256K1()),
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "HS256": b"a secret of no less than thirty-two bytes",
}
CLAIMS = {"sub": "ada", "exp": 4_000_000_000, "jti": "1"}
ALGORITHMS = [*KEYS, "HS512"]


def good(algorithm: str) -> str:
    return jwt.encode(CLAIMS, KEYS[algorithm], algorithm, {"kid": "k", "typ": "at+jwt"})


def published(algorithm: str) -> dict[str, Any]:
    told: dict[str, Any] = get_default_algorithms()[algorithm].to_jwk(KEYS[algorithm].public_key(), as_dict=True)
    return told | {"kid": "k"}


def decoded(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    header, claims, signature = (
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in f"{token}..".split(".")[:3]
    )
    return json.loads(header), json.loads(claims), signature


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("algorithm", KEYS)
def test_no_forgery_is_right_by_the_key_of_the_server(algorithm: str, forgery: str) -> None:
    keys = [] if algorithm == "HS256" else [published(algorithm)]
    key = KEYS[algorithm] if algorithm == "HS256" else KEYS[algorithm].public_key()
    token = good(algorithm)
    assert jwt.decode(token, key, [algorithm]) == CLAIMS
    if forgery == "signed with the public key as secret" and not keys:
        with pytest.raises(NoKey):
            forged(token, forgery, keys)
        return
    tokens = forged(token, forgery, keys)
    assert len(tokens) == len(set(tokens)) > 0
    for one in tokens:
        with pytest.raises(jwt.InvalidTokenError):
            jwt.decode(one, key, [algorithm])


@pytest.mark.parametrize("forgery", [name for name in FORGERIES if name != "that says something else"])
def test_a_forgery_says_what_the_good_token_says(forgery: str) -> None:
    for one in forged(good("ES256"), forgery, [published("ES256")]):
        header, claims, _ = decoded(one)
        assert claims == CLAIMS
        assert header["typ"] == "at+jwt"


def test_what_says_something_else_has_the_good_signature() -> None:
    token = good("ES256")
    for one in forged(token, "that says something else"):
        header, claims, signature = decoded(one)
        assert (header, signature) == (decoded(token)[0], decoded(token)[2])
        assert claims != CLAIMS
    assert forged(jwt.encode({}, KEYS["HS256"], "HS256"), "that says something else")


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_that_a_token_brings_along_or_points_to_fits_its_signature(algorithm: str) -> None:
    token = good(algorithm)
    own, bare, chain = forged(token, "signed with a key that it brings along")
    used = decoded(own)[0]["alg"]
    assert used == ("ES256" if algorithm == "HS256" else algorithm)
    for one in (own, bare):
        assert jwt.decode(one, jwt.PyJWK(decoded(one)[0]["jwk"]), [used]) == CLAIMS
    certificate = x509.load_der_x509_certificate(base64.b64decode(decoded(chain)[0]["x5c"][0]))
    assert jwt.decode(chain, certificate.public_key(), [used]) == CLAIMS  # type: ignore[arg-type]
    by_set, by_certificate = forged(token, "signed with a key that it points to")
    media_type, _, content = decoded(by_set)[0]["jku"].partition(";base64,")
    assert media_type == "data:application/json"
    (jwk,) = json.loads(base64.b64decode(content))["keys"]
    assert jwt.decode(by_set, jwt.PyJWK(jwk), [used]) == CLAIMS
    pem = base64.b64decode(decoded(by_certificate)[0]["x5u"].partition(";base64,")[2])
    assert x509.load_pem_x509_certificate(pem) == certificate


def test_a_public_key_is_tried_in_the_forms_that_servers_keep_it_in() -> None:
    pem = KEYS["RS256"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unreadable: list[object] = [None, "x", {}, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "n": "!", "e": "AQAB"}]
    tokens = forged(good("RS256"), "signed with the public key as secret", [*unreadable, published("RS256")])
    signed = [token.rpartition(".")[0] for token in tokens]
    hs256 = get_default_algorithms()["HS256"]
    assert {decoded(token)[0]["alg"] for token in tokens} == {"HS256"}
    right = hs256.sign(signed[0].encode(), pem)
    assert right in {decoded(token)[2] for token in tokens}
    with pytest.raises(NoKey, match="no public key is published"):
        forged(good("RS256"), "signed with the public key as secret", unreadable)


def test_an_algorithm_that_nobody_knows_is_forged_by_another() -> None:
    header, rest = base64.urlsafe_b64encode(b'{"alg": "XX1"}').decode().rstrip("="), good("ES256").partition(".")[2]
    (one,) = forged(f"{header}.{rest}", "signed with another key")
    assert decoded(one)[0]["alg"] == "ES256"


@pytest.mark.parametrize("signature", ["", "AA"])
def test_a_signature_that_is_short_or_missing_is_changed_all_the_same(signature: str) -> None:
    token = f"{good('ES256').rpartition('.')[0]}.{signature}"
    for forgery in ("with another signature", "with its signature cut off", "with a signature of zeros"):
        assert forged(token, forgery)


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "W10.W10.AA", "e30.e30", "e30.e30.AA.AA.AA", "e30.e30.\xe9"])
def test_what_is_no_jwt_cannot_be_forged(token: str) -> None:
    with pytest.raises(NoJwt, match="the access token is no JWT"):
        forged(token, "without its signature")
