"""A run in real time, held against the waits that it cannot do without.

The second server of the tests is reached by its target file alone: accounts are leased, mail goes over SMTP into a
Maildir, and time passes. No run is shorter than its longest chain of waits, nor than the waits on one kind of account
divided by the accounts of that kind.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("second", "mail")]

from acme_deployment import CONFIG, PASSPHRASE, Post, launch, url_of  # noqa: E402
from acme_sms import SmsGateway  # noqa: E402
from mail_servers import smtp_to_maildir  # noqa: E402

_ACCOUNTS = {"without MFA": 8, "with MFA by e-mail": 8, "with MFA by phone": 6}


@dataclass
class Memory:
    """The most memory that a process and all below it had at once, in MiB (proportional set size)."""

    most: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self, pid: int) -> None:
        """Look every now and then until it is over."""
        while not self.over.wait(0.5):
            self.most = max(self.most, sum(map(_mebibytes, _family(pid))))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:  # it has ended meanwhile
        return
    for child in children:
        yield from _family(int(child))


def _mebibytes(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:  # it has ended meanwhile
        return 0.0
    found = re.search(r"^Pss: +([0-9]+) kB", told, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def bound(report: Path) -> tuple[float, float]:
    """The longest chain of waits, and the most waiting on a kind of account by its accounts; in seconds."""
    waits: dict[str, float] = defaultdict(float)
    longest = 0.0
    for scenario in json.loads(report.read_text(encoding="utf-8"))["scenarios"]:
        text = " ".join(step["text"] for step in scenario["steps"])
        kind = next((kind for kind in _ACCOUNTS if kind in text), "without MFA")
        waited = sum(
            step["seconds"] for step in scenario["steps"] if step["text"].endswith(("has passed", "have passed"))
        )
        waits[kind] += waited
        longest = max(longest, waited)
    return longest, max(waits[kind] / number for kind, number in _ACCOUNTS.items())


def target_file(folder: Path, scale: int) -> Path:
    """The target file of the second server, its times multiplied."""
    there = ROOT / "tests" / "second"
    text = (
        (there / "acme.toml").read_text(encoding="utf-8").replace("acme-openapi.yaml", str(there / "acme-openapi.yaml"))
    )
    path = folder / "acme.toml"
    path.write_text(
        re.sub(
            r"^(\w+_seconds = )([0-9]+)$", lambda found: found[1] + str(int(found[2]) * scale), text, flags=re.MULTILINE
        )
    )
    return path


@contextmanager
def deployment(folder: Path, scale: int) -> Iterator[dict[str, str]]:
    """The second server with its mail, its times multiplied; gives the variables of its target file."""
    times = ("codeLife", "resendWait", "challengeLife", "lock", "linkLife")
    box = folder / "mail"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    with SmsGateway() as sms, smtp_to_maildir(lambda _address: box) as smtp:
        post = Post(smtp_port=smtp.port, sms_url=f"{sms.url}/sms")
        server = launch(folder, post, **{name: CONFIG["policy"][name] * scale for name in times})
        yield {
            "ACME_URL": url_of(server),
            "ACME_KEY": str(CONFIG["key"]),
            "ACME_PASSPHRASE": PASSPHRASE,
            "ACME_MAILDIR": str(box),
            "ACME_SMS_URL": sms.url,
        }
        server.communicate()


def once(processes: int, scale: int) -> tuple[float, float, float, float]:
    """One run: its wall time, the two bounds in seconds, and its memory in MiB."""
    with tempfile.TemporaryDirectory() as name, deployment(Path(name), scale) as variables:
        report = Path(name) / "report"
        target = target_file(Path(name), scale)
        words = ["run", str(target), "-n", str(processes), "--report", str(report)]
        memory, began = Memory(), time.monotonic()
        run = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "servinix_conformance", *words],
            stdout=subprocess.DEVNULL,
            env={**os.environ, **variables},
        )
        watching = threading.Thread(target=memory.watch, args=(run.pid,))
        watching.start()
        run.wait()
        seconds = time.monotonic() - began
        memory.over.set()
        watching.join()
        return seconds, *bound(report / "report.json"), memory.most


def main() -> None:
    """Print a line for each run, and the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="how many runs (default: 1)")
    parser.add_argument("-n", dest="processes", type=int, default=16, metavar="N", help="processes (default: 16)")
    parser.add_argument(
        "--scale", type=int, default=6, metavar="N", help="multiply the seconds of its policy (default: 6)"
    )
    options = parser.parse_args()
    print("   wall   longest chain   per account   aim   ratio to the waits   memory")
    ratios = []
    for _ in range(options.rounds):
        seconds, longest, per_account, memory = once(options.processes, options.scale)
        least = max(longest, per_account)
        ratios.append(seconds / least)
        print(
            f"{seconds:5.1f} s {longest:13.1f} s {per_account:11.1f} s {1.1 * least + 5:5.1f} s "
            f"{seconds / least:14.2f} {memory:13.0f} MiB",
            flush=True,
        )
    print(f"median ratio of wall time to the waits that no run can do without: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
