"""How common each departure is: the odds beforehand, and what the other series of a report teach of them.

Every series counts once, at half, for sectors share shocks, and its own count is left out of what it is told. Likelihoods are never
multiplied over series, so that no series can outweigh the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from scevaluation.evaluate.model import GRID, Solved, model_count, model_kinds
from scevaluation.evaluate.priors import (
    BEND,
    BOUNDARY,
    CYCLE_NOW_ODDS,
    CYCLE_SHARE,
    FORECAST_ODDS,
    KINDS,
    NOW_ODDS,
    ODDS,
    RHO,
    Prior,
)

ROUNDS = 15  # of expectation and maximisation
HALF = 0.5  # what a series counts
WORTH, DATES_WORTH = 10.0, 5.0  # series that the odds beforehand are worth, and those of the dates within a kind
VALUES = 3  # different values below which a series says nothing


@dataclass(frozen=True, eq=False)
class Odds:
    """Log weights beforehand, of one series or of S.

    Attributes
    ----------
    start : ndarray (M,) or (S, M)
        Of every departure, since the start.
    ratio : dict of {"now", "ahead"} to ndarray like `start`
        What other odds of a bend add.
    grid : ndarray (G,) or (S, G)
        Of the noise.
    kinds : ndarray (7, 1) or (7, S)
        Probabilities of the kinds.
    """

    start: np.ndarray
    ratio: dict[str, np.ndarray]
    grid: np.ndarray
    kinds: np.ndarray


def dates(solved: Solved, boundary: int | None, share: float = BOUNDARY) -> np.ndarray:
    """Share of every departure within its kind, (M,): dates alike, but of bends `share` where a cycle began within the series.

    A cycle begins between two rounds; both may be where the pace changes.
    """
    kinds = solved.kinds
    out = 1.0 / np.bincount(kinds, minlength=len(KINDS))[kinds]
    at = _on_boundary(solved, boundary)
    if at.any():
        bends = kinds == BEND
        out[bends] *= 1 - share
        out[at] += share / at.sum()
    return out


def _on_boundary(solved: Solved, boundary: int | None) -> np.ndarray:
    """Bends that lie on a cycle's start, (M,) of bool."""
    if boundary is None or not solved.pattern.numbers[0] < boundary <= solved.pattern.numbers[-1]:
        return np.zeros(len(solved.kinds), bool)
    return (solved.kinds == BEND) & np.isin(solved.at, (boundary - 1, boundary))


def _odds(solved: Solved, boundary: int | None, kinds: np.ndarray, share: np.ndarray, grid: np.ndarray) -> Odds:
    """From probabilities of the kinds (..., 7) and shares of the dates (..., M)."""
    mine = solved.kinds
    start = np.log(kinds[..., mine]) + np.log(share)
    bend, on = mine == BEND, _on_boundary(solved, boundary)
    p = kinds[..., BEND][..., None]

    def ratio(odds: float) -> np.ndarray:
        return np.where(bend, np.log(odds / p), np.log((1 - odds) / (1 - p)))

    now = ratio(CYCLE_NOW_ODDS if on.any() else NOW_ODDS)
    if on.any():
        total = share[..., on].sum(axis=-1)[..., None]
        more = np.where(on, CYCLE_SHARE / total, (1 - CYCLE_SHARE) / np.maximum(1 - total, 1e-12))
        now = now + np.where(bend, np.log(more), 0.0)
    return Odds(start, {"now": now, "ahead": ratio(FORECAST_ODDS)}, grid, kinds.reshape(-1, len(KINDS)).T)


def own(solved: Solved, prior: Prior, boundary: int | None) -> Odds:
    """Odds of a series that stands alone."""
    rho, sigma = prior.weights
    grid = (rho[:, None] + sigma).ravel()
    return _odds(solved, boundary, ODDS, dates(solved, boundary), grid - _top(grid))


def _top(x: np.ndarray) -> float:
    return float(np.log(np.exp(x).sum()))


@dataclass(eq=False)
class Taught:
    """What a report's series learned of one another: P(kind) (S, 7), shares of the dates over the calendar (S, models), rho (S, 5)."""

    prior: Prior
    boundary: int | None
    kinds: np.ndarray
    counts: np.ndarray
    total: np.ndarray
    rho: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def of(self, rows: np.ndarray, solved: Solved) -> Odds:
        """Odds of the series `rows`, which share a pattern."""
        sigma = self.prior.weights[1]
        grid = (np.log(self.rho[rows])[:, :, None] + (sigma - _top(sigma))).reshape(len(rows), GRID)
        others = self.total[solved.models] - self.counts[np.ix_(rows, solved.models)]
        share = _shares(dates(solved, self.boundary), others, solved.kinds)
        return _odds(solved, self.boundary, self.kinds[rows], share, grid)


def _shares(before: np.ndarray, counts: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Shares of the dates (S, M) within their kinds, from those beforehand ((S,) M) and counts (S, M)."""
    out = np.empty(counts.shape)
    for kind in np.unique(kinds):
        mine = kinds == kind
        within = counts[:, mine].sum(axis=1, keepdims=True)
        out[:, mine] = (DATES_WORTH * before[..., mine] + counts[:, mine]) / (DATES_WORTH + within)
    return out


def learn(pieces: Iterable[tuple], y: np.ndarray, size: int, prior: Prior, boundary: int | None) -> Taught:
    """Odds by expectation and maximisation.

    Parameters
    ----------
    pieces : iterable of (rows, Solved, ndarray (s, M, G))
        Series of a pattern, and their log marginal likelihoods.
    y : ndarray (S, n)
        The values; of fewer than `VALUES` different ones nothing is learned.
    size : int
        Rounds of the calendar.
    """
    count, models = len(y), model_count(size)
    of, rho_prior = model_kinds(size), np.exp(prior.weights[0] - _top(prior.weights[0]))
    like = np.zeros((count, models, len(RHO)), np.float32)
    before = np.zeros((count, models))
    for rows, solved, log in pieces:
        like[np.ix_(rows, solved.models)] = _by_rho(log, prior)
        before[np.ix_(rows, solved.models)] = dates(solved, boundary)
    worth = np.where(_different(y) >= VALUES, HALF, 0.0) * (before.sum(axis=1) > 0)
    rest = worth.sum() - worth
    kinds, share = np.tile(ODDS, (count, 1)), before
    rho = np.tile(rho_prior, (count, 1))
    counts, total = np.zeros((count, models)), np.zeros(models)
    for _ in range(ROUNDS):
        weight = kinds[:, of] * share
        by_model = weight * np.einsum("smr,sr->sm", like, rho)
        by_rho = rho * np.einsum("smr,sm->sr", like, weight)
        scale = worth / np.maximum(by_rho.sum(axis=1), 1e-300)
        counts, rho_counts = by_model * scale[:, None], by_rho * scale[:, None]
        total = counts.sum(axis=0)
        others = total - counts
        by_kind = np.stack([others[:, of == k].sum(axis=1) for k in range(len(KINDS))], axis=1)
        kinds = (WORTH * ODDS + by_kind) / (WORTH + rest)[:, None]
        rho = (WORTH * rho_prior + rho_counts.sum(axis=0) - rho_counts) / (WORTH + rest)[:, None]
        share = _shares(before, np.where(before > 0, others, 0.0), of)
    return Taught(prior, boundary, kinds, counts, total, rho)


def _different(y: np.ndarray) -> np.ndarray:
    """Different values of every series, (S,)."""
    ordered = np.sort(y, axis=1)
    return (np.diff(ordered, axis=1) > 1e-9).sum(axis=1) + np.isfinite(y).any(axis=1)


def _by_rho(log: np.ndarray, prior: Prior) -> np.ndarray:
    """Marginal likelihood of every departure and rho, the largest 1, sigma integrated out: (S, M, 5)."""
    weight = np.exp(log - log.max(axis=(1, 2), keepdims=True) + np.tile(prior.weights[1], len(RHO)))
    return weight.reshape(*log.shape[:2], len(RHO), GRID // len(RHO)).sum(axis=3)
