"""Two processes on one database answer as one, whatever comes at the same time; and the tests of it can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from effort import EFFORT
from interleavings import PAIRS, tried_at
from processes import GUESSES, PASSWORDS, Workers, while_there_are_points
from server_api import other_than


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Two processes on one database, both right."""
    started = Workers(tmp_path_factory.mktemp("servers"))
    yield started
    started.stop()


@pytest.fixture
def wrong(servers: Workers) -> Iterator[Workers]:
    """The same, and they may be made wrong."""
    yield servers
    servers.be("")


@pytest.fixture(params=range(2 * EFFORT))
def again() -> None:
    """Have a test more than once."""


@pytest.mark.parametrize("pair", PAIRS)
def test_one_request_falls_into_another(servers: Workers, pair: str) -> None:
    first, step = (1, 1) if EFFORT > 1 else (1 + len(pair) % 3, 3)
    assert while_there_are_points(lambda at: tried_at(servers, pair, at), first, step) >= first


@pytest.mark.usefixtures("again")
class TestTogether:
    def test_a_code_is_taken_once(self, servers: Workers) -> None:
        check_code_is_taken_once(servers)

    def test_wrong_codes_share_one_budget(self, servers: Workers) -> None:
        check_wrong_codes_share_one_budget(servers)

    def test_wrong_passwords_share_one_budget(self, servers: Workers) -> None:
        person = servers.person()
        calls = [lambda api: api.sign_in(person.email, "a wrong one") for _ in range(3 * PASSWORDS)]
        answers = servers.at_once(*calls)
        assert answers == {"invalid-credentials": PASSWORDS, "account-locked": 2 * PASSWORDS}
        assert servers.compared(person, "password") == PASSWORDS
        assert servers.locked(person)

    def test_a_link_is_taken_once_and_ends_every_session(self, servers: Workers) -> None:
        person = servers.person()
        tokens = [servers.one.api.sign_in(person.email, person.password).body["access_token"] for _ in range(2)]
        servers.one.api.ask_reset(person.email)
        (link,) = servers.one.api.reset_tokens(person.email)
        calls = [lambda api: api.reset(link, "another passphrase") for _ in range(4)]
        signing_in = [lambda api: api.sign_in(person.email, person.password) for _ in range(2)]
        answers = servers.at_once(*calls, *signing_in)
        assert (answers["done"], answers["reset-token-rejected"]) == (1, 3)
        assert not any(map(servers.opens, tokens))


def check_code_is_taken_once(servers: Workers) -> None:
    challenge = servers.challenge(servers.mfa_person())
    answers = servers.at_once(*[lambda api: api.verify(*challenge) for _ in range(8)])
    assert answers == {"signed-in": 1, "mfa-token-rejected": 7}


def check_wrong_codes_share_one_budget(servers: Workers) -> None:
    person = servers.mfa_person()
    challenges = [servers.challenge(person) for _ in range(GUESSES)]
    guesses = [
        lambda api, token=token, code=code: api.verify(token, other_than(code))
        for token, code in challenges
        for _ in range(2)
    ]
    answers = servers.at_once(*guesses)
    assert answers == {"otp-rejected": GUESSES, "mfa-token-rejected": GUESSES}
    assert servers.compared(person, "code") == GUESSES
    assert servers.locked(person)


LOST = [
    ("opens-what-was-right", "password and reset"),
    ("ends-challenges-after-the-lock", "last wrong password and code"),
    ("forgives-any-lock", "password and a lock of others"),
    ("takes-replaced-for-ended", "code and resend"),
    ("opens-what-was-right", "password and last wrong password"),
    ("opens-what-was-right", "password and disable"),
    ("forgives-any-lock", "password and a new count"),
    ("claims-later", "resend twice"),
    ("reset-link-reusable", "reset twice"),
    ("sessions-survive-reset", "code and reset"),
    ("challenge-survives-disable", "code and disable"),
    ("mfa-token-reusable", "code twice"),
]


@pytest.mark.parametrize(("fault", "pair"), LOST if EFFORT > 1 else LOST[:4])
def test_a_lost_race_is_seen(wrong: Workers, fault: str, pair: str) -> None:
    wrong.be(fault)
    with pytest.raises(AssertionError):
        while_there_are_points(lambda at: tried_at(wrong, pair, at))


@pytest.mark.parametrize(
    ("fault", "check"),
    [("double-spend", check_code_is_taken_once), ("count-not-atomic", check_wrong_codes_share_one_budget)],
)
def test_a_lost_race_of_many_is_seen(wrong: Workers, fault: str, check: Callable[[Workers], None]) -> None:
    wrong.be(fault)
    with pytest.raises(AssertionError):
        check(wrong)
