"""Walks along the links of a document."""

from __future__ import annotations

import pytest
from in_process import TEXT, connection_to, deployment, reference, walk, world_about

from servinix_conformance.actor import Account, Untested
from servinix_conformance.events import WHOLE


def walked(
    operation: str, *, fault: str | None = None, text: str = TEXT, examples: int = 6
) -> tuple[set[str], list[str]]:
    """What was reached, each with its status, and what is wrong."""
    connection, _ = connection_to(reference(fault), text)
    with world_about(connection, operation, examples=examples) as world:
        found = walk(world)
        assert world.trial is not None
        return {f"{name} {status}" for name, status, _ in world.trial.answers}, found


def test_a_sign_in_leads_through_both_stages_to_the_profile_and_out() -> None:
    reached, found = walked("signIn")
    assert found == []
    assert reached >= {"signIn 202", "verifyOtp 200", "getProfile 200", "signOut 204"}


def test_a_reset_leads_to_a_sign_in_with_the_new_password() -> None:
    reached, found = walked("requestPasswordReset")
    assert found == []
    assert reached >= {"requestPasswordReset 202", "resetPassword 204", "signIn 202"}


def test_support_is_led_from_user_to_user() -> None:
    reached, found = walked("disableMfa")
    assert found == []
    assert reached >= {"disableMfa 200", "enableMfa 200"}


@pytest.mark.parametrize(
    ("fault", "begin", "told"),
    [
        ("changed-record-names-nobody", "disableMfa", "it answered 404"),
        ("odd-new-password-is-another", "requestPasswordReset", "signIn, to signIn, but it answered 401"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(fault: str, begin: str, told: str) -> None:
    _, found = walked(begin, fault=fault, examples=12)
    assert found
    assert found[0].startswith(f"{WHOLE}: ")
    assert told in found[0]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("mfa_token: $response.body#/mfa_token", "mfa_token: $response.body#/challenge", "finds nothing"),
        ("      operationId: verifyOtp\n      desc", "      operationId: verify\n      desc", "no operation 'verify'"),
    ],
)
def test_a_document_whose_links_lead_nowhere_is_told_so(before: str, after: str, told: str) -> None:
    assert before in TEXT
    _, found = walked("signIn", text=TEXT.replace(before, after))
    assert [item for item in found if told in item], found


def test_where_nothing_may_be_gone_to_nobody_walks() -> None:
    connection, adapter = connection_to(deployment())
    account = Account("1", "ada@people.example", "password", "org", "member", None, access_token="a-token")
    with world_about(connection, "getProfile") as world, pytest.raises(Untested, match="leads anywhere"):
        world.follow_links(account)
    assert {method for method, _, _ in adapter.sent} == {"GET"}
