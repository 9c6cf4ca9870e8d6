"""What is wrong with a server where nobody looks by hand is found by generated requests, and told by its clause."""

from __future__ import annotations

import pytest
from in_process import connection_to, reference, send, world_about

from reference_server.faults import FAULTS
from servinix_conformance.catalogue import CONTRACT
from servinix_conformance.events import WHOLE, Finding

# Each fault, an operation that has it, whether data shows it that fits, the clause, and what stands in the curl line.
SHOWN = {
    "odd-user-id-is-500": ("unlockUser", True, "LEAK-2", "/support/users/%C2%80/unlock"),
    "odd-user-id-is-429": ("disableMfa", True, CONTRACT, "/support/users/%C2%80/mfa/disable"),
    "refused-search-is-plain-json": ("findUsers", False, CONTRACT, "/support/users"),
    "record-without-contact": ("disableMfa", True, CONTRACT, '{"identity_verified": true}'),
    "identity-check-as-text": ("unlockUser", False, "INPUT-1", '{"identity_verified": "'),
    "shortest-password-refused": ("resetPassword", True, WHOLE, "/auth/password-reset/confirm"),
    "sign-out-by-put": ("signOut", False, "INPUT-4", "-X PUT"),
    "search-without-token": ("findUsers", True, "PATH-1", "/support/users?email="),
}


def findings(fault: str | None, operation: str, *, fits: bool, examples: int = 10) -> list[Finding]:
    connection, _ = connection_to(reference(fault))
    with world_about(connection, operation, examples=examples) as world:
        send(world, fits=fits)
        assert world.trial is not None
        return world.trial.findings


def test_each_fault_that_generated_data_finds_is_tried() -> None:
    assert SHOWN.keys() == {name for name, fault in FAULTS.items() if fault.clause == "CONTRACT-2"}


@pytest.mark.parametrize("fault", SHOWN)
def test_a_fault_is_found_and_told_by_its_clause_with_a_small_request(fault: str) -> None:
    operation, fits, clause, curl = SHOWN[fault]
    found = findings(fault, operation, fits=fits)
    named = [item for item in found if item.clause == clause]
    assert named, found
    assert {item.operation for item in found} == {operation}
    assert any(curl in item.curl for item in named), [item.curl for item in named]
    assert all(item.curl.startswith("curl ") and len(item.curl) < 400 for item in found)
    assert {item.clause for item in found} <= {*FAULTS[fault].also_breaks, WHOLE, "CONTRACT-2"}


def test_one_cause_is_told_once_however_many_requests_met_it() -> None:
    (found,) = findings("odd-user-id-is-500", "unlockUser", fits=True)
    assert found.times > 1
    assert found.actual == "it answered 500"
    assert found.answer.startswith("500 ")


def test_no_secret_stands_in_what_is_told() -> None:
    (found,) = findings("record-without-contact", "disableMfa", fits=True)
    assert "Bearer $ACCESS_TOKEN" in found.curl
