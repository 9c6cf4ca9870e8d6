"""The target file reaches the second server: its bindings fit the document, and each name means what it says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from acme_deployment import (
    AGENT,
    CODES,
    COLLEAGUE,
    CONFIG,
    DOCUMENT,
    HERE,
    MAILED,
    NEW_PASSPHRASE,
    PASSPHRASE,
    PLAIN,
    SUSPENDED,
    Deployment,
    Post,
)

from servinix_conformance.actor import Contact, NotClaimed, Outcome
from servinix_conformance.api import ApiActor
from servinix_conformance.binding import Binding
from servinix_conformance.clients import PLAIN as PLAIN_CLIENT
from servinix_conformance.clients import client_of
from servinix_conformance.connection import Connection
from servinix_conformance.gateway import Gateway
from servinix_conformance.target import Target
from servinix_conformance.target_file import load

pytest_plugins = ["acme_fixtures"]

Acme = Callable[..., Deployment]
FILE: dict[str, Any] = tomllib.loads((HERE / "acme.toml").read_text(encoding="utf-8"))
POLICY = {
    "otp_ttl_seconds": "codeLife",
    "resend_after_seconds": "resendWait",
    "mfa_token_ttl_seconds": "challengeLife",
    "lock_seconds": "lock",
    "reset_token_ttl_seconds": "linkLife",
    "password_failures_before_lock": "passphraseFailures",
    "otp_failures_before_lock": "codeFailures",
    "otp_attempts_per_challenge": "codesPerChallenge",
}
ROLES = {"user": "member", "owner": "admin"}


def target(url: str) -> Target:
    variables = {
        "ACME_URL": url,
        "ACME_KEY": CONFIG["key"],
        "ACME_PASSPHRASE": PASSPHRASE,
        "ACME_MAILDIR": "mail",
        "ACME_SMS_URL": url,
    }
    return load(HERE / "acme.toml", environ=variables)


def gateway(it: Deployment) -> Gateway:
    # Mail is read from the post office here, not through the suite.
    return Connection.open(replace(target(it.url), inboxes={})).gateway()


def portal(way: Gateway) -> ApiActor:
    return ApiActor(way, client_of("web portal", target("https://acme.example"), way.binding))


def said(outcome: Outcome) -> tuple[str, str | None]:
    return outcome.kind, outcome.reason


@pytest.fixture
def way(acme: Acme) -> Gateway:
    return gateway(acme(lock=600, resendWait=600))


def test_accounts_and_policy_are_those_of_the_server() -> None:
    there = [
        {
            "email": user["mail"],
            "organization": user["org"],
            "role": ROLES[user["role"]],
            "suspended": user["suspended"],
            "address": user["contact"],
        }
        for user in CONFIG["users"]
        if user["mail"] != AGENT
    ]
    plain = {"role": "member", "suspended": False, "address": None}
    ignored = {"password", "mfa", "channel", "may_be_locked"}
    here = [{**plain, **{key: account[key] for key in account.keys() - ignored}} for account in FILE["accounts"]]
    assert here == there
    assert {key: FILE["policy"][key] for key in POLICY} == {key: CONFIG["policy"][name] for key, name in POLICY.items()}
    for account in FILE["accounts"]:
        channel = None if "address" not in account else "email" if "@" in account["address"] else "phone"
        assert (account.get("mfa", False), account.get("channel")) == (channel is not None, channel)
        assert {"i", "k", "s"} <= set(account["email"])  # scenarios try look-alikes of these letters


def test_every_operation_of_the_document_is_bound() -> None:
    binding = Binding(FILE["bindings"])
    bound = [DOCUMENT.find(binding.operations[name].operation) for name in FILE["bindings"] if name != "problems"]
    assert {operation and operation.id for operation in bound} == set(DOCUMENT.operations)


def test_it_refers_to_secrets_and_never_holds_one() -> None:
    text = Path(HERE / "acme.toml").read_text(encoding="utf-8")
    assert PASSPHRASE not in text
    assert CONFIG["key"] not in text


def test_a_sign_in_by_both_stages_reads_all_that_the_contract_knows(way: Gateway, post: Post, acme: Acme) -> None:
    actor, it = portal(way), Deployment(way.transport.base_url, post)
    asked = actor.sign_in(MAILED, PASSPHRASE)
    assert said(asked) == ("code-asked", None)
    assert asked.facts == {"destination": "c***@***", "expires_in": 60, "otp_expires_in": 10, "resend_after": 600}
    too_soon = actor.request_code()
    assert said(too_soon) == ("refused", "resend-too-soon")
    assert too_soon.wait in range(1, 601)
    assert actor.open_profile_with_the_answer().kind == "refused"
    assert said(actor.enter_code(it.wrong_code(CODES))) == ("refused", "otp-rejected")
    assert said(actor.enter_code(it.code(CODES))) == ("signed-in", None)
    assert actor.open_profile_with_the_answer().kind == "signed-in"
    profile = actor.open_profile()
    assert (profile.facts["email"], profile.facts["mfa_enabled"]) == (MAILED, True)
    assert said(actor.enter_code(it.code(CODES))) == ("refused", "mfa-token-rejected")
    assert actor.sign_out().kind == "done"
    assert said(actor.open_profile()) == ("refused", "access-token-rejected")
    assert way.violations() == []
    quick = gateway(acme(resendWait=1e-6))
    actor = portal(quick)
    actor.sign_in(MAILED, PASSPHRASE)
    assert actor.request_code().kind == "code-asked"
    assert actor.enter_code(it.code(CODES)).kind == "signed-in"
    assert quick.violations() == []


def test_a_client_that_sends_nothing_else_signs_in_too(way: Gateway) -> None:
    assert ApiActor(way, PLAIN_CLIENT).sign_in(PLAIN, PASSPHRASE).kind == "signed-in"


def test_refusals_of_the_passphrase_have_their_names(way: Gateway) -> None:
    actor = portal(way)
    assert said(actor.sign_in(SUSPENDED, PASSPHRASE)) == ("refused", "account-suspended")
    for _ in range(3):
        assert said(actor.sign_in(PLAIN, "wrong")) == ("refused", "invalid-credentials")
    locked = actor.sign_in(PLAIN, PASSPHRASE)
    assert said(locked) == ("refused", "account-locked")
    assert locked.wait in range(1, 601)
    assert said(actor.sign_in(PLAIN, "")) == ("refused", "invalid-request")
    assert way.violations() == []


def test_a_link_resets_the_password(way: Gateway, post: Post) -> None:
    actor = portal(way)
    assert actor.request_reset(PLAIN).kind == "done"
    link = post.to(PLAIN)[0].split()[-1]
    assert actor.reset_password(link, NEW_PASSPHRASE).kind == "done"
    assert said(actor.reset_password(link, NEW_PASSPHRASE)) == ("refused", "reset-token-rejected")
    assert actor.sign_in(PLAIN, NEW_PASSPHRASE).kind == "signed-in"
    assert way.violations() == []


def test_support_finds_switches_and_unlocks(way: Gateway, post: Post) -> None:
    support, user = portal(way), portal(way)
    assert support.sign_in(AGENT, PASSPHRASE).kind == "signed-in"
    found = support.find_user(PLAIN).facts
    assert (found["email"], found["mfa_enabled"], found["organization"]) == (PLAIN, False, "north")
    assert support.find_user("nobody@north.example").facts == {}
    user_id, phone = str(found["user_id"]), Contact("phone", "+9995550001")
    assert said(support.enable_mfa(user_id, phone, confirmed=False)) == ("refused", "contact-unconfirmed")
    assert said(support.enable_mfa(user_id, phone, confirmed=None)) == ("refused", "invalid-request")
    enabled = support.enable_mfa(user_id, phone, confirmed=True)
    assert (enabled.kind, enabled.facts["mfa_enabled"]) == ("done", True)
    assert enabled.facts["contact_address"] == phone.address
    assert user.sign_in(PLAIN, PASSPHRASE).kind == "code-asked"
    assert [(to, "code for Acme" in text) for to, text in post.sent] == [(phone.address, False), (phone.address, True)]
    assert said(support.disable_mfa(user_id, identity_verified=False)) == ("refused", "identity-unverified")
    assert said(support.disable_mfa(user_id, identity_verified=None)) == ("refused", "invalid-request")
    assert support.disable_mfa(user_id, identity_verified=True).kind == "done"
    for _ in range(3):
        user.sign_in(PLAIN, "wrong")
    assert said(support.unlock(user_id, identity_verified=False)) == ("refused", "identity-unverified")
    assert said(support.unlock("0" * 16, identity_verified=True)) == ("refused", "user-not-found")
    assert support.unlock(user_id, identity_verified=True).kind == "done"
    assert user.sign_in(PLAIN, PASSPHRASE).kind == "signed-in"
    user_id = str(support.find_user(COLLEAGUE).facts["user_id"])
    assert said(user.enable_mfa(user_id, phone, confirmed=True)) == ("refused", "forbidden")
    assert way.violations() == []


@pytest.mark.parametrize("text", ["\ud800", "\u0627"])
def test_what_a_step_makes_up_and_no_cookie_can_hold_is_not_claimed(way: Gateway, text: str) -> None:
    actor = portal(way)
    assert actor.sign_in(MAILED, PASSPHRASE).kind == "code-asked"
    with pytest.raises(NotClaimed, match="verifyOtp takes mfa_token or otp where no such text can stand"):
        actor.attempt("verifyOtp", {"mfa_token": text, "otp": "123456"})
    assert actor.attempt("verifyOtp", {"otp": text}).kind == "refused"
