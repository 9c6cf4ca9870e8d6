"""Conformance suite for Servinix sign-in with multi-factor authentication."""

from __future__ import annotations

__version__: str


def __getattr__(name: str) -> str:
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Looked up when it is asked for: what it takes to import costs as much as the rest of the command line.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("servinix-conformance")
    except PackageNotFoundError:  # pragma: no cover - only in a tree that was never installed
        return "0+unknown"
