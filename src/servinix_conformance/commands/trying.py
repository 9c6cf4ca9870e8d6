"""One session of pytest in which scenarios are collected once, and run against one faulty server after the other."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

import pytest

from ..browser.program import Program
from ..catalogue import PORTAL
from ..collection import planned_of
from ..connection import Unusable
from ..hosting.forked import ForkedServer
from ..hosting.inside import InsideServer
from ..kill_table import Fault, Trial, trial_of
from ..plugin import Handle
from ..run import Run
from ..stash import RUN
from ..suite import suite_root
from ..target_file import TargetError
from ..transport import Silent
from .invocation import words
from .jobs import UNREACHED, Job


class Session:
    """Carries out jobs for as long as there are any, or until a server keeps silent.

    Args:
        profiles: all that any job is about.
        program: the browser, which goes on for the next session.
        jobs: gives the next one. Raises `EOFError` when there is none.
        tell: what to do with what came of one.
    """

    def __init__(
        self,
        profiles: Collection[str],
        program: Program,
        jobs: Callable[[], Job],
        tell: Callable[[Trial], object],
    ) -> None:
        self._profiles, self._jobs, self._tell = profiles, jobs, tell
        self._handle = Handle([], _server(None, profiles), program)
        self._over = self._collected = False
        self._job: Job | None = None

    def carry_out(self) -> bool:
        """Carry out jobs. Returns whether there are more.

        Raises:
            RuntimeError: pytest gave up in the middle of one.
        """
        try:
            status = pytest.main(_words(self._profiles), plugins=[self._handle, self])
        finally:
            if self._handle.run is not None:
                self._handle.run.close()
        if self._job is not None:
            raise RuntimeError(f"{self._job}: pytest ended with {status!r}")
        if not self._collected:
            # Whatever hinders it hinders every job.
            run = self._handle.run
            told = run.problem[0] if run is not None and run.problem is not None else f"pytest ended with {status!r}"
            self._tell(Trial(self._jobs().fault, problem=told))
        return not self._over

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what was collected, as often as there are jobs."""
        first = session.config.stash[RUN]
        if first.problem is not None:
            return True
        self._collected = True
        gc.collect()
        gc.freeze()  # what was imported and collected stays, and need not be looked through again
        while not self._over and not session.shouldstop:
            with self._until_nobody_asks():
                self._job = self._jobs()
            if self._job is not None:
                trial = _carried_out(self._job, session, first)
                with self._until_nobody_asks():
                    self._tell(trial)
                self._job = None
        session.config.stash[RUN] = first
        return True

    @contextlib.contextmanager
    def _until_nobody_asks(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, ConnectionError):
            self._over = True


def _carried_out(job: Job, session: pytest.Session, first: Run) -> Trial:
    """What comes of one job."""
    began = time.perf_counter()
    server = _server(job.fault, job.profiles)
    run = session.config.stash[RUN] = _again(first, job, server)
    try:
        run.connect()
        run.examine()
        items = [item for item in session.items if _wanted(item, job, run)]
        if not items:
            return Trial(job.fault, said=UNREACHED) if job.scenarios else Trial(job.fault, problem="nothing to be run")
        run.selected = len(items)
        reached = _run(items, run, server, watched=job.fault is None)
        if run.problem is not None:
            return Trial(job.fault, problem=run.problem[0])
        if session.shouldstop:
            run.stopped = str(session.shouldstop)
        made = trial_of(job.fault, run.verdict, run.plan.in_order(run.ends.values()), time.perf_counter() - began)
        return replace(made, reached=reached)
    except (Silent, Unusable, TargetError) as error:
        return Trial(job.fault, problem=str(error))
    finally:
        run.close()


def _again(first: Run, job: Job, server: ForkedServer | InsideServer) -> Run:
    """A run of what was read for the first one."""
    narrowed = bool(job.clauses or job.scenarios)
    options = replace(first.options, profiles=job.profiles, clauses=job.clauses, narrowed=narrowed)
    run = Run(options, server=server, program=first.program)
    run.catalogue, run.plan, run.sources, run.vocabulary = first.catalogue, first.plan, first.sources, first.vocabulary
    return run


def _wanted(item: pytest.Item, job: Job, run: Run) -> bool:
    """Whether a scenario, as a certain client, belongs to a job."""
    planned = planned_of(item.config, getattr(item, "function", None))
    if planned is None or (job.scenarios is not None and item.nodeid not in job.scenarios) or not run.wants(planned):
        return False
    client = item.callspec.params.get("client") if hasattr(item, "callspec") else None
    return client is None or client in run.clients_of(planned)


def _run(
    items: Iterable[pytest.Item], run: Run, server: ForkedServer | InsideServer, *, watched: bool
) -> Mapping[str, frozenset[str]]:
    """Run scenarios, and ask a server that is watched what each of them reached."""
    items, reached = list(items), {}
    for item, following in zip_longest(items, items[1:]):
        if watched:
            # What was asked before is no scenario's, and what a run asks for once each scenario asks for.
            server.reached()
            run.connect().policy = None
        item._report_sections.clear()  # noqa: SLF001 - what it said last time; pytest runs no item twice itself
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if watched:
            reached[item.nodeid] = server.reached()
        if item.session.shouldstop:
            break
    return reached


def _server(fault: Fault | None, profiles: Collection[str]) -> ForkedServer | InsideServer:
    """A browser needs a server that listens."""
    return (ForkedServer if PORTAL in profiles else InsideServer).start(fault.id if fault is not None else None)


def _words(profiles: Iterable[str]) -> list[str]:
    root = suite_root()
    # What pytest looks for when it ends, an exception that nobody saw, costs as much as a tenth of a run.
    more = ["--servinix-strict", "-p", "no:unraisableexception"]
    return words(root, {"--servinix-profile": profiles}, [str(root / "features")], more=more)
