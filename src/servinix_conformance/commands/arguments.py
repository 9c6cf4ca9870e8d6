"""The words of the commands that read reports instead of making them."""

from __future__ import annotations

import argparse

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


def add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of `diff`."""
    diff = commands.add_parser(
        "diff",
        help="compare the reports of two runs",
        description=_DIFF,
        epilog=_DIFF_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = diff.add_argument
    add("before", metavar="BEFORE", help="report.json of the earlier run")
    add("after", metavar="AFTER", help="report.json of the later run")
    add("--format", choices=("text", "markdown", "json"), default="text", help="how to print (default: text)")
