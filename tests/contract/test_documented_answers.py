"""On the reference server every answer that openapi.yaml describes is reached; else the document would be wrong.

EVERY_FAULT=1 carries out all scenarios of all profiles, for `make nightly`; by default, as few as reach all of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from in_process import TEXT, connection_to, reference, switched_off

from servinix_conformance.actor import AS_USUAL, Otherwise
from servinix_conformance.names import BY_TEST_SUPPORT
from servinix_conformance.target import Target

PROGRAM = Path(__file__).parent / "reaching.py"
# Generated data, and what it does not get at: suspended users, failed deliveries, other roles, no MFA, early resends.
ENOUGH = ("CONTRACT-2", "LOCK-4", "SEND-2", "ADMIN-1", "MFA-13", "MFA-16")
EXAMPLES, CLAUSES = ("30", ()) if os.environ.get("EVERY_FAULT") else ("1", ENOUGH)
OF_ONES_OWN = "        '401': {$ref: '#/components/responses/AccessTokenRejected'}\n\n  /.well-known"
NEVER_GIVEN = OF_ONES_OWN.replace("\n\n", "\n        '402': {$ref: '#/components/responses/AccessTokenRejected'}\n\n")


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What a run of all profiles reaches of openapi.yaml, and of an answer that no server gives."""
    document = tmp_path_factory.mktemp("described") / "openapi.yaml"
    assert OF_ONES_OWN in TEXT
    document.write_text(TEXT.replace(OF_ONES_OWN, NEVER_GIVEN), encoding="utf-8")
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(PROGRAM), str(document), EXAMPLES, *CLAUSES],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return [item for item in found if item["operation"] not in BY_TEST_SUPPORT]


def test_every_answer_that_the_document_describes_is_reached_and_no_other(reached: list[dict[str, Any]]) -> None:
    described = [item for item in reached if item["described"]]
    assert len(described) > 60
    never = [
        (item["operation"], item["status"], item["media_type"])
        for item in described
        if not item["exchanges"] + item["generated"]
    ]
    assert never == [("getProfile", "402", "application/problem+json")]


def test_both_scenarios_and_generated_data_reach_some_of_it(reached: list[dict[str, Any]]) -> None:
    assert {(bool(item["exchanges"]), bool(item["generated"])) for item in reached} >= {(True, False), (False, True)}


Asked = tuple[str, dict[str, object], Otherwise]
WHOM: dict[str, object] = {"email": "ada@people.example", "password": "a-password-of-hers"}
LONG = Otherwise(extra={"padding": "x" * 20_000})
PLAIN = Otherwise(written="as plain text")


def of_test_support(user: object) -> list[Asked]:
    """What is right, what is not, and what is no JSON, for each of its operations."""
    whose: dict[str, object] = {"user_id": user}
    bodies: dict[str, dict[str, object]] = {
        "createUser": WHOM,
        "setOutage": {"address": "ada@people.example", "failing": False},
        "advanceClock": {**whose, "seconds": 1},
    }
    ways = (AS_USUAL, LONG, PLAIN)
    asked: list[Asked] = [(name, body, otherwise) for name, body in bodies.items() for otherwise in ways]
    asked += [
        ("createUser", WHOM, AS_USUAL),
        ("createUser", {}, AS_USUAL),
        ("setOutage", {}, AS_USUAL),
        ("advanceClock", whose, AS_USUAL),
    ]
    asked += [("getPolicy", {}, AS_USUAL), ("listMessages", {}, AS_USUAL), ("listMessages", {"to": "a"}, AS_USUAL)]
    # The second time there is nobody any more.
    return [*asked, *[("deleteUser", whose, AS_USUAL)] * 2, ("advanceClock", bodies["advanceClock"], AS_USUAL)]


def answers_of(target: Target, secret: str | None) -> set[tuple[str, str]]:
    """The operations of test support, with the statuses that they gave; each answer is as the document has it."""
    gateway = connection_to(target)[0].gateway()
    made = gateway.perform("createUser", {**WHOM, "email": "eve@people.example"}, bearer=secret)
    for name, values, otherwise in of_test_support(made.fields.get("user_id", "nobody")):
        gateway.perform(name, values, bearer=secret, otherwise=otherwise)
    assert gateway.violations() == []
    return {(item.operation, str(item.status)) for item in gateway.exchanges()}


def test_every_status_of_test_support_is_reached_and_no_other() -> None:
    target = reference()
    with_it = answers_of(target, target.test_support_token) | answers_of(target, "the-secret-of-somebody-else")
    document = connection_to(target)[0].document
    described = {(name, status) for name in BY_TEST_SUPPORT for status in document.operations[name].statuses}
    off = {(name, "404") for name in BY_TEST_SUPPORT}
    assert with_it == described - (off - {("deleteUser", "404"), ("advanceClock", "404")})
    assert answers_of(switched_off(), target.test_support_token) == off
