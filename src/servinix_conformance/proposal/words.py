"""Names as words: how a vendor's spelling, case and favourite synonym are taken out of a name before it is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# One word for what many vendors call by many, a word or a sequence of them each.
_CALLED = {
    "signin": "signin, sign in, signon, sign on, login, log in, logon, log on, authenticate",
    "signout": "signout, sign out, signoff, sign off, logout, log out, logoff, log off",
    "signup": "signup, sign up, register, registration, enroll, enrol, enrollment, enrolment",
    "mfa": "mfa, 2fa, 2 fa, tfa, two factor, second factor, multi factor, multifactor, 2 step, two step, second step",
    "otp": "otp, totp, one time password, one time passcode, one time code, one time pin, one time pass code",
    "code": "code, codes, passcode, pass code, pin, tan, digits",
    "password": "password, pass word, passphrase, pass phrase, passwd, pwd",
    "email": "email, e mail, mail, emails",
    "username": "username, user name, login name",
    "userid": "userid, user id, person id, account id, member id, customer id",
    "user": "user, users, person, persons, people, account, accounts, member, members, customer, customers, identity",
    "organization": "organization, organisation, org, tenant, company",
    "resend": "resend, re send, again, retry, another, renew, reissue, regenerate, repeat, refresh code, new code",
    "send": "send, sends, request, trigger, start, initiate, deliver, issue, begin, dispatch",
    "verify": "verify, verification, confirm, confirmation, validate, validation, check, complete, finish, submit, respond"
    ", answer, exchange, redeem, enter",
    "verified": "verified, confirmed, validated, checked",
    "rejected": "rejected, invalid, wrong, incorrect, bad, mismatch, mismatched, expired, unknown, failed, denied, refused"
    ", gone, over, used, stale, illegal",
    "reset": "reset, resets, forgot, forgotten, recover, recovery, lost",
    "find": "find, search, lookup, look up, query, list",
    "enable": "enable, activate, switch on, turn on, on, enabled, active, activated",
    "disable": "disable, deactivate, switch off, turn off, off",
    "unlock": "unlock, release, unblock, unfreeze",
    "locked": "locked, lock, lockout, lock out, blocked, frozen",
    "delete": "delete, remove, destroy, drop, end, close, revoke, terminate",
    "create": "create, make, add",
    "expires": "expires, expiry, expiration, expire, ttl, lifetime, life, valid for, validity",
    "phone": "phone, mobile, telephone, sms, phone number",
    "test": "test, tests, testing, lab, sandbox, fixture, fixtures, debug",
    "message": "message, messages, mailbox, inbox, outbox, mails",
    "me": "me, whoami, who am i, self, profile, current user, user info, userinfo, myself",
    "id": "id, identifier, uuid, uid, guid",
    "verb": "get, do, op, api, rest, post",
}
_CANONICAL: dict[tuple[str, ...], str] = {
    tuple(said.split()): word for word, called in _CALLED.items() for said in called.split(", ")
}
_PLURAL = re.compile(r"(?<=[a-z]{3}[^sui])s\Z")
_LONGEST = max(len(said) for said in _CANONICAL)
_ENVELOPES = {
    "data", "result", "results", "payload", "response", "body", "attributes", "content", "value", "parameters", "params",
    "d", "auth", "responses",
}  # fmt: skip
"""What holds a value without saying anything about it."""


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, whatever its case: `mfaToken`, `mfa-token` and `MFA_TOKEN` are (`mfa`, `token`)."""
    spelt = [part.lower() for part in _PARTS.findall(name)]
    found: list[str] = []
    while spelt:
        for length in range(min(_LONGEST, len(spelt)), 0, -1):
            word = _CANONICAL.get(tuple(spelt[:length]))
            if word is not None or length == 1:
                found.append(word or _PLURAL.sub("", spelt[0]))
                del spelt[:length]
                break
    return tuple(word for word in found if word != "verb")


def phrases(*said: str) -> tuple[frozenset[str], ...]:
    """Phrases of a table, each as the set of its words."""
    return tuple(frozenset(words(phrase)) for phrase in said)


def bare(all_words: Iterable[str]) -> tuple[str, ...]:
    """Words without those that only wrap."""
    return tuple(word for word in all_words if word not in _ENVELOPES)
