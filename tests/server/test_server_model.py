"""The server does what the model of the contract says, whatever people do and in whatever order."""

from __future__ import annotations

import pytest
from effort import EFFORT
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sign_in_machine import DENSE, machine

from reference_server.settings import Policy


@pytest.mark.parametrize(("policy", "examples"), [(DENSE, 40), (Policy(), 15)], ids=["dense", "contract"])
def test_the_server_keeps_to_the_model(policy: Policy, examples: int) -> None:
    run_state_machine_as_test(
        machine(policy),
        settings=settings(
            max_examples=examples * EFFORT,
            stateful_step_count=40,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
