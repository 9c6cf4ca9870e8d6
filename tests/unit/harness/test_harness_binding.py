from __future__ import annotations

import json
from typing import Any

import pytest

from servinix_conformance.binding import Binding, BindingError
from servinix_conformance.document import Answer


def answer(
    body: object = None, status: int = 200, headers: dict[str, str] | None = None, cookies: dict[str, str] | None = None
) -> Answer:
    return Answer(status, headers or {}, json.dumps(body).encode(), cookies or {})


def reason(binding: Binding, given: Answer) -> str | None:
    return binding.told("verifyOtp", given)[1]


def problem(name: str, status: int) -> Answer:
    return answer({"type": f"urn:servinix:problem:{name}"}, status)


def test_what_nobody_overrides_is_as_in_the_contract() -> None:
    call = Binding().fill("signIn", {"email": "ada@example.com", "password": "p"}, extra={})
    assert (call.operation, call.body) == ("signIn", {"email": "ada@example.com", "password": "p"})
    assert (call.path, call.query, call.headers, call.cookies) == ({}, {}, {}, {})


def test_values_go_into_path_and_query_and_the_access_token_into_its_header() -> None:
    binding = Binding()
    call = binding.fill("enableMfa", {"user_id": 7, "contact_channel": "phone"}, bearer="the token", extra={})
    assert call.path == {"user_id": "7"}
    assert call.body == {"contact": {"channel": "phone"}}
    assert call.headers == {"Authorization": "Bearer the token"}
    assert binding.fill("findUsers", {"email": "ada@example.com"}, extra={}).query == {"email": "ada@example.com"}


def test_a_boolean_in_a_query_or_a_header_is_as_json_has_it() -> None:
    table = {"disableMfa": {"request": {"identity_verified": "query:sure"}, "constants": {"header:X-Strict": False}}}
    call = Binding(table).fill("disableMfa", {"user_id": "7", "identity_verified": True}, extra={})
    assert (call.query, call.headers, call.body) == ({"sure": "true"}, {"X-Strict": "false"}, None)
    success = Binding({"success": {"at": "header:X-Done", "is": True}})
    assert success.told("signOut", answer(headers={"x-done": "true"})) == ("done", None)


def test_a_request_without_members_has_no_body() -> None:
    binding = Binding()
    assert binding.fill("signOut", {}, extra={}).body is None
    assert binding.fill("deleteUser", {"user_id": "7"}, extra={}).body is None
    assert binding.fill("verifyOtp", {}, extra={}).body == {}
    assert binding.fill("signOut", {}, extra={"why": 1}).body == {"why": 1}


def test_extra_members_stand_beside_the_others_and_win() -> None:
    call = Binding().fill("signIn", {"email": "a", "password": "p"}, extra={"otp": "1", "email": 2})
    assert call.body == {"email": 2, "password": "p", "otp": "1"}


def test_each_call_is_made_anew() -> None:
    binding = Binding()
    binding.fill("findUsers", {"email": "a"}, bearer="t", extra={})
    second = binding.fill("findUsers", {}, extra={})
    assert (second.query, second.headers) == ({}, {})


def test_a_deployment_keeps_fields_wherever_it_likes() -> None:
    binding = Binding(
        {
            "signIn": {
                "operation": "POST /login",
                "request": {
                    "email": "/user/0~1name/mail~0address",
                    "password": "header:X-Password",
                    "client_id": "cookie:client",
                },
                "answer": {"mfa_token": "header:X-Challenge", "access_token": "cookie:session", "channel": "/0/via"},
            },
            "verifyOtp": {"request": {"mfa_token": "path:challenge", "otp": "query:code"}},
        }
    )
    call = binding.fill("signIn", {"email": "a", "password": "p", "client_id": 5}, extra={})
    assert call.operation == "POST /login"
    assert call.body == {"user": {"0/name": {"mail~address": "a"}}}
    assert (call.headers, call.cookies) == ({"X-Password": "p"}, {"client": "5"})
    moved = binding.fill("verifyOtp", {"mfa_token": "m", "otp": "1"}, extra={})
    assert (moved.path, moved.query, moved.body, moved.operation) == (
        {"challenge": "m"},
        {"code": "1"},
        None,
        "verifyOtp",
    )
    given = answer([{"via": "sms"}], headers={"x-challenge": "m"}, cookies={"session": "s"})
    assert binding.read("signIn", given) == {"mfa_token": "m", "access_token": "s", "channel": "sms"}


def test_a_field_that_a_deployment_does_not_have_is_left_out() -> None:
    binding = Binding({"signIn": {"request": {"client_id": ""}}})
    call = binding.fill("signIn", {"email": "a", "client_id": "web", "unheard-of": "x"}, extra={})
    assert call.body == {"email": "a"}


def test_one_override_leaves_the_others_alone() -> None:
    Binding({"signIn": {"operation": "other", "request": {"email": "/mail"}}})
    assert Binding().fill("signIn", {"email": "a"}, extra={}).body == {"email": "a"}


@pytest.mark.parametrize("body", [None, "text", [], {}, {"contact": None}, {"contact": []}])
def test_what_an_answer_does_not_have_is_left_out(body: object) -> None:
    assert Binding().read("enableMfa", answer(body)) == {}


def test_what_an_answer_has_is_read_as_it_is() -> None:
    body = {"user_id": 0, "mfa_enabled": False, "contact": {"channel": None, "address": ""}, "more": 1}
    assert Binding().read("enableMfa", answer(body)) == {
        "user_id": 0,
        "mfa_enabled": False,
        "contact_channel": None,
        "contact_address": "",
    }


@pytest.mark.parametrize(
    ("place", "body", "found"),
    [
        ("/1/t", [{}, {"t": "x"}], {"access_token": "x"}),
        ("/2/t", [{}, {"t": "x"}], {}),
        ("/01/t", [{}, {"t": "x"}], {}),
        ("/-/t", [{}, {"t": "x"}], {}),
        ("/a~1b/c~0d", {"a/b": {"c~d": "x"}}, {"access_token": "x"}),
        ("/", {"": "x"}, {"access_token": "x"}),
        ("/t/0", {"t": "x"}, {}),
    ],
)
def test_pointers_into_an_answer(place: str, body: object, found: dict[str, Any]) -> None:
    binding = Binding({"verifyOtp": {"answer": {"access_token": place}}})
    assert binding.read("verifyOtp", answer(body)) == found


def test_a_header_is_found_whatever_its_case_and_a_cookie_by_its_own() -> None:
    binding = Binding({"verifyOtp": {"answer": {"access_token": "header:X-ToKeN"}}})
    assert binding.read("verifyOtp", answer(headers={"x-token": "t"})) == {"access_token": "t"}
    assert binding.read("verifyOtp", answer()) == {}
    binding = Binding({"verifyOtp": {"answer": {"access_token": "cookie:Session"}}})
    assert binding.read("verifyOtp", answer(cookies={"session": "t"})) == {}
    assert binding.read("verifyOtp", answer(cookies={"Session": "t"})) == {"access_token": "t"}


def test_lists_are_read_item_by_item() -> None:
    binding = Binding()
    given = answer({"messages": [{"id": "1", "body": "a"}, {"id": "2"}, "odd"]})
    assert list(binding.read_all("listMessages", given)) == [{"id": "1", "body": "a"}, {"id": "2"}, {}]
    assert binding.read("listMessages", given) == {"id": "1", "body": "a"}


@pytest.mark.parametrize("body", [None, {}, {"messages": None}, {"messages": {}}, {"messages": []}])
def test_a_list_that_is_none_has_no_items(body: object) -> None:
    binding = Binding()
    assert list(binding.read_all("listMessages", answer(body))) == []
    assert binding.read("listMessages", answer(body)) == {}


def test_a_list_may_stand_elsewhere() -> None:
    binding = Binding({"listMessages": {"answer": {"*": "/data/mails", "body": "/text"}}})
    given = answer({"data": {"mails": [{"id": 1, "text": "a"}]}})
    assert list(binding.read_all("listMessages", given)) == [{"id": 1, "body": "a"}]


@pytest.mark.parametrize(
    ("name", "status"), [("otp-rejected", 401), ("account-locked", 429), ("delivery-failed", 503), ("not-found", 404)]
)
def test_a_refusal_is_told_by_status_and_type(name: str, status: int) -> None:
    binding = Binding()
    assert reason(binding, problem(name, status)) == name
    assert reason(binding, problem(name, 418)) is None
    assert reason(binding, problem("unheard-of", status)) is None
    assert reason(binding, Answer(status, {}, b"no json", {})) is None


def test_a_deployment_tells_refusals_its_own_way() -> None:
    binding = Binding(
        {
            "problems": {
                "otp-rejected": {"status": 422, "at": "/errors/0/code", "is": 7},
                "account-locked": {"status": 423},
                "forbidden": {"status": 403, "at": "header:X-Reason", "is": "role"},
            }
        }
    )
    assert reason(binding, answer({"errors": [{"code": 7}]}, 422)) == "otp-rejected"
    assert reason(binding, answer({"errors": [{"code": 8}]}, 422)) is None
    assert reason(binding, answer({"errors": []}, 422)) is None
    assert reason(binding, answer(None, 423)) == "account-locked"
    assert reason(binding, answer(None, 403, {"x-reason": "role"})) == "forbidden"
    assert reason(binding, problem("otp-rejected", 401)) is None
    assert reason(binding, problem("invalid-credentials", 401)) == "invalid-credentials"


def test_a_failure_of_the_server_is_a_refusal_where_the_deployment_says_so() -> None:
    binding = Binding({"problems": {"otp-rejected": {"status": 500, "at": "/code", "is": "OTP"}}})
    assert binding.told("verifyOtp", answer({"code": "OTP"}, 500)) == ("refused", "otp-rejected")
    assert binding.told("verifyOtp", answer({"code": "NPE"}, 500)) == ("unreadable", None)


def test_what_fits_two_refusals_names_neither() -> None:
    binding = Binding({"problems": {"otp-rejected": {"status": 400}, "mfa-token-rejected": {"status": [400, 410]}}})
    assert binding.told("verifyOtp", answer(None, 400)) == ("refused", None)
    assert binding.told("verifyOtp", answer(None, 410)) == ("refused", "mfa-token-rejected")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (200, "done"),
        (204, "done"),
        (302, "unreadable"),
        (418, "refused"),
        (500, "unreadable"),
        (501, "refused"),
        (503, "unreadable"),
    ],
)
def test_without_more_the_status_tells_a_success(status: int, told: str) -> None:
    assert Binding().told("verifyOtp", answer(None, status)) == (told, None)


@pytest.mark.parametrize(
    ("success", "body", "told"),
    [
        ({"at": "/ok", "is": True}, {"ok": True}, "done"),
        ({"at": "/ok", "is": True}, {"ok": 1}, "refused"),
        ({"at": "/ok", "is": True}, {"ok": False}, "refused"),
        ({"at": "/ok", "is": True}, {"other": 1}, "unreadable"),
        ({"at": "/ok", "is": True}, "an error page", "unreadable"),
        ({"at": "/ok", "is": True}, {"ok": True, "code": "BAD"}, "refused"),
        ({"at": "/error", "present": False}, {"data": 1}, "done"),
        ({"at": "/error", "present": False}, {"error": None}, "done"),
        ({"at": "/error", "present": False}, {"error": "x"}, "refused"),
        ({"at": "/data", "present": True}, {"data": 0}, "done"),
        ({"at": "/data", "present": True}, {}, "unreadable"),
        ({"status": 200}, {}, "done"),
        ({"status": [201, 202]}, {}, "unreadable"),
    ],
)
def test_a_deployment_that_answers_200_to_everything_says_in_its_body_what_it_means(
    success: dict[str, Any], body: object, told: str
) -> None:
    problems = {"otp-rejected": {"status": 200, "at": "/code", "is": "BAD"}}
    everywhere = Binding({"success": success, "problems": problems})
    assert everywhere.told("verifyOtp", answer(body))[0] == told
    there = Binding({"verifyOtp": {"success": success}, "problems": problems})
    assert there.told("verifyOtp", answer(body))[0] == told
    assert there.told("signIn", answer({}))[0] == "done"


def test_what_tells_a_success_everywhere_tells_a_refusal_of_an_operation_that_succeeds_its_own_way() -> None:
    binding = Binding({"success": {"at": "/ok", "is": True}, "signOut": {"success": {"status": 204}}})
    assert [
        binding.told("signOut", answer(body, status))[0] for body, status in ((None, 204), ({"ok": False}, 200))
    ] == [
        "done",
        "refused",
    ]
    assert binding.told("signOut", answer({"other": 1}))[0] == "unreadable"


def test_constants_go_with_every_request_of_their_operation() -> None:
    constants = {"/tenant": "acme", "header:X-Key": "k", "query:v": 2, "/email": "shadowed"}
    binding = Binding({"signIn": {"constants": constants}})
    call = binding.fill("signIn", {"email": "a"}, extra={})
    assert (call.body, call.headers, call.query) == ({"tenant": "acme", "email": "a"}, {"X-Key": "k"}, {"v": "2"})
    assert binding.fill("verifyOtp", {}, extra={}).headers == {}


def test_an_answer_may_be_the_list_itself_or_its_only_item() -> None:
    whole = Binding({"findUsers": {"answer": {"*": "", "user_id": "/id"}}})
    assert list(whole.read_all("findUsers", answer([{"id": 1}, {"id": 2}]))) == [{"user_id": 1}, {"user_id": 2}]
    assert whole.read("findUsers", answer({"id": 3})) == {"user_id": 3}


@pytest.mark.parametrize(
    ("overrides", "key", "known"),
    [
        ({"signin": {}}, "bindings.signin", "did you mean 'signIn'?"),
        ({"signIn": {"request": {"mail": "/mail"}}}, "bindings.signIn.request.mail", "did you mean 'email'?"),
        ({"verifyOtp": {"answer": {"jwt": "/t"}}}, "bindings.verifyOtp.answer.jwt", "known here: access_token"),
        ({"signOut": {"answer": {"token": "/t"}}}, "bindings.signOut.answer.token", "known here: none"),
        ({"problems": {"otp-wrong": {"status": 401}}}, "bindings.problems.otp-wrong", "known here: invalid-request, "),
    ],
)
def test_names_that_steps_do_not_know_are_refused(overrides: dict[str, Any], key: str, known: str) -> None:
    with pytest.raises(BindingError) as caught:
        Binding(overrides)
    assert str(caught.value).startswith(f"{key}: steps know no such name; {known}")


def test_all_names_that_steps_do_not_know_are_told_at_once() -> None:
    overrides = {"signin": {}, "signIn": {"request": {"mail": "/m"}, "answer": {"jwt": "/t"}}, "problems": {"no": {}}}
    with pytest.raises(BindingError) as caught:
        Binding(overrides)
    keys = [line.partition(":")[0] for line in str(caught.value).splitlines()]
    assert keys == [
        "bindings.signin",
        "bindings.problems.no",
        "bindings.signIn.request.mail",
        "bindings.signIn.answer.jwt",
    ]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("30", 30), ("0", 0), ("", None), ("-1", None), ("1.5", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)
def test_how_long_an_answer_asks_to_wait(value: str, seconds: int | None) -> None:
    assert Binding.wait(answer(headers={"retry-after": value})) == seconds
    assert Binding.wait(answer()) is None


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        ("Wed, 21 Oct 2026 07:27:15 GMT", 45),
        ("Wed, 21 Oct 2026 07:29:00 GMT", 0),
        ("Wed, 21 Oct 2026 07:27:15", None),
        ("soon", None),
    ],
)
def test_a_wait_until_a_date_counts_from_the_date_of_the_answer(now: str, seconds: int | None) -> None:
    headers = {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": now}
    assert Binding.wait(answer(headers=headers)) == seconds
