from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import servinix_conformance
from servinix_conformance.suite import package_sha256, suite_root

PACKAGE = Path(servinix_conformance.__file__).parent
PARTS = ("features", "steps", "reference_server", "conftest.py", "openapi.yaml", "pyproject.toml")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The package as a wheel lays it down, with what Python and an editor leave there."""
    package = tmp_path / PACKAGE.name
    shutil.copytree(PACKAGE, package)
    (package / "suite").mkdir()
    for name in PARTS:
        source = suite_root() / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, package / "suite" / name)
    for left in (package / "__pycache__" / "x.pyc", package / "suite" / "steps" / ".time.py.swp"):
        left.parent.mkdir(exist_ok=True)
        left.write_bytes(b"left behind")
    return package


def hash_of(package: Path) -> str:
    code = f"import sys; sys.path.insert(0, {str(package.parent)!r}); from {PACKAGE.name} import suite; "
    told = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", f"{code}print(suite.package_sha256())"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return told.stdout.strip()


def test_the_suite_has_one_hash_wherever_it_is(installed: Path) -> None:
    assert len(package_sha256()) == 64
    assert hash_of(installed) == package_sha256()


@pytest.mark.parametrize(
    "name", ["suite/steps/time.py", "suite/features/lockout.feature", "suite/openapi.yaml", "target.schema.json"]
)
def test_a_change_to_any_part_changes_the_hash(installed: Path, name: str) -> None:
    with (installed / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert hash_of(installed) != package_sha256()


def test_a_part_of_another_name_changes_the_hash(installed: Path) -> None:
    (installed / "suite" / "steps" / "time.py").rename(installed / "suite" / "steps" / "clock.py")
    assert hash_of(installed) != package_sha256()
