"""Runs against servers with a fault each, in processes that carry out one after the other.

A process imports all there is to import once, and collects once what it then runs for each fault anew.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from ..browser.program import Program
from ..catalogue import CONTRACT
from ..kill_table import Trial
from .invocation import shut_off
from .jobs import UNREACHED, Job

LONGEST_SECONDS = 600.0
"""How long one run may take: no fault makes a scenario wait for anything but an answer, whose time is limited."""
_STOP_SECONDS = 10.0
_SAFE_PATH = "PYTHONSAFEPATH"


def tried(jobs: Sequence[Job], processes: int) -> Generator[tuple[Job, Trial]]:
    """Carry out jobs, first that without a fault, and each other one with the scenarios that may show its fault alone.

    What a scenario would say that does not reach the fault is known: what it said without one.

    Args:
        jobs: what to do, in this order; one of them has no fault.
        processes: how many at a time.
    """
    first = next(job for job in jobs if job.fault is None)
    [(_, control)] = carried_out([first], 1)
    yield first, control
    faulty = [job for job in jobs if job is not first]
    if control.reds or control.problem:
        yield from carried_out(faulty, processes)
        return
    narrowed = [replace(job, scenarios=control.reaching(job.fault)) for job in faulty if job.fault is not None]
    for job in narrowed:
        if not job.scenarios:
            yield job, Trial(job.fault, known(job, control), said=UNREACHED)
    with contextlib.closing(carried_out([job for job in narrowed if job.scenarios], processes)) as ended:
        for job, trial in ended:
            yield job, replace(trial, judged=trial.judged | known(job, control))


def known(job: Job, control: Trial) -> frozenset[str]:
    """The clauses that a job judges, were all of its scenarios run; one of them over whatever is run."""
    return control.judged & {*job.clauses, CONTRACT} if job.clauses else control.judged


def carried_out(jobs: Sequence[Job], processes: int, longest: float = LONGEST_SECONDS) -> Generator[tuple[Job, Trial]]:
    """Carry out jobs, so many at a time; each comes back when it ends. To close the iterator ends what still runs.

    Args:
        jobs: what to do, in this order.
        processes: how many at a time.
        longest: seconds after which a run is given up.
    """
    waiting = deque(jobs)
    profiles = tuple(dict.fromkeys(name for job in jobs for name in job.profiles))
    workers: list[_Worker] = []
    try:
        while waiting or workers:
            while waiting and len(workers) < processes:
                workers.append(_Worker(waiting.popleft(), profiles))
            for worker in _ended(workers, longest):
                yield worker.job, worker.trial()
                if waiting and worker.alive:
                    worker.give(waiting.popleft())
                else:
                    workers.remove(worker)
                    worker.end()
    finally:
        for worker in workers:
            worker.end()


def _ended(workers: Sequence[_Worker], longest: float) -> list[_Worker]:
    """Those that came to an end, or were at it for too long; waits until there is one."""
    until = min(worker.began for worker in workers) + longest
    ready = wait([worker.pipe for worker in workers], max(until - time.monotonic(), 0.0))
    late = time.monotonic() - longest
    return [worker for worker in workers if worker.pipe in ready or worker.began <= late]


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    """Let a process begin that Ctrl-C does not reach, and in which the working directory hides no module of Python's.

    Whoever interrupts does so at the process that hands out jobs, which hears of it as soon as the other has begun.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


class _Worker:
    """A process that carries out one job after the other."""

    def __init__(self, job: Job, profiles: tuple[str, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        # It has children of its own, which multiprocessing forbids to those that it would end by itself.
        self._process: SpawnProcess = context.Process(target=work, args=(theirs, profiles))
        with _apart():
            self._process.start()
        theirs.close()
        self.alive = True
        self.give(job)

    def give(self, job: Job) -> None:
        """Give it something to do."""
        self.job, self.began = job, time.monotonic()
        with contextlib.suppress(BrokenPipeError):  # it has ended, which is told when the job is asked for
            self.pipe.send(job)

    def trial(self) -> Trial:
        """What came of its job, or why nothing did."""
        try:
            if self.pipe.poll():
                trial: Trial = self.pipe.recv()
                return trial
            problem = f"it did not end within {time.monotonic() - self.began:.0f} s"
        except (EOFError, ConnectionError):
            self._process.join(_STOP_SECONDS)
            problem = f"the process that ran it died: exit status {self._process.exitcode}"
        self.alive = False
        return Trial(self.job.fault, problem=problem)

    def end(self) -> None:
        """End it, whatever it is doing; its server ends with it."""
        self.pipe.close()
        self._process.terminate()
        self._process.join(_STOP_SECONDS)
        if self._process.is_alive():  # pragma: no cover - it is told to in vain
            self._process.kill()
            self._process.join()


def work(pipe: Connection, profiles: tuple[str, ...]) -> None:
    """Carry out jobs until there are no more."""
    # For where it could not be kept from it before.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    shut_off()
    from .trying import Session  # noqa: PLC0415 - the process that hands out jobs does without pytest

    with contextlib.closing(Program()) as program, contextlib.suppress(EOFError, ConnectionError):
        while Session(profiles, program, pipe.recv, pipe.send).carry_out():
            pass
