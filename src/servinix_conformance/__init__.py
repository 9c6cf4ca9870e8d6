"""Conformance suite for Servinix sign-in with multi-factor authentication."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("servinix-conformance")
except PackageNotFoundError:  # pragma: no cover - only in a tree that was never installed
    __version__ = "0+unknown"
