"""Speed and memory: 514 regencies x 120 indicators x 16 rounds in one run, beside Mann-Kendall on a sample.

Run: python benchmarks/evaluate_scale.py      (needs the dev extra; ends with 1 below 40 times the speed or above 1 GB)
"""

from __future__ import annotations

import os
import resource
import sys
import time

import numpy as np

from scevaluation.evaluate.posterior import fit
from scevaluation.evaluate.simulation import DELTA, exposures, noise

REGENCIES, INDICATORS, ROUNDS = 514, 120, 16
SAMPLE = 500
TIMES, GIGABYTES = 40, 1.0
JUDGED = "slope with interval, one report"  # what a table of trends is made with: the series share a calendar


def national(seed: int = 514) -> np.ndarray:
    """Made-up series of every regency and indicator, (61680, 16), with a missing round in a third of them."""
    rng = np.random.default_rng(seed)
    size = REGENCIES * INDICATORS
    pace = rng.normal(0, 2, size)
    y = rng.uniform(40, 65, size)[:, None] + pace[:, None] * np.arange(ROUNDS) / 2
    y += noise(rng, rng.choice([1.5, 3, 6], size), rng.choice([0, 0.3, 0.6], size), ROUNDS)
    y = np.round(np.clip(y, 0, 100))
    gone = np.flatnonzero(rng.random(size) < 0.35)
    y[gone, rng.integers(1, ROUNDS - 1, len(gone))] = np.nan
    return y


def seconds(call) -> tuple[float, float]:
    """Shortest time on the clock and of the processors in three runs, so that other work on the machine counts less."""
    taken = []
    for _ in range(3):
        start = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return min(t[0] for t in taken), min(t[1] for t in taken)


def main() -> int:
    import pymannkendall

    y, told, numbers = national(), exposures(ROUNDS), np.arange(ROUNDS)
    sample = [row[np.isfinite(row)] for row in y[:: len(y) // SAMPLE][:SAMPLE]]

    def test() -> None:
        for row in sample:
            pymannkendall.original_test(row)

    rows = (
        (JUDGED, {"slope_only": True, "pool_rho": None}),
        ("slope with interval, each alone", {"slope_only": True}),
        ("all with intervals, one report", {"pool_rho": None}),
        ("all with intervals, each alone", {}),
    )
    print(
        f"{len(y)} series of {ROUNDS} rounds on {os.cpu_count()} cores; Mann-Kendall on {len(sample)} of them, beside each row"
    )
    print(f"  {'':<34}{'seconds':>9}{'us a series':>13}{'Mann-Kendall':>14}{'times':>7}{'by processor time':>19}")
    faster = {}
    for name, how in rows:
        clock, processor = seconds(lambda how=how: fit(y, numbers, told, delta=DELTA, **how))
        other, other_processor = (t / len(sample) for t in seconds(test))
        faster[name] = other / (clock / len(y))
        work = other_processor / (processor / len(y))
        micro = clock / len(y) * 1e6
        print(f"  {name:<34}{clock:>9.2f}{micro:>13.1f}{other * 1e6:>14.0f}{faster[name]:>7.0f}{work:>19.0f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    good = faster[JUDGED] >= TIMES and memory < GIGABYTES
    print(f"peak memory {memory:.2f} GB; at least {TIMES} times and below {GIGABYTES:g} GB: {'yes' if good else 'NO'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
