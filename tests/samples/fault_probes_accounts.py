"""Probes of faults: Support, password reset, access tokens and errors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import jwt
from fault_probes import IDENTITY, WRONG, by, enabling, lock, shows, statuses, wrong

from reference_server import Store
from servinix_conformance.forgery import FORGERIES, forged

if TYPE_CHECKING:
    from tests.unit.reference_server.conftest import Stage

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
