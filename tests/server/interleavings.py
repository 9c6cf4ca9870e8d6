"""Pairs of requests that meet: what may come out of them, wherever in the middle of the first the second falls."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from processes import GUESSES, NEW_PASSWORD, PASSWORDS, Person, Workers
from server_api import Api, Reply, other_than

Call = Callable[[Api], Reply]


class Pair(NamedTuple):
    first: Call
    second: Call
    check: Callable[[str, str, str], None]
    """What is so afterwards: given the names of both answers, and the access token of the first or nothing."""


def wrong_password(person: Person) -> Call:
    return lambda api: api.sign_in(person.email, "a wrong one")


def right_password(person: Person) -> Call:
    return lambda api: api.sign_in(person.email, person.password)


def code_or_lock(
    servers: Workers, person: Person, challenge: tuple[str, str], guess: Call, fail: Callable[[], None]
) -> Pair:
    """Either the code came first, and the guess begins a new count; or the lock, which ends the challenge for good."""

    def check(first: str, second: str, _token: str) -> None:
        assert (first == "signed-in") != servers.locked(person)
        assert first in {"signed-in", "mfa-token-rejected"}
        # The code may have been the last guess until it was compared: then the other was refused unseen.
        unseen = {"mfa-token-rejected"} if first == "signed-in" else set()
        assert second in {"invalid-credentials", "otp-rejected"} | unseen
        if first == "signed-in" and second not in unseen:
            fail()
            assert servers.locked(person)
        servers.support(person, "unlock")
        assert servers.one.api.verify(*challenge).name == "mfa-token-rejected"

    return Pair(lambda api: api.verify(*challenge), guess, check)


def code_and_last_wrong_password(servers: Workers) -> Pair:
    person = servers.mfa_person()
    challenge = servers.challenge(person)
    servers.fail_passwords(person, PASSWORDS - 1)
    return code_or_lock(
        servers, person, challenge, wrong_password(person), lambda: servers.fail_passwords(person, PASSWORDS - 1)
    )


def last_wrong_password_and_code(servers: Workers) -> Pair:
    pair = code_and_last_wrong_password(servers)
    return Pair(pair.second, pair.first, lambda first, second, token: pair.check(second, first, token))


def code_and_last_wrong_code(servers: Workers) -> Pair:
    person = servers.mfa_person()
    challenge, (token, code) = servers.challenge(person), servers.challenge(person)
    servers.fail_codes(person, GUESSES - 1)
    return code_or_lock(
        servers,
        person,
        challenge,
        lambda api: api.verify(token, other_than(code)),
        lambda: servers.fail_codes(person, GUESSES - 1),
    )


def password_and_last_wrong_password(servers: Workers) -> Pair:
    person = servers.person()
    servers.fail_passwords(person, PASSWORDS - 1)

    def check(first: str, second: str, _token: str) -> None:
        locked = servers.locked(person)
        assert first == ("account-locked" if locked else "signed-in")
        assert second == "invalid-credentials" or not locked
        if not locked and second == "invalid-credentials":  # it came later: the first of a new count
            servers.fail_passwords(person, PASSWORDS - 1)
            assert servers.locked(person)

    return Pair(right_password(person), wrong_password(person), check)


def password_with_mfa_and_last_wrong_password(servers: Workers) -> Pair:
    person = servers.mfa_person()
    servers.fail_passwords(person, PASSWORDS - 1)

    def check(first: str, second: str, _token: str) -> None:
        # The last but one may have been taken for wrong while it was compared: then the guess was refused unseen.
        assert servers.locked(person) == (second == "invalid-credentials")
        assert first == "code-asked" or servers.locked(person)
        servers.support(person, "unlock")
        assert first != "code-asked" or second == "account-locked" or not pending_works(servers, person)

    pending: list[str] = []

    def pending_works(servers: Workers, person: Person) -> bool:
        return servers.one.api.verify(pending[-1], servers.one.api.codes(person.email)[-1]).name == "signed-in"

    def sign_in(api: Api) -> Reply:
        reply = right_password(person)(api)
        pending.append(str(reply.body.get("mfa_token")))
        return reply

    return Pair(sign_in, wrong_password(person), check)


def password_and_a_lock_of_others(servers: Workers) -> Pair:
    person = servers.mfa_person()
    servers.fail_passwords(person, PASSWORDS - 2)
    seen: list[bool] = []

    def guess(api: Api) -> Reply:
        reply = wrong_password(person)(api)
        seen.append(servers.locked(person))
        return reply

    def check(first: str, _second: str, _token: str) -> None:
        assert servers.locked(person) == seen[0]
        assert first == ("account-locked" if seen[0] else "code-asked")

    return Pair(right_password(person), guess, check)


def password_and_a_new_count(servers: Workers) -> Pair:
    person = servers.mfa_person()
    servers.fail_passwords(person, PASSWORDS - 2)

    def unlock_and_guess(api: Api) -> Reply:
        servers.support(person, "unlock")
        return wrong_password(person)(api)

    def check(_first: str, _second: str, _token: str) -> None:
        servers.fail_passwords(person, PASSWORDS - 1)
        assert servers.locked(person)

    return Pair(right_password(person), unlock_and_guess, check)


def password_and_disable(servers: Workers) -> Pair:
    person = servers.mfa_person()

    def check(first: str, _second: str, _token: str) -> None:
        assert first in {"code-asked", "signed-in"}
        assert servers.one.api.sign_in(person.email, person.password).name == "signed-in"

    return ended_by(servers, person, lambda _api: servers.support(person, "mfa/disable"), check)


def password_with_mfa_and_reset(servers: Workers) -> Pair:
    person = servers.mfa_person()
    return ended_by(servers, person, reset(servers, person), lambda *_: None)


def ended_by(servers: Workers, person: Person, second: Call, further: Callable[[str, str, str], None]) -> Pair:
    """Whatever the password began is over afterwards."""
    pending: list[str] = []

    def sign_in(api: Api) -> Reply:
        reply = right_password(person)(api)
        pending.extend([reply.body["mfa_token"]] if reply.name == "code-asked" else [])
        return reply

    def check(first: str, done: str, token: str) -> None:
        assert done == "done"
        for mfa_token in pending:
            code = servers.one.api.codes(person.email)[-1]
            assert servers.one.api.verify(mfa_token, code).name == "mfa-token-rejected"
        further(first, done, token)

    return Pair(sign_in, second, check)


def reset(servers: Workers, person: Person) -> Call:
    servers.other.api.ask_reset(person.email)
    (link,) = servers.other.api.reset_tokens(person.email)
    return lambda api: api.reset(link, NEW_PASSWORD)


def password_and_reset(servers: Workers) -> Pair:
    person = servers.person()

    def check(first: str, second: str, token: str) -> None:
        assert first in {"signed-in", "invalid-credentials"}
        assert second == "done"
        assert not servers.opens(token)

    return Pair(right_password(person), reset(servers, person), check)


def code_and_reset(servers: Workers) -> Pair:
    person = servers.mfa_person()
    challenge = servers.challenge(person)

    def check(first: str, second: str, token: str) -> None:
        assert first in {"signed-in", "mfa-token-rejected"}
        assert second == "done"
        assert not servers.opens(token)

    return Pair(lambda api: api.verify(*challenge), reset(servers, person), check)


def code_and_disable(servers: Workers) -> Pair:
    person = servers.mfa_person()
    challenge, other = servers.challenge(person), servers.challenge(person)

    def check(first: str, _second: str, token: str) -> None:
        assert servers.opens(token) == (first == "signed-in")
        assert first in {"signed-in", "mfa-token-rejected"}
        assert {servers.one.api.verify(*it).name for it in (challenge, other)} == {"mfa-token-rejected"}

    return Pair(lambda api: api.verify(*challenge), lambda _: servers.support(person, "mfa/disable"), check)


def code_and_resend(servers: Workers) -> Pair:
    person = servers.mfa_person()
    mfa_token, code = servers.challenge(person)
    servers.one.api.pass_time(person.id, servers.policy["resend_after_seconds"])

    def check(first: str, second: str, _token: str) -> None:
        assert (first, second) in {("signed-in", "mfa-token-rejected"), ("otp-rejected", "code-asked")}
        if first == "otp-rejected":
            assert servers.one.api.verify(mfa_token, servers.one.api.codes(person.email)[-1]).name == "signed-in"

    return Pair(lambda api: api.verify(mfa_token, code), lambda api: api.resend(mfa_token), check)


def code_twice(servers: Workers) -> Pair:
    challenge = servers.challenge(servers.mfa_person())

    def check(first: str, second: str, _token: str) -> None:
        assert {first, second} == {"signed-in", "mfa-token-rejected"}

    return Pair(lambda api: api.verify(*challenge), lambda api: api.verify(*challenge), check)


def resend_twice(servers: Workers) -> Pair:
    person = servers.mfa_person()
    (one, _), (other, _) = servers.challenge(person), servers.challenge(person)
    servers.one.api.pass_time(person.id, servers.policy["resend_after_seconds"])

    def check(first: str, second: str, _token: str) -> None:
        assert {first, second} == {"code-asked", "resend-too-soon"}

    return Pair(lambda api: api.resend(one), lambda api: api.resend(other), check)


def reset_twice(servers: Workers) -> Pair:
    person = servers.person()
    second = reset(servers, person)
    (link,) = servers.other.api.reset_tokens(person.email)

    def check(first: str, second: str, _token: str) -> None:
        assert {first, second} == {"done", "reset-token-rejected"}
        passwords = ("password of the first", NEW_PASSWORD)
        told = [servers.one.api.sign_in(person.email, password).name for password in passwords]
        assert told == ["signed-in" if it == "done" else "invalid-credentials" for it in (first, second)]

    return Pair(lambda api: api.reset(link, "password of the first"), second, check)


PAIRS: dict[str, Callable[[Workers], Pair]] = {
    make.__name__.replace("_", " "): make
    for make in (
        code_and_last_wrong_password,
        last_wrong_password_and_code,
        code_and_last_wrong_code,
        password_and_last_wrong_password,
        password_with_mfa_and_last_wrong_password,
        password_and_a_lock_of_others,
        password_and_a_new_count,
        password_and_disable,
        password_with_mfa_and_reset,
        password_and_reset,
        code_and_reset,
        code_and_disable,
        code_and_resend,
        code_twice,
        resend_twice,
        reset_twice,
    )
}


def tried_at(servers: Workers, name: str, at: int) -> bool:
    """Let a new user's first request be held at a point for the second; tell whether there is such a point."""
    pair = PAIRS[name](servers)
    held, first, second = servers.interleaved(pair.first, pair.second, at)
    pair.check(first.name, second.name, str(first.body.get("access_token", "")))
    return held
