"""The one place that knows the optional folder of reference outputs, which a fresh clone does not have."""

import os
from pathlib import Path

import pytest

_CANDIDATES = (os.environ.get("SCEVALUATION_GOLD", ""), Path(__file__).resolve().parents[2] / "shared" / "gold")
GOLD = next((Path(p) for p in _CANDIDATES if p and Path(p).is_dir()), None)
needs_gold = pytest.mark.skipif(GOLD is None, reason="the reference outputs of other systems are not on this machine")
