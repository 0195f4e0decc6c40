"""TREND: how fast a series moves, by an exact grid posterior with event and instrument terms.

Model, on 0-100 with t = round number / rounds a year: y - 50 = a + b t + event terms + step + e, with independent
normal priors on the coefficients and e a stationary AR(1) by round number plus rounding noise. The coefficients are
integrated out exactly at every point of a grid of (rho, sigma), so the posterior of the slope b is a mixture of normals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logsumexp, ndtr

from scevaluation.errors import EvaluationError
from scevaluation.evaluate.compare import NOT_COMPARABLE
from scevaluation.frames import ROOT, TREND
from scevaluation.instrument import Instrument
from scevaluation.programme import PARTS, Programme, Round

LEVEL = 0.90
MINIMUM = 6  # comparable rounds below which there is no verdict on direction
POOL = 10  # series from which rho is pooled
PRIOR_SD = {"level": 30.0, "slope": 3.0, "pandemic": 5.0, "election": 3.0, "step": 4.0}
RHO = np.arange(10) / 10
SIGMA = np.geomspace(0.6, 10, 12)
RHO_PRIOR = -0.5 * ((RHO - 0.4) / 0.35) ** 2
SIGMA_PRIOR = -0.5 * (np.log(SIGMA / 3) / 1.2) ** 2
ROUNDING_VARIANCE = 0.08
CHUNK = 4000
_GRID = np.array([(r, s) for r in range(len(RHO)) for s in range(len(SIGMA))])


@dataclass(frozen=True)
class Fit:
    """Posterior of S series as mixtures over the 120 grid points.

    Attributes
    ----------
    names : tuple of str
        The P coefficients: "level", "slope", then the event terms and "step".
    mean : ndarray (120, P, S)
        Mean of each coefficient at each grid point, points of 0-100 (a year, for the slope).
    sd : ndarray (120, P)
        Its standard deviation there.
    weight : ndarray (120, S)
        Posterior weight of the grid points.
    ahead_mean, ahead_sd : ndarray (120, H, S), (120, H)
        Level at the H rounds asked for.
    """

    names: tuple[str, ...]
    mean: np.ndarray
    sd: np.ndarray
    weight: np.ndarray
    ahead_mean: np.ndarray
    ahead_sd: np.ndarray

    def below(self, x: float, name: str = "slope") -> np.ndarray:
        """P(coefficient < x) of every series, (S,)."""
        p = self.names.index(name)
        return (self.weight * ndtr((x - self.mean[:, p]) / self.sd[:, p, None])).sum(axis=0)

    def quantile(self, q: float, name: str = "slope") -> np.ndarray:
        """Quantile of a coefficient, (S,)."""
        p = self.names.index(name)
        return _quantile(q, self.mean[:, p], self.sd[:, p, None], self.weight)

    def expected(self, name: str = "slope") -> np.ndarray:
        """Posterior mean of a coefficient, (S,)."""
        return (self.weight * self.mean[:, self.names.index(name)]).sum(axis=0)

    def spread(self) -> np.ndarray:
        """Posterior standard deviation of the slope, (S,)."""
        p = self.names.index("slope")
        second = (self.weight * (self.sd[:, p, None] ** 2 + self.mean[:, p] ** 2)).sum(axis=0)
        return np.sqrt(np.maximum(second - self.expected() ** 2, 0))

    def ahead_quantile(self, q: float) -> np.ndarray:
        """Quantile of the level at the rounds asked for, (H, S)."""
        return np.stack([_quantile(q, self.ahead_mean[:, h], self.ahead_sd[:, h, None], self.weight) for h in range(self.ahead_sd.shape[1])])

    def ahead_above(self, target: float, h: int = -1) -> np.ndarray:
        """P(level at the h-th round asked for >= target), (S,)."""
        return (self.weight * ndtr((self.ahead_mean[:, h] - target) / self.ahead_sd[:, h, None])).sum(axis=0)


def _quantile(q: float, mean: np.ndarray, sd: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Quantile of normal mixtures by safeguarded Newton steps; mean (G, S), sd (G, 1), weight (G, S)."""
    low, high = (mean - 8 * sd).min(axis=0), (mean + 8 * sd).max(axis=0)
    center = (weight * mean).sum(axis=0)
    x = center
    for _ in range(40):
        z = (x - mean) / sd
        excess = (weight * ndtr(z)).sum(axis=0) - q
        low, high = np.where(excess < 0, x, low), np.where(excess < 0, high, x)
        density = (weight * np.exp(-0.5 * z * z) / (sd * np.sqrt(2 * np.pi))).sum(axis=0)
        step = x - excess / np.maximum(density, 1e-12)
        new = np.where((step > low) & (step < high), step, (low + high) / 2)
        if np.max(np.abs(new - x), initial=0) < 1e-9:
            return new
        x = new
    return x


def fit(y: np.ndarray, numbers: np.ndarray, terms: Mapping[str, np.ndarray] | None = None, per_year: int = 2,
        ahead: tuple[int, ...] = (), prior_sd: Mapping[str, float] | None = None, pool: bool | None = None) -> list[tuple[np.ndarray, Fit]]:
    """Fit series that share a calendar.

    Parameters
    ----------
    y : ndarray (S, n)
        Values on 0-100; NaN where a round is missing.
    numbers : ndarray (n,) of int
        Round numbers, so that gaps count; 0 is where t begins.
    terms : mapping of name to ndarray (n,)
        Exposure to events ("pandemic", "election") and to a new instrument ("step"), 0-1.
    per_year : int
        Rounds a year.
    ahead : tuple of int
        Round numbers at which the level is forecast, without events, with the last step.
    prior_sd : mapping, optional
        Other standard deviations of the priors, points.
    pool : bool, optional
        Share rho among the series; default from 10 series on.

    Returns
    -------
    list of (series, Fit)
        One entry for every pattern of missing rounds and chunk of series; `series` are row numbers of `y`.
    """
    y = np.asarray(y, float)
    sds = {**PRIOR_SD, **(prior_sd or {})}
    terms = {k: np.asarray(v, float) for k, v in (terms or {}).items()}
    patterns, which = np.unique(np.isfinite(y), axis=0, return_inverse=True)
    which = which.reshape(-1)
    pieces = []
    for k, seen in enumerate(patterns):
        if not seen.any():
            raise EvaluationError("A series has no value at all.", "Leave it out before fitting.")
        solved = _solve(np.asarray(numbers)[seen], {n: v[seen] for n, v in terms.items()}, per_year, ahead, sds, {n: v[-1] for n, v in terms.items()})
        rows = np.flatnonzero(which == k)
        for start in range(0, len(rows), CHUNK):
            mine = rows[start:start + CHUNK]
            pieces.append((mine, solved, y[mine][:, seen].T - 50))
    likelihood = [_likelihood(solved, data) for _, solved, data in pieces]
    pool = sum(len(p[0]) for p in pieces) >= POOL if pool is None else pool
    by_rho = [logsumexp(v.reshape(len(RHO), len(SIGMA), -1) + SIGMA_PRIOR[:, None], axis=1) for v in likelihood]
    total = sum(v.sum(axis=1) for v in by_rho)
    out = []
    for (mine, solved, data), like, own in zip(pieces, likelihood, by_rho, strict=True):
        others = total[:, None] - own if pool else 0.0
        prior = (RHO_PRIOR[:, None] + others)[_GRID[:, 0]] + SIGMA_PRIOR[_GRID[:, 1], None]
        weight = prior + like
        weight = np.exp(weight - logsumexp(weight, axis=0))
        mean = np.einsum("gpn,ns->gps", solved["gain"], data, optimize=True)
        forward = 50 + np.einsum("ghn,ns->ghs", solved["ahead_gain"], data, optimize=True)
        out.append((mine, Fit(solved["names"], mean, solved["sd"], weight, forward, solved["ahead_sd"])))
    return out


def _solve(k: np.ndarray, terms: dict, per_year: int, ahead: tuple[int, ...], sds: Mapping, last: dict) -> dict:
    """Everything that depends on the pattern only: gains, sds and Cholesky factors at the 120 grid points."""
    names = ("level", "slope", *(n for n, v in terms.items() if np.any(v)))
    x = np.column_stack([np.ones(len(k)), k / per_year, *(terms[n] for n in names[2:])])
    b = np.array([sds[n] for n in names]) ** 2
    to = np.array(ahead, float)
    xt = np.column_stack([np.ones(len(to)), to / per_year, *(np.full(len(to), last[n] if n == "step" else 0.0) for n in names[2:])])
    rho, sigma = RHO[_GRID[:, 0], None, None], SIGMA[_GRID[:, 1], None, None]
    corr = np.where(np.abs(k[:, None] - k) == 0, 1.0, rho ** np.abs(k[:, None] - k))
    v = sigma**2 * corr + ROUNDING_VARIANCE * np.eye(len(k)) + (x * b) @ x.T
    chol = np.linalg.cholesky(v)
    inverse = np.linalg.inv(v)
    gain = (b * x).T[None] @ inverse
    variance = b - np.einsum("gpn,np->gp", gain, b * x)
    distance = np.abs(to[:, None] - k)
    cross = sigma**2 * np.where(distance == 0, 1.0, rho**distance) + (xt * b) @ x.T
    ahead_gain = cross @ inverse
    ahead_var = ((xt**2 * b).sum(axis=1) + sigma[:, :, 0] ** 2) - np.einsum("ghn,ghn->gh", ahead_gain, cross)
    return {"names": names, "chol_inv": np.linalg.inv(chol), "logdet": np.log(np.diagonal(chol, axis1=1, axis2=2)).sum(axis=1),
            "gain": gain, "sd": np.sqrt(np.maximum(variance, 1e-12)), "ahead_gain": ahead_gain, "ahead_sd": np.sqrt(np.maximum(ahead_var, 1e-12))}


def _likelihood(solved: dict, data: np.ndarray) -> np.ndarray:
    """Log marginal likelihood at the grid points, (120, S), up to a constant."""
    white = np.einsum("gmn,ns->gms", solved["chol_inv"], data, optimize=True)
    return -0.5 * (white**2).sum(axis=1) - solved["logdet"][:, None]


def direction_of(p_up: np.ndarray, p_flat: np.ndarray, p_down: np.ndarray, level: float = LEVEL, likely: float = 0.80) -> np.ndarray:
    """The direction's name for arrays of probabilities."""
    out = np.full(np.shape(p_up), "inconclusive", object)
    for limit, prefix in ((likely, "likely_"), (level, "")):
        for p, name in ((p_up, "improving"), (p_flat, "stagnant"), (p_down, "declining")):
            out[np.asarray(p) >= limit] = prefix + name
    return out


def probabilities(fitted: Fit, delta: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """P(slope > delta), P(|slope| <= delta), P(slope < -delta), each (S,)."""
    above, below = 1 - fitted.below(delta), fitted.below(-delta)
    return above, np.clip(1 - above - below, 0, 1), below


@dataclass(frozen=True)
class Series:
    """The series of one region's nodes over a programme's rounds, and the calendar they share.

    y is (nodes, n) on 0-100, of the indicators in all instruments where linked; `level` is the value as published in
    INDEX; `step_sd` scales the step's prior: 1 where levels are not linked, towards 0 the more of
    the node's weight was measured by the same indicators before and after.
    """

    nodes: tuple[str, ...]
    rounds: tuple[str, ...]
    numbers: np.ndarray
    y: np.ndarray
    level: np.ndarray
    terms: dict[str, np.ndarray]
    step_sd: np.ndarray
    exposed: dict[str, np.ndarray]


LINK_SHARE = 0.6


def series_of(index: pd.DataFrame, programme: Programme, round_name: str, instruments: Mapping[str, Instrument], nodes=None) -> Series:
    """Series up to a round, with what events and new instruments touch them."""
    last = Round(round_name)
    wide = index[index["region"] == programme.region].pivot_table(index="node", columns="round", values="value100", aggfunc="first", sort=False)
    wide = wide.reindex(columns=sorted(c for c in wide.columns if Round(c) <= last))
    nodes = [n for n in (nodes if nodes is not None else wide.index) if n in wide.index and wide.loc[n].notna().any()]
    rounds = tuple(wide.columns)
    numbers = np.array([Round(r).number for r in rounds])
    terms, exposed = {}, {}
    for kind in ("pandemic", "election"):
        events = [e for e in programme.events if e.adjust and e.kind == kind]
        terms[kind] = np.array([float(any(e.touches(Round(r)) for e in events)) for r in rounds])
        exposed[kind] = np.array([any(not e.sectors or _sector(n) in e.sectors or n == ROOT for e in events) for n in nodes], bool)
    names = [instruments[r].id for r in rounds]
    terms["step"] = np.array([float(n != names[0]) for n in names])
    y = wide.loc[nodes].to_numpy(float, copy=True)
    level, share = y.copy(), np.zeros(len(nodes))
    if terms["step"].any():
        for i, node in enumerate(nodes):
            share[i], linked = _linked(node, wide, rounds, instruments)
            if share[i] < LINK_SHARE or share[i] > 1 - 1e-9:
                continue
            if np.isfinite(linked).sum() >= np.isfinite(y[i]).sum():
                y[i] = linked
            else:
                share[i] = 0.0
    exposed["step"] = np.ones(len(nodes), bool)
    return Series(tuple(nodes), rounds, numbers, y, level, terms, np.where(share >= LINK_SHARE, 1 - share, 1.0), exposed)


def _sector(node: str) -> str:
    return node.removeprefix("sector:").partition("/")[0]


def _linked(node: str, wide: pd.DataFrame, rounds: tuple[str, ...], instruments: Mapping[str, Instrument]) -> tuple[float, np.ndarray]:
    """Share of the node's weight asked in all its instruments, and its series on those indicators alone."""
    versions = list({instruments[r].id: instruments[r] for r in rounds}.values())

    def below(i: Instrument) -> dict[str, float]:
        leaves = {p: i.effective[p] for p in i.leaves if node == ROOT or p == node or p.startswith(node + "/")} if node in i.nodes else {}
        total = sum(leaves.values())
        return {p: w / total for p, w in leaves.items() if i.nodes[p].link != NOT_COMPARABLE} if total else {}

    shares = [below(i) for i in versions]
    common = [p for p in shares[0] if all(p in s for s in shares) and p in wide.index]
    if not common:
        return 0.0, np.full(len(rounds), np.nan)
    weight = np.array([shares[-1][p] for p in common])
    x = wide.loc[common].to_numpy(float)
    used = np.isfinite(x) * weight[:, None]
    total = used.sum(axis=0)
    mean = np.divide((used * np.nan_to_num(x)).sum(axis=0), total, out=np.full(len(rounds), np.nan), where=total >= 0.5 * weight.sum())
    return min(sum(s[p] for p in common) for s in shares), mean


def _groups(s: Series):
    """Rows of nodes that share exposure and step prior, with their terms; shorter series are left to the caller."""
    keys = [(tuple(bool(s.exposed[k][i]) for k in s.terms), round(float(s.step_sd[i]), 3)) for i in range(len(s.nodes))]
    for key in dict.fromkeys(keys):
        rows = np.array([i for i, k in enumerate(keys) if k == key])
        yield rows, {name: v for name, v, on in zip(s.terms, s.terms.values(), key[0], strict=True) if on}, key[1]


def trend(index: pd.DataFrame, programme: Programme, round_name: str, instruments: Mapping[str, Instrument], nodes=None, delta: float | None = None) -> pd.DataFrame:
    """TREND of a region's nodes up to a round.

    Parameters
    ----------
    index : INDEX
    programme : Programme
        Its events with `adjust`, their exposure, and delta (points a year that matter) are the model's data.
    round_name : str
        The last round used.
    instruments : mapping of round to Instrument
    nodes : list of str, optional
        Default: all nodes with a value.
    delta : float, optional
        Instead of the programme's.

    Returns
    -------
    TREND
        A row a node; below six comparable rounds its statistics are missing.
    """
    s = series_of(index, programme, round_name, instruments, nodes)
    delta = programme.delta if delta is None else delta
    if delta <= 0:
        raise EvaluationError(f"delta is {delta:g}.", "Give the smallest pace that matters, in points a year, above 0.")
    rows: list[dict] = [None] * len(s.nodes)
    for group, terms, step_sd in _groups(s):
        enough = np.isfinite(s.y[group]).sum(axis=1) >= MINIMUM
        for i in group[~enough]:
            rows[i] = _short(s, i, programme.region, round_name, delta)
        if enough.any():
            for i, row in zip(group[enough], _rows(s, group[enough], terms, step_sd, delta, programme), strict=True):
                rows[i] = {"region": programme.region, "round": round_name, "node": s.nodes[i], **row}
    return TREND.check(pd.DataFrame(rows, columns=list(TREND.columns)).astype({"rounds": int, "agree": int, "linked": bool}))


def _short(s: Series, i: int, region: str, round_name: str, delta: float) -> dict:
    empty = {c: np.nan for c in TREND.columns}
    return {**empty, "region": region, "round": round_name, "node": s.nodes[i], "rounds": int(np.isfinite(s.y[i]).sum()),
            "delta": float(delta), "agree": 0, "linked": bool(not s.terms["step"].any() or s.step_sd[i] < 1)}


def _rows(s: Series, group: np.ndarray, terms: dict, step_sd: float, delta: float, programme: Programme) -> list[dict]:
    per_year = PARTS[programme.calendar]
    prior = {"step": PRIOR_SD["step"] * max(step_sd, 0.05)}
    y = s.y[group]
    out: list[dict] = [{} for _ in group]
    for mine, f in fit(y, s.numbers, terms, per_year, prior_sd=prior):
        up, flat, down = probabilities(f, delta)
        base = {"slope": f.expected(), "low": f.quantile(0.05), "high": f.quantile(0.95), "p_up": up, "p_flat": flat, "p_down": down,
                "detectable": delta + (1.2816 + 0.8416) * f.spread()}
        for name in ("pandemic", "election", "step"):
            on = name in f.names
            base |= {name: f.expected(name) if on else np.full(len(mine), np.nan),
                     name + "_low": f.quantile(0.05, name) if on else np.full(len(mine), np.nan),
                     name + "_high": f.quantile(0.95, name) if on else np.full(len(mine), np.nan)}
        for j, i in enumerate(mine):
            out[i] = {k: float(v[j]) for k, v in base.items()}
    agree = _leave_one_out(y, s.numbers, terms, per_year, prior, delta, out)
    for j, row in enumerate(out):
        linked = bool(not s.terms["step"].any() or step_sd < 1)
        row |= {"rounds": int(np.isfinite(y[j]).sum()), "delta": float(delta), "agree": int(agree[j]), "linked": linked,
                "recent": _recent(s, group[j], linked, 2 * per_year)}
    return out


def _recent(s: Series, i: int, linked: bool, rounds: int) -> float:
    """Published level now less that of two years ago; missing where either is, or where levels are not comparable."""
    at = np.flatnonzero(s.numbers == s.numbers[-1] - rounds)
    if not len(at) or (not linked and s.terms["step"][at[0]] != s.terms["step"][-1]):
        return np.nan
    return float(s.level[i, -1] - s.level[i, at[0]])


def _leave_one_out(y, numbers, terms, per_year, prior, delta, rows) -> np.ndarray:
    """In how many of the runs that leave one round out the direction stays, (S,)."""
    whole = direction_of(*(np.array([r[k] for r in rows]) for k in ("p_up", "p_flat", "p_down")))
    side = np.array([w.removeprefix("likely_") for w in whole])
    agree = np.zeros(len(y), int)
    for column in range(y.shape[1]):
        seen = np.isfinite(y[:, column])
        if not seen.any():
            continue
        less = y[seen].copy()
        less[:, column] = np.nan
        got = np.full(len(less), "", object)
        for mine, f in fit(less, numbers, terms, per_year, prior_sd=prior):
            got[mine] = direction_of(*probabilities(f, delta))
        agree[seen] += np.array([g.removeprefix("likely_") for g in got]) == side[seen]
    return agree


def forecast(index: pd.DataFrame, programme: Programme, round_name: str, instruments: Mapping[str, Instrument], node: str, until: str) -> pd.DataFrame:
    """The fan of a node's level after a round, to `until`: round, mean, low, high (90 %), on 0-100; empty below six rounds."""
    s = series_of(index, programme, round_name, instruments, [node])
    columns = ["round", "mean", "low", "high"]
    if not len(s.nodes) or np.isfinite(s.y).sum() < MINIMUM or Round(until) <= Round(round_name):
        return pd.DataFrame(columns=columns)
    steps = Round(until).number - Round(round_name).number
    names = [str(Round(round_name) + i) for i in range(1, steps + 1)]
    ahead = tuple(Round(n).number for n in names)
    _, terms, step_sd = next(_groups(s))
    [(_, f)] = fit(s.y, s.numbers, terms, PARTS[programme.calendar], ahead, {"step": PRIOR_SD["step"] * max(step_sd, 0.05)})
    mean = (f.weight[:, None] * f.ahead_mean).sum(axis=0)[:, 0]
    return pd.DataFrame({"round": names, "mean": mean, "low": f.ahead_quantile(0.05)[:, 0], "high": f.ahead_quantile(0.95)[:, 0]})
