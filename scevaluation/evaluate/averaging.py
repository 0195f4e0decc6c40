"""Exact averages over departures and noise (`model`): weights of the components, mixtures of normals, agreement, forecasts.

Two paces come of the same components under other odds of a bend: since the start, the least-squares slope of the fitted path, and now,
the slope after the last bend. A forecast has odds of its own, of bends seen and of bends and shifts to come.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from scevaluation.evaluate.learning import Odds, learn, own
from scevaluation.evaluate.mixture import Mixture
from scevaluation.evaluate.model import GRID, RHOS, SIGMAS, Cross, Pattern, Quantity, Solved, effect_of, solve, value_at
from scevaluation.evaluate.priors import BEND_RATE, DATED, KINDS, SHIFT_RATE, Prior

LEVEL, LIKELY = 0.90, 0.80
CHUNK, MANY = 128, 16  # series computed at a time; chunks from which on threads pay
BLAS_ALONE = 2**18  # multiplications up to which OpenBLAS stays on one thread
NEGLIGIBLE = -8.0  # log weight beside the best component of a series below which one is left out
CUTS = (0.0, 0.25, 0.5, 0.75)  # dates of a bend to come, as shares of the way ahead


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
    intervals: bool
    paces_only: bool
    leave_one_out: bool

    @property
    def size(self) -> int:
        return int(self.numbers[-1] - self.numbers[0]) + 1


def _patterns(ask: Ask, y: np.ndarray) -> Iterator[tuple[np.ndarray, Solved, np.ndarray]]:
    """(rows, solved, columns seen) for every pattern of rounds, exposures, step and ends, in chunks of rows."""
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
    key = np.hstack(parts)
    _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(which.reshape(-1), kind="stable")
    for i, rows in zip(first, np.split(order, np.cumsum(np.bincount(which.reshape(-1)))[:-1]), strict=True):
        mask = seen[i]
        if not mask.any():
            continue
        terms = tuple((n, tuple(x[i, mask].tolist())) for n, x in ask.terms.items() if x[i, mask].any())
        touched = np.flatnonzero(ask.terms["pandemic"][i]) if "pandemic" in ask.terms else np.zeros(0, int)
        solved = solve(
            Pattern(
                tuple(ask.numbers[mask].tolist()), terms, tuple(ends[i, mask].tolist()), float(ask.step[i]), float(ask.share[i]),
                ask.per_year, ask.prior, int(ask.numbers[0]), ask.size,
                int(ask.numbers[touched[-1]]) if len(touched) else None,
            )
        )  # fmt: skip
        for start in range(0, len(rows), CHUNK):
            yield rows[start : start + CHUNK], solved, mask


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b by blocks of rows too small for BLAS to spread over threads.

    Chunks share the cores already; BLAS threads on top of them wait for each other and cost up to ten times the product.
    """
    out = np.empty((len(a), b.shape[1]), a.dtype)
    high = max(1, BLAS_ALONE // b.size)
    for start in range(0, len(a), high):
        np.matmul(a[start : start + high], b, out=out[start : start + high])
    return out


@dataclass(frozen=True, eq=False)
class _Seen:
    """What a chunk's values say: log likelihoods without departure (S, 2G), w (S, 2, G) and v (S, M, G) of `model`."""

    z: np.ndarray
    cross: Cross
    line: np.ndarray
    w: np.ndarray
    v: np.ndarray


def _products(s: Solved, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log marginal likelihoods without departure (S, 2G), w and v of centred values z (S, p)."""
    size, p, m = len(z), *s.columns.shape[:2]
    i, j = np.triu_indices(p)
    square = (s.inverse[:, i, j] * np.where(i == j, 0.5, 1.0)).T
    line = -_product(z[:, i] * z[:, j], square) - s.half_log
    w = _product(z, (s.inverse @ s.t).T).reshape(size, 2, GRID)
    return line, w, _product(z, s.columns.reshape(p, -1)).reshape(size, m, GRID)


def _likelihood(s: Solved, c: Cross, line: np.ndarray, w: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Log marginal likelihoods of all components, (S, M, G), in the precision of what is given."""
    first, walk = s.first_bend, np.flatnonzero(s.base)
    log = v * v
    log *= c.vv
    log += c.one
    log += line[:, None, :GRID]
    log[:, walk] += line[:, None, GRID:] - line[:, None, :GRID]
    w = w[:, :1]
    log[:, first:] += w * (c.wv[first:] * v[:, first:] + c.ww[first:] * w)
    return log


def _look(s: Solved, z: np.ndarray) -> _Seen:
    """What centred values z (S, p) say."""
    return _Seen(z, s.cross, *_products(s, z))


@dataclass(frozen=True, eq=False)
class _Kept:
    """The components of a chunk's series that weigh something, in one flat array, series side by side.

    `flat` says which of (S, M, G) each is, `at` which of (M, G), `on` which of the (S, 2G) points of the line or the wandering level it
    stands on; `weight` are the weights since the start, `other` those under other odds.
    """

    seen: _Seen
    solved: Solved
    flat: np.ndarray
    at: np.ndarray
    on: np.ndarray
    count: np.ndarray
    w: np.ndarray
    v: np.ndarray
    weight: np.ndarray
    other: dict[str, np.ndarray]

    def values(self, q: Quantity) -> tuple[np.ndarray, np.ndarray]:
        """Mean and sd of a linear quantity under every component."""
        mean = np.take(q.by_w, self.at)
        mean *= self.w
        more = np.take(q.by_v, self.at)
        more *= self.v
        mean += more
        if q.gain is not None:
            mean += np.take(_product(self.seen.z, q.gain), self.on)
        return mean, np.take(q.sd, self.at)

    def mixture(self, q: Quantity, odds: str = "") -> Mixture:
        """A linear quantity's posterior."""
        return Mixture(self.count, self.other[odds] if odds else self.weight, *self.values(q))


def _best(s: Solved, log: np.ndarray, ratios: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Highest log weight of every series (S, 1), and what a component of each departure (S, M) has to come near under some odds."""

    def highest(x: np.ndarray) -> np.ndarray:
        return x.max(axis=1).max(axis=1, keepdims=True)  # a first maximum over neighbours would take ten times as long

    first = s.first_bend  # other departures have one ratio
    others, bends = highest(log[:, :first]), log[:, first:]
    some = bends.shape[1] > 0
    best = np.maximum(others, highest(bends)) if some else others
    least = np.broadcast_to(best, log.shape[:2])
    for r in ratios:
        top = others + r[..., :1]
        top = np.maximum(top, highest(bends + r[..., first:, None])) if some else top
        least = np.minimum(least, top - r)
    return best, least


def _keep(s: Solved, seen: _Seen, odds: Odds, names: Sequence[str]) -> _Kept:
    """Components within e^NEGLIGIBLE of a series' best, under the odds since the start or other ones.

    Single precision says which these are, at half the time; what is kept of them is computed again in full.
    """
    size, (m, grid), c = len(seen.z), s.columns.shape[1:], seen.cross
    before = odds.start[..., None] + odds.grid
    rho = None if odds.rho is None else np.repeat(odds.rho, grid // odds.rho.shape[1], axis=1)
    single = c.single
    if before.ndim == 2:
        single = replace(single, one=single.one + before.astype(np.float32))
    top = seen.line.max(axis=1, keepdims=True)  # what is left without it is small, and so precise
    log = _likelihood(s, single, *(x.astype(np.float32) for x in (seen.line - top, seen.w, seen.v)))
    if before.ndim == 3:
        log += before.astype(np.float32)
    if rho is not None:
        log += rho.astype(np.float32)[:, None]
    best, least = _best(s, log, [odds.ratio[n].astype(np.float32) for n in names])
    flat = np.flatnonzero(log > (least + np.float32(NEGLIGIBLE))[..., None])
    count = np.diff(np.searchsorted(flat, np.arange(size + 1) * (m * grid)))
    row = np.repeat(np.arange(size), count)
    at = flat - row * (m * grid)
    model, on = (np.take(x, at) for x in s.places)
    on += row * (2 * grid)
    w, v = np.take(seen.w, on), np.take(seen.v, flat)
    weight = np.take(c.vv, at) * v
    weight += np.take(c.wv, at) * w
    weight *= v
    weight += np.take(c.ww, at) * w * w
    weight += np.take(seen.line, on)
    weight += np.take(c.one + before, at) if before.ndim == 2 else np.take(c.one, at) + np.take(before, flat)
    if rho is not None:
        weight += rho[row, at % grid]
    weight -= np.repeat(top + best, count)
    np.exp(weight, out=weight)
    more = {}
    for name in names:
        r = np.exp(odds.ratio[name])
        more[name] = weight * (r[row, model] if r.ndim == 2 else np.take(r, model))
    return _Kept(seen, s, flat, at, on, count, w, v, weight, more)


def run(ask: Ask, y: np.ndarray, together: bool, judged: np.ndarray | None = None) -> dict:
    """Every statistic as arrays over all series, on 0-100."""
    pieces = list(_patterns(ask, y))
    taught = None
    if together and sum(len(p[0]) for p in pieces) > 1:
        logs = (_likelihood(s, s.cross, *_products(s, y[rows][:, mask] - 50)) for rows, s, mask in pieces)
        taught = learn(pieces, logs, y, ask.size, ask.prior, ask.boundary)
    out = _empty(ask, y)

    def finish(piece) -> None:
        rows, solved, mask = piece
        rows = rows if judged is None else rows[judged[rows]]
        if not len(rows):
            return
        odds = taught.of(rows, solved) if taught else own(solved, ask.prior, ask.boundary)
        _summarise(ask, out, rows, solved, odds, y[rows][:, mask] - 50)

    _each(finish, pieces)
    return out


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
    delta = ask.delta[rows]
    start = kept.mixture(s.slope)
    now = kept.mixture(s.now, "now")
    chances = [[m.below(ends) for ends in (delta, -delta)] for m in (start, now)]
    for name, mixed, (high, low) in (("slope", start, chances[0]), ("now", now, chances[1])):
        out[name][:, rows] = mixed.summary(ask.intervals)
        out[f"chances {name}"][:, rows] = np.clip((1 - high, high - low, low), 0, 1)
    _departed(out, rows, kept, odds)
    if ask.leave_one_out:
        out["agree"][rows] = _agreement(s, z, odds, delta, out["chances slope"][:, rows])
    if ask.paces_only:
        return
    for name, _ in s.pattern.terms:
        out[f"effect {name}"][:, rows] = kept.mixture(effect_of(s, name)).summary(ask.intervals)
    last, one = int(ask.numbers[-1]), rows[0]
    for h, number in enumerate(ask.ahead):
        m = _forecast(kept, int(number), last, {n: float(x[one, h]) for n, x in ask.future.items()})
        out[f"ahead{h}"][:, rows] = m.summary(ask.intervals)
        out[f"ahead{h}"][[[0], [2], [3]], rows] += 50
        if np.isfinite(ask.goal[rows]).any():
            out["p_reach"][h, rows] = np.clip(1 - m.below(ask.goal[rows] - 50), 0, 1)


def _chances(m: Mixture, delta: np.ndarray) -> np.ndarray:
    """P(> delta), P(within), P(< -delta), (3, S)."""
    low, high = m.below(-delta), m.below(delta)
    return np.stack([1 - high, np.clip(high - low, 0, 1), low])


def _forecast(kept: _Kept, number: int, last: int, exposed: Mapping[str, float]) -> Mixture:
    """The series at a round to come: its pace may bend once more on the way there, and its level may shift."""
    s = kept.solved
    years = (number - last) / s.pattern.per_year
    before = (last - s.pattern.numbers[0]) / s.pattern.per_year
    bend, shift = 1 - np.exp(-BEND_RATE * years), min(SHIFT_RATE * years, 1.0)
    prior = s.pattern.prior
    own = kept.other["ahead"]
    parts = [(1 - bend, kept.values(value_at(s, number, exposed)), 0.0)]
    for cut in CUTS:
        values = kept.values(value_at(s, number, exposed, before + cut * years))
        parts.append((bend / len(CUTS), values, (prior.slope * years * (1 - cut)) ** 2))
    weight, mean, sd = [], [], []
    for chance, (middle, wide), more in parts:
        for share, also in ((1 - shift, 0.0), (shift, prior.shift**2)):
            weight.append(own * chance * share)
            mean.append(middle)
            sd.append(np.sqrt(wide**2 + more + also))
    flat = (np.stack(x, axis=1).ravel() for x in (weight, mean, sd))
    return Mixture(kept.count * len(weight), *flat)


def _departed(out: dict, rows: np.ndarray, kept: _Kept, odds: Odds) -> None:
    """Chances of the kinds of departure, their likeliest dates, the size of the shift; rho and sigma."""
    s, size, models = kept.solved, len(rows), len(kept.solved.kinds)
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
                effect, total = (here * 2 * s.cross.vv[best] * kept.seen.v[each, best]).sum(axis=1), here.sum(axis=1)
                out["shift"][rows] = effect / np.where(total > 0, total, np.nan)


def _agreement(s: Solved, z: np.ndarray, odds: Odds, delta: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """Rounds without which a series keeps its direction, (S,): to leave one out is to let it be an outlier of unbounded sd."""
    whole, agree = side(directions(*chances)), np.zeros(len(z), int)
    line, w, v = _products(s, z)
    rest = np.einsum("gpq,sq->psg", s.inverse, z, optimize=True)
    for less, out in zip(s.left_out, rest, strict=True):
        off = out / less.own
        lost = line + (out * off - np.log(less.own)) / 2
        w_less = w - (less.t * off).reshape(w.shape)
        v_less = v - less.columns * off[:, None, :GRID]
        seen = _Seen(z, less.cross, lost, w_less, v_less)
        agree += side(directions(*_chances(_keep(s, seen, odds, ()).mixture(less.slope), delta))) == whole
    return agree
