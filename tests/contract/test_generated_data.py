"""What is sent: the same for the same seed, no more than allowed, and to nothing that is not to be disturbed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from in_process import TEXT, Noting, connection_to, deployment, operations_of, reference, send, world_about

from servinix_conformance.actor import Account, Needs, Untested
from servinix_conformance.board import LocalBoard
from servinix_conformance.generating import Scope, trying
from servinix_conformance.target import Safety

OF_TEST_SUPPORT = "/test-support"
# What a seed cannot know: ids, tokens and addresses of people who were made for the run.
DRAWN_BY_THE_SERVER = re.compile(rb"[0-9a-f]{32}|eyJ[\w.-]+|[\w-]{43}|mika\.sikk-\w+|Pw-[\w-]+|[0-9]{6}")


def sent(operation: str, *, fits: bool, seed: int = 1, examples: int = 10) -> list[tuple[str, str, bytes]]:
    connection, adapter = connection_to(reference())
    with world_about(connection, operation, seed=seed, examples=examples) as world:
        assert send(world, fits=fits) == []
    return masked(adapter)


def masked(adapter: Noting) -> list[tuple[str, str, bytes]]:
    return [
        (method, DRAWN_BY_THE_SERVER.sub(b"?", url.encode()).decode(), DRAWN_BY_THE_SERVER.sub(b"?", body))
        for method, url, body in adapter.sent
        if OF_TEST_SUPPORT not in url
    ]


@pytest.mark.parametrize("fits", [True, False])
def test_one_seed_sends_the_same_whatever_was_sent_before(*, fits: bool) -> None:
    first = sent("unlockUser", fits=fits)
    sent("findUsers", fits=fits, seed=7, examples=3)
    assert sent("unlockUser", fits=fits) == first


def test_another_seed_sends_something_else() -> None:
    assert sent("requestPasswordReset", fits=True, seed=1) != sent("requestPasswordReset", fits=True, seed=2)


def test_so_many_are_drawn_as_were_asked_for() -> None:
    few, many = (len(sent("requestPasswordReset", fits=True, examples=number)) for number in (2, 22))
    assert abs(many - few - 20) <= 2  # what is drawn twice is not always sent twice


def test_operations_of_test_support_take_no_part() -> None:
    connection, _ = connection_to(reference())
    taking_part = operations_of(connection)
    assert len(taking_part) == 12
    assert {"createUser", "getPolicy"}.isdisjoint(taking_part)


def test_what_takes_the_secret_of_test_support_alone_belongs_to_it_though_nobody_bound_it() -> None:
    more = """
  /test-support/more:
    post:
      operationId: doMore
      security: [{testSupportSecret: []}]
      responses: {'204': {description: Done.}}
  /more:
    post:
      operationId: offerMore
      security: [{accessToken: []}]
      responses: {'204': {description: Done.}}

x-undescribed-requests:
"""
    connection, _ = connection_to(reference(), TEXT.replace("\nx-undescribed-requests:\n", more, 1))
    assert "doMore" not in operations_of(connection)
    assert "offerMore" in operations_of(connection)


def test_what_is_not_claimed_is_not_sent_anything() -> None:
    target = replace(reference(), not_claimed=frozenset({"resetPassword"}))
    connection, _ = connection_to(target)
    assert "resetPassword" not in operations_of(connection)


def test_on_a_deployment_only_what_changes_nothing_is_sent_anything() -> None:
    connection, adapter = connection_to(deployment())
    scope = Scope.of(connection)
    allowed = [item.id for item in scope.operations if scope.obstacle(item) is None]
    assert allowed == ["getProfile", "getJwks", "findUsers"]
    with world_about(connection, "signIn") as world, pytest.raises(Untested, match="say destructive = true"):
        world.send_generated(someone(), fits=False)
    assert adapter.sent == []


@pytest.mark.parametrize("fits", [True, False])
def test_there_not_even_methods_are_tried_that_could_change_something(*, fits: bool) -> None:
    connection, adapter = connection_to(deployment())
    with world_about(connection, "getJwks") as world:
        assert list(world.send_generated(someone(), fits=fits)) == []
    assert {method for method, _, _ in adapter.sent} <= {"GET", "OPTIONS", "HEAD"}
    assert adapter.sent


def test_with_leave_everything_is_sent_but_no_name_of_a_real_user_with_a_wrong_password() -> None:
    target = replace(deployment(), safety=Safety(destructive=True))
    connection, adapter = connection_to(target)
    with world_about(connection, "signIn") as world:
        world.send_generated(someone(), fits=False)
    bodies = [body for _, url, body in adapter.sent if url.endswith("/auth/sign-in")]
    assert bodies
    assert [body for body in bodies if b"somebody@people.example" in body] == []


def test_no_more_messages_are_caused_than_the_target_file_allows() -> None:
    target = replace(deployment(), safety=Safety(destructive=True))
    connection, adapter = connection_to(target)
    connection.board = LocalBoard(3)
    with world_about(connection, "requestPasswordReset") as world, pytest.raises(Untested, match="max_messages"):
        world.send_generated(someone(), fits=True)
    assert len(adapter.sent) == 3


def test_no_more_requests_are_sent_than_the_target_file_allows() -> None:
    connection, adapter = connection_to(deployment())
    connection.board = LocalBoard(most_requests=2)
    with world_about(connection, "getJwks") as world, pytest.raises(Untested, match="max_requests"):
        world.send_generated(someone(), fits=True)
    assert len(adapter.sent) == 2


def test_what_was_found_until_then_stands() -> None:
    connection, _ = connection_to(reference("sign-out-by-put"))
    connection.board = LocalBoard(most_requests=30)
    with world_about(connection, "signOut", examples=50) as world:
        assert send(world, fits=False)


def test_without_the_extra_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "available", lambda: False)
    connection, _ = connection_to(reference())
    with world_about(connection, "getJwks") as world, pytest.raises(Untested, match=r"pip install .*\[contract\]"):
        send(world, fits=True)


def test_where_no_operation_is_named_for_lack_of_it_that_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servinix_conformance.world.available", lambda: False)
    connection, _ = connection_to(reference())
    with world_about(connection, "") as world, pytest.raises(Untested, match=r"pip install .*\[contract\]"):
        send(world, fits=True)


def test_about_no_operation_nothing_can_be_sent() -> None:
    connection, _ = connection_to(reference())
    with world_about(connection, "") as world, pytest.raises(Untested, match="no operation"):
        send(world, fits=True)


def someone() -> Account:
    connection, _ = connection_to(reference())
    with world_about(connection, "getJwks") as world:
        account = world.accounts.lease("Ada", Needs())
    return replace(account, email="somebody@people.example")
