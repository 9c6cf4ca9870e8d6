"""The wheel, as somebody has it who never saw the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

from servinix_conformance.suite import package_sha256

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIST_INFO = f"servinix_conformance-{PROJECT['version']}.dist-info"
SUITE = {"features", "steps", "reference_server", "conftest.py", "openapi.yaml", "pyproject.toml"}
VERDICTS = [
    line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line[:11] == "CONFORMANT "
]
# What would let the checkout, or the coverage of this test run, into the new environment.
OURS = ("PYTHON", "PYTEST", "COV", "VIRTUAL_ENV", "SERVINIX")
# yaml is a library of the suite, logging is what a worker imports before all else.
STRANGERS = ("steps/__init__.py", "reference_server/__init__.py", "conftest.py", "yaml.py", "logging.py")
SECRET = "a-secret-of-the-test"


def environment(**variables: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)} | variables


def run(*words: str | Path, folder: Path, seconds: int = 180, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, in an environment that knows nothing of the checkout."""
    return subprocess.run(  # noqa: S603 - our own command
        words,
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def done(told: subprocess.CompletedProcess[str]) -> str:
    """What a command that has to succeed printed."""
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def build(folder: Path, *options: str) -> Path:
    done(run(sys.executable, "-m", "build", *options, "--outdir", folder, ROOT, folder=folder, seconds=300))
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"), "--wheel", "--no-isolation")


@pytest.fixture(scope="module")
def inside(wheel: Path) -> dict[str, bytes]:
    return contents(wheel)


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@dataclass(frozen=True)
class Installed:
    """An environment with nothing in it but the wheel and what it depends on."""

    scripts: Path
    packages: Path

    @property
    def python(self) -> Path:
        return self.scripts / "python"

    @property
    def command(self) -> Path:
        return self.scripts / "servinix-conformance"

    def files(self) -> dict[str, tuple[int, int]]:
        """Size and time of each file, but for the byte code that Python may write."""
        files = [path for path in self.packages.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
        return {
            path.relative_to(self.packages).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns) for path in files
        }


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("environment")
    # Not even pip is in it, nor what comes with pip: it could hide that a dependency is missing.
    done(run(sys.executable, "-m", "venv", "--without-pip", folder, folder=folder))
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python")]
    done(run(*pip, "install", "--quiet", wheel, folder=folder, seconds=500))
    packages = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Installed(scripts, Path(done(run(scripts / "python", "-c", packages, folder=folder)).strip()))


def strange(folder: Path) -> Path:
    """Fill a folder with a stranger's files; each ends a run that takes it for its own."""
    for name in STRANGERS:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"raise RuntimeError('{name} of a stranger')\n", encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (folder / "features").mkdir()
    (folder / "features" / "strange.feature").write_text(
        "Feature: A stranger's\n  Scenario: Without a clause\n    Given nothing\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    return strange(tmp_path)


@dataclass(frozen=True)
class Whole:
    """A whole run in a stranger's folder, with what it left there and in the environment."""

    told: subprocess.CompletedProcess[str]
    report: dict[str, list[dict[str, object]]]
    left: set[str]
    changed: set[str]


@pytest.fixture(scope="module")
def whole(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = strange(tmp_path_factory.mktemp("stranger"))
    files, names = installed.files(), names_in(folder)
    told = run(installed.command, "run", "reference", "--strict", "--report", "report", folder=folder)
    done(told)
    return Whole(
        told,
        json.loads((folder / "report" / "report.json").read_text(encoding="utf-8")),
        names_in(folder) - names,
        {name for name, _ in files.items() ^ installed.files().items()},
    )


def test_a_wheel_of_the_sdist_is_the_wheel_of_the_checkout(inside: dict[str, bytes], tmp_path: Path) -> None:
    # Built alone, with no more than pyproject.toml says that a build requires.
    by_sdist = contents(build(tmp_path))
    assert set(by_sdist) == set(inside)
    assert [name for name, content in inside.items() if by_sdist[name] != content] == []


def test_the_wheel_holds_the_suite_as_it_is_in_the_checkout(inside: dict[str, bytes]) -> None:
    top = "servinix_conformance/suite/"
    suite = {name.removeprefix(top): content for name, content in inside.items() if name.startswith(top)}
    assert {name.partition("/")[0] for name in suite} == SUITE
    files = [path for name in SUITE for path in ((ROOT / name).rglob("*") if (ROOT / name).is_dir() else [ROOT / name])]
    assert suite == {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in files
        if path.is_file() and path.parent.name != "__pycache__"
    }


def test_the_wheel_says_what_it_is(inside: dict[str, bytes]) -> None:
    metadata: Message = message_from_bytes(inside[f"{DIST_INFO}/METADATA"])
    assert metadata["Name"] == "servinix-conformance"
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["Requires-Python"] == ">=3.11"
    languages = [entry for entry in metadata.get_all("Classifier", []) if entry.startswith("Programming Language")]
    assert [entry.rpartition(" ")[2] for entry in languages] == ["3", "3.11", "3.12", "3.13"]
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert inside[f"{DIST_INFO}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert b"Tag: py3-none-any" in inside[f"{DIST_INFO}/WHEEL"].splitlines()
    assert metadata["Description-Content-Type"] == "text/markdown"
    needs = [need for need in metadata.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert len(needs) == len(PROJECT["dependencies"])


def test_the_wheel_has_its_command_its_types_its_schema_and_its_templates(inside: dict[str, bytes]) -> None:
    commands = ConfigParser()
    commands.read_string(inside[f"{DIST_INFO}/entry_points.txt"].decode())
    assert dict(commands["console_scripts"]) == {"servinix-conformance": "servinix_conformance.cli:main"}
    assert "servinix_conformance/py.typed" in inside
    assert "$schema" in json.loads(inside["servinix_conformance/target.schema.json"])
    templates = "src/servinix_conformance/reporting/html/templates"
    for path in (ROOT / templates).iterdir():
        assert inside[f"{templates.removeprefix('src/')}/{path.name}"] == path.read_bytes()


def test_nothing_of_a_general_name_lands_beside_other_packages(installed: Installed) -> None:
    record = (installed.packages / DIST_INFO / "RECORD").read_text(encoding="utf-8").splitlines()
    ours = {line.split(",")[0].split("/")[0] for line in record}
    assert ours - {".."} == {"servinix_conformance", DIST_INFO}
    assert [Path(line.split(",")[0]).stem for line in record if line.startswith("..")] == ["servinix-conformance"]
    general = SUITE | {"tests", "benchmarks", "src", "hatch_build.py", "servinix_conformance.pth"}
    assert general & names_in(installed.packages) == set()


def test_the_strangers_files_end_whatever_takes_them_for_its_own(installed: Installed, stranger: Path) -> None:
    for name in STRANGERS:
        module = name.removesuffix(".py").removesuffix("/__init__")
        told = run(installed.python, "-c", f"import {module}", folder=stranger)
        assert (told.returncode, f"{name} of a stranger" in told.stderr) == (1, True), name
    for name in ("logging.py", "conftest.py"):
        (stranger / name).unlink()
    told = run(installed.python, "-m", "pytest", folder=stranger)
    assert told.returncode == 4
    assert "--no-such-option" in told.stderr


def test_a_run_in_a_strangers_folder_is_conformant(whole: Whole) -> None:
    assert len(VERDICTS) == 2
    assert [line for line in whole.told.stdout.splitlines() if "CONFORMANT " in line] == VERDICTS
    assert "stranger" not in whole.told.stdout + whole.told.stderr
    assert {profile["verdict"] for profile in whole.report["profiles"]} == {"CONFORMANT"}


def test_a_run_writes_its_report_and_nothing_else(whole: Whole) -> None:
    assert whole.left == {"report"}
    assert whole.changed == set()


def test_processes_give_the_verdicts_of_one(whole: Whole, installed: Installed, stranger: Path) -> None:
    words = ["run", "reference", "--strict", "--clause", "MFA-16", "-n", "2", "--report", "report"]
    told = run(installed.command, *words, folder=stranger)
    assert "1 of 1 selected clauses passed" in done(told)
    shared = json.loads((stranger / "report" / "report.json").read_text(encoding="utf-8"))
    mine = {clause["id"]: clause for clause in shared["clauses"] if clause["id"] == "MFA-16"}
    assert mine == {clause["id"]: clause for clause in whole.report["clauses"] if clause["id"] == "MFA-16"}
    assert len(shared["scenarios"]) >= 2


def test_a_server_of_the_wheel_is_a_target_for_it(installed: Installed, stranger: Path) -> None:
    before = installed.files()
    with subprocess.Popen(  # noqa: S603 - our own command
        [installed.command, "serve", "--port", "0", "--test-support", "env:SUPPORT"],
        cwd=stranger,
        env=environment(SUPPORT=SECRET),
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert line.startswith("listening on http://127.0.0.1:")
            (stranger / "target.toml").write_text(
                f'name = "of the wheel"\nbase_url = "{line.split()[2]}"\n[test_support]\ntoken = "env:SUPPORT"\n',
                encoding="utf-8",
            )
            told = run(installed.command, "run", "target.toml", "--clause", "RESET-3", folder=stranger, SUPPORT=SECRET)
        finally:
            server.terminate()
    assert "1 of 1 selected clauses passed" in done(told)
    assert "of the wheel" in told.stdout.splitlines()[-1]
    assert installed.files() == before


def test_the_suite_has_the_same_hash_installed_as_in_the_checkout(installed: Installed, stranger: Path) -> None:
    code = "from servinix_conformance.suite import package_sha256; print(package_sha256())"
    # -P: the stranger's folder is not looked into.
    assert done(run(installed.python, "-P", "-c", code, folder=stranger)).strip() == package_sha256()


def test_list_prints_the_suites_own_scenarios(whole: Whole, installed: Installed, stranger: Path) -> None:
    clauses = json.loads(done(run(installed.command, "list", "--format", "json", folder=stranger)))
    shown = {clause["id"] for clause in clauses if clause["profile"] in {"documented", "contract"}}
    assert shown == {clause["id"] for clause in whole.report["clauses"]}
    where = {scenario["where"].partition(":")[0] for clause in clauses for scenario in clause["scenarios"]}
    assert where == {f"features/{path.name}" for path in (ROOT / "features").glob("*.feature")}


def test_the_package_runs_as_a_module_and_knows_its_version(installed: Installed, stranger: Path) -> None:
    said, helped = (
        done(run(installed.python, "-m", "servinix_conformance", option, folder=stranger))
        for option in ("--version", "--help")
    )
    assert said == f"servinix-conformance {PROJECT['version']}\n"
    assert "exit status:" in helped
