from __future__ import annotations

from servinix_conformance.hosting.reach import Reach, replaced
from servinix_conformance.kill_table import Fault, Trial


class Rules:
    limit = 5

    def __init__(self) -> None:
        self.count = 0

    def guess(self) -> bool:
        self.count += 1
        return self.count < self.limit

    def unlock(self) -> None:
        self.count = 0


class Wrong(Rules):
    """Never ends."""

    limit = 10**6

    def unlock(self) -> None:
        raise NotImplementedError


def fault(*names: str) -> Fault:
    return Fault("wrong", "H", "AA-1", (), "Is wrong.", frozenset(names))


def test_what_is_looked_up_is_noted_once_for_each_time_it_is_asked_for() -> None:
    reach = Reach()
    rules = reach.watched({"rules": Rules})["rules"]()
    reach.taken()
    assert rules.guess()
    assert reach.taken() == {"rules.guess", "rules.count", "rules.limit"}
    assert reach.taken() == frozenset()
    rules.unlock()
    assert reach.taken() == {"rules.unlock"}
    assert rules.count == 0


def test_what_is_looked_up_at_the_beginning_counts_always() -> None:
    reach = Reach()
    rules = reach.watched({"rules": Rules})["rules"]()
    assert rules.limit == 5
    reach.begin()
    rules.unlock()
    assert reach.taken() == {"rules.limit", "rules.unlock"}
    assert reach.taken() == {"rules.limit"}


def test_parts_are_told_apart() -> None:
    reach = Reach()
    made = reach.watched({"rules": Rules, "store": Rules})
    reach.begin()
    made["store"]().unlock()
    assert reach.taken() == {"store.unlock"}


def test_a_fault_replaces_what_it_defines() -> None:
    assert replaced("rules", Wrong) == {"rules.limit", "rules.unlock"}
    assert replaced("rules", type("Odd", (Rules,), {"__init__": Rules.__init__})) == {"rules.__init__"}


def test_scenarios_that_look_up_nothing_of_a_fault_do_not_reach_it() -> None:
    control = Trial(
        None, reached={"a:1": frozenset({"rules.guess"}), "a:5": frozenset({"rules.guess", "rules.unlock"})}
    )
    assert control.reaching(fault("rules.unlock", "rules.new")) == {"a:5"}
    assert control.reaching(fault("rules.guess")) == {"a:1", "a:5"}
    assert control.reaching(fault("store.guess")) == frozenset()
    assert control.reaching(fault("rules.__init__")) == {"a:1", "a:5"}
