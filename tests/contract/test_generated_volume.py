"""The reference server holds: many generated requests, no failure, no answer that is not described, no growing memory.

EVERY_FAULT=1 sends 20,000, for `make nightly`; GENERATED_REQUESTS is another number.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count

import pytest
from in_process import operations_of, send, walk, world_about

from servinix_conformance.board import LocalBoard
from servinix_conformance.connection import Connection
from servinix_conformance.links import linking
from servinix_conformance.serving import ReferenceServer

REQUESTS = int(os.environ.get("GENERATED_REQUESTS", "20000"))
WARM = 200
MOST_MEGABYTES = 20


@dataclass
class Volume:
    requests: int = 0
    found: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    megabytes: list[float] = field(default_factory=list)


def memory_of(server: ReferenceServer) -> float:
    """The resident memory of its process, in megabytes."""
    told = subprocess.run(  # noqa: S603 - our own words
        ["ps", "-o", "rss=", "-p", str(server.process.pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return int(told.stdout) / 1024


@pytest.fixture(scope="module")
def volume() -> Iterator[Volume]:
    server = ReferenceServer.start()
    try:
        with closing(Connection.open(server.ready())) as connection:
            # That a run sends no more than its target file allows is told elsewhere.
            connection.board = LocalBoard()
            yield sent_to(server, connection)
    finally:
        server.stop()


def sent_to(server: ReferenceServer, connection: Connection) -> Volume:
    made = Volume()
    lead_on = {operation.id for operation in linking(connection.document)}
    for seed in count(1):
        for operation in operations_of(connection):
            for kind in ("fits", "does not fit", "links") if operation in lead_on else ("fits", "does not fit"):
                with world_about(connection, operation, seed=seed, examples=10) as world:
                    made.found += walk(world) if kind == "links" else send(world, fits=kind == "fits")
                    assert world.trial is not None
                    made.answers.update(world.trial.answers)
                made.requests = made.answers.total()
                if made.requests >= WARM:
                    made.megabytes.append(memory_of(server))
                if made.requests >= REQUESTS:
                    return made
    raise AssertionError("there are seeds without end")


def test_so_many_requests_are_sent(volume: Volume) -> None:
    assert volume.requests >= REQUESTS


def test_no_answer_is_other_than_the_document_has_it(volume: Volume) -> None:
    assert volume.found == []


def test_the_server_fails_at_none(volume: Volume) -> None:
    assert [answer for answer in volume.answers if answer[1].startswith("5")] == []


def test_its_memory_does_not_grow_with_them(volume: Volume) -> None:
    growth = volume.megabytes[-1] - volume.megabytes[0]
    print(f"{volume.requests} requests, {volume.megabytes[0]:.1f} MB, {growth:+.1f} MB")  # noqa: T201 - kept in docs
    assert growth <= MOST_MEGABYTES


def test_what_data_alone_can_reach_is_reached(volume: Volume) -> None:
    reached = {(operation, status) for operation, status, _ in volume.answers}
    wanted = (
        {("signIn", status) for status in ("202", "400", "401", "413", "415")}
        | {("verifyOtp", status) for status in ("200", "400", "401", "413", "415")}
        | {("resetPassword", status) for status in ("204", "400", "401", "413", "415")}
        | {("enableMfa", status) for status in ("200", "400", "401", "404", "413", "415")}
    )
    assert wanted - reached == set()
