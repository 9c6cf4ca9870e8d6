"""Build hook: a standard build carries the suite's own files inside the package; an editable one uses the checkout."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SUITE = ("features", "steps", "reference_server", "conftest.py", "openapi.yaml", "pyproject.toml")


class SuiteHook(BuildHookInterface[Any]):
    """Puts the suite under `servinix_conformance/suite/`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to include."""
        if version == "standard":
            build_data["force_include"] |= {name: f"servinix_conformance/suite/{name}" for name in SUITE}
