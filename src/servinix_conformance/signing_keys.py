"""Ed25519 keys in PEM form: given by reference, made when asked for, and named by their thumbprint (RFC 7638).

Nothing of a private key is ever part of a message.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from .references import References

_REFERENCE = re.compile("(env|file):.+", re.DOTALL)


class KeyFileError(ValueError):
    """A key cannot be used or made; the message says which and the remedy, and nothing of the key."""


def private_key(reference: str, variables: Mapping[str, str]) -> Ed25519PrivateKey:
    """The key to sign with.

    Args:
        reference: `env:NAME` or `file:PATH`.
        variables: the environment.

    Raises:
        KeyFileError: it cannot be had, or is no private Ed25519 key.
    """
    if not _REFERENCE.fullmatch(reference):
        # It may be the key itself.
        raise KeyFileError("--key: a key is given by reference, never by value; write env:NAME or file:PATH")
    text = _text(reference, variables)
    try:
        key = load_pem_private_key(text, password=None)
    except TypeError as error:
        raise KeyFileError("--key: the key is encrypted; give one without a passphrase") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        told = "is a public key; give the private one" if b"PUBLIC KEY" in text else "is no private key in PEM form"
        raise KeyFileError(f"--key: {told}; 'servinix-conformance sign --new-key FILE' makes a pair") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError("--key: is no Ed25519 key; 'servinix-conformance sign --new-key FILE' makes one")
    return key


def public_key(reference: str, variables: Mapping[str, str]) -> Ed25519PublicKey:
    """The key to verify with: a file, `env:NAME` or `file:PATH`.

    Raises:
        KeyFileError: it cannot be had, or is no public Ed25519 key.
    """
    text = _text(reference if _REFERENCE.fullmatch(reference) else f"file:{reference}", variables)
    if b"PRIVATE KEY" in text:
        raise KeyFileError("--key: is a private key, which no reader should have; give the public one")
    try:
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError("--key: is no public key in PEM form; ask for that of whoever signed") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError("--key: is no Ed25519 key; ask for that of whoever signed")
    return key


def thumbprint(key: Ed25519PublicKey) -> str:
    """The name of a key, by RFC 7638 and RFC 8037: base64url of a SHA-256."""
    value = _base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": value}, separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(members.encode()).digest())


def make(path: Path) -> tuple[Path, str]:
    """Make a pair: the private key, readable by its owner alone, and the public one beside it.

    Returns:
        The file with the public key, and the key's thumbprint.

    Raises:
        KeyFileError: one of the files is there already, or cannot be written.
    """
    public = path.with_name(f"{path.name}.pub")
    for file in (path, public):
        if os.path.lexists(file):
            raise KeyFileError(f"--new-key {file}: is there already; name another file, no key is written over")
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    shown = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with ExitStack() as undo:
        for file, mode, data in ((path, 0o600, secret), (public, 0o644, shown)):
            try:
                # Never a moment in which somebody else could read it.
                descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
                undo.callback(file.unlink, missing_ok=True)
                with os.fdopen(descriptor, "wb") as opened:
                    opened.write(data)
            except OSError as error:
                raise KeyFileError(
                    f"--new-key {file}: {error.strerror}; name a file in a folder that can be written to"
                ) from error
        undo.pop_all()
    return public, thumbprint(key.public_key())


def _text(reference: str, variables: Mapping[str, str]) -> bytes:
    references = References(Path(), variables)
    text = references.resolve({"--key": reference})["--key"]
    if references.problems or not isinstance(text, str):
        raise KeyFileError("\n".join(references.problems))
    return text.encode()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
