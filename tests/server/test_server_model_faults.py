"""The model can fail: it finds servers that are wrong in one way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sign_in_machine import machine

from reference_server.faults import FAULTS

FOUND = (
    "amr-says-password-only",
    "attempts-extend-lock",
    "client-skips-mfa",
    "code-of-another-challenge",
    "code-only-on-request",
    "count-rolled-back",
    "lock-too-short",
    "mfa-token-never-expires",
    "mfa-token-reusable",
    "otp-failures-not-counted",
    "password-stage-clears-password-count",
    "remembers-the-user",
    "sign-out-keeps-token",
    "support-cannot-unlock",
)


@pytest.mark.parametrize("fault", FOUND)
def test_the_model_finds_a_fault(fault: str) -> None:
    replaced: dict[str, Any] = {FAULTS[fault].part: FAULTS[fault].replacement}
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            machine(**replaced),
            settings=settings(
                max_examples=100,
                stateful_step_count=40,
                phases=[Phase.generate],  # that it is found is enough: the shortest way to it is not looked for
                derandomize=True,
                database=None,
                deadline=None,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
