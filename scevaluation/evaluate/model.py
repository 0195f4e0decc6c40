"""The model of a series and its departures, solved once for every pattern of rounds, exposures, step and ends of the scale.

Everything is on 0-100, t in years since a series' first value:

    y - 50 = a + b t + sum of effects x exposures + [one departure] + e + r,   e = AR(1)(rho, sigma) by round number, r rounding

Under each departure and at each of the G points (rho, sigma) everything but these is normal and linear, and integrated out. A
component is one departure at one point; K = M G of them, departures first. Each is a column x with a normal effect on one of three bases:
the line, the line with a wandering level, and the line with the mean of two paces. A bend's paces b1, b2 ~ N(0, s^2) have a mean and half
a difference ~ N(0, s^2 / 2) that know nothing of one another, and the half difference has the column 2 hinge - t. So what a component adds
to its base is of rank one: v^2 to the log marginal likelihood, where `v` is linear in the series, and a multiple of v to every mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from scevaluation.evaluate.priors import BEND, KINDS, RHO, SIGMA, Prior

RHOS, SIGMAS = (g.ravel() for g in np.meshgrid(RHO, SIGMA, indexing="ij"))
GRID = len(RHOS)
LINE, WALK, BENT = range(3)  # the bases
BASES = 3
LONG = 24  # rounds
WAVES = np.arange(1, 13)


@dataclass(frozen=True)
class Pattern:
    """What series have in common: round numbers with a value, exposures there, rounding, and which values lie at an end of the scale.

    `first` is the calendar's first round number, `size` its length in rounds; departures are numbered by them. `pandemic` is the last
    round number it touched.
    """

    numbers: tuple[int, ...]
    terms: tuple[tuple[str, tuple[float, ...]], ...]
    ends: tuple[bool, ...]
    step: float
    share: float
    per_year: int
    prior: Prior
    first: int
    size: int
    pandemic: int | None = None


@dataclass(frozen=True, eq=False)
class Quantity:
    """Mean and sd of a linear quantity: gain (p, 3G) of the values under the bases, what v adds (M, G), sd (M, G)."""

    gain: np.ndarray
    by_v: np.ndarray
    sd: np.ndarray


@dataclass(frozen=True, eq=False)
class Solved:
    """A pattern solved. 3G: the G points of every base.

    Attributes
    ----------
    t : ndarray (p,)
        Years.
    x, variances : ndarray (p, q), (3, q)
        What the bases are made of, level and pace first, and the prior variances of it.
    inverse : ndarray (3G, p, p)
    half_log : ndarray (3G,)
        Half the log determinants.
    kinds, models : ndarray (M,) of int
        Place in KINDS, and number over the whole calendar: see `model_count`.
    base : ndarray (M,) of int
    departures, sds : ndarray (p, M), (M,)
        Columns, 0 without a departure, and prior sds of what stands on the bases.
    size : ndarray (M, G)
        What an effect is for a `v` of 1.
    columns : ndarray (p, M, G)
        Of v.
    one : ndarray (M, G)
        Log marginal likelihood beside the base's and v^2.
    at : ndarray (M,)
        Round number of a dated departure.
    """

    pattern: Pattern
    t: np.ndarray
    x: np.ndarray
    variances: np.ndarray
    inverse: np.ndarray
    half_log: np.ndarray
    kinds: np.ndarray
    models: np.ndarray
    base: np.ndarray
    departures: np.ndarray
    sds: np.ndarray
    size: np.ndarray
    columns: np.ndarray
    one: np.ndarray
    at: np.ndarray

    @cached_property
    def slope(self) -> Quantity:
        """Least-squares slope of the fitted path over the rounds."""
        return _pace(self, _slopes(self.t, self.departures, self.kinds))

    @cached_property
    def now(self) -> Quantity:
        """Slope after the last bend."""
        return _pace(self, (self.kinds == BEND) * 1.0)

    def left_out(self) -> Iterator[LeftOut]:
        """The same without each of the rounds; not kept, for at sixty rounds they are many times as large as all else."""
        own, gain, raw = np.diagonal(self.inverse, axis1=1, axis2=2).T, self.slope.gain, self.columns * 2 / self.size
        xx, tx = np.einsum("pm,pmg->mg", self.departures, raw), np.einsum("p,pmg->mg", self.t, raw)
        variance = np.repeat(self.variances[:, 1], GRID)
        for j in range(len(self.t)):
            size, one = _scaled(np.maximum(xx - raw[j] ** 2 / self.on(own[j]), 0.0), self.sds)
            alone = variance - variance * (self.t @ gain) + gain[j] ** 2 / own[j]
            rest = np.arange(len(self.t)) != j
            effect = _slopes(self.t[rest], self.departures[rest], self.kinds)[:, None]
            slope = self.quantity(gain, alone, size * (effect - self.on(variance) * tx + self.on(gain[j] / own[j]) * raw[j]))
            yield LeftOut(gain[j], own[j], raw[j] * size / 2, size / self.size, one, slope)

    def on(self, x: np.ndarray) -> np.ndarray:
        """Of the bases' points (3G,), those that the departures stand on, (M, G)."""
        return x.reshape(BASES, GRID)[self.base]

    def quantity(self, gain: np.ndarray, alone: np.ndarray, by_v: np.ndarray) -> Quantity:
        """From its variances under the bases (3G,) and what `v` adds to it (M, G)."""
        return Quantity(gain, by_v, np.sqrt(np.maximum(self.on(alone) + by_v**2 / 2, 1e-12)))

    @cached_property
    def blocks(self) -> tuple[tuple[slice, slice], ...]:
        """Points and departures of the line, and of bends; the wandering level has no column."""
        first = int(np.searchsorted(self.kinds, BEND))
        return (slice(GRID), slice(first)), (slice(BENT * GRID, None), slice(first, None))

    @cached_property
    def walk(self) -> int:
        """Place of the wandering level."""
        return int(np.argmax(self.base == WALK))

    @cached_property
    def places(self) -> np.ndarray:
        """Point of its base, of 3G, of every component, (M G,)."""
        return (self.base[:, None] * GRID + np.arange(GRID)).ravel()


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A pattern without one of its rounds: that round's gain of the pace and own element of the inverse (3G,), its columns (M, G), and
    what v is multiplied by (M, G); then `one` and `slope` without it."""

    gain: np.ndarray
    own: np.ndarray
    columns: np.ndarray
    ratio: np.ndarray
    one: np.ndarray
    slope: Quantity


def model_count(size: int) -> int:
    """Departures over a calendar of `size` rounds: those without a date, then one of every dated kind a round."""
    return 4 + 3 * size


def model_kinds(size: int) -> np.ndarray:
    """Place in KINDS of every departure over a calendar, (model_count,)."""
    return np.concatenate([np.arange(4), np.repeat([4, 5, 6], size)])


def rounding(step: float, share: float, gap: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Covariance of the rounding errors of two rounds `gap` rounds and `years` apart, at every grid point: (G, ...).

    Errors of two rounds are alike while the value moves little against the step (Bennett 1948 gives the series for a normal
    difference of variance D): step^2 / 12 sum exp(-2 pi^2 k^2 D / step^2) / k^2, over the same at D = 0.
    """
    shape = (-1,) + (1,) * gap.ndim
    moved = 2 * SIGMAS.reshape(shape) ** 2 * (1 - RHOS.reshape(shape) ** gap) + 9 * years**2
    waves = np.exp(-2 * np.pi**2 / step**2 * moved[..., None] * WAVES**2) / WAVES**2
    return step**2 / 12 * share * waves.sum(axis=-1) / (1 / WAVES**2).sum()


def _noise(k: np.ndarray, p: Pattern) -> np.ndarray:
    """Covariance (G, p, p) of noise and rounding."""
    lag = np.abs(k[:, None] - k)
    gaps = np.arange(lag.max() + 1)
    by_lag = SIGMAS[:, None] ** 2 * RHOS[:, None] ** gaps
    if p.step > 0:
        by_lag = by_lag + rounding(p.step, p.share, gaps, gaps / p.per_year)
    extra = p.prior.rounding + np.where(p.ends, p.prior.limit**2, 0.0)
    return by_lag[:, lag] + np.diag(extra)


def _departures(k: np.ndarray, t: np.ndarray, p: Pattern) -> tuple[np.ndarray, ...]:
    """Numbers over the calendar, kinds, columns (p, M), sds (M,) and round numbers of the departures a series may have."""
    first, last = int(k[0]), int(k[-1])
    n = last - first + 1
    prior, rows = p.prior, list[tuple[int, int, np.ndarray, float, int]]()
    zero = np.zeros(len(k))
    rows.append((0, 0, zero, 1.0, -1))
    if p.per_year == 2:
        rows.append((1, 1, np.where(k % 2, 0.5, -0.5), prior.season, -1))
    after = _after(k, p)
    if after.any():
        rows.append((2, 2, after, prior.after, -1))
    rows.append((3, 3, zero, 1.0, -1))
    offset = first - p.first
    for j in range(n):
        rows.append((4 + offset + j, 4, (k == first + j) * 1.0, prior.outlier, first + j))
    for j in range(2, n - 1):
        rows.append((4 + p.size + offset + j, 5, (k >= first + j) * 1.0, prior.shift, first + j))
    for j in range(2, n - 2):
        when = j / p.per_year
        rows.append((4 + 2 * p.size + offset + j, 6, np.abs(t - when) - when, prior.slope / np.sqrt(2), first + j))
    models, kinds, columns, sds, at = zip(*rows, strict=True)
    return np.array(models), np.array(kinds), np.array(columns).T, np.array(sds), np.array(at)


def _walk(a, b, prior: Prior):
    """Covariance of the wandering level at two times."""
    return prior.wandering**2 * np.minimum(a, b)


def _after(k: np.ndarray, p: Pattern) -> np.ndarray:
    """1 at those of the round numbers `k` that are the two rounds after the pandemic."""
    return np.zeros(len(k)) if p.pandemic is None else ((k > p.pandemic) & (k <= p.pandemic + 2)) * 1.0


def solve(p: Pattern) -> Solved:
    """Everything that depends on a pattern alone; of long series, which take megabytes each, few are kept."""
    return (_few if len(p.numbers) > LONG else _many)(p)


def _solve(p: Pattern) -> Solved:
    k = np.array(p.numbers)
    t = (k - k[0]) / p.per_year
    terms = [np.array(x) for _, x in p.terms]
    x = np.column_stack([np.ones(len(k)), t, *terms])
    prior = np.array([p.prior.level, p.prior.slope, *(p.prior.sd(n) for n, _ in p.terms)]) ** 2
    variances = np.stack([prior] * BASES)
    variances[BENT, 1] /= 2
    line = _noise(k, p) + (x * prior) @ x.T
    bases = np.concatenate([line, line + _walk(t[:, None], t, p.prior), line - variances[BENT, 1] * t[:, None] * t])
    half_log = np.log(np.diagonal(np.linalg.cholesky(bases), axis1=1, axis2=2)).sum(axis=1)
    inverse = np.linalg.inv(bases)
    models, kinds, departures, sds, at = _departures(k, t, p)
    base = np.where(kinds == BEND, BENT, np.where(kinds == KINDS.index("wandering"), WALK, LINE))
    bent = base == BENT
    parts = ((inverse[:GRID], departures[:, ~bent]), (inverse[BENT * GRID :], departures[:, bent]))
    raw = np.concatenate([(i @ x).transpose(1, 2, 0) for i, x in parts], axis=1)
    size, one = _scaled(np.einsum("pm,pmg->mg", departures, raw), sds)
    columns = raw * size / 2
    return Solved(p, t, x, variances, inverse, half_log, kinds, models, base, departures, sds, size, columns, one, at)


_many, _few = lru_cache(maxsize=256)(_solve), lru_cache(maxsize=8)(_solve)


def _scaled(xx: np.ndarray, sds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`size` and `one` (M, G): log ML += (x' Vi z)^2 / 2c - log(s^2 c) / 2, c = 1/s^2 + x' Vi x, and the effect is x' Vi z / c."""
    s2 = sds[:, None] ** 2
    c = 1 / s2 + xx
    return np.sqrt(2 / c), -np.log(s2 * c) / 2


def _slopes(t: np.ndarray, departures: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Least-squares slope of a bend's column, (M,); of other departures 0, for they are no pace."""
    away = t - t.mean() if len(t) else t
    return np.where(kinds == BEND, away @ departures / max((away**2).sum(), 1e-12), 0.0)


def _pace(s: Solved, effect: np.ndarray) -> Quantity:
    """The base's pace plus `effect` (M,) times a bend's half difference."""
    variance = np.repeat(s.variances[:, 1], GRID)
    return _of(s, variance[:, None] * s.t, variance, effect)


def value_at(s: Solved, number: int, exposed: Mapping[str, float], bend_at: float | None = None) -> Quantity:
    """The series itself at a round, with exposures there; with `bend_at` (years) its pace counts only until then.

    An outlier is not repeated; a shift stays, a season and the rounds after a pandemic are as they fall.
    """
    p = s.pattern
    k = np.array(p.numbers)
    t = (number - k[0]) / p.per_year
    until = t if bend_at is None else bend_at
    row = np.array([1.0, until, *(exposed.get(n, 0.0) for n, _ in p.terms)])
    c = np.concatenate([SIGMAS[:, None] ** 2 * RHOS[:, None] ** np.abs(number - k) + (s.x * v) @ row for v in s.variances])
    alone = np.tile(SIGMAS**2, BASES) + np.repeat(s.variances @ row**2, GRID)
    walk = slice(WALK * GRID, BENT * GRID)
    c[walk] += _walk(s.t, t, p.prior)
    alone[walk] += _walk(t, t, p.prior)
    season, after = 0.5 if number % 2 else -0.5, _after(np.array([number]), p)[0]
    bend = (s.at - k[0]) / p.per_year
    effect = np.select(
        [s.kinds == KINDS.index(n) for n in ("season", "after", "shift", "bend")],
        [season, after, 1.0, np.where(bend > until, -until, until - 2 * bend)],
        0.0,
    )
    return _of(s, c, alone, effect)


def effect_of(s: Solved, name: str) -> Quantity:
    """Shift while fully exposed to a term."""
    i = 2 + [n for n, _ in s.pattern.terms].index(name)
    variance = s.variances[0, i]
    c = np.broadcast_to(variance * s.x[:, i], (BASES * GRID, len(s.t)))
    return _of(s, c, np.full(BASES * GRID, variance), np.zeros(len(s.kinds)))


def _of(s: Solved, c: np.ndarray, alone: np.ndarray, effect: np.ndarray) -> Quantity:
    """A quantity from covariances with the values (3G, p) and own variance (3G,) under the bases, and the departures' effects on it."""
    gain = np.einsum("gpq,gq->pg", s.inverse, c)
    left = alone - np.einsum("pg,gp->g", gain, c)
    own = np.concatenate([np.einsum("gp,pmg->mg", c[b], s.columns[:, m]) for b, m in s.blocks])
    return s.quantity(gain, left, effect[:, None] * s.size - 2 * own)
