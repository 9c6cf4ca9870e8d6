from __future__ import annotations

import json

import pytest
from proposal_documents import (
    BEARER_CHALLENGE,
    BOTH_AT_ONCE,
    COOKIE,
    DIGITS,
    FIRST,
    FORM,
    GIVEN,
    ONE_STAGE,
    ONE_TOKEN,
    SECOND,
    SECRET,
    TEXT,
    WHOLE,
    Json,
    bindings,
    credentials,
    obj,
    op,
    parameter,
    plain,
    proposed,
    stages,
    tree,
)

from servinix_conformance.names import OPERATIONS
from servinix_conformance.proposal import Found, Guess


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


def test_what_needs_more_than_could_be_told_is_not_bound() -> None:
    document = stages(FIRST, SECOND)
    document["paths"]["/users/{id}/mfa/enable"] = {"post": op("enable", obj("*", ticketNumber=TEXT), s204=None)}
    proposal = proposed(document)
    assert proposal.whole
    assert "enableMfa" not in proposal.operations
    assert proposal.unsettled["enableMfa"].operation.value == "enable"
    needed = "it needs /ticketNumber: give it under constants of [bindings.enableMfa]"
    assert proposal.missing["enableMfa"] == f"enable may be it; {needed}"


def test_a_session_in_a_cookie_cannot_be_sent() -> None:
    schemes = {"session": {"type": "apiKey", "in": "cookie", "name": "sid"}}
    document = stages(FIRST, SECOND, components={"securitySchemes": schemes})
    document["paths"]["/me"] = {"get": op("me", s200=obj("*", id=TEXT, email=TEXT), security=[{"session": []}])}
    proposal = proposed(document)
    assert "it needs cookie:sid, which nothing gives" in proposal.missing["getProfile"]


def test_paths_have_their_parameters_even_where_they_are_not_described() -> None:
    document = stages(FIRST, SECOND)
    document["paths"]["/users/{userId}/unlock"] = {"post": op("unlock", s204=None)}
    document["paths"]["/login/{challenge}/resend"] = {"post": op("again", s204=None)}
    found = proposed(document).operations
    assert found["unlockUser"].request["user_id"].value == "path:userId"
    assert found["resendOtp"].request["mfa_token"].value == "path:challenge"


def test_a_resend_takes_the_cookie_even_where_the_document_does_not_say_so() -> None:
    document = json.loads(json.dumps(COOKIE))
    del document["paths"]["/login/resend"]["post"]["parameters"]
    token = proposed(document).operations["resendOtp"].request["mfa_token"]
    assert (token.value, token.sure) == ("cookie:flow", "guess")


def test_a_challenge_in_headers() -> None:
    first = json.loads(json.dumps(op("login", credentials(), s200=obj("", token=TEXT))))
    first["responses"]["200"]["headers"] = {"X-Challenge": {"schema": TEXT}}
    second = op(
        "loginCode", obj("*", code=DIGITS), parameters=[parameter("header:X-Challenge")], s200=obj("*", token=TEXT)
    )
    found = proposed(stages(first, second)).operations
    assert found["signIn"].answer["mfa_token"].value == "header:X-Challenge"
    assert found["verifyOtp"].request["mfa_token"].value == "header:X-Challenge"


def test_parameters_that_say_nothing_of_a_sign_in_are_passed_over() -> None:
    ignored = [parameter("header:Accept"), parameter("header:Authorization"), {"$ref": "#/components/parameters/None"}]
    proposal = proposed(stages({**FIRST, "parameters": ignored}, SECOND))
    assert proposal.whole
    assert "/components/parameters/None" in proposal.unread[0]


def test_an_api_key_in_the_authorization_header_is_no_field() -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}}
    document = stages(FIRST, SECOND, components={"securitySchemes": schemes}, security=[{"key": []}])
    proposal = proposed(document)
    assert (proposal.whole, proposal.headers) == (True, {})


def test_names_of_a_path_count_from_its_end() -> None:
    document = tree(
        {"/login/with-a-password": {"post": {**FIRST, "operationId": "a"}}, "/login/code": {"post": SECOND}}
    )
    assert proposed(document).operations["signIn"].operation.value == "a"


def test_a_found_operation_names_its_guesses() -> None:
    sure, guess = Guess("/a", "likely", "it is so"), Guess("/b", "guess", "it may be")
    found = Found(sure, request={"email": guess}, answer={"status": sure}, constants={"/c": guess})
    assert found.guessed == ["/c", "email"]
