"""Each fault of the pages turns its clause red, and no other that it does not name; here at the clauses that it names.

EVERY_FAULT=1 tries each against the whole profile, as `servinix-conformance faults --profile portal` does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing

import pytest

from servinix_conformance import catalogue, plan
from servinix_conformance.commands.faults import checked, known_faults
from servinix_conformance.commands.jobs import jobs_for
from servinix_conformance.commands.trials import carried_out
from servinix_conformance.kill_table import Trial
from servinix_conformance.suite import suite_root

FEATURES = suite_root() / "features"
CATALOGUE = catalogue.load((FEATURES / "catalogue.yaml",))
CHECKED = checked(plan.read((FEATURES,), CATALOGUE), CATALOGUE, ("portal",))
EVERYTHING = bool(os.environ.get("EVERY_FAULT"))
PAGES = {name: fault for name, fault in known_faults().items() if fault.clause in CHECKED}
# This clause stands for whole chapters, of which a few scenarios are enough here.
CHAPTERS = "PORTAL-7"
LONG = [name for name, fault in PAGES.items() if fault.clause == CHAPTERS and not EVERYTHING]


@pytest.fixture(scope="module")
def trials(request: pytest.FixtureRequest) -> Mapping[str, Trial]:
    """A run for each fault that is asked for, as many at a time as there are processors."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    named = [str(item.callspec.params.get("fault")) for item in items if hasattr(item, "callspec")]
    asked = [PAGES[name] for name in named if name in PAGES]
    clauses = [name for name in CHECKED if EVERYTHING or name != CHAPTERS]
    jobs = jobs_for(asked, clauses, ("portal",), own=not EVERYTHING)
    with pytest.MonkeyPatch.context() as patch:
        # Many runs of the same lines would teach coverage nothing.
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        with closing(carried_out([job for job in jobs if job.fault], os.cpu_count() or 1)) as ended:
            return {job.fault.id: trial for job, trial in ended if job.fault}


@pytest.mark.parametrize("fault", [name for name in PAGES if name not in LONG])
def test_a_fault_of_the_pages_is_seen_at_its_clause_and_nowhere_else(fault: str, trials: Mapping[str, Trial]) -> None:
    trial = trials[fault]
    assert trial.problem is None
    assert trial.fate == "killed", trial.said
    assert trial.unexplained == ()
    assert trial.unneeded == ()


@pytest.mark.parametrize("fault", LONG)
def test_a_fault_of_whole_chapters_is_seen_in_some_of_their_scenarios(fault: str) -> None:
    options = ["--servinix-profile", "portal", "--servinix-fault", fault, "-k", "the_password_alone_does_not"]
    told = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", "-q", "-c", FEATURES.parent / "pyproject.toml", *options, FEATURES],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PYTEST_"))},
    )
    assert "1 failed" in told.stdout, told.stdout + told.stderr
    assert "test_the_password_alone_does_not_sign_in" in told.stdout


def test_every_clause_of_the_portal_can_be_broken() -> None:
    assert {fault.clause for fault in PAGES.values()} == set(CHECKED)
