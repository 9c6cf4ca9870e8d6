from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from proposal_documents import (
    COOKIE,
    DIGITS,
    ENVELOPES,
    FLAT,
    LEGACY,
    SECOND,
    SECRET,
    TEXT,
    Json,
    answer,
    bindings,
    challenge_name,
    credentials,
    obj,
    op,
    plain,
    proposed,
    stages,
    tree,
)

from servinix_conformance.document import Document
from servinix_conformance.names import OPERATIONS
from servinix_conformance.proposal import propose
from servinix_conformance.suite import suite_root


def test_our_own_document_is_our_contract() -> None:
    proposal = propose(Document((suite_root() / "openapi.yaml").read_text(encoding="utf-8"), "openapi.yaml"))
    assert proposal.whole
    assert proposal.test_support
    assert proposal.bindings(OPERATIONS) == {}
    assert set(proposal.operations) == set(OPERATIONS) - {"requestOtp"}
    assert {found.operation.sure for found in proposal.operations.values()} == {"certain"}
    assert (proposal.not_claimed, proposal.headers, proposal.clients, proposal.unread) == ({}, {}, {}, [])


def test_flat_documents_in_camel_case() -> None:
    proposal = proposed(FLAT)
    assert proposal.whole
    found = bindings(FLAT)
    assert found["signIn"] == {
        "operation": "authenticate",
        "request": {"email": "/userName", "password": "/secret", "client_id": ""},
        "answer": {
            "access_token": "/accessToken",
            "mfa_token": "/challengeId",
            "destination": "/sentTo",
            "otp_expires_in": "/codeExpiresIn",
        },
    }
    assert found["verifyOtp"] == {
        "operation": "authenticateWithOtp",
        "request": {"mfa_token": "/challengeId", "otp": "/passcode"},
        "answer": {"access_token": "/accessToken", "expires_in": "/expiresIn"},
    }
    assert found["resendOtp"] == {
        "operation": "retryOtp",
        "request": {"mfa_token": "/challengeId"},
        "answer": {"mfa_token": "/challengeId", "resend_after": "/resendIn"},
    }
    assert {name: found[name]["operation"] for name in ("signOut", "getProfile", "requestPasswordReset")} == {
        "signOut": "logoutUser",
        "getProfile": "currentUser",
        "requestPasswordReset": "forgotPassword",
    }
    assert found["resetPassword"]["operation"] == "doReset"
    assert found["resetPassword"]["request"] == {"reset_token": "/token", "new_password": "/newPassword"}
    assert found["problems"] == {
        "invalid-credentials": {"at": "/errorCode", "is": "INVALID_CREDENTIALS"},
        "account-locked": {"at": "/errorCode", "is": "ACCOUNT_LOCKED"},
        "otp-rejected": {"at": "/errorCode", "is": "WRONG_PASSCODE"},
        "mfa-token-rejected": {"at": "/errorCode", "is": "CHALLENGE_EXPIRED"},
        "resend-too-soon": {"at": "/errorCode", "is": "TOO_SOON"},
    }
    assert "findUsers" in proposal.missing


def test_envelopes_and_tokens_in_the_path() -> None:
    found = bindings(ENVELOPES)
    assert proposed(ENVELOPES).whole
    assert found["signIn"] == {
        "operation": "POST /v1/sessions",
        "constants": {"/data/type": "sessions"},
        "request": {"email": "/data/attributes/login", "password": "/data/attributes/passphrase", "client_id": ""},
        "answer": {"access_token": "/data/attributes/jwt", "mfa_token": "/data/attributes/ticket"},
    }
    assert found["verifyOtp"] == {
        "operation": "POST /v1/sessions/{ticket}/confirmations",
        "constants": {"/data/type": "confirmations"},
        "request": {"mfa_token": "path:ticket", "otp": "/data/attributes/digits"},
        "answer": {"access_token": "/data/attributes/jwt"},
    }
    assert found["resendOtp"] == {
        "operation": "POST /v1/sessions/{ticket}/codes",
        "request": {"mfa_token": "path:ticket"},
        "answer": {"mfa_token": ""},
    }
    assert found["signOut"] == {"operation": "DELETE /v1/sessions/current"}
    assert found["findUsers"] == {
        "operation": "GET /v1/people",
        "request": {"email": "query:login"},
        "answer": {
            "*": "/data",
            "user_id": "/id",
            "email": "/attributes/login",
            "mfa_enabled": "/attributes/mfaEnabled",
        },
    }


def test_one_operation_that_switches_mfa_both_ways() -> None:
    found = proposed(ENVELOPES).operations
    for name, value in (("enableMfa", True), ("disableMfa", False)):
        assert found[name].operation.value == "patchPerson"
        assert plain(found[name].constants) == {"/mfaEnabled": value}
        assert found[name].constants["/mfaEnabled"].sure == "guess"
        assert plain(found[name].request)["user_id"] == "path:id"


def test_a_challenge_in_a_cookie() -> None:
    found = bindings(COOKIE)
    assert proposed(COOKIE).whole
    assert found["signIn"]["answer"] == {"mfa_token": "cookie:flow"}
    assert found["verifyOtp"]["request"] == {"mfa_token": "cookie:flow", "otp": "/code"}
    assert found["resendOtp"] == {
        "operation": "resendCode",
        "request": {"mfa_token": "cookie:flow"},
        "answer": {"mfa_token": ""},
    }
    assert found["problems"] == {"resend-too-soon": {"status": 425}}


@pytest.mark.parametrize(
    ("header", "sure", "why"),
    [
        ({"schema": {"type": "string", "pattern": "^flow=[a-z]+;"}}, "likely", "gives it as cookie:flow"),
        ({"schema": TEXT, "examples": {"one": {"value": "flow=abc; Secure"}}}, "likely", "gives it as cookie:flow"),
        ({"schema": {"type": "string", "examples": ["flow=abc; Secure"]}}, "likely", "gives it as cookie:flow"),
        ({"schema": TEXT}, "guess", "sets a cookie, and does not say which"),
        (None, "guess", "does not speak of cookies"),
    ],
)
def test_a_cookie_is_as_sure_as_the_document_names_it(header: Json | None, sure: str, why: str) -> None:
    document = json.loads(json.dumps(COOKIE))
    headers = {} if header is None else {"Set-Cookie": header}
    document["paths"]["/login"]["post"]["responses"]["202"] = answer(None, **headers)
    token = proposed(document).operations["verifyOtp"].request["mfa_token"]
    assert (token.value, token.sure) == ("cookie:flow", sure)
    assert why in token.why


def test_a_cookie_that_is_a_security_scheme() -> None:
    schemes = {
        "flow": {"type": "apiKey", "in": "cookie", "name": "flow"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }
    first = {**op("login", credentials(), s200=obj("", token=TEXT)), "security": [{"key": []}]}
    second = op("loginCode", obj("*", code=DIGITS), s200=obj("*", token=TEXT), security=[{"key": [], "flow": []}])
    proposal = proposed(stages(first, second, components={"securitySchemes": schemes}))
    assert proposal.operations["verifyOtp"].request["mfa_token"].value == "cookie:flow"
    assert proposal.headers == {"X-Key": "both stages need it"}
    assert proposal.whole


def test_one_operation_whose_answers_name_the_challenge() -> None:
    document = challenge_name("EMAIL_OTP")
    assert proposed(document).whole
    assert bindings(document) == {
        "signIn": {
            "operation": "initiateAuth",
            "constants": {"/authFlow": "PASSWORD"},
            "request": {"email": "/username", "client_id": ""},
            "answer": {
                "access_token": "/authenticationResult/accessToken",
                "mfa_token": "/session",
                "expires_in": "/authenticationResult/expiresIn",
            },
        },
        "verifyOtp": {
            "operation": "initiateAuth",
            "constants": {"/challengeName": "EMAIL_OTP"},
            "request": {"mfa_token": "/session", "otp": "/code"},
            "answer": {
                "access_token": "/authenticationResult/accessToken",
                "expires_in": "/authenticationResult/expiresIn",
            },
        },
    }


def test_a_challenge_name_that_has_to_be_chosen_is_left_open() -> None:
    proposal = proposed(challenge_name("EMAIL_OTP", "SMS_OTP"))
    assert not proposal.whole
    assert proposal.operations["verifyOtp"].open == [
        "it needs /challengeName, one of EMAIL_OTP, SMS_OTP: give it under constants of [bindings.verifyOtp]"
    ]


def test_a_challenge_name_of_which_one_speaks_of_a_code() -> None:
    found = proposed(challenge_name("NEW_PASSWORD", "SMS_OTP")).operations["verifyOtp"]
    assert (found.constants["/challengeName"].value, found.constants["/challengeName"].sure) == ("SMS_OTP", "guess")


def test_branches_that_a_discriminator_tells_apart() -> None:
    parts = {
        "Password": obj("*", kind=TEXT, username=TEXT, password=SECRET),
        "Code": obj("*", kind=TEXT, flow=TEXT, code=DIGITS),
    }
    references = [{"$ref": f"#/components/schemas/{name}"} for name in parts]
    mapping = {"pw": "#/components/schemas/Password"}
    takes = {"oneOf": references, "discriminator": {"propertyName": "kind", "mapping": mapping}}
    document = tree(
        {"/auth": {"post": op("auth", takes, s200=obj("", flow=TEXT, token=TEXT))}}, components={"schemas": parts}
    )
    found = bindings(document)
    assert found["signIn"]["constants"] == {"/kind": "pw"}
    assert found["verifyOtp"]["constants"] == {"/kind": "Code"}


def test_snake_case_with_a_flag_for_success_and_codes_for_refusals() -> None:
    proposal = proposed(LEGACY)
    assert proposal.whole
    found = bindings(LEGACY)
    assert found["signIn"]["constants"] == {"/device": "web"}
    assert found["signIn"]["request"] == {"email": "/user_name", "password": "/user_password", "client_id": ""}
    assert found["verifyOtp"]["request"] == {"mfa_token": "/login_token", "otp": "/pin"}
    assert found["success"] == {"at": "/success", "is": True}
    assert found["signOut"] == {"operation": "user_logout", "success": {"status": 204}}
    assert found["problems"] == {
        "invalid-credentials": {"at": "/error_code", "is": "BAD_CREDENTIALS"},
        "otp-rejected": {"at": "/error_code", "is": "INVALID_OTP"},
        "mfa-token-rejected": {"at": "/error_code", "is": "LOGIN_TOKEN_EXPIRED"},
        "account-locked": {"at": "/error_code", "is": "ACCOUNT_LOCKED"},
        "account-suspended": {"at": "/error_code", "is": "ACCOUNT_DISABLED"},
    }


def test_words_that_tell_success_from_failure() -> None:
    states = {"type": "string", "enum": ["SUCCESS", "FAILED"]}
    first = op("login", credentials(), s200=obj("*", result=states, token=TEXT, challenge=TEXT))
    second = op("loginCode", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", result=states, token=TEXT))
    assert bindings(stages(first, second))["success"] == {"at": "/result", "is": "SUCCESS"}


def test_states_of_a_success_are_no_refusals() -> None:
    state = {"type": "string", "enum": ["COMPLETE", "LOCKED", "SESSION"]}
    first = op("login", credentials(), s200=obj("*", state=state, token=TEXT, challenge=TEXT), s423=None)
    found = bindings(stages(first, SECOND))
    assert "success" not in found
    assert found["problems"] == {"account-locked": {"status": 423}}


def test_another_vendors_document_is_read_as_a_person_reads_it() -> None:
    second = Path(__file__).parents[1] / "second"
    found = plain(propose(Document((second / "acme-openapi.yaml").read_text("utf-8"), "acme")).bindings(OPERATIONS))
    by_hand = tomllib.loads((second / "acme.toml").read_text(encoding="utf-8"))["bindings"]
    # A role has other values there, and is left out; an empty place says no more than a place where nothing is.
    differs = {("getProfile", "role"), ("findUsers", "role"), ("enableMfa", "role")}
    for name, table in by_hand.items():
        if name == "problems":
            continue
        assert found[name].get("constants", {}) == table.get("constants", {})
        assert found[name].get("request", {}) == table.get("request", {})
        answered = {key: at for key, at in table.get("answer", {}).items() if at and (name, key) not in differs}
        assert answered.items() <= found[name].get("answer", {}).items()
    assert {name: table["is"] for name, table in found["problems"].items()} == {
        name: table["is"] for name, table in by_hand["problems"].items()
    }
    assert {
        name: it["operation"]
        for name, it in found.items()
        if name not in {"problems", "getProfile", "enableMfa", "disableMfa"}
    } == {
        name: it["operation"]
        for name, it in by_hand.items()
        if name not in {"problems", "getProfile", "enableMfa", "disableMfa"}
    }
    assert [found[name]["operation"] for name in ("getProfile", "enableMfa", "disableMfa")] == [
        "showAccount",
        "switchOn",
        "switchOff",
    ]
