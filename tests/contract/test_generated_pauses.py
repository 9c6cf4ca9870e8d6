"""Whoever limits the rate of requests is heard: a request comes again when the wait is over, and not before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from io import BytesIO
from typing import NamedTuple

import pytest
import requests
from in_process import connection_to, reference, send, world_about
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from servinix_conformance.actor import Account, Untested
from servinix_conformance.clock import RealClock

LIMITED = "/support/users"
SOME = 5

Told = Callable[[int, float], str]


def seconds(wait: int, _now: float) -> str:
    return str(wait)


def date(wait: int, now: float) -> str:
    return formatdate(now + wait, usegmt=True)


class Limiter(BaseAdapter):
    """Stands before a server, and lets some requests to one path through, and then none for a while.

    Args:
        adapter: the server.
        wait: the while, in seconds; zero for a limiter that does not limit.
        told: how it says so.
        problem: what it says is the matter.
    """

    def __init__(
        self,
        adapter: BaseAdapter,
        wait: int,
        told: Told,
        problem: str,
    ) -> None:
        super().__init__()
        self._adapter, self._wait, self._told, self._problem = adapter, wait, told, problem
        self.now, self._open_again, self._left = 1_800_000_000.0, 0.0, SOME
        self.through, self.refused, self.early = 0, 0, 0

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        if request.path_url.partition("?")[0] != LIMITED:
            return self._adapter.send(request)
        if self.now < self._open_again:
            self.early += 1
            return self._refusal(request)
        if self._wait and not self._left:
            self._left, self._open_again = SOME, self.now + self._wait
            return self._refusal(request)
        self._left -= 1
        self.through += 1
        return self._adapter.send(request)

    def _refusal(self, request: requests.PreparedRequest) -> requests.Response:
        self.refused += 1
        response = requests.Response()
        response.status_code, response.request, response.url = 429, request, request.url or ""
        response.headers["Content-Type"] = "application/problem+json"
        response.headers["Date"] = formatdate(self.now, usegmt=True)
        response.headers["Retry-After"] = self._told(self._wait, self.now)
        body = {"type": self._problem, "title": "Too many requests", "status": 429, "detail": "Wait."}
        response.raw = HTTPResponse(BytesIO(json.dumps(body).encode()), response.headers, 429, preload_content=False)
        return response

    def close(self) -> None:
        self._adapter.close()


class Moved(RealClock):
    """The limiter's time, as far as somebody waits for it."""

    def __init__(self, limiter: Limiter, share: float) -> None:
        super().__init__(0.0, 3600.0, lambda _what, _seconds: None)
        self._limiter, self._share = limiter, share
        self.passed: list[float] = []

    def pass_time(self, account: Account, seconds: float, what: str) -> None:
        assert account.email
        assert what == "the rate limit of findUsers"
        self.passed.append(seconds)
        self._limiter.now += seconds * self._share


class Sent(NamedTuple):
    """What came of it: what was found, the waits, and why it ended early, if it did."""

    limiter: Limiter
    found: list[str]
    waits: list[float]
    ended: str | None


def sent(wait: int, told: Told = seconds, *, problem: str = "about:blank", share: float = 1.0) -> Sent:
    """Send generated data past a limiter; `share` of each wait really passes."""
    target = reference()
    assert target.http.adapter is not None
    limiter = Limiter(target.http.adapter, wait, told, problem)
    connection, _ = connection_to(replace(target, http=replace(target.http, adapter=limiter)))
    with world_about(connection, "findUsers") as world:
        world.pauses = clock = Moved(limiter, share)
        try:
            return Sent(limiter, send(world, fits=True), clock.passed, None)
        except Untested as ended:
            return Sent(limiter, [], clock.passed, str(ended))


@pytest.mark.parametrize("told", [seconds, date])
def test_what_is_refused_for_a_while_comes_again_when_that_is_over(told: Told) -> None:
    free, limited = sent(0), sent(30, told)
    assert (free.found, free.waits, free.ended) == ([], [], None)
    assert (limited.found, limited.ended) == ([], None)
    assert limited.waits == [30] * limited.limiter.refused
    assert limited.limiter.early == 0
    # Each request that was refused got through later.
    assert limited.limiter.through == free.limiter.through
    assert limited.limiter.refused == (free.limiter.through - 1) // SOME > 1


def test_where_waiting_does_not_help_no_more_is_sent() -> None:
    limited = sent(30, share=0.0)
    assert limited.ended == "findUsers answers 429 again after 3 waits as it asked for"
    assert (limited.waits, limited.limiter.through, limited.limiter.refused) == ([30, 30, 30], SOME, 4)


def test_who_does_not_wait_long_enough_is_noticed() -> None:
    assert sent(30, share=0.9).limiter.early > 0


def test_nobody_waits_for_hours() -> None:
    limited = sent(3600)
    assert limited.ended == "findUsers answered 429, and asks for a wait of 3600 s"
    assert (limited.waits, limited.limiter.through, limited.limiter.refused) == ([], SOME, 1)


def test_what_one_user_has_to_wait_for_holds_nobody_else_up() -> None:
    limited = sent(30, problem="urn:servinix:problem:account-locked")
    assert limited.waits == []
    assert limited.limiter.early > 0
    assert [item for item in limited.found if "429" in item]


def test_the_waits_stand_in_the_report_as_real_time() -> None:
    clock = RealClock(0.0, 3600.0, lambda _what, _seconds: None)
    clock.pass_time(Account("1", "ada@people.example", "password", "org", "member", None), 0.0, "the rate limit of x")
    assert [(wait.what, wait.moved) for wait in clock.waits] == [("the rate limit of x", False)]
