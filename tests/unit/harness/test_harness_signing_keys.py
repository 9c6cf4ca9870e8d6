from __future__ import annotations

import stat
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from servinix_conformance.signing_keys import KeyFileError, make, private_key, public_key, thumbprint


def private_pem(encryption: KeySerializationEncryption | None = None) -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()


def public_pem(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


EC = generate_private_key(SECP256R1())
EC_PRIVATE = EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
EC_PUBLIC = EC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_key_is_named_as_rfc_8037_says() -> None:
    value = urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert thumbprint(Ed25519PublicKey.from_public_bytes(value)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_pair_is_made_and_read_by_reference(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    public, name = make(path)
    assert public == tmp_path / "key.pem.pub"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    by_file = private_key(f"file:{path}", {})
    by_variable = private_key("env:KEY", {"KEY": path.read_text(encoding="utf-8")})
    assert thumbprint(by_file.public_key()) == thumbprint(by_variable.public_key()) == name
    text = public.read_text(encoding="utf-8")
    for reference in (str(public), f"file:{public}", "env:KEY"):
        assert thumbprint(public_key(reference, {"KEY": text})) == name
    assert "PRIVATE" not in text


@pytest.mark.parametrize("there", ["key.pem", "key.pem.pub"])
def test_no_key_is_written_over(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("old", encoding="utf-8")
    with pytest.raises(KeyFileError) as caught:
        make(tmp_path / "key.pem")
    assert str(caught.value) == (
        f"--new-key {tmp_path / there}: is there already; name another file, no key is written over"
    )
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [(there, "old")]


def test_a_link_that_leads_nowhere_is_not_followed_to_write_a_key(tmp_path: Path) -> None:
    (tmp_path / "key.pem").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileError, match="is there already"):
        make(tmp_path / "key.pem")


def test_keys_for_a_folder_that_is_not_there_get_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError) as caught:
        make(tmp_path / "none" / "key.pem")
    assert str(caught.value).endswith(
        "key.pem: No such file or directory; name a file in a folder that can be written to"
    )


def test_half_a_pair_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The name of the public key is longer, and too long.
    path = tmp_path / ("k" * 253)
    with pytest.raises(KeyFileError, match="File name too long; name a file"):
        make(path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.chdir(tmp_path)
    assert make(Path("k"))[0] == Path("k.pub")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "nonsense SECRETWORD",
            "--key: is no private key in PEM form; 'servinix-conformance sign --new-key FILE' makes",
        ),
        (public_pem(Ed25519PrivateKey.generate()), "--key: is a public key; give the private one; "),
        (EC_PRIVATE, "--key: is no Ed25519 key; 'servinix-conformance sign --new-key FILE' makes one"),
        (private_pem(BestAvailableEncryption(b"p")), "--key: the key is encrypted; give one without a passphrase"),
        (private_pem()[:70], "--key: is no private key in PEM form; "),
        ("", "--key: the variable KEY is not set or is empty; export KEY before the run"),
    ],
    ids=["nonsense", "public", "another curve", "encrypted", "cut off", "empty"],
)
def test_what_is_no_key_to_sign_with_is_told_without_it(text: str, told: str) -> None:
    with pytest.raises(KeyFileError) as caught:
        private_key("env:KEY", {"KEY": text})
    said = str(caught.value)
    assert said.startswith(told)
    assert "SECRETWORD" not in said
    assert not any(line in said for line in text.splitlines() if line and "-----" not in line)


@pytest.mark.parametrize(
    "value", [private_pem(), "key.pem", "file:", "vault:x"], ids=["the key itself", "a path", "no path", "another kind"]
)
def test_a_key_to_sign_with_is_given_by_reference_alone(value: str) -> None:
    with pytest.raises(KeyFileError) as caught:
        private_key(value, {})
    assert str(caught.value) == ("--key: a key is given by reference, never by value; write env:NAME or file:PATH")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (private_pem(), "--key: is a private key, which no reader should have; give the public one"),
        (EC_PUBLIC, "--key: is no Ed25519 key; ask for that of whoever signed"),
        ("nonsense", "--key: is no public key in PEM form; ask for that of whoever signed"),
    ],
    ids=["private", "another curve", "nonsense"],
)
def test_what_is_no_key_to_verify_with_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "key").write_text(text, encoding="utf-8")
    with pytest.raises(KeyFileError) as caught:
        public_key(str(tmp_path / "key"), {})
    assert str(caught.value) == told


def test_a_key_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"--key: the file .*/none cannot be read"):
        public_key(str(tmp_path / "none"), {})
