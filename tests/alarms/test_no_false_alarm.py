"""The right server is never called wrong: in any order, by few processes or many, from near by or far away, under load.

By default two short runs; EVERY_FAULT=1 makes 50 whole ones, or as many as ALARM_RUNS says.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests
from far_away import far_away
from series import Conditions, carry_out, spread

pytest_plugins = ["pytester"]

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]
LONG = bool(os.environ.get("EVERY_FAULT"))
RUNS = spread(int(os.environ.get("ALARM_RUNS", "50"))) if LONG else []
SHORT = [Conditions(0, 20, busy=False, most=20), Conditions(2, 0, busy=False, most=20)]
MAY_BE_BLURRED = {"ENUM-2"}
"""What says itself that it cannot be seen while so much is going on."""


@pytest.mark.parametrize("conditions", [*(RUNS or SHORT)], ids=str)
def test_the_right_server_raises_no_alarm(conditions: Conditions, tmp_path: Path) -> None:
    told = carry_out(conditions, tmp_path)
    where = f"{conditions}, seed {conditions.seed}: {told.seconds:.0f} s, unseen: {dict(told.unseen)}; {tmp_path}"
    print(where)  # noqa: T201 - read where the series is kept, and where it is red
    assert not told.alarms, f"{where}\n{told.printed}"
    assert told.unseen.keys() <= MAY_BE_BLURRED, where
    if conditions.most is None and not told.unseen:
        assert told.verdicts == dict.fromkeys(("documented", "hardened", "contract"), "CONFORMANT"), where


def test_a_wrong_server_raises_one(tmp_path: Path) -> None:
    conditions = Conditions(0, 20, busy=False)
    told = carry_out(conditions, tmp_path, "--servinix-clause=LOCK-4", fault="suspended-signs-in")
    assert told.alarms.keys() == {"LOCK-4"}, told.printed


def test_runs_are_spread_over_all_conditions() -> None:
    runs = spread(50)
    assert len({run.seed for run in runs}) > 40
    each = Counter((run.processes, run.latency_ms, run.busy) for run in runs)
    assert {processes for processes, _, _ in each} == {1, 2, 8}
    assert {(processes, busy) for processes, latency, busy in each if latency == 200} == {(8, True), (8, False)}
    assert min(each.values()) >= 3


def test_what_is_far_away_takes_its_time(serve: Serve) -> None:
    def answering(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    with far_away(serve(answering), 0.2) as url, requests.Session() as session:
        for _ in range(2):
            answer = session.get(url, timeout=30)
            assert (answer.text, answer.elapsed.total_seconds() >= 0.2) == ("ok", True)


def test_the_same_seed_gives_the_same_order(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.parametrize('n', range(9))\ndef test_it(n): pass")

    def order(*words: str) -> list[str]:
        ended = pytester.inline_run("-p", "shuffled", *words).getreports("pytest_runtest_logreport")
        return [report.nodeid for report in ended if getattr(report, "when", "") == "call"]

    assert order("--shuffle-seed=1") == order("--shuffle-seed=1") != order("--shuffle-seed=2")
    assert order("--shuffle-seed=1", "--shuffle-most=4") == order("--shuffle-seed=1")[:4]
