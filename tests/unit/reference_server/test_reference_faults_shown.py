"""Each fault, shown to answer differently from the right server at the point that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fault_probes_accounts
import fault_probes_codes
import fault_probes_deliveries
import fault_probes_documents
import fault_probes_locks
import fault_probes_sign_in
import pytest
from fault_probes import PROBES

from reference_server.faults import FAULTS, Fault
from reference_server.settings import Policy

if TYPE_CHECKING:
    from tests.unit.reference_server.conftest import Stage

CHAPTERS = (
    fault_probes_sign_in,
    fault_probes_codes,
    fault_probes_locks,
    fault_probes_accounts,
    fault_probes_deliveries,
    fault_probes_documents,
)
"""Each puts its probes on the list when it is imported."""

# What is wrong with pages shows in a browser: tests/faults looks there.
ANSWERING = {name: one for name, one in FAULTS.items() if one.part != "pages"}


def test_every_fault_is_shown() -> None:
    assert PROBES.keys() == ANSWERING.keys()


@pytest.mark.parametrize("one", ANSWERING.values(), ids=list(ANSWERING))
def test_a_fault_shows(one: Fault, set_stage: type[Stage]) -> None:
    probe, replaced = PROBES[one.id], {one.part: one.replacement}
    policy = Policy(recovery_after_failures=20)
    right: list[object] = [probe(set_stage(policy=policy)) for _ in range(2)]
    assert right[0] == right[1]
    options: dict[str, Any] = {"policy": policy} | replaced
    assert probe(set_stage(**options)) != right[0]
