from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from servinix_conformance import catalogue, plan
from servinix_conformance.actor import Untested
from servinix_conformance.suite import suite_root
from servinix_conformance.target import Safety
from servinix_conformance.vocabulary import Vocabulary
from servinix_conformance.waiting import Estimate, Waits

POLICY = {"otp_ttl_seconds": 300, "resend_after_seconds": 30, "lock_seconds": 900}
LOCK = "features/lockout.feature::test_it_ends_by_itself[web portal-without MFA-signed in]"
PUBLISHED = "features/otp_rejected.feature::test_no_code_works_after_ten_minutes[web portal]"
NONE = "features/sign_in.feature::test_the_password_alone_does_not_sign_in[web portal]"


def promise(name: str) -> int:
    if name not in POLICY:
        raise Untested(f"nobody knows {name}")
    return POLICY[name]


@pytest.fixture(scope="module")
def waits_of() -> Callable[..., Any]:
    root = suite_root() / "features"
    everything = plan.read((root,), catalogue.load((root / "catalogue.yaml",)))
    words = Vocabulary(everything)

    def make(
        *, virtual: bool = False, shortened: bool = False, longest_wait: float = 1e9, support: bool = True
    ) -> Waits:
        target = SimpleNamespace(shortened=shortened, test_support_token=support or None, accounts=(), safety=Safety())
        connection: Any = SimpleNamespace(virtual=virtual, promise=promise, longest_wait=longest_wait, target=target)
        return Waits(connection, everything, words)

    return make


def test_nobody_waits_in_a_scenario_that_no_account_fits(waits_of: Callable[..., Any]) -> None:
    assert waits_of(support=False).seconds(LOCK) == 0


@pytest.mark.parametrize(("nodeid", "seconds"), [(LOCK, 900), (PUBLISHED, 600), (NONE, 0), ("x::test_unknown", 0)])
def test_a_scenario_waits_for_what_its_steps_say(waits_of: Callable[..., Any], nodeid: str, seconds: float) -> None:
    assert waits_of().seconds(nodeid) == seconds


def test_nothing_is_waited_for_where_time_is_moved_or_waits_are_skipped(waits_of: Callable[..., Any]) -> None:
    assert waits_of(virtual=True).seconds(LOCK) == 0
    assert waits_of(longest_wait=60).seconds(LOCK) == 0


def test_published_times_are_not_waited_for_where_times_are_shortened(waits_of: Callable[..., Any]) -> None:
    assert waits_of(shortened=True).seconds(PUBLISHED) == 0
    assert waits_of(shortened=True).seconds(LOCK) == 900


def test_what_nobody_knows_is_not_counted(waits_of: Callable[..., Any]) -> None:
    assert waits_of().seconds("features/password_reset.feature::test_a_link_is_dead_once_its_life_is_over") == 0


def test_waits_overlap_as_far_as_there_are_processes(waits_of: Callable[..., Any]) -> None:
    told = waits_of().estimate([LOCK, LOCK, PUBLISHED, NONE])
    assert told == Estimate(2400, 900)
    assert [told.with_processes(number) for number in (0, 1, 2, 4)] == [2400, 2400, 1200, 900]
