"""Requests in the middle of which a process is killed: what is so afterwards, whether it answered or not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from interleavings import Call, reset, right_password, wrong_password
from processes import GUESSES, NEW_PASSWORD, PASSWORDS, Person, Workers
from server_api import IDENTITY, Api, Reply, other_than


class Crash(NamedTuple):
    request: Call
    check: Callable[[str], None]
    """What is so after the restart: given the name of the answer, or nothing where the process died before it."""


def the_right_code(servers: Workers) -> Crash:
    person = servers.mfa_person()
    challenge = servers.challenge(person)

    def check(answer: str) -> None:
        again = servers.one.api.verify(*challenge).name
        assert again in ({"mfa-token-rejected"} if answer else {"signed-in", "mfa-token-rejected"})
        assert servers.one.api.verify(*challenge).name == "mfa-token-rejected"
        assert servers.sessions(person) == 1

    return Crash(lambda api: api.verify(*challenge), check)


def the_last_wrong_code(servers: Workers) -> Crash:
    person = servers.mfa_person()
    pending, (token, code) = servers.challenge(person), servers.challenge(person)
    servers.fail_codes(person, GUESSES - 1)

    def check(answer: str) -> None:
        if not servers.locked(person):
            assert answer == ""
            servers.fail_codes(person, 1)
        assert servers.compared(person, "code") <= GUESSES
        _lock_stays_and_ended_what_was_pending(servers, person, pending)

    return Crash(lambda api: api.verify(token, other_than(code)), check)


def the_last_wrong_password(servers: Workers) -> Crash:
    person = servers.mfa_person()
    pending = servers.challenge(person)
    servers.fail_passwords(person, PASSWORDS - 1)

    def check(answer: str) -> None:
        if not servers.locked(person):
            assert answer == ""
            servers.fail_passwords(person, 1)
        assert servers.compared(person, "password") <= PASSWORDS
        _lock_stays_and_ended_what_was_pending(servers, person, pending)

    return Crash(wrong_password(person), check)


def _lock_stays_and_ended_what_was_pending(servers: Workers, person: Person, pending: tuple[str, str]) -> None:
    assert right_password(person)(servers.one.api).name == "account-locked"
    servers.support(person, "unlock")
    assert servers.one.api.verify(*pending).name == "mfa-token-rejected"


def the_last_right_password(servers: Workers) -> Crash:
    person = servers.mfa_person()
    servers.fail_passwords(person, PASSWORDS - 1)

    def check(answer: str) -> None:
        # What was counted and not compared to the end stays counted.
        assert answer == "code-asked" or servers.locked(person) or servers.compared(person, "password") < PASSWORDS
        if not servers.locked(person):
            servers.fail_passwords(person, 1)
        assert servers.locked(person)
        assert servers.compared(person, "password") <= PASSWORDS

    return Crash(right_password(person), check)


def a_new_password(servers: Workers) -> Crash:
    person = servers.mfa_person()
    session = str(servers.one.api.verify(*servers.challenge(person)).body["access_token"])
    pending, request = servers.challenge(person), reset(servers, person)

    def check(answer: str) -> None:
        done = servers.one.api.sign_in(person.email, NEW_PASSWORD).name == "code-asked"
        assert done or not answer
        assert (servers.one.api.sign_in(person.email, person.password).name == "code-asked") != done
        assert servers.opens(session) != done
        assert (servers.one.api.verify(*pending).name == "signed-in") != done
        assert request(servers.one.api).name == ("reset-token-rejected" if done else "done")

    return Crash(request, check)


def disabling_mfa(servers: Workers) -> Crash:
    person = servers.mfa_person()
    pending = servers.challenge(person)

    def check(answer: str) -> None:
        enabled = servers.one.api.record(person.email, servers.supporter)["mfa_enabled"]
        assert not (answer and enabled)
        assert (servers.one.api.verify(*pending).name == "signed-in") == enabled

    return Crash(lambda api: api.support(person.id, "mfa/disable", IDENTITY, servers.supporter), check)


def a_new_code(servers: Workers) -> Crash:
    person = servers.mfa_person()
    mfa_token, old = servers.challenge(person)
    servers.one.api.pass_time(person.id, servers.policy["resend_after_seconds"])

    def check(answer: str) -> None:
        new = servers.one.api.codes(person.email)[-1]
        told = [servers.one.api.verify(mfa_token, code).name for code in (old, new)]
        assert told.count("signed-in") == 1
        assert not answer or told[0] == "otp-rejected" or old == new

    return Crash(lambda api: api.resend(mfa_token), check)


def signing_out(servers: Workers) -> Crash:
    person = servers.person()
    token = str(servers.one.api.sign_in(person.email, person.password).body["access_token"])

    def check(answer: str) -> None:
        assert not (answer and servers.opens(token))

    return Crash(lambda api: api.sign_out(token), check)


CRASHES: dict[str, Callable[[Workers], Crash]] = {
    make.__name__.replace("_", " "): make
    for make in (
        the_right_code,
        the_last_wrong_code,
        the_last_wrong_password,
        the_last_right_password,
        a_new_password,
        disabling_mfa,
        a_new_code,
        signing_out,
    )
}


def died_at(servers: Workers, name: str, at: int) -> bool:
    """Kill the process at a point of its work for a new user; tell whether there is such a point."""
    crash = CRASHES[name](servers)
    reply = servers.dies(crash.request, at)
    crash.check(reply.name if reply else "")
    return reply is None


def _verify(api: Api, challenge: tuple[str, str], _given: Api) -> Reply:
    return api.verify(*challenge)


def several_die(servers: Workers, at: int) -> bool:
    """Kill the process while several codes of one user are under way in it, each of them twice."""
    person = servers.mfa_person()
    challenges = [servers.challenge(person) for _ in range(3)]
    doomed = servers.one.with_headers(Die_At=at)
    calls: list[Call] = [partial(_verify, doomed, it) for it in challenges]
    calls += [partial(_verify, servers.one.api, it) for it in challenges]
    reached = servers.die_together(*calls)
    for challenge in challenges:
        servers.one.api.verify(*challenge)
        assert servers.one.api.verify(*challenge).name == "mfa-token-rejected"
    assert servers.sessions(person) == len(challenges)
    return reached
