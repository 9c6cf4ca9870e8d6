"""pytest as `run` calls it, and from its end to an exit status."""

from __future__ import annotations

import gc
import signal
import sys

import pytest

from ..generating import NOT_INSTALLED, available
from ..plugin import Handle
from ..reporting.terminal import Terminal
from ..serving import Server
from ..status import CONFORMANT, HARNESS, INTERRUPTED, USAGE
from . import fail
from .invocation import shut_off


class _Last:
    """Has the last word in pytest's session, of which nothing is needed any more but the handle."""

    def pytest_unconfigure(self) -> None:
        """The process is about to end: nobody waits until all that it holds has been looked through once more."""
        gc.freeze()


def carry_out(arguments: list[str], server: Server | None) -> int:
    """Run the scenarios; `server` is the target where that is the reference server."""
    handle = Handle([Terminal(sys.stdout)], server)
    shut_off()
    # That is how a pipeline ends a job, which wants its reports all the same.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status = pytest.main(arguments, plugins=[handle, _Last()])
    except KeyboardInterrupt:
        # Before the first scenario; later, pytest ends the session in order and the reports are written.
        return fail(INTERRUPTED, "interrupted before the first scenario")
    finally:
        if handle.run is not None:
            handle.run.close()
    return _exit_status(handle, status)


def _exit_status(handle: Handle, status: int | pytest.ExitCode) -> int:
    run = handle.run
    if run is None:
        # pytest has said why; it was asked for something that it does not know.
        return USAGE if status == pytest.ExitCode.USAGE_ERROR else HARNESS
    if status == pytest.ExitCode.USAGE_ERROR and run.problem is None:
        return USAGE  # an expression of -m or -k; pytest has said what is wrong with it
    if run.problem is not None:
        fail(run.problem[1], run.problem[0])
    elif run.options.only != "examine" and not run.selected and run.stopped != "interrupted":
        told = "nothing was selected, so nothing was tested"
        drawn = any(item.each_operation and run.wants(item) for item in run.plan.scenarios)
        if drawn and not available():
            # Without it there is no scenario of its own for each operation, which an expression could name.
            return fail(USAGE, f"{told}; {NOT_INSTALLED}")
        return fail(USAGE, f"{told}; 'servinix-conformance list' prints what there is")
    return run.exit_status if run.problem is not None or run.options.only is None else CONFORMANT
