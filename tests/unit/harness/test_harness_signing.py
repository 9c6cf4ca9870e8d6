from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.api_jws import PyJWS
from report_samples import report_of

from servinix_conformance.signing import (
    TYPE,
    SignatureError,
    UnreadableError,
    differences,
    hashes,
    opened,
    sign,
    statement,
)
from servinix_conformance.signing_keys import thumbprint

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
SHA = "0" * 64
VERDICTS = {"AA-1": "passed", "BB-1": "not claimed", "BB-2": "not claimed"}
SAID = statement(report_of(VERDICTS), {"report.json": SHA}, "1" * 64, 1_800_000_000)


def token(payload: bytes, *, key: Any = KEY, algorithm: str = "EdDSA", **headers: str) -> bytes:  # noqa: ANN401 - any key
    return PyJWS().encode(payload, key, algorithm=algorithm, headers={"typ": TYPE, **headers}).encode()


def profile(**clauses: list[Any]) -> dict[str, Any]:
    return {"name": "documented", "verdict": "CONFORMANT", "clauses": clauses}


def refused(signature: bytes) -> str:
    with pytest.raises(SignatureError) as caught:
        opened(signature, KEY.public_key())
    return str(caught.value)


def test_what_is_signed_can_be_read_without_a_report() -> None:
    assert opened(sign(SAID, KEY).encode() + b"\n", KEY.public_key()) == {
        "version": 1,
        "iat": 1_800_000_000,
        "suite": {"version": "0.1.0", "catalogue": "1", "sha256": "1" * 64},
        "target": {"name": "Example", "base_url": "https://host.example"},
        "product": {},
        "run": {"started_at": "2026-01-02T03:04:05+00:00", "complete": True, "narrowed": False, "strict": False},
        "profiles": [
            {
                "name": "documented",
                "verdict": "CONFORMANT",
                "clauses": {"passed": ["AA-1"], "not claimed": ["BB-1", "BB-2"]},
            }
        ],
        "artefacts": {"report.json": SHA},
    }


def test_the_signature_is_a_jws_that_names_its_key() -> None:
    header = json.loads(base64.urlsafe_b64decode(sign(SAID, KEY).split(".")[0] + "=="))
    assert header == {"alg": "EdDSA", "kid": thumbprint(KEY.public_key()), "typ": TYPE}


def test_another_key_is_told_with_both_names() -> None:
    told = refused(sign(SAID, OTHER).encode())
    names = thumbprint(OTHER.public_key()), thumbprint(KEY.public_key())
    assert told == f"another key signed it: it names {names[0]}, and the one given is {names[1]}"


@pytest.mark.parametrize("kid", ["", "x\nverified"])
def test_a_name_of_a_key_that_is_none_is_not_repeated(kid: str) -> None:
    assert "it names no key, and" in refused(token(b"{}", key=OTHER, kid=kid))


def test_no_byte_of_a_signature_can_be_changed() -> None:
    whole = sign(SAID, KEY).encode()
    for place in range(len(whole)):
        for other in (b"A", b"B", b".", b"\xff"):
            if whole[place : place + 1] != other:
                refused(whole[:place] + other + whole[place + 1 :])


def test_not_even_bits_that_nobody_reads_can_be_changed() -> None:
    whole = sign(SAID, KEY).encode()
    # The last letter stands for two bits and has room for six.
    assert refused(whole[:-1] + bytes([whole[-1] + 1])) == "it is no signature: it was cut off or edited"
    opened(whole, KEY.public_key())


@pytest.mark.parametrize("length", [0, 1, 20, 200, -1, -43, -86, -87])
def test_a_signature_that_was_cut_off_is_told(length: int) -> None:
    refused(sign(SAID, KEY).encode()[:length])


def test_a_payload_that_was_edited_under_the_name_of_the_key_does_not_hold() -> None:
    head, _, last = sign(SAID, KEY).split(".")
    better = base64.urlsafe_b64encode(json.dumps({**SAID, "product": {"vendor": "x"}}).encode()).decode().rstrip("=")
    assert refused(f"{head}.{better}.{last}".encode()) == (
        "the signature does not hold: it was changed after it was made"
    )


@pytest.mark.parametrize(("algorithm", "key"), [("HS256", b"k" * 32), ("none", "")])
def test_no_other_algorithm_is_accepted(algorithm: str, key: Any) -> None:  # noqa: ANN401 - any key
    told = refused(token(json.dumps(SAID).encode(), key=key, algorithm=algorithm))
    assert told == "it is not signed with EdDSA, and nothing else is accepted"


def test_another_curve_is_another_key() -> None:
    assert "another key signed it" in refused(token(json.dumps(SAID).encode(), key=Ed448PrivateKey.generate()))


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"\xff", "what was signed is no JSON; another program made it"),
        (b"[" * 100_000, "what was signed is no JSON; another program made it"),
        (b"[]", "what was signed: "),
        (b'{"version": 2}', "it is of version 2, and this suite reads 1; verify it with a newer one"),
        (json.dumps({**SAID, "version": 0}).encode(), "version: "),
        (json.dumps({**SAID, "iat": 1e300}).encode(), "iat: "),
        (json.dumps({**SAID, "profiles": [{"name": "x"}]}).encode(), "profiles/0: "),
        (json.dumps({**SAID, "profiles": [profile(green=["AA-1"])]}).encode(), "profiles/0/clauses: "),
        (json.dumps({**SAID, "profiles": [profile(passed=[1])]}).encode(), "profiles/0/clauses/passed/0: "),
        (json.dumps({**SAID, "artefacts": {"report.json": "x"}}).encode(), "artefacts/report.json: "),
        (json.dumps({key: value for key, value in SAID.items() if key != "run"}).encode(), "what was signed: "),
    ],
)
def test_what_is_no_statement_of_ours_is_told(payload: bytes, told: str) -> None:
    assert refused(token(payload)).startswith(told)


def test_a_token_of_another_kind_by_the_same_key_is_no_signature_of_reports() -> None:
    assert refused(token(json.dumps(SAID).encode(), typ="JWT")) == (
        "the key signed something else, and no folder of reports"
    )


def test_every_file_below_the_folder_has_its_hash_and_links_have_none(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("a.txt", "b/c.txt", "report.jws", "b/report.jws", ".hidden"):
        (tmp_path / name).write_bytes(b"abc")
    (tmp_path / "link").symlink_to("a.txt")
    (tmp_path / "folder").symlink_to("b")
    os.mkfifo(tmp_path / "pipe")
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hashes(tmp_path, "report.jws") == {
        ".hidden": abc,
        "a.txt": abc,
        "b/c.txt": abc,
        "b/report.jws": abc,
        "folder": None,
        "link": None,
        "pipe": None,
    }


def test_a_folder_or_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError) as caught:
        hashes(tmp_path / "none", "")
    assert str(caught.value).endswith("none: cannot be read: No such file or directory; name a folder with reports")
    (tmp_path / "file").touch()
    with pytest.raises(UnreadableError, match="file: cannot be read: Not a directory; name a folder with reports"):
        hashes(tmp_path / "file", "")

    def forbidden(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    # As root, no file is unreadable.
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(UnreadableError, match="file: cannot be read: Permission denied; make it readable"):
        hashes(tmp_path, "")


def test_what_differs_is_told_file_by_file() -> None:
    signed = {"a": SHA, "b": SHA, "c": SHA, "e": SHA}
    found = {"a": SHA, "b": "1" * 64, "d": SHA, "e": None}
    assert list(differences(signed, found)) == [
        "b: was changed since it was signed",
        "c: is missing",
        "d: was not there when it was signed",
        "e: was changed since it was signed",
    ]
