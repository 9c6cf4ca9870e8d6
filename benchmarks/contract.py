"""What the profile contract costs: over the network, as a user runs it, and in one process with its server.

Both are whole processes with the default seed and number of examples. They take turns, so that what else the machine
does is shared, and every round gives a ratio of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from servinix_conformance.commands.invocation import shut_off, words  # noqa: E402
from servinix_conformance.hosting.inside import InsideServer  # noqa: E402
from servinix_conformance.plugin import Handle  # noqa: E402

_INSIDE = "inside"


def inside() -> None:
    """The profile in this process; prints how many requests were generated."""
    shut_off()
    handle = Handle([], InsideServer.start(None))
    status = pytest.main(words(ROOT, {"--servinix-profile": ["contract"]}, [str(ROOT / "features")]), plugins=[handle])
    if handle.run is None or status != 0:
        raise RuntimeError(f"the run did not end well: {status!r}")
    print(sum(item.generated for item in handle.run.report.reached))


def over_the_network() -> int:
    """The profile as a user starts it; how many requests were generated."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "servinix_conformance", "run", "reference", "--profile", "contract"]
        subprocess.run([*command, "--report", folder], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        report = json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
    return sum(item["generated"] for item in report["coverage"])


def in_process() -> int:
    """The same in one process with its server; how many requests were generated."""
    told = subprocess.run(  # noqa: S603 - our own
        [sys.executable, __file__, _INSIDE], check=True, stdout=subprocess.PIPE, text=True
    )
    return int(told.stdout.splitlines()[-1])


def timed(run: Callable[[], int]) -> tuple[float, float, int]:
    """Seconds of wall time, seconds of CPU time of all processes, and what the run gives."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    given = run()
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, given


def main() -> None:
    """Print a line for each round, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each (default: 3)")
    options = parser.parse_args()
    samples: list[tuple[float, float]] = []
    print(f"load {os.getloadavg()[0]:.1f}\n   network       CPU  requests   in process       CPU  requests   ratio")
    for _ in range(options.rounds):
        (wall, cpu, requests), (wall_inside, cpu_inside, requests_inside) = timed(over_the_network), timed(in_process)
        samples.append((wall, wall_inside))
        print(
            f"{wall:8.1f} s {cpu:7.1f} s {requests:9} {wall_inside:10.1f} s {cpu_inside:7.1f} s {requests_inside:9} "
            f"{wall_inside / wall:7.2f}",
            flush=True,
        )
    network, own = (statistics.median(times) for times in zip(*samples, strict=True))
    ratio = statistics.median(own / over for over, own in samples)
    print(f"medians: {network:.1f} s over the network, {own:.1f} s in process, ratio {ratio:.2f}")


if __name__ == "__main__":
    inside() if sys.argv[1:] == [_INSIDE] else main()
