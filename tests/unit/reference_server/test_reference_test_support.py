from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from reference_server.passwords import Passwords
from reference_server.users import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Stage

    Kind = Callable[[TestResponse], str]

OPERATIONS = [
    ("POST", "/users"),
    ("DELETE", "/users/1"),
    ("POST", "/users/1/clock"),
    ("GET", "/messages"),
    ("POST", "/outages"),
    ("GET", "/policy"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_it_needs_its_own_secret(stage: Stage, kind: Kind, method: str, path: str) -> None:
    supporter = stage.token(stage.person(role="support"))
    for bearer in (None, supporter, "", "test-support-secre\u00e9".encode().decode("latin-1")):
        answer = stage.call(method, f"/test-support{path}", {} if method == "POST" else None, bearer=bearer)
        assert kind(answer) == "access-token-rejected"


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_switched_off_nothing_is_there(set_stage: type[Stage], kind: Kind, method: str, path: str) -> None:
    off = set_stage(test_support_secret=None)
    assert kind(off.call(method, f"/test-support{path}", {}, bearer="None")) == "not-found"


def test_a_user_has_defaults(stage: Stage) -> None:
    body = {"email": "defaults@example.com", "password": "12345678"}
    record = stage.support_call("POST", "/users", body).get_json()
    assert len(record.pop("user_id")) == 32
    assert record.pop("organization").startswith("org-")
    assert record == {
        "email": "defaults@example.com",
        "role": "member",
        "status": "active",
        "mfa_enabled": False,
        "contact": None,
        "locked_until": None,
    }
    assert stage.person().organization != stage.person().organization


@pytest.mark.parametrize(
    "change",
    [
        {"email": None},
        {"email": "no address"},
        {"email": "a@b\n"},
        {"password": "1234567"},
        {"role": "king"},
        {"role": None},
        {"status": "asleep"},
        {"organization": ""},
        {"organization": "a\0b"},
        {"organization": 300 * "a"},
        {"contact": "a@b"},
        {"mfa_enabled": True},
        {"mfa_enabled": "yes"},
    ],
)
def test_a_malformed_user_is_refused(stage: Stage, kind: Kind, change: dict[str, object]) -> None:
    body = {"email": "malformed@example.com", "password": "12345678"} | change
    assert kind(stage.support_call("POST", "/users", body)) == "invalid-request"


def test_an_address_belongs_to_one_user(stage: Stage, kind: Kind) -> None:
    body = {"email": stage.person().email, "password": "12345678"}
    assert kind(stage.support_call("POST", "/users", body)) == "user-exists"


def test_making_and_removing_a_user_clears_what_the_address_left_behind(stage: Stage, kind: Kind) -> None:
    body = {"email": "phoenix@example.com", "password": "wrong password"}

    def lock() -> None:
        for expected in [*5 * ["invalid-credentials"], "account-locked"]:
            assert kind(stage.call("POST", "/auth/sign-in", body)) == expected

    lock()
    person = stage.mfa_person(email="phoenix@example.com")
    token = stage.token(person)
    lock()
    assert stage.messages(person.email)
    assert stage.support_call("DELETE", f"/users/{person.id}").status_code == 204
    assert stage.messages(person.email) == []
    assert not stage.opens(token)
    assert kind(stage.call("POST", "/auth/sign-in", body)) == "invalid-credentials"
    assert kind(stage.support_call("DELETE", f"/users/{person.id}")) == "user-not-found"


def test_a_clock_stands_still_at_a_whole_second_and_moves_for_one_user(stage: Stage) -> None:
    ada, bob = stage.mfa_person(), stage.mfa_person()
    before = stage.support_call("POST", f"/users/{ada.id}/clock", {"seconds": 0}).get_json()["now"]
    moved = stage.support_call("POST", f"/users/{ada.id}/clock", {"seconds": 86400}).get_json()["now"]
    assert (before[10:], before.endswith("Z")) == (moved[10:], True)
    assert before[:10] != moved[:10]
    stage.challenge(ada)
    stage.challenge(bob)
    assert stage.messages(ada.email)[0]["sent_at"] == moved
    assert stage.messages(bob.email)[0]["sent_at"][:10] == before[:10]


@pytest.mark.parametrize("seconds", [-1, 1.5, "1", True, None, 10**20, 250_000_000_000])
def test_a_clock_moves_by_whole_seconds_forward(stage: Stage, kind: Kind, seconds: object) -> None:
    path = f"/users/{stage.person().id}/clock"
    assert kind(stage.support_call("POST", path, {"seconds": seconds})) == "invalid-request"


def test_messages_are_listed_in_order(stage: Stage, kind: Kind) -> None:
    person = stage.mfa_person()
    for _ in range(3):
        stage.challenge(person)
    listed = stage.messages(person.email)
    assert [int(message["id"]) for message in listed] == sorted(int(message["id"]) for message in listed)
    assert {message["to"] for message in listed} == {person.email}
    for query in ("", "?to=%00"):
        assert kind(stage.support_call("GET", f"/messages{query}")) == "invalid-request"


@pytest.mark.parametrize("body", [{"address": "a@b"}, {"failing": True}, {"address": "a\0b", "failing": True}])
def test_a_malformed_outage_is_refused(stage: Stage, kind: Kind, body: object) -> None:
    assert kind(stage.support_call("POST", "/outages", body)) == "invalid-request"


def test_the_policy_is_published(stage: Stage) -> None:
    assert stage.support_call("GET", "/policy").get_json() == {
        "otp_length": 6,
        "otp_ttl_seconds": 300,
        "otp_attempts_per_challenge": 5,
        "otp_failures_before_lock": 10,
        "password_failures_before_lock": 5,
        "lock_seconds": 900,
        "resend_after_seconds": 30,
        "mfa_token_ttl_seconds": 600,
        "access_token_ttl_seconds": 900,
        "reset_token_ttl_seconds": 3600,
        "recovery_after_failures": 100,
    }


def test_other_users_are_out_of_reach_and_live_in_real_time(set_stage: type[Stage], tmp_path: Path, kind: Kind) -> None:
    file = tmp_path / "users.toml"
    file.write_text('[[users]]\nemail = "real@example.com"\npassword = "a real password"\n')
    (real,) = load(file, Passwords("test"))
    stage = set_stage(users=[real, real])
    answer = stage.call("POST", "/auth/sign-in", {"email": "real@example.com", "password": "a real password"})
    assert stage.opens(answer.get_json()["access_token"])
    assert kind(stage.support_call("DELETE", f"/users/{real.id}")) == "user-not-found"
    assert kind(stage.support_call("POST", f"/users/{real.id}/clock", {"seconds": 1})) == "user-not-found"
    stage.call("POST", "/auth/password-reset", {"email": "real@example.com"})
    sent = time.strptime(stage.messages("real@example.com")[0]["sent_at"], "%Y-%m-%dT%H:%M:%SZ")
    assert abs(time.mktime(sent) - time.mktime(time.gmtime())) < 60
