"""A process that is killed in the middle of a request loses nothing: wherever that is, and whatever it had answered."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from crashes import CRASHES, died_at, several_die
from effort import EFFORT
from processes import Workers, while_there_are_points


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


@pytest.mark.parametrize("crash", CRASHES)
def test_a_process_is_killed_anywhere(servers: Workers, crash: str) -> None:
    first, step = (1, 1) if EFFORT > 1 else (1 + len(crash) % 6, 6)
    assert while_there_are_points(lambda at: died_at(servers, crash, at), first, step) >= first


@pytest.mark.parametrize("seed", range(3 * EFFORT))
def test_a_process_is_killed_with_several_requests_under_way(servers: Workers, seed: int) -> None:
    at = random.Random(seed).randrange(1, 40)  # noqa: S311 - the same every time
    several_die(servers, at)


LOST = [
    ("leaves-challenges-to-the-lock", "the last wrong password"),
    ("counts-after-comparing", "the last wrong code"),
    ("commits-each-statement", "the right code"),
    ("signs-out-in-memory", "signing out"),
    ("leaves-challenges-to-the-lock", "the last wrong code"),
    ("commits-each-statement", "a new password"),
    ("commits-each-statement", "disabling mfa"),
    ("new-code-after-resend-dead", "a new code"),
]


@pytest.mark.parametrize(("fault", "crash"), LOST if EFFORT > 1 else LOST[:4])
def test_what_is_lost_is_seen(wrong: Workers, fault: str, crash: str) -> None:
    wrong.be(fault)
    with pytest.raises(AssertionError):
        while_there_are_points(lambda at: died_at(wrong, crash, at))
