"""Exit statuses of the command, as a pipeline sees them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


def target(folder: Path, url: str) -> str:
    path = folder / "target.toml"
    path.write_text(f'name = "other"\nbase_url = "{url}"\n[test_support]\ntoken = "env:TOKEN"\n', encoding="utf-8")
    return str(path)


def test_a_conformant_selection_is_0_and_says_that_it_gives_no_profile_verdict(
    command: Command, tmp_path: Path
) -> None:
    told = command("run", "reference", "--clause", "MFA-16", "--report", str(tmp_path))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 of 1 selected clauses passed; no profile verdict" in told.stdout
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["run"]["narrowed"] is True
    assert {profile["verdict"] for profile in report["profiles"]} == {None}


def test_processes_give_the_same_verdict(command: Command) -> None:
    told = command("run", "reference", "--clause", "MFA-16", "-n", "2")
    assert (told.returncode, "1 of 1 selected" in told.stdout) == (0, True), told.stderr


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["one process", "two processes"])
def test_modules_in_the_working_directory_hide_none_of_the_libraries(tmp_path: Path, processes: list[str]) -> None:
    for name in ("logging", "random", "yaml"):
        (tmp_path / f"{name}.py").write_text(f"raise RuntimeError('{name} of this folder')\n", encoding="utf-8")
    told = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-P", "-m", "servinix_conformance", "run", "reference", "--clause", "MFA-16", *processes],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 of 1 selected clauses passed" in told.stdout


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["one process", "two processes"])
def test_a_conftest_beside_a_file_that_an_option_names_is_not_run(
    command: Command, tmp_path: Path, processes: list[str]
) -> None:
    (tmp_path / "conftest.py").write_text("raise RuntimeError('conftest.py of this folder')\n", encoding="utf-8")
    told = command("run", "reference", "--clause", "MFA-16", "--report", str(tmp_path), *processes)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 of 1 selected clauses passed" in told.stdout


def test_what_the_environment_tells_other_pytest_runs_changes_nothing(command: Command) -> None:
    told = command(
        "run", "reference", "--clause", "MFA-16", PYTEST_ADDOPTS="--no-such-option", PYTEST_PLUGINS="no_such_plugin"
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 of 1 selected clauses passed" in told.stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["run"], 2, "run reference"),
        (["run", "reference", "-m", "and and"], 2, "Wrong expression passed to '-m'"),
        (["run", "reference", "-k", "nosuchword"], 2, "nothing was selected"),
        (["run", "reference", "--clause", "MFA-99"], 2, "did you mean MFA-9"),
        (["run", "reference", "nosuch.feature"], 2, "no such feature file"),
        (["run", "nosuch.toml"], 3, "cannot be read"),
    ],
)
def test_wrong_use_is_told_with_its_remedy(command: Command, words: list[str], status: int, said: str) -> None:
    told = command(*words)
    assert told.returncode == status
    assert said in told.stderr


def test_a_target_that_refuses_connections_is_3(command: Command, tmp_path: Path) -> None:
    told = command("run", target(tmp_path, "http://127.0.0.1:9"), TOKEN="secret-of-the-test")
    assert told.returncode == 3
    assert "--wait-for" in told.stderr


@pytest.fixture
def html_server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"hi")

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - named so by the base class

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_target_that_is_no_sign_in_is_never_green(command: Command, tmp_path: Path, html_server: str) -> None:
    told = command("run", target(tmp_path, html_server), TOKEN="secret-of-the-test")
    assert told.returncode == 1
    assert "NOT CONFORMANT contract" in told.stdout
    assert "secret-of-the-test" not in told.stdout + told.stderr


def scenarios(folder: Path, deed: str) -> str:
    """A folder of somebody's own, with one scenario that does `deed`, in Python, after an account was made."""
    (folder / "own.feature").write_text(
        "Feature: Somebody's own\n  @MFA-1\n  Scenario: It happens\n"
        "    Given Ada is a user without MFA\n    Then it happens\n",
        encoding="utf-8",
    )
    (folder / "conftest.py").write_text(
        f"import os, pathlib, time\nfrom pytest_bdd import then\n@then('it happens')\ndef _(cast):\n    {deed}\n",
        encoding="utf-8",
    )
    return str(folder)


def test_a_worker_that_dies_is_70_and_red_at_the_clause(command: Command, tmp_path: Path) -> None:
    own = scenarios(tmp_path, "os._exit(3)")
    told = command("run", "reference", "-k", "It_happens", "--features", own, "-n", "1", "--report", str(tmp_path))
    assert told.returncode == 70, told.stdout + told.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {clause["id"]: clause["verdict"] for clause in report["clauses"]}["MFA-1"] == "error"
    assert "the process that ran it died" in told.stdout


def test_workers_that_die_before_any_scenario_are_70_with_their_reason(command: Command, tmp_path: Path) -> None:
    own = scenarios(tmp_path, "pass")
    dying = "import os\nif 'PYTEST_XDIST_WORKER' in os.environ:\n    raise LookupError('dead at birth')\n"
    (tmp_path / "conftest.py").write_text(dying, encoding="utf-8")
    told = command("run", "reference", "--features", own, "-n", "1", "--report", str(tmp_path))
    assert told.returncode == 70, told.stdout + told.stderr
    assert "dead at birth" in told.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["run"]["complete"], report["run"]["exit_status"]) == (False, 70)


def test_a_defect_of_a_step_is_70(command: Command, tmp_path: Path) -> None:
    own = scenarios(tmp_path, "raise LookupError('a defect')")
    told = command("run", "reference", "-k", "It_happens", "--features", own)
    assert told.returncode == 70
    assert "a defect" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


def test_a_plain_assertion_of_a_step_is_1(command: Command, tmp_path: Path) -> None:
    told = command("run", "reference", "-k", "It_happens", "--features", scenarios(tmp_path, "assert not cast, 'so'"))
    assert told.returncode == 1
    assert "own.feature:5  Then it happens" in told.stdout


def test_a_step_that_nobody_defined_is_70_with_a_snippet(command: Command, tmp_path: Path) -> None:
    own = scenarios(tmp_path, "pass")
    (tmp_path / "conftest.py").unlink()
    told = command("run", "reference", "-k", "It_happens", "--features", own)
    assert told.returncode == 70
    assert "begin with this in a conftest.py beside the features" in told.stdout
    # Pasted as it stands it is still an error.
    pasted = re.search(r"^ +from pytest_bdd import then$.*?^ +raise .*?$", told.stdout, re.MULTILINE | re.DOTALL)
    assert pasted, told.stdout
    (tmp_path / "conftest.py").write_text(textwrap.dedent(pasted[0]), encoding="utf-8")
    again = command("run", "reference", "-k", "It_happens", "--features", own)
    assert again.returncode == 70
    assert "NotImplementedError: say here what the step does" in again.stdout


def test_what_the_target_does_not_claim_is_untested_where_the_clause_is_core(command: Command, tmp_path: Path) -> None:
    unclaimed = "from servinix_conformance.actor import NotClaimed; raise NotClaimed('no such thing')"
    told = command("run", "reference", "-k", "It_happens", "--features", scenarios(tmp_path, unclaimed))
    assert told.returncode == 4
    assert "a core clause cannot be left unclaimed" in told.stdout


def test_what_cannot_be_tested_is_4_with_its_reason(command: Command, tmp_path: Path) -> None:
    untested = "from servinix_conformance.actor import Untested; raise Untested('no such inbox')"
    told = command("run", "reference", "-k", "It_happens", "--features", scenarios(tmp_path, untested))
    assert told.returncode == 4
    assert "no such inbox" in told.stdout


def test_an_interrupt_before_anything_was_selected_is_130(command: Command, tmp_path: Path) -> None:
    own = scenarios(tmp_path, "pass")
    with (tmp_path / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write("def pytest_collection(session):\n    raise KeyboardInterrupt\n")
    assert command("run", "reference", "--features", own).returncode == 130


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signal to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_130_and_the_report_says_so(tmp_path: Path, number: signal.Signals) -> None:
    reached = tmp_path / "reached"
    own = scenarios(tmp_path, f"pathlib.Path({str(reached)!r}).touch(); time.sleep(60)")
    words = ["run", "reference", "-k", "It_happens", "--features", own, "--report", str(tmp_path)]
    # Whoever runs the tests in the background may have had interrupts ignored; a person at a terminal has not.
    start = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    start += "from servinix_conformance.cli import main; sys.exit(main())"
    run = subprocess.Popen([sys.executable, "-c", start, *words], stdout=subprocess.DEVNULL)  # noqa: S603
    until = time.monotonic() + 60
    while not reached.exists() and run.poll() is None and time.monotonic() < until:
        time.sleep(0.05)  # another process writes it
    run.send_signal(number)
    assert run.wait(30) == 130
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["run"]["complete"], report["run"]["stopped"], report["end"]) == (False, "interrupted", True)
    assert report["run"]["leftovers"] == []
