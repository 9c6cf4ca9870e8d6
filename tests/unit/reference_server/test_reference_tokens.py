from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from reference_server import Settings, Tokens
from reference_server.settings import generate_signing_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Stage

    Kind = Callable[[TestResponse], str]


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forge(stage: Stage, token: str, key: object = None, algorithm: str = "ES256", **claims: object) -> str:
    """Sign the claims of a token anew, with some changed; None leaves one out."""
    header: dict[str, Any] = jwt.get_unverified_header(token) | {"alg": algorithm}
    payload = jwt.decode(token, options={"verify_signature": False}) | claims
    payload = {name: value for name, value in payload.items() if value is not None}
    own = load_pem_private_key(stage.settings.signing_key.encode(), None)
    return jwt.encode(payload, key or own, algorithm, header)  # type: ignore[arg-type]


def test_an_access_token_is_as_rfc_9068_wants_it(stage: Stage) -> None:
    person = stage.person()
    token = stage.token(person)
    (jwk,) = stage.call("GET", "/.well-known/jwks.json").get_json()["keys"]
    assert (jwk["kty"], jwk["crv"], jwk["use"], jwk["alg"], "d" in jwk) == ("EC", "P-256", "sig", "ES256", False)
    decoded = jwt.decode_complete(token, jwt.PyJWK(jwk), ["ES256"], audience="servinix-api")
    assert decoded["header"] == {"alg": "ES256", "typ": "at+jwt", "kid": jwk["kid"]}
    claims = decoded["payload"]
    assert claims.keys() == {"iss", "aud", "sub", "iat", "exp", "jti", "client_id", "amr"}
    assert (claims["iss"], claims["sub"]) == ("http://127.0.0.1:8000", person.id)
    assert claims["exp"] == claims["iat"] + 900


def test_the_key_is_named_by_its_thumbprint() -> None:
    # The kid of a key is the same in every process that has it.
    settings = Settings(signing_key=generate_signing_key())
    assert Tokens(settings).kid == Tokens(settings).kid != Tokens(Settings()).kid
    assert Tokens(settings).otp_digest("challenge", "123456") == Tokens(settings).otp_digest("challenge", "123456")


def test_a_signed_token_that_is_changed_in_nothing_opens(stage: Stage) -> None:
    token = stage.token(stage.person())
    assert stage.opens(forge(stage, token))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "elsewhere"},
        {"aud": ["servinix-api"]},
        {"sub": uuid.uuid4().hex},
        {"jti": "unknown"},
        {"jti": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 1},
        {"amr": None},
        {"sub": 1},
        {"jti": 1},
    ],
)
def test_other_claims_are_refused(stage: Stage, claims: dict[str, Any]) -> None:
    token = stage.token(stage.person())
    assert not stage.opens(forge(stage, token, **claims))


def test_other_signatures_are_refused(stage: Stage) -> None:
    token = stage.token(stage.person())
    head, payload, signature = token.split(".")
    public = json.dumps(stage.call("GET", "/.well-known/jwks.json").get_json())
    confused = part({"alg": "HS256", "typ": "at+jwt", "kid": jwt.get_unverified_header(token)["kid"]})
    forgeries = [
        forge(stage, token, ec.generate_private_key(ec.SECP256R1())),
        forge(stage, token, pem(rsa.generate_private_key(65537, 2048)), "RS256"),
        f"{part(jwt.get_unverified_header(token) | {'alg': 'none'})}.{payload}.",
        f"{part(jwt.get_unverified_header(token) | {'alg': 'nOnE'})}.{payload}.{signature}",
        f"{confused}.{payload}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
        f"{head}.{payload}.{signature[:-1]}",
        f"{head}.{payload}.{'A' * len(signature)}",
        f"{head}.{part(jwt.decode(token, options={'verify_signature': False}) | {'x': public})}.{signature}",
    ]
    for forgery in forgeries:
        assert not stage.opens(forgery)


def test_one_token_has_one_spelling(stage: Stage) -> None:
    token = stage.token(stage.person())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    for spelling in (twin, token + "=", token.replace(".", "!.", 1)):
        assert not stage.opens(spelling)
    assert stage.opens(token)


@pytest.mark.parametrize("change", [{"typ": "JWT"}, {"kid": "other"}])
def test_other_headers_are_refused(stage: Stage, change: dict[str, str]) -> None:
    token = stage.token(stage.person())
    key = load_pem_private_key(stage.settings.signing_key.encode(), None)
    payload = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token) | change
    assert not stage.opens(jwt.encode(payload, key, "ES256", header))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (None, "Bearer"),
        ("Bearer nonsense", 'Bearer error="invalid_token"'),
        ("Bearer a.b.c", 'Bearer error="invalid_token"'),
        ("Bearer \xff.\xff.\xff", 'Bearer error="invalid_token"'),
        ("bearer nonsense", 'Bearer error="invalid_token"'),
        ("Bearer", "Bearer"),
        ("Basic YTpi", "Bearer"),
    ],
)
def test_a_refusal_asks_for_a_bearer(stage: Stage, kind: Kind, header: str | None, challenge: str) -> None:
    answer = stage.call("GET", "/me", headers={"Authorization": header} if header else {})
    assert kind(answer) == "access-token-rejected"
    assert answer.headers["WWW-Authenticate"] == challenge


def test_a_token_in_the_query_is_not_read(stage: Stage, kind: Kind) -> None:
    token = stage.token(stage.person())
    assert kind(stage.call("GET", f"/me?access_token={token}")) == "access-token-rejected"


def test_codes_are_spread_over_all_digits() -> None:
    tokens = Tokens(Settings())
    codes = {tokens.draw_otp() for _ in range(2000)}
    assert len(codes) > 1990
    assert {code[0] for code in codes} == set("0123456789")
    assert {len(code) for code in codes} == {6}


def test_the_key_must_be_for_es256() -> None:
    keys = ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)
    for key in keys:
        with pytest.raises(ValueError, match="P-256"):
            Tokens(Settings(signing_key=pem(key)))


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
