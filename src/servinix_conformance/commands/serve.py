"""`serve`: the reference server on a production WSGI server."""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import re
import secrets
import signal
import sys
import threading
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..serving import READY
from ..status import USAGE
from ..suite import reference_server
from ..target import is_loopback
from . import fail

_IS = {False: "(MFA by e-mail)", True: "(Support)"}
_MAIL = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}


class _WrongError(ValueError):
    """An option that cannot be used."""


def main(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    package = reference_server()
    server = importlib.import_module("reference_server.server")
    try:
        _keep_faults_at_home(options)
        bound = server.bind(options.host, options.port)
        settings = _settings(package, options, bound[1])
        guests = _guests(options)
        app = _app(package, settings, options, guests)
    except ValueError as error:
        return fail(USAGE, str(error))
    except OSError as error:
        return fail(USAGE, f"--host {options.host} --port {options.port}: {error.strerror}; choose another port")
    if options.stop_at_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    server.serve(app, bound, lambda url: _ready(url, options, settings, guests))
    gc.freeze()  # the process ends here: nobody waits until all that it holds was looked through once more
    return 0


def _keep_faults_at_home(options: argparse.Namespace) -> None:
    if options.fault and not is_loopback(f"http://{options.host}"):
        raise _WrongError("--fault: a server that is wrong on purpose stays on loopback; leave --host out")


def _settings(package: Any, options: argparse.Namespace, url: str) -> Any:  # noqa: ANN401 - loaded by path
    module = importlib.import_module("reference_server.settings")
    given: dict[str, Any] = {"public_url": options.public_url or url}
    if options.database:
        given["database_url"] = options.database
    if options.cheap_password_hash:
        given["password_profile"] = "test"  # noqa: S105 - the name of a profile
    if options.test_support:
        given["test_support_secret"] = _secret("--test-support", options.test_support)
    if options.signing_key:
        given["signing_key"] = _secret("--signing-key", options.signing_key)
    if options.smtp:
        given["smtp"] = _smtp(module, options)
    if options.sms_gateway:
        given["sms"] = _sms(module, Path(options.sms_gateway))
    return package.Settings(**given)


def _guests(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Users for whoever tries the server by hand: one with MFA, and one of Support. A run makes its own."""
    if not options.test_support or options.stop_at_eof:
        return []
    # In a database that is kept, the names of before have passwords that nobody knows any more.
    mark = f"-{secrets.token_hex(2)}" if options.database else ""
    ada, sue = f"ada{mark}@people.example", f"sue{mark}@people.example"
    return [
        {"email": ada, "mfa_enabled": True, "contact": {"channel": "email", "address": ada}},
        {"email": sue, "role": "support"},
    ]


def _app(package: Any, settings: Any, options: argparse.Namespace, guests: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - loaded by path
    users: list[Any] = []
    if options.users or guests:
        loader = importlib.import_module("reference_server.users")
        passwords = importlib.import_module("reference_server.passwords").Passwords(settings.password_profile)
        users = loader.load(Path(options.users), passwords, os.environ) if options.users else []
        for guest in guests:
            guest["password"] = secrets.token_urlsafe(9)
            users.append(loader.new_account(guest, passwords))
    if not options.fault:
        return package.create_app(settings, users=users)
    faults = importlib.import_module("reference_server.faults")
    if options.fault not in faults.FAULTS:
        raise _WrongError(
            f"--fault {options.fault}: there is no such fault; 'servinix-conformance list --faults' prints all"
        )
    return faults.create_faulty_app(settings, options.fault, users=users)


def _secret(option: str, reference: str) -> str:
    kind, _, name = reference.partition(":")
    if kind == "env":
        value = os.environ.get(name, "")
    elif kind == "file":
        value = Path(name).read_text(encoding="utf-8").strip()
    else:
        raise _WrongError(f"{option}: a secret is given by reference, never by value; write env:NAME or file:PATH")
    if not value:
        raise _WrongError(f"{option} {reference}: is empty; set it before the server starts")
    return value


def _smtp(module: Any, options: argparse.Namespace) -> Any:  # noqa: ANN401 - loaded by path
    url = urlsplit(options.smtp)
    if url.scheme not in _MAIL or not url.hostname:
        raise _WrongError(f"--smtp {options.smtp}: write {', '.join(f'{name}://HOST:PORT' for name in _MAIL)}")
    if not options.mail_from:
        raise _WrongError("--smtp: name the sender of e-mails too, with --mail-from")
    security, port = _MAIL[url.scheme]
    return module.SmtpSettings(
        host=url.hostname,
        port=url.port or port,
        security=security,
        sender=options.mail_from,
        user=options.smtp_user,
        password=_secret("--smtp-password", options.smtp_password) if options.smtp_password else None,
    )


def _sms(module: Any, path: Path) -> Any:  # noqa: ANN401 - loaded by path
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise _WrongError(f"--sms-gateway {path}: cannot be read: {error}") from error
    known = {"url", "method", "headers", "body"}
    if "url" not in table or not set(table) <= known:
        raise _WrongError(
            f"--sms-gateway {path}: give url, and if need be {', '.join(sorted(known - {'url'}))}; nothing else"
        )
    headers = {
        name: _secret(f"{path}: headers.{name}", value) if re.match("(env|file):", value) else value
        for name, value in table.pop("headers", {}).items()
    }
    if isinstance(table.get("body"), dict):
        table["body"] = json.dumps(table["body"])
    return module.SmsSettings(**table, headers=headers)


def _stop_at_eof() -> None:
    # Below Python's own buffer, whose lock the interpreter needs when it ends for another reason.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    signal.raise_signal(signal.SIGTERM)


def _ready(url: str, options: argparse.Namespace, settings: Any, guests: list[dict[str, Any]]) -> None:  # noqa: ANN401 - loaded by path
    support = "on" if options.test_support else "off"
    fault = f", wrong on purpose: {options.fault}" if options.fault else ""
    cheap = ", cheap password hashing (for tests only)" if options.cheap_password_hash else ""
    sys.stdout.write(f"{READY}{url} (test support {support}{cheap}{fault})\n")
    if guests:
        key = importlib.import_module("reference_server.test_support").inbox_key(settings.test_support_secret)
        lines = [f"open {settings.public_url}/portal/ and sign in:"]
        lines += [f"  {who['email']}  password {who['password']}  {_IS[bool(who.get('role'))]}" for who in guests]
        lines += [f"the codes arrive at {settings.public_url}/test-support/inbox?key={key}"]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
