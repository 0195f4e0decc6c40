"""Speed and memory: 514 regencies x 120 indicators x 16 rounds in one run, beside Mann-Kendall on a sample.

Run: python benchmarks/evaluate_scale.py      (needs the dev extra; ends with 1 below 40 times the speed or above 1 GB)
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from scevaluation.evaluate.posterior import fit
from scevaluation.evaluate.simulation import DELTA, exposures, noise

REGENCIES, INDICATORS, ROUNDS = 514, 120, 16
SAMPLE = 500
TIMES, GIGABYTES = 40, 1.0


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


def seconds(call) -> float:
    """The shortest of three runs, so that other work on the machine counts less."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> int:
    import pymannkendall

    y, told, numbers = national(), exposures(ROUNDS), np.arange(ROUNDS)
    sample = [row[np.isfinite(row)] for row in y[:: len(y) // SAMPLE][:SAMPLE]]
    test = seconds(lambda: [pymannkendall.original_test(row) for row in sample]) / len(sample)
    print(f"{len(y)} series of {ROUNDS} rounds; Mann-Kendall on {len(sample)} of them: {test * 1e6:.0f} microseconds a series")
    rows = (
        ("slope with interval, each alone", {"slope_only": True}),
        ("slope with interval, one report", {"slope_only": True, "pool_rho": True}),
        ("all with intervals, one report", {"pool_rho": True}),
        ("all with intervals, each alone", {}),
    )
    faster = []
    for name, how in rows:
        taken = seconds(lambda how=how: fit(y, numbers, told, delta=DELTA, **how))
        faster.append(test / (taken / len(y)))
        print(f"  {name:<34}{taken:>8.2f} s{taken / len(y) * 1e6:>8.1f} microseconds a series{faster[-1]:>8.0f} times as fast")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    good = faster[0] >= TIMES and memory < GIGABYTES
    print(f"peak memory {memory:.2f} GB; at least {TIMES} times and below {GIGABYTES:g} GB: {'yes' if good else 'NO'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
