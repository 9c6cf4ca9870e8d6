from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]

from servinix_conformance.actor import Needs
from servinix_conformance.forecast import Part
from servinix_conformance.overlap import LongestFirst
from servinix_conformance.target import DeclaredAccount
from servinix_conformance.waiting import Prospect

PLAIN = Part("Ada", Needs())
CODED = Part("Ada", Needs(channel="phone"))
ACCOUNTS = [
    DeclaredAccount("a@people.example", "password"),
    DeclaredAccount("b@people.example", "password"),
    DeclaredAccount("c@people.example", "password", mfa=True, channel="phone", address="+15550100"),
]


class Node:
    """A worker process, as far as the scheduler sees one."""

    def __init__(self) -> None:
        self.shutting_down = False
        self.got: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.got += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def scheduling(nodes: list[Node], *prospects: Prospect, accounts: list[DeclaredAccount]) -> LongestFirst:
    options = {"tx": ["popen"] * len(nodes), "maxschedchunk": None}
    config: Any = SimpleNamespace(getoption=options.get, getvalue=options.get)
    known = {f"scenario {number}": prospect for number, prospect in enumerate(prospects)}
    made = LongestFirst(config, Producer("test", enabled=False), known.__getitem__, accounts)
    made.collection, made.pending = list(known), list(range(len(known)))
    made.node2pending = {node: [] for node in nodes}
    return made


def handed_out(made: LongestFirst, nodes: list[Node]) -> list[list[int]]:
    for node in nodes:
        made.check_schedule(node)
    return [node.got for node in nodes]


def test_the_longest_begins_first_and_a_short_one_stands_behind_it() -> None:
    nodes = [Node(), Node()]
    waits = [Prospect(seconds) for seconds in (0, 5, 60, 0, 20)]
    made = scheduling(nodes, *waits, accounts=[])
    assert handed_out(made, nodes) == [[2, 0], [4, 3]]
    assert made.pending == [1]


def test_what_no_account_is_free_for_gives_way_to_what_can_begin() -> None:
    nodes = [Node(), Node()]
    waits = [Prospect(60, (CODED,)), Prospect(0), Prospect(50, (CODED,)), Prospect(0), Prospect(10, (PLAIN,))]
    assert handed_out(scheduling(nodes, *waits, accounts=ACCOUNTS), nodes) == [[0, 1], [4, 3]]


def test_the_accounts_with_the_most_waiting_before_them_are_used_first() -> None:
    nodes = [Node(), Node()]
    # Two accounts share 90 s of the one kind, and one has 70 s of the other before it.
    waits = [Prospect(45, (PLAIN,)), Prospect(45, (PLAIN,)), Prospect(40, (CODED,)), Prospect(30, (CODED,))]
    shorts = [Prospect(0, (PLAIN,)), Prospect(0, (PLAIN,))]
    assert handed_out(scheduling(nodes, *waits, *shorts, accounts=ACCOUNTS), nodes) == [[2, 4], [0, 5]]


def test_where_nothing_can_begin_the_shortest_does() -> None:
    nodes = [Node()]
    made = scheduling(nodes, Prospect(60, (CODED,)), Prospect(5, (CODED,)), accounts=ACCOUNTS[:2])
    assert handed_out(made, nodes) == [[1, 0]]


def test_what_stands_behind_a_long_one_is_content_with_its_accounts() -> None:
    nodes = [Node(), Node()]
    waits = [Prospect(60, (PLAIN,)), Prospect(50, (CODED,)), Prospect(0, (CODED,)), Prospect(0, (PLAIN,))]
    made = scheduling(nodes, *waits, accounts=[ACCOUNTS[0], ACCOUNTS[2]])
    assert handed_out(made, nodes) == [[0, 3], [1, 2]]


def test_short_ones_are_kept_for_the_long_ones_that_no_account_is_free_for() -> None:
    nodes = [Node(), Node()]
    waits = [Prospect(60, (CODED,)), Prospect(50, (CODED,)), Prospect(0), Prospect(0)]
    made = scheduling(nodes, *waits, accounts=ACCOUNTS)
    made.check_schedule(nodes[0])
    made.check_schedule(nodes[1])
    assert [node.got for node in nodes] == [[0, 2], []]
    # The account is free again, and the other worker hears of it.
    made.mark_test_complete(nodes[0], 0)
    assert [node.got for node in nodes] == [[0, 2, 1], [3]]


def test_a_long_one_with_nothing_short_left_is_carried_out_by_a_worker_that_ends() -> None:
    nodes = [Node(), Node()]
    made = scheduling(nodes, Prospect(50), Prospect(40), accounts=[])
    made.node2pending[nodes[0]] = [0]
    made.pending = [1]
    made.check_schedule(nodes[0])
    assert (nodes[0].got, nodes[0].shutting_down, made.pending) == ([], True, [1])
    made.check_schedule(nodes[1])
    assert (nodes[1].got, nodes[1].shutting_down) == ([1], False)
    made.check_schedule(nodes[1])
    assert nodes[1].shutting_down


@pytest.mark.parametrize("shutting_down", [False, True])
def test_a_process_is_ended_once_nothing_is_left(*, shutting_down: bool) -> None:
    node = Node()
    node.shutting_down = shutting_down
    made = scheduling([node], accounts=[])
    made.check_schedule(node)
    assert (node.got, node.shutting_down) == ([], True)
