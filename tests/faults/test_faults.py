"""Each fault turns its clause red; a few are tried against everything, and turn nothing red that they do not name.

The command `servinix-conformance faults` tries all faults against everything, and `make nightly` calls it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing

import pytest

from servinix_conformance import catalogue, plan
from servinix_conformance.commands.faults import PROFILES, checked, known_faults
from servinix_conformance.commands.jobs import Job
from servinix_conformance.commands.trials import tried
from servinix_conformance.kill_table import Trial
from servinix_conformance.suite import suite_root

FEATURES = suite_root() / "features"
CATALOGUE = catalogue.load((FEATURES / "catalogue.yaml",))
FAULTS = known_faults()
# What generated requests show is tried by tests/contract, without a run for each.
CHECKED = checked(plan.read((FEATURES,), CATALOGUE), CATALOGUE, PROFILES)
TRIED = [name for name, fault in FAULTS.items() if fault.clause in CHECKED]
SAMPLE = {"code-in-answer", "attempts-extend-lock", "resend-wait-too-long"}


@pytest.fixture(scope="session")
def trials(request: pytest.FixtureRequest) -> Mapping[str | None, Trial]:
    """A run for each fault that is asked for, as many at a time as there are processors; and one without a fault."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    named = [str(item.callspec.params.get("fault")) for item in items if hasattr(item, "callspec")]
    asked = [FAULTS[name] for name in named if name in FAULTS]
    whole = [Job(fault, (), PROFILES) for fault in asked if fault.id in SAMPLE]
    quick = [Job(fault, (fault.clause,), PROFILES) for fault in asked if fault.id not in SAMPLE]
    jobs = [Job(None, (), PROFILES), *whole, *quick]
    with pytest.MonkeyPatch.context() as patch:
        # A hundred runs of the same lines would teach coverage nothing.
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        with closing(tried(jobs, os.cpu_count() or 1)) as ended:
            return {job.fault.id if job.fault is not None else None: trial for job, trial in ended}


def test_the_server_without_a_fault_is_green(trials: Mapping[str | None, Trial]) -> None:
    assert (trials[None].reds, trials[None].problem) == ((), None)


@pytest.mark.parametrize("fault", TRIED)
def test_the_suite_turns_red_at_the_clause_of_a_fault_and_at_no_other_that_was_looked_at(
    fault: str, trials: Mapping[str | None, Trial]
) -> None:
    trial = trials[fault]
    assert trial.problem is None
    assert trial.fate == "killed", trial.said
    assert {clause: trial.firsts[clause] for clause in trial.unexplained} == {}
    assert trial.unneeded == ()


@pytest.mark.parametrize("clause", [name for name in CHECKED if not CATALOGUE.clauses[name].by_design])
def test_every_clause_that_is_checked_can_be_broken(clause: str) -> None:
    assert [fault for fault in FAULTS.values() if fault.clause == clause]


def test_at_least_25_faults_are_tried() -> None:
    assert len(TRIED) >= 25
