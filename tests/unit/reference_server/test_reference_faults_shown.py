"""Each fault, shown to answer differently from the right server at the point that it names."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from reference_server import Store
from reference_server.faults import FAULTS, Fault
from reference_server.model import Challenge
from reference_server.passwords import Passwords
from reference_server.settings import Policy
from servinix_conformance.forgery import FORGERIES, forged

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.unit.reference_server.conftest import Person, Stage

    Probe = Callable[[Stage], object]

PROBES: dict[str, Probe] = {}
WRONG = "wrong password"
NUMBER = "+15550100123"
PHONE = {"channel": "phone", "address": NUMBER}


def shows(*faults: str) -> Callable[[Probe], Probe]:
    """Mark what a right server and these wrong ones answer differently."""

    def note(probe: Probe) -> Probe:
        PROBES.update(dict.fromkeys(faults, probe))
        return probe

    return note


# What is wrong with pages shows in a browser: tests/faults looks there.
ANSWERING = {name: one for name, one in FAULTS.items() if one.part != "pages"}


def test_every_fault_is_shown() -> None:
    assert PROBES.keys() == ANSWERING.keys()


@pytest.mark.parametrize("one", ANSWERING.values(), ids=list(ANSWERING))
def test_a_fault_shows(one: Fault, set_stage: type[Stage]) -> None:
    probe, replaced = PROBES[one.id], {one.part: one.replacement}
    policy = Policy(recovery_after_failures=20)
    right: list[object] = [probe(set_stage(policy=policy)) for _ in range(2)]
    assert right[0] == right[1]
    options: dict[str, Any] = {"policy": policy} | replaced
    assert probe(set_stage(**options)) != right[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def statuses(*answers: TestResponse) -> list[int]:
    return [answer.status_code for answer in answers]


def lock(stage: Stage, person: Person) -> None:
    for _ in range(5):
        stage.sign_in(person, WRONG)


def by(  # noqa: PLR0913 - who does what to whom
    stage: Stage, role: str, person: Person, what: str, body: object, *, colleague: bool = True
) -> TestResponse:
    organization = {"organization": person.organization} if colleague else {}
    actor = stage.token(stage.person(role=role, **organization))
    return stage.call("POST", f"/support/users/{person.id}/{what}", body, bearer=actor)


def enabling(person: Person, **more: object) -> dict[str, object]:
    return {"contact": {"channel": "email", "address": person.email}, "contact_confirmed": True} | more


IDENTITY = {"identity_verified": True}


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


@shows("open-on-outage", "old-code-dies-on-outage")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, code = stage.challenge(person)
    early = stage.resend(mfa_token)
    stage.pass_time(person, 30)
    stage.outage(person.email)
    refused = stage.sign_in(person), stage.resend(mfa_token)
    return statuses(early, *refused, stage.verify(mfa_token, code))


@shows("code-in-subject")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    stage.challenge(person)
    return [bool(re.search("[0-9]", message["subject"])) for message in stage.messages(person.email)]


@shows("contact-in-answer")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    return person.email in stage.sign_in(person).get_data(as_text=True)


# Passcodes


@shows("code-never-expires", "code-expires-late", "code-lives-for-an-hour")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    challenge = stage.challenge(person)
    stage.pass_time(person, 300)
    return statuses(stage.verify(*challenge))


@shows("code-expires-at-once")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    challenge = stage.challenge(person)
    stage.pass_time(person, 5)
    return statuses(stage.verify(*challenge))


@shows("fresh-code-refused-after-rejection")
def _(stage: Stage) -> object:
    mfa_token, code = stage.challenge(stage.mfa_person())
    return statuses(stage.verify(mfa_token, wrong(code)), stage.verify(mfa_token, code))


@shows("mfa-token-never-expires", "mfa-token-renewed")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, _ = stage.challenge(person)
    stage.pass_time(person, 500)
    stage.resend(mfa_token)
    stage.pass_time(person, 100)
    return statuses(stage.verify(mfa_token, stage.codes(person.email)[-1]))


@shows("mfa-token-renewed-by-wrong-code")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, code = stage.challenge(person)
    stage.verify(mfa_token, wrong(code))
    stage.pass_time(person, 600)
    return statuses(stage.resend(mfa_token))


@shows("challenge-life-told-anew")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, _ = stage.challenge(person)
    stage.pass_time(person, 100)
    return stage.resend(mfa_token).get_json()["expires_in"]


@shows("policy-published-is-another")
def _(stage: Stage) -> object:
    return stage.support_call("GET", "/policy").get_json()


@shows("code-of-another-user")
def _(stage: Stage) -> object:
    (mfa_token, own), (_, others) = stage.challenge(stage.mfa_person()), stage.challenge(stage.mfa_person())
    return statuses(stage.verify(mfa_token, others)) if own != others else [401]


@shows("code-of-another-challenge")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    (_, earlier), (mfa_token, own) = stage.challenge(person), stage.challenge(person)
    return statuses(stage.verify(mfa_token, earlier)) if own != earlier else [401]


@shows("code-reusable")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    first, code = stage.challenge(person)
    stage.verify(first, code)
    second, own = stage.challenge(person)
    return statuses(stage.verify(second, code)) if own != code else [401]


@shows("mfa-token-reusable")
def _(stage: Stage) -> object:
    challenge = stage.challenge(stage.mfa_person())
    return statuses(stage.verify(*challenge), stage.verify(*challenge))


@shows("double-spend")
def _(stage: Stage) -> object:
    # What the second of two sees: it found the challenge open, and it is gone by the time it is consumed.
    gone = Challenge(
        token_digest="digest",
        user_id="user",
        client_id="web-portal",
        otp_digest="otp",
        otp_expires_at=300.0,
        expires_at=600.0,
    )
    store: Store = stage.parts["store"]("sqlite://")
    return store.consume_challenge(gone)


@shows("old-code-after-resend", "new-code-after-resend-dead")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, old = stage.challenge(person)
    stage.pass_time(person, 30)
    stage.resend(mfa_token)
    new = stage.codes(person.email)[-1]
    return statuses(stage.verify(mfa_token, old), stage.verify(mfa_token, new)) if old != new else [401, 200]


@shows("same-code-on-resend")
def _(stage: Stage) -> object:
    person, same = stage.mfa_person(), 0
    for _ in range(3):
        mfa_token, old = stage.challenge(person)
        stage.pass_time(person, 30)
        stage.resend(mfa_token)
        same += stage.codes(person.email)[-1] == old
    return same == 3


@shows("no-leading-zero")
def _(stage: Stage) -> object:
    tokens = stage.parts["tokens"](stage.settings)
    return any(tokens.draw_otp().startswith("0") for _ in range(400))


@shows("codes-in-a-row")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    codes = [int(stage.challenge(person)[1]) for _ in range(4)]
    return len({(later - code) % 10**6 for code, later in pairwise(codes)}) > 1


@shows("codes-from-a-small-range")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    return any(stage.challenge(person)[1][:2] != "00" for _ in range(4))


@shows("code-by-the-clock")
def _(stage: Stage) -> object:
    person, codes = stage.mfa_person(), set()
    for _ in range(5):
        codes.add(stage.challenge(person)[1])
    return len(codes) > 1


@shows("leading-zero-lost")
def _(stage: Stage) -> object:
    mfa_token, _ = stage.challenge(stage.mfa_person())
    return statuses(stage.verify(mfa_token, "12345"), stage.verify(mfa_token, ""))


@shows("challenge-survives-reset")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    challenge = stage.challenge(person)
    stage.confirm_reset(stage.reset_token(person))
    return statuses(stage.verify(*challenge))


@shows("challenge-survives-lock", "support-cannot-unlock", "lock-ignores-right-code")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    challenge = stage.challenge(person)
    lock(stage, person)
    during = stage.verify(*challenge)
    unlocked = by(stage, "support", person, "unlock", IDENTITY)
    return statuses(during, unlocked, stage.verify(*challenge), stage.sign_in(person))


@shows("challenge-survives-disable")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    challenge = stage.challenge(person)
    by(stage, "support", person, "mfa/disable", IDENTITY)
    return statuses(stage.verify(*challenge))


@shows("sign-in-ends-other-challenges")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    challenge = stage.challenge(person)
    stage.challenge(person)
    return statuses(stage.verify(*challenge))


@shows(
    "wrong-password-ends-challenges",
    "wrong-code-ends-other-challenges",
    "wrong-codes-end-all-challenges",
    "challenge-survives-otp-lock",
)
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    early, (token, code) = stage.challenge(person), stage.challenge(person)
    stage.sign_in(person, WRONG)
    after_password = stage.resend_kind(early[0])
    stage.verify(token, wrong(code))
    after_code = stage.resend_kind(early[0])
    for _ in range(4):
        stage.verify(token, wrong(code))
    after_challenge = stage.resend_kind(early[0])
    token, code = stage.challenge(person)
    for _ in range(5):
        stage.verify(token, wrong(code))
    by(stage, "support", person, "unlock", IDENTITY)
    return after_password, after_code, after_challenge, stage.resend_kind(early[0])


@shows("full-sign-in-ends-other-challenges", "new-code-ends-other-challenges")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    (early, _), (late, _) = stage.challenge(person), stage.challenge(person)
    stage.pass_time(person, 30)
    stage.resend(late)
    after_new_code = stage.resend_kind(early)
    stage.verify(late, stage.codes(person.email)[-1])
    return after_new_code, stage.resend_kind(early)


@shows(
    "lock-ends-challenges-of-colleagues",
    "disable-ends-challenges-of-colleagues",
    "reset-ends-sessions-of-colleagues",
)
def _(stage: Stage) -> object:
    person, other = stage.mfa_person(), stage.mfa_person()
    colleague = stage.mfa_person(organization=person.organization)
    seen = [stage.opens(session := stage.token(colleague))]
    for happens in (
        lambda: lock(stage, person),
        lambda: by(stage, "support", person, "mfa/disable", IDENTITY),
        lambda: stage.confirm_reset(stage.reset_token(person)),
    ):
        mfa_token, _ = stage.challenge(colleague)
        happens()
        seen.append(stage.resend_kind(mfa_token) == stage.resend_kind(stage.challenge(other)[0]))
    return seen, stage.opens(session)


@shows(
    "reset-ends-otp-lock", "reset-moves-codes-to-email", "reset-request-ends-challenges", "reset-ends-the-code-alone"
)
def _(stage: Stage) -> object:
    person = stage.mfa_person(contact=PHONE)
    mfa_token = stage.sign_in(person).get_json()["mfa_token"]
    link = stage.reset_token(person)
    asked = stage.resend_kind(mfa_token)
    stage.confirm_reset(link)
    after = stage.resend_kind(mfa_token), len(stage.codes(person.email))
    locked = stage.mfa_person()
    stage.lock_by_codes(locked)
    stage.confirm_reset(stage.reset_token(locked))
    stage.sign_in(person, "a new passphrase")
    return asked, after, len(stage.codes(person.email)), statuses(stage.sign_in(locked, "a new passphrase"))


# Inputs


@shows("many-codes-per-request", "unicode-digits", "blanks-in-code", "number-as-code", "true-as-code", "empty-code")
def _(stage: Stage) -> object:
    person, seen = stage.mfa_person(), []
    for disguise in (
        lambda code: [wrong(code), code],
        lambda code: "".join(chr(ord(digit) + 0xFEE0) for digit in code),
        lambda code: f" {code}\n",
        int,
        lambda _: True,
        lambda _: "",
    ):
        mfa_token, code = stage.challenge(person)
        seen.append(stage.verify(mfa_token, disguise(code)).status_code)
    return seen


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


# Support


@shows("enabling-ends-sessions", "enable-for-organization")
def _(stage: Stage) -> object:
    person = stage.person()
    colleague, token = stage.person(organization=person.organization), stage.token(person)
    by(stage, "support", person, "mfa/enable", enabling(person), colleague=False)
    return stage.opens(token), statuses(stage.sign_in(colleague))


@shows("disable-for-organization", "disable-keeps-challenge")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    colleague = stage.mfa_person(organization=person.organization)
    by(stage, "support", person, "mfa/disable", IDENTITY)
    return statuses(stage.sign_in(person), stage.sign_in(colleague))


@shows("user-toggles-mfa")
def _(stage: Stage) -> object:
    person, other = stage.person(), stage.person()
    token, path = stage.token(person), f"/support/users/{person.id}/mfa"
    answers = [
        stage.call("POST", f"{path}/enable", enabling(person), bearer=token),
        stage.call("POST", f"{path}/disable", IDENTITY, bearer=token),
        stage.call("POST", f"/support/users/{other.id}/mfa/enable", enabling(person), bearer=token),
        stage.call("POST", f"/support/users/{other.id}/mfa/disable", IDENTITY, bearer=token),
    ]
    return statuses(*answers)


@shows("admin-cannot-enable")
def _(stage: Stage) -> object:
    person = stage.person()
    return statuses(by(stage, "admin", person, "mfa/enable", enabling(person)))


@shows("enable-without-contact", "unconfirmed-contact-registered")
def _(stage: Stage) -> object:
    person = stage.person()
    body = enabling(person, contact_confirmed=False)
    answer = by(stage, "support", person, "mfa/enable", body)
    return statuses(answer, by(stage, "support", person, "mfa/enable", {}), stage.sign_in(person))


@shows("admin-disables-mfa", "admin-crosses-organizations")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    stranger = by(stage, "admin", person, "mfa/enable", enabling(person), colleague=False)
    return statuses(stranger, by(stage, "admin", person, "mfa/disable", IDENTITY))


@shows("identity-check-optional", "disable-without-identity")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    bodies: list[object] = [{}, {"identity_verified": False}]
    return statuses(*(by(stage, "support", person, "mfa/disable", body) for body in bodies))


@shows("unlock-leaves-otp-lock")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    stage.lock_by_codes(person)
    by(stage, "support", person, "unlock", IDENTITY)
    return statuses(stage.sign_in(person))


@shows("member-finds-users")
def _(stage: Stage) -> object:
    person = stage.person()
    return statuses(stage.call("GET", f"/support/users?email={person.email}", bearer=stage.token(person)))


@shows("anybody-unlocks", "disable-open-to-strangers")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    lock(stage, person)
    path = f"/support/users/{person.id}"
    unlocked = by(stage, "member", person, "unlock", IDENTITY)
    return statuses(unlocked, stage.call("POST", f"{path}/mfa/disable", IDENTITY))


@shows("reset-tells-nobody")
def _(stage: Stage) -> object:
    person = stage.person()
    reset_token = stage.reset_token(person)
    stage.call("POST", "/auth/password-reset/confirm", {"reset_token": reset_token, "new_password": "a new passphrase"})
    return len(stage.messages(person.email))


@shows("no-notices")
def _(stage: Stage) -> object:
    person = stage.person()
    by(stage, "support", person, "mfa/enable", enabling(person))
    return len(stage.messages(person.email))


# Password reset


@shows("no-reset-mail", "reset-mail-to-contact", "link-from-host-header")
def _(stage: Stage) -> object:
    person = stage.person(contact=PHONE)
    headers = {"Host": "evil.example"}
    stage.call("POST", "/auth/password-reset", {"email": person.email}, headers=headers)
    return ["evil" in message["body"] for message in stage.messages(person.email)]


@shows("folded-email")
def _(stage: Stage) -> object:
    stage.person(email="folded@example.com")
    stage.call("POST", "/auth/password-reset", {"email": "FOLDED@example.com"})
    return len(stage.messages("FOLDED@example.com"))


@shows("reset-link-never-expires", "reset-link-expires-late")
def _(stage: Stage) -> object:
    person = stage.person()
    token = stage.reset_token(person)
    stage.pass_time(person, 3600)
    return statuses(stage.confirm_reset(token))


@shows("old-reset-link-valid")
def _(stage: Stage) -> object:
    person = stage.person()
    old, _ = stage.reset_token(person), stage.reset_token(person)
    return statuses(stage.confirm_reset(old))


@shows(
    "old-password-still-works",
    "new-password-ignored",
    "sessions-survive-reset",
    "reset-link-reusable",
    "reset-signs-in",
    "reset-switches-mfa-off",
)
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    session, link = stage.token(person), stage.reset_token(person)
    answers = stage.confirm_reset(link, "a new passphrase"), stage.confirm_reset(link, "a new passphrase")
    old, new = stage.sign_in(person), stage.sign_in(person, "a new passphrase")
    return statuses(*answers, old, new), stage.opens(session)


@shows("reset-link-double-spend")
def _(stage: Stage) -> object:
    # What the second of two sees: it found the link good, and it is gone by the time it is consumed.
    store: Store = stage.parts["store"]("sqlite://")
    return store.consume_reset_token("digest", 0.0)


@shows("unknown-user-told-by-reset")
def _(stage: Stage) -> object:
    emails = stage.person().email, "nobody@example.com"
    return statuses(*(stage.call("POST", "/auth/password-reset", {"email": email}) for email in emails))


# Access tokens


@shows("mfa-token-opens-api")
def _(stage: Stage) -> object:
    mfa_token, _ = stage.challenge(stage.mfa_person())
    return stage.opens(mfa_token), stage.opens(stage.token(stage.person()))


@shows("access-token-continues-sign-in")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    token = stage.token(person)
    return statuses(stage.verify(token, stage.challenge(person)[1]))


@shows(
    *("alg-none", "signature-ignored", "signature-left-out", "signature-of-zeros", "public-key-as-secret"),
    *("secret-easily-guessed", "key-from-token", "key-from-address", "key-from-file"),
)
def _(stage: Stage) -> object:
    token, keys = stage.token(stage.person()), stage.call("GET", "/.well-known/jwks.json").get_json()["keys"]
    opened = [forgery for forgery in FORGERIES if any(map(stage.opens, forged(token, forgery, keys)))]
    return opened, stage.opens(token)


@shows("exp-ignored", "access-token-lives-longer")
def _(stage: Stage) -> object:
    person = stage.person()
    token = stage.token(person)
    stage.pass_time(person, 900)
    return stage.opens(token)


@shows("sign-out-keeps-token", "sign-out-ends-all")
def _(stage: Stage) -> object:
    person = stage.person()
    one, other = stage.token(person), stage.token(person)
    stage.call("POST", "/auth/sign-out", bearer=one)
    return stage.opens(one), stage.opens(other)


@shows("sign-in-revives-token")
def _(stage: Stage) -> object:
    person = stage.person()
    old = stage.token(person)
    stage.call("POST", "/auth/sign-out", bearer=old)
    return stage.opens(stage.token(person)), stage.opens(old)


@shows("token-in-query")
def _(stage: Stage) -> object:
    return statuses(stage.call("GET", f"/me?access_token={stage.token(stage.person())}"))


@shows("token-may-be-stored")
def _(stage: Stage) -> object:
    return stage.verify(*stage.challenge(stage.mfa_person())).headers.get("Cache-Control")


@shows("no-challenge-to-bearer")
def _(stage: Stage) -> object:
    return stage.call("GET", "/me").headers.get("WWW-Authenticate")


@shows("address-in-token")
def _(stage: Stage) -> object:
    return sorted(jwt.decode(stage.token(stage.person()), options={"verify_signature": False}))


@shows("amr-says-password-only", "amr-says-code-always")
def _(stage: Stage) -> object:
    tokens = stage.token(stage.mfa_person()), stage.token(stage.person())
    return [jwt.decode(token, options={"verify_signature": False})["amr"] for token in tokens]


# Errors


@shows("traceback-in-error")
def _(stage: Stage) -> object:
    return stage.call("POST", "/auth/sign-in", data=b"{", content_type="application/json").get_json()


@shows("exception-in-error")
def _(stage: Stage) -> object:
    return stage.call("GET", "/me", bearer="no token").get_json()


@shows("query-in-error")
def _(stage: Stage) -> object:
    return stage.confirm_reset("no token").get_json()


@shows("version-in-header")
def _(stage: Stage) -> object:
    return sorted(stage.sign_in(stage.person()).headers.keys())


@shows("odd-body-is-500")
def _(stage: Stage) -> object:
    return statuses(stage.call("POST", "/auth/sign-in", data=b"{", content_type="application/json"))


@shows("odd-password-is-500", "odd-code-is-500")
def _(stage: Stage) -> object:
    mfa_token, _ = stage.challenge(stage.mfa_person())
    return statuses(stage.sign_in(stage.person(), "a\0b"), stage.verify(mfa_token, "no number"))


# One of two neighbours is wrong


@shows("admin-enables-everywhere", "colleague-disables-mfa", "locked-unlock-themselves", "unlock-without-identity")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    own = stage.token(person)
    lock(stage, person)
    return statuses(
        by(stage, "admin", person, "mfa/enable", enabling(person), colleague=False),
        by(stage, "member", person, "mfa/disable", IDENTITY),
        stage.call("POST", f"/support/users/{person.id}/unlock", IDENTITY, bearer=own),
        by(stage, "support", person, "unlock", {"identity_verified": False}),
    )


@shows("disable-tells-nobody", "unlock-tells-nobody")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    for what in ("mfa/disable", "unlock"):
        by(stage, "support", person, what, IDENTITY)
    return [message["subject"] for message in stage.messages(person.email)]


@shows("password-answer-may-be-stored", "new-code-may-be-stored", "new-code-in-answer")
def _(stage: Stage) -> object:
    person = stage.mfa_person()
    mfa_token, _ = stage.challenge(person)
    stage.pass_time(person, 30)
    first, renewed = stage.sign_in(stage.person()), stage.resend(mfa_token)
    return [answer.headers.get("Cache-Control") for answer in (first, renewed)], sorted(renewed.get_json())


@shows("no-challenge-to-ended-token")
def _(stage: Stage) -> object:
    return stage.call("GET", "/me", bearer="over").headers.get("WWW-Authenticate")


@shows("missing-code-fits-used-one", "code-by-put", "no-body-limit-for-codes", "exception-at-wrong-code")
def _(stage: Stage) -> object:
    mfa_token, code = stage.challenge(stage.mfa_person())
    refused = stage.verify(mfa_token, wrong(code)).get_json()
    body = {"mfa_token": mfa_token, "otp": code}
    large = stage.call("POST", "/auth/mfa/verify", body | {"padding": "x" * 20_000})
    put = stage.call("PUT", "/auth/mfa/verify", body)
    return refused, statuses(large, put, stage.verify(mfa_token, code), stage.verify(mfa_token, ""))


@shows("password-and-more")
def _(stage: Stage) -> object:
    person = stage.person()
    return statuses(stage.sign_in(person, f"{person.password}x"))


@shows("guesses-at-once-count-twice")
def _(stage: Stage) -> object:
    person = stage.person()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: stage.sign_in(person, WRONG), range(4)))
    return statuses(stage.sign_in(person))
