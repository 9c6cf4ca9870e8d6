from __future__ import annotations

import time

import pytest

from servinix_conformance.actor import Account, Untested
from servinix_conformance.clock import RealClock

ADA = Account("1", "ada@x.example", "password", "", "member", None)


def test_real_time_passes_and_it_is_said_what_is_waited_for() -> None:
    said: list[tuple[str, float]] = []
    clock = RealClock(0.1, 60.0, lambda what, seconds: said.append((what, seconds)))
    before, began = clock.now(ADA), time.monotonic()
    clock.pass_time(ADA, 0.05, "the lock")
    assert time.monotonic() - began >= 0.05
    assert clock.now(ADA) - before >= 0.05
    assert said == [("the lock", 0.05), ("the lock", 0.0)]


def test_what_is_over_already_is_not_waited_for() -> None:
    clock = RealClock(0.1, 60.0, lambda _what, _seconds: None)
    began = time.monotonic()
    clock.pass_time(ADA, -5.0, "the lock")
    assert time.monotonic() - began < 5.0


def test_a_wait_that_is_too_long_is_left_untested() -> None:
    clock = RealClock(0.1, 60.0, lambda _what, _seconds: None)
    with pytest.raises(Untested, match="the lock takes 900 s, and waits over 60 s are skipped"):
        clock.pass_time(ADA, 900.0, "the lock")
