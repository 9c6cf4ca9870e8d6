"""Probes of faults: passwords, counts and locks."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from fault_probes import WRONG, lock, shows, statuses, wrong

from reference_server import Store
from reference_server.passwords import Passwords

if TYPE_CHECKING:
    from tests.unit.reference_server.conftest import Stage

# Passwords


@shows("wrong-password-signs-in", "password-trimmed", "long-password-refused")
def _(stage: Stage) -> object:
    person, careful = stage.person(), stage.person(password=64 * "x")
    return statuses(
        stage.sign_in(person, f"{person.password}no"),
        stage.sign_in(person, f" {person.password}     "),
        stage.sign_in(careful),
    )


@shows("email-folded-at-sign-in", "email-trimmed-at-sign-in", "email-tag-ignored")
def _(stage: Stage) -> object:
    person = stage.person()
    variants = person.email.upper(), f" {person.email}", person.email.replace("@", "+tag@")
    bodies = [{"email": variant, "password": person.password} for variant in variants]
    return statuses(*(stage.call("POST", "/auth/sign-in", body) for body in bodies))


@shows("unknown-user-told-apart")
def _(stage: Stage) -> object:
    unknown = stage.call("POST", "/auth/sign-in", {"email": "nobody@example.com", "password": WRONG})
    return unknown.get_data() == stage.sign_in(stage.person(), WRONG).get_data()


@shows("suspension-told-without-password", "suspension-told-by-reset")
def _(stage: Stage) -> object:
    person = stage.person(status="suspended")
    reset = stage.call("POST", "/auth/password-reset", {"email": person.email})
    return statuses(stage.sign_in(person, WRONG), reset)


@shows("mfa-told-without-password")
def _(stage: Stage) -> object:
    return stage.sign_in(stage.mfa_person(), WRONG).get_data() == stage.sign_in(stage.person(), WRONG).get_data()


@shows("locking-attempt-told")
def _(stage: Stage) -> object:
    person = stage.person()
    return statuses(*(stage.sign_in(person, WRONG) for _ in range(6)))


@shows("unknown-user-answers-fast")
def _(stage: Stage) -> object:
    rules = stage.parts["rules"](stage.settings, Store("sqlite://"), stage.parts["tokens"](stage.settings))
    rules.passwords = Counting("test")
    rules.password_matches(rules.account_or_nobody("nobody@example.com"), WRONG)
    return rules.passwords.verified


@shows("mfa-user-answers-late")
def _(stage: Stage) -> object:
    rules = stage.parts["rules"](stage.settings, Store("sqlite://"), stage.parts["tokens"](stage.settings))
    account, took = replace(rules.account_or_nobody("ada@example.com"), mfa_enabled=True), []
    for _ in range(5):
        began = time.monotonic()
        rules.password_matches(account, WRONG)
        took.append(time.monotonic() - began)
    return min(took) > 0.02


class Counting(Passwords):
    """Counts how often a password is verified."""

    verified = 0

    def verify(self, password_hash: str, password: str) -> bool:
        self.verified += 1
        return super().verify(password_hash, password)


# Counts and locks


@shows("never-locks", "lock-never-clears", "lock-too-short", "lock-too-long", "retry-after-missing-a-minute")
@shows("retry-after-of-the-whole-lock")
def _(stage: Stage) -> object:
    person = stage.person()
    lock(stage, person)
    stage.pass_time(person, 1)
    refused = stage.sign_in(person)
    wait = refused.headers.get("Retry-After")
    stage.pass_time(person, 898)
    before = stage.sign_in(person)
    stage.pass_time(person, 1)
    return wait, statuses(refused, before, stage.sign_in(person))


@shows("lock-without-mfa-only", "lock-ignores-right-password")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    lock(stage, person)
    return statuses(stage.sign_in(person, WRONG), stage.sign_in(person))


@shows("attempts-extend-lock")
def _(stage: Stage) -> object:
    person = stage.person()
    lock(stage, person)
    stage.pass_time(person, 899)
    stage.sign_in(person)
    stage.pass_time(person, 1)
    return statuses(stage.sign_in(person))


@shows("failures-in-a-lock-begin-another")
def _(stage: Stage) -> object:
    person = stage.person()
    lock(stage, person)
    stage.pass_time(person, 899)
    lock(stage, person)
    stage.pass_time(person, 1)
    return statuses(stage.sign_in(person))


@shows("resend-wait-told-too-short")
def _(stage: Stage) -> object:
    return stage.resend(stage.challenge(stage.mfa_person())[0]).headers["Retry-After"]


@shows("only-real-users-lock")
def _(stage: Stage) -> object:
    body = {"email": "nobody@example.com", "password": WRONG}
    return statuses(*(stage.call("POST", "/auth/sign-in", body) for _ in range(6)))


@shows("trusts-other-address-headers")
def _(stage: Stage) -> object:
    body = {"email": stage.person().email, "password": WRONG}
    return [
        stage.call("POST", "/auth/sign-in", body, headers={"X-Real-IP": f"10.0.0.{number}"}).status_code
        for number in range(6)
    ]


@shows("challenge-guesses-by-forwarded-for", "resend-wait-by-forwarded-for")
def _(stage: Stage) -> object:
    headers = {"X-Forwarded-For": "10.0.0.1"}
    mfa_token, code = stage.challenge(stage.mfa_person())
    resent = stage.call("POST", "/auth/mfa/resend", {"mfa_token": mfa_token}, headers=headers)
    mfa_token, code = stage.challenge(stage.mfa_person())
    for _ in range(5):
        stage.call("POST", "/auth/mfa/verify", {"mfa_token": mfa_token, "otp": wrong(code)}, headers=headers)
    return statuses(resent, stage.verify(mfa_token, code))


@shows("trusts-forwarded-for")
def _(stage: Stage) -> object:
    person, seen = stage.mfa_person(), []
    for number in range(6):
        body, headers = {"email": person.email, "password": WRONG}, {"X-Forwarded-For": f"10.0.0.{number}"}
        seen.append(stage.call("POST", "/auth/sign-in", body, headers=headers).status_code)
    other = stage.mfa_person()
    mfa_token, code = stage.challenge(other)
    for _ in range(6):
        body, headers = {"mfa_token": mfa_token, "otp": wrong(code)}, {"X-Forwarded-For": "10.0.0.1"}
        seen.append(stage.call("POST", "/auth/mfa/verify", body, headers=headers).status_code)
    stage.verify(mfa_token, wrong(code))
    return seen, statuses(stage.verify(mfa_token, code))


@shows(
    "no-guess-limit",
    "otp-failures-not-counted",
    "count-rolled-back",
    "sign-in-resets-count",
    "resend-resets-count",
    "resend-resets-account-count",
    "challenge-outlives-wrong-codes",
)
def _(stage: Stage) -> object:
    person, other = stage.mfa_person(), stage.mfa_person()
    for _ in range(2):
        mfa_token, code = stage.challenge(person)
        for _ in range(5):
            stage.verify(mfa_token, wrong(code))
        spent = stage.verify(mfa_token, code)
    for _ in range(5):
        mfa_token, code = stage.challenge(other)
        for _ in range(2):
            stage.verify(mfa_token, wrong(code))
            stage.pass_time(other, 30)
            stage.resend(mfa_token)
            code = stage.codes(other.email)[-1]
    return statuses(spent, stage.sign_in(person), stage.sign_in(other))


@shows("count-not-atomic")
def _(stage: Stage) -> object:
    mfa_token, code = stage.challenge(stage.mfa_person())
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: stage.verify(mfa_token, wrong(code)), range(12)))
    return statuses(stage.verify(mfa_token, code))


@shows("password-count-not-atomic")
def _(stage: Stage) -> object:
    person = stage.person()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: stage.sign_in(person, WRONG), range(5)))
    return statuses(stage.sign_in(person))


@shows("password-stage-clears-password-count")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    for _ in range(4):
        stage.sign_in(person, WRONG)
    stage.challenge(person)
    stage.sign_in(person, WRONG)
    return statuses(stage.sign_in(person))


@shows("one-client-uncounted", "wrong-password-forgets-codes")
def _(stage: Stage) -> object:
    person, other = stage.mfa_person(), stage.mfa_person()
    for _ in range(3):
        mfa_token, code = stage.challenge(person, client_id="servinix-go")
        for _ in range(4):
            stage.verify(mfa_token, wrong(code))
        mfa_token, code = stage.challenge(other)
        for _ in range(4):
            stage.verify(mfa_token, wrong(code))
        refused = stage.sign_in(other, WRONG)
    return statuses(refused, stage.sign_in(person), stage.sign_in(other))


@shows("full-sign-in-keeps-password-count")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    for _ in range(2):
        for _ in range(4):
            stage.sign_in(person, WRONG)
        last = stage.sign_in(person)
        stage.verify(last.get_json().get("mfa_token", ""), stage.codes(person.email)[-1])
    return statuses(last)


@shows("full-sign-in-keeps-count")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    for _ in range(3):
        last = stage.sign_in(person)
        mfa_token, code = last.get_json().get("mfa_token", ""), stage.codes(person.email)[-1]
        for _ in range(4):
            stage.verify(mfa_token, wrong(code))
        stage.verify(mfa_token, code)
    return statuses(last)


@shows("recovery-never-required", "recovery-after-a-thousand", "lock-forgets-failures")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    for _ in range(2):
        stage.lock_by_codes(person)
        stage.pass_time(person, 900)
    return statuses(stage.sign_in(person))


@shows("lock-for-the-organization")
def _(stage: Stage) -> object:
    person = stage.person()
    colleague = stage.person(organization=person.organization)
    lock(stage, person)
    return statuses(stage.sign_in(colleague))
