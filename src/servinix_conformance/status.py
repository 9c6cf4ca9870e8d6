"""Exit statuses of `servinix-conformance`. They stand alone, so that a command can fail before it has imported more."""

from __future__ import annotations

CONFORMANT, NOT_CONFORMANT, USAGE, UNUSABLE, INCOMPLETE, HARNESS, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130
