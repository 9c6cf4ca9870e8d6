"""Probes of faults: passcodes and other inputs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from fault_probes import IDENTITY, PHONE, WRONG, by, lock, shows, statuses, wrong

from reference_server import Store
from reference_server.model import Challenge

if TYPE_CHECKING:
    from tests.unit.reference_server.conftest import Stage

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
