"""The commands, one module each."""

from __future__ import annotations

import sys

from ..console import harmless


def fail(status: int, message: str) -> int:
    """Print an error, and return the exit status to go with it."""
    lines = harmless(message).split("\n")
    sys.stderr.write("".join(f"servinix-conformance: {line}\n" if line else "\n" for line in lines))
    return status
