from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, cast

import pytest

from servinix_conformance.actor import Needs, NotClaimed, Untested
from servinix_conformance.browser.actor import BrowserActor
from servinix_conformance.connection import Connection
from servinix_conformance.forecast import Outlook
from servinix_conformance.target import Target
from servinix_conformance.world import ScenarioWorld, world_of

ADDRESSES = ("ada@people.example", "+15550100", "tom@people.example")


@dataclass
class Deployment:
    """A target whose test support lets deliveries fail, and notes what was asked of it in order."""

    asked: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    refuses: set[str] = field(default_factory=set)
    silent: bool = False

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        sent = json.loads(handler.rfile.read(int(handler.headers.get("Content-Length", "0"))) or "{}")
        status, body = 204, b""
        if handler.path == "/test-support/outages":
            if self.silent:
                handler.close_connection = True
                return
            self.asked.append(f"{'begin' if sent['failing'] else 'end'} {sent['address']}")
            status = self.status(sent["address"], failing=sent["failing"])
        elif handler.command == "POST":
            status, body = 201, json.dumps({**sent, "user_id": "u1", "organization": "o"}).encode()
        else:
            self.asked.append(f"{handler.command} {handler.path}")
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def status(self, address: str, *, failing: bool) -> int:
        if address in self.refuses:
            return 400
        (self.failing.add if failing else self.failing.discard)(address)
        return 204


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


@pytest.fixture
def world(
    serve: Callable[[Callable[[BaseHTTPRequestHandler], None]], str], deployment: Deployment, tmp_path: Path
) -> Iterator[ScenarioWorld]:
    tables: dict[str, Any] = {
        "name": "t",
        "base_url": serve(deployment.answer),
        "test_support": {"token": "a token of the test"},
    }
    connection = Connection.unopened(Target.of(tables, str(tmp_path / "target.toml"), {}))
    yield world_of(connection, "web portal", Outlook())
    connection.close()


def test_what_was_begun_is_ended_once(world: ScenarioWorld, deployment: Deployment) -> None:
    for address in ADDRESSES:
        world.outages.begin(address)
    assert deployment.failing == set(ADDRESSES)
    world.outages.end(ADDRESSES[1])
    world.close()
    world.close()
    assert (deployment.failing, world.left) == (set(), [])
    assert [asked for asked in deployment.asked if asked.startswith("end")] == [
        f"end {ADDRESSES[1]}",
        f"end {ADDRESSES[2]}",
        f"end {ADDRESSES[0]}",
    ]


def test_one_that_is_refused_leaves_its_scenario_untested_and_is_ended_all_the_same(
    world: ScenarioWorld, deployment: Deployment
) -> None:
    deployment.refuses = {ADDRESSES[0]}
    with pytest.raises(Untested, match="no delivery could be made to fail: setOutage answered 400"):
        world.outages.begin(ADDRESSES[0])
    deployment.refuses.clear()
    world.close()
    assert (deployment.asked[-1], world.left) == (f"end {ADDRESSES[0]}", [])


def test_what_cannot_be_ended_is_told_without_the_address(world: ScenarioWorld, deployment: Deployment) -> None:
    for address in ADDRESSES[:2]:
        world.outages.begin(address)
    deployment.refuses = {ADDRESSES[1]}
    with pytest.raises(Untested, match="could not be made to succeed again"):
        world.outages.end(ADDRESSES[1])
    world.close()
    assert world.left == ["nothing may be delivered to $CONTACT any more: setOutage answered 400"]
    assert deployment.failing == {ADDRESSES[1]}


def test_of_a_target_that_is_silent_each_address_is_told(world: ScenarioWorld, deployment: Deployment) -> None:
    for address in ADDRESSES:
        world.outages.begin(address)
    deployment.silent = True
    world.close()
    assert len(world.left) == len(ADDRESSES)
    assert all("any more: setOutage: " in told for told in world.left)


def test_without_test_support_there_is_no_outage(world: ScenarioWorld) -> None:
    world.outages.token = None
    with pytest.raises(NotClaimed, match="no test support"):
        world.outages.begin(ADDRESSES[0])


def test_an_outage_that_the_target_does_not_have_is_not_claimed(world: ScenarioWorld) -> None:
    world.gateway.not_claimed = frozenset({"setOutage"})
    with pytest.raises(NotClaimed, match="does not claim setOutage"):
        world.outages.begin(ADDRESSES[0])
    world.close()
    assert world.left == []


def test_windows_that_cannot_be_shut_keep_neither_outages_nor_accounts(
    world: ScenarioWorld, deployment: Deployment
) -> None:
    class Stuck:
        def close(self) -> None:
            raise RuntimeError("the browser is gone")

    world.accounts.lease("Ada", Needs())
    world.outages.begin(ADDRESSES[0])
    world.browsing += [cast("BrowserActor", Stuck()), cast("BrowserActor", Stuck())]
    with pytest.raises(RuntimeError, match="the browser is gone"):
        world.close()
    # Accounts last: to set one back may take a code.
    assert deployment.asked == [f"begin {ADDRESSES[0]}", f"end {ADDRESSES[0]}", "DELETE /test-support/users/u1"]


def test_an_outage_that_cannot_be_ended_keeps_no_account(world: ScenarioWorld, deployment: Deployment) -> None:
    world.accounts.lease("Ada", Needs())
    world.outages.begin(ADDRESSES[0])
    deployment.silent = True
    world.close()
    assert deployment.asked == [f"begin {ADDRESSES[0]}", "DELETE /test-support/users/u1"]
    assert len(world.left) == 1
