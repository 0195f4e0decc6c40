"""Exact averages over departures and noise (`model`): weights of the components, mixtures of normals, agreement, forecasts.

Two paces come of the same components under other odds of a bend: since the start, the least-squares slope of the fitted path, and now,
the slope after the last bend. A forecast has odds of its own, of bends seen and of bends and shifts to come.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from scevaluation.evaluate.learning import Odds, learn, own
from scevaluation.evaluate.mixture import Mixture
from scevaluation.evaluate.model import BASES, GRID, LONG, RHOS, SIGMAS, Pattern, Quantity, Solved, effect_of, solve, value_at
from scevaluation.evaluate.priors import DATED, KINDS, SHIFT_RATE, Prior, bends_ahead

LEVEL, LIKELY = 0.90, 0.80
CHUNK, MANY = 192, 16  # series computed at a time, of long ones half as many; chunks from which on threads pay
BLAS_ALONE = 2**18  # multiplications up to which OpenBLAS stays on one thread
NEGLIGIBLE = -8.0  # log weight beside the best component of a series below which one is left out


def directions(p_up, p_flat, p_down, level: float = LEVEL, likely: float = LIKELY) -> np.ndarray:
    """Names of the direction for arrays of probabilities; "too_little_data" where they are missing."""
    p_up, p_flat, p_down = (np.asarray(p, float) for p in (p_up, p_flat, p_down))
    out = np.full(p_up.shape, "inconclusive", object)
    for limit, prefix in ((likely, "likely_"), (level, "")):
        for p, name in ((p_up, "improving"), (p_flat, "stagnant"), (p_down, "declining")):
            out[p >= limit] = prefix + name
    out[np.isnan(p_up)] = "too_little_data"
    return out


def side(direction) -> np.ndarray:
    """Directions without "likely"."""
    return np.array([str(d).removeprefix("likely_") for d in np.ravel(direction)], object)


@dataclass(frozen=True)
class Ask:
    """One question, on 0-100; `delta` and `goal` are given for every series."""

    numbers: np.ndarray
    terms: dict[str, np.ndarray]
    future: dict[str, np.ndarray]
    ahead: np.ndarray
    per_year: int
    delta: np.ndarray
    prior: Prior
    goal: np.ndarray
    step: np.ndarray
    share: np.ndarray
    boundary: int | None
    starts: Sequence[int]
    intervals: bool
    paces_only: bool
    leave_one_out: bool

    @property
    def size(self) -> int:
        return int(self.numbers[-1] - self.numbers[0]) + 1


def _patterns(ask: Ask, y: np.ndarray) -> Iterator[tuple[np.ndarray, Pattern, np.ndarray]]:
    """(rows, pattern, columns seen) for every pattern of rounds, exposures, step and ends, in chunks of rows."""
    seen = np.isfinite(y)
    ends = (y <= 0) | (y >= 100)
    parts = [
        np.packbits(seen, axis=1).astype(float),
        np.packbits(ends, axis=1).astype(float),
        ask.step[:, None],
        ask.share[:, None],
    ]
    for name, x in ask.terms.items():
        varied = (x != x[:1]).any() or (ask.future[name] != ask.future[name][:1]).any()
        parts += [x, ask.future[name]] if varied else []
    which = np.zeros(len(y), int)
    for column in np.hstack(parts).T:  # one by one: a tenth of the time of whole rows
        _, place = np.unique(column, return_inverse=True)
        _, which = np.unique(which * (place.max() + 1) + place, return_inverse=True)
    order = np.argsort(which, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(which))[:-1]):
        i = rows[0]
        mask = seen[i]
        if not mask.any():
            continue
        terms = tuple((n, tuple(x[i, mask].tolist())) for n, x in ask.terms.items() if x[i, mask].any())
        touched = np.flatnonzero(ask.terms["pandemic"][i]) if "pandemic" in ask.terms else np.zeros(0, int)
        pattern = Pattern(
            tuple(ask.numbers[mask].tolist()), terms, tuple(ends[i, mask].tolist()), float(ask.step[i]), float(ask.share[i]),
            ask.per_year, ask.prior, int(ask.numbers[0]), ask.size, int(ask.numbers[touched[-1]]) if len(touched) else None,
        )  # fmt: skip
        most = CHUNK if len(pattern.numbers) <= LONG else CHUNK // 2
        yield from ((rows[start : start + most], pattern, mask) for start in range(0, len(rows), most))


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b by blocks too small for BLAS to spread over threads.

    Chunks share the cores already; BLAS threads on top of them wait for each other and cost up to ten times the product.
    """
    out = np.empty((len(a), b.shape[1]), a.dtype)
    if b.shape[1] > len(a):  # the larger side is split: the other is made ready for every block anew
        wide = max(1, BLAS_ALONE // max(a.size, 1))
        for start in range(0, b.shape[1], wide):
            np.matmul(a, b[:, start : start + wide], out=out[:, start : start + wide])
    else:
        high = max(1, BLAS_ALONE // b.size)
        for start in range(0, len(a), high):
            np.matmul(a[start : start + high], b, out=out[start : start + high])
    return out


@dataclass(frozen=True, eq=False)
class _Seen:
    """What a chunk's values say: log likelihoods under the bases (S, 3G), v (S, M, G) and `one` (M, G) of `model`."""

    line: np.ndarray
    v: np.ndarray
    one: np.ndarray


def _look(s: Solved, z: np.ndarray) -> _Seen:
    """What centred values z (S, p) say."""
    i, j = np.triu_indices(z.shape[1])
    square = (s.inverse[:, i, j] * np.where(i == j, 0.5, 1.0)).T
    line = -_product(z[:, i] * z[:, j], square) - s.half_log
    v = _product(z, s.columns.reshape(z.shape[1], -1)).reshape(len(z), *s.one.shape)
    return _Seen(line, v, s.one)


def _likelihood(s: Solved, one: np.ndarray, line: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Log marginal likelihoods of all components, (S, M, G), in the precision of what is given and in the place of `v`."""
    log = np.multiply(v, v, out=v)
    log += one
    for points, models in s.blocks:
        log[:, models] += line[:, None, points]
    log[:, s.walk] += line[:, GRID : 2 * GRID] - line[:, :GRID]
    return log


@dataclass(frozen=True, eq=False)
class _Kept:
    """The components of a chunk's series that weigh something, in one flat array: without a bend, then bends, each series by series.

    `count` (2, S) says how many, `flat` which of (S, M, G) each is, `at` which of (M, G), `on` which of the (S, 3G) points of the bases
    it stands on; `weight` are the weights since the start, `ratio` what other odds multiply them by: all without a bend (S,), and each
    with one.
    """

    count: np.ndarray
    flat: np.ndarray
    at: np.ndarray
    on: np.ndarray
    v: np.ndarray
    weight: np.ndarray
    ratio: dict[str, tuple[np.ndarray, np.ndarray]]

    def values(self, q: Quantity, base: np.ndarray, part: slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        """Mean and sd of a linear quantity under every component, from its means under the bases (S, 3G)."""
        at = self.at[part]
        mean = np.take(q.by_v, at)
        mean *= self.v[part]
        mean += np.take(base, self.on[part])
        return mean, np.take(q.sd, at)

    def mixture(self, q: Quantity, base: np.ndarray) -> Mixture:
        """A linear quantity's posterior."""
        return Mixture(self.count, self.weight, *self.values(q, base))

    def paces(self, s: Solved, z: np.ndarray) -> Mixture:
        """The posteriors of both paces: they differ in bends alone, and in what bends weigh."""
        base, bends = _product(z, s.slope.gain), slice(self.count[0].sum(), None)
        others, each = self.ratio["now"]
        late = (self.weight[bends] * each, *self.values(s.now, base, bends))
        weight, mean, sd = (np.concatenate(x) for x in zip((self.weight, *self.values(s.slope, base)), late, strict=True))
        one, none = np.ones(len(z)), np.zeros(len(z))
        return Mixture(self.count[[0, 1, 1]], weight, mean, sd, np.array([[one, one, none], [others, none, one]]))


def _top(log: np.ndarray) -> np.ndarray:
    """Highest of (S, M, G) of every series, (S, 1); by halves, for maxima of neighbours take many times as long."""
    while log.shape[1] > 1:
        half = (log.shape[1] + 1) // 2
        log = np.maximum(log[:, :half], log[:, -half:])
    return log[:, 0].max(axis=1, keepdims=True)


def _best(s: Solved, log: np.ndarray, ratios: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Highest log weight of every series (S, 1), and what a component of each departure (S, M) has to come near under some odds."""
    (_, others), (_, bends) = s.blocks  # other departures have one ratio
    most = _top(log[:, others])
    some = log[:, bends].shape[1] > 0
    best = np.maximum(most, _top(log[:, bends])) if some else most
    least = np.broadcast_to(best, log.shape[:2])
    for r in ratios:
        top = most + r[..., :1]
        top = np.maximum(top, _top(log[:, bends] + r[..., bends, None])) if some else top
        least = np.minimum(least, top - r)
    return best, least


def _keep(s: Solved, seen: _Seen, odds: Odds, names: Sequence[str]) -> _Kept:
    """Components within e^NEGLIGIBLE of a series' best, under the odds since the start or other ones.

    Single precision says which these are, at half the time; what is kept of them is computed again in full.
    """
    size, (m, grid) = len(seen.v), seen.one.shape
    line = seen.line + np.tile(odds.grid, BASES)
    line -= line.max(axis=1, keepdims=True)  # what is left is small, and so precise
    alone = odds.start.ndim == 1
    one = seen.one + odds.start[:, None] if alone else seen.one
    log = _likelihood(s, *(x.astype(np.float32) for x in (one, line, seen.v)))
    if not alone:
        log += odds.start.astype(np.float32)[..., None]
    best, least = _best(s, log, [odds.ratio[n].astype(np.float32) for n in names])
    least = (least + np.float32(NEGLIGIBLE))[..., None]
    near, count, rows = [], np.empty((2, size), int), np.arange(size)
    for i, (_, models) in enumerate(s.blocks):
        here = np.flatnonzero(log[:, models] > least[:, models])
        wide = log[0, models].size
        count[i] = np.diff(np.searchsorted(here, np.arange(size + 1) * wide))
        near.append(here + np.repeat((models.start or 0) * grid - rows * wide, count[i]))
    at, each = np.concatenate(near), count.ravel()
    flat = at + np.repeat(np.tile(rows * (m * grid), 2), each)
    on = np.take(s.places, at)
    on += np.repeat(np.tile(rows * (BASES * grid), 2), each)
    v = np.take(seen.v, flat)
    weight = v * v
    weight += np.take(one, at)
    weight += np.take(line - best, on)
    if not alone:
        weight += np.take(odds.start, flat // grid)
    np.exp(weight, out=weight)
    bends, ratio = slice(count[0].sum(), None), {}
    for name in names:
        r = np.exp(odds.ratio[name])
        bent = np.take(np.repeat(r, grid), at[bends]) if r.ndim == 1 else np.take(r, flat[bends] // grid)
        ratio[name] = np.broadcast_to(r[..., 0], size), bent
    return _Kept(count, flat, at, on, v, weight, ratio)


def _at_least(ask: Ask, y: np.ndarray) -> np.ndarray:
    """Values with those at an end of the scale where such a value is on average.

    One at the top is at least half a step below it; with half of a normal of sd `limit` for what lies beyond, that is .8 `limit` more.
    """
    beyond = np.maximum(np.sqrt(2 / np.pi) * ask.prior.limit - ask.step / 2, 0.0)[:, None]
    return y + beyond * ((y >= 100) * 1.0 - (y <= 0))


def run(ask: Ask, y: np.ndarray, together: bool, judged: np.ndarray | None = None) -> dict:
    """Every statistic as arrays over all series, on 0-100."""
    pieces, y = list(_patterns(ask, y)), _at_least(ask, y)
    taught = None
    if together and sum(len(p[0]) for p in pieces) > 1:
        taught = learn(_logs(pieces, y), y, ask.size, ask.prior, ask.boundary)
    out = _empty(ask, y)

    def finish(piece) -> None:
        rows, pattern, mask = piece
        rows = rows if judged is None else rows[judged[rows]]
        if not len(rows):
            return
        solved = solve(pattern)
        odds = taught.of(rows, solved) if taught else own(solved, ask.prior, ask.boundary)
        _summarise(ask, out, rows, solved, odds, y[rows][:, mask] - 50)

    _each(finish, pieces[::-1])  # those solved last are still at hand
    return out


def _logs(pieces: list, y: np.ndarray) -> Iterator[tuple[np.ndarray, Solved, np.ndarray]]:
    """(rows, solved, log marginal likelihoods) of every piece; a pattern is solved when it is its turn, for many do not fit in memory."""
    for rows, pattern, mask in pieces:
        s = solve(pattern)
        x = _look(s, y[rows][:, mask] - 50)
        yield rows, s, _likelihood(s, x.one, x.line, x.v)


def _each(call: Callable, items: list) -> list:
    """`call` of every item in order; many chunks share the machine's cores."""
    if len(items) < MANY:
        return [call(i) for i in items]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(call, items))


def _empty(ask: Ask, y: np.ndarray) -> dict:
    size, steps = len(y), len(ask.ahead)
    names = ("slope", "now", *(f"effect {n}" for n in ask.terms), *(f"ahead{h}" for h in range(steps)))
    out: dict = {n: np.full((4, size), np.nan) for n in names}
    out |= {f"chances {n}": np.full((3, size), np.nan) for n in ("slope", "now")}
    out |= {n: np.full(size, np.nan) for n in ("rho", "sigma", "shift")}
    out |= {"p": np.full((len(KINDS), size), np.nan), "learned": np.full((len(KINDS), size), np.nan)}
    out |= {"at": np.full((len(KINDS), size), -1), "agree": np.full(size, 0 if ask.leave_one_out else -1)}
    return out | {"p_reach": np.full((steps, size), np.nan), "rounds": np.isfinite(y).sum(axis=1)}


def _summarise(ask: Ask, out: dict, rows: np.ndarray, s: Solved, odds: Odds, z: np.ndarray) -> None:
    """Write the statistics of one chunk."""
    seen = _look(s, z)
    kept = _keep(s, seen, odds, ("now", "ahead") if len(ask.ahead) and not ask.paces_only else ("now",))
    delta, paces = ask.delta[rows], kept.paces(s, z)
    found, chances = paces.summary(ask.intervals), _chances(paces, delta)
    for k, name in enumerate(("slope", "now")):
        out[name][:, rows], out[f"chances {name}"][:, rows] = found[k], chances[:, k]
    _departed(out, rows, s, seen, kept, odds)
    if ask.leave_one_out:
        out["agree"][rows] = _agreement(s, z, seen, odds, delta, out["chances slope"][:, rows])
    if ask.paces_only:
        return
    for name, _ in s.pattern.terms:
        q = effect_of(s, name)
        out[f"effect {name}"][:, rows] = kept.mixture(q, _product(z, q.gain)).summary(ask.intervals)[0]
    last, one = int(ask.numbers[-1]), rows[0]
    for h, number in enumerate(ask.ahead):
        bends = bends_ahead(int(number), last, ask.per_year, ask.starts)
        m = _forecast(s, kept, z, int(number), last, {n: float(x[one, h]) for n, x in ask.future.items()}, bends)
        out[f"ahead{h}"][:, rows] = m.summary(ask.intervals)[0]
        out[f"ahead{h}"][[[0], [2], [3]], rows] += 50
        if np.isfinite(ask.goal[rows]).any():
            out["p_reach"][h, rows] = np.clip(1 - m.below(ask.goal[rows] - 50)[0], 0, 1)


def _chances(m: Mixture, delta: np.ndarray) -> np.ndarray:
    """P(> delta), P(within), P(< -delta), (3, K, S)."""
    low, high = m.below(-delta), m.below(delta)
    return np.clip((1 - high, high - low, low), 0, 1)


def _forecast(
    s: Solved, kept: _Kept, z: np.ndarray, number: int, last: int, exposed: Mapping[str, float], bends: Sequence[tuple]
) -> Mixture:
    """The series at a round to come: its pace may bend once more on the way there (`priors.bends_ahead`), and its level may shift."""
    years = (number - last) / s.pattern.per_year
    before = (last - s.pattern.numbers[0]) / s.pattern.per_year
    shift, prior = min(SHIFT_RATE * years, 1.0), s.pattern.prior
    others, each = kept.ratio["ahead"]
    own, parts = kept.weight * np.concatenate([np.repeat(others, kept.count[0]), each]), list[tuple]()
    for chance, bend_at in bends:
        q = value_at(s, number, exposed, None if bend_at is None else before + bend_at)
        more = 0.0 if bend_at is None else prior.slope * (years - bend_at)
        parts.append((chance, kept.values(q, _product(z, q.gain)), more**2))
    weight, mean, sd = [], [], []
    for chance, (middle, wide), more in parts:
        for share, also in ((1 - shift, 0.0), (shift, prior.shift**2)):
            weight.append(own * chance * share)
            mean.append(middle)
            sd.append(np.sqrt(wide**2 + more + also))
    flat = (np.stack(x, axis=1).ravel() for x in (weight, mean, sd))
    return Mixture(kept.count * len(weight), *flat)


def _departed(out: dict, rows: np.ndarray, s: Solved, seen: _Seen, kept: _Kept, odds: Odds) -> None:
    """Chances of the kinds of departure, their likeliest dates, the size of the shift; rho and sigma."""
    size, models = len(rows), len(s.kinds)
    weight = np.zeros((size, models, GRID), np.float32)
    weight.reshape(-1)[kept.flat] = kept.weight
    sums = _product(weight.reshape(-1, GRID), np.stack([np.ones(GRID), RHOS, SIGMAS], axis=1, dtype=np.float32))
    sums = sums.reshape(size, models, 3).astype(float)
    chance, total = sums[..., 0], sums[..., 0].sum(axis=1, keepdims=True)
    out["rho"][rows], out["sigma"][rows] = (sums[..., 1:].sum(axis=1) / total).T
    chance = chance / total
    out["learned"][:, rows] = odds.kinds
    for kind, name in enumerate(KINDS):
        mine = np.flatnonzero(s.kinds == kind)
        out["p"][kind, rows] = np.minimum(chance[:, mine].sum(axis=1), 1.0)
        if name in DATED and len(mine):
            best = mine[chance[:, mine].argmax(axis=1)]
            out["at"][kind, rows] = s.at[best]
            if name == "shift":
                each = np.arange(size)
                here = weight[each, best]
                effect, total = (here * s.size[best] * seen.v[each, best]).sum(axis=1), here.sum(axis=1)
                out["shift"][rows] = effect / np.where(total > 0, total, np.nan)


def _agreement(s: Solved, z: np.ndarray, seen: _Seen, odds: Odds, delta: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """Rounds without which a series keeps its direction, (S,)."""
    whole, agree = side(directions(*chances)), np.zeros(len(z), int)
    for m in _without(s, z, seen, odds):
        agree += side(directions(*_chances(m, delta)[:, 0])) == whole
    return agree


def _without(s: Solved, z: np.ndarray, seen: _Seen, odds: Odds) -> Iterator[Mixture]:
    """The posterior of the pace without each of the rounds: to leave one out is to let it be an outlier of unbounded sd."""
    base, rest = _product(z, s.slope.gain), np.einsum("gpq,sq->psg", s.inverse, z, optimize=True)
    for less, out in zip(s.left_out(), rest, strict=True):
        off = out / less.own
        v = seen.v * less.ratio
        for points, models in s.blocks:
            v[:, models] -= less.columns[models] * off[:, None, points]
        lost = _Seen(seen.line + (out * off - np.log(less.own)) / 2, v, less.one)
        yield _keep(s, lost, odds, ()).mixture(less.slope, base - less.gain * off)
