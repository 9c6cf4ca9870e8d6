"""The pytest plugin: options, and the controller's side of a run.

It works in one process and under xdist alike: the controller owns the `Run`, workers send it the ends of scenarios.
`collection`, `performing` and `distribution` are its other parts.
"""

from __future__ import annotations

import gc
import math
import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.config import ConftestImportFailure

from .baseline import KnownFailuresError
from .browser.program import Program
from .catalogue import CatalogueError
from .connection import Connection, Unusable
from .events import ScenarioEnd
from .options import Options
from .plan import GuardError, feature_files, is_scenario
from .report import Unwritten
from .reporting import clear, terminal, writers
from .reporting.whole import FolderError
from .run import Reporter, Run
from .sampling import MOST_EXAMPLES, SEED, Sampling
from .serving import Server
from .stash import RUN, SILENT, WORKER
from .status import CONFORMANT, HARNESS, UNUSABLE, USAGE
from .suite import suite_root
from .target_file import TargetError
from .transport import Silent

pytest_plugins = [f"servinix_conformance.{part}" for part in ("collection", "performing", "distribution")]


@dataclass(slots=True)
class Handle:
    """How a caller of `pytest.main` gets at the run: who reads it, its server, its browser, and then the run itself."""

    reporters: list[Reporter] = field(default_factory=list)
    server: Server | None = None
    program: Program | None = None
    run: Run | None = None
    __name__ = "servinix-handle"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the suite; `servinix-conformance run` gives them friendlier names."""
    group = parser.getgroup("servinix", "Servinix conformance suite")
    group.addoption("--servinix-target", default="reference", metavar="FILE", help="target file, or 'reference'")
    group.addoption("--servinix-base-url", metavar="URL", help="takes the place of base_url in the target file")
    group.addoption("--servinix-wait-for", type=float, default=0.0, metavar="S", help="wait for a first HTTP answer")
    group.addoption("--servinix-strict", action="store_true", help="a broken inferred clause is a failure")
    group.addoption("--servinix-profile", action="append", default=[], metavar="NAME", help="judge this profile only")
    group.addoption("--servinix-clause", action="append", default=[], metavar="ID", help="run this clause only")
    group.addoption("--servinix-line", action="append", default=[], metavar="FILE:LINE", help="run this scenario only")
    group.addoption("--servinix-catalogue", action="append", default=[], metavar="FILE", help="further clauses")
    group.addoption("--servinix-report", metavar="DIR", help="write report.json and junit.xml there")
    group.addoption("--servinix-known-failures", metavar="FILE", help="what is accepted for a while")
    group.addoption("--servinix-skip-waits-over", type=float, default=math.inf, metavar="S", help="skip long waits")
    group.addoption("--servinix-seed", type=int, default=SEED, metavar="N", help="draw generated requests from this")
    group.addoption("--servinix-max-examples", type=int, default=MOST_EXAMPLES, metavar="N", help="draw so many each")
    group.addoption("--servinix-processes", type=int, metavar="N", help="how many processes to reckon with")
    group.addoption("--servinix-only", choices=("examine", "announce"), help="do this before the run, and stop")
    group.addoption("--servinix-fault", metavar="ID", help="make the reference server wrong in this way")


def options_of(config: pytest.Config) -> Options:
    """The options of a run that plain pytest was asked for."""
    option = config.option
    roots = tuple(path for path in map(_path, config.args) if _holds_features(path))
    own = suite_root() / "features"
    report = Path(option.servinix_report) if option.servinix_report else None
    return Options(
        target=option.servinix_target,
        base_url=option.servinix_base_url,
        wait_for=option.servinix_wait_for,
        strict=option.servinix_strict,
        profiles=tuple(option.servinix_profile),
        clauses=tuple(option.servinix_clause),
        lines=frozenset(map(_line, option.servinix_line)),
        roots=roots,
        catalogues=tuple(map(Path, option.servinix_catalogue)),
        report=report,
        known_failures=Path(option.servinix_known_failures) if option.servinix_known_failures else None,
        narrowed=bool(
            option.keyword or option.markexpr or option.servinix_clause or option.servinix_line or own not in roots
        ),
        fault=option.servinix_fault,
        skip_waits_over=option.servinix_skip_waits_over,
        only=option.servinix_only,
        sampling=Sampling(option.servinix_seed, option.servinix_max_examples),
    )


def _path(argument: str) -> Path:
    return Path(argument.partition("::")[0]).resolve()


def _line(entry: str) -> tuple[Path, int]:
    path, _, line = entry.rpartition(":")
    if not path or not line.isdigit():
        raise pytest.UsageError(f"--servinix-line {entry}: give FILE:LINE")
    return Path(path).resolve(), int(line)


def _holds_features(path: Path) -> bool:
    return path.suffix == ".feature" or (path.is_dir() and next(path.rglob("*.feature"), None) is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Read the features, let the guards look, and reach the target; nothing else happens if one of them fails."""
    worker = getattr(config, "workerinput", None)
    options = options_of(config)
    if not options.roots or (worker and WORKER not in worker):
        return None
    handle = config.pluginmanager.get_plugin("servinix-handle") or Handle()
    reporters = [*handle.reporters, *writers(options.report)]
    run = handle.run = config.stash[RUN] = Run(options, reporters, handle.server, program=handle.program)
    if worker:
        run.connection = Connection.from_json(worker[WORKER])
    _begin(config, run)
    if run.problem is not None or options.only == "examine":
        run.close()
        told, status = run.problem or ("", CONFORMANT)
        if told and not config.pluginmanager.has_plugin("servinix-handle"):
            sys.stderr.write(f"servinix-conformance: {told}\n")
        return status
    for tag in {tag for scenario in run.plan.scenarios for tag in scenario.tags}:
        config.addinivalue_line("markers", f"{tag.replace('-', '_')}: scenarios tagged @{tag}")
    config.pluginmanager.register(Quiet() if worker else Listener(config), "servinix-listener")
    return None


def _begin(config: pytest.Config, run: Run) -> None:
    """Make a run ready for its first scenario, or say what it is that hinders it."""
    options, controller = run.options, run.connection is None
    try:
        if options.report and controller:
            clear(options.report)
        # The server comes up while the features are read.
        run.launch()
        _load_steps(config, options.roots)
        run.read()
        run.connect()
        if controller:
            run.examine()
    except (CatalogueError, FolderError, GuardError, KnownFailuresError) as error:
        run.fail(str(error), USAGE)
    except (Silent, Unusable, TargetError) as error:
        run.fail(str(error), UNUSABLE)


def _load_steps(config: pytest.Config, roots: Iterable[Path]) -> None:
    """Load every conftest.py beside features, which pytest does when it collects their folder: after the guards."""
    for folder in sorted({path.parent for path, _ in feature_files(roots)}):
        try:
            config.pluginmanager._loadconftestmodules(  # noqa: SLF001 - pytest is bound to its minor, and has no other way
                folder,
                config.getoption("importmode"),
                config.rootpath,
                consider_namespace_packages=config.getini("consider_namespace_packages"),
            )
        except ConftestImportFailure as error:
            frames = traceback.extract_tb(error.cause.__traceback__)
            line = next((frame.lineno for frame in reversed(frames) if frame.filename == str(error.path)), 1)
            told = f"{type(error.cause).__name__}: {error.cause}"
            raise GuardError(f"{error.path}:{line}: cannot be imported: {told}; mend it, or remove it") from error


class Quiet:
    """A worker: it prints no failure of the harness, of which the controller hears anyway, and ends without delay."""

    def pytest_internalerror(self) -> bool:
        """Say that it is told."""
        return True

    def pytest_unconfigure(self) -> None:
        """End at once: nobody waits until all that a worker holds has been looked through once more."""
        gc.freeze()


class Listener:
    """Hears, in the controller, how scenarios end, and judges when the session does."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._died = ""

    @property
    def _run(self) -> Run:
        return self._config.stash[RUN]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the end of a scenario, wherever it ran."""
        end = getattr(report, "servinix", None)
        if end is not None:
            self._run.ended(ScenarioEnd.from_json(end))
            self._run.leftovers += getattr(report, "servinix_leftovers", [])
        elif report.when not in {"setup", "call", "teardown"} and is_scenario(report.nodeid):
            self._run.crashed(report.nodeid, str(report.longrepr))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what could not be collected: nothing of it is going to run."""
        if report.failed:
            self._run.fail(f"{report.nodeid}: could not be collected\n{report.longreprtext}", HARNESS)

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Remember that it was the harness that failed; what comes after the first failure comes of it."""
        self._run.fail(f"the suite itself failed: {_defect(excinfo.value)}", HARNESS)
        return True

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember that somebody stopped the run; pytest says it in the same way when it stops by itself."""
        if type(excinfo.value) is KeyboardInterrupt:
            self._run.stopped = "interrupted"
        elif SILENT in str(excinfo.value):
            # Processes are stopped in this way when one of them says so.
            self._run.stopped = SILENT

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        """Remember how a worker died; one that dies with a scenario is red there, and another takes its place."""
        self._died = str(error) if error else self._died

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge, and write the reports; where pytest was asked for something that it does not know, nothing was run."""
        if exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        if isinstance(session.shouldstop, str):
            self._run.stopped = self._run.stopped or session.shouldstop
        if self._died and self._run.selected is None and self._run.problem is None and self._run.stopped is None:
            self._run.stopped = "no process could begin"
            told = _last_told(self._died)
            self._run.fail(f"the processes of -n died before they ran anything: {told}", HARNESS)
        if self._run.connection is not None and self._run.selected != 0 and self._run.options.only is None:
            try:
                self._run.finish()
            except Unwritten as error:
                self._run.fail(str(error), HARNESS)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Under plain pytest, the verdict stands at the end."""
        if self._run.connection is not None:
            terminalreporter.section("Servinix conformance")
            report = self._run.report
            for line in (*(item.sentence for item in report.known), *report.verdict.sentences):
                terminalreporter.line(line)
            terminalreporter.line(terminal.signature(report))


def _defect(error: BaseException) -> str:
    if "Traceback (most recent call last)" in str(error):
        # A worker sends what it would have printed.
        return _last_told(str(error))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} at {Path(frame.filename).name}:{frame.lineno}"


def _last_told(traceback_text: str) -> str:
    """What a traceback comes to; the whole text, where it is none."""
    lines = re.findall(r"^\s*([A-Za-z_][\w.]*: .+|[A-Za-z_][\w.]*Error)$", traceback_text, re.MULTILINE)
    return lines[-1] if lines else traceback_text.strip()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what was started."""
    if run := config.stash.get(RUN, None):
        run.close()
