from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from servinix_conformance.document import Document
from servinix_conformance.document_check import Difference, differences
from servinix_conformance.suite import suite_root

Json = dict[str, Any]

TEXT = (suite_root() / "openapi.yaml").read_text(encoding="utf-8")
TREE: Json = yaml.safe_load(TEXT)
CONTRACT = Document(TEXT, "openapi.yaml")


def compared(change: Callable[[Json], object]) -> list[tuple[str, str, str, str, str]]:
    tree = copy.deepcopy(TREE)
    change(tree)
    found = differences(CONTRACT, Document(yaml.safe_dump(tree), "vendor.yaml"))
    return [(it.operation, it.where, it.contract, it.document, it.effect) for it in found]


def sign_in(tree: Json) -> Json:
    operation: Json = tree["paths"]["/auth/sign-in"]["post"]
    return operation


def taken(tree: Json, path: str) -> Json:
    schema: Json = tree["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return schema


def schema(tree: Json, name: str) -> Json:
    found: Json = tree["components"]["schemas"][name]
    return found


def test_the_contract_is_as_the_contract() -> None:
    assert differences(CONTRACT, CONTRACT) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda it: it["paths"].pop("/me"),
            [("getProfile", "operation", "GET /me", "missing", "breaks")],
        ),
        (
            lambda it: it["paths"].pop("/test-support/policy"),
            [("getPolicy", "operation", "GET /test-support/policy", "missing", "optional")],
        ),
        (
            lambda it: it["paths"]["/me"]["get"].update(operationId="whoAmI"),
            [("getProfile", "operationId", "getProfile", "whoAmI", "differs")],
        ),
        (
            lambda it: it["paths"].update({"/profile": it["paths"].pop("/me")}),
            [("getProfile", "path", "GET /me", "GET /profile", "breaks")],
        ),
        (
            lambda it: it["paths"]["/me"]["get"].update(security=[]),
            [("getProfile", "security", "a bearer token", "none", "differs")],
        ),
        (
            lambda it: sign_in(it).update(security=[{"accessToken": []}]),
            [("signIn", "security", "none", "a bearer token", "breaks")],
        ),
        (
            lambda it: taken(it, "/auth/mfa/verify")["properties"].update(otp={"type": "integer"}),
            [("verifyOtp", "request /otp", "string", "integer", "breaks")],
        ),
        (
            lambda it: taken(it, "/auth/mfa/verify")["properties"].pop("otp"),
            [("verifyOtp", "request /otp", "string", "not taken", "breaks")],
        ),
        (
            lambda it: taken(it, "/auth/sign-in")["required"].append("client_id"),
            [("signIn", "request /client_id", "may be left out", "required", "breaks")],
        ),
        (
            lambda it: taken(it, "/auth/sign-in")["properties"].update(client_id={"enum": ["web-portal"]}),
            [("signIn", "request /client_id", "string", "anything", "breaks")],
        ),
        (
            lambda it: taken(it, "/auth/sign-in").update(
                required=["email", "password", "tenant"],
                properties=taken(it, "/auth/sign-in")["properties"] | {"tenant": {"type": "string"}},
            ),
            [("signIn", "request /tenant", "not there", "string, required", "breaks")],
        ),
        (
            lambda it: taken(it, "/auth/sign-in")["properties"]["password"].update(maxLength=20),
            [("signIn", "request /password", "any length", "at most 20 characters", "differs")],
        ),
        (
            lambda it: sign_in(it)["requestBody"].update(content={"application/x-www-form-urlencoded": {}}),
            [("signIn", "request", "json", "form", "breaks")],
        ),
        (
            lambda it: schema(it, "AccessToken")["required"].remove("expires_in"),
            [(name, "200 /expires_in", "always there", "may be missing", "breaks") for name in ("signIn", "verifyOtp")],
        ),
        (
            lambda it: schema(it, "Profile")["properties"].update(mfa_enabled={"type": ["boolean", "null"]}),
            [("getProfile", "200 /mfa_enabled", "boolean", "boolean or null", "breaks")],
        ),
        (
            lambda it: schema(it, "Profile")["properties"].update(user_id={"type": "integer"}),
            [("getProfile", "200 /user_id", "string", "integer", "breaks")],
        ),
        (
            lambda it: schema(it, "Profile")["properties"].pop("user_id"),
            [("getProfile", "200 /user_id", "string", "missing", "breaks")],
        ),
        (
            lambda it: schema(it, "Profile")["properties"].update(email={"type": "string"}),
            [("getProfile", "200 /email", "email", "any form", "differs")],
        ),
        (
            lambda it: sign_in(it)["responses"].pop("403"),
            [("signIn", "status 403", "403", "not described (200, 202, 400, 401, 413, 415, 429, 503)", "breaks")],
        ),
        (
            lambda it: sign_in(it)["responses"].update({"201": sign_in(it)["responses"].pop("202")}),
            [
                ("signIn", "status 202", "202", "not described (200, 201)", "breaks"),
                ("signIn", "status 201", "not described", "201", "differs"),
            ],
        ),
        (
            lambda it: it["components"]["responses"]["ResendTooSoon"]["headers"].pop("Retry-After"),
            [("resendOtp", "429 header:Retry-After", "string", "missing", "breaks")],
        ),
    ],
)
def test_what_differs_is_told(change: Callable[[Json], object], expected: list[tuple[str, ...]]) -> None:
    found = compared(change)
    if expected[0][3] == "anything":
        assert [it[:2] for it in found] == [expected[0][:2]]
    else:
        assert found == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda it: schema(it, "Profile")["properties"].update(age={"type": "integer"}),
        lambda it: taken(it, "/auth/sign-in")["properties"].update(tenant={"type": "string"}),
        lambda it: taken(it, "/auth/sign-in")["properties"].update(email={}),
        lambda it: taken(it, "/auth/sign-in")["required"].remove("password"),
        lambda it: schema(it, "Profile")["properties"].update(role={"type": "string", "enum": ["member"]}),
    ],
)
def test_what_is_taken_more_generously_or_given_more_narrowly_is_no_difference(
    change: Callable[[Json], object],
) -> None:
    assert compared(change) == []


def test_a_refusal_may_be_described_by_its_range() -> None:
    def change(tree: Json) -> None:
        answers = tree["paths"]["/me"]["get"]["responses"]
        answers["4XX"] = answers.pop("401")

    assert compared(change) == []


def test_another_name_is_guessed() -> None:
    def change(tree: Json) -> None:
        tree["paths"]["/session"] = tree["paths"].pop("/auth/sign-out")
        tree["paths"]["/session"]["post"]["operationId"] = "logout"

    assert compared(change) == [("signOut", "operation", "POST /auth/sign-out", "logout may be it: see init", "breaks")]


def test_the_order_is_that_of_the_contract() -> None:
    def change(tree: Json) -> None:
        del tree["paths"]["/me"]
        del tree["paths"]["/auth/sign-in"]

    tree = copy.deepcopy(TREE)
    change(tree)
    found: list[Difference] = differences(CONTRACT, Document(yaml.safe_dump(tree), "vendor.yaml"))
    assert [it.operation for it in found if it.where == "operation"] == ["signIn", "getProfile"]
