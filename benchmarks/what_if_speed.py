"""How long a slider takes: index, verdicts and ranks of 60 indicators x 16 rounds under scenarios never seen before.

Run: python benchmarks/what_if_speed.py      (ends with 1 above 200 ms of processor time, the median of any kind of change)
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from lab_data import wide_evaluation

from scevaluation.desk.scenario import as_evaluated
from scevaluation.desk.what_if import apply

LIMIT, TRIES = 200, 9
KINDS = {
    "weight of a sector": lambda k: {"weights": (("health", 0.2 + k / 100),)},
    "weight of an indicator": lambda k: {"weights": (("health/i01", 0.1 + k / 100),)},
    "smallest pace that matters": lambda k: {"delta": 0.5 + k / 10},
    "target": lambda k: {"targets": (("index", 60.0 + k),)},
    "event (and pace)": lambda k: {"events": (("election:2018-06-27", False),), "delta": 2 + k / 10},
    "supposed score": lambda k: {"scores": (("health/i01", 3 + k / 100),)},
    "all at once": lambda k: {"weights": (("health", 0.3 + k / 100),), "delta": 3.0 + k, "targets": (("health", 60.0 + k),)},
}


def main() -> int:
    """Print a row a kind of change."""
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        e = wide_evaluation(Path(folder))
    start = as_evaluated(e)
    apply(e, start)
    print("change                        processor ms   clock ms   (median of 9)")
    for name, change in KINDS.items():
        taken = []
        for k in range(TRIES + 1):
            clock, processor = time.perf_counter(), time.process_time()
            apply(e, start.model_copy(update=change(k)))
            taken.append((time.process_time() - processor, time.perf_counter() - clock))
        processor, clock = (statistics.median(t[i] for t in taken[1:]) * 1000 for i in (0, 1))
        slow |= processor > LIMIT
        print(f"{name:<30}{processor:>12.0f}{clock:>11.0f}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
