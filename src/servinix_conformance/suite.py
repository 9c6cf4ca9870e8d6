"""Where the suite's own files are: in the checkout, or inside the installed package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def suite_root() -> Path:
    """The folder with features, steps, reference_server, conftest.py, openapi.yaml and pyproject.toml."""
    package = Path(__file__).resolve().parent
    installed = package / "suite"
    return installed if installed.is_dir() else package.parents[1]


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
