from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Person, Stage

    Kind = Callable[[TestResponse], str]

IDENTITY = {"identity_verified": True}


def enabling(address: str = "new@example.com", *, confirmed: object = True) -> dict[str, object]:
    return {"contact": {"channel": "email", "address": address}, "contact_confirmed": confirmed}


@pytest.fixture
def supporter(stage: Stage) -> str:
    return stage.token(stage.person(role="support"))


def change(stage: Stage, person: Person, what: str, body: object, bearer: str) -> TestResponse:
    return stage.call("POST", f"/support/users/{person.id}/{what}", body, bearer=bearer)


class TestFinding:
    def test_support_finds_everybody_by_the_exact_address(self, stage: Stage, supporter: str) -> None:
        person = stage.mfa_person(email="Find.Me@example.com")
        found = stage.call("GET", "/support/users?email=Find.Me@example.com", bearer=supporter)
        assert found.get_json() == {
            "users": [
                {
                    "user_id": person.id,
                    "email": person.email,
                    "organization": person.organization,
                    "role": "member",
                    "status": "active",
                    "mfa_enabled": True,
                    "contact": {"channel": "email", "address": person.email},
                    "locked_until": None,
                }
            ]
        }
        other = stage.call("GET", "/support/users?email=find.me@example.com", bearer=supporter)
        assert other.get_json() == {"users": []}

    def test_an_administrator_finds_the_own_organization_alone(self, stage: Stage) -> None:
        admin, stranger = stage.person(role="admin"), stage.person()
        colleague, token = stage.person(organization=admin.organization), stage.token(admin)
        for person, number in ((colleague, 1), (stranger, 0)):
            found = stage.call("GET", f"/support/users?email={person.email}", bearer=token)
            assert len(found.get_json()["users"]) == number

    def test_others_are_refused(self, stage: Stage, kind: Kind, supporter: str) -> None:
        assert kind(stage.call("GET", "/support/users?email=a@b", bearer=stage.token(stage.person()))) == "forbidden"
        assert kind(stage.call("GET", "/support/users?email=a@b")) == "access-token-rejected"
        assert kind(stage.call("GET", "/support/users", bearer=supporter)) == "invalid-request"

    def test_the_end_of_a_lock_is_shown(self, stage: Stage, supporter: str) -> None:
        person = stage.person()
        for _ in range(5):
            stage.sign_in(person, "wrong password")
        record = stage.call("GET", f"/support/users?email={person.email}", bearer=supporter).get_json()["users"][0]
        now = stage.support_call("POST", f"/users/{person.id}/clock", {"seconds": 900}).get_json()["now"]
        assert record["locked_until"] == now
        record = stage.call("GET", f"/support/users?email={person.email}", bearer=supporter).get_json()["users"][0]
        assert record["locked_until"] is None


class TestEnabling:
    def test_it_takes_effect_at_the_next_sign_in(self, stage: Stage, supporter: str) -> None:
        person = stage.person()
        token = stage.token(person)
        answer = change(stage, person, "mfa/enable", enabling(person.email), supporter)
        assert answer.get_json()["mfa_enabled"] is True
        assert stage.opens(token)
        assert stage.sign_in(person).status_code == 202
        assert "switched on" in stage.messages(person.email)[0]["body"]

    def test_an_administrator_may_in_the_own_organization(self, stage: Stage, kind: Kind) -> None:
        admin, stranger = stage.person(role="admin"), stage.person()
        colleague, token = stage.person(organization=admin.organization), stage.token(admin)
        assert change(stage, colleague, "mfa/enable", enabling(), token).status_code == 200
        assert kind(change(stage, stranger, "mfa/enable", enabling(), token)) == "user-not-found"
        assert stage.sign_in(stranger).status_code == 200

    def test_colleagues_are_not_affected(self, stage: Stage, supporter: str) -> None:
        person = stage.person()
        colleague = stage.person(organization=person.organization)
        change(stage, person, "mfa/enable", enabling(), supporter)
        assert stage.sign_in(colleague).status_code == 200

    def test_a_new_contact_ends_what_was_sent_to_the_old_one(self, stage: Stage, kind: Kind, supporter: str) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        change(stage, person, "mfa/enable", enabling("elsewhere@example.com"), supporter)
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"
        stage.sign_in(person)
        assert len(stage.codes("elsewhere@example.com")) == 1

    def test_an_unconfirmed_contact_changes_nothing(self, stage: Stage, kind: Kind, supporter: str) -> None:
        person = stage.person()
        answer = change(stage, person, "mfa/enable", enabling(confirmed=False), supporter)
        assert kind(answer) == "contact-unconfirmed"
        assert stage.sign_in(person).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"contact_confirmed": True},
            {"contact": {"channel": "email", "address": "a@b"}},
            enabling(confirmed=None),
            enabling(confirmed="true"),
            enabling(confirmed=1),
            enabling("no address"),
            enabling("a@b, c@d"),
            enabling("a@b\r\nBcc: c@d"),
            enabling("a@" + 300 * "b"),
            {"contact": {"channel": "pigeon", "address": "a@b"}, "contact_confirmed": True},
            {"contact": {"channel": "phone", "address": "a@b"}, "contact_confirmed": True},
            {"contact": {"channel": ["email"], "address": "a@b"}, "contact_confirmed": True},
            {"contact": {"channel": "email", "address": None}, "contact_confirmed": True},
            {"contact": "a@b", "contact_confirmed": True},
        ],
    )
    def test_malformed_requests_are_refused(self, stage: Stage, kind: Kind, supporter: str, body: object) -> None:
        assert kind(change(stage, stage.person(), "mfa/enable", body, supporter)) == "invalid-request"


class TestDisabling:
    def test_afterwards_the_password_is_enough(self, stage: Stage, kind: Kind, supporter: str) -> None:
        person = stage.mfa_person()
        mfa_token, code = stage.challenge(person)
        answer = change(stage, person, "mfa/disable", IDENTITY, supporter)
        assert answer.get_json()["mfa_enabled"] is False
        assert kind(stage.verify(mfa_token, code)) == "mfa-token-rejected"
        assert stage.sign_in(person).status_code == 200
        assert "switched off" in stage.messages(person.email)[-1]["body"]

    @pytest.mark.parametrize("what", ["mfa/disable", "unlock"])
    def test_the_identity_must_be_verified(self, stage: Stage, kind: Kind, supporter: str, what: str) -> None:
        person = stage.mfa_person()
        assert kind(change(stage, person, what, {"identity_verified": False}, supporter)) == "identity-unverified"
        for body in ({}, {"identity_verified": None}, {"identity_verified": "true"}, {"identity_verified": 1}):
            assert kind(change(stage, person, what, body, supporter)) == "invalid-request"
        assert stage.sign_in(person).status_code == 202

    @pytest.mark.parametrize("what", ["mfa/disable", "unlock"])
    def test_support_alone_may(self, stage: Stage, kind: Kind, what: str) -> None:
        admin = stage.person(role="admin")
        person = stage.mfa_person(organization=admin.organization)
        for bearer in (stage.token(admin), stage.token(person)):
            assert kind(change(stage, person, what, IDENTITY, bearer)) == "forbidden"
        assert kind(change(stage, person, what, IDENTITY, "nonsense")) == "access-token-rejected"

    def test_the_check_is_on_record(self, stage: Stage, supporter: str, caplog: pytest.LogCaptureFixture) -> None:
        person = stage.mfa_person()
        with caplog.at_level("INFO"):
            change(stage, person, "mfa/disable", IDENTITY, supporter)
        assert f"disable: user {person.id}, identity verified by" in caplog.text


class TestUnlocking:
    def test_it_ends_both_locks(self, stage: Stage, supporter: str) -> None:
        by_codes, by_passwords = stage.mfa_person(), stage.person()
        stage.lock_by_codes(by_codes)
        for _ in range(5):
            stage.sign_in(by_passwords, "wrong password")
        for person in (by_codes, by_passwords):
            assert stage.sign_in(person).status_code == 429
            assert change(stage, person, "unlock", IDENTITY, supporter).get_json()["locked_until"] is None
            assert stage.token(person)
            assert any("unlocked" in message["body"] for message in stage.messages(person.email))


@pytest.mark.parametrize("user_id", ["nobody", "0" * 32, "%00", "a" * 500])
def test_an_unknown_user_is_not_found(stage: Stage, kind: Kind, supporter: str, user_id: str) -> None:
    path = f"/support/users/{user_id}/unlock"
    assert kind(stage.call("POST", path, IDENTITY, bearer=supporter)) == "user-not-found"
