"""The second server by itself: it refuses, locks, recovers and administers accounts as the help pages promise."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from acme_deployment import (
    AGENT,
    CODES,
    COLLEAGUE,
    ELSEWHERE,
    MAILED,
    NEW_PASSPHRASE,
    OWNER,
    PASSPHRASE,
    PLAIN,
    SUSPENDED,
    TEXTED,
    Deployment,
    Post,
    code_of,
)

pytest_plugins = ["acme_fixtures"]

Acme = Callable[..., Deployment]
SOON = 1e-6  # over before the next request can come
LONG = 600


# Refused and locked


@pytest.mark.parametrize(
    "mail", [PLAIN.upper(), PLAIN + " ", PLAIN.replace("@", "+tag@"), PLAIN.replace("k", "\N{KELVIN SIGN}"), "nobody@x"]
)
def test_only_the_exact_mail_is_known(acme: Acme, mail: str) -> None:
    it = acme()
    answer = it.login(mail)
    assert (answer.status, code_of(answer)) == (400, "E_CREDENTIALS")


@pytest.mark.parametrize("passphrase", ["wrong", PASSPHRASE + "x", PASSPHRASE[:-1], PASSPHRASE.upper()])
def test_only_the_exact_passphrase_is_right_and_nothing_is_sent_for_another(
    acme: Acme, post: Post, passphrase: str
) -> None:
    it = acme()
    assert code_of(it.login(MAILED, passphrase)) == "E_CREDENTIALS"
    assert post.sent == []


@pytest.mark.parametrize("mail", [PLAIN, "nobody@north.example"])
def test_three_wrong_passphrases_lock_known_and_unknown_alike(acme: Acme, mail: str) -> None:
    it = acme(lock=LONG)
    it.lock_out(mail)
    answer = it.login(mail)
    assert (answer.status, code_of(answer)) == (423, "E_LOCKED")
    assert LONG / 2 < int(answer.headers["retry-after"]) <= LONG


def test_only_failures_in_a_row_count(acme: Acme) -> None:
    it = acme(lock=LONG)
    for _ in range(2):
        it.lock_out(PLAIN, 2)
        assert code_of(it.login(PLAIN)) == "complete"


def test_with_a_second_factor_half_a_login_forgives_nothing(acme: Acme) -> None:
    it = acme(lock=LONG)
    it.lock_out(MAILED, 2)
    it.challenge(MAILED)
    it.lock_out(MAILED, 1)
    assert code_of(it.login(MAILED)) == "E_LOCKED"


def test_a_lock_ends_what_is_pending(acme: Acme) -> None:
    it = acme(lock=LONG)
    challenge = it.challenge(MAILED)
    it.lock_out(MAILED)
    assert code_of(it.enter(challenge, it.code(CODES))) == "E_CHALLENGE_GONE"


def test_six_wrong_codes_lock_over_all_challenges(acme: Acme) -> None:
    it = acme(lock=LONG)
    for _ in range(2):
        challenge = it.challenge(MAILED)
        for _ in range(3):
            assert code_of(it.enter(challenge, it.wrong_code(CODES))) == "E_BAD_CODE"
    assert code_of(it.login(MAILED)) == "E_LOCKED"
    assert code_of(it.release(MAILED)) == "released"
    assert code_of(it.login(MAILED)) == "challenge"


def test_the_lock_ends_by_itself_when_it_said_it_would_whatever_is_tried_meanwhile(acme: Acme) -> None:
    it = acme(lock=1)
    it.lock_out(PLAIN, 2)
    began = time.time()
    it.lock_out(PLAIN, 1)
    limit = time.monotonic() + 60
    while code_of(it.login(PLAIN)) == "E_LOCKED":
        assert time.monotonic() < limit
        assert code_of(it.login(PLAIN, "wrong")) in {"E_LOCKED", "E_CREDENTIALS"}
        time.sleep(0.02)
    assert time.time() - began >= 1


def test_a_suspended_user_is_refused_once_the_passphrase_is_right(acme: Acme) -> None:
    it = acme()
    assert code_of(it.login(SUSPENDED, "wrong")) == "E_CREDENTIALS"
    answer = it.login(SUSPENDED)
    assert (answer.status, code_of(answer)) == (403, "E_SUSPENDED")


# Recovery


def test_a_link_gives_a_new_passphrase_ends_all_sessions_and_signs_nobody_in(acme: Acme, post: Post) -> None:
    it = acme()
    sessions = [it.session(PLAIN), it.session(PLAIN)]
    key = it.link(PLAIN)
    assert "https://portal.acme.example/recover/" in post.to(PLAIN)[0]
    answer = it.recover(key, NEW_PASSPHRASE)
    assert (answer.json(), answer.cookies) == ({"state": "changed"}, {})
    assert [code_of(it.account(session)) for session in sessions] == ["E_SESSION", "E_SESSION"]
    assert code_of(it.login(PLAIN)) == "E_CREDENTIALS"
    assert code_of(it.login(PLAIN, NEW_PASSPHRASE)) == "complete"
    assert code_of(it.recover(key)) == "E_LINK_GONE"


def test_recovery_keeps_the_second_factor_and_ends_what_is_pending(acme: Acme) -> None:
    it = acme()
    challenge = it.challenge(MAILED)
    assert code_of(it.recover(it.link(MAILED))) == "changed"
    assert code_of(it.enter(challenge, it.code(CODES))) == "E_CHALLENGE_GONE"
    assert code_of(it.login(MAILED, NEW_PASSPHRASE)) == "challenge"


def test_each_change_is_told_to_its_user(acme: Acme, post: Post) -> None:
    it = acme()
    it.recover(it.link(PLAIN))
    it.switch_on(PLAIN, "+9995550001")
    it.switch_off(PLAIN)
    it.release(COLLEAGUE)
    told = [(to, text.strip()) for to, text in post.sent if "recover" not in text]
    codes_to_agent = [item for item in told if "code for Acme" in item[1]]
    assert [item for item in told if item not in codes_to_agent] == [
        (PLAIN, "Your passphrase was changed."),
        ("+9995550001", "A code is asked for when you log in from now on."),
        (PLAIN, "No code is asked for any more when you log in."),
        (COLLEAGUE, "Your account was released."),
    ]


def test_each_link_ends_the_one_before_it_and_none_lives_long(acme: Acme) -> None:
    it = acme()
    first, second = it.link(PLAIN), it.link(PLAIN)
    assert [code_of(it.recover(key)) for key in (first, second)] == ["E_LINK_GONE", "changed"]
    it = acme(linkLife=SOON)
    assert code_of(it.recover(it.link(PLAIN))) == "E_LINK_GONE"


def test_no_link_is_sent_for_a_mail_that_nobody_has(acme: Acme, post: Post) -> None:
    it = acme()
    for mail in (PLAIN.upper(), "nobody@north.example"):
        assert code_of(it.call("startRecovery", {"mail": mail})) == "taken"
    assert post.sent == []


# Administration


@pytest.mark.parametrize("actor", [AGENT, OWNER])
def test_the_second_factor_is_switched_on_for_one_user_from_the_next_login_on(
    acme: Acme, post: Post, actor: str
) -> None:
    it = acme()
    session = it.session(PLAIN)
    answer = it.switch_on(PLAIN, "+9995550001", actor)
    assert answer.json()["secondFactor"] == {"active": True, "contact": "+9995550001"}
    assert it.account(session).json()["account"]["secondFactor"]["active"] is True
    assert [code_of(it.login(mail)) for mail in (PLAIN, COLLEAGUE)] == ["challenge", "complete"]
    assert [(to, "code for Acme" in text) for to, text in post.sent] == [("+9995550001", False), ("+9995550001", True)]


def test_the_second_factor_is_switched_off_for_one_user_and_ends_what_is_pending(acme: Acme) -> None:
    it = acme()
    challenge = it.challenge(MAILED)
    assert code_of(it.switch_off(MAILED)) == "inactive"
    assert code_of(it.enter(challenge, it.code(CODES))) == "E_CHALLENGE_GONE"
    assert [code_of(it.login(mail)) for mail in (MAILED, TEXTED)] == ["complete", "challenge"]


@pytest.mark.parametrize("said", [False, None])
def test_without_the_check_nothing_changes(acme: Acme, said: object) -> None:
    it = acme(lock=LONG)
    code = "E_INPUT" if said is None else ""
    assert code_of(it.switch_on(PLAIN, "new@north.example", confirmed=said)) == (code or "E_NOT_CONFIRMED")
    off = it.switch_off(MAILED, verified="" if said is None else "false")
    assert code_of(off) == (code or "E_NOT_VERIFIED")
    assert [it.user(mail)["secondFactor"]["active"] for mail in (PLAIN, MAILED)] == [False, True]
    it.lock_out(PLAIN)
    assert code_of(it.release(PLAIN, verified=said)) == (code or "E_NOT_VERIFIED")
    assert code_of(it.login(PLAIN)) == "E_LOCKED"
    assert code_of(it.release(PLAIN)) == "released"
    assert code_of(it.login(PLAIN)) == "complete"


def test_an_owner_sees_the_own_organization_alone(acme: Acme) -> None:
    it = acme()
    session = it.session(OWNER)
    found = {mail: it.call("findUser", query={"mail": mail}, session=session).json() for mail in (PLAIN, ELSEWHERE)}
    assert (found[PLAIN]["match"]["mail"], found[ELSEWHERE]) == (PLAIN, {"match": None})
