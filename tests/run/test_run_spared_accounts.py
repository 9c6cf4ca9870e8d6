"""The accounts of a deployment are not locked and not changed by an attack, unless the target file allows it.

Told by the server's side: what each account was sent, and how it was left. By default the clauses of guesses and locks
are tried; HARDENED_PROFILE=1 tries the whole profile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mail_servers import smtp_to_maildir
from odd_runs import Command
from watched_server import Users, Watched, state, watched

from reference_server.settings import Policy, SmtpSettings

WHOLE = bool(os.environ.get("HARDENED_PROFILE"))
GUESSES = ("OOB-8", "OOB-12", "LIMIT-2", "RESET-6")
PROCESSES = "2" if WHOLE else "0"
POLICY = Policy(resend_after_seconds=3)
PASSWORD = "a password that stays what it is"


def member(name: str, number: int, **more: object) -> dict[str, object]:
    organization = "north" if number < 3 else "south"
    return {"email": f"{name}.{number}@people.example", "organization": organization, **more}


def coded(number: int) -> dict[str, object]:
    contact = {"channel": "email", "address": f"codes-{number}@people.example"}
    return member("coded", number, contact=contact, mfa_enabled=True)


USERS: Users = [
    *(member("plain", number) for number in range(4)),
    *(coded(number) for number in range(4)),
    member("admin", 0, role="admin"),
    member("out", 0, status="suspended"),
    {"email": "sue@people.example", "role": "support"},
]
EMAILS = {str(user["email"]) for user in USERS}


def declared(user: Mapping[str, Any], *, allowed: bool) -> str:
    lines = [f'email = "{user["email"]}"', 'password = "env:PASSWORD"']
    lines += [f'{name} = "{user[name]}"' for name in ("organization", "role") if name in user]
    if contact := user.get("contact"):
        lines += ["mfa = true", f'channel = "{contact["channel"]}"', f'address = "{contact["address"]}"']
    lines += ["suspended = true"] if user.get("status") == "suspended" else []
    lines += ["may_be_locked = true"] if allowed else []
    return "\n".join(["[[accounts]]", *lines, ""])


def target(url: str, maildir: Path, *, allowed: bool) -> str:
    policy = "\n".join(f"{name} = {getattr(POLICY, name)}" for name in Policy.__slots__)
    inbox = f'kind = "maildir"\npath = "{maildir}"\nquiet_seconds = 0.1\nfresh = "fresh-{{}}@people.example"'
    return "\n".join(
        [
            f'name = "spared"\nbase_url = "{url}"\n[policy]\nshortened = true\n{policy}',
            f'[claims]\nnot_claimed = ["phone"]\n[inbox.email]\n{inbox}',
            f"[safety]\nmax_messages = 5000\ndestructive = {str(allowed).lower()}",
            '[support]\nemail = "sue@people.example"\npassword = "env:PASSWORD"',
            *(declared(user, allowed=allowed) for user in USERS[:-1]),
        ]
    )


@dataclass(frozen=True)
class Tried:
    seen: Watched
    status: int
    stdout: str
    report: dict[str, Any]
    before: list[dict[str, object]]
    after: list[dict[str, object]]


def tried(folder: Path, command: Command, *words: str, allowed: bool) -> Tried:
    """Run the profile against a server of its own."""
    maildir = folder / "mail"
    for part in ("new", "cur", "tmp"):
        (maildir / part).mkdir(parents=True)
    with smtp_to_maildir(lambda _address: maildir) as smtp:
        post = SmtpSettings(host=smtp.host, port=smtp.port, sender="post@people.example", security="none")
        users = [{"password": PASSWORD, **user} for user in USERS]
        with watched(users, post, resend_after_seconds=POLICY.resend_after_seconds) as seen:
            before = [state(account) for account in seen.accounts(USERS)]
            (folder / "target.toml").write_text(target(seen.url, maildir, allowed=allowed), encoding="utf-8")
            told = command(
                *(
                    "run",
                    str(folder / "target.toml"),
                    "--profile",
                    "hardened",
                    "--skip-waits-over",
                    "4s",
                    "-n",
                    PROCESSES,
                ),
                *("--report", str(folder / "report"), *words),
                PASSWORD=PASSWORD,
                XDG_STATE_HOME=str(folder / "state"),
            )
            after = [state(account) for account in seen.accounts(USERS)]
    report = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    return Tried(seen, told.returncode, told.stdout + told.stderr, report, before, after)


@pytest.fixture(scope="module")
def spared(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Tried:
    words = [] if WHOLE else [word for clause in GUESSES for word in ("--clause", clause)]
    return tried(tmp_path_factory.mktemp("spared"), command, *words, allowed=False)


def test_what_needs_no_harm_is_tried_and_the_rest_is_untested(spared: Tried) -> None:
    assert spared.status == 4, spared.stdout
    ends = [end for end in spared.report["scenarios"] if "OOB-10" not in end["clauses"]]
    assert {end["judgement"] for end in ends} <= {"passed", "untested", "not claimed"}, spared.stdout
    reasons = {end["reason"] for end in ends if end["judgement"] == "untested"}
    assert any("may_be_locked = true" in reason for reason in reasons)
    assert any("say destructive = true under [safety]" in reason for reason in reasons)
    assert spared.report["run"]["leftovers"] == []


def most(seen: Watched, what: str) -> int:
    return max((number for (email, kind), number in seen.worst.items() if kind == what and email in EMAILS), default=0)


def test_no_account_is_guessed_at_as_often_as_locks_it(spared: Tried) -> None:
    # Some scenarios go as near as one less.
    assert 1 <= most(spared.seen, "password") < POLICY.password_failures_before_lock, spared.seen.worst
    assert 1 <= most(spared.seen, "code") < POLICY.otp_failures_before_lock, spared.seen.worst


def test_no_account_is_locked_or_changed_at_any_time(spared: Tried) -> None:
    assert [email for email in spared.seen.locked if email in EMAILS] == []
    assert spared.seen.changed == []
    assert spared.after == spared.before


def test_with_leave_they_are_locked_and_changed_and_the_watch_sees_it(tmp_path: Path, command: Command) -> None:
    words = "(fresh_start and X-Client-IP) or link_that_was_used_is_refused"
    allowed = tried(tmp_path, command, "-k", words, allowed=True)
    assert allowed.status == 0, allowed.stdout
    assert set(allowed.seen.locked) & EMAILS
    assert allowed.seen.changed
    assert most(allowed.seen, "password") >= POLICY.password_failures_before_lock
    # What was locked is open again, and MFA is what it was; another password was set back, and is another hash.
    kept = [
        {**was, "password_hash": now["password_hash"]} for was, now in zip(allowed.before, allowed.after, strict=True)
    ]
    assert kept == allowed.after
