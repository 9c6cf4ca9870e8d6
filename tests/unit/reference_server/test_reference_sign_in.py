from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from reference_server import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Stage

    Kind = Callable[[TestResponse], str]
    Wrong = Callable[[str], str]


class TestPasswordStage:
    def test_without_mfa_the_password_gives_an_access_token(self, stage: Stage) -> None:
        person = stage.person()
        answer = stage.sign_in(person)
        assert answer.status_code == 200
        body = answer.get_json()
        assert body.keys() == {"access_token", "token_type", "expires_in"}
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
        assert answer.headers["Cache-Control"] == "no-store"
        assert stage.call("GET", "/me", bearer=body["access_token"]).get_json() == {
            "user_id": person.id,
            "email": person.email,
            "organization": person.organization,
            "role": "member",
            "mfa_enabled": False,
        }

    @pytest.mark.parametrize("client_id", ["web-portal", "servinix-go"])
    def test_with_mfa_it_asks_for_a_code(self, stage: Stage, client_id: str) -> None:
        person = stage.mfa_person()
        answer = stage.sign_in(person, client_id=client_id)
        body = answer.get_json()
        assert answer.status_code == 202
        assert len(body.pop("mfa_token")) >= 22
        name, _, domain = person.email.partition("@")
        assert body == {
            "expires_in": 600,
            "channel": "email",
            "destination": f"{name[0]}***@{domain}",
            "otp_expires_in": 300,
            "resend_after": 30,
        }

    def test_the_access_token_tells_client_and_methods(self, stage: Stage) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person, client_id="servinix-go")
        claims = claims_of(stage.verify(mfa_token, code).get_json()["access_token"])
        assert (claims["client_id"], claims["amr"]) == ("servinix-go", ["pwd", "otp"])
        assert claims_of(stage.sign_in(stage.person()).get_json()["access_token"])["amr"] == ["pwd"]

    def test_unknown_user_and_wrong_password_get_the_same_answers_into_the_lock(self, stage: Stage, kind: Kind) -> None:
        known, with_mfa = stage.person(), stage.mfa_person()
        bodies = [{"email": email, "password": "wrong"} for email in (known.email, with_mfa.email, "no@example.com")]
        for expected in 5 * ["invalid-credentials"] + 2 * ["account-locked"]:
            answers = [stage.call("POST", "/auth/sign-in", body) for body in bodies]
            assert {kind(answer) for answer in answers} == {expected}
            assert len({answer.get_data() for answer in answers}) == 1
            assert len({str(sorted(answer.headers)) for answer in answers}) == 1

    def test_the_password_that_nobody_has_fits_nobody(self, stage: Stage, kind: Kind) -> None:
        body = {"email": "odd\0@example.com", "password": ""}
        assert kind(stage.call("POST", "/auth/sign-in", body)) == "invalid-credentials"

    def test_only_the_exact_address_is_known(self, stage: Stage, kind: Kind) -> None:
        person = stage.person(email="Ada@example.com")
        for email in ("ada@example.com", " Ada@example.com", "Ada@example.com ", "\uff21da@example.com"):
            body = {"email": email, "password": person.password}
            assert kind(stage.call("POST", "/auth/sign-in", body)) == "invalid-credentials"
        assert stage.sign_in(person).status_code == 200

    def test_a_suspended_user_learns_it_after_the_right_password_alone(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person(status="suspended")
        assert kind(stage.sign_in(person, "wrong password")) == "invalid-credentials"
        assert kind(stage.sign_in(person)) == "account-suspended"
        assert stage.codes(person.email) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"client_id": "somebody-else"},
            {"client_id": None},
            {"email": None},
            {"password": 12345678},
            {"password": "\ud800"},
        ],
    )
    def test_malformed_requests_are_refused(self, stage: Stage, kind: Kind, change: dict[str, Any]) -> None:
        person = stage.person()
        assert kind(stage.sign_in(person, **change)) == "invalid-request"

    def test_a_failed_delivery_opens_nothing(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        stage.outage(person.email)
        assert kind(stage.sign_in(person)) == "delivery-failed"
        stage.outage(person.email, failing=False)
        mfa_token, code = stage.challenge(person)
        assert stage.verify(mfa_token, code).status_code == 200
        assert len(stage.codes(person.email)) == 1


class TestCodeStage:
    def test_the_right_code_completes_the_sign_in_once(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        assert stage.opens(stage.verify(mfa_token, code).get_json()["access_token"])
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"
        second, _ = stage.challenge(person)
        assert kind(stage.verify(second, code)) == "otp-rejected"

    def test_the_message_holds_the_code_alone(self, stage: Stage) -> None:
        person = stage.mfa_person()
        stage.challenge(person)
        (message,) = stage.messages(person.email)
        assert len(re.findall("[0-9]{6}", message["body"])) == 1
        assert not re.search("[0-9]", message["subject"])

    def test_a_code_by_phone_has_no_subject(self, stage: Stage) -> None:
        number = "+15550100777"
        person = stage.person(mfa_enabled=True, contact={"channel": "phone", "address": number})
        answer = stage.sign_in(person).get_json()
        (message,) = stage.messages("%2B15550100777")
        assert (message["channel"], message["to"], message["subject"]) == ("phone", number, None)
        assert (answer["channel"], answer["destination"]) == ("phone", "***77")
        assert stage.messages(person.email) == []

    def test_a_wrong_code_is_refused_and_a_fresh_one_works(self, stage: Stage, kind: Kind, wrong: Wrong) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        assert kind(stage.verify(mfa_token, wrong(code))) == "otp-rejected"
        stage.pass_time(person, 30)
        assert stage.resend(mfa_token).status_code == 202
        assert stage.verify(mfa_token, stage.codes(person.email)[-1]).status_code == 200

    @pytest.mark.parametrize(
        "otp",
        [
            "",
            "12345",
            "1234567",
            " 123456",
            "123456\n",
            "12 456",
            "\uff11\uff12\uff13\uff14\uff15\uff16",
            "\u0661\u0662\u0663\u0664\u0665\u0666",
            "12345a",
            "+12345",
            "\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2",
        ],
    )
    def test_what_is_no_code_is_refused_and_not_counted(self, stage: Stage, kind: Kind, otp: str) -> None:
        mfa_token, code = stage.challenge(stage.mfa_person())
        for _ in range(6):
            assert kind(stage.verify(mfa_token, otp)) == "invalid-request"
        assert stage.verify(mfa_token, code).status_code == 200

    @pytest.mark.parametrize("otp", [None, True, 123456, 1.5, ["123456"], {"$ne": "1"}])
    def test_a_code_is_a_string(self, stage: Stage, kind: Kind, otp: object) -> None:
        mfa_token, _ = stage.challenge(stage.mfa_person())
        assert kind(stage.verify(mfa_token, otp)) == "invalid-request"

    def test_five_wrong_codes_end_a_challenge(self, stage: Stage, kind: Kind, wrong: Wrong) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        for _ in range(5):
            assert kind(stage.verify(mfa_token, wrong(code))) == "otp-rejected"
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"
        stage.pass_time(person, 30)
        assert kind(stage.resend(mfa_token)) == "mfa-token-rejected"

    def test_codes_and_challenges_do_not_mix(self, stage: Stage, kind: Kind) -> None:
        ada, bob = stage.mfa_person(), stage.mfa_person()
        (first, first_code), (second, second_code) = stage.challenge(ada), stage.challenge(ada)
        bobs, bobs_code = stage.challenge(bob)
        assert kind(stage.verify(first, second_code)) == "otp-rejected"
        assert kind(stage.verify(bobs, first_code)) == "otp-rejected"
        for mfa_token, code in ((first, first_code), (second, second_code), (bobs, bobs_code)):
            assert stage.verify(mfa_token, code).status_code == 200

    def test_a_code_lives_five_minutes(self, stage: Stage, kind: Kind) -> None:
        late, early = stage.mfa_person(), stage.mfa_person()
        for person, seconds in ((late, 300), (early, 299)):
            mfa_token, code = stage.challenge(person)
            stage.pass_time(person, seconds)
            answer = stage.verify(mfa_token, code)
            assert answer.status_code == (200 if seconds < 300 else 401)
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"

    @pytest.mark.parametrize("seconds", [599, 600])
    def test_a_challenge_lives_ten_minutes_whatever_is_resent(self, stage: Stage, kind: Kind, seconds: int) -> None:
        person = stage.mfa_person()
        mfa_token, _ = stage.challenge(person)
        stage.pass_time(person, 590)
        resent = stage.resend(mfa_token).get_json()
        assert (resent["mfa_token"], resent["expires_in"], resent["otp_expires_in"]) == (mfa_token, 10, 10)
        stage.pass_time(person, seconds - 590)
        answer = stage.verify(mfa_token, stage.codes(person.email)[-1])
        assert answer.status_code == 200 if seconds < 600 else kind(answer) == "mfa-token-rejected"

    @pytest.mark.parametrize("mfa_token", ["", "unknown", "x" * 5000, "a\0b"])
    def test_an_unknown_mfa_token_is_refused(self, stage: Stage, kind: Kind, mfa_token: str) -> None:
        assert kind(stage.verify(mfa_token, "123456")) == "mfa-token-rejected"
        assert kind(stage.resend(mfa_token)) == "mfa-token-rejected"

    def test_the_challenge_of_a_removed_user_is_refused(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        assert stage.support_call("DELETE", f"/users/{person.id}").status_code == 204
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"

    def test_codes_keep_their_leading_zeros(self, set_stage: type[Stage]) -> None:
        class Low(Rules):
            def draw_otp(self, _attempt: object) -> str:
                return "000123"

        stage = set_stage(rules=Low)
        mfa_token, code = stage.challenge(stage.mfa_person())
        assert code == "000123"
        assert stage.verify(mfa_token, code).status_code == 200


class TestResend:
    def test_a_new_code_after_half_a_minute_and_not_before(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        mfa_token, old = stage.challenge(person)
        stage.pass_time(person, 29)
        refused = stage.resend(mfa_token)
        assert kind(refused) == "resend-too-soon"
        assert refused.get_json()["retry_after"] == 1
        assert refused.headers["Retry-After"] == "1"
        assert len(stage.codes(person.email)) == 1
        stage.pass_time(person, 1)
        assert stage.resend(mfa_token).status_code == 202
        new = stage.codes(person.email)[-1]
        if old != new:
            assert kind(stage.verify(mfa_token, old)) == "otp-rejected"
        assert stage.verify(mfa_token, new).status_code == 200

    def test_the_wait_counts_from_the_last_code_of_any_challenge(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        first, _ = stage.challenge(person)
        stage.pass_time(person, 20)
        stage.challenge(person)
        stage.pass_time(person, 10)
        assert kind(stage.resend(first)) == "resend-too-soon"
        stage.pass_time(person, 20)
        assert stage.resend(first).status_code == 202

    def test_a_failed_delivery_keeps_the_old_code_and_starts_no_wait(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        stage.pass_time(person, 30)
        stage.outage(person.email)
        assert kind(stage.resend(mfa_token)) == "delivery-failed"
        stage.outage(person.email, failing=False)
        assert stage.verify(mfa_token, code).status_code == 200
        other, _ = stage.challenge(person)
        stage.pass_time(person, 30)
        stage.outage(person.email)
        assert kind(stage.resend(other)) == "delivery-failed"
        stage.outage(person.email, failing=False)
        assert stage.resend(other).status_code == 202

    def test_a_challenge_that_ends_while_the_code_is_sent_stays_ended(self, set_stage: type[Stage], kind: Kind) -> None:
        class Interrupted(Rules):
            def send_otp(self, attempt: Any, otp: str) -> None:  # noqa: ANN401
                super().send_otp(attempt, otp)
                self.store.end_challenges(attempt.account.id)

        stage = set_stage(rules=Interrupted)
        person = stage.mfa_person()
        mfa_token, _ = stage.challenge(person)
        stage.pass_time(person, 30)
        assert kind(stage.resend(mfa_token)) == "mfa-token-rejected"


class TestSessions:
    def test_sign_out_ends_this_session_alone(self, stage: Stage, kind: Kind) -> None:
        person = stage.person()
        one, other = stage.token(person), stage.token(person)
        answer = stage.call("POST", "/auth/sign-out", bearer=one)
        assert (answer.status_code, answer.get_data()) == (204, b"")
        assert kind(stage.call("POST", "/auth/sign-out", bearer=one)) == "access-token-rejected"
        assert not stage.opens(one)
        assert stage.opens(other)

    @pytest.mark.parametrize("seconds", [899, 900])
    def test_an_access_token_lives_fifteen_minutes(self, stage: Stage, seconds: int) -> None:
        person = stage.person()
        token = stage.token(person)
        stage.pass_time(person, seconds)
        assert stage.opens(token) == (seconds < 900)

    def test_an_mfa_token_opens_nothing_and_an_access_token_is_none(self, stage: Stage, kind: Kind) -> None:
        person = stage.mfa_person()
        token = stage.token(person)
        mfa_token, code = stage.challenge(person)
        assert kind(stage.call("GET", "/me", bearer=mfa_token)) == "access-token-rejected"
        assert kind(stage.verify(token, code)) == "mfa-token-rejected"


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
