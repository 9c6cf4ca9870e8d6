"""Where the parts of the plugin keep what they share."""

from __future__ import annotations

import pytest

from .run import Run

SILENT = "the target gives no HTTP answer any more"
"""Why a run is stopped."""
RUN = pytest.StashKey[Run]()
WORKER = "servinix"
"""What a worker finds its connection under."""
