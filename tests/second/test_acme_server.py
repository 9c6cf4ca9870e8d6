"""The second server by itself: it starts and ends as it should, and signs in by one stage or two."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from acme_deployment import (
    CODES,
    HERE,
    MAILED,
    PASSPHRASE,
    PHONE,
    PLAIN,
    TEXTED,
    Deployment,
    Post,
    code_of,
    key_of,
    url_of,
)
from openapi_spec_validator import validate

pytest_plugins = ["acme_fixtures"]

Start = Callable[..., subprocess.Popen[str]]
Acme = Callable[..., Deployment]
SOON = 1e-6  # over before the next request can come
LONG = 600


# The program


def test_its_document_is_valid() -> None:
    validate(yaml.safe_load((HERE / "acme-openapi.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("module", ["acme_server.py", "acme_rules.py"])
def test_it_needs_nothing_but_python(module: str) -> None:
    tree = ast.parse((HERE / module).read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert "http.server" in imported or "hmac" in imported
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names | {"acme_rules"}


def test_it_ends_on_sigterm(started: Start) -> None:
    process = started()
    assert url_of(process).startswith("http://127.0.0.1:")
    process.terminate()
    assert process.wait(60) == 0


def test_it_ends_when_its_stdin_closes(started: Start) -> None:
    process = started()
    url_of(process)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 0


def test_a_fault_that_it_does_not_have_is_wrong_use(started: Start) -> None:
    process = started("no-such-fault")
    assert process.wait(60) == 2


# Login


def test_the_passphrase_alone_signs_in_where_there_is_no_second_factor(acme: Acme) -> None:
    it = acme()
    answer = it.login(PLAIN)
    assert (answer.status, code_of(answer)) == (200, "complete")
    account = it.account(key_of(answer)).json()["account"]
    assert (account["mail"], account["secondFactor"]) == (PLAIN, {"active": False, "contact": None})


@pytest.mark.parametrize(("mail", "contact", "via"), [(MAILED, CODES, "mail"), (TEXTED, PHONE, "sms")])
def test_the_second_factor_asks_for_the_code_that_was_sent(
    acme: Acme, post: Post, mail: str, contact: str, via: str
) -> None:
    it = acme()
    answer = it.login(mail)
    assert (answer.status, code_of(answer)) == (200, "challenge")
    hint = {"mail": "c***@***", "sms": "***09"}[via]
    told = answer.json()["challenge"]
    assert told == {"via": via, "hint": hint, "codeLife": 10, "resendWait": 3, "challengeLife": 60}
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    assert [to for to, _ in post.sent] == [contact]
    assert len(re.findall("[0-9]+", post.sent[0][1])) == 1
    done = it.enter(answer.cookies["acme_challenge"], it.code(contact))
    assert code_of(done) == "complete"
    assert done.headers["set-cookie"].startswith("acme_challenge=; ")
    assert it.account(key_of(done)).json()["account"]["mail"] == mail


def test_a_code_is_good_for_its_own_challenge_alone_and_once(acme: Acme) -> None:
    it = acme()
    first, code = it.challenge(MAILED), it.code(CODES)
    second, other = it.challenge(MAILED, "go"), it.code(CODES)
    assert code_of(it.enter(second, code)) == ("E_BAD_CODE" if code != other else "complete")
    assert code_of(it.enter(first, code)) == "complete"
    assert code_of(it.enter(first, code)) == "E_CHALLENGE_GONE"


def test_a_challenge_opens_nothing_and_a_session_is_no_challenge(acme: Acme) -> None:
    it = acme()
    challenge = it.challenge(MAILED)
    assert code_of(it.account(challenge)) == "E_SESSION"
    assert code_of(it.enter(it.session(PLAIN), it.code(CODES))) == "E_CHALLENGE_GONE"


def test_what_the_request_says_besides_changes_nothing(acme: Acme, post: Post) -> None:
    it = acme()
    body = {"realm": "customers", "mail": MAILED, "passphrase": PASSPHRASE, "contact": "other@north.example"}
    answer = it.call("startLogin", {**body, "to": "other@north.example", "secondFactor": False, "state": "complete"})
    assert code_of(answer) == "challenge"
    assert [to for to, _ in post.sent] == [CODES]


def test_a_wrong_code_is_refused_and_the_right_one_still_works(acme: Acme) -> None:
    it = acme()
    challenge = it.challenge(MAILED)
    for _ in range(2):
        assert code_of(it.enter(challenge, it.wrong_code(CODES))) == "E_BAD_CODE"
    assert code_of(it.enter(challenge, it.code(CODES))) == "complete"


def test_three_wrong_codes_end_a_challenge(acme: Acme) -> None:
    it = acme()
    challenge = it.challenge(MAILED)
    for _ in range(3):
        assert code_of(it.enter(challenge, it.wrong_code(CODES))) == "E_BAD_CODE"
    assert code_of(it.enter(challenge, it.code(CODES))) == "E_CHALLENGE_GONE"


def test_an_old_code_is_refused_and_a_fresh_one_works(acme: Acme) -> None:
    it = acme(codeLife=SOON)
    challenge = it.challenge(MAILED)
    assert code_of(it.enter(challenge, it.code(CODES))) == "E_BAD_CODE"
    it = acme(resendWait=SOON)
    challenge, old = it.challenge(MAILED), it.code(CODES)
    answer = it.resend(challenge)
    assert (answer.status, code_of(answer), "set-cookie" in answer.headers) == (202, "challenge", False)
    if old != it.code(CODES):
        assert code_of(it.enter(challenge, old)) == "E_BAD_CODE"
    assert code_of(it.enter(challenge, it.code(CODES))) == "complete"


def test_a_new_code_has_to_be_waited_for_and_is_counted_from_the_last_one(acme: Acme, post: Post) -> None:
    it = acme(resendWait=LONG)
    challenge = it.challenge(MAILED)
    refused = it.resend(challenge)
    assert (refused.status, code_of(refused), len(post.sent)) == (425, "E_TOO_SOON", 1)
    assert 0 < int(refused.headers["retry-after"]) <= LONG
    assert code_of(it.enter(challenge, it.code(CODES))) == "complete"


def test_logging_out_ends_the_session_and_the_next_login_asks_for_a_code(acme: Acme) -> None:
    it = acme()
    session = it.session(MAILED)
    assert code_of(it.call("logout", session=session)) == "closed"
    assert code_of(it.account(session)) == "E_SESSION"
    assert code_of(it.login(MAILED)) == "challenge"


def test_nothing_is_opened_where_no_message_can_be_sent_and_the_old_code_stays(acme: Acme, post: Post) -> None:
    it = acme(resendWait=SOON)
    challenge = it.challenge(MAILED)
    post.refusing = True
    for answer in (it.login(MAILED), it.resend(challenge)):
        assert (answer.status, code_of(answer), answer.cookies) == (502, "E_DELIVERY", {})
    assert code_of(it.call("startRecovery", {"mail": PLAIN})) == "taken"
    assert code_of(it.enter(challenge, it.code(CODES))) == "complete"


# Many at once


def test_of_many_right_codes_at_once_one_signs_in(acme: Acme) -> None:
    it = acme()
    challenge = it.challenge(MAILED)
    with ThreadPoolExecutor(8) as pool:
        codes = Counter(pool.map(lambda _: code_of(it.enter(challenge, it.code(CODES))), range(16)))
    assert codes == {"complete": 1, "E_CHALLENGE_GONE": 15}


def test_of_many_wrong_passphrases_at_once_no_more_are_looked_at_than_it_takes(acme: Acme) -> None:
    it = acme(lock=LONG)
    with ThreadPoolExecutor(8) as pool:
        codes = Counter(pool.map(lambda _: code_of(it.login(PLAIN, "wrong")), range(16)))
    assert codes == {"E_CREDENTIALS": 3, "E_LOCKED": 13}
