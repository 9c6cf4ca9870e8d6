"""How much is tried: enough to notice in `make test`, SERVER_EFFORT times as much in `make nightly`."""

from __future__ import annotations

import os

EFFORT = int(os.environ.get("SERVER_EFFORT", "1"))
