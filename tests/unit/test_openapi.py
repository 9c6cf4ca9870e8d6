"""The contract in openapi.yaml: valid, complete, as strict as it claims, and true to the tables below."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json: TypeAlias = dict[str, Any]

DOCUMENT: Json = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
REGISTRY: Registry[Any] = Registry().with_resource("urn:document", DRAFT202012.create_resource(DOCUMENT))
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROBLEM_JSON = "application/problem+json"
USER: list[Json] = [{"accessToken": []}]
TEST: list[Json] = [{"testSupportSecret": []}]


class Row(NamedTuple):
    """One operation as it was agreed on.

    ``takes`` are the fields of the body, with a question mark where one may be left out; ``query`` a parameter that
    has to be there. 400, 413 and 415 follow from them and are not written down.
    """

    method: str
    path: str
    security: list[Json]
    success: dict[int, str]
    refusals: dict[int, set[str]]
    takes: str = ""
    query: str = ""


BEARER = {401: {"access-token-rejected"}}
SUPPORT = BEARER | {403: {"forbidden"}}
ONE_USER = SUPPORT | {404: {"user-not-found"}}
OFF = BEARER | {404: {"not-found"}}
TEST_USER = BEARER | {404: {"not-found", "user-not-found"}}

TABLE = {
    "signIn": Row(
        "post",
        "/auth/sign-in",
        [],
        {200: "AccessToken", 202: "MfaChallenge"},
        {
            401: {"invalid-credentials"},
            403: {"account-suspended", "recovery-required"},
            429: {"account-locked"},
            503: {"delivery-failed"},
        },
        takes="email password client_id?",
    ),
    "verifyOtp": Row(
        "post",
        "/auth/mfa/verify",
        [],
        {200: "AccessToken"},
        {401: {"otp-rejected", "mfa-token-rejected"}},
        takes="mfa_token otp",
    ),
    "resendOtp": Row(
        "post",
        "/auth/mfa/resend",
        [],
        {202: "MfaChallenge"},
        {401: {"mfa-token-rejected"}, 429: {"resend-too-soon"}, 503: {"delivery-failed"}},
        takes="mfa_token",
    ),
    "signOut": Row("post", "/auth/sign-out", USER, {204: ""}, BEARER),
    "getProfile": Row("get", "/me", USER, {200: "Profile"}, BEARER),
    "getJwks": Row("get", "/.well-known/jwks.json", [], {200: "JwkSet"}, {}),
    "requestPasswordReset": Row("post", "/auth/password-reset", [], {202: ""}, {}, takes="email"),
    "resetPassword": Row(
        "post",
        "/auth/password-reset/confirm",
        [],
        {204: ""},
        {401: {"reset-token-rejected"}},
        takes="reset_token new_password",
    ),
    "findUsers": Row("get", "/support/users", USER, {200: "users: UserRecord"}, SUPPORT, query="email"),
    "enableMfa": Row(
        "post",
        "/support/users/{user_id}/mfa/enable",
        USER,
        {200: "UserRecord"},
        ONE_USER | {409: {"contact-unconfirmed"}},
        takes="contact contact_confirmed",
    ),
    "disableMfa": Row(
        "post",
        "/support/users/{user_id}/mfa/disable",
        USER,
        {200: "UserRecord"},
        ONE_USER | {409: {"identity-unverified"}},
        takes="identity_verified",
    ),
    "unlockUser": Row(
        "post",
        "/support/users/{user_id}/unlock",
        USER,
        {200: "UserRecord"},
        ONE_USER | {409: {"identity-unverified"}},
        takes="identity_verified",
    ),
    "createUser": Row(
        "post",
        "/test-support/users",
        TEST,
        {201: "UserRecord"},
        OFF | {409: {"user-exists"}},
        takes="email password role? organization? contact? mfa_enabled? status?",
    ),
    "deleteUser": Row("delete", "/test-support/users/{user_id}", TEST, {204: ""}, TEST_USER),
    "advanceClock": Row(
        "post",
        "/test-support/users/{user_id}/clock",
        TEST,
        {200: "now: Time"},
        TEST_USER,
        takes="seconds",
    ),
    "listMessages": Row("get", "/test-support/messages", TEST, {200: "messages: Message"}, OFF, query="to"),
    "setOutage": Row("post", "/test-support/outages", TEST, {204: ""}, OFF, takes="address failing"),
    "getPolicy": Row("get", "/test-support/policy", TEST, {200: "Policy"}, OFF),
}
GENERAL = {"invalid-request", "not-found", "method-not-allowed", "content-too-large", "unsupported-media-type"}
FIELDS = {
    "AccessToken": "access_token token_type expires_in",
    "MfaChallenge": "mfa_token expires_in channel destination otp_expires_in resend_after",
    "Profile": "user_id email organization role mfa_enabled",
    "UserRecord": "user_id email organization role status mfa_enabled contact locked_until",
    "Contact": "channel address",
    "Message": "id channel to subject body sent_at",
    "Policy": "otp_length otp_ttl_seconds otp_attempts_per_challenge otp_failures_before_lock"
    " password_failures_before_lock lock_seconds resend_after_seconds mfa_token_ttl_seconds"
    " access_token_ttl_seconds reset_token_ttl_seconds recovery_after_failures",
}
LINKS = {
    ("signIn", "200"): {"getProfile", "signOut"},
    ("signIn", "202"): {"verifyOtp", "resendOtp"},
    ("verifyOtp", "200"): {"getProfile", "signOut"},
    ("resendOtp", "202"): {"verifyOtp", "resendOtp"},
    ("getProfile", "200"): {"signOut"},
    ("requestPasswordReset", "202"): {"resetPassword"},
    ("resetPassword", "204"): {"signIn"},
    ("enableMfa", "200"): {"enableMfa", "disableMfa", "unlockUser"},
    ("disableMfa", "200"): {"enableMfa", "disableMfa", "unlockUser"},
    ("unlockUser", "200"): {"enableMfa", "disableMfa", "unlockUser"},
    ("createUser", "201"): {"deleteUser", "advanceClock"},
}


def resolved(node: Json) -> Json:
    """Follow references within the document, as long as there are any."""
    while "$ref" in node:
        target: Json = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def described() -> Iterator[tuple[str, str, Json, Json]]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item, item[method]


OPERATIONS = {operation["operationId"]: operation for _, _, _, operation in described()}
PARAMETERS = {
    operation["operationId"]: [resolved(p) for p in item.get("parameters", []) + operation.get("parameters", [])]
    for _, _, item, operation in described()
}
ANSWERS = {
    (name, status): resolved(answer)
    for name, operation in OPERATIONS.items()
    for status, answer in operation["responses"].items()
}
UNDESCRIBED = {
    ("x-undescribed-requests", status): resolved(answer)
    for status, answer in DOCUMENT["x-undescribed-requests"]["responses"].items()
}
REFUSALS = {at: answer for at, answer in (ANSWERS | UNDESCRIBED).items() if at[1] >= "400"}


def part_of(schema: Json) -> Iterator[Json]:
    """Give the schema, and those that it is made of."""
    schema = resolved(schema)
    yield schema
    for inner in schema.get("allOf", []):
        yield from part_of(inner)


def values_of(schema: Json, field: str) -> set[Any]:
    """Tell the values that are left to a field by every enum and const."""
    choices = []
    for part in part_of(schema):
        of_field = resolved(part.get("properties", {}).get(field, {}))
        if "const" in of_field:
            choices.append({of_field["const"]})
        elif "enum" in of_field:
            choices.append(set(of_field["enum"]))
    return set.intersection(*choices) if choices else set()


def names_of(answer: Json) -> set[str]:
    types = values_of(answer["content"][PROBLEM_JSON]["schema"], "type")
    return {name.removeprefix("urn:servinix:problem:") for name in types}


def required_of(schema: Json) -> set[str]:
    return {field for part in part_of(schema) for field in part.get("required", [])}


def within(schema: Json) -> Json:
    """Give the same schema with references that work from outside the document."""

    def absolute(node: object) -> object:
        if isinstance(node, dict):
            return {key: f"urn:document{value}" if key == "$ref" else absolute(value) for key, value in node.items()}
        return [absolute(item) for item in node] if isinstance(node, list) else node

    copied = absolute(schema)
    assert isinstance(copied, dict)
    return copied


def accepts(schema: Json, value: object, *, closed: bool = False) -> bool:
    """Tell whether a value fits; where it is closed, only with fields that are described."""
    whole = {"allOf": [within(schema)]} | ({"unevaluatedProperties": False} if closed else {})
    checker = Draft202012Validator.FORMAT_CHECKER
    return bool(Draft202012Validator(whole, registry=REGISTRY, format_checker=checker).is_valid(value))


def component(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def body_of(name: str) -> Json | None:
    """Give the media types of an operation's request, or None where it has no body."""
    operation = OPERATIONS[name]
    return resolved(operation["requestBody"])["content"] if "requestBody" in operation else None


def examples_of(holder: Json) -> list[object]:
    named = [resolved(example)["value"] for example in holder.get("examples", {}).values()]
    return named + ([holder["example"]] if "example" in holder else [])


def holders() -> Iterator[tuple[str, Json]]:
    """Give everything that has a schema and should have an example of it, with a name for it."""
    for name in OPERATIONS:
        for parameter in PARAMETERS[name]:
            yield f"{name} {parameter['name']}", parameter
        yield from ((f"{name} {media}", holder) for media, holder in (body_of(name) or {}).items())
    for (name, status), answer in (ANSWERS | UNDESCRIBED).items():
        for media, holder in answer.get("content", {}).items():
            yield f"{name} {status} {media}", holder
        for header, holder in answer.get("headers", {}).items():
            yield f"{name} {status} {header}", resolved(holder)


HOLDERS = dict(holders())


def example(name: str) -> Json:
    value: Json = DOCUMENT["components"]["examples"][name]["value"]
    return value


def test_document_is_valid() -> None:
    validate(DOCUMENT)


def test_operations_are_those_of_the_table() -> None:
    found = {
        operation["operationId"]: (method, path, operation["security"]) for path, method, _, operation in described()
    }
    assert found == {name: (row.method, row.path, row.security) for name, row in TABLE.items()}


@pytest.mark.parametrize("name", TABLE)
def test_requests_are_those_of_the_table(name: str) -> None:
    row, body = TABLE[name], body_of(name)
    fields = {field.rstrip("?"): not field.endswith("?") for field in row.takes.split()}
    if body is None:
        assert not fields
    else:
        assert list(body) == ["application/json"]
        schema = body["application/json"]["schema"]
        assert resolved(OPERATIONS[name]["requestBody"])["required"] is True
        assert set(schema["properties"]) == set(fields)
        assert required_of(schema) == {field for field, needed in fields.items() if needed}
        assert "additionalProperties" not in schema
    places = {(parameter["in"], parameter["name"]) for parameter in PARAMETERS[name]}
    expected = {("path", field) for field in re.findall(r"{(\w+)}", row.path)} | {("query", row.query)} - {
        ("query", "")
    }
    assert places == expected
    assert all(parameter["required"] for parameter in PARAMETERS[name])


@pytest.mark.parametrize("name", TABLE)
def test_answers_are_those_of_the_table(name: str) -> None:
    row = TABLE[name]
    refusals = dict(row.refusals)
    if row.takes or row.query:
        refusals[400] = {"invalid-request"}
    if row.takes:
        refusals |= {413: {"content-too-large"}, 415: {"unsupported-media-type"}}
    found = {int(status): answer for (operation, status), answer in ANSWERS.items() if operation == name}
    assert set(found) == set(row.success) | set(refusals)
    assert {status: names_of(found[status]) for status in refusals} == refusals
    for status, shape in row.success.items():
        if not shape:
            assert "content" not in found[status]
            continue
        assert list(found[status]["content"]) == ["application/json"]
        schema = found[status]["content"]["application/json"]["schema"]
        field, _, referred = shape.rpartition(": ")
        if field:
            assert required_of(schema) == {field}
            schema = schema["properties"][field]
            schema = schema.get("items", schema)
        assert schema == component(referred)


@pytest.mark.parametrize("name", FIELDS)
def test_fields_of_answers_are_those_of_the_table(name: str) -> None:
    schema = resolved(component(name))
    assert set(schema["properties"]) == set(schema["required"]) == set(FIELDS[name].split())


def test_answers_may_hold_more() -> None:
    text = str(DOCUMENT)
    assert "additionalProperties" not in text
    assert "unevaluatedProperties" not in text


def test_every_problem_of_the_table_is_described() -> None:
    expected = GENERAL.union(*(names for row in TABLE.values() for names in row.refusals.values()))
    assert set.union(*(names_of(answer) for answer in REFUSALS.values())) == expected
    listed = resolved(component("ProblemType"))["enum"]
    assert listed == [f"urn:servinix:problem:{name.rpartition(':')[2]}" for name in listed]
    assert {name.rpartition(":")[2] for name in listed} == expected
    assert len(expected) == 20


@pytest.mark.parametrize(("at", "answer"), REFUSALS.items(), ids=" ".join)
def test_refusals_are_problem_details(at: tuple[str, str], answer: Json) -> None:
    assert list(answer["content"]) == [PROBLEM_JSON]
    holder = answer["content"][PROBLEM_JSON]
    assert values_of(holder["schema"], "status") == {int(at[1])}
    assert required_of(holder["schema"]) >= {"type", "title", "status", "detail"}
    assert ("retry_after" in required_of(holder["schema"])) == (at[1] == "429")
    shown = {resolved(given)["value"]["type"].rpartition(":")[2] for given in holder["examples"].values()}
    assert shown == names_of(answer) == set(holder["examples"])


def test_requests_that_are_not_described_have_their_answers() -> None:
    assert {int(status): names_of(answer) for (_, status), answer in UNDESCRIBED.items()} == {
        404: {"not-found"},
        405: {"method-not-allowed"},
    }
    assert resolved(UNDESCRIBED["x-undescribed-requests", "405"]["headers"]["Allow"])["required"] is True


@pytest.mark.parametrize(("at", "answer"), ANSWERS.items(), ids=" ".join)
def test_headers_are_promised_where_they_belong(at: tuple[str, str], answer: Json) -> None:
    name, status = at
    expected = {
        "Cache-Control": TABLE[name].path.startswith("/auth/"),
        "Retry-After": status == "429",
        "WWW-Authenticate": status == "401" and bool(TABLE[name].security),
    }
    headers = {header: resolved(holder) for header, holder in answer.get("headers", {}).items()}
    assert set(headers) == {header for header, there in expected.items() if there}
    assert all(holder["required"] is True for holder in headers.values())


def test_headers_are_strict() -> None:
    headers = {name: holder["schema"] for name, holder in DOCUMENT["components"]["headers"].items()}
    assert headers["NoStore"]["const"] == "no-store"
    assert not accepts(headers["RetryAfter"], 0)
    assert not accepts(headers["RetryAfter"], 1.5)
    assert not accepts(headers["RetryAfter"], "Tue, 24 Nov 2026 08:00:00 GMT")
    assert not accepts(headers["WwwAuthenticate"], "Basic")
    assert not accepts(headers["WwwAuthenticate"], "Bearerish")


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_explained(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"].strip()
    assert not operation["summary"].rstrip().endswith(".")
    assert operation["description"].strip().endswith(".")
    assert len(operation["tags"]) == 1
    assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
    assert "security" in operation
    assert all(parameter["description"].strip() for parameter in PARAMETERS[name])


@pytest.mark.parametrize("name", HOLDERS)
def test_everything_has_examples_that_fit(name: str) -> None:
    holder = HOLDERS[name]
    values = examples_of(holder)
    assert values
    for value in values:
        assert accepts(holder["schema"], value, closed=True), value


def test_examples_name_nobody() -> None:
    text = str([examples_of(holder) for holder in HOLDERS.values()])
    assert set(re.findall(r"@([\w.-]+)", text)) == {"example.com"}
    assert set(re.findall(r"\+\d+", text)) == {"+12025550123"}, "a number that is set aside for fiction"


def test_links_are_those_of_the_table() -> None:
    assert {at: set(answer["links"]) for at, answer in ANSWERS.items() if "links" in answer} == LINKS


@pytest.mark.parametrize("at", LINKS, ids=" ".join)
def test_links_lead_somewhere(at: tuple[str, str]) -> None:
    answer, (source, _) = ANSWERS[at], at
    given = answer.get("content", {}).get("application/json", {}).get("schema", {})
    promised = {f"$response.body#/{field}" for field in required_of(given)}
    promised |= {f"$request.body#/{field}" for field in TABLE[source].takes.split() if not field.endswith("?")}
    for link in map(resolved, answer["links"].values()):
        target = link["operationId"]
        filled = link.get("parameters", {}) | link.get("requestBody", {})
        assert set(filled.values()) <= promised
        assert set(link.get("parameters", {})) <= {parameter["name"] for parameter in PARAMETERS[target]}
        assert set(link.get("requestBody", {})) <= set(TABLE[target].takes.split())


USER_RECORD, CHALLENGE, TOKEN = example("UserWithMfa"), example("EmailChallenge"), example("AccessToken")
PHONE_MESSAGE: Json = HOLDERS["listMessages 200 application/json"]["examples"]["by-phone"]["value"]["messages"][0]
EMAIL_MESSAGE: Json = HOLDERS["listMessages 200 application/json"]["examples"]["by-email"]["value"]["messages"][0]
PROFILE: Json = HOLDERS["getProfile 200 application/json"]["examples"]["member"]["value"]
POLICY: Json = HOLDERS["getPolicy 200 application/json"]["examples"]["reference"]["value"]
JWK: Json = HOLDERS["getJwks 200 application/json"]["examples"]["one-key"]["value"]["keys"][0]


@pytest.mark.parametrize(
    ("name", "value", "changes"),
    [
        ("AccessToken", TOKEN, {"token_type": "bearer"}),
        ("AccessToken", TOKEN, {"expires_in": 0}),
        ("AccessToken", TOKEN, {"access_token": "two words"}),
        ("MfaChallenge", CHALLENGE, {"mfa_token": "too-short"}),
        ("MfaChallenge", CHALLENGE, {"channel": "post"}),
        ("MfaChallenge", CHALLENGE, {"resend_after": -1}),
        ("MfaChallenge", CHALLENGE, {"otp_expires_in": "300"}),
        ("Profile", PROFILE, {"role": "root"}),
        ("Profile", PROFILE, {"email": "nowhere"}),
        ("Profile", PROFILE, {"mfa_enabled": None}),
        ("UserRecord", USER_RECORD, {"contact": {}}),
        ("UserRecord", USER_RECORD, {"contact": "ada@example.com"}),
        ("UserRecord", USER_RECORD, {"role": "root"}),
        ("UserRecord", USER_RECORD, {"status": None}),
        ("UserRecord", USER_RECORD, {"locked_until": "2026-11-24T08:00:00+01:00"}),
        ("UserRecord", USER_RECORD, {"locked_until": "tomorrow"}),
        ("UserRecord", USER_RECORD, {"locked_until": ""}),
        ("Message", PHONE_MESSAGE, {"subject": "Your code"}),
        ("Message", EMAIL_MESSAGE, {"subject": None}),
        ("Policy", POLICY, {"lock_seconds": 0}),
        ("Policy", POLICY, {"otp_length": 4}),
        ("Jwk", JWK, {"d": "private"}),
        ("Jwk", JWK, {"kty": "oct"}),
        ("Problem", example("NotFound"), {"type": "urn:servinix:problem:of-another-kind"}),
        ("Problem", example("NotFound"), {"retry_after": 0}),
        ("InvalidRequest", example("InvalidRequest"), {"status": 422}),
    ],
)
def test_schemas_refuse_what_is_not_promised(name: str, value: Json, changes: Json) -> None:
    assert accepts(component(name), value | {"another_field": 1})
    assert not accepts(component(name), value | changes)
    for field in required_of(component(name)):
        assert not accepts(component(name), {key: kept for key, kept in value.items() if key != field})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("signIn", {"client_id": "somebody-else"}),
        ("signIn", {"client_id": None}),
        ("signIn", {"email": ["ada@example.com"]}),
        ("verifyOtp", {"otp": 42017}),
        ("verifyOtp", {"otp": "42017"}),
        ("verifyOtp", {"otp": "042017\n"}),
        ("verifyOtp", {"otp": "０４２０１７"}),  # noqa: RUF001 (digits of another script are the point)
        ("resetPassword", {"new_password": "seven77"}),
        ("resetPassword", {"new_password": "x" * 129}),
        ("enableMfa", {"contact_confirmed": "true"}),
        ("enableMfa", {"contact": None}),
        ("enableMfa", {"contact": {"channel": "email", "address": "+12025550123"}}),
        ("enableMfa", {"contact": {"channel": "phone", "address": "ada@example.com"}}),
        ("enableMfa", {"contact": {"channel": "post", "address": "Main Street 1"}}),
        ("disableMfa", {"identity_verified": 1}),
        ("createUser", {"mfa_enabled": True}),
        ("createUser", {"role": "root"}),
        ("advanceClock", {"seconds": -1}),
        ("advanceClock", {"seconds": 0.5}),
        ("advanceClock", {"seconds": True}),
        ("setOutage", {"failing": "yes"}),
    ],
)
def test_requests_are_strict(name: str, changes: Json) -> None:
    holder = (body_of(name) or {})["application/json"]
    value = next(iter(holder["examples"].values()))["value"]
    assert accepts(holder["schema"], value | {"another_field": 1})
    assert not accepts(holder["schema"], value | changes)


@pytest.mark.parametrize("length", [8, 64, 128])
def test_passwords_may_have_8_to_128_characters(length: int) -> None:
    assert accepts(component("NewPassword"), "ä" * length)


def test_secrets_in_requests_are_marked() -> None:
    marked = {
        field
        for name in OPERATIONS
        for field, schema in ((body_of(name) or {}).get("application/json", {}).get("schema", {}))
        .get("properties", {})
        .items()
        if resolved(schema).get("writeOnly")
    }
    assert marked == {"password", "otp", "reset_token", "new_password"}
