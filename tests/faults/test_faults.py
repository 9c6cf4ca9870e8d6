"""Each fault turns its clause red, and no other but those that it says it cannot help breaking.

By default the faults of clauses that have scenarios are tried, each against the clauses that it names, and a sample of
them against the whole documented profile; EVERY_FAULT=1 tries all faults against all there is, for `make nightly`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from reference_server.faults import FAULTS

ROOT = Path(__file__).parents[2]
CLAUSES = {
    clause["id"]: clause
    for clause in yaml.safe_load((ROOT / "features" / "catalogue.yaml").read_text(encoding="utf-8"))["clauses"]
}
CHECKED = [
    name
    for name, clause in CLAUSES.items()
    if clause["profile"] in {"documented", "hardened"} and not {"planned", "unobservable"} & clause.keys()
]
TRIED = [name for name, fault in FAULTS.items() if os.environ.get("EVERY_FAULT") or fault.clause in CHECKED]


# Scenarios wait for messages that these never send: by default they are tried against their own clause alone.
SLOW = {"code-only-on-request", "code-to-account-email", "no-reset-mail", "reset-mail-to-contact"}
SAMPLE = {
    "access-token-at-password-stage",
    "client-skips-mfa",
    "enable-for-organization",
    "lock-too-short",
    "old-reset-link-valid",
    "wrong-password-sends-code",
}


def named(fault: str) -> list[str]:
    """The clauses that are expected to turn red."""
    also = () if fault in SLOW and not os.environ.get("EVERY_FAULT") else FAULTS[fault].also_breaks
    return [FAULTS[fault].clause, *also]


def run_with(fault: str, folder: Path, *, whole: bool = True) -> dict[str, Any]:
    """The report of a strict run against the reference server with one fault: of all clauses, or of those it names."""
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-q"]
    options = ["--servinix-strict", "--servinix-fault", fault, "--servinix-report", str(folder / fault)]
    if not whole:
        options += [word for name in named(fault) if name in CHECKED for word in ("--servinix-clause", name)]
    elif os.environ.get("EVERY_FAULT"):
        options += ["--servinix-profile", "documented", "--servinix-profile", "hardened"]
    plugins = ["-p", "pytest-bdd", "-p", "no:cacheprovider", "--disable-plugin-autoload"]
    told = subprocess.run(  # noqa: S603 - our own command
        [*command, *options, *plugins, str(ROOT / "features")],
        capture_output=True,
        text=True,
        timeout=900,
        # A hundred runs of the same lines would teach coverage nothing.
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
        check=False,
    )
    path = folder / fault / "report.json"
    assert path.exists(), told.stdout + told.stderr
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


@pytest.fixture(scope="session")
def reports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """A run for each fault that is going to be asked for, as many at a time as there are processors."""
    folder = tmp_path_factory.mktemp("faults")
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    asked = [str(item.callspec.params["fault"]) for item in items if "reports" in item.fixturenames]
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    yield {fault: pool.submit(run_with, fault, folder, whole=_whole(fault)) for fault in asked}
    pool.shutdown(cancel_futures=True)


def _whole(fault: str) -> bool:
    return bool(os.environ.get("EVERY_FAULT")) or fault in SAMPLE


@pytest.mark.parametrize("fault", TRIED)
def test_the_suite_turns_red_at_the_clause_of_a_fault_and_nowhere_else(
    fault: str, reports: dict[str, Future[dict[str, Any]]]
) -> None:
    report = reports[fault].result()
    verdicts = {clause["id"]: clause["verdict"] for clause in report["clauses"]}
    # A SHOULD that is broken is a deviation; one by design is there whatever the fault.
    deviations = {name for name, verdict in verdicts.items() if verdict == "deviation" and not _by_design(name)}
    failed = {name for name, verdict in verdicts.items() if verdict in {"failed", "error"}}
    red = failed | deviations
    judged = {clause["id"] for clause in report["clauses"]} & {*CHECKED, "CONTRACT-1"}
    expected = (set(named(fault)) | ({*FAULTS[fault].also_breaks} & {"CONTRACT-1"})) & judged
    assert red == expected
    assert report["run"]["exit_status"] == (1 if failed else 4 if _untested(report) else 0)


def _by_design(clause: str) -> bool:
    return "by_design" in CLAUSES.get(clause, {})


def _untested(report: dict[str, Any]) -> bool:
    return any(clause["verdict"] == "untested" for clause in report["clauses"])


@pytest.mark.parametrize("clause", [name for name in CHECKED if "by_design" not in CLAUSES[name]])
def test_every_clause_that_is_checked_can_be_broken(clause: str) -> None:
    assert [fault for fault in FAULTS.values() if fault.clause == clause]


def test_at_least_25_faults_are_tried() -> None:
    assert len(TRIED) >= 25
