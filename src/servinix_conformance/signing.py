"""The signature of a folder of reports: a JWS (RFC 7515, Ed25519) over the hashes of its files and what they say.

It proves who signed and that nothing was changed since. It does not prove that whoever signed was honest.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidAlgorithmError, InvalidSignatureError, PyJWTError

from .signing_keys import thumbprint
from .verdict import SHOWN

VERSION = 1
"""Version of what a signature holds."""

TYPE = "servinix-conformance-report+jws"
_ALGORITHM = "EdDSA"
_THUMBPRINT = re.compile("[A-Za-z0-9_-]{43}")
_SHA256: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_TEXT: dict[str, Any] = {"type": "string"}
_TRUTH: dict[str, Any] = {"type": "boolean"}


def _object(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - a schema
    return {"type": "object", "required": list(members), "properties": members}


# Signatures that were made before clauses stood in them are read all the same.
_PROFILE = _object(name=_TEXT, verdict={"type": ["string", "null"]})
_PROFILE["properties"]["clauses"] = {
    "type": "object",
    "propertyNames": {"enum": list(SHOWN)},
    "additionalProperties": {"type": "array", "minItems": 1, "items": _TEXT},
}
_VALIDATOR = jsonschema_rs.validator_for(
    _object(
        version={"const": VERSION},
        iat={"type": "integer", "minimum": 0, "maximum": 253402300799},
        suite=_object(version=_TEXT, catalogue=_TEXT, sha256=_SHA256),
        target=_object(name=_TEXT, base_url=_TEXT),
        product={"type": "object", "additionalProperties": _TEXT},
        run=_object(started_at=_TEXT, complete=_TRUTH, narrowed=_TRUTH, strict=_TRUTH),
        profiles={"type": "array", "items": _PROFILE},
        artefacts={"type": "object", "additionalProperties": _SHA256},
    )
)


class SignatureError(ValueError):
    """A signature does not hold, or says what this version cannot read."""


class UnreadableError(ValueError):
    """A file of the folder cannot be looked at; the message names it and the remedy."""


def facts(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a signature repeats of a report, so that it can be read without one."""
    suite, target, run = report["suite"], report["target"], report["run"]
    return {
        "target": {"name": target["name"], "base_url": target["base_url"]},
        "product": target["product"],
        "run": {key: run[key] for key in ("started_at", "complete", "narrowed", "strict")},
        "profiles": [
            {"name": item["name"], "verdict": item["verdict"], "clauses": _clauses(report, item["name"])}
            for item in report["profiles"]
        ],
        "suite": {"version": suite["version"], "catalogue": suite["catalogue"]},
    }


def _clauses(report: Mapping[str, Any], profile: str) -> dict[str, list[str]]:
    """The ids of its clauses by verdict: what is not claimed is no part of what conforms."""
    found: dict[str, list[str]] = {}
    for clause in report["clauses"]:
        if clause["profile"] == profile:
            found.setdefault(clause["verdict"], []).append(clause["id"])
    return found


def statement(report: Mapping[str, Any], artefacts: Mapping[str, str], package: str, at: int) -> dict[str, Any]:
    """What is signed.

    Args:
        report: the contents of report.json.
        artefacts: the hashes of the files, by name.
        package: the hash of the suite itself.
        at: when it is signed, in seconds since 1970.
    """
    told = facts(report)
    suite = told.pop("suite") | {"sha256": package}
    return {"version": VERSION, "iat": at, "suite": suite, **told, "artefacts": dict(artefacts)}


def sign(said: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """The signature, compact."""
    payload = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    headers = {"typ": TYPE, "kid": thumbprint(key.public_key())}
    return PyJWS().encode(payload, key, algorithm=_ALGORITHM, headers=headers)


def opened(token: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """What was signed.

    Raises:
        SignatureError: it was not signed with this key, was changed since, or says what this version cannot read.
    """
    try:
        decoded = PyJWS().decode_complete(token.strip(), key, algorithms=[_ALGORITHM])
    except InvalidSignatureError as error:
        named, given = PyJWS().get_unverified_header(token.strip()).get("kid", ""), thumbprint(key)
        if named != given:
            told = named if _THUMBPRINT.fullmatch(named) else "no key"
            raise SignatureError(f"another key signed it: it names {told}, and the one given is {given}") from error
        raise SignatureError("the signature does not hold: it was changed after it was made") from error
    except InvalidAlgorithmError as error:
        raise SignatureError(f"it is not signed with {_ALGORITHM}, and nothing else is accepted") from error
    except (PyJWTError, RecursionError) as error:
        raise SignatureError("it is no signature: it was cut off or edited") from error
    if decoded["header"].get("typ") != TYPE:
        raise SignatureError("the key signed something else, and no folder of reports")
    try:
        said: Any = json.loads(decoded["payload"])
    except (ValueError, RecursionError) as error:
        raise SignatureError("what was signed is no JSON; another program made it") from error
    version = said.get("version") if isinstance(said, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise SignatureError(f"it is of version {version}, and this suite reads {VERSION}; verify it with a newer one")
    for problem in _VALIDATOR.iter_errors(said):
        place = "/".join(map(str, problem.instance_path)) or "what was signed"
        raise SignatureError(f"{place}: {problem.message}; another program made it")
    return dict(said)


def hashes(folder: Path, but: str) -> dict[str, str | None]:
    """SHA-256 of every file below a folder, by its name from there, but for the one file that holds the signature.

    A link, or another thing without contents of its own, has None.

    Raises:
        UnreadableError: a file or folder cannot be read.
    """
    found: dict[str, str | None] = {}
    for path in sorted(_files(folder)):
        name = path.relative_to(folder).as_posix()
        if name == but:
            continue
        try:
            own = stat.S_ISREG(path.lstat().st_mode)
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if own else None
        except OSError as error:
            raise UnreadableError(f"{path}: cannot be read: {error.strerror}; make it readable") from error
    return found


def _files(folder: Path) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        raise UnreadableError(f"{error.filename}: cannot be read: {error.strerror}; name a folder with reports")

    for place, folders, names in os.walk(folder, onerror=unreadable):
        # A link to a folder is no folder of ours.
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from (Path(place) / name for name in (*names, *links))


def differences(signed: Mapping[str, str], found: Mapping[str, str | None]) -> Iterator[str]:
    """Which files are not what was signed, a line each."""
    for name in sorted(signed.keys() | found.keys()):
        if name not in found:
            yield f"{name}: is missing"
        elif name not in signed:
            yield f"{name}: was not there when it was signed"
        elif signed[name] != found[name]:
            yield f"{name}: was changed since it was signed"
