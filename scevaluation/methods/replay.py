"""Methods as data, and a region's index and its changes under thousands of them at once.

A method is one choice each of normalisation, aggregation, treatment of what is missing, and weights. `plausible` draws
them with a seed and `replay` computes them; the same methods on the same panel give the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.errors import EvaluationError
from scevaluation.frames import ROOT
from scevaluation.identity import identities
from scevaluation.instrument import Instrument
from scevaluation.methods.composite import ARITHMETIC, GEOMETRIC, logarithm, mean_below, noisy
from scevaluation.methods.panel import FLOOR, Panel
from scevaluation.period import Period

NORMALISATIONS = ("goalposts", "target", "zscore")
AGGREGATIONS = (ARITHMETIC, GEOMETRIC)
MISSING = ("coverage", "worst", "best")
CHOICES = {"normalisation": NORMALISATIONS, "aggregation": AGGREGATIONS, "missing": MISSING}
WEIGHT_SPREAD, SEED, N = 0.25, 20241231, 10_000
RAW, OWN = len(NORMALISATIONS), len(AGGREGATIONS)  # of the stated method alone, where a node takes a geometric mean
STATED = {"normalisation": "scale", "aggregation": "own", "missing": ""}  # how a table calls them: own is each node's own mean


@dataclass(frozen=True, eq=False)
class Methods:
    """n methods: places (n,) in NORMALISATIONS, AGGREGATIONS and MISSING, and which row of `factors` multiplies the stated weights.

    `factors` (sets, columns) belong to the nodes named in `columns`; `seed` is -1 if they were not drawn.
    """

    normalisation: np.ndarray
    aggregation: np.ndarray
    missing: np.ndarray
    weights: np.ndarray
    factors: np.ndarray
    columns: tuple[str, ...]
    seed: int = -1

    def __len__(self) -> int:
        return len(self.weights)

    def table(self) -> pd.DataFrame:
        """A row a method: its choices in words and its factor on every node's weight."""
        names = {c: np.array([*v, STATED[c]], object)[getattr(self, c)] for c, v in CHOICES.items()}
        return pd.concat([pd.DataFrame(names), pd.DataFrame(self.factors[self.weights], columns=list(self.columns))], axis=1)


def in_time(instruments: Mapping[str, Instrument] | Instrument) -> tuple[Instrument, ...]:
    """Questionnaires in order of their rounds."""
    if isinstance(instruments, Instrument):
        return (instruments,)
    return tuple(instruments[r] for r in sorted(instruments, key=Period))


def plausible(
    instruments: Mapping[str, Instrument] | Instrument, n: int = N, seed: int = SEED, spread: float = WEIGHT_SPREAD
) -> Methods:
    """Draw n methods: every choice equally likely, each stated weight up to `spread` (0.25 is 25 %) higher or lower on its own.

    A node that goes on over questionnaires has one factor in all of them. An EvaluationError if n is below 1 or the spread not
    within 0-1.
    """
    if n < 1 or not 0 <= spread < 1:
        fact = f"{n} methods with weights {spread:.0%} apart cannot be drawn."
        raise EvaluationError(fact, "Take n >= 1 and 0 <= spread < 1.")
    rng = np.random.default_rng(seed)
    _, columns = identities(in_time(instruments))
    how, up, gaps = (rng.integers(0, len(v), n) for v in CHOICES.values())
    return Methods(how, up, gaps, np.arange(n), noisy(rng, (n, len(columns)), spread), columns, seed)


def stated(panel: Panel) -> Methods:
    """The one method that the newest questionnaire states: every node by its own mean."""
    own = int(GEOMETRIC in _means(panel).values())
    one, factors = np.ones(1, int), np.ones((1, len(panel.columns)))
    return Methods(own * RAW * one, own * OWN * one, 0 * one, 0 * one, factors, panel.columns)


def _means(panel: Panel) -> dict[int, str]:
    """By column the mean that a node takes of those below it, in the newest questionnaire that has it."""
    return {panel.places[i.id][p]: i.mean_of(p) for i in panel.instruments for p, node in i.nodes.items() if node.children}


def replay(
    panel: Panel, methods: Methods, rounds: Iterable[int] = (), pairs: Sequence[tuple[int, int]] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Levels (n, rounds, nodes) and changes (n, pairs, nodes) of the index and its components under every method, in points.

    `rounds` and `pairs` (earlier, later) are places in the panel's rounds. A level is NaN where a method gives none: below the
    coverage by the coverage rule, or with nothing scored at all. A change is over what both rounds asked and the links call the
    same, by the earlier questionnaire's weights: under the coverage rule what was scored in both, else a missing score is the
    worst or best in its round. NaN where nothing was scored in both, or the scales differ. An EvaluationError if the methods
    were drawn for other questionnaires.
    """
    if methods.columns != panel.columns:
        fact = "The methods were drawn for other questionnaires."
        raise EvaluationError(fact, "Draw them from the instruments of these rounds.")
    rounds = list(rounds)
    used = sorted({*rounds, *(r for pair in pairs for r in pair)})
    shape = (len(methods), len(used), len(panel.nodes))
    level, change = np.full(shape, np.nan), np.full((len(methods), len(pairs), len(panel.nodes)), np.nan)
    normal = {k: panel.normalised((*NORMALISATIONS, "scale")[k]) for k in np.unique(methods.normalisation)}
    codes = (methods.normalisation * (OWN + 1) + methods.aggregation) * len(MISSING) + methods.missing
    for code in np.unique(codes):
        at = np.flatnonzero(codes == code)
        kind, how, missing = (int(getattr(methods, c)[at[0]]) for c in CHOICES)
        named = (*AGGREGATIONS, STATED["aggregation"])[how]
        run = _Run(panel, normal[kind], named, MISSING[missing], methods.factors[methods.weights[at]])
        for name, one in {panel.instruments[r].id: panel.instruments[r] for r in used}.items():
            run.climb(one, [r for r in used if panel.instruments[r].id == name])
        level[at] = np.stack([run.level(r) for r in used], axis=1) if used else level[at]
        for p, pair in enumerate(pairs):
            change[at, p] = run.change(*pair)
    return level[:, [used.index(r) for r in rounds]], change


class _Run:
    """All methods of one normalisation, aggregation and treatment of what is missing; they differ by weights."""

    def __init__(self, panel: Panel, normal, how: str, missing: str, factors: np.ndarray):
        x, low, high = normal
        self.panel, self.how, self.missing, self.factors = panel, how, missing, factors
        if missing != "coverage":
            x = np.where(panel.asked & ~np.isfinite(x), low if missing == "worst" else high, x)
        if how == GEOMETRIC:
            x = np.log(np.maximum(x, FLOOR))
        self.x, self.means = x, _means(panel) if how == STATED["aggregation"] else {}
        self.inner: dict[tuple[int, int], np.ndarray] = {}  # (round, column) to (methods,), in logarithms if geometric
        self._effective: dict[str, np.ndarray] = {}

    def climb(self, one: Instrument, rounds: list[int]) -> None:
        """Means of every inner node of a questionnaire in its rounds."""
        panel, place = self.panel, self.panel.places[one.id]
        x, means = self.x[rounds], dict[str, np.ndarray]()
        weights = {p: n.weight * self.factors[:, place[p]] for p, n in one.nodes.items() if n.weight is not None}
        for path in reversed(list(one.nodes)):
            below, c = one.children(path), place[path]
            if not below:
                continue
            given = panel.alone[rounds, c]
            mean = np.full((len(self.factors), len(rounds)), np.nan)
            if one.weights != "unknown":
                leaves, mine = {p: place[p] for p in below if not one.nodes[p].children}, self.means.get(c, ARITHMETIC)
                mean = mean_below(path, below, leaves, x, means, weights, how=mine)
            means[path] = np.where(given, x[:, c], mean)
            for n, r in enumerate(rounds):
                self.inner[r, c] = means[path][:, n]
            if self.missing == "coverage":  # below the coverage asked a node lifts nothing above it
                means[path] = np.where(np.isfinite(panel.value[rounds, c]), means[path], np.nan)

    def level(self, r: int) -> np.ndarray:
        """(methods, nodes) in points."""
        panel = self.panel
        out = np.full((len(self.factors), len(panel.nodes)), np.nan)
        for n, c in enumerate(panel.tops(r)):
            if np.isfinite(panel.value[r, c]) if self.missing == "coverage" else something(panel, r)[n]:
                out[:, n] = self.inner[r, c] if (r, c) in self.inner else self.x[r, c]
        out = np.exp(out) if self.how == GEOMETRIC else out
        return panel.instruments[-1].scale.to100(out) if self.means else out

    def effective(self, one: Instrument) -> np.ndarray:
        """(columns, methods): weight of every node of a questionnaire in its index."""
        if one.id not in self._effective:
            place, factors = self.panel.places[one.id], self.factors.T
            out = np.zeros(factors.shape)
            out[place[ROOT]] = 1.0
            for path in one.nodes:
                below = [place[c] for c in one.children(path)]
                if below:
                    share = factors[below] * np.array([one.nodes[c].weight for c in one.children(path)])[:, None]
                    total = share.sum(axis=0)
                    out[below] = share * np.divide(out[place[path]], total, out=np.zeros(len(total)), where=total > 0)
            self._effective[one.id] = out
        return self._effective[one.id]

    def change(self, earlier: int, later: int) -> np.ndarray:
        """(methods, nodes) in points."""
        panel = self.panel
        if not subtractable(panel, earlier, later):
            return np.full((len(self.factors), len(panel.nodes)), np.nan)
        known = common(panel, earlier, later)
        items = np.flatnonzero(known if self.missing == "coverage" else known | (panel.asked[earlier] & panel.asked[later]))
        within = panel.under[panel.instruments[earlier].id]
        shown = (known[:, None] * within).sum(axis=0) > 0
        if self.means:
            return np.where(shown, self._by_own_means(earlier, later, set(items.tolist())), np.nan)
        weight = self.effective(panel.instruments[earlier])
        top0 = top1 = total = np.zeros((len(self.factors), len(panel.nodes)))
        plain = [c for c in items if panel.asked[earlier, c] and panel.asked[later, c]]
        if plain:
            w, inside = weight[plain].T, within[plain]
            top0, top1 = (w @ (inside * self.x[r, plain][:, None]) for r in (earlier, later))
            total = w @ inside
        for c in set(items) - set(plain):
            w = weight[c][:, None] * within[c]
            v0, v1 = (self.x[r, c] if panel.alone[r, c] else self.inner[r, int(c)][:, None] for r in (earlier, later))
            top0, top1, total = top0 + w * v0, top1 + w * v1, total + w
        before, after = (np.divide(t, total, out=np.full(total.shape, np.nan), where=(total > 0) & shown) for t in (top0, top1))
        return np.exp(after) - np.exp(before) if self.how == GEOMETRIC else after - before

    def _by_own_means(self, earlier: int, later: int, items: set[int]) -> np.ndarray:
        """(methods, nodes) of `change`, where nodes take different means: up the earlier tree over `items` alone."""
        panel, one = self.panel, self.panel.instruments[earlier]
        weight, held, place = self.effective(one), dict[str, np.ndarray](), self.panel.places[one.id]
        for path in reversed(list(one.nodes)):
            c, below = place[path], [held[p] for p in one.children(path) if p in held]
            if c in items:
                ends = [self.inner[r, c] if (r, c) in self.inner else np.full(len(weight[c]), self.x[r, c]) for r in (earlier, later)]
                held[path] = np.stack([weight[c], *ends])
            elif below:
                w, x = (np.stack(below)[:, k] for k in ([0], [1, 2]))
                geometric = self.means[c] == GEOMETRIC
                total, x = w.sum(axis=0), logarithm(x) if geometric else x
                mean = np.divide(np.where(w > 0, w * x, 0.0).sum(axis=0), total, out=np.full(x.shape[1:], np.nan), where=total > 0)
                held[path] = np.concatenate([total, np.exp(mean) if geometric else mean])
        out, at = np.full((len(self.factors), len(panel.nodes)), np.nan), {place[p]: rows for p, rows in held.items()}
        for n, c in enumerate(panel.tops(earlier)):
            if c in at:
                out[:, n] = at[c][2] - at[c][1]
        scale = panel.instruments[-1].scale
        return out / (scale.high - scale.low) * 100


def something(panel: Panel, r: int) -> np.ndarray:
    """(nodes,) of bool: whether anything below was scored in the round."""
    return (np.isfinite(panel.x[r])[:, None] * panel.under[panel.instruments[r].id]).sum(axis=0) > 0


def subtractable(panel: Panel, earlier: int, later: int) -> bool:
    """Whether the rounds have one scale and both have more than an index."""
    then, now = panel.instruments[earlier], panel.instruments[later]
    same = (then.scale.low, then.scale.high) == (now.scale.low, now.scale.high)
    return same and "unknown" not in (then.weights, now.weights) and not index_only(panel, earlier, later)


def index_only(panel: Panel, *rounds: int) -> bool:
    """Whether of one of the rounds only the index is known."""
    return any(panel.alone[r, panel.tops(r)[0]] for r in rounds)


def common(panel: Panel, earlier: int, later: int) -> np.ndarray:
    """(columns,) of bool: scored in both rounds; a value given above the items in one stands against their mean in the other."""
    both = np.isfinite(panel.x[earlier]) & np.isfinite(panel.x[later])
    for here, there in ((earlier, later), (later, earlier)):
        place = panel.places[panel.instruments[there].id]
        inner = {place[p] for p, n in panel.instruments[there].nodes.items() if n.children and p in place}
        for c in np.flatnonzero(panel.alone[here] & ~panel.alone[there]):
            both[c] |= c in inner and np.isfinite(panel.value[there, c])
    return both
