"""Accounts of the target file on a server that has no test support, in real time; and what a doctor finds there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

MODULE = [sys.executable, "-m", "servinix_conformance"]
ENVIRONMENT = {
    **os.environ,
    "ADA": "her own password",
    "SUE": "the password of support",
    "NO": "wrong",
    "XDG_STATE_HOME": "",
}
USERS = """
users = [
  { email = "ada@people.example", password = "env:ADA", organization = "x" },
  { email = "kim@people.example", password = "env:ADA", organization = "x" },
  { email = "eve@people.example", password = "env:ADA", status = "suspended" },
  { email = "sue@people.example", password = "env:SUE", role = "support" },
]
"""
ADA = '[[accounts]]\nemail = "ada@people.example"\npassword = "env:ADA"\n'
KIM = '[[accounts]]\nemail = "kim@people.example"\npassword = "env:ADA"\n'
EVE = '[[accounts]]\nemail = "eve@people.example"\npassword = "env:ADA"\nsuspended = true\n'
SUPPORT = '[support]\nemail = "sue@people.example"\npassword = "env:SUE"\n'
Command = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    users = tmp_path_factory.mktemp("users") / "users.toml"
    users.write_text(USERS, encoding="utf-8")
    words = ["serve", "--port", "0", "--cheap-password-hash", "--users", str(users)]
    with subprocess.Popen([*MODULE, *words], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as server:  # noqa: S603
        assert server.stdout is not None
        yield server.stdout.readline().split()[2]
        server.terminate()


@pytest.fixture
def command(tmp_path: Path, url: str) -> Command:
    def carry_out(word: str, more: str, *options: str) -> tuple[int, str]:
        text = f'name = "without"\nbase_url = "{url}"\n{more}'
        (tmp_path / "target.toml").write_text(text, encoding="utf-8")
        told = subprocess.run(  # noqa: S603 - our own command
            [*MODULE, word, "target.toml", *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env={**ENVIRONMENT, "XDG_STATE_HOME": str(tmp_path / "state")},
        )
        return told.returncode, told.stdout + told.stderr

    return carry_out


def test_a_target_that_can_be_tested_says_so(command: Command) -> None:
    status, told = command("doctor", ADA + EVE + SUPPORT)
    assert status == 0, told
    for line in (
        "ok      support: signs in, and looks accounts up",
        "ok      accounts[0]: signs in",
        "ok      accounts[1]: suspended as declared",
    ):
        assert line in told
    assert "ok      clock: moments are known to 0." in told
    assert "her own password" not in told
    assert "ada@people.example" not in told


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ADA.replace("env:ADA", "env:NO"),
            "problem accounts[0]: does not sign in: signIn answered 401 invalid-credentials",
        ),
        (SUPPORT.replace("env:SUE", "env:NO"), "problem support: does not sign in"),
        (ADA + "suspended = true\n", "problem accounts[0]: is not suspended"),
        (
            ADA + 'mfa = true\nchannel = "email"\naddress = "codes@people.example"\n',
            "problem accounts[0]: declared with mfa = true, but signed in without a code; correct mfa",
        ),
        (
            ADA + SUPPORT.replace("sue", "kim").replace("env:SUE", "env:ADA"),
            "problem support: signs in, but cannot look accounts up: findUsers answered 403",
        ),
    ],
)
def test_a_credential_that_is_wrong_is_found_before_a_run_and_is_3(command: Command, more: str, said: str) -> None:
    status, told = command("doctor", more)
    assert (status, said in told) == (3, True), told
    status, told = command("run", ADA.replace("env:ADA", "env:NO"), "--clause", "SIGNIN-1")
    assert status == 3, told
    assert "scenarios in" not in told


def test_the_clauses_that_accounts_are_too_few_for_are_named_with_the_account_to_add(command: Command) -> None:
    status, told = command("doctor", ADA)
    assert status == 0, told
    wanted = "note    accounts: add an account with mfa = false and may_be_locked = true under [[accounts]]: for "
    named = next(line.partition(wanted)[2] for line in told.splitlines() if wanted in line)
    assert "LOCK-1" in named.split(", ")
    # Scenarios of this profile stand for clauses of others too, which are not judged here.
    assert all(clause.startswith(("LOCK-", "MFA-", "SIGNIN-", "RESET-")) for clause in named.split(", "))
    assert 'add an account with mfa = true and channel = "phone"' in told
    assert "say destructive = true under [safety]: for" in told


def test_what_cannot_be_read_or_is_not_known_is_a_note(command: Command) -> None:
    _, told = command("doctor", ADA + KIM + 'mfa = true\nchannel = "email"\naddress = "codes@people.example"\n')
    assert "note    inbox.email: nobody can read the codes of accounts by email; add [inbox.email]" in told
    assert "note    policy: it is not known how the deployment has set password_failures_before_lock" in told


def test_before_a_run_the_doctor_speaks_of_what_is_going_to_be_run(command: Command) -> None:
    status, told = command("run", ADA, "--clause", "SIGNIN-2")
    assert (status, "note    accounts" in told) == (0, False), told
    status, told = command("run", ADA, "--clause", "LOCK-1")
    assert status == 4, told
    assert "note    accounts: add an account with mfa = false and may_be_locked = true under [[accounts]]: for" in told


def test_a_dry_run_says_what_would_be_done_and_does_nothing(command: Command) -> None:
    policy = "[policy]\nlock_seconds = 900\n"
    status, told = command("run", ADA + KIM + "may_be_locked = true\n" + policy, "--dry-run", "--report", "report")
    assert status == 0, told
    assert "about to run 196 scenarios against http://127.0.0.1:" in told
    assert "accounts  2 of the target file, not changed; 1 may be locked" in told
    assert "messages  200 at the most" in told
    assert re.search(r"waits     \d+ min in all, \d+ min at the least with 2 processes", told), told
    assert "passed" not in told
    status, told = command("run", ADA + KIM + policy, "--dry-run")
    assert (status, "may be locked" in told, "LOCK" in told) == (0, True, False)


def test_a_dry_run_says_what_would_be_untested_and_why(command: Command) -> None:
    status, told = command("run", "", "--clause", "SIGNIN-2", "--clause", "LOCK-1", "--dry-run")
    assert status == 0, told
    number = int(told.partition("about to run ")[2].split()[0])
    assert f"untested  {number} of {number} at the least, or not claimed:" in told
    assert re.search(r"\d+ since add an account with ", told), told
    assert "waits     none that is known beforehand" in told
    status, told = command("run", ADA, "--clause", "SIGNIN-2", "--dry-run")
    assert (status, "untested" in told) == (0, False), told


def test_scenarios_lease_the_accounts_and_leave_them_as_they_were(command: Command, tmp_path: Path) -> None:
    for _ in range(2):
        status, told = command("run", ADA + KIM + SUPPORT, "--clause", "SIGNIN-2", "--report", "report")
        assert status == 0, told
        assert "1 of 1 selected clauses passed" in told
        assert "in real time" in told
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert (report["run"]["time"], report["run"]["leftovers"]) == ("real", [])
    assert "people.example" not in (tmp_path / "report" / "report.json").read_text(encoding="utf-8")


def test_two_runs_at_once_take_turns_with_the_accounts(command: Command) -> None:
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(command, "run", ADA + SUPPORT, "--clause", "SIGNIN-2") for _ in range(2)]
    for run in runs:
        status, told = run.result()
        assert status == 0, told


def test_what_no_account_fits_is_untested_with_the_account_to_add(command: Command) -> None:
    status, told = command("run", ADA, "--clause", "LOCK-1")
    assert status == 4, told
    assert "add an account with mfa = false and may_be_locked = true under [[accounts]]" in told


def test_long_waits_can_be_left_out(command: Command) -> None:
    lockable = ADA + "may_be_locked = true\n" + SUPPORT
    policy = "[policy]\nlock_seconds = 900\npassword_failures_before_lock = 5\n"
    status, told = command(
        "run", policy + lockable, "--clause", "LOCK-3", "--skip-waits-over", "1s", "-k", "last_second"
    )
    assert status == 4, told
    assert "the lock takes 899 s, and waits over 1 s are skipped" in told


def test_a_list_says_what_a_target_could_not_be_tested_for_without_asking_it(tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text(f'name = "x"\nbase_url = "http://127.0.0.1:9"\n{ADA}', encoding="utf-8")

    def listed(*words: str) -> str:
        told = subprocess.run(  # noqa: S603 - our own command
            [*MODULE, "list", "--target", "target.toml", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=ENVIRONMENT,
        )
        assert told.returncode == 0, told.stderr
        return told.stdout

    clauses = {item["id"]: item for item in json.loads(listed("--format", "json"))}
    assert any(item["hindrances"] == [] for item in clauses["SIGNIN-2"]["scenarios"])
    reason = "add an account with mfa = false and may_be_locked = true under [[accounts]]"
    assert {"verdict": "untested", "reason": reason} in clauses["LOCK-1"]["scenarios"][0]["hindrances"]
    assert f"untested: {reason}\n" in listed()
