"""Probes of faults: the two stages and delivery."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from fault_probes import PHONE, WRONG, shows, statuses, wrong

if TYPE_CHECKING:
    from tests.unit.reference_server.conftest import Stage

# The two stages


@shows("password-is-enough", "enrolment-ignored", "rejected-code-waives-mfa", "remembers-the-user")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    first = stage.sign_in(person)
    mfa_token, code = first.get_json().get("mfa_token", ""), [*stage.codes(person.email), "000000"][0]
    stage.verify(mfa_token, wrong(code))
    after_rejection = stage.sign_in(person)
    token = stage.token(person)
    return statuses(after_rejection, stage.sign_in(person)), stage.opens(token)


@shows("otp-without-password")
def _(stage: Stage) -> object:
    return statuses(stage.sign_in(stage.mfa_person(), WRONG))


@shows("access-token-at-password-stage", "code-in-answer", "code-only-on-request", "two-messages")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    return sorted(stage.sign_in(person).get_json()), len(stage.messages(person.email))


@shows("mfa-users-need-client-id")
def _(stage: Stage) -> object:
    return statuses(stage.sign_in(stage.mfa_person()), stage.sign_in(stage.person()))


@shows("otp-token-dead")
def _(stage: Stage) -> object:
    return stage.opens(stage.token(stage.mfa_person()))


@shows("client-skips-mfa")
def _(stage: Stage) -> object:
    return statuses(stage.sign_in(stage.mfa_person(), client_id="servinix-go"))


@shows("client-cannot-verify")
def _(stage: Stage) -> object:
    return statuses(stage.verify(*stage.challenge(stage.mfa_person(), client_id="servinix-go")))


@shows("challenge-without-enrolment")
def _(stage: Stage) -> object:
    return statuses(stage.sign_in(stage.person()))


@shows("rejected-code-opens")
def _(stage: Stage) -> object:
    mfa_token, code = stage.challenge(stage.mfa_person())
    return statuses(stage.verify(mfa_token, wrong(code)))


@shows("any-code")
def _(stage: Stage) -> object:
    mfa_token, code = stage.challenge(stage.mfa_person())
    return statuses(stage.verify(mfa_token, wrong(code)))


@shows("master-code")
def _(stage: Stage) -> object:
    mfa_token, code = stage.challenge(stage.mfa_person())
    return statuses(stage.verify(mfa_token, "000000")) if code != "000000" else [401]


@shows("header-skips-mfa", "user-agent-skips-mfa", "old-client-skips-mfa", "put-skips-mfa")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    body, path = {"email": person.email, "password": person.password}, "/auth/sign-in"
    return statuses(
        stage.call("POST", path, body, headers={"X-Forwarded-For": "127.0.0.1"}),
        stage.call("POST", path, body, headers={"User-Agent": "kube-probe/1.30"}),
        stage.call("POST", path, body | {"client_id": "legacy"}),
        stage.call("PUT", path, body),
    )


@shows("remote-user-believed")
def _(stage: Stage) -> object:
    return statuses(stage.call("GET", "/me", headers={"X-Remote-User": stage.person().email}))


@shows("code-finds-its-user", "code-without-password", "empty-mfa-token", "complete-sign-in-revived")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    named = stage.call("POST", "/auth/mfa/resend", {"mfa_token": "none", "email": person.email})
    mfa_token, code = stage.challenge(person)
    empty = stage.verify("", code)
    found = stage.call("POST", "/auth/mfa/verify", {"mfa_token": "none", "otp": code, "email": person.email})
    stage.verify(mfa_token, code)
    stage.pass_time(person, 30)
    return statuses(named, empty, found, stage.resend(mfa_token))


@shows("user-from-password-stage")
def _(stage: Stage) -> object:
    person, victim = stage.person(), stage.person()
    token = stage.sign_in(person, user_id=victim.id).get_json()["access_token"]
    return stage.call("GET", "/me", bearer=token).get_json()["user_id"] == person.id


@shows("user-from-body")
def _(stage: Stage) -> object:
    person, victim = stage.mfa_person(), stage.person()
    seen = []
    for more in ({"email": victim.email}, {"user_id": victim.id}):
        mfa_token, code = stage.challenge(person)
        answer = stage.call("POST", "/auth/mfa/verify", {"mfa_token": mfa_token, "otp": code} | more)
        profile = stage.call("GET", "/me", bearer=answer.get_json()["access_token"]).get_json()
        seen.append(profile["user_id"] == person.id)
    return seen


@shows("suspended-signs-in", "suspended-with-mfa-signs-in")
def _(stage: Stage) -> object:
    people = stage.person(status="suspended"), stage.mfa_person(status="suspended")
    return statuses(*map(stage.sign_in, people))


@shows("password-in-list")
def _(stage: Stage) -> object:
    person = stage.person()
    body = {"email": person.email, "password": [person.password]}
    return statuses(stage.call("POST", "/auth/sign-in", body))


@shows("wildcard-in-address")
def _(stage: Stage) -> object:
    person = stage.person()
    body = {"email": "%" + person.email[1:], "password": person.password}
    return statuses(stage.call("POST", "/auth/sign-in", body))


@shows("outcome-from-body")
def _(stage: Stage) -> object:
    mfa_token, code = stage.challenge(stage.mfa_person())
    body = {"mfa_token": mfa_token, "otp": wrong(code), "success": True}
    return statuses(stage.call("POST", "/auth/mfa/verify", body))


@shows("role-from-body")
def _(stage: Stage) -> object:
    token = stage.sign_in(stage.person(), role="support").get_json()["access_token"]
    return stage.call("GET", "/me", bearer=token).get_json()["role"]


@shows("plain-text-taken", "sign-in-by-put", "no-body-limit")
def _(stage: Stage) -> object:
    person = stage.person()
    body = {"email": person.email, "password": person.password}
    text = stage.call("POST", "/auth/sign-in", data=json.dumps(body), content_type="text/plain")
    large = stage.call("POST", "/auth/sign-in", body | {"padding": "x" * 20_000})
    return statuses(text, stage.call("PUT", "/auth/sign-in", body), large)


@shows("password-cut-off")
def _(stage: Stage) -> object:
    person = stage.person()
    stage.confirm_reset(stage.reset_token(person), "x" * 100)
    return statuses(stage.sign_in(person, "x" * 72))


@shows("verified-from-body", "enrolment-from-body")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    return statuses(stage.sign_in(person, verified=True), stage.sign_in(person, mfa_enabled=False))


# Delivery


@shows("recipient-from-client", "code-to-account-email", "code-to-both")
def _(stage: Stage) -> object:
    person = stage.person(mfa_enabled=True, contact=PHONE)
    number, elsewhere = "%2B15550100123", "elsewhere@example.com"
    stage.sign_in(person)
    stage.sign_in(person, contact=elsewhere)
    stage.sign_in(person, contact={"channel": "email", "address": elsewhere})
    return [len(stage.messages(address)) for address in (person.email, number, elsewhere)]


@shows("wrong-password-sends-code")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    stage.sign_in(person, WRONG)
    stage.challenge(person)
    return len(stage.codes(person.email))


@shows("no-resend-wait", "resend-wait-too-long", "resend-never", "refused-resend-sends")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, _ = stage.challenge(person)
    answers = []
    for seconds in (0, 29, 1):
        stage.pass_time(person, seconds)
        answers.append(stage.resend(mfa_token))
    return statuses(*answers), len(stage.codes(person.email))


@shows("finished-sign-in-sends")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, code = stage.challenge(person)
    stage.verify(mfa_token, code)
    return statuses(stage.resend(mfa_token)), len(stage.codes(person.email))


@shows("resend-wait-shared")
def _(stage: Stage) -> object:
    person, other = stage.mfa_person(), stage.mfa_person()
    mfa_token, _ = stage.challenge(person)
    stage.pass_time(person, 30)
    stage.pass_time(other, 30)
    stage.challenge(other)
    refused = stage.resend(mfa_token)
    stage.pass_time(person, 30)
    return statuses(refused, stage.resend(mfa_token))


@shows("code-in-subject")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    stage.challenge(person)
    return [bool(re.search("[0-9]", message["subject"])) for message in stage.messages(person.email)]


@shows("contact-in-answer")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    return person.email in stage.sign_in(person).get_data(as_text=True)


@shows("stranger-registered")
def _(stage: Stage) -> object:
    return stage.call(
        "POST", "/auth/sign-in", {"email": "stranger@example.com", "password": "a long password"}
    ).status_code
