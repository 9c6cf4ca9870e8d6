"""What tests of several folders start or make stands in folders of its own."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / name) for name in ("mail", "samples")]
