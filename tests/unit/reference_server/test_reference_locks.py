from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from reference_server import Rules, Store
from reference_server.settings import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import RowMapping
    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Person, Stage

    Kind = Callable[[TestResponse], str]
    Wrong = Callable[[str], str]


class TestPasswordLock:
    def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(self, stage: Stage, kind: Kind) -> None:
        person = stage.person()
        lock_by_passwords(stage, person)
        for seconds, wait in ((0, 900), (899, 1)):
            stage.pass_time(person, seconds)
            refused = stage.sign_in(person)
            assert kind(refused) == "account-locked"
            assert refused.get_json()["retry_after"] == wait
            assert refused.headers["Retry-After"] == str(wait)
        stage.pass_time(person, 1)
        assert stage.sign_in(person).status_code == 200

    def test_four_do_not_and_a_sign_in_clears_them(self, stage: Stage) -> None:
        person = stage.person()
        for _ in range(3):
            for _ in range(4):
                assert stage.sign_in(person, "wrong password").status_code == 401
            assert stage.sign_in(person).status_code == 200

    def test_with_mfa_a_right_password_alone_clears_nothing(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        for _ in range(4):
            assert stage.sign_in(person, "wrong password").status_code == 401
            stage.challenge(person)
        assert stage.sign_in(person, "wrong password").status_code == 401
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_with_mfa_both_stages_clear_the_count(self, stage: Stage) -> None:
        person = stage.mfa_person()
        for _ in range(2):
            for _ in range(4):
                assert stage.sign_in(person, "wrong password").status_code == 401
            assert stage.token(person)

    def test_after_a_lock_the_count_starts_anew(self, stage: Stage, kind: Kind) -> None:
        person = stage.person()
        lock_by_passwords(stage, person)
        stage.pass_time(person, 900)
        lock_by_passwords(stage, person)
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_a_lock_ends_what_is_pending_for_good(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        lock_by_passwords(stage, person)
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"
        unlock(stage, person)
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"
        assert stage.token(person)

    def test_a_challenge_is_of_no_use_during_a_lock_even_if_it_was_missed(
        self, set_stage: type[Stage], kind: Kind
    ) -> None:
        class Forgetful(Rules):
            def end_challenges_by_lock(self, attempt: object) -> None:
                pass

        stage = set_stage(rules=Forgetful)
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        lock_by_passwords(stage, person)
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"

    def test_unknown_addresses_lock_in_real_time(self, set_stage: type[Stage], kind: Kind) -> None:
        now = [1_800_000_000.25]

        class Dated(Rules):
            def real_time(self) -> float:
                return now[0]

        stage = set_stage(rules=Dated)
        body = {"email": "nobody@example.com", "password": "wrong"}
        for _ in range(5):
            assert kind(stage.call("POST", "/auth/sign-in", body)) == "invalid-credentials"
        now[0] += 899.5
        refused = stage.call("POST", "/auth/sign-in", body)
        assert refused.get_json()["retry_after"] == 1
        now[0] += 0.5
        assert kind(stage.call("POST", "/auth/sign-in", body)) == "invalid-credentials"

    def test_known_and_unknown_addresses_take_the_same_statements_into_the_lock(self, set_stage: type[Stage]) -> None:
        class Noting(Store):
            def change(self, statement: str, **values: object) -> int:
                noted.append(statement)
                return super().change(statement, **values)

            def rows(self, statement: str, **values: object) -> Sequence[RowMapping]:
                noted.append(statement)
                return super().rows(statement, **values)

        noted: list[str] = []
        stage = set_stage(store=Noting)
        person = stage.person()
        seen = []
        for email in (person.email, "nobody@example.com"):
            noted.clear()
            for status in [*5 * [401], 429, 429]:
                answer = stage.call("POST", "/auth/sign-in", {"email": email, "password": "wrong"})
                assert answer.status_code == status
            seen.append(list(noted))
        assert seen[0] == seen[1]
        assert len(seen[0]) > 7

    def test_one_failure_can_be_the_limit(self, set_stage: type[Stage], kind: Kind) -> None:
        policy = Policy(password_failures_before_lock=1, otp_failures_before_lock=1)
        stage = set_stage(policy=policy)
        person, with_mfa = stage.person(), stage.mfa_person()
        assert stage.sign_in(person).status_code == 200
        for _ in range(2):
            assert kind(stage.sign_in(person, "wrong password")) == "invalid-credentials"
            assert kind(stage.sign_in(person)) == "account-locked"
            stage.pass_time(person, 900)
        for _ in range(2):
            mfa_token, code = stage.challenge(with_mfa)
            assert kind(stage.verify(mfa_token, f"{(int(code) + 1) % 10**6:06}")) == "otp-rejected"
            assert kind(stage.sign_in(with_mfa)) == "account-locked"
            stage.pass_time(with_mfa, 900)


class TestOtpLock:
    def test_ten_wrong_codes_over_all_challenges_lock(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        pending, code = stage.challenge(person)
        stage.lock_by_codes(person)
        assert kind(stage.sign_in(person)) == "account-locked"
        assert kind(stage.verify(pending, code)) == "mfa-token-rejected"
        stage.pass_time(person, 900)
        assert stage.token(person)

    def test_neither_a_right_password_nor_a_resend_clears_the_count(
        self, stage: Stage, kind: Kind, wrong: Wrong
    ) -> None:
        person = stage.mfa_person()
        for _ in range(5):
            mfa_token, code = stage.challenge(person)
            assert kind(stage.verify(mfa_token, wrong(code))) == "otp-rejected"
            stage.pass_time(person, 30)
            assert stage.resend(mfa_token).status_code == 202
            assert kind(stage.verify(mfa_token, wrong(stage.codes(person.email)[-1]))) == "otp-rejected"
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_a_full_sign_in_clears_the_count(self, stage: Stage, kind: Kind, wrong: Wrong) -> None:
        person = stage.mfa_person()
        for _ in range(3):
            mfa_token, code = stage.challenge(person)
            for _ in range(4):
                assert kind(stage.verify(mfa_token, wrong(code))) == "otp-rejected"
            assert stage.verify(mfa_token, code).status_code == 200

    def test_attempts_do_not_move_the_end_of_a_lock(self, stage: Stage) -> None:
        person = stage.mfa_person()
        stage.lock_by_codes(person)
        for _ in range(9):
            stage.pass_time(person, 100)
            answer = stage.sign_in(person, "wrong password")
        assert answer.status_code == 401
        assert stage.sign_in(person).status_code == 202

    def test_a_hundred_wrong_codes_call_for_recovery(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        for _ in range(10):
            stage.lock_by_codes(person)
            stage.pass_time(person, 900)
        sent = len(stage.codes(person.email))
        assert kind(stage.sign_in(person, "wrong password")) == "invalid-credentials"
        assert kind(stage.sign_in(person)) == "recovery-required"
        assert len(stage.codes(person.email)) == sent
        unlock(stage, person)
        assert stage.token(person)

    def test_recovery_ends_what_is_pending(self, set_stage: type[Stage], kind: Kind, wrong: Wrong) -> None:
        stage = set_stage(policy=Policy(recovery_after_failures=3))
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        for _ in range(3):
            assert kind(stage.verify(mfa_token, wrong(code))) == "otp-rejected"
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"
        assert kind(stage.sign_in(person)) == "recovery-required"

    def test_the_account_can_be_locked_while_a_code_is_read(self, set_stage: type[Stage], kind: Kind) -> None:
        class Late(Rules):
            def count_otp_attempt(self, challenge: object, attempt: object) -> None:
                account = attempt.account  # type: ignore[attr-defined]
                self.store.change("UPDATE users SET otp_locked_until = 1e12 WHERE id = :id", id=account.id)
                super().count_otp_attempt(challenge, attempt)  # type: ignore[arg-type]

        stage = set_stage(rules=Late)
        assert kind(stage.verify(*stage.challenge(stage.mfa_person()))) == "mfa-token-rejected"


@pytest.mark.parametrize("database", ["memory", "file"])
class TestSimultaneously:
    def test_twenty_right_codes_give_one_token(self, database: str, tmp_path: Path, set_stage: type[Stage]) -> None:
        stage = set_stage(database_url=url(database, tmp_path))
        for _ in range(3):
            mfa_token, code = stage.challenge(stage.mfa_person())
            answers = at_once(20, lambda token=mfa_token, code=code: stage.verify(token, code))  # type: ignore[misc]
            assert (answers.count(200), answers.count(401)) == (1, 19)

    def test_fifty_wrong_passwords_share_one_budget(
        self, database: str, tmp_path: Path, set_stage: type[Stage], kind: Kind
    ) -> None:
        stage = set_stage(database_url=url(database, tmp_path))
        person = stage.person()
        answers = at_once(50, lambda: stage.sign_in(person, "wrong password"))
        assert (answers.count(401), answers.count(429)) == (5, 45)
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_fifty_wrong_codes_share_one_budget(
        self, database: str, tmp_path: Path, set_stage: type[Stage], kind: Kind, wrong: Wrong
    ) -> None:
        stage = set_stage(database_url=url(database, tmp_path))
        person = stage.mfa_person()
        challenges = [stage.challenge(person) for _ in range(10)]
        guesses = iter([(token, wrong(code)) for token, code in challenges for _ in range(5)])
        kinds = at_once(50, lambda: stage.verify(*next(guesses)), kind)
        assert (kinds.count("otp-rejected"), kinds.count("mfa-token-rejected")) == (10, 40)
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_a_right_password_among_wrong_ones_gives_no_more_guesses(
        self, database: str, tmp_path: Path, set_stage: type[Stage]
    ) -> None:
        stage = set_stage(database_url=url(database, tmp_path))
        person = stage.mfa_person()
        passwords = iter(10 * [*3 * ["wrong password"], person.password])
        answers = at_once(40, lambda: stage.sign_in(person, next(passwords)))
        assert answers.count(401) <= 5


def at_once(
    number: int, call: Callable[[], TestResponse], read: Callable[[TestResponse], object] = lambda it: it.status_code
) -> list[object]:
    with ThreadPoolExecutor(number) as pool:
        return [read(future.result()) for future in [pool.submit(call) for _ in range(number)]]


def url(database: str, folder: Path) -> str:
    return "sqlite://" if database == "memory" else f"sqlite:///{folder / 'server.db'}"


def lock_by_passwords(stage: Stage, person: Person) -> None:
    for _ in range(5):
        assert stage.sign_in(person, "wrong password").status_code == 401


def unlock(stage: Stage, person: Person) -> None:
    supporter = stage.token(stage.person(role="support"))
    path = f"/support/users/{person.id}/unlock"
    assert stage.call("POST", path, {"identity_verified": True}, bearer=supporter).status_code == 200
