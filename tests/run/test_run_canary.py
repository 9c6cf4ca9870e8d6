"""Secrets planted in every channel, and looked for in all that a run says and writes: none may be found anywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from odd_runs import SECRET
from odd_servers import Part, Request, Server, through

from servinix_conformance.suite import suite_root

Command = Callable[..., subprocess.CompletedProcess[str]]

PLANTED = {
    "a token in a member": "cnry-member-7f3a",
    "a password in a member": 'cnry "pass" word/ü',
    "a code in a member": "918273",
    "a secret in a nested member": "cnry-nested-11",
    "a JWT in a text": "eyJjbnJ5IjoiMSJ9.eyJjbnJ5IjoiMiJ9.cnrySignature",
    "a bearer in a text": "cnryBearer0123456789",
    "a token in a link": "cnry-link-55",
    "a token in a header": "cnry-header-66",
    "a cookie": "cnry-cookie-77",
    "an address of a person": "cnry.person@people.example",
    "a phone of a person": "+4917098765432",
}
"""What a server gives away that nobody registered."""
GIVEN = {"CLIENT_KEY": "cnry-client-key", "CONSTANT": "cnry/constant+é", "INBOX": "cnry-inbox-pw", "TOKEN": SECRET}
"""What the target file refers to."""
OWN = """\
@MFA-1
Feature: Steps that tell what they should not

  Scenario: A check tells it
    Given Ada is a user with MFA by e-mail
    When Ada signs in with her password
    Then a check gives away all of Ada

  Scenario: A defect tells it
    Given Ada is a user with MFA by phone
    When Ada signs in with her password
    Then a defect gives away all of Ada

  Scenario: A process dies of it
    Given Ada is a user with MFA by e-mail
    When Ada signs in with her password
    Then the process dies
"""
STEPS = """\
import logging
import os
import sys

from pytest_bdd import then

from servinix_conformance.actor import require
from steps.cast import Cast
from steps.language import phrase


def everything(cast, who):
    person = cast[who]
    return f"{person.password} {person.account.email} {person.contact.address} {cast.code_for(person, person.last)}"


@then(phrase("a check gives away all of {who}"))
def _(cast: Cast, who: str) -> None:
    told = everything(cast, who)
    logging.getLogger("odd").warning(told)
    print(told)
    require(False, told, told)


@then(phrase("a defect gives away all of {who}"))
def _(cast: Cast, who: str) -> None:
    told = everything(cast, who)
    raise LookupError(told)


@then(phrase("the process dies"))
def _(cast: Cast) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        os._exit(3)
"""
_PRIVATE = {"password", "otp", "new_password", "access_token", "mfa_token", "email", "contact_address", "address", "to"}


@dataclass
class Spy:
    """Stands before the reference server, gives secrets away in every answer, and remembers all that pass."""

    upstream: str
    seen: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> list[Part]:
        """The right answer, with what was planted."""
        self._remember(json.loads(request.body) if request.body else {})
        self.seen |= {value for values in parse_qs(urlsplit(request.path).query).values() for value in values}
        right = through(self.upstream, request)
        if not right.body:
            return [right.sent(more=_headers())]
        body = json.loads(right.body)
        self._remember(body)
        for message in body.get("messages", []) if isinstance(body, dict) else []:
            self.seen |= set(re.findall(r"\\b[0-9]{6}\\b|(?<=token=)[A-Za-z0-9_-]+", message["body"]))
        return [right.sent(body=json.dumps(body | _members()).encode(), more=_headers())]

    def _remember(self, node: object) -> None:
        if isinstance(node, dict):
            self.seen |= {value for key, value in node.items() if key in _PRIVATE and isinstance(value, str)}
            for value in node.values():
                self._remember(value)
        elif isinstance(node, list):
            for item in node:
                self._remember(item)


def _members() -> dict[str, object]:
    text = (
        f"see {PLANTED['a JWT in a text']}, Bearer {PLANTED['a bearer in a text']}, "
        f"https://host.example/reset?token={PLANTED['a token in a link']}&n=1, "
        f"or write to {PLANTED['an address of a person']} or {PLANTED['a phone of a person']}"
    )
    return {
        "refreshToken": PLANTED["a token in a member"],
        "old_password": PLANTED["a password in a member"],
        "smsCode": PLANTED["a code in a member"],
        "client": {"client_secret": PLANTED["a secret in a nested member"]},
        "note": text,
    }


def _headers() -> str:
    return (
        f"X-Auth-Token: {PLANTED['a token in a header']}\r\n"
        f"Set-Cookie: sid={PLANTED['a cookie']}; HttpOnly\r\n"
        f"Location: https://host.example/?access_token={PLANTED['a token in a link']}"
    )


@pytest.fixture
def spy(reference: str) -> Iterator[tuple[Spy, str]]:
    made = Spy(reference)
    with Server(made.answer) as server:
        yield made, server.url


@pytest.fixture
def files(tmp_path: Path, spy: tuple[Spy, str]) -> Path:
    """A target file with secrets in every place, and scenarios that tell what they should not."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.feature").write_text(OWN, encoding="utf-8")
    (tmp_path / "own" / "conftest.py").write_text(STEPS, encoding="utf-8")
    (tmp_path / "target.toml").write_text(
        f'name = "canary"\nbase_url = "{spy[1]}"\n'
        '[http]\nheaders = { X-Client-Key = "env:CLIENT_KEY" }\n'
        '[test_support]\ntoken = "env:TOKEN"\n'
        '[bindings.signIn]\nconstants = { "header:X-Constant" = "env:CONSTANT", "/constant" = "env:CONSTANT" }\n'
        '[inbox.phone]\nkind = "http"\nurl = "http://127.0.0.1:9/{address}"\nitems = ""\nid = "/id"\n'
        'to = "/to"\ntext = "/text"\n'
        'fresh = "+1555{}"\nheaders = { Authorization = "env:INBOX" }\n',
        encoding="utf-8",
    )
    return tmp_path


def found(spy: Spy, everything: dict[str, str]) -> list[tuple[str, str]]:
    """Each place where something stands that should not, as it is or encoded."""
    secrets = {*PLANTED.values(), *GIVEN.values(), *(value for value in spy.seen if len(value) > 5)}
    forms = {form for value in secrets for form in (value, quote(value, safe=""), json.dumps(value)[1:-1])}
    return [(place, form) for place, text in everything.items() for form in sorted(forms) if _stands(form, text)]


def _stands(form: str, text: str) -> bool:
    # Six digits stand by chance in longer numbers and in ids.
    return re.search(rf"(?<![\w.]){form}(?!\w)", text) is not None if form.isdecimal() else form in text


def test_what_is_planted_is_found_where_it_stands_as_it_is_and_encoded() -> None:
    spy = Spy("", {"123456"})
    text = f"{json.dumps(_members())} {_headers()} {quote(GIVEN['CONSTANT'], safe='')} 123456"
    everywhere = {form for _, form in found(spy, {"here": text})}
    assert len(everywhere) >= len(PLANTED) + 2
    assert "cnry%2Fconstant%2B%C3%A9" in everywhere
    assert found(spy, {"here": "nothing"}) == []


def test_no_secret_is_in_anything_that_a_run_says_or_writes(
    command: Command, spy: tuple[Spy, str], files: Path
) -> None:
    report = files / "report"
    features = [str(suite_root() / "features" / f"{name}.feature") for name in ("sign_in", "password_reset")]
    words = [*features, "--features", str(files / "own"), "-n", "2", "--report", str(report)]
    told = command("run", str(files / "target.toml"), *words, **GIVEN)
    artefacts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in report.iterdir()}
    assert told.returncode == 1, told.stdout + told.stderr  # the planted members are not described
    ends = {end["name"]: end for end in json.loads(artefacts["report.json"])["scenarios"]}
    assert ends["A check tells it"]["judgement"] == "failed"
    assert ends["A defect tells it"]["judgement"] in {"error", "untested"}
    assert ends["A process dies of it"]["judgement"] == "error"
    assert "$EMAIL" in artefacts["events.ndjson"]
    assert "$CLIENT_KEY" in artefacts["events.ndjson"]
    assert len(spy[0].seen) > 100
    assert found(spy[0], {**artefacts, "the terminal": told.stdout + told.stderr}) == []


def test_no_secret_is_in_what_plain_pytest_says_at_its_most_talkative(spy: tuple[Spy, str], files: Path) -> None:
    words = ["-vv", "-rA", "--showlocals", "--log-level=DEBUG", "--full-trace", "-p", "no:cacheprovider"]
    words += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    told = subprocess.run(  # noqa: S603 - our own suite
        [
            *(sys.executable, "-m", "pytest", "-c", str(suite_root() / "pyproject.toml"), f"--rootdir={suite_root()}"),
            *(*words, f"--servinix-target={files / 'target.toml'}", str(files / "own"), "-k", "tells"),
            str(suite_root() / "features" / "password_reset.feature"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=suite_root(),
        env={**{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}, **GIVEN},
    )
    assert "test_a_check_tells_it" in told.stdout, told.stdout[-2000:] + told.stderr[-2000:]
    assert "$EMAIL" in told.stdout
    assert found(spy[0], {"the terminal": told.stdout + told.stderr}) == []
