"""An OpenAPI document looked at by itself, and beside the contract. Pure: a text comes in, findings go out."""

from __future__ import annotations

from .checking import Checked, check
from .differences import Difference, Effect, differences
from .findings import Finding

__all__ = ["Checked", "Difference", "Effect", "Finding", "check", "differences"]
