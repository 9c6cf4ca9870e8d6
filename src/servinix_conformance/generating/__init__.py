"""Requests that nobody thought of: drawn from the target's own document, sent, and judged by it.

What draws and judges is schemathesis, of the extra `contract`; what is sent goes the way of everything else.
"""

from __future__ import annotations

from .limits import Limits
from .people import People
from .scope import Scope
from .trying import NOT_INSTALLED, Trial, available

__all__ = ["NOT_INSTALLED", "Limits", "People", "Scope", "Trial", "available"]
