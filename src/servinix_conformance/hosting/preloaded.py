"""Imports what a server needs, so that what is forked from here need not."""

from __future__ import annotations

import importlib

from ..suite import reference_server

reference_server()
for _name in ("server", "faults"):
    importlib.import_module(f"reference_server.{_name}")
