"""The arithmetic under `posterior`: patterns, gains, grid weights and mixtures of normals, on 0-100.

What depends on the pattern of missing rounds and exposures alone (Cholesky factors, gains, standard deviations) is
computed once a pattern; every series then costs a few matrix products. G counts the 120 grid points of rho and sigma.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp, ndtr, ndtri

from scevaluation.evaluate.priors import PRIOR, RHO, SIGMA, Prior

POOL = 10  # series of one calendar from which on they share what they tell of rho
CHUNK, MANY = 512, 16  # series computed at a time; chunks from which on threads pay
BLAS_ALONE = 2**18  # multiplications up to which OpenBLAS stays on one thread
NEGLIGIBLE = 1e-12  # weight of a grid point in every series of a chunk below which it is left out
_RHO, _SIGMA = (g.ravel() for g in np.meshgrid(RHO, SIGMA, indexing="ij"))


@dataclass(frozen=True)
class Ask:
    """One question to the engine, on 0-100; `delta` and `goal` are given for every series."""

    numbers: np.ndarray
    terms: dict[str, np.ndarray]
    future: dict[str, np.ndarray]
    ahead: np.ndarray
    per_year: int
    delta: np.ndarray
    prior: Prior
    goal: np.ndarray
    intervals: bool
    slope_only: bool


def _patterns(ask: Ask, y: np.ndarray) -> Iterator[tuple[np.ndarray, dict]]:
    """(rows, solved) for every pattern of missing rounds and exposures, in chunks of rows."""
    seen = np.isfinite(y)
    parts = [np.packbits(seen, axis=1).astype(float)]
    for name, x in ask.terms.items():
        varied = (x != x[:1]).any() or (ask.future[name] != ask.future[name][:1]).any()
        parts += [x, ask.future[name]] if varied else []
    key = np.hstack(parts)
    first, which = np.zeros(1, int), np.zeros(len(y), int)
    if not (key == key[:1]).all():
        _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(which.reshape(-1), kind="stable")
    for k, rows in enumerate(np.split(order, np.cumsum(np.bincount(which.reshape(-1)))[:-1])):
        mask = seen[first[k]]
        if not mask.any():
            continue
        terms = {n: x[first[k], mask] for n, x in ask.terms.items()}
        solved = _solve(ask, ask.numbers[mask], terms, {n: x[first[k]] for n, x in ask.future.items()})
        for start in range(0, len(rows), CHUNK):
            yield rows[start : start + CHUNK], {**solved, "mask": mask}


def _solve(ask: Ask, k: np.ndarray, terms: Mapping, future: Mapping) -> dict:
    """All that depends on a pattern only, at the G = 120 grid points.

    quad (n (n+1) / 2, G) weighs products of values into the quadratic form, logdet (G,) is half the log determinant,
    gain (G, q, n) and sd (G, q) give mean and sd of the q quantities: slope, exposed terms, level now and ahead.
    """
    p, prior = len(k), ask.prior
    names = [n for n, x in terms.items() if np.any(x)]
    when = np.concatenate([ask.numbers[-1:], ask.ahead])
    now = {n: np.concatenate([[_last(ask, terms[n], k, n)], future[n]]) for n in names}
    x = np.column_stack([np.ones(p), (k - k[0]) / ask.per_year, *(terms[n] for n in names)])
    xt = np.column_stack([np.ones(len(when)), (when - k[0]) / ask.per_year, *(now[n] for n in names)])
    b = np.array([prior.level, prior.slope, *(prior.sd(n) for n in names)]) ** 2
    rho, variance = _RHO[:, None, None], _SIGMA[:, None, None] ** 2
    v = variance * rho ** np.abs(k[:, None] - k) + prior.rounding * np.eye(p) + (x * b) @ x.T
    chol = np.linalg.cholesky(v)
    white = np.linalg.solve(chol, np.broadcast_to(np.eye(p), v.shape))
    inverse = np.swapaxes(white, 1, 2) @ white
    terms_cross = np.broadcast_to((x * b).T[1:], (len(_RHO), x.shape[1] - 1, p))
    cross = np.concatenate([terms_cross, variance * rho ** np.abs(when[:, None] - k) + (xt * b) @ x.T], axis=1)
    terms_alone = np.broadcast_to(b[1:], (len(_RHO), len(b) - 1))
    alone = np.concatenate([terms_alone, variance[:, 0] + ((xt**2) * b).sum(axis=1)], axis=1)
    gain = cross @ inverse
    sd = np.sqrt(np.maximum(alone - np.einsum("gqn,gqn->gq", gain, cross), 1e-12))
    i, j = np.triu_indices(p)
    quad = (inverse[:, i, j] * np.where(i == j, 0.5, 1.0)).T
    logdet = np.log(np.diagonal(chol, axis1=1, axis2=2)).sum(axis=1)
    return {"names": names, "quad": quad, "pair": (i, j), "logdet": logdet, "gain": gain, "sd": sd}


def _last(ask: Ask, seen: np.ndarray, k: np.ndarray, name: str) -> float:
    """Exposure at the calendar's last round; of an instrument, the last one seen."""
    return float(seen[-1]) if k[-1] == ask.numbers[-1] or name.startswith("instrument") else 0.0


def _likelihood(solved: dict, z: np.ndarray) -> np.ndarray:
    """Log marginal likelihood (G, S) of centred values z (n, S), up to a constant."""
    i, j = solved["pair"]
    return -_product(solved["quad"].T, z[i] * z[j]) - solved["logdet"][:, None]


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b by blocks of columns too small for BLAS to spread over threads.

    Chunks share the cores already; BLAS threads on top of them wait for each other and cost up to ten times the product.
    """
    out = np.empty((len(a), b.shape[1]))
    wide = max(1, BLAS_ALONE // a.size)
    for start in range(0, b.shape[1], wide):
        np.matmul(a, b[:, start : start + wide], out=out[:, start : start + wide])
    return out


def run(ask: Ask, y: np.ndarray, pool_rho: bool | None) -> dict:
    """Every statistic as arrays over all series, on 0-100."""
    rho_prior, sigma_prior = ask.prior.weights
    pieces = list(_patterns(ask, y))
    likelihood = _each(lambda p: _likelihood(p[1], y[p[0]][:, p[1]["mask"]].T - 50), pieces)
    count = sum(len(rows) for rows, _ in pieces)
    pooled = count > 1 and (count >= POOL if pool_rho is None else pool_rho)
    by_rho: list = [_by_rho(v, sigma_prior) if pooled else None for v in likelihood]
    share = 0.0 if not pooled else 1.0 if pool_rho else _shared(by_rho, rho_prior)
    total = sum((v.sum(axis=1) for v in by_rho), np.zeros(())) if pooled else np.zeros(())
    out, prior = _empty(ask, y), (rho_prior[:, None] + sigma_prior).reshape(-1, 1)

    def finish(piece) -> None:
        (rows, solved), like, own = piece
        like += prior
        weight = _softmax(like) if share < 1 else np.zeros(())
        if share > 0:
            weight = share * _softmax(like + np.repeat(total[:, None] - own, len(SIGMA), axis=0)) + (1 - share) * weight
        _summarise(ask, out, rows, solved, weight, y[rows][:, solved["mask"]].T - 50)

    _each(finish, list(zip(pieces, likelihood, by_rho, strict=True)))
    return out


def _each(call: Callable, items: list) -> list:
    """`call` of every item in order; many chunks share the machine's cores."""
    if len(items) < MANY:
        return [call(i) for i in items]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(call, items))


def _softmax(x: np.ndarray) -> np.ndarray:
    """Weights that sum to 1 down the columns from their logarithms."""
    x = x - x.max(axis=0)
    np.exp(x, out=x)
    x /= x.sum(axis=0)
    return x


def _by_rho(likelihood: np.ndarray, sigma_prior: np.ndarray) -> np.ndarray:
    """Log marginal likelihood of every rho, sigma integrated out, (10, S)."""
    return logsumexp(likelihood.reshape(len(RHO), len(SIGMA), -1) + sigma_prior[:, None], axis=1)


def _shared(by_rho: list[np.ndarray], rho_prior: np.ndarray) -> float:
    """Probability that the series share one rho, against each having its own, both equally likely beforehand.

    Pooling series that differ would be over-confident; their marginal likelihood under both readings says which it is.
    """
    prior = rho_prior - logsumexp(rho_prior)
    one = logsumexp(prior + sum(v.sum(axis=1) for v in by_rho))
    own = sum(logsumexp(prior[:, None] + v, axis=0).sum() for v in by_rho)
    return float(expit(one - own))


def _empty(ask: Ask, y: np.ndarray) -> dict:
    size, steps = len(y), len(ask.ahead)
    names = ("slope", *ask.terms, "level", *(f"ahead{h}" for h in range(steps)))
    out: dict = {n: np.full((4, size), np.nan) for n in names}
    out |= {n: np.full(size, np.nan) for n in ("p_up", "p_flat", "p_down", "rho", "sigma")}
    return out | {"p_reach": np.full((steps, size), np.nan), "rounds": np.isfinite(y).sum(axis=1), "delta": ask.delta}


def _summarise(ask: Ask, out: dict, rows: np.ndarray, solved: dict, weight: np.ndarray, z: np.ndarray) -> None:
    """Write the statistics of one chunk; grid points that weigh nothing in all its series are left out."""
    out["rho"][rows], out["sigma"][rows] = np.einsum("kg,gs->ks", np.stack([_RHO, _SIGMA]), weight)
    use = weight.max(axis=1) > NEGLIGIBLE
    use, w = (slice(None), weight) if use.all() else (np.flatnonzero(use), weight[use])
    steps = len(ask.ahead)
    for q, name in enumerate(("slope", *solved["names"], "level", *(f"ahead{h}" for h in range(steps)))):
        if ask.slope_only and q:
            break
        mean, sd = _product(solved["gain"][use, q], z), solved["sd"][use, q, None]
        if name == "level" or name.startswith("ahead"):
            mean += 50
        out[name][:, rows] = _moments(w, mean, sd, ask.intervals)
        if name == "slope":
            delta = ask.delta[rows]
            out["p_down"][rows] = _mixed(w, (-delta - mean) / sd)
            out["p_up"][rows] = _mixed(w, (mean - delta) / sd)
            out["p_flat"][rows] = np.clip(1 - out["p_down"][rows] - out["p_up"][rows], 0, 1)
        if name.startswith("ahead") and np.isfinite(ask.goal[rows]).any():
            out["p_reach"][int(name[5:]), rows] = _mixed(w, (mean - ask.goal[rows]) / sd)


def _mixed(w: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Mixture (S,) of the standard normal distribution function at z, (G, S)."""
    return np.einsum("gs,gs->s", w, ndtr(z, out=z))


def _moments(w: np.ndarray, mean: np.ndarray, sd: np.ndarray, intervals: bool) -> np.ndarray:
    """Mean, sd, 5 % and 95 % quantile of normal mixtures, (4, S); w and mean (G, S), sd (G, 1)."""
    center = np.einsum("gs,gs->s", w, mean)
    away = mean - center
    wd = w * away
    within = np.einsum("gs,g->s", w, sd[:, 0] ** 2)
    spread = np.sqrt(within + np.einsum("gs,gs->s", wd, away))
    out = np.full((4, len(center)), np.nan)
    out[:2] = center, spread
    if intervals:
        # Third and fourth cumulants start the search within a hundredth of an sd of the quantile.
        square = away**2
        skew = (np.einsum("gs,gs->s", wd, square) + 3 * np.einsum("gs,g->s", wd, sd[:, 0] ** 2)) / spread**3
        fourth = (
            np.einsum("gs,gs->s", wd, square * away)
            + 6 * np.einsum("gs,gs,g->s", wd, away, sd[:, 0] ** 2)
            + 3 * np.einsum("gs,g->s", w, sd[:, 0] ** 4)
        )
        excess = fourth / spread**4 - 3
        for row, q in ((2, 0.05), (3, 0.95)):
            z = ndtri(q)
            start = z + (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * excess / 24 - (2 * z**3 - 5 * z) * skew**2 / 36
            out[row] = quantile(q, w, mean, sd, center + np.clip(start, z - 1, z + 1) * spread, 0.02 * spread)
    return out


def quantile(q: float, w: np.ndarray, mean: np.ndarray, sd: np.ndarray, start: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Quantile of normal mixtures by Halley steps kept inside a shrinking bracket; w and mean (G, S), sd (G, 1).

    `start` (S,) is where the search begins. It ends with a step shorter than `near` (S,): a step's error is cubic, so a
    last one of a fiftieth of the spread leaves less than a hundred-thousandth of it.
    """
    x = start.copy()
    low, high = (mean - 9 * sd).min(axis=0), (mean + 9 * sd).max(axis=0)
    left, inverse = np.arange(len(x)), 1 / sd
    for _ in range(80):
        here = x[left]
        z = (here - mean) * inverse
        excess = np.einsum("gs,gs->s", w, ndtr(z)) - q
        density = np.exp(-0.5 * z * z)
        density *= w
        density *= inverse / np.sqrt(2 * np.pi)
        slope = np.maximum(density.sum(axis=0), 1e-300)
        curve = -np.einsum("gs,gs,g->s", density, z, inverse[:, 0])
        low, high = np.where(excess < 0, here, low), np.where(excess < 0, high, here)
        newton = np.clip(excess / slope, -1e6, 1e6)
        new = here - newton / np.maximum(1 - newton * curve / (2 * slope), 0.5)
        new = np.where((new <= low) | (new >= high), (low + high) / 2, new)
        x[left] = new
        open_ = np.abs(new - here) > near
        if not open_.any():
            break
        left, w, mean, low, high, near = left[open_], w[:, open_], mean[:, open_], low[open_], high[open_], near[open_]
    return x


def design_sd(
    numbers, exposures: Mapping[str, np.ndarray], rho: float, sigma: float, per_year: int = 2, prior: Prior = PRIOR
) -> float:
    """Posterior sd of the slope at one rho and sigma (points), which no value changes: it depends on the rounds alone."""
    k = np.asarray(numbers, float)
    terms = {n: x for n, x in exposures.items() if np.any(x)}
    x = np.column_stack([np.ones(len(k)), (k - k[0]) / per_year, *terms.values()])
    noise = sigma**2 * rho ** np.abs(k[:, None] - k) + prior.rounding * np.eye(len(k))
    precision = np.diag([1 / s**2 for s in (prior.level, prior.slope, *(prior.sd(n) for n in terms))])
    return float(np.sqrt(np.linalg.inv(x.T @ np.linalg.solve(noise, x) + precision)[1, 1]))
