"""CHANGE: the official change beside the like-for-like change, and an exact decomposition of the official one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scevaluation.errors import RoundError
from scevaluation.frames import CHANGE, CONTRIBUTIONS, ROOT
from scevaluation.identity import Pair, pair_of
from scevaluation.instrument import MINISTRY, Instrument

NEGLIGIBLE = 1e-14
PRINTED_OFF = 1e-9  # a printed index that lies no further off its components' mean is that mean


def compare(
    index: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    round_name: str,
    previous: str,
    regions: Iterable[str] | None = None,
) -> pd.DataFrame:
    """The change from `previous` to `round_name` of every region that has an index in both.

    The two rounds are compared at the lowest nodes known in both: items where both have them, else the component. With
    p a node's effective weight among what is present, x its value and M the mean of the two indices, the change is
    exactly the sum over nodes, the same ones by `identity` whatever they are called, of

    - score: (p0 + p1) / 2 (x1 - x0), what the same node brought at the mean of both weights;
    - weight and coverage: (p1 - p0) ((x0 + x1) / 2 - M), gaining weight helps where a node lies above the index. What
      the instruments' weights say is `weight`; what siblings that entered or left say is `instrument`; what follows
      from missing scores is `coverage`;
    - p1 (x1 - M) of a node only there now and -p0 (x0 - M) of one only there before: `instrument` where the other
      questionnaire has no such node (or says it is not comparable), `coverage` where it was only not scored;
    - `printed`, of the index: by how much a printed index lies off the mean of its printed components, now less then. A letter
      rounds both; of an index that is computed there is no such row.

    It treats both rounds alike: swapped, every contribution changes its sign. A geometric mean is decomposed in
    logarithms and scaled by the logarithmic mean of both indices, which is exact too.

    Parameters
    ----------
    index : INDEX
    instruments : mapping of round to Instrument
    round_name, previous : str
        The later and the earlier round.
    regions : iterable of str, optional
        Only these.

    Returns
    -------
    CHANGE
        A row of kind "total" for "index" with `official`, each index under its own round's weights, and
        `like_for_like`, the earlier round's weights on the nodes measured in both (of the ministry's letters, on their
        components: the same figure whether or not a region's items are known); and rows by component and kind whose
        contributions sum to the official change. Where only the index of a round is known, or the rounds aggregate by
        different means, there is the total alone, without like-for-like. Empty if the two instruments have different
        scales: such values are not subtracted.

    Raises
    ------
    RoundError
        If a round has no instrument, or `previous` is not earlier.
    """
    now, then = _instruments(instruments, round_name, previous)
    rows = index if regions is None else index[index["region"].isin(list(regions))]
    roots = rows[(rows["node"] == ROOT) & rows["value"].notna()]
    names = sorted(set.intersection(*(set(roots.loc[roots["round"] == r, "region"]) for r in (previous, round_name))))
    if not names or (now.scale.low, now.scale.high) != (then.scale.low, then.scale.high):
        return CHANGE.empty()

    def sides(rows: pd.DataFrame) -> tuple[_Side, _Side]:
        return _side(rows[rows["round"] == previous], then, names), _side(rows[rows["round"] == round_name], now, names)

    zero, one = sides(rows)
    official = one.root - zero.root
    pair = pair_of(instruments, previous, round_name)
    parts, like = _decompose(zero, one, pair, official)
    if now.family == then.family == MINISTRY:  # letters print no items: components are what all participants have in both rounds
        _, like = _decompose(*sides(rows[~rows["node"].str.contains("/")]), pair, official)
    total = {
        "region": names,
        "node": ROOT,
        "kind": "total",
        "official": official,
        "like_for_like": like,
        "contribution": official,
    }
    parts = parts.assign(region=np.array(names, object)[parts["at"]])
    table = pd.concat([pd.DataFrame(total), parts], ignore_index=True) if len(parts) else pd.DataFrame(total)
    table = _in_order(table, list(dict.fromkeys([*now.components, *then.components, ROOT])))
    points = {
        f"{c}100": table[c] / (now.scale.high - now.scale.low) * 100 for c in ("official", "like_for_like", "contribution")
    }
    return table.assign(round=round_name, previous=previous, **points)[list(CHANGE.columns)]


def _instruments(instruments: Mapping[str, Instrument], round_name: str, previous: str) -> tuple[Instrument, Instrument]:
    """The instruments of the later and the earlier round."""
    if previous >= round_name:
        raise RoundError(f"Round {previous} is not before {round_name}.", "Name the later round first.")
    for name in (round_name, previous):
        if name not in instruments:
            raise RoundError(
                f"Round {name} has no instrument.", f"Rounds with one: {', '.join(sorted(instruments)) or 'none'}."
            )
    return instruments[round_name], instruments[previous]


def _in_order(table: pd.DataFrame, nodes: list[str]) -> pd.DataFrame:
    """By region the total first, then `nodes` in order, each with its kinds in order."""
    node = table["node"].map({n: i for i, n in enumerate(nodes)}).where(table["kind"] != "total", -1)
    kind = table["kind"].map({k: i for i, k in enumerate(("total", *CONTRIBUTIONS))})
    return table.assign(order=node, rank=kind).sort_values(["region", "order", "rank"], kind="stable", ignore_index=True)


@dataclass
class _Side:
    """One round as arrays by node's path, a place per region.

    `p` is the effective weight among what is present, `x` the value (its logarithm under a geometric mean; the mean of
    what is there, where a node lies below its coverage), `split` whether the node is made of children that are known.
    """

    instrument: Instrument
    root: np.ndarray
    p: dict[str, np.ndarray]
    x: dict[str, np.ndarray]
    split: dict[str, np.ndarray]


def _side(rows: pd.DataFrame, instrument: Instrument, regions: list[str]) -> _Side:
    place = {p: n for n, p in enumerate(instrument.nodes)}
    rows = rows[rows["region"].isin(regions) & rows["node"].isin(list(place))]
    at, column = pd.Index(regions).get_indexer(rows["region"]), rows["node"].map(place).to_numpy(int)
    shape = (len(regions), len(place))
    value, present, alone = np.full(shape, np.nan), np.zeros(shape, bool), np.zeros(shape, bool)
    value[at, column] = rows["value"]
    present[at, column] = rows["value"].notna()
    alone[at, column] = rows["status"].isin(("given", "inferred"))
    known = instrument.weights != "unknown"
    p, split, opened = {ROOT: np.ones(len(regions))}, {}, {}
    for path in instrument.nodes:  # a node of another mean than the index is compared as a whole, and nothing below it
        below = instrument.children(path) if known and path in p and instrument.mean_of(path) == instrument.mean_of(ROOT) else ()
        opened[path] = below
        weight = np.array([instrument.share(c) for c in below]) * present[:, [place[c] for c in below]]
        total = weight.sum(axis=1) if below else np.zeros(len(regions))
        split[path] = (total > 0) & ~alone[:, place[path]]
        for n, child in enumerate(below):
            p[child] = p[path] * np.divide(weight[:, n], total, out=np.zeros(len(regions)), where=split[path])
    x = {path: value[:, place[path]] for path in instrument.nodes}
    if instrument.mean_of(ROOT) == "geometric":
        x = {path: np.log(v, out=np.full(len(v), np.nan), where=v > 0) for path, v in x.items()}
    for path in reversed(list(instrument.nodes)):
        if below := opened[path]:
            whole = sum(np.where(p[c] > 0, p[c] * np.where(p[c] > 0, x[c], 0), 0) for c in below)
            mean = np.divide(whole, p[path], out=np.full(len(regions), np.nan), where=split[path] & (p[path] > 0))
            x[path] = np.where(split[path], mean, x[path])
    return _Side(instrument, value[:, place[ROOT]], p, x, split)


@dataclass(frozen=True)
class _Unit:
    """Where the rounds are compared: nodes of the earlier and of the later questionnaire that are one and the same, or alone.

    `mask` are the regions it is met in; `known` whether the other questionnaire has it too.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    mask: np.ndarray
    known: bool = False


class _Walk:
    """Both trees from the root down, as far as a node is made of known children in both; a node is compared where it stops."""

    def __init__(self, zero: _Side, one: _Side, pair: Pair):
        self.zero, self.one, self.pair = zero, one, pair
        self.mate = {t.old[0]: t.new[0] for t in self.pair.ties if t.how in ("same", "renamed")}
        self.back = {new: old for old, new in self.mate.items()}
        self.opened: dict[tuple[str, str], np.ndarray] = {}
        self.none, self.all = np.zeros(len(zero.root), bool), np.ones(len(zero.root), bool)
        self.holds0 = {p for tie in self.pair.ties for old in tie.old for p in _lineage(zero.instrument, old)}
        self.holds1 = {p for tie in self.pair.ties for new in tie.new for p in _lineage(one.instrument, new)}

    def opens(self, old: str, new: str) -> np.ndarray:
        """Regions in which the walk goes on below a node of both ("" where one has none)."""
        if (old, new) not in self.opened:
            self.opened[old, new] = self.none  # of nodes that stand above each other neither is opened
            mask = self.all
            if old:
                mask = mask & self.zero.split[old] & self.reaches0(old) & (old in self.holds0 if not new else True)
            if new:
                mask = mask & self.one.split[new] & self.reaches1(new) & (new in self.holds1 if not old else True)
            self.opened[old, new] = mask
        return self.opened[old, new]

    def reaches0(self, old: str) -> np.ndarray:
        """Regions in which the walk comes to a node of the earlier questionnaire."""
        above = self.zero.instrument.parents.get(old)
        return self.all if above is None else self.opens(above, self.mate.get(above, ""))

    def reaches1(self, new: str) -> np.ndarray:
        above = self.one.instrument.parents.get(new)
        return self.all if above is None else self.opens(self.back.get(above, ""), above)

    def stops0(self, old: str) -> np.ndarray:
        """Regions in which a node of the earlier questionnaire is compared as a whole."""
        return (
            self.reaches0(old)
            & ~self.opens(old, self.mate.get(old, ""))
            & (self.zero.p[old] > 0 if old in self.zero.p else self.none)
        )

    def stops1(self, new: str) -> np.ndarray:
        return (
            self.reaches1(new)
            & ~self.opens(self.back.get(new, ""), new)
            & (self.one.p[new] > 0 if new in self.one.p else self.none)
        )

    def units(self) -> Iterator[_Unit]:
        """Every node at which the walk stops, once a region."""
        here0 = {p: m for p in self.zero.instrument.nodes if (m := self.stops0(p)).any()}
        here1 = {p: m for p in self.one.instrument.nodes if (m := self.stops1(p)).any()}
        for tie in self.pair.ties:
            sides = [[here.get(p, self.none) for p in paths] for here, paths in ((here0, tie.old), (here1, tie.new))]
            both = np.logical_and.reduce([*sides[0], *sides[1]])
            if not both.any() or not self.pair.alike(tie):
                continue
            yield _Unit(tie.old, tie.new, both)
            for here, paths in ((here0, tie.old), (here1, tie.new)):
                here |= {p: here[p] & ~both for p in paths}
        for p, mask in here0.items():
            yield _Unit((p,), (), mask, p in self.mate and self.pair.alike(self.pair.forward[p]))
        for p, mask in here1.items():
            yield _Unit((), (p,), mask, p in self.back and self.pair.alike(self.pair.back[p]))


def _lineage(instrument: Instrument, path: str) -> list[str]:
    """The nodes above a node."""
    out = []
    while path != ROOT:
        path = instrument.parents[path]
        out.append(path)
    return out


def _top(path: str) -> str:
    return path.partition("/")[0]


def _declared(pair: Pair, old: tuple[str, ...], new: tuple[str, ...]) -> tuple[float, float]:
    """How much of a node's effective weight changed by the weights given, and by siblings that entered or left."""
    zero, one = pair.then, pair.now
    before, after = sum(zero.effective[p] for p in old), sum(one.effective[p] for p in new)
    top0, top1 = _top(old[0]), _top(new[0])
    tie = pair.back.get(top1)
    if tie is None or tie.old != (top0,):
        return 0.0, after - before

    def below(i: Instrument, top: str) -> list[str]:
        return [p for p in i.nodes if p == top or p.startswith(top + "/")]

    whole = all(t is not None and _top(t.new[0]) == top1 for t in map(pair.forward.get, below(zero, top0)))
    whole &= all(t is not None and _top(t.old[0]) == top0 for t in map(pair.back.get, below(one, top1)))
    if whole:
        return after - before, 0.0
    w0, w1 = zero.effective[top0], one.effective[top1]
    in0 = before / w0 if w0 else after / w1 if w1 else 0.0
    in1 = after / w1 if w1 else in0
    return (w1 - w0) * (in0 + in1) / 2, (in1 - in0) * (w0 + w1) / 2


def _of(side: _Side, paths: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Weight and value of nodes together."""
    if len(paths) == 1:
        return side.p[paths[0]], side.x[paths[0]]
    p = np.sum([side.p[q] for q in paths], axis=0)
    whole = np.sum([np.where(side.p[q] > 0, side.p[q] * np.nan_to_num(side.x[q]), 0.0) for q in paths], axis=0)
    return p, np.divide(whole, p, out=np.full(len(p), np.nan), where=p > 0)


def _decompose(zero: _Side, one: _Side, pair: Pair, official: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows (at, node, kind, contribution) and the like-for-like changes; nothing of a region with only an index in a round."""
    then, now = zero.instrument, one.instrument
    geometric = now.mean_of(ROOT) == then.mean_of(ROOT) == "geometric"
    usable = zero.split[ROOT] & one.split[ROOT] & np.isfinite(zero.x[ROOT]) & np.isfinite(one.x[ROOT])
    if then.mean_of(ROOT) != now.mean_of(ROOT):
        usable &= False
    middle = (zero.x[ROOT] + one.x[ROOT]) / 2
    parts, before, after, weight = list[tuple](), *(np.zeros(len(official)) for _ in range(3))
    walk = _Walk(zero, one, pair)

    def add(node: str, kind: str, amount: np.ndarray, mask: np.ndarray) -> None:
        at = np.flatnonzero(mask)
        parts.extend((i, node, kind, amount[i]) for i in at)

    for unit in walk.units():
        mask = unit.mask & usable
        if not mask.any():
            continue
        node = _top(unit.new[0]) if unit.new else walk.mate.get(_top(unit.old[0]), _top(unit.old[0]))
        if unit.old and unit.new:
            (p0, x0), (p1, x1) = _of(zero, unit.old), _of(one, unit.new)
            spread, (stated, entered) = (x0 + x1) / 2 - middle, _declared(walk.pair, unit.old, unit.new)
            add(node, "score", (p0 + p1) / 2 * (x1 - x0), mask)
            add(node, "weight", stated * spread, mask)
            add(node, "instrument", entered * spread, mask)
            add(node, "coverage", (p1 - p0 - stated - entered) * spread, mask)
            fixed = np.where(mask, sum(then.effective[p] for p in unit.old), 0.0)
            before, after = before + fixed * np.where(mask, x0, 0), after + fixed * np.where(mask, x1, 0)
            weight = weight + fixed
            continue
        side, sign, path = (zero, -1, unit.old[0]) if unit.old else (one, 1, unit.new[0])
        add(node, "coverage" if unit.known else "instrument", sign * side.p[path] * (side.x[path] - middle), mask)
    before, after = (np.divide(v, weight, out=np.full(len(weight), np.nan), where=weight > 0) for v in (before, after))
    start, end = (np.exp(s.x[ROOT]) if geometric else s.x[ROOT] for s in (zero, one))
    moved = end - start
    factor = _log_mean(start, moved) if geometric else np.ones(len(official))
    like = np.exp(after) - np.exp(before) if geometric else after - before
    columns = ["at", "node", "kind", "contribution"]
    table = pd.DataFrame(parts, columns=columns)
    if len(table):
        table = table.groupby(["at", "node", "kind"], sort=False)["contribution"].sum().reset_index()
        table["contribution"] *= factor[table["at"]]
    off = np.flatnonzero(usable & (np.abs(official - moved) > PRINTED_OFF))
    if len(off):
        rest = pd.DataFrame({"at": off, "node": ROOT, "kind": "printed", "contribution": (official - moved)[off]})
        table = pd.concat([table, rest], ignore_index=True)
    return table[table["contribution"].abs() > NEGLIGIBLE].reset_index(drop=True).assign(
        official=np.nan, like_for_like=np.nan
    ), like


def _log_mean(start: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The factor that turns a change of the logarithm into the change itself: change / log(end / start)."""
    ratio = np.divide(change, start, out=np.zeros(len(start)), where=start > 0)
    safe = (ratio > -1) & (ratio != 0)
    return np.divide(change, np.log1p(np.where(safe, ratio, 0.0)), out=start.copy(), where=safe)


def reproduce(official: pd.DataFrame, instruments: Mapping) -> pd.DataFrame:
    """Published indices beside the weighted mean of their published components.

    Parameters
    ----------
    official : DataFrame
        As `intake.official.read_official` returns, of any rounds; a row without its index or all components is left out.
    instruments : mapping
        Instrument by round, or by (round, cohort) where cohorts have their own.

    Returns
    -------
    DataFrame
        region, round, published, recomputed, difference, agrees (within the instrument's tolerance).

    Raises
    ------
    UnknownWeights
        If an index would have to be recomputed with unknown weights.
    """
    rows = []
    wide = official.pivot_table(index=["region", "round", "cohort"], columns="node", values="value", aggfunc="first")
    for (region, round_name, cohort), values in wide.iterrows():
        instrument = instruments.get((round_name, cohort)) or instruments.get(round_name)
        if instrument is None or pd.isna(values.get("index")):
            continue
        instrument.require_weights()
        parts = values.reindex(list(instrument.components))
        if parts.isna().any():
            continue
        recomputed = float(sum(instrument.share(c) * parts[c] for c in instrument.components))
        difference = recomputed - values["index"]
        rows.append(
            (region, round_name, float(values["index"]), recomputed, difference, abs(difference) <= instrument.tolerance + 1e-9)
        )
    return pd.DataFrame(rows, columns=["region", "round", "published", "recomputed", "difference", "agrees"])
