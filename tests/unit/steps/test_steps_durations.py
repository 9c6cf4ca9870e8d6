from __future__ import annotations

import random

import pytest

from steps.durations import FALSE_ALARMS, LOOKS, Durations, chance, needed


def durations(*differences: float, base: float = 2.0) -> Durations:
    """Sixty pairs or so: nobody takes `base` milliseconds, a user so much longer."""
    return Durations([base + difference for difference in differences], [base] * len(differences))


def test_the_chance_is_that_of_a_fair_coin() -> None:
    assert chance(2, 2) == 0.5
    assert chance(60, 60) == 2 / 2**60
    assert (round(chance(60, 49) * 1e7, 2), round(chance(60, 50) * 1e7, 2)) == (7.56, 1.62)


def test_as_many_have_to_agree_as_chance_lets_agree_less_often_than_stated() -> None:
    assert [needed(pairs) for pairs in (60, 120, 180)] == [50, 89, 126]
    for pairs in range(24, 200):
        number = needed(pairs)
        assert number is not None
        assert LOOKS * chance(pairs, number) < FALSE_ALARMS <= LOOKS * chance(pairs, number - 1)
    assert needed(22) is None
    with pytest.raises(ValueError, match="22 pairs are too few"):
        durations(*[1.0] * 22)


@pytest.mark.parametrize("sign", [1, -1])
def test_they_are_told_apart_where_50_of_60_agree(sign: int) -> None:
    assert durations(*[sign * 1.0] * 50, *[-sign * 5.0] * 10).told
    assert not durations(*[sign * 1.0] * 49, *[-sign * 5.0] * 11).told


@pytest.mark.parametrize(("base", "floor"), [(1.0, 0.3), (3.0, 0.3), (50.0, 5.0)])
def test_what_is_small_in_itself_or_beside_the_whole_is_no_difference(base: float, floor: float) -> None:
    assert not durations(*[floor * 0.99] * 60, base=base).told
    assert durations(*[floor * 1.01] * 60, base=base).told
    assert durations(*[-floor * 1.2] * 60, base=base).told


def test_the_smallest_difference_that_would_have_been_told_would_have_been() -> None:
    drawn = random.Random(7)  # noqa: S311 - nothing is kept secret
    spread = [drawn.gauss(0.1, 1.5) for _ in range(60)]
    measured = durations(*spread, base=9.0)
    lowest, highest = measured.interval
    assert lowest < 0.1 < highest
    assert not measured.told
    for less, told in ((0.01, False), (-0.01, True)):
        seen = measured.seen - less
        either = [durations(*[one + change for one in spread], base=9.0).told for change in (seen, -seen)]
        assert all(either) is told


def test_the_interval_holds_the_median_difference() -> None:
    assert durations(*map(float, range(60)), base=100.0).interval == (10.0, 49.0)
    assert durations(*[1.0] * 60, base=4.0).medians == (5.0, 4.0)


@pytest.mark.parametrize(
    ("spread", "base", "blurred"),
    [(19.0, 4.0, False), (21.0, 4.0, True), (25.0, 200.0, False), (31.0, 200.0, True)],
)
def test_where_a_hash_would_not_have_been_told_nothing_is_said(spread: float, base: float, *, blurred: bool) -> None:
    # A tenth of the time is too small to count, so of 200 ms another 20 are not seen.
    either = durations(*[spread] * 30, *[-spread] * 30, base=base)
    assert (either.told, either.blurred) == (False, blurred)


def test_chance_alone_is_seldom_taken_for_a_difference() -> None:
    drawn = random.Random(11)  # noqa: S311 - likewise
    alarms = 0
    for _ in range(2000):
        # Delays as they are: long now and then, and all of a drift.
        times = [(drawn.expovariate(0.2) + step / 10, drawn.expovariate(0.2) + step / 10) for step in range(60)]
        alarms += Durations(*zip(*times, strict=True)).told
    assert alarms == 0
