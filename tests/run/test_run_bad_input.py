"""Targets that do not bear an attack: recorded as what they are, and the run goes on to its end.

By default scenarios of clauses that the attack belongs to are tried, beside one that has nothing to do with it;
HARDENED_PROFILE=1 tries the whole profile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from besieged_servers import Slow, besieged, fails_at_what_it_cannot_read, hangs_up_on_what_is_odd
from odd_runs import Command, Told, carried_out
from odd_servers import Answer, Server

from servinix_conformance import catalogue
from servinix_conformance.suite import suite_root

CATALOGUE = catalogue.load((suite_root() / "features" / "catalogue.yaml",))
WHOLE = bool(os.environ.get("HARDENED_PROFILE"))
USUAL = {
    "OOB-10": "deviation",
    "OOB-11": "deviation",
    # Requests that are made up are sent where the profile of the document is asked for.
    **dict.fromkeys(("CONTRACT-2", "CONTRACT-3"), "not claimed"),
    **{name: "untested" for name, clause in CATALOGUE.clauses.items() if clause.planned},
}
"""What is not passed on a target that bears everything, and what becomes of it."""


@dataclass(frozen=True)
class Case:
    """A target that does not bear something.

    Attributes:
        answer: the target, from the URL of the server behind it.
        asked: what is tried by default.
        status: the exit status.
        verdicts: of each clause that is not what it is on a target that bears everything.
    """

    answer: Callable[[str], Answer]
    asked: tuple[str, ...]
    status: int
    verdicts: Mapping[str, str]


CASES = {
    "fails at what it cannot read": Case(
        lambda url: besieged(url, fails_at_what_it_cannot_read),
        ("--clause", "LEAK-2", "--clause", "TOKEN-5", "-k", "not A_text_that_is and not access_token_that_is_none"),
        1,
        {"LEAK-2": "failed", "INPUT-4": "failed", "CONTRACT-1": "failed"},
    ),
    "hangs up on what is odd": Case(
        lambda url: besieged(url, hangs_up_on_what_is_odd),
        ("--clause", "INPUT-4", "--clause", "INPUT-5", "--clause", "TOKEN-5", "-k", "not with_MFA_by_e-mail"),
        3,
        {"INPUT-4": "error", "INPUT-5": "error", "PATH-1": "error"},
    ),
    "is slow when many ask at once": Case(Slow, ("--clause", "LIMIT-2"), 0, {}),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return {name: tmp_path_factory.mktemp("besieged") for name in CASES}


@pytest.fixture(scope="module")
def asked(folders: Mapping[str, Path], reference: str, command: Command) -> Mapping[str, Told]:
    told = {}
    for name, case in CASES.items():
        words = () if WHOLE else case.asked
        with Server(case.answer(reference)) as server:
            options = ["--profile", "hardened", "--strict", *words]
            told[name] = replace(carried_out(command, folders[name], server.url, *options), server=server)
    return told


def clauses(told: Told) -> dict[str, str]:
    assert told.report is not None
    return {clause["id"]: clause["verdict"] for clause in told.report["clauses"]}


@pytest.mark.parametrize("name", CASES)
def test_the_run_goes_on_to_its_end_and_what_has_nothing_to_do_with_it_stays_as_it_is(
    asked: Mapping[str, Told], name: str
) -> None:
    told, case = asked[name], CASES[name]
    # A profile with a clause that is planned is incomplete at best.
    best = 4 if WHOLE and "untested" in USUAL.values() else 0
    assert told.status == (case.status or best), told.stdout
    assert told.report is not None
    assert (told.report["run"]["complete"], told.report["run"]["leftovers"]) == (True, [])
    expected = {clause: case.verdicts.get(clause, USUAL.get(clause, "passed")) for clause in clauses(told)}
    assert clauses(told) == expected


def failures(told: Told, judgement: str) -> list[dict[str, Any]]:
    assert told.report is not None
    return [end["failure"] for end in told.report["scenarios"] if end["judgement"] == judgement]


def test_a_failure_of_the_server_is_no_refusal(asked: Mapping[str, Told]) -> None:
    told = asked["fails at what it cannot read"]
    assert "there was one at signIn, verifyOtp" in told.stdout
    shown = [
        failure["answer"] for failure in failures(told, "failed") if "error of the server's own" in failure["expected"]
    ]
    # What is shown is what failed, though Ada signed in afterwards.
    assert {answer.partition(" ")[0] for answer in shown} == {"500"}


def test_whoever_hangs_up_is_told_with_the_request_that_got_no_answer(asked: Mapping[str, Told]) -> None:
    found = failures(asked["hangs up on what is odd"], "error")
    assert len(found) >= 6
    for failure in found:
        assert (failure["kind"], failure["answer"]) == ("network", None)
        assert "no HTTP answer: " in failure["actual"]
        assert failure["curl"].startswith(("curl -i -X PUT ", "curl -i -X PATCH ", "curl -i -X POST "))
    # Three megabytes make no line to be copied.
    assert '--data-raw "$BODY"' in "".join(failure["curl"] for failure in found)
    assert max(map(len, asked["hangs up on what is odd"].stdout.splitlines())) < 2000


def test_who_is_slow_is_recorded_so(asked: Mapping[str, Told], folders: Mapping[str, Path]) -> None:
    server = asked["is slow when many ask at once"].server
    assert server is not None
    assert isinstance(server.answer, Slow)
    assert server.answer.slowed
    lines = (folders["is slow when many ask at once"] / "report" / "events.ndjson").read_text(encoding="utf-8")
    slow = [
        exchange
        for line in lines.splitlines()
        for exchange in json.loads(line).get("exchanges", [])
        if exchange["seconds"] >= server.answer.seconds
    ]
    assert len(slow) >= server.answer.slowed // 2
