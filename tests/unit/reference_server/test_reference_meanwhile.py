"""What happens to a sign-in while something else happens to its account: each in the one order that could go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from reference_server import Rules
from reference_server.problems import Refusal

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Person, Stage

    Kind = Callable[[TestResponse], str]
    Wrong = Callable[[str], str]


class Interrupted(Rules):
    """Lets something else happen in the middle of a request: before a password or a code is compared, or is sent."""

    interruptions: dict[str, list[Callable[[], object]]]

    def __init__(self, *parts: Any) -> None:  # noqa: ANN401 - as of Rules
        super().__init__(*parts)
        type(self).interruptions = {}

    def interrupt(self, where: str) -> None:
        if waiting := self.interruptions.get(where):
            waiting.pop(0)()

    def password_matches(self, *given: Any) -> bool:  # noqa: ANN401
        self.interrupt("password")
        return super().password_matches(*given)

    def otp_matches(self, *given: Any) -> bool:  # noqa: ANN401
        self.interrupt("code")
        return super().otp_matches(*given)

    def send_otp(self, *given: Any) -> None:  # noqa: ANN401
        super().send_otp(*given)
        self.interrupt("sending")


def meanwhile(where: str, *actions: Callable[[], object]) -> None:
    Interrupted.interruptions[where] = list(actions)


@pytest.fixture
def stage(set_stage: type[Stage]) -> Stage:
    return set_stage(rules=Interrupted)


def fail(stage: Stage, person: Person, times: int) -> None:
    for _ in range(times):
        assert stage.sign_in(person, "wrong password").status_code == 401


def support(stage: Stage, person: Person, what: str) -> None:
    supporter = stage.token(stage.person(role="support"))
    path, body = f"/support/users/{person.id}/{what}", {"identity_verified": True}
    assert stage.call("POST", path, body, bearer=supporter).status_code == 200


class TestPassword:
    @pytest.mark.parametrize("mfa", [False, True])
    def test_a_right_password_opens_nothing_after_wrong_ones_have_locked(
        self, stage: Stage, kind: Kind, *, mfa: bool
    ) -> None:
        person = stage.mfa_person() if mfa else stage.person()
        meanwhile("password", lambda: fail(stage, person, 4))
        assert kind(stage.sign_in(person)) == "account-locked"
        assert kind(stage.sign_in(person)) == "account-locked"
        assert stage.codes(person.email) == []

    def test_the_one_that_reached_the_limit_leaves_no_lock_and_ends_nothing(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        pending, code = stage.challenge(person)
        fail(stage, person, 4)
        seen: list[str] = []
        meanwhile("password", lambda: seen.append(kind(stage.verify(pending, code))))
        assert stage.sign_in(person).status_code == 202
        assert seen == ["mfa-token-rejected"]
        assert stage.verify(pending, code).status_code == 200

    def test_it_takes_back_no_count_but_its_own(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        fail(stage, person, 2)

        def unlock_and_fail() -> None:
            support(stage, person, "unlock")
            fail(stage, person, 1)

        meanwhile("password", lambda: None, unlock_and_fail)
        fail(stage, person, 1)
        assert stage.sign_in(person).status_code == 202
        fail(stage, person, 4)
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_it_takes_its_own_count_back_whatever_others_did(self, stage: Stage) -> None:
        person = stage.mfa_person()

        def sign_in() -> None:
            fail(stage, person, 1)
            assert stage.sign_in(person).status_code == 202

        meanwhile("password", lambda: None, sign_in)
        fail(stage, person, 1)
        assert stage.sign_in(person).status_code == 202
        fail(stage, person, 2)
        assert stage.sign_in(person).status_code == 202

    @pytest.mark.parametrize(
        ("mfa", "where"), [(False, "password"), (True, "password"), (True, "sending")], ids=["token", "code", "sent"]
    )
    def test_it_opens_nothing_after_a_reset(self, stage: Stage, kind: Kind, where: str, *, mfa: bool) -> None:
        person = stage.mfa_person() if mfa else stage.person()
        meanwhile(where, lambda: stage.confirm_reset(stage.reset_token(person)))
        assert kind(stage.sign_in(person)) == "invalid-credentials"

    def test_it_is_enough_once_support_has_disabled_mfa(self, stage: Stage) -> None:
        person = stage.mfa_person()
        meanwhile("sending", lambda: support(stage, person, "mfa/disable"))
        assert stage.sign_in(person).status_code == 200
        assert len(stage.codes(person.email)) == 1

    def test_a_challenge_is_not_opened_in_a_lock_that_began_while_the_code_was_sent(
        self, stage: Stage, kind: Kind
    ) -> None:
        person = stage.mfa_person()
        meanwhile("sending", lambda: fail(stage, person, 5))
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_it_opens_nothing_for_a_user_who_was_removed(self, stage: Stage, kind: Kind) -> None:
        person = stage.person()
        meanwhile("password", lambda: stage.support_call("DELETE", f"/users/{person.id}"))
        assert kind(stage.sign_in(person)) == "invalid-credentials"


class TestCode:
    def test_a_right_code_opens_nothing_after_wrong_passwords_have_locked(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        pending, code = stage.challenge(person)
        meanwhile("code", lambda: fail(stage, person, 5))
        assert kind(stage.verify(pending, code)) == "mfa-token-rejected"
        assert kind(stage.sign_in(person)) == "account-locked"
        support(stage, person, "unlock")
        assert kind(stage.verify(pending, code)) == "mfa-token-rejected"

    def test_a_right_code_opens_nothing_after_wrong_ones_have_locked(
        self, stage: Stage, kind: Kind, wrong: Wrong
    ) -> None:
        person = stage.mfa_person()
        pending, code = stage.challenge(person)
        others = [stage.challenge(person) for _ in range(2)]

        def guess() -> None:
            for (mfa_token, other), times in zip(others, (5, 4), strict=True):
                for _ in range(times):
                    assert kind(stage.verify(mfa_token, wrong(other))) == "otp-rejected"

        meanwhile("code", guess)
        assert kind(stage.verify(pending, code)) == "mfa-token-rejected"
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_the_one_that_reached_the_limit_ends_no_other_challenge(
        self, stage: Stage, kind: Kind, wrong: Wrong
    ) -> None:
        person = stage.mfa_person()
        other = stage.challenge(person)
        for times in (5, 4):
            pending, code = stage.challenge(person)
            for _ in range(times):
                assert kind(stage.verify(pending, wrong(code))) == "otp-rejected"
        assert stage.verify(pending, code).status_code == 200
        assert stage.verify(*other).status_code == 200

    def test_it_opens_nothing_after_unlock_and_another_lock(self, stage: Stage, kind: Kind, wrong: Wrong) -> None:
        person = stage.mfa_person()
        for times in (5, 4):
            pending, code = stage.challenge(person)
            for _ in range(times):
                assert kind(stage.verify(pending, wrong(code))) == "otp-rejected"

        def unlock_and_lock() -> None:
            support(stage, person, "unlock")
            fail(stage, person, 5)

        meanwhile("code", unlock_and_lock)
        assert kind(stage.verify(pending, code)) == "mfa-token-rejected"
        assert kind(stage.sign_in(person)) == "account-locked"

    def test_one_that_a_resend_replaced_is_rejected_and_the_sign_in_goes_on(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        pending, code = stage.challenge(person)
        stage.pass_time(person, 30)
        meanwhile("code", lambda: stage.resend(pending))
        assert kind(stage.verify(pending, code)) == "otp-rejected"
        assert stage.verify(pending, stage.codes(person.email)[-1]).status_code == 200

    @pytest.mark.parametrize("what", ["mfa/disable", "reset"])
    def test_it_opens_nothing_after_disable_or_reset(self, stage: Stage, kind: Kind, what: str) -> None:
        person = stage.mfa_person()
        pending, code = stage.challenge(person)
        reset = stage.reset_token(person)
        meanwhile(
            "code", lambda: stage.confirm_reset(reset) if what == "reset" else support(stage, person, "mfa/disable")
        )
        assert kind(stage.verify(pending, code)) == "mfa-token-rejected"

    def test_a_resend_that_fails_leaves_the_wait_of_a_code_sent_meanwhile(
        self, set_stage: type[Stage], kind: Kind
    ) -> None:
        class Failing(Rules):
            def send_otp(self, attempt: Any, otp: str) -> None:  # noqa: ANN401
                if "mfa_token" in attempt.request.body:
                    stage.pass_time(person, 1)
                    stage.challenge(person)
                    raise Refusal("delivery-failed")
                super().send_otp(attempt, otp)

        stage = set_stage(rules=Failing)
        person = stage.mfa_person()
        pending, _ = stage.challenge(person)
        stage.pass_time(person, 30)
        assert kind(stage.resend(pending)) == "delivery-failed"
        assert kind(stage.resend(pending)) == "resend-too-soon"
