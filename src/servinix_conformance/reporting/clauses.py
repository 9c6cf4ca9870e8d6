"""Clauses and known failures as JSON, the same in every format that has them."""

from __future__ import annotations

from typing import Any

from ..baseline import KnownFailure
from ..verdict import ClauseResult


def clause_to_json(result: ClauseResult) -> dict[str, Any]:
    """The clause, its verdict, and the ids of its scenarios."""
    return {
        **result.clause.to_json(),
        "verdict": result.verdict,
        "reasons": list(result.reasons),
        "scenarios": [end.id for end in result.scenarios],
    }


def known_to_json(item: KnownFailure) -> dict[str, Any]:
    """What was accepted before the run, and what became of it."""
    entry = item.entry
    return {
        "clause": entry.clause,
        "verdict": entry.verdict,
        "reason": entry.reason,
        "expires": entry.expires.isoformat(),
        "state": item.state,
    }
