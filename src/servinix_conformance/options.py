"""What a run was asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from .sampling import Sampling


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for.

    Attributes:
        target: a target file, or `reference`.
        lines: scenarios asked for by file and line of their heading.
        roots: folders and files with features.
        skip_waits_over: seconds; what has to be waited for longer is left untested.
        only: `examine` or `announce`: stop after that.
        known_failures: a file with what is accepted for a while.
        sampling: what generated requests are drawn from.
        narrowed: whether something was left out by name, so that no profile can be judged.
    """

    target: str = "reference"
    base_url: str | None = None
    wait_for: float = 0.0
    strict: bool = False
    profiles: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    lines: frozenset[tuple[Path, int]] = frozenset()
    roots: tuple[Path, ...] = ()
    catalogues: tuple[Path, ...] = ()
    report: Path | None = None
    known_failures: Path | None = None
    narrowed: bool = False
    fault: str | None = None
    skip_waits_over: float = math.inf
    only: str | None = None
    sampling: Sampling = field(default_factory=Sampling)
