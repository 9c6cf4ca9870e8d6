"""Runs of the suite against the right server, each under other conditions."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from far_away import company, far_away

from servinix_conformance.serving import ReferenceServer
from servinix_conformance.suite import suite_root

_LONGEST_SECONDS = 1500
_EXAMPLES = 10
_PROFILES = ("documented", "hardened", "contract")
_TARGET = """name = "the right server"
base_url = "{url}"
[claims]
profiles = ["documented", "hardened", "contract"]
[test_support]
token = "env:RIGHT_SERVER"
deadline_seconds = 5
"""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a run is made.

    Attributes:
        processes: of xdist; 0 for none.
        latency_ms: from a request to its answer, beside what the server takes.
        busy: whether something else keeps the processors busy.
        most: how many scenarios are run; None for all.
        seed: what their order is drawn from.
    """

    processes: int
    latency_ms: int
    busy: bool
    most: int | None = None
    seed: int = field(default_factory=lambda: secrets.randbelow(10**9))

    def __str__(self) -> str:
        return f"-n {self.processes}, {self.latency_ms} ms, {'busy' if self.busy else 'idle'}"


SPREAD = [
    Conditions(processes, latency_ms, busy)
    for processes, latency_ms in ((1, 0), (8, 200), (2, 20), (8, 0), (1, 20), (2, 0), (8, 20))
    for busy in (False, True)
]


def spread(runs: int) -> list[Conditions]:
    """So many runs, spread evenly over all conditions, each in an order of its own."""
    return [Conditions(one.processes, one.latency_ms, one.busy) for one in islice(cycle(SPREAD), runs)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a run said.

    Attributes:
        alarms: the clauses that are red, each with the reason.
        unseen: those that could not be seen.
        verdicts: of each profile.
        seconds: how long the run took.
        printed: what pytest printed.
    """

    alarms: Mapping[str, str]
    unseen: Mapping[str, str]
    verdicts: Mapping[str, str | None]
    seconds: float
    printed: str


def carry_out(conditions: Conditions, folder: Path, *words: str, fault: str | None = None) -> Told:
    """Run the suite once, under these conditions; the report stands in the folder.

    Args:
        conditions: those.
        folder: an empty one.
        words: further ones for pytest.
        fault: the id of what is wrong with the server; None for the right one.
    """
    server = ReferenceServer.start(*(("--fault", fault) if fault else ()))
    try:
        target = server.ready()
        with far_away(target.base_url, conditions.latency_ms / 1000) as url, company(busy=conditions.busy):
            (folder / "target.toml").write_text(_TARGET.format(url=url), encoding="utf-8")
            told = _run(conditions, folder, server.token, words)
    finally:
        server.stop()
    path = folder / "report" / "report.json"
    if not path.exists():
        return Told({"the run": "it wrote no report"}, {}, {}, 0.0, told)
    report = json.loads(path.read_text(encoding="utf-8"))
    alarms = {
        clause["id"]: "; ".join(clause["reasons"])
        for clause in report["clauses"]
        if clause["verdict"] in {"failed", "error"}
    }
    # Where some scenarios alone are run, nobody said anything of other clauses.
    untested = [end for end in report["scenarios"] if end["judgement"] == "untested"]
    unseen = {clause: end["reason"] for end in untested for clause in end["clauses"]}
    if report["run"]["problem"] or report["run"]["leftovers"] or not report["run"]["complete"]:
        alarms["the run"] = str({key: report["run"][key] for key in ("problem", "leftovers", "stopped")})
    verdicts = {profile["name"]: profile["verdict"] for profile in report["profiles"]}
    return Told(alarms, unseen, verdicts, report["run"]["seconds"], told)


def _run(conditions: Conditions, folder: Path, token: str, words: Iterable[str]) -> str:
    root = suite_root()
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(root)),
        *("-c", str(root / "pyproject.toml"), "-p", "pytest-bdd", "-p", "xdist"),
        *("-p", "shuffled", f"--shuffle-seed={conditions.seed}"),
        *([f"--shuffle-most={conditions.most}"] if conditions.most else []),
        *("-n", str(conditions.processes), "--servinix-strict", f"--servinix-target={folder / 'target.toml'}"),
        *(f"--servinix-profile={name}" for name in _PROFILES),
        # That many generated requests for each operation are enough to be wrong about; time is for the order.
        f"--servinix-max-examples={_EXAMPLES}",
        *(f"--servinix-report={folder / 'report'}", *words, str(root / "features")),
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_"))}
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    told = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_LONGEST_SECONDS,
        check=False,
        # What else is installed costs a second for each process.
        env={**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": path, "RIGHT_SERVER": token},
    )
    return told.stdout + told.stderr
