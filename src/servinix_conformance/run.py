"""One run from the controller's side: the target, the plan, what ended how, and at the end the verdict."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from . import baseline, catalogue, plan, status, verdict
from .baseline import Entry, KnownFailure
from .board import LocalBoard
from .browser.program import Program
from .catalogue import PORTAL, Catalogue
from .clients import BROWSER, WEB_PORTAL, run_as
from .connection import Connection, Unusable, read_target
from .events import Footer, Header, ScenarioEnd
from .generating import Scope
from .heading import heading
from .options import Options
from .plan import Plan, Scenario
from .redaction import Redactor
from .report import Report, Unwritten, coverage
from .selection import check_lines, check_names, whole
from .serving import NotStarted, ReferenceServer, Server
from .suite import suite_root
from .target import Target
from .target_file import TargetError
from .verdict import Verdict
from .vocabulary import Vocabulary
from .waiting import Estimate, Waits

if TYPE_CHECKING:
    from .doctor import Finding


class Reporter:
    """Reads the events of a run as they come; what it does not override does not matter to it."""

    def started(self, run: Run) -> None:
        """The target was reached, and the first scenario comes next."""

    def examined(self, run: Run, findings: Sequence[Finding]) -> None:
        """The target was examined before the run."""

    def announced(self, run: Run, estimate: Estimate, processes: int) -> None:
        """It is known what is going to be run."""

    def waits(self, run: Run, what: str, seconds: float) -> None:
        """A scenario begins to wait; with 0 seconds, it is over. May come from another thread."""

    def ended(self, run: Run, end: ScenarioEnd) -> None:
        """A scenario ended."""

    def finished(self, report: Report) -> None:
        """The run is over."""


@dataclass(slots=True)
class Run:
    """A run, from its options to its verdict.

    Attributes:
        server: the reference server, where it is the target.
        program: a browser that goes on when the run is over; one of its own without it.
        problem: why the run could not be carried out, with the exit status that goes with it.
        leftovers: what scenarios could not set back, as `events.Footer` has it.
    """

    options: Options
    reporters: list[Reporter] = field(default_factory=list)
    server: Server | None = None
    ends: dict[str, ScenarioEnd] = field(default_factory=dict)
    leftovers: list[str] = field(default_factory=list)
    problem: tuple[str, int] | None = None
    stopped: str | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    selected: int | None = None
    processes: int = 1
    sources: dict[str, str] = field(default_factory=dict)
    catalogue: Catalogue = field(init=False)
    plan: Plan = field(init=False)
    vocabulary: Vocabulary = field(init=False)
    connection: Connection | None = None
    accepted: tuple[Entry, ...] = ()
    program: Program | None = None
    _start: float = field(default_factory=time.perf_counter)

    @property
    def target(self) -> Target:
        """The target. Only after `start`."""
        if self.connection is None:
            raise RuntimeError("the run has not started")
        return self.connection.target

    @property
    def waits(self) -> Waits:
        """What scenarios have to wait. Only after `start`."""
        if self.connection is None:
            raise RuntimeError("the run has not started")
        return Waits(self.connection, self.plan, self.vocabulary)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles to judge: those asked for; else those that the target claims, and of one's own clauses.

        A clause that is asked for by name brings its profile with it.
        """
        own = tuple(name for name in self.catalogue.profiles if name not in self.catalogue.first_profiles)
        asked = self.options.profiles or (*self.target.profiles, *own)
        return tuple(dict.fromkeys((*asked, *(self.catalogue.clauses[name].profile for name in self.options.clauses))))

    def wants(self, scenario: Scenario) -> bool:
        """Whether a scenario belongs to what was asked for, as far as it shows before pytest has looked at marks."""
        options = self.options
        lines = {line for path, line in options.lines if path == scenario.path}
        # Beside the scenarios of one file, another may be named as a whole.
        if options.lines and not (scenario.line in lines if lines else scenario.path in options.roots):
            return False
        return self._asked(scenario.clauses)

    def _asked(self, clauses: Iterable[str]) -> bool:
        """Whether one of some clauses is to be judged."""
        wanted = set(self.options.clauses) or self.catalogue.clauses.keys()
        return any(self.catalogue.clauses[name].profile in self.profiles for name in clauses if name in wanted)

    def clients_of(self, scenario: Scenario) -> tuple[str, ...]:
        """As which clients a scenario runs: over the API for some of its clauses, in a browser for others.

        One that is not asked for at all has those of the API; it is left out elsewhere.
        """
        over_api = run_as(scenario.clients, self.target, self.connect().binding) or (WEB_PORTAL.name,)
        browser = (BROWSER,) if self._asked(scenario.on_pages) else ()
        return over_api + browser if self._asked(scenario.clauses_as(None)) else browser or over_api

    def fail(self, told: str, exit_status: int) -> None:
        """Note why the run could not be carried out; the first reason counts, what comes after it comes of it."""
        self.problem = self.problem or (self.redactor.clean(told), exit_status)

    @property
    def redactor(self) -> Redactor:
        """Knows the secrets of the target file, as soon as it was read."""
        return self.connection.redactor if self.connection is not None else Redactor()

    def launch(self) -> None:
        """Start the reference server, if it is the target and nobody else did, without waiting for it."""
        wanted = self.server is None and self.connection is None
        if wanted and self.options.target == "reference" and self.options.base_url is None:
            fault = ("--fault", self.options.fault) if self.options.fault else ()
            self.server = ReferenceServer.start(*fault)

    def read(self, *, steps: bool = True) -> None:
        """Read catalogue and features, and let the guards look.

        Raises:
            CatalogueError, GuardError: the suite as it stands cannot be run.
            KnownFailuresError: the file of what is accepted cannot be used.
        """
        own = suite_root() / "features" / "catalogue.yaml"
        self.catalogue = catalogue.load((own, *self.options.catalogues))
        check_names(self.catalogue, self.options.clauses, self.options.profiles)
        # A worker judges nothing, and the file may be a pipe.
        if self.options.known_failures is not None and self.connection is None:
            self.accepted = baseline.read(self.options.known_failures, self.catalogue)
        roots = self.options.roots or (suite_root() / "features",)
        self.plan = plan.read(roots, self.catalogue)
        self.sources = self.plan.sources
        check_lines(self.plan, self.options.lines)
        whole = suite_root() / "features" in roots
        if whole:
            plan.check_coverage(self.plan, self.catalogue, self.catalogue.profiles)
        if steps:
            self.vocabulary = Vocabulary(self.plan)
            self.vocabulary.check(whole=whole)

    def connect(self) -> Connection:
        """Reach the target.

        Raises:
            TargetError, Unusable: the target file or the target cannot be used.
        """
        if self.connection is not None:
            return self.connection
        options = self.options
        if self.server is not None:
            try:
                target = self.server.ready()
            except NotStarted as error:
                raise Unusable(str(error)) from error
        elif options.target == "reference":
            raise TargetError("reference: takes no --base-url; write a target file for a server that runs elsewhere")
        else:
            target = read_target(Path(options.target), options.base_url)
        self.connection = Connection.open(target, options.wait_for, self.catalogue.profiles)
        self.connection.longest_wait = options.skip_waits_over
        self.connection.program = self.program or self.connection.program
        if isinstance(self.connection.board, LocalBoard):
            self.connection.board.hear = self.waited
        for reporter in self.reporters:
            reporter.started(self)
        return self.connection

    def examine(self) -> None:
        """Look at the target before the run, where that was asked for or accounts of it are going to be used.

        Raises:
            Unusable: what was found makes every verdict meaningless.
        """
        if self.connection is None or self.options.only == "announce":
            return
        if PORTAL not in self.profiles and self.options.only != "examine" and not self.target.accounts:
            return
        from .doctor import examine, examine_portal  # noqa: PLC0415 - it takes what only such a run needs

        if PORTAL in self.profiles:
            by_clause = (self.catalogue.clauses[name].profile for name in self.options.clauses)
            examine_portal(self.connection, by_name=PORTAL in {*self.options.profiles, *by_clause})
        if self.options.only != "examine" and not self.target.accounts:
            return
        thoroughly = self.options.only == "examine"
        wanted = Plan(tuple(filter(self.wants, self.plan.scenarios)))
        judged = [name for name, clause in self.catalogue.clauses.items() if clause.profile in self.profiles]
        findings = list(examine(self.connection, wanted, self.vocabulary, judged, thoroughly=thoroughly))
        for reporter in self.reporters:
            reporter.examined(self, findings)
        problems = [f"{finding.about}: {finding.said}" for finding in findings if finding.level == "problem"]
        if problems:
            raise Unusable("\n".join(f"{self.target.source}: {problem}" for problem in problems))

    def waited(self, what: str, seconds: float) -> None:
        """Hear what is being waited for."""
        for reporter in self.reporters:
            reporter.waits(self, what, seconds)

    def announce(self, estimate: Estimate, processes: int) -> None:
        """Say what is going to be run, and how long that takes."""
        self.processes = processes
        for reporter in self.reporters:
            reporter.announced(self, estimate, processes)

    def ended(self, end: ScenarioEnd) -> None:
        """Take the end of a scenario."""
        self.ends[end.id] = end
        for reporter in self.reporters:
            reporter.ended(self, end)

    def crashed(self, nodeid: str, told: str) -> None:
        """Take the end of a scenario whose worker died with it."""
        self.ended(self.plan.died(nodeid, self.redactor.clean(told)))

    def finish(self) -> None:
        """Judge, and let every reporter write. Raises `Unwritten` when one could not; the others did."""
        self.seconds = time.perf_counter() - self._start
        if self.server is not None:
            self.server.leave()
        report, problems = self.report, []
        for reporter in self.reporters:
            try:
                reporter.finished(report)
            except Unwritten as error:
                problems.append(str(error))
        if problems:
            raise Unwritten("\n".join(problems))

    def close(self) -> None:
        """End what the run started."""
        if self.connection is not None:
            self.connection.close()
            if self.program is None:
                self.connection.program.close()
        if self.server is not None:
            self.server.stop()
            self.server = None

    @property
    def time(self) -> str:
        """How time passes in this run."""
        if self.connection is None:
            raise RuntimeError("the run has not started")
        return "virtual" if self.connection.virtual else "real"

    @property
    def exit_status(self) -> int:
        """The exit status that this run asks for, of `servinix-conformance`."""
        if self.stopped == "interrupted":
            return status.INTERRUPTED
        if self.problem is None:
            return self.verdict.exit_status
        wanted = self.problem[1]
        # What was found to be broken stays so, whatever became of the suite afterwards.
        broken = wanted == status.HARNESS and self.ends and self.verdict.exit_status == status.NOT_CONFORMANT
        return status.NOT_CONFORMANT if broken else wanted

    @property
    def verdict(self) -> Verdict:
        """What can be said so far."""
        return self.judged[0]

    @property
    def judged(self) -> tuple[Verdict, tuple[KnownFailure, ...]]:
        """What can be said so far, and what became of what was accepted before."""
        outcome = verdict.judge(
            self.catalogue,
            self.plan.in_order(self.ends.values()),
            profiles=self.profiles,
            strict=self.options.strict,
            narrowed=self.options.narrowed,
            complete=self.stopped is None
            and self.problem is None
            and (self.selected is None or len(self.ends) >= self.selected),
        )
        today = self.started_at.astimezone(UTC).date()
        return baseline.judge(outcome, self.accepted, today, whole=self._whole if outcome.complete else ())

    @property
    def _whole(self) -> Container[str]:
        """The clauses of which nothing was left out."""
        if not self.options.narrowed:
            return self.catalogue.clauses
        return whole(self.catalogue.clauses, self.plan, self.ends.values(), Scope.of(self.connect()))

    @property
    def header(self) -> Header:
        """What is tested, with what and how."""
        return heading(
            self.connect(),
            self.options,
            catalogue=self.catalogue.version,
            profiles=self.profiles,
            started_at=self.started_at,
            processes=self.processes,
        )

    @property
    def report(self) -> Report:
        """The whole of it."""
        ends, (outcome, known) = self.plan.in_order(self.ends.values()), self.judged
        footer = Footer(
            seconds=round(self.seconds, 3),
            complete=outcome.complete,
            stopped=self.stopped,
            problem=self.problem[0] if self.problem else None,
            exit_status=self.exit_status,
            leftovers=list(self.leftovers),
        )
        reached = coverage(self.connect().document, ends)
        return Report(self.header, outcome, tuple(ends), reached, footer, self.sources, known)
