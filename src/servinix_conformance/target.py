"""The target file: what is tested, how it is reached, what it claims.

One TOML file is the whole run. Every error names file, key and remedy, and all errors are told at once. Its JSON
Schema, `target.schema.json`, ships with the package, for editors.
"""

from __future__ import annotations

import difflib
import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

_SCHEMA_TEXT = Path(__file__).with_name("target.schema.json").read_text(encoding="utf-8")
_SCHEMA = jsonschema_rs.validator_for(json.loads(_SCHEMA_TEXT))
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = re.compile(r"^(env|file):(.+)$", re.DOTALL)


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
    bindings: Mapping[str, Any] = field(default_factory=dict)
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
    variables = os.environ if environ is None else environ
    problems: list[str] = []
    data = _parse(path)
    if base_url is not None:
        data["base_url"] = base_url
    data = _expand(data, variables, "", problems)
    problems += [_say(problem) for problem in _SCHEMA.iter_errors(data)]
    # Secrets and addresses are looked at even when something else is wrong, so that all of it is told at once.
    token = _secret(data, ("test_support", "token"), path.parent, variables, problems)
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
        test_support_token=token,
        bindings=data.get("bindings", {}),
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


def _expand(data: Any, variables: Mapping[str, str], place: str, problems: list[str]) -> Any:  # noqa: ANN401 - TOML
    if isinstance(data, dict):
        return {key: _expand(item, variables, f"{place}.{key}".lstrip("."), problems) for key, item in data.items()}
    if isinstance(data, list):
        return [_expand(item, variables, f"{place}[{number}]", problems) for number, item in enumerate(data)]
    if not isinstance(data, str):
        return data
    problems += [
        f"{place}: the variable {name} is not set or is empty; export {name} before the run"
        for name in _VARIABLE.findall(data)
        if not variables.get(name)
    ]
    return _VARIABLE.sub(lambda match: variables.get(match[1], match[0]), data)


def _secret(
    data: Mapping[str, Any], place: tuple[str, str], folder: Path, variables: Mapping[str, str], problems: list[str]
) -> str | None:
    table = data.get(place[0])
    reference = table.get(place[1]) if isinstance(table, dict) else None
    match = _SECRET.match(reference) if isinstance(reference, str) else None
    if match is None:
        return None
    key, (kind, name) = ".".join(place), match.groups()
    if kind == "env":
        if not variables.get(name):
            problems.append(f"{key}: the variable {name} is not set or is empty; export {name} before the run")
        return variables.get(name)
    try:
        return (folder / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{key}: the file {name} cannot be read: {error}; name one that holds the secret alone")
        return None


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


def _say(problem: jsonschema_rs.ValidationError) -> str:
    place = ".".join(map(str, problem.instance_path)) or "the file"
    if problem.kind.name == "additionalProperties":
        known = _known(problem.schema_path)
        names = problem.kind.as_dict()["unexpected"]
        return "; ".join(f"{place}: unknown key {name!r}; {_remedy(name, known)}" for name in names)
    if problem.schema_path[-3:-1] == ["secret", "pattern"] or "secret" in map(str, problem.schema_path):
        # The message of the library would show the value.
        return f"{place}: a secret is given by reference, never by value; write 'env:NAME' or 'file:PATH'"
    return f"{place}: {problem.message}"


def _known(schema_path: list[str | int]) -> list[str]:
    node: Any = json.loads(_SCHEMA_TEXT)
    for part in schema_path[:-1]:
        node = node[part]
    return list(node.get("properties", {}))


def _remedy(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
