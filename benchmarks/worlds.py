"""Worlds in which verdicts are judged: the base of `methods.simulation`, and what it leaves out. Reports of 25 series each.

In every world a rule is told what an office would know: rounds, events, and the step of its scale where that is coarse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scevaluation.methods.simulation import GRID_SHARES, GRIDS, RHOS, SDS, SHARES, exposures, noise

SIZE = 25
PACES, PACE_SHARES = np.array(list(SHARES)), np.array(list(SHARES.values()))
FOUR = 100 / 3  # one level of 1 to 4


@dataclass(frozen=True)
class Reports:
    """R reports of 25 series: y (R, 25, n), what is told, and the truth: slopes (R, 25) since the start and now, points a year.

    `cycle` (R,) is the round with which the present cycle began, where that is told.
    """

    y: np.ndarray
    numbers: np.ndarray
    told: dict[str, np.ndarray]
    slope: np.ndarray
    now: np.ndarray
    per_year: int = 2
    step: float = 0.0
    cycle: np.ndarray | None = None


@dataclass
class Draw:
    """Random parts of a world's series, all (S, ...) or (n,)."""

    rng: np.random.Generator
    size: int
    n: int
    t: np.ndarray
    b: np.ndarray
    path: np.ndarray
    now: np.ndarray
    start: np.ndarray
    per_year: int
    cycle: np.ndarray | None = None

    def some(self, low: int, high: int) -> np.ndarray:
        return self.rng.integers(low, high, self.size)

    def sign(self) -> np.ndarray:
        return self.rng.choice([-1.0, 1.0], self.size)

    def bend(self, at: np.ndarray) -> None:
        """A fresh pace from round `at` on."""
        fresh = self.rng.choice(PACES, self.size, p=PACE_SHARES)
        when = self.t[at][:, None]
        self.path = self.b[:, None] * np.minimum(self.t, when) + fresh[:, None] * np.maximum(self.t - when, 0)
        self.now = fresh


def nothing(d: Draw) -> np.ndarray | None:
    return None


def shift(size: float) -> Callable:
    def world(d: Draw) -> np.ndarray:
        return (size * d.sign())[:, None] * (np.arange(d.n) >= d.some(2, d.n - 1)[:, None])

    return world


def last_off(d: Draw) -> np.ndarray:
    return (15 * d.sign())[:, None] * (np.arange(d.n) == d.n - 1)


def one_off(d: Draw) -> np.ndarray:
    return (15 * d.sign())[:, None] * (np.arange(d.n) == d.some(0, d.n)[:, None])


def last_up(d: Draw) -> np.ndarray:
    return 10.0 * (np.arange(d.n) == d.n - 1) * np.ones((d.size, 1))


def season(d: Draw) -> np.ndarray:
    return np.where(np.arange(d.n) % d.per_year, 0, -6.0) * np.ones((d.size, 1))


def wave(d: Draw) -> np.ndarray:
    return 4 * np.sin(2 * np.pi * (d.t / 5 + d.rng.random(d.size)[:, None]))


def bends(d: Draw) -> None:
    d.bend(d.some(2, d.n - 2))


def bent_before(d: Draw) -> None:
    d.bend(d.some(2, d.n - 4))  # five rounds or more lie after it


def new_cycle(d: Draw) -> None:
    """Fresh paces in a whole report with a cycle, whose start is told."""
    d.cycle = d.rng.integers(2, d.n - 2, d.size // SIZE)
    d.bend(np.repeat(d.cycle, SIZE))


def s_curve(d: Draw) -> None:
    total = d.b * d.t[-1]
    middle, wide = d.t[-1] * d.rng.uniform(0.3, 0.7, d.size)[:, None], d.t[-1] / 8
    d.path = total[:, None] / (1 + np.exp(-(d.t - middle) / wide))


def plateau(d: Draw) -> None:
    when = d.t[-1] * d.rng.uniform(0.4, 0.8, d.size)[:, None]
    d.path = d.b[:, None] * np.minimum(d.t, when)
    d.now = np.zeros(d.size)


def high(d: Draw) -> None:
    d.start = d.rng.uniform(82, 96, d.size)


@dataclass(frozen=True)
class World:
    """How it departs, the step of its scale (0: the base's grids, not told), rhos, lost bad rounds, a new questionnaire."""

    departs: Callable = nothing
    step: float = 0.0
    rhos: tuple[float, ...] = RHOS
    bad_lost: bool = False
    instrument: bool = True


WORLDS = {
    "base": World(),
    "shift of 5, no notice": World(shift(5)),
    "shift of 8, no notice": World(shift(8)),
    "last round 15 off": World(last_off),
    "one round 15 off": World(one_off),
    "last round +10": World(last_up),
    "first half-years 6 lower": World(season),
    "five-year wave of 4": World(wave),
    "pace changes, any date": World(bends),
    "pace changes, 5 rounds ago or more": World(bent_before),
    "pace changes with a cycle": World(new_cycle),
    "whole levels of 1-4": World(step=FOUR),
    "halves of 1-4": World(step=FOUR / 2),
    "near the top, fifths": World(high, step=FOUR / 5),
    "S-curve": World(s_curve),
    "plateau": World(plateau),
    "unreported bad rounds": World(bad_lost=True),
    "fifths of 1-4": World(step=FOUR / 5),
    "autocorrelation .8": World(rhos=(0.8,)),
}


def told_events(n: int, per_year: int) -> dict[str, np.ndarray]:
    """Exposures of `simulation` on another calendar: the same years."""
    if per_year == 2:
        return exposures(n)
    at = np.arange(n) * 2 // per_year if per_year < 4 else np.arange(n) // 2
    whole = exposures(int(at.max()) + 2)
    if per_year == 1:  # a year is exposed as the mean of its halves
        return {k: (x[at] + x[np.minimum(at + 1, len(x) - 1)]) / 2 for k, x in whole.items()}
    return {k: x[at] for k, x in whole.items()}


def slopes(path: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Least-squares slopes over all rounds."""
    away = t - t.mean()
    return path @ away / (away @ away)


def reports(world: World, n: int, count: int, seed: int, per_year: int = 2, sds: tuple[float, ...] = SDS) -> Reports:
    """`count` reports of `n` rounds, noise of sd `sds`."""
    rng = np.random.default_rng([seed, n, per_year])
    size, t = count * SIZE, np.arange(n) / per_year
    b = rng.choice(PACES, size, p=PACE_SHARES)
    sd, rho = rng.choice(sds, size), rng.choice(world.rhos, size) ** (2 / per_year)
    told = told_events(n, per_year)
    effect = {
        "pandemic": -rng.uniform(2, 8, size) * (rng.random(size) < 0.7),
        "election": -rng.uniform(0, 4, size) * (rng.random(size) < 0.6),
        "instrument": rng.normal(0, 4, size) * (rng.random(size) < 0.5) * world.instrument,
    }
    d = Draw(rng, size, n, t, b, b[:, None] * t, b, rng.uniform(40, 65, size), per_year)
    extra = world.departs(d)
    y = d.start[:, None] + d.path + (0.0 if extra is None else extra) + noise(rng, sd, rho, n)
    for kind, x in told.items():
        y = y + effect[kind][:, None] * x
    step = world.step or rng.choice(GRIDS, size, p=GRID_SHARES)[:, None]
    y = np.clip(np.round(np.clip(y, 0, 100) / step) * step, 0, 100)
    gone = np.flatnonzero(rng.random(size) < 0.35)
    where = rng.integers(1, n - 1, len(gone))
    if world.bad_lost:  # the worst round but the first and last is the one not reported
        where = 1 + y[gone, 1:-1].argmin(axis=1)
    y[gone, where] = np.nan
    shape = (count, SIZE)
    y = y.reshape(count, SIZE, n)
    return Reports(y, np.arange(n), told, slopes(d.path, t).reshape(shape), d.now.reshape(shape), per_year, world.step, d.cycle)
