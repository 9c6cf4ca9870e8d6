"""Probes of faults: deliveries that fail, and links in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fault_probes import PHONE, shows, statuses

if TYPE_CHECKING:
    from tests.unit.reference_server.conftest import Stage


@shows(
    "open-on-outage",
    "old-code-dies-on-outage",
    "any-code-on-outage",
    "earlier-code-on-outage",
    "new-code-opens-on-outage",
    "outage-untold",
)
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, code = stage.challenge(person)
    early = stage.resend(mfa_token)
    stage.pass_time(person, 30)
    stage.outage(person.email)
    refused = stage.sign_in(person), stage.resend(mfa_token)
    token = (refused[1].get_json() or {}).get("access_token", "")
    return statuses(early, *refused, stage.verify(mfa_token, code)), stage.opens(token)


@shows("outage-costs-the-wait")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, _ = stage.challenge(person)
    stage.pass_time(person, 30)
    stage.outage(person.email)
    refused = stage.resend(mfa_token)
    stage.outage(person.email, failing=False)
    return statuses(refused, stage.resend(mfa_token))


@shows("outage-told-by-reset")
def _(stage: Stage) -> object:
    person = stage.person()
    stage.outage(person.email)
    return statuses(stage.call("POST", "/auth/password-reset", {"email": person.email}))


@shows("no-reset-mail", "reset-mail-to-contact", "link-from-host-header")
def _(stage: Stage) -> object:
    person = stage.person(contact=PHONE)
    headers = {"Host": "evil.example"}
    stage.call("POST", "/auth/password-reset", {"email": person.email}, headers=headers)
    return ["evil" in message["body"] for message in stage.messages(person.email)]


@shows("link-from-forwarded-header", "link-scheme-from-header", "message-names-the-origin")
def _(stage: Stage) -> object:
    person = stage.person()
    headers = {"Forwarded": "host=evil.example", "X-Forwarded-Proto": "gopher", "Origin": "https://evil.example"}
    stage.call("POST", "/auth/password-reset", {"email": person.email}, headers=headers)
    return [any(word in message["body"] for word in ("evil", "gopher")) for message in stage.messages(person.email)]


@shows("resend-wait-told-too-long")
def _(stage: Stage) -> object:
    answer: dict[str, object] = stage.sign_in(stage.mfa_person()).get_json()
    return answer["resend_after"]
