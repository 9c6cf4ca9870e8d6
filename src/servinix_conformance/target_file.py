"""The target file: one TOML file is the whole run.

Every error names file, key and remedy, and all errors are told at once. Its JSON Schema, `target.schema.json`, ships
with the package, for editors.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

from .references import References
from .schema_messages import say
from .target import Target, is_loopback

_SCHEMA = json.loads(Path(__file__).with_name("target.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = jsonschema_rs.validator_for(_SCHEMA, mask="the value")
_SENDABLE = re.compile("([!-~\x80-\xff]([\t -~\x80-\xff]*[!-~\x80-\xff])?)?")


class TargetError(ValueError):
    """The target file cannot be used; the message has one line for each thing to mend."""


Check = Callable[[Mapping[str, Any]], Iterable[str]]
"""Looks at the tables of a file, secrets by reference, and says what is wrong, by key and remedy."""


def load(
    path: Path,
    *,
    base_url: str | None = None,
    environ: Mapping[str, str] | None = None,
    checks: Iterable[Check] = (),
) -> Target:
    """Read a target file.

    Args:
        path: the file.
        base_url: takes the place of the file's own.
        environ: where `env:NAME` and `${NAME}` are looked up; the process's environment without it.
        checks: what else looks at the file.

    Raises:
        TargetError: with a line for each error.
    """
    data = _parse(path)
    if base_url is not None:
        data["base_url"] = base_url
    references = References(path.parent, os.environ if environ is None else environ)
    data = references.expand(data)
    invalid = [line for problem in _VALIDATOR.iter_errors(data) for line in say(problem, _SCHEMA)]
    # What stands for a variable that is not set was never meant as a value.
    unset = {problem.partition(":")[0] for problem in references.problems}
    invalid = [line for line in invalid if line.partition(":")[0] not in unset]
    # Secrets and addresses are looked at even when something else is wrong, so that all of it is told at once.
    resolved = references.resolve(data)
    told = [problem for check in checks for problem in check(data)]
    problems = [*references.problems, *invalid, *_clear_text(data), *told]
    # Inboxes are opened once, by whoever owns the run: no other process needs their secrets.
    data = resolved | ({"inbox": data["inbox"]} if "inbox" in data else {})
    if not problems:
        problems = [*_contradictions(data), *_unsendable(data)]
    if problems:
        raise TargetError("\n".join(f"{path}: {problem}" for problem in problems))
    return Target.of(data, str(path), references.secrets)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(
            f"{path}: cannot be read: {error.strerror}; give the path of a target file, or the word 'reference'"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TargetError(f"{path}: is not TOML: {error}") from error


def _clear_text(data: Mapping[str, Any]) -> Iterator[str]:
    safety, clients = data.get("safety"), data.get("clients")
    if isinstance(safety, dict) and safety.get("clear_text") is True:
        return
    tables = clients.items() if isinstance(clients, dict) else ()
    places = [
        ("base_url", data),
        ("portal.base_url", data.get("portal")),
        *((f"clients.{name}.base_url", table) for name, table in tables),
    ]
    for key, table in places:
        url = table.get("base_url") if isinstance(table, dict) else None
        if isinstance(url, str) and url.startswith("http://") and not is_loopback(url):
            yield (
                f"{key}: passwords would go in clear text to a host that is not loopback; "
                "use https, or say clear_text = true under [safety]"
            )


def _unsendable(data: Mapping[str, Any]) -> Iterator[str]:
    """What no request could carry, whatever it came from."""
    clients = data.get("clients", {}).items()
    for key, table in (("base_url", data), *((f"clients.{name}.base_url", table) for name, table in clients)):
        try:
            urlsplit(table.get("base_url", "")).port  # noqa: B018 - it is worked out only now
        except ValueError as error:
            yield f"{key}: is no URL: {error}; correct it"
    sent = {f"http.headers.{name}": value for name, value in data.get("http", {}).get("headers", {}).items()}
    for client, table in clients:
        sent |= {f"clients.{client}.headers.{name}": value for name, value in table.get("headers", {}).items()}
    sent["test_support.token"] = data.get("test_support", {}).get("token", "")
    sent["support.access_token"] = data.get("support", {}).get("access_token", "")
    for key, value in sent.items():
        if not _SENDABLE.fullmatch(value):
            yield f"{key}: no header can hold it, because of a line break or the like; correct it where it comes from"


def _contradictions(data: Mapping[str, Any]) -> Iterator[str]:
    """What no schema can say."""
    emails: set[str] = set()
    for number, account in enumerate(data.get("accounts", ())):
        if account["email"] in emails:
            yield f"accounts[{number}].email: another account has it; give each account once"
        emails.add(account["email"])
    claims = data.get("claims", {})
    for name in sorted(set(claims.get("claimed", ())) & set(claims.get("not_claimed", ()))):
        yield f"claims: {name} is both claimed and not claimed; take it out of one list"
