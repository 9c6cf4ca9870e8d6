"""The words of the commands that read reports or documents instead of making a run."""

from __future__ import annotations

import argparse
from collections.abc import Callable

_DIFF = """\
Hold two reports side by side: which clauses and scenarios got better, worse, are newly tested, or no longer tested.

BEFORE and AFTER are the report.json of two runs (run --report DIR). What was passed or a deviation and is untested,
not claimed or gone now counts as worse: a pass that nobody tests means nothing. A failure that is no longer tested is
not better. Of a narrowed run, only what both reports have is compared. Runs of different suite versions, targets,
documents, claims or strictness are compared all the same, with a note.
"""
_DIFF_EPILOG = """\
exit status:
  0   nothing is worse
  1   a clause, a scenario that both have, or a profile's verdict is worse
  2   wrong use: a file that is no whole report, or nothing that both have

examples:
  servinix-conformance diff last/report.json report/report.json
  servinix-conformance diff main.json branch.json --format markdown >> "$GITHUB_STEP_SUMMARY"

NO_COLOR turns colours off; there are none where the output is no terminal.
"""

_SIGN = """\
Sign a folder of reports, so that somebody else can tell who vouches for it and that nothing was changed since.

DIR is what 'run --report DIR' wrote. The signature, DIR/report.jws, is a JWS (Ed25519) over the SHA-256 of every file
in DIR, the target, its product, the verdicts, the suite's version and the hash of the suite itself, and the time. Only
the version of the suite that ran signs a report. The key is a private Ed25519 key in PEM form; --new-key makes a pair.
"""
_SIGN_EPILOG = """\
exit status:
  0   signed, or the keys were made
  2   wrong use: no key, no Ed25519 key, no such folder, no whole report.json in it, a file that is there already

examples:
  servinix-conformance sign --new-key conformance.pem
  servinix-conformance sign report --key file:conformance.pem
  servinix-conformance sign report --key env:CONFORMANCE_KEY

Keep the private key to yourself, and give its public half, conformance.pem.pub, to those who verify, by another way
than the reports: a key that comes with what it signs proves nothing.
"""
_VERIFY = """\
Tell what was signed in a folder of reports, by which key, when, and for which target and verdict; or exactly what does
not match: a file that was changed, is missing or was added, another key, a signature that does not hold.

The key is named by its thumbprint (RFC 7638); compare it with what the signer told you. A signature proves who signed,
and that nothing was changed since. It does not prove that whoever signed was honest, or tested what the report says.
"""
_VERIFY_EPILOG = """\
exit status:
  0   every file is what was signed with this key
  1   something does not match, or nothing is signed
  2   wrong use: no key, no public Ed25519 key, no such folder

example:
  servinix-conformance verify report --key conformance.pem.pub
"""
_CHECK_DOCUMENT = """\
Look at an OpenAPI document by itself, and beside the contract that this suite tests. Nothing is sent to a deployment
but the request for its document.

DOCUMENT is a URL or a file: OpenAPI 3, JSON or YAML. First come the findings, each with file, line and column, and what
would mend it:
  keys, shape       no key stands twice, and OpenAPI allows what stands there
  references        each leads to something in this document
  operation-ids     each operation has one of its own
  path-parameters   path and parameters name each other
  answers           each has a description, and a success is among them
  refusals          of what cannot be read, and of a missing token; and what each holds
  security          each operation says whether it needs a token, by schemes that are described
  examples          each schema can be used, and examples and defaults fit theirs
  links             each leads to an operation that takes what it carries
Then a table of what differs from the contract. A request that is taken more generously, and an answer that holds more,
breaks no client; what does is marked 'breaks'. What merely has another name or place can be bound in a target file:
'init' proposes one.
"""
_CHECK_DOCUMENT_EPILOG = """
exit status:
  0   nothing is wrong with it, and no client of the contract would break on it
  1   something is wrong with it
  2   wrong use
  3   it cannot be had, or is no OpenAPI 3
  4   nothing is wrong with it, but a client of the contract would break on it

examples:
  servinix-conformance check-document openapi.yaml
  servinix-conformance check-document https://staging.acme.example/openapi.json --format json

NO_COLOR turns colours off; there are none where the output is no terminal.
"""
_FAULTS = """\
Show that the suite notices what is wrong: the kill table.

The suite is run, strictly, against the reference server with each of its faults once, every one a server that is wrong
in one named way. A fault is killed when a scenario of the clause that it breaks turns red, and survives when none does.
Other clauses that turn red have to be among those which the fault says it cannot help breaking (also_breaks), and those
have to turn red; else it is told. So is, when the whole table was made, each scenario that no fault turned red:
features/unbroken.yaml has the reasons of those that may stay.

First of all the suite is run against the server without a fault, which has to be green. After that, scenarios that can
meet nothing of what a fault replaces are not run again: they would go as they did. The server is in the same process.
"""
_FAULTS_EPILOG = """\
exit status:
  0   no survivor, no unexplained red, and no scenario without a fault or a reason
  1   one of these, or something in also_breaks or features/unbroken.yaml that is not needed
  2   wrong use
  70  a fault could not be tried
  130 interrupted; what was found until then is printed and written

examples:
  servinix-conformance faults                                   the whole table: minutes
  servinix-conformance faults --own-clauses                     a quick one
  servinix-conformance faults --fault code-reusable --report out
  servinix-conformance list --faults                            what there is
"""
KNOWN_FAILURES = """
--known-failures FILE names verdicts that are accepted for a while:
  [[known]]
  clause = "MFA-16"
  reason = "ticket 4711: the lock is too short"
  expires = 2026-12-31       # the last day on which it holds, UTC
  verdict = "failed"         # or "untested"; default: failed
Such a clause is shown and does not count for the exit status; its profile's verdict stays what it is. An entry whose
clause passes, or that expired, fails the run (1) until it is removed or renewed; one of a clause that does not exist
is wrong use (2).
"""


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    does: str,
    description: str,
    epilog: str | None = None,
) -> argparse.ArgumentParser:
    """A command whose help keeps its lines as they are written."""
    return commands.add_parser(
        name,
        help=does,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_faults(commands: argparse._SubParsersAction[argparse.ArgumentParser], count: Callable[[str], int]) -> None:
    """The words of `faults`; `count` reads a number of processes."""
    faults = add_command(commands, "faults", "show which faults the suite notices", _FAULTS, _FAULTS_EPILOG)
    add = faults.add_argument
    add("--fault", action="append", default=[], metavar="ID", help="try this fault only (repeatable)")
    add("--clause", action="append", default=[], metavar="ID", help="try the faults of this clause only (repeatable)")
    add(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="run the scenarios of this profile only, against the faults of its clauses (repeatable)",
    )
    add(
        "--own-clauses",
        action="store_true",
        help="run against each fault the scenarios of the clauses that it names alone: quick",
    )
    add("-n", dest="processes", type=count, metavar="N", help="so many faults at a time (default: one a processor)")
    add("--report", metavar="DIR", help="write faults.md and faults.json into this folder")


def add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of `diff`."""
    diff = add_command(commands, "diff", "compare the reports of two runs", _DIFF, _DIFF_EPILOG)
    add = diff.add_argument
    add("before", metavar="BEFORE", help="report.json of the earlier run")
    add("after", metavar="AFTER", help="report.json of the later run")
    add("--format", choices=("text", "markdown", "json"), default="text", help="how to print (default: text)")


def add_sign(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of `sign`."""
    sign = add_command(commands, "sign", "sign a folder of reports", _SIGN, _SIGN_EPILOG)
    add = sign.add_argument
    add("folder", nargs="?", metavar="DIR", help="the folder that 'run --report' wrote")
    add("--key", metavar="REF", help="the private key, as env:NAME or file:PATH")
    add("--new-key", metavar="FILE", help="make a pair of keys instead: FILE (mode 0600), and FILE.pub beside it")


def add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of `verify`."""
    verify = add_command(commands, "verify", "tell what was signed in a folder of reports", _VERIFY, _VERIFY_EPILOG)
    add = verify.add_argument
    add("folder", metavar="DIR", help="the folder with report.jws and the reports")
    add("--key", required=True, metavar="KEY", help="the public key: a PEM file, env:NAME or file:PATH")


def add_check_document(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of `check-document`."""
    check = add_command(
        commands,
        "check-document",
        "find what is wrong with an OpenAPI document",
        _CHECK_DOCUMENT,
        _CHECK_DOCUMENT_EPILOG,
    )
    add = check.add_argument
    add("document", metavar="DOCUMENT", help="URL or file of the OpenAPI document")
    add("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    add("--clear-text", action="store_true", help="allow http:// to a host that is not loopback")
