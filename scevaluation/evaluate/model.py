"""The model of a series and its departures, solved once for every pattern of rounds, exposures, step and ends of the scale.

Everything is on 0-100, t in years since a series' first value:

    y - 50 = a + b t + sum of effects x exposures + [one departure] + e + r,   e = AR(1)(rho, sigma) by round number, r rounding

Under each departure and at each of the G points (rho, sigma) everything but these is normal and linear, and integrated out. A
component is one departure at one point; K = M G of them, departures first. What a component adds to the line model is of rank one (a
bend: two), so log marginal likelihoods and means are quadratic and linear in two products with a series: `w`, t' Vi z, and `v`, x' Vi z.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

import numpy as np

from scevaluation.evaluate.priors import BEND, KINDS, RHO, SIGMA, Prior

RHOS, SIGMAS = (g.ravel() for g in np.meshgrid(RHO, SIGMA, indexing="ij"))
GRID = len(RHOS)
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
    """Mean and sd of a linear quantity: gain (p, 2G) of the values, None if of w alone; what w and v add (M, G), sd (M, G)."""

    gain: np.ndarray | None
    by_w: np.ndarray
    by_v: np.ndarray
    sd: np.ndarray


@dataclass(frozen=True, eq=False)
class Solved:
    """A pattern solved. 2G: the G points of the line and of the wandering level.

    Attributes
    ----------
    t : ndarray (p,)
        Years.
    inverse : ndarray (2G, p, p)
    half_log : ndarray (2G,)
        Half the log determinants.
    kinds, models : ndarray (M,) of int
        Place in KINDS, and number over the whole calendar: see `model_count`.
    base : ndarray (M,) of int
        0 for what stands on the line, 1 on the wandering level.
    columns : ndarray (p, M, G)
        Vi x of every departure; 0 without one.
    hinge : ndarray (M,)
        Least-squares slope of a bend's hinge over the rounds.
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
    columns: np.ndarray
    hinge: np.ndarray
    at: np.ndarray
    cross: Cross
    slope: Quantity
    now: Quantity

    @cached_property
    def left_out(self) -> list[LeftOut]:
        """The same without each of the rounds."""
        t, own, columns = self.inverse @ self.t, np.diagonal(self.inverse, axis1=1, axis2=2), self.columns
        out = []
        for j in range(len(self.t)):
            tj, oj = (x[:, j].reshape(2, GRID)[self.base] for x in (t, own))
            cross = self.cross
            left = (cross.tt - tj**2 / oj, cross.tx - tj * columns[j] / oj, np.maximum(cross.xx - columns[j] ** 2 / oj, 0.0))
            less = combine(*left, self.kinds, self.sds)
            rest = np.arange(len(self.t)) != j
            slope = pace(
                less, self.kinds, self.sds, self.pattern.prior, _hinge(self.t[rest], self.departures[rest], self.kinds)
            )
            out.append(LeftOut(t[:, j], own[:, j], columns[j], less, slope))
        return out

    @cached_property
    def places(self) -> tuple[np.ndarray, ...]:
        """Departure, and point of the line or the wandering level, of every component, (M G,) each."""
        model, point = np.divmod(np.arange(len(self.kinds) * GRID), GRID)
        return model, point + self.base[model] * GRID

    @property
    def first_bend(self) -> int:
        """Place of the first bend; there are none but bends after it."""
        return int(np.searchsorted(self.kinds, BEND))


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A pattern without one of its rounds: that round's Vi t (2G,), own element of Vi (2G,) and Vi x (M, G), and what follows."""

    t: np.ndarray
    own: np.ndarray
    columns: np.ndarray
    cross: Cross
    slope: Quantity


@dataclass(frozen=True, eq=False)
class Cross:
    """What the likelihoods need: t'Vi t, t'Vi x and x'Vi x of every component, and from them the terms of w, v (…, M, G).

    log ML = line + ww w^2 + wv w v + vv v^2 + one.
    """

    tt: np.ndarray
    tx: np.ndarray
    xx: np.ndarray
    ww: np.ndarray
    wv: np.ndarray
    vv: np.ndarray
    one: np.ndarray

    @cached_property
    def single(self) -> Cross:
        """The same in single precision."""
        return Cross(*(getattr(self, f.name).astype(np.float32) for f in fields(self)))


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
        rows.append((4 + 2 * p.size + offset + j, 6, np.maximum(t - j / p.per_year, 0.0), prior.slope, first + j))
    models, kinds, columns, sds, at = zip(*rows, strict=True)
    return np.array(models), np.array(kinds), np.array(columns).T, np.array(sds), np.array(at)


def _after(k: np.ndarray, p: Pattern) -> np.ndarray:
    """1 at those of the round numbers `k` that are the two rounds after the pandemic."""
    return np.zeros(len(k)) if p.pandemic is None else ((k > p.pandemic) & (k <= p.pandemic + 2)) * 1.0


@lru_cache(maxsize=256)
def solve(p: Pattern) -> Solved:
    """Everything that depends on a pattern alone."""
    k = np.array(p.numbers)
    t = (k - k[0]) / p.per_year
    terms = [np.array(x) for _, x in p.terms]
    x = np.column_stack([np.ones(len(k)), t, *terms])
    variances = np.array([p.prior.level, p.prior.slope, *(p.prior.sd(n) for n, _ in p.terms)]) ** 2
    line = _noise(k, p) + (x * variances) @ x.T
    both = np.concatenate([line, line + p.prior.wandering**2 * np.minimum(t[:, None], t)])
    half_log = np.log(np.diagonal(np.linalg.cholesky(both), axis1=1, axis2=2)).sum(axis=1)
    inverse = np.linalg.inv(both)
    models, kinds, departures, sds, at = _departures(k, t, p)
    base = (kinds == KINDS.index("wandering")) * 1
    columns = np.ascontiguousarray(np.einsum("gpq,qm->pmg", inverse[:GRID], departures, optimize=True))
    vt = inverse @ t  # (2G, p)
    tt = (vt @ t).reshape(2, GRID)[base]
    tx = np.einsum("p,pmg->mg", t, columns)
    xx = np.einsum("pm,pmg->mg", departures, columns)
    cross = combine(tt, tx, xx, kinds, sds)
    hinge = _hinge(t, departures, kinds)
    slope, now = (pace(cross, kinds, sds, p.prior, x) for x in (hinge, (kinds == BEND) * 1.0))
    return Solved(
        p, t, x, variances, inverse, half_log, kinds, models, base, departures, sds, columns, hinge, at, cross, slope, now
    )


def _hinge(t: np.ndarray, departures: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Least-squares slope of a bend's hinge, 0 of other departures, (M,)."""
    away = t - t.mean() if len(t) else t
    return np.where(kinds == BEND, away @ departures / max((away**2).sum(), 1e-12), 0.0)


def combine(tt: np.ndarray, tx: np.ndarray, xx: np.ndarray, kinds: np.ndarray, sds: np.ndarray) -> Cross:
    """Terms of the log marginal likelihoods from the cross products."""
    bend, s2 = (kinds == BEND)[:, None], sds[:, None] ** 2
    c = 1 / s2 + xx
    k00, k01, k11, det = _bend(tt, tx, xx, s2)
    ww, wv = np.where(bend, k00 / 2, 0.0), np.where(bend, k01, 0.0)
    vv = np.where(bend, k11, 1 / c) / 2
    one = -np.log(np.where(bend, det, s2 * c)) / 2
    return Cross(tt, tx, xx, ww, wv, vv, one)


def _bend(tt, tx, xx, s2) -> tuple[np.ndarray, ...]:
    """K = (D^-1 + A)^-1 and det(I + D A), A = X'Vi X for X = [t, hinge] and D = s2 [[0, -1], [-1, 2]], the prior beside the line's."""
    # D^-1 = [[-2, -1], [-1, 0]] / s2
    a, b, d = tt - 2 / s2, tx - 1 / s2, xx
    det = a * d - b * b
    with np.errstate(divide="ignore", invalid="ignore"):
        return d / det, -b / det, a / det, -(s2**2) * det


def _linear(h0, h1, e0, e1, cross: Cross, s2) -> tuple[np.ndarray, ...]:
    """What w and v add to a quantity under bends, and what they add to its variance; h = X'Vi C, e its own effects of b and of the bend."""
    k00, k01, k11 = 2 * cross.ww, cross.wv, 2 * cross.vv
    d0, d1 = -s2 * e1, s2 * (2 * e1 - e0)  # D e
    a00, a01, a11 = cross.tt, cross.tx, cross.xx
    ad0, ad1 = a00 * d0 + a01 * d1, a01 * d0 + a11 * d1  # A D e
    u0, u1 = h0 + ad0, h1 + ad1
    by_w, by_v = d0 - (k00 * u0 + k01 * u1), d1 - (k01 * u0 + k11 * u1)
    var = (
        e0 * d0 + e1 * d1 + k00 * u0 * u0 + 2 * k01 * u0 * u1 + k11 * u1 * u1 - 2 * (d0 * h0 + d1 * h1) - (d0 * ad0 + d1 * ad1)
    )
    return by_w, by_v, var


def pace(cross: Cross, kinds: np.ndarray, sds: np.ndarray, prior: Prior, later: np.ndarray) -> Quantity:
    """b plus `later` (M,) times a bend's change of pace."""
    s2, zero = prior.slope**2, np.zeros(len(kinds))
    h0, h1 = s2 * cross.tt, s2 * cross.tx
    by_w, by_v, sd = _quantity(h0, h1, s2 - s2 * h0, zero, zero + 1, later, cross, kinds, sds)
    return Quantity(None, by_w + s2, by_v, sd)


def _quantity(h0, h1, alone, effect, e0, e1, cross: Cross, kinds, sds) -> tuple[np.ndarray, ...]:
    """by_w, by_v and sd of a quantity: h0 = t'Vi C, h1 = x'Vi C, `alone` its variance under the base model, each (..., M, G)."""
    bend, s2 = (kinds == BEND)[:, None], sds[:, None] ** 2
    bw, bv, more = _linear(h0, h1, e0[:, None], e1[:, None], cross, s2)
    left = effect[:, None] - h1
    plain = 2 * cross.vv  # 1 / c
    by_v = np.where(bend, bv, left * plain)
    extra = np.where(bend, more, left**2 * plain)
    return np.where(bend, bw, 0.0), by_v, np.sqrt(np.maximum(alone + extra, 1e-12))


def value_at(s: Solved, number: int, exposed: Mapping[str, float], bend_at: float | None = None) -> Quantity:
    """The series itself at a round, with exposures there; with `bend_at` (years) its pace counts only until then.

    An outlier is not repeated; a shift stays, a season and the rounds after a pandemic are as they fall.
    """
    p = s.pattern
    k = np.array(p.numbers)
    t = (number - k[0]) / p.per_year
    until = t if bend_at is None else bend_at
    row = np.array([1.0, until, *(exposed.get(n, 0.0) for n, _ in p.terms)])
    lag = SIGMAS[:, None] ** 2 * RHOS[:, None] ** np.abs(number - k)
    line = lag + (s.x * s.variances) @ row
    alone = SIGMAS**2 + row**2 @ s.variances
    walk = p.prior.wandering**2
    c = np.concatenate([line, line + walk * np.minimum(s.t, t)])
    alone = np.concatenate([alone, alone + walk * t])
    effect, e1 = _effects(s, k, number, until)
    return _of(s, c, alone, effect, np.full(len(effect), until), e1)


def effect_of(s: Solved, name: str) -> Quantity:
    """Shift while fully exposed to a term."""
    i = 2 + [n for n, _ in s.pattern.terms].index(name)
    c = np.broadcast_to(s.variances[i] * s.x[:, i], (2 * GRID, len(s.t)))
    zero = np.zeros(len(s.kinds))
    return _of(s, c, np.full(2 * GRID, s.variances[i]), zero, zero, zero)


def _effects(s: Solved, k: np.ndarray, number: int, until: float) -> tuple[np.ndarray, np.ndarray]:
    """Own effect of every departure at a round, and years since every bend."""
    season, lasts = 0.5 if number % 2 else -0.5, _after(np.array([number]), s.pattern)[0]
    effect = np.select([s.kinds == 1, s.kinds == 2, s.kinds == 5], [season, lasts, 1.0], 0.0)
    hinge = (s.at - k[0]) / s.pattern.per_year
    return effect, np.where(s.kinds == BEND, np.maximum(until - hinge, 0.0), 0.0)


def _of(s: Solved, c: np.ndarray, alone: np.ndarray, effect: np.ndarray, e0: np.ndarray, e1: np.ndarray) -> Quantity:
    """A quantity from its covariances with the values (2G, p) and its own variance (2G,)."""
    gain = np.einsum("gpq,gq->gp", s.inverse, c)
    h0 = (gain @ s.t).reshape(2, GRID)[s.base]
    h1 = np.einsum("gp,pmg->mg", c[:GRID], s.columns)
    left = (alone - np.einsum("gp,gp->g", gain, c)).reshape(2, GRID)[s.base]
    return Quantity(gain.T, *_quantity(h0, h1, left, effect, e0, e1, s.cross, s.kinds, s.sds))
