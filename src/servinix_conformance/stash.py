"""Where the parts of the plugin keep what they share."""

from __future__ import annotations

import pytest

from .run import Run

RUN = pytest.StashKey[Run]()
WORKER = "servinix"
"""What a worker finds its connection under."""
