from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from proposal_documents import (
    BEARER_CHALLENGE,
    BOTH_AT_ONCE,
    COOKIE,
    DIGITS,
    ENVELOPES,
    FLAT,
    FORM,
    LEGACY,
    ONE_STAGE,
    ONE_TOKEN,
    SECRET,
    TEXT,
    WHOLE,
    Json,
    answer,
    challenge_name,
    obj,
    op,
    parameter,
    tree,
)

from servinix_conformance.binding import Binding
from servinix_conformance.document import Document
from servinix_conformance.names import OPERATIONS
from servinix_conformance.proposal import Found, Guess, Proposal, propose
from servinix_conformance.suite import suite_root


def proposed(document: Json) -> Proposal:
    return propose(Document(json.dumps(document), "vendor.json"))


def plain(table: Any) -> Any:
    """A table as the target file has it, without how sure it is."""
    if isinstance(table, Guess):
        return plain(table.value)
    return {key: plain(item) for key, item in table.items()} if isinstance(table, dict) else table


def bindings(document: Json) -> dict[str, Any]:
    """What the target file says; it has to be something that a binding can be made of."""
    found: dict[str, Any] = plain(proposed(document).bindings(OPERATIONS))
    Binding(found)
    return found


def stages(first: Json, second: Json, **more: Any) -> Json:
    return tree({"/login": {"post": first}, "/login/code": {"post": second}}, **more)


def credentials(**more: Json) -> Json:
    return obj("*", username=TEXT, password=SECRET, **more)


GIVEN = obj("*", token=TEXT, challenge=TEXT)
FIRST = op("login", credentials(), s200=GIVEN)
SECOND = op("loginCode", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", token=TEXT))


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
        "answer": {"access_token": "/accessToken"},
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
            "answer": {"access_token": "/authenticationResult/accessToken"},
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


@pytest.mark.parametrize(
    ("statuses", "problems"),
    [
        (({"s429": None}, {}), {"account-locked": {"status": 429}}),
        (
            ({"s423": None}, {"s423": None, "s410": None}),
            {"account-locked": {"status": 423}, "mfa-token-rejected": {"status": 410}},
        ),
        (({"s429": None}, {"s429": None}), {}),
        (({"s401": None}, {"s401": None}), {}),
    ],
)
def test_a_status_is_a_reason_where_it_has_one_meaning(statuses: tuple[Json, Json], problems: Json) -> None:
    first = op("login", credentials(), s200=GIVEN, **statuses[0])
    second = op("loginCode", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", token=TEXT), **statuses[1])
    assert bindings(stages(first, second)).get("problems", {}) == problems


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (
            ONE_STAGE,
            "there is not an operation that takes a code, and something that the answer of the password stage gives",
        ),
        (BOTH_AT_ONCE, "login takes the code together with the password, which is one stage"),
        (BEARER_CHALLENGE, "a challenge that travels as a bearer token cannot be bound"),
    ],
    ids=["one stage", "both at once", "bearer"],
)
def test_a_document_without_a_second_stage_says_so(document: Json, why: str) -> None:
    proposal = proposed(document)
    assert not proposal.whole
    assert "verifyOtp" not in proposal.operations
    assert why in proposal.missing["verifyOtp"]
    assert proposal.operations["signIn"].operation.value == "login"


def test_a_document_without_any_sign_in_says_so() -> None:
    proposal = proposed(
        tree({"/orders": {"get": op("listOrders", s200={"type": "array", "items": obj("*", id=TEXT)})}})
    )
    assert not proposal.whole
    assert proposal.operations == {}
    assert set(proposal.missing) == set(OPERATIONS)


def test_one_member_for_both_tokens_cannot_be_told_apart() -> None:
    proposal = proposed(ONE_TOKEN)
    assert not proposal.whole
    assert "/token alone for the challenge and for the access token" in proposal.operations["verifyOtp"].open[0]


def test_a_form_is_known_and_cannot_be_sent() -> None:
    proposal = proposed(FORM)
    assert not proposal.whole
    assert proposal.operations["signIn"].open == ["it takes a form and no JSON, which the suite does not send"]


def test_a_second_stage_without_an_access_token_is_open() -> None:
    second = op("loginCode", obj("*", challenge=TEXT, code=DIGITS), s204=None)
    proposal = proposed(stages(FIRST, second))
    assert not proposal.whole
    assert "nothing in its answer could be told as the access token" in proposal.operations["verifyOtp"].open[0]


def test_what_a_request_needs_besides_is_open() -> None:
    first = op("login", credentials(captcha=TEXT, versions={"type": "array", "items": TEXT}), s200=GIVEN)
    proposal = proposed(stages(first, SECOND))
    assert not proposal.whole
    assert [told.split(":")[0] for told in proposal.operations["signIn"].open] == [
        "it needs /captcha",
        "it needs /versions",
    ]


def test_two_operations_that_are_equally_likely_are_a_guess() -> None:
    again = op("loginCodeToo", obj("*", challenge=TEXT, code=DIGITS), s200=obj("*", token=TEXT))
    document = stages(FIRST, SECOND)
    document["paths"]["/login/code/too"] = {"post": again}
    found = proposed(document).operations["verifyOtp"].operation
    assert found.sure == "guess"
    assert "may be meant as well" in found.why
    assert proposed(stages(FIRST, SECOND)).operations["verifyOtp"].operation.sure == "likely"


def test_links_of_the_document_are_believed() -> None:
    first = json.loads(json.dumps(op("login", credentials(), s200=obj("*", token=TEXT, sesame=TEXT, other=TEXT))))
    second = op("loginCode", obj("*", other=TEXT, opener=TEXT, code=DIGITS), s200=obj("*", token=TEXT))
    first["responses"]["200"]["links"] = {
        "next": {"operationId": "loginCode", "requestBody": {"opener": "$response.body#/sesame"}}
    }
    found = proposed(stages(first, second)).operations
    assert found["verifyOtp"].request["mfa_token"].value == "/opener"
    assert found["signIn"].answer["mfa_token"].value == "/sesame"
    assert found["verifyOtp"].request["mfa_token"].why == "the document links them"


def test_a_code_that_has_to_be_asked_for() -> None:
    document = stages(FIRST, SECOND)
    document["paths"]["/login/code/send"] = {"post": op("sendCode", obj("*", challenge=TEXT), s202=None)}
    found = proposed(document).operations
    assert {name: found[name].operation.value for name in ("requestOtp", "resendOtp")} == {
        "requestOtp": "sendCode",
        "resendOtp": "sendCode",
    }
    assert {found[name].operation.sure for name in ("requestOtp", "resendOtp")} == {"guess"}


def test_what_sends_a_code_sends_it_again_where_the_sign_in_sends_one() -> None:
    first = op("login", credentials(), s200=obj("*", token=TEXT, challenge=TEXT, maskedEmail=TEXT))
    document = stages(first, SECOND)
    document["paths"]["/login/code/send"] = {"post": op("sendCode", obj("*", challenge=TEXT), s202=None)}
    found = proposed(document).operations
    assert "requestOtp" not in found
    assert found["resendOtp"].operation.value == "sendCode"


def test_a_choice_between_clients_is_left_to_a_person() -> None:
    app = parameter("header:X-App", {"enum": ["portal", "go"]}, required=False)
    first = {**FIRST, "parameters": [app]}
    proposal = proposed(stages(first, {**SECOND, "parameters": [app]}))
    assert proposal.clients == {"header:X-App": ("portal", "go")}
    assert proposal.whole
    own = op("login", credentials(client_id={"enum": ["a", "b"]}), s200=GIVEN)
    assert proposed(stages(own, SECOND)).operations["signIn"].request["client_id"].value == ""


def test_other_values_than_ours_make_another_field() -> None:
    channel = {"enum": ["EMAIL", "SMS"]}
    first = op("login", credentials(), s200=obj("*", token=TEXT, challenge=TEXT, channel=channel))
    channel_there = proposed(stages(first, SECOND)).operations["signIn"].answer["channel"]
    assert (channel_there.value, channel_there.why) == ("", "what stands at our place is something else")
    ours = op("login", credentials(), s200=obj("*", token=TEXT, challenge=TEXT, via={"enum": ["email", "phone"]}))
    assert proposed(stages(ours, SECOND)).operations["signIn"].answer["channel"].value == "/via"


def test_our_name_for_something_else_is_not_claimed() -> None:
    document = stages(FIRST, SECOND)
    document["paths"]["/boss/reset"] = {"post": op("resetPassword", obj("*", employee=WHOLE), s204=None)}
    proposal = proposed(document)
    assert proposal.not_claimed == {"resetPassword": "the document has this name for something else, as it seems"}
    assert "resetPassword" not in proposal.operations


def test_test_support_is_only_what_says_that_it_is() -> None:
    user = obj("*", id=TEXT, email=TEXT)
    document = stages(FIRST, SECOND)
    document["paths"]["/customers"] = {
        "post": op("addCustomerRecord", obj("*", email=TEXT, password=SECRET), s201=user)
    }
    assert "createUser" not in proposed(document).operations
    document["paths"]["/testing/customers"] = {"post": op("seed", obj("*", email=TEXT, password=SECRET), s201=user)}
    document["paths"]["/testing/customers/{id}"] = {
        "delete": op("unseed", parameters=[parameter("path:id")], s204=None)
    }
    proposal = proposed(document)
    assert proposal.operations["createUser"].operation.value == "seed"
    assert proposal.operations["deleteUser"].operation.value == "unseed"
    assert not proposal.test_support
    document["paths"]["/testing/customers/{id}/clock"] = {
        "post": op("tick", obj("*", seconds=WHOLE), parameters=[parameter("path:id")], s200=obj("*", now=TEXT))
    }
    assert proposed(document).test_support


def test_schemas_are_read_through_references_and_combinations() -> None:
    schemas = {
        "Base": obj("*", username=TEXT),
        "Login": {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"properties": {"password": SECRET}, "required": ["password"]},
            ]
        },
        "Done": {"anyOf": [obj("*", token=TEXT), {"$ref": "#/components/schemas/More"}, {"type": "null"}]},
        "More": obj(
            "*",
            challenge={"oneOf": [obj("*", id=TEXT), {"type": "null"}]},
            parent={"$ref": "#/components/schemas/Done"},
        ),
    }
    first = op("login", {"$ref": "#/components/schemas/Login"}, s200={"$ref": "#/components/schemas/Done"})
    second = op("loginCode", obj("*", challengeId=TEXT, code=DIGITS), s200=obj("*", token=TEXT))
    found = bindings(stages(first, second, components={"schemas": schemas}))
    assert found["signIn"]["answer"] == {"access_token": "/token", "mfa_token": "/challenge/id"}
    assert found["verifyOtp"]["request"] == {"mfa_token": "/challengeId", "otp": "/code"}


def test_what_cannot_be_read_is_told_and_nothing_else_suffers() -> None:
    document = stages(FIRST, SECOND)
    broken = obj("*", user={"$ref": "#/components/schemas/None"}, all={"properties": {"any": True}})
    document["paths"]["/me"] = {"get": op("me", s200=broken)}
    proposal = proposed(document)
    assert proposal.whole
    assert len(proposal.unread) == 1
    assert "/components/schemas/None" in proposal.unread[0]


def test_a_schema_that_grows_without_end_ends() -> None:
    schemas: Json = {
        f"S{n}": {"oneOf": [{"$ref": f"#/components/schemas/S{(n + k) % 12}"} for k in (1, 2, 3)]} for n in range(12)
    }
    document = stages(
        op("login", {"$ref": "#/components/schemas/S0"}, s200=GIVEN), SECOND, components={"schemas": schemas}
    )
    assert not proposed(document).whole


@pytest.mark.parametrize("text", ["${HOME}", "env:HOME", "file:/etc/hostname"])
def test_references_of_a_document_get_into_no_target_file(text: str) -> None:
    named = op(text, credentials(), s200=GIVEN)
    assert "signIn" not in proposed(stages(named, SECOND)).operations
    constant = op("login", credentials(realm={"const": text}), s200=GIVEN)
    proposal = proposed(stages(constant, SECOND))
    assert not proposal.whole
    assert text not in json.dumps(plain(proposal.bindings(OPERATIONS)))
    codes = obj("*", code={"enum": [f"{text} INVALID_CREDENTIALS"]})
    refusing = op("login", credentials(), s200=GIVEN, s401=codes)
    assert proposed(stages(refusing, SECOND)).problems == {}
    header = parameter(f"header:X-{text}") if text.startswith("$") else parameter(f"header:{text}")
    keyed = proposed(stages({**FIRST, "parameters": [header]}, {**SECOND, "parameters": [header]}))
    assert keyed.headers == {}


def test_another_vendors_document_is_read_as_a_person_reads_it() -> None:
    second = Path(__file__).parents[2] / "second"
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


def test_a_found_operation_names_its_guesses() -> None:
    sure, guess = Guess("/a", "likely", "it is so"), Guess("/b", "guess", "it may be")
    found = Found(sure, request={"email": guess}, answer={"status": sure}, constants={"/c": guess})
    assert found.guessed == ["/c", "email"]
