"""Verdicts in worlds that are not as assumed: reports of 25 series with ten constants beside them, and the lines that must hold.

Every table prints: right (of the verdicts at .90), decided, covers (of 90 % intervals), false (says it moves, of the truly stagnant) and
claimed (mean probability of the verdicts); a line says whether it is met. Floors are the figures of the design less three standard errors
for right and covers, less two for decided, so that silence is no way to pass.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from worlds import SIZE, WORLDS, Reports, World, reports

from scevaluation.evaluate.posterior import Pace, Posterior, fit
from scevaluation.evaluate.rounding import grid
from scevaluation.evaluate.trend import CYCLE_ROUNDS
from scevaluation.methods.calibration import DECIDED
from scevaluation.methods.simulation import DELTA, LENGTHS, RHOS, exposures, noise

COUNT, CONSTANTS = 80, 10
ERROR = {8: 0.02, 12: 0.01, 16: 0.01}  # of the design's own shares
# In a report: right, decided and covers at 8, 12 and 16 rounds.
FLOORS = {
    "base": ((0.97, 0.98, 0.99), (0.19, 0.47, 0.58), (0.93, 0.93, 0.93)),
    "shift of 5, no notice": ((0.86, 0.95, 0.98), (0.19, 0.35, 0.43), (0.85, 0.82, 0.80)),
    "shift of 8, no notice": ((0.83, 0.92, 0.95), (0.18, 0.33, 0.43), (0.86, 0.81, 0.81)),
    "last round 15 off": ((0.93, 0.97, 0.99), (0.17, 0.40, 0.54), (0.92, 0.89, 0.91)),
    "one round 15 off": ((0.92, 1.0, 1.0), (0.15, 0.44, 0.54), (0.93, 0.92, 0.93)),
    "last round +10": ((0.96, 0.98, 0.99), (0.15, 0.38, 0.51), (0.93, 0.92, 0.92)),
    "first half-years 6 lower": ((0.96, 0.99, 0.99), (0.18, 0.48, 0.58), (0.94, 0.92, 0.93)),
    "five-year wave of 4": ((0.83, 0.99, 0.98), (0.17, 0.25, 0.32), (0.84, 0.97, 0.97)),
    "pace changes, any date": ((0.82, 0.94, 0.98), (0.10, 0.27, 0.36), (0.93, 0.95, 0.95)),
    "pace changes, 5 rounds ago or more": ((0.82, 0.94, 0.98), (0, 0, 0), (0.93, 0.95, 0.95)),
    "pace changes with a cycle": ((0.82, 0.94, 0.98), (0, 0, 0), (0.93, 0.95, 0.95)),
    "whole levels of 1-4": ((np.nan, 0.88, 0.92), (0.0, 0.02, 0.10), (0.98, 0.94, 0.95)),
    "halves of 1-4": ((0.86, 0.97, 0.96), (0.02, 0.16, 0.29), (0.96, 0.92, 0.92)),
    "near the top, fifths": ((0.95, 0.98, 1.0), (0.10, 0.27, 0.35), (0.93, 0.90, 0.84)),
    "S-curve": ((0.88, 0.97, 0.97), (0, 0, 0), (0.93, 0.93, 0.93)),
    "plateau": ((0.88, 0.97, 0.97), (0, 0, 0), (0.93, 0.93, 0.93)),
    "unreported bad rounds": ((0.88, 0.97, 0.97), (0, 0, 0), (0.93, 0.93, 0.93)),
    "fifths of 1-4": ((0.88, 0.97, 0.97), (0, 0, 0), (0.93, 0.93, 0.93)),
    "autocorrelation .8": ((np.nan,) * 3, (0, 0, 0), (0.81, 0.81, 0.81)),
}
# Of the pace now, where its rule can be kept: no verdict before the present cycle has its rounds, so its start must be told.
NOW = {"pace changes with a cycle": ((0.86, 0.93, 0.97), (0.05, 0.17, 0.20), (0.91, 0.91, 0.91))}
FUTURE_PACES, FUTURE_SHARES = (-4, -2, -0.5, 0, 0.5, 2, 4), (0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1)
UNLINKED = {8: 0.04, 12: 0.03, 16: 0.02}  # false movement at most


def truth(slope: np.ndarray) -> np.ndarray:
    return np.select([slope > DELTA, slope < -DELTA], ["improving", "declining"], "stagnant")


def judged(pace: Pace, slope: np.ndarray, early: np.ndarray | bool = False) -> dict[str, float]:
    """right, decided, covers, false, claimed and the number decided; nothing is said where it is too early in the cycle."""
    says, true = np.where(early, "too_early", pace.direction), truth(slope)
    sure, still = np.isin(says, DECIDED), true == "stagnant"
    chance = np.maximum(np.maximum(pace.p_up, pace.p_flat), pace.p_down)

    def mean(x: np.ndarray) -> float:
        return float(x.mean()) if len(x) else np.nan

    return {
        "right": mean((says == true)[sure]),
        "decided": mean(sure),
        "covers": mean((pace.low <= slope) & (slope <= pace.high)),
        "false": mean((sure & (says != "stagnant"))[still]),
        "claimed": mean(chance[sure]),
        "n": float(sure.sum()),
    }


def joined(parts: list[Pace]) -> Pace:
    return Pace(*(np.concatenate([getattr(p, f) for p in parts]) for f in Pace.__dataclass_fields__))


def fitted(r: Reports, together: bool, told: dict | None = None, **how) -> list[Posterior]:
    """Every series alone, or report by report with constants beside."""
    how |= {"step": r.step, "per_year": r.per_year, "slope_only": True, "delta": DELTA}
    told = r.told if told is None else told
    if not together and r.cycle is None:
        shaped = {k: x.reshape(-1, x.shape[-1]) if x.ndim > 1 else x for k, x in told.items()}
        return [fit(r.y.reshape(-1, r.y.shape[2]), r.numbers, shaped, **how)]
    still = np.repeat(np.linspace(30, 70, CONSTANTS)[:, None], r.y.shape[2], axis=1)
    out = []
    for i, y in enumerate(r.y):
        here = {k: x if x.ndim == 1 else np.vstack([x[i], np.zeros((CONSTANTS, x.shape[2]))]) for k, x in told.items()}
        boundary = None if r.cycle is None else int(r.cycle[i])
        out.append(fit(np.vstack([y, still]), r.numbers, here, together=together, boundary=boundary, **how))
    return out


def paces(found: list[Posterior], name: str) -> Pace:
    def own(p: Pace) -> Pace:
        keep = slice(SIZE) if len(found) > 1 else slice(None)
        return Pace(*(getattr(p, f)[keep] for f in Pace.__dataclass_fields__))

    return joined([own(getattr(p, name)) for p in found])


def row(name: str, n: int, got: dict[str, float], mark: str = "") -> None:
    shown = "".join(f"{got[k]:>9.3f}" for k in ("right", "decided", "covers", "false", "claimed"))
    print(f"  {name:<34}{n:>4}{shown}  {mark}", flush=True)


def head(title: str) -> None:
    print(f"\n{title}\n  {'':<34}{'n':>4}" + "".join(f"{k:>9}" for k in ("right", "decided", "covers", "false", "claimed")))


def missed(got: dict[str, float], floor: tuple, n: int, size: int) -> list[str]:
    """Lines below the design's figures less their standard errors."""
    out = []
    for key, want, errors, count in zip(("right", "decided", "covers"), floor, (3, 2, 3), (got["n"], size, size), strict=True):
        if not np.isfinite(want) or (key == "right" and got["decided"] < 0.03):
            continue
        error = max(ERROR[n], np.sqrt(want * (1 - want) / max(count, 1)))
        if got[key] < want - errors * error:
            out.append(f"{key} {want:.2f}")
    return out


def verdict(lines: list[str], wrong: list[str]) -> str:
    lines += wrong
    return "NOT MET: " + ", ".join(wrong) if wrong else "met"


def stress(seed: int, count: int = COUNT) -> list[str]:
    """Every world, alone and in a report; the lines not met."""
    bad: list[str] = []
    head(f"worlds, seed {seed}, {count} reports of {SIZE}: alone, in a report (and the pace now)")
    for name, world in WORLDS.items():
        for i, n in enumerate(LENGTHS):
            r = reports(world, n, count, seed)
            slope, now = r.slope.ravel(), r.now.ravel()
            row(name, n, judged(paces(fitted(r, False), "slope"), slope), "alone")
            found = fitted(r, True)
            got = judged(paces(found, "slope"), slope)
            row("", n, got, "report " + verdict(bad, missed(got, tuple(f[i] for f in FLOORS[name]), n, count * SIZE)))
            early = False if r.cycle is None else np.repeat(n - r.cycle < CYCLE_ROUNDS["S"], SIZE)
            turn = judged(paces(found, "now"), now, early)
            floor = tuple(f[i] for f in NOW[name]) if name in NOW else ()
            row("", n, turn, "now " + (verdict(bad, missed(turn, floor, n, count * SIZE)) if floor else ""))
    return bad


def unlinked(seed: int, count: int = COUNT) -> list[str]:
    """A jump at an unlinked new questionnaire: nothing moves before and after, or all at their pace."""
    bad: list[str] = []
    head(f"jump at an unlinked change of questionnaire, seed {seed}")
    for n in LENGTHS:
        for jump in (10, 20, 30):
            for name, still in (("flat", True), ("with a pace", False)):
                r = reports(World(instrument=False), n, count, seed + jump)
                rng = np.random.default_rng([seed, n, jump])
                after = np.arange(n) >= rng.integers(3, n - 3, r.slope.shape)[..., None]
                y = r.y + jump * rng.choice([-1, 1], r.slope.shape)[..., None] * after
                y = y - (r.slope[..., None] * np.arange(n) / 2 if still else 0)
                told = {k: x for k, x in r.told.items() if k != "instrument"} | {"unlinked": after.astype(float)}
                slope = np.zeros(r.slope.size) if still else r.slope.ravel()
                got = judged(paces(fitted(replace(r, y=y), True, told), "slope"), slope)
                row(
                    f"jump of {jump}, {name}",
                    n,
                    got,
                    verdict(bad, [f"false {UNLINKED[n]}"] if got["false"] > UNLINKED[n] else []),
                )
    return bad


def calendars(seed: int, count: int = COUNT) -> None:
    """Yearly and quarterly rounds, where thresholds in rounds are looked for."""
    head(f"base on other calendars, seed {seed}: since the start, now")
    for per_year, lengths in ((1, (5, 6, 8, 10, 12)), (4, (6, 8, 12, 16, 24, 32))):
        for n in lengths:
            for name in ("base", "pace changes, any date"):
                r = reports(WORLDS[name], n, count, seed, per_year)
                found = fitted(r, False)
                row(f"{name}, {per_year} a year", n, judged(paces(found, "slope"), r.slope.ravel()), "since the start")
                row("", n, judged(paces(found, "now"), r.now.ravel()), "now")


def steps(seed: int, count: int = COUNT) -> list[str]:
    """Whether the step of a report's single scores is found from them."""
    bad = []
    print(f"\nstep inferred from a report's scores, seed {seed}")
    for name in ("whole levels of 1-4", "halves of 1-4", "fifths of 1-4", "base"):
        r = reports(WORLDS[name], 8, count, seed)
        found = np.array([grid(y.ravel()) for y in r.y])
        share = float((np.abs(found - r.step) < 1e-9).mean() if r.step else (found <= 2.5).mean())
        good = share >= 0.99
        print(f"  {name:<34} right in {share:.3f}  {'met' if good else 'NOT MET'}")
        bad += [] if good else [f"step of {name}"]
    return bad


def headline(seed: int, count: int = COUNT) -> list[str]:
    """A composite's own verdict (noise 1.5 and 3), likely or surer: the design's line in brackets."""
    bad = []
    print(f"\ncomposites, seed {seed}: called stable, of these right, truly moving called stable, open")
    for name, stable_right, most in (
        ("base", (0.864, 1.0, 1.0), (0.007, 0.0, 0.0)),
        ("shift of 5, no notice", (0.73, 0.77, 0.94), (0.01, 0.02, 0.02)),
    ):
        for i, n in enumerate(LENGTHS):
            r = reports(WORLDS[name], n, count, seed, sds=(1.5, 3.0))
            p = fitted(r, False)[0].slope
            says, true = np.array([d.removeprefix("likely_") for d in p.direction]), truth(r.slope.ravel())
            stable, moving = says == "stagnant", true != "stagnant"
            right = float((true[stable] == "stagnant").mean()) if stable.any() else np.nan
            wrong, error = float(stable[moving].mean()), np.sqrt(0.25 * 0.5 / max(stable.sum(), 1))
            says_open = (says == "inconclusive").mean()
            good = wrong <= most[i] + 0.01 and not right < stable_right[i] - 3 * max(error, ERROR[n])
            print(
                f"  {name:<26}{n:>4}{stable.mean():>9.3f}{right:>9.3f}{wrong:>9.3f}{says_open:>9.3f}  {'met' if good else 'NOT MET'}"
            )
            bad += [] if good else [f"headline {name} {n}"]
    return bad


def reach(seed: int, count: int = 4000, years: int = 4) -> list[str]:
    """P(reach) and the fan four years ahead: half with one pace, the rest a shift or a bend before, midway, or right at the end."""
    bad = []
    print(f"\nfour years ahead, seed {seed}: |said - came|, by tenths, fan covers")
    for n in LENGTHS:
        rng = np.random.default_rng([seed, n])
        total = n + 2 * years
        t, k = np.arange(total) / 2, np.arange(total)
        b = rng.choice(FUTURE_PACES, count, p=FUTURE_SHARES)
        at = np.choose(
            rng.integers(0, 3, count), [rng.integers(2, n - 2, count), np.full(count, n + years), np.full(count, n - 1)]
        )
        kind = rng.choice(3, count, p=[0.5, 0.25, 0.25])
        fresh = np.where(kind == 1, rng.normal(0, 3, count) - b, 0)
        path = b[:, None] * t + fresh[:, None] * np.maximum(t - at[:, None] / 2, 0)
        path += ((kind == 2) * rng.normal(0, 8, count))[:, None] * (k >= at[:, None])
        y, told, target = future(rng, path, n)
        p = fit(y[:, :n], np.arange(n), told, ahead=[total - 1], target=target)
        bad += came(f"{n:>4}", f"reach {n}", p, y[:, -1], target)
    return bad


def reach_cycle(seed: int, count: int = 4000, years: int = 4) -> list[str]:
    """The same where a cycle begins on the way and every second pace changes with it, not told and told.

    The pace changes at any time between the cycle's first round, `c` rounds after the last, and the round before. The fan has to hold what
    it says: not told of the cycle it does not.
    """
    bad = []
    print(f"\nfour years ahead, a cycle begins on the way, seed {seed}: |said - came|, by tenths, fan covers; not told, told")
    for n in LENGTHS:
        for c in (0, 1, 4):
            rng = np.random.default_rng([seed, n, c])
            total, first = n + 2 * years, n - 1 + c
            t, b = np.arange(total) / 2, rng.choice(FUTURE_PACES, count, p=FUTURE_SHARES)
            fresh = np.where(rng.random(count) < 0.5, rng.normal(0, 3, count) - b, 0)
            at = (first - rng.random(count)) / 2
            y, told, target = future(rng, b[:, None] * t + fresh[:, None] * np.maximum(t - at[:, None], 0), n)
            for starts in ((), (first,)):
                p = fit(y[:, :n], np.arange(n), told, ahead=[total - 1], target=target, starts=starts)
                wrong = came(f"{n:>4}  {c} {'told' if starts else 'not told':<8}", f"cycle {n} {c}", p, y[:, -1], target, 0.90)
                bad += wrong if starts else []
    return bad


def future(rng: np.random.Generator, path: np.ndarray, n: int) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Values on a path with noise and, in its first n rounds, events; what is told of these; a target."""
    count, total = path.shape
    told = exposures(n)
    y = rng.uniform(40, 65, count)[:, None] + path + noise(rng, rng.choice([1.5, 3, 6], count), rng.choice(RHOS, count), total)
    for name, size in (
        ("pandemic", -rng.uniform(2, 8, count) * (rng.random(count) < 0.7)),
        ("election", -rng.uniform(0, 4, count) * (rng.random(count) < 0.6)),
    ):
        y[:, :n] += size[:, None] * told[name]
    return y, told, rng.uniform(45, 85, count)  # set in a plan, not from the last value


def came(shown: str, name: str, p: Posterior, value: np.ndarray, target: np.ndarray, least: float = 0.92) -> list[str]:
    """Prints how far what was said of a target lies from what came, and whether the fan holds the value; the line if it is not met."""
    said, true = p.p_reach[0], value >= target
    places = np.minimum((said * 10).astype(int), 9)
    each = [places == i for i in range(10) if (places == i).any()]
    off = sum(abs(said[x].mean() - true[x].mean()) * x.mean() for x in each)
    apart, covers = abs(said.mean() - true.mean()), float(((p.ahead.low[0] <= value) & (value <= p.ahead.high[0])).mean())
    good = apart <= 0.04 and off <= 0.05 and covers >= least
    print(f"  {shown}{apart:>9.3f}{off:>9.3f}{covers:>9.3f}  {'met' if good else 'NOT MET'}", flush=True)
    return [] if good else [name]
