"""`run`: from the words of the command line to those of pytest."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from ..serving import ReferenceServer
from ..status import UNUSABLE, USAGE
from ..suite import suite_root
from ..target import Target
from ..target_file import TargetError
from . import fail
from .invocation import words

_MOST_PROCESSES = 16
_MOST_SHORTENED = 6
_NO_TARGET = """\
{command} what? Name a target:
  servinix-conformance {command} reference      the reference server, started for this run
  servinix-conformance {command} TARGET.toml    a deployment, described by a target file"""


def main(options: argparse.Namespace) -> int:
    """Run the scenarios."""
    try:
        if options.report:
            from ..reporting import clear  # noqa: PLC0415 - only where there is something to clear

            clear(Path(options.report))
        target = _checked(options)
        arguments = _arguments(options, _processes(options, target))
    except TargetError as error:
        return fail(UNUSABLE, str(error))
    except ValueError as error:
        return fail(USAGE, str(error))
    server = ReferenceServer.start() if options.target == "reference" else None
    try:
        # Only now, so that the server comes up while pytest is imported.
        from . import session  # noqa: PLC0415

        return session.carry_out(arguments, server)
    finally:
        if server is not None:
            server.stop()


def _checked(options: argparse.Namespace) -> Target | None:
    """The target, or None where it is the reference server.

    Raises:
        ValueError, TargetError: before pytest is started, so that nothing hides what is wrong.
    """
    if options.target is None:
        raise ValueError(_NO_TARGET.format(command=options.command))
    if options.target.endswith(".feature") or ".feature:" in options.target:
        raise ValueError(f"{options.target} is no target; name one before it: run reference {options.target}")
    if options.target != "reference":
        from ..connection import read_target  # noqa: PLC0415 - the reference server is started without it

        return read_target(Path(options.target), options.base_url)
    if options.base_url is not None:
        raise ValueError("'reference' is started by the run itself; for a --base-url write a target file")
    return None


def _processes(options: argparse.Namespace, target: Target | None) -> int:
    """How many processes: as asked for, else enough for waits to overlap, as far as there are accounts."""
    if options.processes is not None or target is None or target.test_support_token is not None:
        return options.processes or 0
    people = sum(account.role == "member" and not account.suspended for account in target.accounts)
    # Short waits are not worth the start of many processes.
    most = _MOST_SHORTENED if target.shortened else _MOST_PROCESSES
    return min(people, most) if people > 1 else 0


def _arguments(options: argparse.Namespace, processes: int) -> list[str]:
    root, sharing = suite_root(), bool(processes) and not options.dry_run and options.command == "run"
    files, lines = _selected(options.scenarios, root)
    for folder in options.features:
        if not any(Path(folder).rglob("*.feature")):
            raise ValueError(f"--features {folder}: there is no feature file in it")
    given = {
        "--servinix-target": [options.target],
        "--servinix-base-url": [options.base_url] if options.base_url else [],
        "--servinix-wait-for": [str(options.wait_for)],
        "--servinix-clause": options.clause,
        "--servinix-profile": options.profile,
        "--servinix-catalogue": options.catalogue,
        "--servinix-report": [options.report] if options.report else [],
        "--servinix-known-failures": [options.known_failures] if options.known_failures else [],
        "--servinix-line": lines,
        "--servinix-max-examples": [] if options.max_examples is None else [str(options.max_examples)],
        "--servinix-seed": [] if options.seed is None else [str(options.seed)],
        "--servinix-skip-waits-over": [] if options.skip_waits_over is None else [str(options.skip_waits_over)],
        "--servinix-processes": [str(processes)] if options.dry_run and processes else [],
        "--servinix-only": ["announce"] if options.dry_run else ["examine"] if options.command == "doctor" else [],
    }
    return words(
        root,
        given,
        [*(files or [str(root / "features")]), *(str(Path(folder).resolve()) for folder in options.features)],
        plugins=["xdist"] if sharing else [],
        more=[
            *(["--servinix-strict"] if options.strict else []),
            *(["-m", options.marks] if options.marks else []),
            *(["-k", options.keywords] if options.keywords else []),
            *(_workers(processes) if sharing else []),
            *(["--collect-only"] if options.dry_run else []),
        ],
    )


def _workers(count: int) -> list[str]:
    """What xdist's `-n` stands for, but with -P: else a module in the working directory would hide one of Python's."""
    python = f"{shlex.quote(sys.executable)} -P"
    return ["--dist", "load", "--tx", f"{count}*popen//python={python}", "--max-worker-restart", str(4 * count)]


def _selected(asked: list[str], root: Path) -> tuple[list[str], list[str]]:
    """Feature files, and scenarios as FILE:LINE; both as absolute paths."""
    files, lines = [], []
    for word in asked:
        name, colon, line = word.partition(".feature:")
        path = Path(f"{name}.feature" if colon else word)
        # As they are printed, files of the suite are named from its root.
        found = next((item.resolve() for item in (path, root / path) if item.is_file()), None)
        if found is None or (colon and not line.isdigit()):
            raise ValueError(f"{word}: no such feature file or scenario; 'servinix-conformance list' prints all")
        files.append(str(found))
        if colon:
            lines.append(f"{found}:{line}")
    return list(dict.fromkeys(files)), lines
