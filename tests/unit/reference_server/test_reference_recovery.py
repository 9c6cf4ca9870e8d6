from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reference_server import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from reference_server.model import Account
    from tests.unit.reference_server.conftest import Stage

    Kind = Callable[[TestResponse], str]


def test_the_answer_tells_nothing(stage: Stage) -> None:
    people = stage.person(), stage.mfa_person(status="suspended"), stage.person()
    stage.outage(people[2].email)
    answers = [
        stage.call("POST", "/auth/password-reset", {"email": email})
        for email in (*(person.email for person in people), "nobody@example.com")
    ]
    assert {(answer.status_code, answer.get_data()) for answer in answers} == {(202, b"")}
    assert len({str(sorted(answer.headers)) for answer in answers}) == 1
    assert [len(stage.messages(person.email)) for person in people] == [1, 1, 0]


def test_the_link_comes_from_the_settings_and_goes_to_the_stored_address(set_stage: type[Stage]) -> None:
    stage = set_stage(public_url="https://app.example.com/")
    person = stage.mfa_person(email="ada@example.com", contact={"channel": "phone", "address": "+15550100123"})
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    stage.call("POST", "/auth/password-reset", {"email": person.email}, headers=headers)
    stage.call("POST", "/auth/password-reset", {"email": "ADA@example.com"})
    (message,) = stage.messages(person.email)
    assert message["body"].count("http") == 1
    assert "https://app.example.com/portal/reset?token=" in message["body"]
    assert stage.messages("%2B15550100123") == stage.messages("ADA@example.com") == []


def test_the_new_password_works_and_the_old_one_does_not(stage: Stage, kind: Kind) -> None:
    person = stage.mfa_person()
    answer = stage.confirm_reset(stage.reset_token(person), "a new passphrase")
    assert (answer.status_code, answer.get_data(), answer.headers.get("Set-Cookie")) == (204, b"", None)
    assert kind(stage.sign_in(person)) == "invalid-credentials"
    assert stage.sign_in(person, "a new passphrase").status_code == 202
    assert "was reset" in stage.messages(person.email)[-2]["body"]


def test_it_ends_sessions_and_what_is_pending(stage: Stage, kind: Kind) -> None:
    person = stage.mfa_person()
    token = stage.token(person)
    mfa_token, code = stage.challenge(person)
    stage.confirm_reset(stage.reset_token(person))
    assert not stage.opens(token)
    assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"


def test_it_ends_the_password_lock(stage: Stage) -> None:
    person = stage.person()
    for _ in range(5):
        stage.sign_in(person, "wrong password")
    assert stage.sign_in(person).status_code == 429
    stage.confirm_reset(stage.reset_token(person), "a new passphrase")
    assert stage.sign_in(person, "a new passphrase").status_code == 200


def test_it_ends_no_lock_by_codes(stage: Stage) -> None:
    person = stage.mfa_person()
    stage.lock_by_codes(person)
    stage.confirm_reset(stage.reset_token(person), "a new passphrase")
    assert stage.sign_in(person, "a new passphrase").status_code == 429


def test_a_link_works_once(stage: Stage, kind: Kind) -> None:
    token = stage.reset_token(stage.person())
    assert stage.confirm_reset(token).status_code == 204
    assert kind(stage.confirm_reset(token)) == "reset-token-rejected"


def test_the_newest_link_alone_works(stage: Stage, kind: Kind) -> None:
    person = stage.person()
    old, new = stage.reset_token(person), stage.reset_token(person)
    assert kind(stage.confirm_reset(old)) == "reset-token-rejected"
    assert stage.confirm_reset(new).status_code == 204


@pytest.mark.parametrize("seconds", [3599, 3600])
def test_a_link_lives_an_hour(stage: Stage, seconds: int) -> None:
    person = stage.person()
    token = stage.reset_token(person)
    stage.pass_time(person, seconds)
    assert stage.confirm_reset(token).status_code == (204 if seconds < 3600 else 401)


@pytest.mark.parametrize(("length", "status"), [(7, 400), (8, 204), (128, 204), (129, 400)])
def test_a_password_has_8_to_128_characters(stage: Stage, length: int, status: int) -> None:
    person = stage.person()
    token, password = stage.reset_token(person), "\N{PILE OF POO}" * length
    assert stage.confirm_reset(token, password).status_code == status
    assert stage.sign_in(person, password).status_code == (200 if status == 204 else 401)


@pytest.mark.parametrize("token", ["", "unknown", "a\0b"])
def test_an_unknown_link_is_refused(stage: Stage, kind: Kind, token: str) -> None:
    assert kind(stage.confirm_reset(token)) == "reset-token-rejected"


def test_the_link_of_nobody_opens_nothing(set_stage: type[Stage], kind: Kind) -> None:
    class Predictable(Rules):
        def reset_expiry(self, now: float) -> float:
            self.tokens.opaque = lambda: "predicted"  # type: ignore[method-assign]
            return super().reset_expiry(now)

    stage = set_stage(rules=Predictable)
    for _ in range(2):
        assert stage.call("POST", "/auth/password-reset", {"email": "nobody@example.com"}).status_code == 202
    assert kind(stage.confirm_reset("predicted")) == "reset-token-rejected"


def test_two_uses_at_the_same_time_change_one_password(set_stage: type[Stage], kind: Kind) -> None:
    class Overtaken(Rules):
        def now(self, account: Account) -> float:
            self.store.change("DELETE FROM reset_tokens WHERE user_id = :id", id=account.id)
            return super().now(account)

    stage = set_stage(rules=Overtaken)
    person = stage.person()
    assert kind(stage.confirm_reset(stage.reset_token(person))) == "reset-token-rejected"
    assert stage.sign_in(person).status_code == 200
