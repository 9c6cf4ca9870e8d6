"""Each fault turns its clause red, and no other but those that it says it cannot help breaking.

By default the faults of clauses that have scenarios are tried, each against its clause, and a sample of them against
both profiles as a whole; EVERY_FAULT=1 tries all faults against all there is, as the command `servinix-conformance
faults` does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

import pytest

from servinix_conformance import catalogue, plan
from servinix_conformance.commands.faults import PROFILES, checked, known_faults
from servinix_conformance.commands.jobs import Job, jobs_for
from servinix_conformance.commands.trials import tried
from servinix_conformance.kill_table import Trial
from servinix_conformance.suite import suite_root

FEATURES = suite_root() / "features"
CATALOGUE = catalogue.load((FEATURES / "catalogue.yaml",))
FAULTS = known_faults()
EVERYTHING = bool(os.environ.get("EVERY_FAULT"))
GENERATED = {name for name, clause in CATALOGUE.clauses.items() if clause.profile == "contract"}
# What generated requests show is tried every time by tests/contract, without a run for each.
HELD = (*PROFILES, "contract") if EVERYTHING else PROFILES
CHECKED = checked(plan.read((FEATURES,), CATALOGUE), CATALOGUE, HELD)
JUDGED = [name for name, clause in CATALOGUE.clauses.items() if clause.profile in HELD]
TRIED = [name for name, fault in FAULTS.items() if fault.clause in (JUDGED if EVERYTHING else CHECKED)]
SAMPLE = {"code-in-answer", "attempts-extend-lock", "resend-wait-too-long"}


@pytest.fixture(scope="session")
def trials(request: pytest.FixtureRequest) -> Mapping[str | None, Trial]:
    """A run for each fault that is asked for, as many at a time as there are processors; and one without a fault."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    named = [str(item.callspec.params.get("fault")) for item in items if hasattr(item, "callspec")]
    asked = [FAULTS[name] for name in named if name in FAULTS]
    whole = [fault for fault in asked if EVERYTHING or fault.id in SAMPLE]
    quick = [fault for fault in asked if fault not in whole]
    jobs = jobs_for(whole, CHECKED, HELD, own=False, generated=GENERATED)
    jobs += [
        replace(job, clauses=job.clauses[:1]) for job in jobs_for(quick, CHECKED, HELD, own=True, generated=GENERATED)
    ]
    jobs = [Job(None, (), HELD), *(job for job in jobs if job.fault is not None)]
    with pytest.MonkeyPatch.context() as patch:
        # A hundred runs of the same lines would teach coverage nothing.
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        with closing(tried(jobs, os.cpu_count() or 1)) as ended:
            return {job.fault.id if job.fault is not None else None: trial for job, trial in ended}


def test_the_server_without_a_fault_is_green(trials: Mapping[str | None, Trial]) -> None:
    assert (trials[None].reds, trials[None].problem) == ((), None)


@pytest.mark.parametrize("fault", TRIED)
def test_the_suite_turns_red_at_the_clause_of_a_fault_and_nowhere_else(
    fault: str, trials: Mapping[str | None, Trial]
) -> None:
    trial = trials[fault]
    assert trial.problem is None
    assert trial.fate == ("killed" if FAULTS[fault].clause in CHECKED else "no scenario"), trial.said
    assert {clause: trial.firsts[clause] for clause in trial.unexplained} == {}
    assert trial.unneeded == ()


@pytest.mark.parametrize("clause", [name for name in CHECKED if not CATALOGUE.clauses[name].by_design])
def test_every_clause_that_is_checked_can_be_broken(clause: str) -> None:
    assert [fault for fault in FAULTS.values() if fault.clause == clause]


def test_at_least_25_faults_are_tried() -> None:
    assert len(TRIED) >= 25
