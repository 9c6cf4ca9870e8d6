"""The command line: what can be asked, and what each answer costs the caller as an exit status."""

from __future__ import annotations

import argparse
import importlib
import io
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import servinix_conformance

from .commands import arguments as words
from .commands import fail

_EPILOG = """\
exit status:
  0   conformant                        4    incomplete: something claimed could not be tested
  1   not conformant                    70   the suite itself failed
  2   wrong use                         130  interrupted, or ended by SIGTERM
  3   the target or its file is not usable

Secrets are given by reference, as env:NAME or file:PATH. NO_COLOR turns colours off.
"""
_RUN = """\
Run the scenarios against a target and say, clause by clause, what it keeps.

TARGET is a target file, or the word 'reference' for the reference server, which is then started on a free
loopback port and stopped again. A feature file, or a scenario as FILE:LINE, narrows the run; so do --clause, -k and
-m. A narrowed run gives no profile verdict.
"""
_DOCTOR = """\
Look at a target before it is tested: whether it answers, how far its clock is off, what its document describes,
whether inboxes can be read and accounts sign in, and for which clauses there are accounts enough. Each finding says
what would change it. Every account signs in once, which sends a code to those with MFA.
"""
_DOCTOR_EPILOG = """\
exit status:
  0   the target can be tested; notes say what could not be seen there
  2   wrong use
  3   a problem: a run would mean nothing
"""
_INIT = """\
Propose a target file for a deployment from its OpenAPI document, by names and shapes alone; nothing is signed in to.

DOCUMENT is a URL or a file: OpenAPI 3, JSON or YAML. Each line of the file that is a guess says so and why; look at
them before a run. What is not found is named, with what it costs. Then: run TARGET.toml --dry-run
"""
_INIT_EPILOG = """\
exit status:
  0   both stages of the sign-in were found
  2   wrong use, or the file is there already
  3   the document cannot be had, or is no OpenAPI 3
  4   a file was written, but a stage of the sign-in was not found, or needs what could not be told

examples:
  servinix-conformance init https://staging.acme.example/openapi.json --output acme.toml
  servinix-conformance init acme.yaml --base-url https://staging.acme.example/v2 --name 'Acme staging'
"""
_MODULES = {
    "run": "run",
    "doctor": "run",
    "init": "init",
    "serve": "serve",
    "list": "listing",
    "check-document": "check_document",
    "faults": "faults",
    "diff": "diff",
    "sign": "sign",
    "verify": "sign",
}
"""The module of each command."""
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(s|m|)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command; returns its exit status."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What a target says may hold characters that this terminal does not know.
        sys.stdout.reconfigure(errors="backslashreplace")
    # Each command imports what it needs, so that none pays for another.
    command = importlib.import_module(f".commands.{_MODULES[options.command]}", __package__)
    try:
        status: int = command.main(options)
        sys.stdout.flush()
    except BrokenPipeError:
        from .console import unread  # noqa: PLC0415 - nobody has to wait for it

        unread(sys.stdout)
        return 0
    except KeyboardInterrupt:
        from .status import INTERRUPTED  # noqa: PLC0415 - likewise

        return fail(INTERRUPTED, "interrupted")
    except Exception as error:  # noqa: BLE001 - the outermost place: any other status would speak of the target
        from .status import HARNESS  # noqa: PLC0415

        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        return fail(HARNESS, f"the suite itself failed: {type(error).__name__}: {error} at {place}; please report it")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="servinix-conformance",
        description="Conformance suite for Servinix sign-in with multi-factor authentication.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_doctor(commands)
    _add_init(commands)
    _add_serve(commands)
    _add_list(commands)
    words.add_check_document(commands)
    words.add_faults(commands, _count)
    words.add_diff(commands)
    words.add_sign(commands)
    words.add_verify(commands)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"servinix-conformance {servinix_conformance.__version__}\n")
        parser.exit()


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    epilog = f"{_EPILOG}{words.KNOWN_FAILURES}"
    run = words.add_command(commands, "run", "run the scenarios against a target", _RUN, epilog)
    add = run.add_argument
    add("target", nargs="?", metavar="TARGET", help="a target file, or 'reference'")
    add("scenarios", nargs="*", metavar="FEATURE[:LINE]", help="run these feature files or scenarios only")
    add("--base-url", metavar="URL", help="takes the place of base_url in the target file")
    add("--wait-for", type=_seconds, default=0.0, metavar="60s", help="wait that long for a first HTTP answer")
    add(
        "--clause", action="append", default=[], metavar="ID", help="run the scenarios of this clause only (repeatable)"
    )
    add("-m", dest="marks", metavar="TAGS", help="run by tags, as pytest does: 'servinix_go and not inferred'")
    add("-k", dest="keywords", metavar="WORDS", help="run by words in the scenarios' names, as pytest does")
    add(
        "-n",
        dest="processes",
        type=_count,
        metavar="N",
        help="share the scenarios among N processes (default: one; where time really passes, one for each account)",
    )
    add("--skip-waits-over", type=_seconds, metavar="60s", help="leave untested what has to be waited for longer")
    add(
        "--dry-run",
        action="store_true",
        help="say what would be done, to which host and for how long; stop there",
    )
    add("--profile", action="append", default=[], metavar="NAME", help="judge this profile only (repeatable)")
    add("--max-examples", type=_count, metavar="N", help="draw so many requests for each operation and kind of data")
    add("--seed", type=int, metavar="N", help="draw generated requests from this number (default: the same each time)")
    add("--strict", action="store_true", help="what we read out of the pages is as binding as what they state")
    add("--report", metavar="DIR", help="write the reports into this folder (docs/reports.md tells which)")
    add("--known-failures", metavar="FILE", help="a TOML file with [[known]] verdicts that are accepted for a while")
    add("--features", action="append", default=[], metavar="DIR", help="run these scenarios beside ours (repeatable)")
    add("--catalogue", action="append", default=[], metavar="FILE", help="clauses of your own (repeatable)")


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = words.add_command(commands, "doctor", "find out whether a target can be tested", _DOCTOR, _DOCTOR_EPILOG)
    add = doctor.add_argument
    add("target", nargs="?", metavar="TARGET", help="a target file, or 'reference'")
    add("--base-url", metavar="URL", help="takes the place of base_url in the target file")
    add("--wait-for", type=_seconds, default=0.0, metavar="60s", help="wait that long for a first HTTP answer")
    add("--features", action="append", default=[], metavar="DIR", help="scenarios beside ours (repeatable)")
    add("--catalogue", action="append", default=[], metavar="FILE", help="clauses of your own (repeatable)")
    doctor.set_defaults(
        scenarios=[],
        clause=[],
        profile=[],
        marks=None,
        keywords=None,
        processes=None,
        report=None,
        known_failures=None,
        strict=False,
        dry_run=False,
        skip_waits_over=None,
        max_examples=None,
        seed=None,
    )


def _add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = words.add_command(commands, "init", "propose a target file from an OpenAPI document", _INIT, _INIT_EPILOG)
    add = init.add_argument
    add("document", metavar="DOCUMENT", help="URL or file of the OpenAPI document")
    add("--output", default="target.toml", metavar="FILE", help="the file to write (default: target.toml)")
    add("--base-url", metavar="URL", help="where the deployment is (default: the document's first server)")
    add("--name", metavar="NAME", help="what stands in every report (default: the document's title)")
    add("--clear-text", action="store_true", help="allow http:// to a host that is not loopback")
    add("--force", action="store_true", help="write over the file if there is one")


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser(
        "serve",
        help="run the reference server",
        description="Run the reference server, on loopback unless --host says otherwise, until it is interrupted.",
    )
    add = serve.add_argument
    add("--host", default="127.0.0.1", metavar="ADDRESS", help="the address to listen on (default: 127.0.0.1)")
    add("--port", type=int, default=8000, metavar="N", help="the port; 0 takes a free one (default: 8000)")
    add("--public-url", metavar="URL", help="what links in messages begin with (default: where it listens)")
    add("--database", metavar="URL", help="an SQLAlchemy URL (default: SQLite in memory)")
    add("--users", metavar="FILE", help="a TOML file with [[users]] to begin with")
    add("--smtp", metavar="URL", help="send e-mail through smtp://HOST:PORT, or smtps:// or smtp+starttls://")
    add("--smtp-user", metavar="NAME", help="sign in to the mail server with this name")
    add("--smtp-password", metavar="REF", help="and this password, as env:NAME or file:PATH")
    add("--mail-from", metavar="ADDRESS", help="the sender of e-mails")
    add("--sms-gateway", metavar="FILE", help="a TOML file that says how to send an SMS over HTTP")
    add(
        "--signing-key",
        metavar="REF",
        help="the EC private key as PEM, as env:NAME or file:PATH (default: a fresh one)",
    )
    add("--test-support", metavar="REF", help="offer test support; its bearer secret, as env:NAME or file:PATH")
    add("--fault", metavar="ID", help="be wrong in this one way; 'list --faults' prints them")
    add("--cheap-password-hash", action="store_true", help="hash passwords cheaply: for tests, never for real users")
    add("--stop-at-eof", action="store_true", help="stop when standard input ends, as with the process that started it")


def _add_list(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = commands.add_parser(
        "list", help="list clauses and scenarios", description="List clauses and their scenarios, without running any."
    )
    add = listing.add_argument
    add("--faults", action="store_true", help="list the faults of the reference server instead")
    add("--target", metavar="FILE", help="say what this target could not be tested for, by its file and document alone")
    add("--profile", action="append", default=[], metavar="NAME", help="this profile only (repeatable)")
    add("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    add("--features", action="append", default=[], metavar="DIR", help="scenarios beside ours (repeatable)")
    add("--catalogue", action="append", default=[], metavar="FILE", help="clauses of your own (repeatable)")


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write 60s or 2m")
    return float(match[1]) * (60 if match[2] == "m" else 1)


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)
