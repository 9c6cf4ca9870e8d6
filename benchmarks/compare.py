"""The suite beside its peer, bare pytest-bdd with requests: the same feature file, the same requests, one server.

Runs of both are processes that take turns, so that whatever else slows the machine down slows both; what is printed is
medians and their ratios. The server counts the requests of each run: unless they agree, the ratio would mean nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import pty
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FEATURE = HERE / "sign_in.feature"
TOKEN_VARIABLE = "BENCH_TOKEN"  # noqa: S105 - the name of a variable
CREATED = ("POST", "/test-support/users")


class NotComparableError(Exception):
    """A run failed, or the two sides did not ask for the same."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run, in seconds.

    Attributes:
        whole: from the start of the process to its end.
        first: from its start to the first request of a scenario.
        scenario: from the first request of the first scenario to the last one of the last, by the number of scenarios.
        scenarios: how many there were.
    """

    whole: float
    first: float
    scenario: float
    scenarios: int


@dataclass(frozen=True, slots=True)
class Server:
    """The counting server."""

    url: str
    token: str

    def counted(self) -> list[tuple[float, str, str]]:
        """The requests since the last question: time, method, path."""
        with urllib.request.urlopen(f"{self.url}/counted") as answer:  # noqa: S310 - our own server
            return [tuple(entry) for entry in json.load(answer)]


def _environment(**more: str) -> dict[str, str]:
    # Compiled modules are kept, as they are where the suite is installed.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more}


@contextmanager
def _server() -> Iterator[Server]:
    token = secrets.token_urlsafe(24)
    with subprocess.Popen(  # noqa: S603 - our own server
        [sys.executable, str(HERE / "server.py")],
        env=_environment(**{TOKEN_VARIABLE: token}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        # Leaving the block closes its standard input, at which it ends.
        url = process.stdout.readline().strip() if process.stdout else ""
        if not url:
            raise NotComparableError("the counting server did not start")
        yield Server(url, token)


def _number(told: str, word: str) -> int:
    """The number that stands before a word: `50 passed`, `50 scenarios`."""
    words = told.split()
    place = next((at for at, it in enumerate(words) if it == word and words[at - 1].isdigit()), None)
    if place is None:
        raise NotComparableError(f"the run does not say how many {word}:\n{told}")
    return int(words[place - 1])


def _run(command: list[str], server: Server, word: str) -> tuple[Sample, Counter[tuple[str, str]]]:
    """Run one side; return its times, and its requests with user ids left out."""
    server.counted()
    started = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own commands
        command,
        cwd=HERE / "bare",
        env=_environment(BENCH_URL=server.url, **{TOKEN_VARIABLE: server.token}),
        capture_output=True,
        text=True,
        check=False,
    )
    whole = time.monotonic() - started
    if done.returncode:
        raise NotComparableError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    counted, scenarios = server.counted(), _number(done.stdout, word)
    begun = next(moment for moment, *request in counted if tuple(request) == CREATED)
    requests = Counter(
        (method, f"{CREATED[1]}/*" if path.startswith(f"{CREATED[1]}/") else path) for _, method, path in counted
    )
    return Sample(whole, begun - started, (counted[-1][0] - begun) / scenarios, scenarios), requests


def _profile() -> tuple[float, float]:
    """The documented profile as a user runs it: seconds until the end of its first scenario, and until all is done.

    It runs on a terminal of its own, since it shows progress on a terminal alone.
    """
    reader, terminal = pty.openpty()
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "servinix_conformance", "run", "reference", "--strict"],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        shown, first = b"", 0.0
        while part := _read(reader):
            shown += part
            if not first and b"1 of " in shown:
                first = time.monotonic() - started
    whole = time.monotonic() - started
    os.close(reader)
    if process.returncode or not first:
        raise NotComparableError(f"run reference ended with {process.returncode}:\n{shown.decode(errors='replace')}")
    return first, whole


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except OSError:  # how Linux says that nobody writes to a terminal any more
        return b""


def _agree(ours: Counter[tuple[str, str]], bare: Counter[tuple[str, str]]) -> int:
    """Hold the requests of both sides against each other; returns how many the suite sends ahead of them."""
    ahead = Counter({("GET", "/"): 1, ("GET", "/test-support/policy"): 1})
    if ours - ahead != bare or ahead - ours:
        more, less = ours - ahead - bare, bare - ours
        raise NotComparableError(f"the requests do not agree; only ours: {dict(more)}; only the peer's: {dict(less)}")
    return ahead.total()


def _compare(rounds: int, processes: int) -> tuple[dict[str, list[Sample]], str]:
    workers = ["-n", str(processes)] if processes else []
    with _server() as server, tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "target.toml"
        target.write_text(
            f'name = "counting server"\nbase_url = "{server.url}"\n[test_support]\ntoken = "env:{TOKEN_VARIABLE}"\n'
        )
        commands = {
            "ours": (
                [sys.executable, "-m", "servinix_conformance", "run", str(target), str(FEATURE), *workers],
                "scenarios",
            ),
            "bare": ([sys.executable, "-m", "pytest", *(["-p", "xdist"] if workers else []), *workers], "passed"),
        }
        taken: dict[str, list[Sample]] = {name: [] for name in commands}
        told = ""
        for turn in range(rounds + 1):
            _progress(f"{'-n ' + str(processes) + ': ' if processes else ''}round {turn} of {rounds}")
            # Who goes first alternates too. The first turn fills caches and is not counted.
            names = list(commands) if turn % 2 else list(reversed(commands))
            results = {name: _run(commands[name][0], server, commands[name][1]) for name in names}
            numbers = {name: sample.scenarios for name, (sample, _) in results.items()}
            if len(set(numbers.values())) > 1:
                raise NotComparableError(f"not the same number of scenarios: {numbers}")
            ahead = 0 if workers else _agree(results["ours"][1], results["bare"][1])
            total = results["bare"][1].total()
            told = f"{numbers['bare']} scenarios with {total} requests each side; ours sends {ahead} more beforehand"
            if turn:
                for name, (sample, _) in results.items():
                    taken[name].append(sample)
    return taken, told


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    elif text:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _rows(title: str, taken: dict[str, list[Sample]]) -> Iterator[tuple[str, float, float]]:
    def median(name: str, of: Callable[[Sample], float]) -> float:
        return statistics.median(map(of, taken[name]))

    for what, of in (
        ("a scenario", lambda sample: sample.scenario),
        ("to the first scenario", lambda sample: sample.first),
        ("whole run", lambda sample: sample.whole),
    ):
        yield f"{title}{what}", median("ours", of), median("bare", of)


def main() -> int:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="runs of each side (default: 7)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample there")
    parser.add_argument("-n", dest="processes", type=int, default=0, metavar="N", help="also with N processes each")
    options = parser.parse_args()
    facts = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    try:
        single, told = _compare(options.rounds, 0)
        shared = _compare(options.rounds, options.processes)[0] if options.processes else None
        profiles = []
        for turn in range(options.rounds):
            _progress(f"whole profile: round {turn + 1} of {options.rounds}")
            profiles.append(_profile())
        _progress("")
    except NotComparableError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"{facts}; medians of {options.rounds}\n{FEATURE.name}: {told}\n")
    print(f"{'':34}{'ours':>10}{'bare':>10}{'ratio':>8}")
    for what, ours, bare in [*_rows("", single), *(_rows(f"-n {options.processes}: ", shared) if shared else [])]:
        print(f"{what:34}{ours * 1000:>7.1f} ms{bare * 1000:>7.1f} ms{ours / bare:>8.2f}")
    first, whole = (statistics.median(values) for values in zip(*profiles, strict=True))
    print(f"{'run reference --strict':34}{whole * 1000:>7.1f} ms")
    print(f"{'  to the end of its first scenario':34}{first * 1000:>7.1f} ms")
    if options.json:
        samples = {"single": single, "shared": shared or {}}
        record = {
            "facts": facts,
            "compared": told,
            **{key: {name: list(map(asdict, it)) for name, it in value.items()} for key, value in samples.items()},
            "profile": [{"first": early, "whole": late} for early, late in profiles],
        }
        options.json.write_text(json.dumps(record, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
