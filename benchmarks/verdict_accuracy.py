"""How often verdicts are right, against series with known truth: ours, the published systems, and two common tests.

Run: python benchmarks/verdict_accuracy.py [seed ...]      (needs the dev extra)
     python benchmarks/verdict_accuracy.py --worlds [seed]

The first prints tables of the base on public seeds; then, as `--worlds` alone does, the worlds that are not as assumed on a seed of their
own: in a report, the headline, four years ahead, also with a cycle on the way, unlinked changes, the step inferred, other calendars. Ends
with 1 if a line is not met.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np
import stress
from scipy import stats

from scevaluation.evaluate.posterior import Posterior, fit
from scevaluation.methods.calibration import DECIDED, GREEN, START, favoured, rates
from scevaluation.methods.lenses import lenses
from scevaluation.methods.simulation import DELTA, LENGTHS, Simulated, simulate

SEEDS = (20241128, 7)
REPORT, REPORTS, FITTED = 25, 200, 60
SAMPLE = 5  # every fifth series goes to pymannkendall, which takes about 2 ms each
WORLD_SEED = 31
# n: least correct among decided, most moves when stagnant, most stagnant when improving, least decided
ACCEPT = {8: (0.93, 0.04, 0.01, 0.17), 12: (0.98, 0.02, 0.01, 0.42), 16: (0.985, 0.015, 0.01, 0.52)}
COVER = {8: (0.90, 0.96), 12: (0.91, 0.96), 16: (0.92, 0.97)}


def ours(s: Simulated) -> Posterior:
    return fit(s.y, s.numbers, s.exposures, delta=DELTA, slope_only=True)


def endpoints(s: Simulated) -> np.ndarray:
    """First to last value: more than delta a year up or down, else stagnant."""
    seen = np.isfinite(s.y)
    first, last = seen.argmax(axis=1), s.y.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
    row = np.arange(len(s.y))
    pace = (s.y[row, last] - s.y[row, first]) / (last - first) * 2
    return np.select([pace > DELTA, pace < -DELTA], ["improving", "declining"], "stagnant")


def least_squares(s: Simulated) -> np.ndarray:
    """Straight line: its sign if p < .05, else stagnant."""
    seen, t = np.isfinite(s.y), s.numbers / 2
    count = seen.sum(axis=1)
    x = np.where(seen, t - (seen * t).sum(axis=1, keepdims=True) / count[:, None], 0)
    y = np.where(seen, s.y - np.nanmean(s.y, axis=1, keepdims=True), 0)
    slope = (x * y).sum(axis=1) / (x**2).sum(axis=1)
    rest = ((y - slope[:, None] * x) ** 2).sum(axis=1) / (count - 2)
    size = np.abs(slope) / np.sqrt(np.maximum(rest, 1e-300) / (x**2).sum(axis=1))
    p = 2 * stats.t.sf(size, count - 2)
    return np.select([p >= 0.05, slope > 0], ["stagnant", "improving"], "declining")


def mann_kendall(s: Simulated) -> np.ndarray:
    """Mann-Kendall's test: its sign if p < .05, else stagnant."""
    import pymannkendall

    names = {"increasing": "improving", "decreasing": "declining", "no trend": "stagnant"}
    return np.array([names[pymannkendall.original_test(y[np.isfinite(y)]).trend] for y in s.y])


def others(s: Simulated) -> dict[str, np.ndarray]:
    side_by_side = lenses(s.y, START + s.numbers / 2, target=GREEN)
    return {
        "SDSN": side_by_side["sdsn_as"].to_numpy(),
        "Open SDG, no target": lenses(s.y, START + s.numbers / 2)["open_sdg_as"].to_numpy(),
        "Open SDG, target": side_by_side["open_sdg_as"].to_numpy(),
        "UN progress chart": side_by_side["un_as"].to_numpy(),
        "Eurostat, no target": lenses(s.y, START + s.numbers / 2)["eurostat_as"].to_numpy(),
        "Eurostat, target": side_by_side["eurostat_as"].to_numpy(),
        "endpoints +-delta": endpoints(s),
        "least squares p<.05": least_squares(s),
    }


def part(s: Simulated, step: int) -> Simulated:
    """Every step-th series, of all cells alike."""
    weight = s.weight[::step]
    return replace(s, **{k: getattr(s, k)[::step] for k in ("y", "slope", "sd", "rho", "truth")}, weight=weight / weight.sum())


def wrong_a_report(s: Simulated, says: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """Mean number of wrong verdicts in a report of 25 series, and share decided."""
    rows = rng.choice(len(s.y), (REPORTS, REPORT), p=s.weight)
    decided = np.isin(says[rows], DECIDED)
    return float((decided & (says[rows] != s.truth[rows])).sum(axis=1).mean()), float(decided.mean())


def wrong_if_pooled(s: Simulated, rng: np.random.Generator) -> tuple[float, float]:
    """The same over fewer reports, with every report fitted as one: its series tell one another how common departures are."""
    wrong = decided = 0
    for rows in rng.choice(len(s.y), (FITTED, REPORT), p=s.weight):
        says = fit(s.y[rows], s.numbers, s.exposures, delta=DELTA, together=True, intervals=False, slope_only=True).direction
        sure = np.isin(says, DECIDED)
        wrong, decided = wrong + (sure & (says != s.truth[rows])).sum(), decided + sure.sum()
    return wrong / FITTED, decided / FITTED / REPORT


def line(name: str, values, mark: str = "") -> None:
    print(f"  {name:<26}" + "".join(f"{v:>12.3f}" for v in values) + f"  {mark}")


def of_length(n: int, seed: int) -> bool:
    """One table; whether the lines of acceptance are met."""
    s = simulate(n, seed)
    p = ours(s)
    cover = float((s.weight * ((p.slope.low <= s.slope) & (s.slope <= p.slope.high))).sum())
    found = tuple(rates(s, p.direction).values())
    least, moves, still, decided = ACCEPT[n]
    good = (
        found[0] >= least
        and found[1] <= moves
        and found[2] <= still
        and found[3] >= decided
        and COVER[n][0] <= cover <= COVER[n][1]
    )
    print(f"\nseed {seed}, {n} rounds, {len(s.y)} series")
    print(f"  {'rule':<26}{'correct':>12}{'moves|still':>12}{'still|up':>12}{'decided':>12}{'covers':>12}")
    line("ours, P >= .90", (*found, cover), "met" if good else "NOT MET")
    claimed = favoured(p)[1][np.isin(p.direction, DECIDED)]
    turn = float((s.weight * ((p.now.low <= s.slope) & (s.slope <= p.now.high))).sum())
    line("ours, the pace now", (*rates(s, p.now.direction).values(), turn), f"claimed since the start {claimed.mean():.3f}")
    rng, few = np.random.default_rng(seed), part(s, SAMPLE)
    rest = {
        **{name: (s, says) for name, says in others(s).items()},
        f"Mann-Kendall p<.05 (1/{SAMPLE})": (few, mann_kendall(few)),
    }
    for name, (of, says) in rest.items():
        line(name, rates(of, says).values())
    if n == max(LENGTHS):
        print(f"  a report of {REPORT} series: wrong verdicts and share decided")
        line("ours, each alone", wrong_a_report(s, p.direction, rng))
        line("ours, report fitted as one", wrong_if_pooled(s, rng))
        for name, (of, says) in rest.items():
            line(name, wrong_a_report(of, says, rng))
    return good


def worlds(seed: int) -> list[str]:
    """All that the base leaves out; the lines not met."""
    bad = [f(seed) for f in (stress.stress, stress.headline, stress.reach, stress.reach_cycle, stress.unlinked, stress.steps)]
    stress.calendars(seed)
    return [line for some in bad for line in some]


def main(seeds, base: bool = True) -> int:
    start = time.perf_counter()
    good = [of_length(n, seed) for seed in seeds for n in LENGTHS] if base else []
    bad = worlds(WORLD_SEED if base else seeds[0])
    print(f"\n{sum(good)} of {len(good)} tables meet acceptance; of the worlds, lines not met: {', '.join(bad) or 'none'}")
    print(f"{time.perf_counter() - start:.0f} s")
    return 0 if all(good) and not bad else 1


if __name__ == "__main__":
    given = [int(a) for a in sys.argv[1:] if a != "--worlds"]
    sys.exit(main(given or [WORLD_SEED], False) if "--worlds" in sys.argv else main(given or SEEDS))
