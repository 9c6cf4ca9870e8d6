"""`sign` and `verify`: a folder of reports that can be handed to somebody else."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..console import harmless
from ..reporting import whole
from ..reporting.json_report import ReportError, read
from ..signing import SignatureError, UnreadableError, differences, facts, hashes, opened, sign, statement
from ..signing_keys import KeyFileError, make, private_key, public_key, thumbprint
from ..status import CONFORMANT, NOT_CONFORMANT, USAGE
from ..suite import package_sha256
from ..verdict import SHOWN
from . import fail

_REPORT = "report.json"
_PROVES = "A signature proves who signed, and that nothing was changed since; not that whoever signed was honest.\n"
_SIGN_WHAT = """\
sign what? Name a folder and a key, or a file for a new pair of keys:
  servinix-conformance sign DIR --key env:NAME|file:PATH
  servinix-conformance sign --new-key FILE"""


def main(options: argparse.Namespace) -> int:
    """Sign or verify."""
    try:
        if options.command == "verify":
            return _verify(Path(options.folder), options.key)
        if options.new_key:
            return _new_key(options)
        if not options.folder or not options.key:
            return fail(USAGE, _SIGN_WHAT)
        return _sign(Path(options.folder), options.key)
    except (KeyFileError, ReportError, UnreadableError) as error:
        return fail(USAGE, str(error))


def _new_key(options: argparse.Namespace) -> int:
    if options.folder or options.key:
        return fail(USAGE, f"--new-key makes keys and signs nothing; leave out the rest\n{_SIGN_WHAT}")
    path = Path(options.new_key)
    public, name = make(path)
    sys.stdout.write(
        harmless(f"{path}: the private key, for you alone; keep it\n{public}: the public key, for those who verify\n")
    )
    sys.stdout.write(f"key {name}\n")
    return CONFORMANT


def _sign(folder: Path, reference: str) -> int:
    key = private_key(reference, os.environ)
    report = read(folder / _REPORT)
    version = report["suite"]["version"]
    if version != __version__:
        told = f"suite {version} wrote it, and this is {__version__}; sign with the suite that ran"
        return fail(USAGE, f"{folder / _REPORT}: {told}")
    path = folder / whole.SIGNATURE
    try:
        whole.tidy(path)
        said = statement(report, _artefacts(folder), package_sha256(), int(datetime.now(UTC).timestamp()))
        whole.write(path, f"{sign(said, key)}\n".encode())
    except OSError as error:
        return fail(USAGE, f"{path}: could not be written: {error.strerror}; sign in a folder that can be written to")
    number = len(said["artefacts"])
    sys.stdout.write(harmless(f"{path}: signs {number} file{'' if number == 1 else 's'} of {folder}\n"))
    sys.stdout.write(harmless("".join(f"{line}\n" for line in _said(said, thumbprint(key.public_key())))))
    sys.stdout.write(_PROVES)
    return CONFORMANT


def _artefacts(folder: Path) -> dict[str, str]:
    signed = {}
    for name, value in hashes(folder, whole.SIGNATURE).items():
        if value is None:
            raise UnreadableError(f"{folder / name}: is a link or the like, without contents of its own; take it away")
        signed[name] = value
    return signed


def _verify(folder: Path, reference: str) -> int:
    key = public_key(reference, os.environ)
    found = hashes(folder, whole.SIGNATURE)
    path = folder / whole.SIGNATURE
    try:
        said = opened(path.read_bytes(), key)
    except FileNotFoundError:
        return _refuse([f"{path}: is not there, so nothing is signed"])
    except OSError as error:
        return fail(USAGE, f"{path}: cannot be read: {error.strerror}; make it readable")
    except SignatureError as error:
        return _refuse([f"{path}: {error}"])
    problems = [f"{folder}/{line}" for line in differences(said["artefacts"], found)]
    problems += _contradictions(folder, said, found)
    number = len(said["artefacts"])
    head = f"{folder}: NOT what was signed" if problems else f"{folder}: verified, {number} files are what was signed"
    sys.stdout.write(harmless("".join(f"{line}\n" for line in (head, *_said(said, thumbprint(key))))))
    if problems:
        return _refuse(problems)
    sys.stdout.write(_PROVES)
    return CONFORMANT


def _refuse(problems: list[str]) -> int:
    # The name of a file may hold a line break, which must not begin a line of ours.
    fail(NOT_CONFORMANT, "\n".join(problem.replace("\n", "\\n") for problem in problems))
    sys.stdout.write(_PROVES)
    return NOT_CONFORMANT


def _contradictions(folder: Path, said: Mapping[str, Any], found: Mapping[str, str | None]) -> Iterator[str]:
    """A signature that was made by another program could tell something else than the report that it is for."""
    if _REPORT not in said["artefacts"]:
        yield f"{folder / whole.SIGNATURE}: does not speak of {_REPORT}; another program made it"
    elif found.get(_REPORT) == said["artefacts"][_REPORT]:
        try:
            told = facts(read(folder / _REPORT))
        except ReportError as error:
            yield str(error)
            return
        signed = {**said, "suite": {key: said["suite"][key] for key in ("version", "catalogue")}}
        if not any("clauses" in item for item in said["profiles"]):
            told["profiles"] = [{key: item[key] for key in ("name", "verdict")} for item in told["profiles"]]
        for key, value in told.items():
            if signed[key] != value:
                yield f"{folder / whole.SIGNATURE}: {key}: is not what {_REPORT} says; another program made it"


def _said(said: Mapping[str, Any], key: str) -> Iterator[str]:
    """What was signed, for a person; each line stays one, whatever names hold."""
    suite, run = said["suite"], said["run"]
    same = "as installed here" if suite["sha256"] == package_sha256() else "not the one installed here"
    product = ", ".join(f"{name} {value}" for name, value in said["product"].items())
    about = ["complete" if run["complete"] else "not complete", *(name for name in ("narrowed", "strict") if run[name])]
    told = [
        ("key", key),
        ("signed at", datetime.fromtimestamp(said["iat"], UTC).isoformat(sep=" ", timespec="seconds")),
        ("target", f"{said['target']['name']}, {said['target']['base_url']}"),
        *([("product", product)] if product else []),
        ("run", f"{run['started_at']}, {', '.join(about)}"),
        *(("verdict", _verdict(item)) for item in said["profiles"]),
        ("suite", f"{suite['version']}, clauses {suite['catalogue']}, sha256 {suite['sha256']} ({same})"),
    ]
    yield from (f"  {label:<9} {' '.join(text.split())}" for label, text in told)


def _verdict(profile: Mapping[str, Any]) -> str:
    """The verdict as the run told it, with what it does not speak of."""
    told = f"{profile['verdict'] or 'none'} {profile['name']}"
    if "clauses" not in profile:
        return f"{told} (the signature tells no clauses; see {_REPORT})"
    ids = profile["clauses"]
    parts = (
        f"{len(ids[verdict])} {verdict}" + ("" if verdict == "passed" else f" ({', '.join(ids[verdict])})")
        for verdict in SHOWN
        if verdict in ids
    )
    return f"{told}: {', '.join(parts) or 'no clause'}"
