"""The run on a terminal: a progress line while it goes, then clause by clause, then what a person has to act on."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from .. import __version__
from ..catalogue import CONTRACT
from ..console import Output, harmless
from ..events import Exchange, Judgement, ScenarioEnd
from ..report import Report
from ..run import Reporter, Run
from ..verdict import ClauseResult, Verdict, judgement_for
from ..waiting import Estimate

if TYPE_CHECKING:
    from ..doctor import Finding

_COLOURS: dict[str, str] = {
    "passed": "32",
    "failed": "31",
    "error": "31",
    "deviation": "33",
    "untested": "33",
    "not claimed": "36",
    "CONFORMANT": "1;32",
    "NOT CONFORMANT": "1;31",
    "INCOMPLETE": "1;33",
    "ok": "32",
    "note": "33",
    "problem": "31",
}
_EVIDENCE = (("expected", "expected"), ("actual", "actual"), ("answer", "answer"), ("repeat", "curl"))
_WIDTH = 11
_MOST_ANSWER = 400
_MOST_REASONS = 3
_MINUTES = 120
_PROGRESS = 110
_WORTH_A_LINE = 30
"""Seconds of silence after which a log hears how far a run is: it could be one that hangs."""


def coloured(stream: TextIO) -> bool:
    """Whether colours are wanted: on a terminal, unless NO_COLOR says no (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def signature(report: Report) -> str:
    """The line that says how much was done, how long it took, and on what."""
    header, number = report.header, len(report.ends)
    scenarios = f"{number} scenario{'' if number == 1 else 's'}"
    return f"{scenarios} in {report.footer.seconds:.1f} s, {header.time} time: {header.target}, {header.base_url}"


class Terminal(Reporter):
    """Prints a run."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = Output(stream)
        self._colour = coloured(stream)
        self._progress = stream.isatty()
        self._red = 0
        self._told = time.monotonic()

    def started(self, run: Run) -> None:
        """The first line names target and URL."""
        document = _short(run.connection.document.title) if run.connection else ""
        self._line(f"servinix-conformance {__version__}: {run.target.name}, {run.target.base_url} ({document})")
        if run.target.http.verify is False:
            self._line("TLS is not verified: the target file says verify = false", "deviation")
        self._stream.flush()

    def examined(self, run: Run, findings: Sequence[Finding]) -> None:
        """Say what was found; before a run, only what is not as it should be."""
        for finding in findings:
            if finding.level != "ok" or run.options.only == "examine":
                self._line(
                    f"  {self._painted(finding.level.ljust(8), finding.level)}{finding.about}: {_told(finding.said)}"
                )
        self._stream.flush()

    def announced(self, run: Run, estimate: Estimate, processes: int) -> None:
        """Say what is about to be done, where it costs time or is done to accounts of somebody's."""
        target = run.target
        if run.time == "virtual" and run.options.only != "announce":
            return
        self._line(f"about to run {run.selected} scenarios against {target.base_url}, in {run.time} time")
        if target.accounts and not target.test_support_token:
            lockable = sum(account.may_be_locked for account in target.accounts)
            change = "changed and set back" if target.safety.destructive else "not changed"
            self._line(f"  accounts  {len(target.accounts)} of the target file, {change}; {lockable} may be locked")
            self._line(f"  messages  {target.safety.max_messages} at the most")
        if estimate.total:
            with_processes = f"with {processes} process{'es' * (processes > 1)}"
            least = _span(estimate.with_processes(processes))
            self._line(f"  waits     {_span(estimate.total)} in all, {least} at the least {with_processes}")
        elif run.options.only == "announce":
            self._line("  waits     none that is known beforehand")
        if estimate.hindered:
            self._line(f"  untested  {estimate.hindered} of {run.selected} at the least, or not claimed:", "untested")
            for reason, number in list(estimate.reasons.items())[:_MOST_REASONS]:
                self._line(f"            {number} since {_told(reason)}")
            if (left := len(estimate.reasons) - _MOST_REASONS) > 0:
                more = f"{left} more reason{'' if left == 1 else 's'}"
                self._line(f"            and {more}: 'servinix-conformance list --target FILE' tells all")
        self._stream.flush()

    def waits(self, run: Run, what: str, seconds: float) -> None:
        """Say what is being waited for, and until when: on a terminal the progress line, else a line of its own."""
        if not seconds:
            return
        until = time.strftime("%H:%M:%S", time.localtime(time.time() + seconds))
        told = f"{len(run.ends)} of {run.selected} scenarios; waiting for {what}, {_span(seconds)}, until {until}"
        if self._progress:
            self._stream.write(f"\r\x1b[K{told}"[:_PROGRESS])
        elif seconds >= _WORTH_A_LINE:
            self._line(told)
            self._told = time.monotonic() + seconds
        self._stream.flush()

    def ended(self, run: Run, end: ScenarioEnd) -> None:
        """Move the progress line on; where there is no terminal, say now and then how far the run is."""
        self._red += end.judgement in {"failed", "error"} or bool(end.violations)
        known = f" of {run.selected}" if run.selected else ""
        red = f", {self._red} red" if self._red else ""
        told = f"{len(run.ends)}{known} scenarios{red}"
        if self._progress:
            self._stream.write(f"\r\x1b[K{told}: {end.title}"[:_PROGRESS])
            self._stream.flush()
        elif time.monotonic() - self._told >= _WORTH_A_LINE:
            self._line(told)
            self._told = time.monotonic()
            self._stream.flush()

    def finished(self, report: Report) -> None:
        """Print everything; the last line names target and URL."""
        outcome, footer = report.verdict, report.footer
        if self._progress:
            self._stream.write("\r\x1b[K")
        chapters: dict[str, list[ClauseResult]] = defaultdict(list)
        for result in outcome.clauses:
            chapters[result.clause.chapter].append(result)
        for chapter, results in chapters.items():
            self._line(f"\n{chapter}")
            for result in results:
                self._clause(result)
        self._reasons(outcome)
        self._failures(report)
        self._line("")
        for leftover in footer.leftovers:
            self._line(f"left behind on the target: {leftover}", "deviation")
        for end in outcome.astray:
            self._line(f"{self._painted('error', 'error')}: {end.title}, of no clause that is known: {end.reason}")
        for item in report.known:
            self._line(_told(item.sentence), "failed" if item.stale else "deviation")
        if footer.stopped:
            self._line(f"stopped before the end: {footer.stopped}", "failed")
        for profile, sentence in zip(outcome.profiles, outcome.sentences, strict=False):
            self._line(sentence, "" if outcome.narrowed else profile.verdict)
        self._line(signature(report))
        self._stream.flush()

    def _clause(self, result: ClauseResult) -> None:
        word = self._painted(result.verdict.ljust(_WIDTH), result.verdict)
        count = "" if result.clause.id == CONTRACT else f" ({_count(result)})"
        self._line(f"  {result.clause.id:<10} {word} {result.clause.promise}{count}")

    def _reasons(self, outcome: Verdict) -> None:
        reasons: dict[tuple[Judgement, str], list[str]] = defaultdict(list)
        for result in outcome.clauses:
            if result.verdict in {"untested", "not claimed"}:
                for reason in result.reasons:
                    reasons[result.verdict, reason].append(result.clause.id)
        for (verdict, reason), ids in reasons.items():
            self._line(f"\n{self._painted(verdict, verdict)}: {', '.join(ids)}\n  {_told(reason)}")

    def _failures(self, report: Report) -> None:
        for result in report.verdict.clauses:
            if result.clause.id == CONTRACT:
                self._violations(result)
                continue
            for end in result.scenarios:
                judgement = judgement_for(end, result.clause, strict=report.header.strict)
                if judgement in {"failed", "deviation", "error"}:
                    self._failure(result, end, judgement)

    def _failure(self, result: ClauseResult, end: ScenarioEnd, judgement: Judgement) -> None:
        failure = end.failure or {}
        self._line(f"\n{result.clause.id} {self._painted(judgement, judgement)}: {result.clause.promise}")
        self._line(f"  scenario  {end.title}")
        self._line(f"  at        {end.file}:{failure.get('line', end.line)}  {failure.get('step', '')}".rstrip())
        if judgement == "deviation" and result.clause.by_design:
            self._line(f"  by design {_told(result.clause.by_design)}")
        for told in end.found(result.clause.id) or [failure]:
            if "times" in told:
                self._line(f"  {told['clause']:<9} {told['operation']}, {told['times']} of its answers")
            for label, key in _EVIDENCE:
                if told.get(key):
                    text = str(told[key])
                    # A line to be copied is given whole.
                    self._line(f"  {label:<9} {_told(text) if key == 'curl' else _short(text)}")
        if end.notes:
            self._line(f"  measured  {_short('; '.join(end.measured))}")

    def _violations(self, result: ClauseResult) -> None:
        seen: dict[tuple[str, str, str], list[ScenarioEnd]] = defaultdict(list)
        for end in result.scenarios if result.verdict == "failed" else ():
            for item in end.violations:
                seen[item["operation"], item["described"], item["came"]].append(end)
        for (operation, described, came), ends in seen.items():
            self._line(f"\n{result.clause.id} {self._painted('failed', 'failed')}: {result.clause.promise}")
            self._line(f"  operation {operation}")
            others = len(set(map(id, ends))) - 1
            more = f" (and {others} more)" if others else ""
            self._line(f"  at        {ends[0].where}  {ends[0].title}{more}")
            self._line(f"  expected  {described}")
            self._line(f"  actual    {_short(came)}")
            told = {"operation": operation, "described": described, "came": came}
            exchange = next((item for item in ends[0].exchanges if told in item["violations"]), None)
            if exchange is not None:
                self._line(f"  repeat    {_told(Exchange.from_json(exchange).curl())}")

    def _painted(self, text: str, verdict: str) -> str:
        colour = _COLOURS.get(verdict)
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour and colour else text

    def _line(self, text: str, verdict: str = "") -> None:
        self._stream.write(self._painted(text, verdict) + "\n")


def _count(result: ClauseResult) -> str:
    number, passed = len(result.scenarios), sum(end.judgement == "passed" for end in result.scenarios)
    scenarios = f"{number} scenario{'' if number == 1 else 's'}"
    return scenarios if passed in {0, number} else f"{passed} of {scenarios} passed"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < _MINUTES else f"{seconds / 60:.0f} min"


def _short(text: str) -> str:
    return _told(text if len(text) <= _MOST_ANSWER else f"{text[:_MOST_ANSWER]}…")


def _told(text: str) -> str:
    """What somebody else said; none of it looks like a line of ours."""
    return harmless(text).replace("\n", "\n    ")
