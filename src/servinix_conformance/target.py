"""The target file: what is tested, how it is reached, what it claims.

One TOML file is the whole run. Every error names file, key and remedy, and all errors are told at once. Its JSON
Schema, `target.schema.json`, ships with the package, for editors.
"""

from __future__ import annotations

import ipaddress
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

from .references import References
from .schema_messages import say

_SCHEMA = json.loads(Path(__file__).with_name("target.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = jsonschema_rs.validator_for(_SCHEMA)


class TargetError(ValueError):
    """The target file cannot be used; the message has one line for each thing to mend."""


@dataclass(frozen=True, slots=True)
class Http:
    """How the target is spoken to."""

    timeout_seconds: float = 10.0
    verify: bool | str = True
    proxy: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    client_certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment, and what it promises.

    Attributes:
        policy: promised numbers by their name in Policy, in the units that the name tells.
        bindings: what differs from the suite's own contract, as the file has it.
        test_support_token: the secret of test support, or None where there is none.
        secrets: every secret that the file refers to, by the name that stands for it in records.
        source: the file that all this was read from.
    """

    name: str
    base_url: str
    openapi: str | None = None
    product: Mapping[str, str] = field(default_factory=dict)
    profiles: tuple[str, ...] = ("documented",)
    not_claimed: frozenset[str] = frozenset()
    policy: Mapping[str, int] = field(default_factory=dict)
    shortened: bool = False
    http: Http = field(default_factory=Http)
    test_support_token: str | None = field(default=None, repr=False)
    bindings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    source: str = "reference"


def load(path: Path, *, base_url: str | None = None, environ: Mapping[str, str] | None = None) -> Target:
    """Read a target file.

    Args:
        path: the file.
        base_url: takes the place of the file's own.
        environ: where `env:NAME` and `${NAME}` are looked up; the process's environment without it.

    Raises:
        TargetError: with a line for each error.
    """
    data = _parse(path)
    if base_url is not None:
        data["base_url"] = base_url
    references = References(path.parent, os.environ if environ is None else environ)
    data = references.expand(data)
    problems = [say(problem, _SCHEMA) for problem in _VALIDATOR.iter_errors(data)]
    # Secrets and addresses are looked at even when something else is wrong, so that all of it is told at once.
    data = references.resolve(data)
    problems = [*references.problems, *problems]
    _refuse_clear_text(data, problems)
    if problems:
        raise TargetError("\n".join(f"{path}: {problem}" for problem in problems))
    policy = dict(data.get("policy", {}))
    shortened = bool(policy.pop("shortened", False))
    claims = data.get("claims", {})
    return Target(
        name=data["name"],
        base_url=data["base_url"].rstrip("/"),
        openapi=_beside(path, data.get("openapi")),
        product=data.get("product", {}),
        profiles=tuple(claims.get("profiles", ("documented",))),
        not_claimed=frozenset(claims.get("not_claimed", ())),
        policy=policy,
        shortened=shortened,
        http=_http(path, data.get("http", {})),
        test_support_token=data.get("test_support", {}).get("token"),
        bindings=data.get("bindings", {}),
        secrets=references.secrets,
        source=str(path),
    )


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(
            f"{path}: cannot be read: {error.strerror}; give the path of a target file, or the word 'reference'"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TargetError(f"{path}: is not TOML: {error}") from error


def _refuse_clear_text(data: Mapping[str, Any], problems: list[str]) -> None:
    url, safety = data.get("base_url"), data.get("safety")
    if not isinstance(url, str) or not url.startswith("http://"):
        return
    if not is_loopback(url) and not (isinstance(safety, dict) and safety.get("clear_text") is True):
        problems.append(
            "base_url: passwords would go in clear text to a host that is not loopback; "
            "use https, or say clear_text = true under [safety]"
        )


def is_loopback(url: str) -> bool:
    """Whether the host of `url` is this machine."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _beside(path: Path, reference: str | None) -> str | None:
    if reference is None or reference.startswith(("http://", "https://")):
        return reference
    return str(path.parent / reference)


def _http(path: Path, table: Mapping[str, Any]) -> Http:
    verify = table.get("verify", True)
    certificate = table.get("client_certificate")
    return Http(
        timeout_seconds=float(table.get("timeout_seconds", 10.0)),
        verify=str(path.parent / verify) if isinstance(verify, str) else verify,
        proxy=table.get("proxy"),
        headers=table.get("headers", {}),
        client_certificate=str(path.parent / certificate) if certificate else None,
    )
