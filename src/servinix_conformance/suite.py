"""Where the suite's own files are: in the checkout, or inside the installed package."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

_PARTS = ("features", "steps", "reference_server", "conftest.py", "openapi.yaml", "pyproject.toml")


def suite_root() -> Path:
    """The folder with features, steps, reference_server, conftest.py, openapi.yaml and pyproject.toml."""
    package = Path(__file__).resolve().parent
    installed = package / "suite"
    return installed if installed.is_dir() else package.parents[1]


def package_sha256() -> str:
    """The hash of the suite itself, the same in a checkout and installed.

    It is the SHA-256 of a line `HASH  NAME` for each of its files, sorted by name, as sha256sum prints them.
    """
    package, root = Path(__file__).resolve().parent, suite_root()
    named = {
        f"{package.name}/{_name(path, package)}": path
        for path in _files(package)
        if package / "suite" not in path.parents
    }
    for name in _PARTS:
        files = _files(root / name) if (root / name).is_dir() else [root / name]
        named |= {_name(path, root): path for path in files}
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in sorted(named.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _files(folder: Path) -> list[Path]:
    """Its files, but for what Python and editors leave there."""
    found = (path for path in folder.rglob("*") if path.is_file())
    parts = ((path, path.relative_to(folder).parts) for path in found)
    return [path for path, names in parts if not any(name == "__pycache__" or name[0] == "." for name in names)]


def reference_server() -> ModuleType:
    """The package `reference_server` of the suite, whatever else is of that name on this machine."""
    name = "reference_server"
    folder = suite_root() / name
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__file__ and Path(loaded.__file__).parent == folder:
        return loaded
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:  # pragma: no cover - a broken installation
        raise ImportError(f"{folder}: the reference server is not there; install the package again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
