"""ITEMS and COVERAGE: every item now and before, as its links allow, and what is known of it round by round.

An item is a leaf of the questionnaire, or the node above the leaves where only that was scored. It is traced back from
questionnaire to questionnaire by `link`; an item that does not continue an earlier one is never subtracted.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.evaluate.index import BASIS
from scevaluation.frames import ROOT
from scevaluation.frames.items import COVERAGE, ITEMS
from scevaluation.identity import pair_of, trace
from scevaluation.instrument import Instrument, Scale
from scevaluation.period import Period

ALONE = ("given", "inferred")  # INDEX's states of a node that stands by its own score, not by those below it
GRADES = {"A": "measured", "B": "reported", "C": "estimated", "": "ungraded"}
HISTORY = ("node", "round", "value100", "comparable")


def units(rows: pd.DataFrame, instrument: Instrument) -> list[str]:
    """Items of one region and round of INDEX: leaves, and nodes that stand by their own score, in the tree's order."""
    alone = set(rows.loc[rows["status"].isin(ALONE), "node"])
    out: list[str] = []

    def walk(path: str) -> None:
        for child in instrument.children(path):
            if child in alone or not instrument.nodes[child].children:
                out.append(child)
            else:
                walk(child)

    walk(ROOT)
    return out


def items(
    index: pd.DataFrame,
    scores: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    region: str,
    round_name: str,
    previous: str = "",
) -> pd.DataFrame:
    """Every item of a round beside the round before.

    Parameters
    ----------
    index, scores : INDEX, SCORES
    instruments : mapping of round to Instrument
    region, round_name : str
    previous : str
        The round compared with; "" if there is none.

    Returns
    -------
    ITEMS
        In the tree's order; empty where the index has no row of the round.
    """
    own = index[index["region"] == region]
    here = own[own["round"] == round_name]
    if here.empty:
        return ITEMS.empty()
    instrument = instruments[round_name]
    paths = units(here, instrument)
    links = [trace(p, round_name, instruments).get(previous, ("first", "")) for p in paths]
    same = [how in ("same", "renamed") for how, _ in links]
    now = _values(own, round_name, paths)
    before = np.where(same, _values(own, previous, [p for _, p in links]), np.nan)
    status, quality = _known(own, scores, region, [(round_name, p) for p in paths])
    weight = [instrument.effective[p] for p in paths] if instrument.weights != "unknown" else [np.nan] * len(paths)
    about: dict = {"region": region, "round": round_name, "node": paths, "previous": previous}
    about |= {"link": [how for how, _ in links], "before_node": [p for _, p in links], "comparable": np.array(same, bool)}
    found: dict = {"now": now, "before": before, "change": now - before, "weight": np.array(weight, float)}
    found |= {"agency": _agencies(scores, region, round_name, instrument, paths), "status": status, "quality": quality}
    return ITEMS.check(pd.DataFrame(about | found))


def dropped(
    index: pd.DataFrame, instruments: Mapping[str, Instrument], region: str, round_name: str, previous: str
) -> pd.DataFrame:
    """Items of the previous round that no item of this one continues: node, value100, weight."""
    own = index[index["region"] == region]
    columns = ["node", "value100", "weight"]
    if not previous:
        return pd.DataFrame({"node": pd.Series(dtype=object), **{c: pd.Series(dtype=float) for c in columns[1:]}})
    here, there = (own[own["round"] == r] for r in (round_name, previous))
    kept = {trace(p, round_name, instruments).get(previous, ("", ""))[1] for p in units(here, instruments[round_name])}
    kept |= {p for t in pair_of(instruments, previous, round_name).ties for p in t.old if t.how in ("split", "merged")}
    gone = [p for p in units(there, instruments[previous]) if not _within(p, kept)]
    return pd.DataFrame(
        {"node": gone, "value100": _values(own, previous, gone), "weight": _values(own, previous, gone, "weight")},
        columns=columns,
    )


def _within(path: str, kept: set[str]) -> bool:
    return any(path == k or path.startswith(k + "/") or k.startswith(path + "/") for k in kept if k)


def item_history(index: pd.DataFrame, instruments: Mapping[str, Instrument], region: str, round_name: str) -> pd.DataFrame:
    """Score of every item in every round as far as it can be traced back: `HISTORY`, a missing score left missing.

    `comparable` is False in rounds on another scale, whose values belong on no line with the present ones.
    """
    own = index[index["region"] == region]
    rows = [
        (p, name, old, how in ("same", "renamed"))
        for p in units(own[own["round"] == round_name], instruments[round_name])
        for name, (how, old) in reversed(trace(p, round_name, instruments).items())
        if old
    ]
    table = pd.DataFrame(rows, columns=["node", "round", "old", "comparable"])
    value = own.set_index(["round", "node"])["value100"]
    table["value100"] = value.reindex(pd.MultiIndex.from_frame(table[["round", "old"]])).to_numpy(float)
    return table[list(HISTORY)]


def coverage(
    index: pd.DataFrame, scores: pd.DataFrame, instruments: Mapping[str, Instrument], region: str, round_name: str
) -> pd.DataFrame:
    """COVERAGE: what is known of every item of a round in this and every earlier round.

    An item that a round's questionnaire did not ask, or of which only the node above was scored then, is "not_asked".
    """
    own = index[(index["region"] == region) & index["round"].isin(list(instruments))]
    here = own[own["round"] == round_name]
    if here.empty:
        return COVERAGE.empty()
    alone = set(own.loc[own["status"].isin(ALONE), ["round", "node"]].itertuples(index=False, name=None))
    rows = []
    for path in units(here, instruments[round_name]):
        for name, (_, old) in reversed(trace(path, round_name, instruments).items()):
            above = any((name, p) in alone for p in _above(old))
            rows.append((name, path, "" if above else old))
    table = pd.DataFrame(rows, columns=["round", "node", "before_node"])
    status, quality = _known(own, scores, region, list(table[["round", "before_node"]].itertuples(index=False, name=None)))
    asked = table["before_node"] != ""
    table["status"], table["quality"] = np.where(asked, status, ""), np.where(asked, quality, "")
    table["mark"] = [_mark(s, q) for s, q in zip(table["status"], table["quality"], strict=True)]
    return COVERAGE.check(table.assign(region=region)[list(COVERAGE.columns)])


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return [ROOT, *("/".join(parts[:i]) for i in range(1, len(parts)))] if path else []


def _mark(status: str, quality: str) -> str:
    if status in ("", "not_applicable"):
        return status or "not_asked"
    if status == "inferred":
        return "estimated"
    return GRADES.get(quality, "ungraded") if status in ("scored", "given") else "missing"


def _values(own: pd.DataFrame, round_name: str, paths: list[str], column: str = "value100") -> np.ndarray:
    rows = own[own["round"] == round_name].drop_duplicates("node").set_index("node")[column]
    return rows.reindex(paths).to_numpy(float)


def measured(scores: pd.DataFrame, region: str) -> pd.Series:
    """Mean of a region's scores as they were measured, by (round, indicator): of every agency those of the first kind that counts."""
    mine = scores[(scores["region"] == region) & scores["score"].notna() & scores["status"].isin(("scored", "inferred"))]
    rank = mine["source"].map(lambda s: BASIS.index(kind) if (kind := s.partition(":")[0]) in BASIS else len(BASIS)).astype(int)
    keys = ["round", "indicator", "agency"]
    best = rank.groupby([mine[k] for k in keys]).transform("min")
    kept = mine[(rank == best) & (rank < len(BASIS))]
    return kept.groupby(keys)["score"].mean().groupby(keys[:2]).mean()


def _known(own: pd.DataFrame, scores: pd.DataFrame, region: str, pairs: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Status and worst grade by (round, node). A score of a kind that does not count is "not_verified"."""
    rounds = {r for r, _ in pairs}
    mine, own = (t[t["round"].isin(rounds)] for t in (scores[scores["region"] == region], own))
    state = dict(zip(zip(own["round"], own["node"], strict=True), own["status"], strict=True))
    silent = mine[mine["score"].isna()]
    away = set(zip(*(silent.loc[silent["status"] == "did_not_take_part", c] for c in ("round", "indicator")), strict=True))
    counts = mine["source"].map(lambda s: s.partition(":")[0] in BASIS).astype(bool)
    other = mine[~counts & mine["score"].notna()]
    unverified = set(zip(other["round"], other["indicator"], strict=True))
    grade = _grades(mine[counts])

    def status(pair: tuple[str, str]) -> str:
        found = state.get(pair, "missing")
        if found != "missing":
            return found
        return "not_verified" if pair in unverified else "did_not_take_part" if pair in away else "not_reported"

    return [status(p) for p in pairs], [grade.get(p, "") for p in pairs]


def _grades(rows: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The worst grade of the scores that count: of each agency the best kind of source that it has."""
    rows = rows[rows["score"].notna() & rows["status"].isin(("scored", "inferred"))]
    rank = [BASIS.index(s.partition(":")[0]) for s in rows["source"].tolist()]
    best: dict[tuple[str, str, str], int] = {}
    keys = list(zip(*(rows[c].tolist() for c in ("round", "indicator", "agency")), strict=True))
    for key, r in zip(keys, rank, strict=True):
        best[key] = min(r, best.get(key, r))
    worst: dict[tuple[str, str], str] = {}
    for key, r, grade in zip(keys, rank, rows["quality"].tolist(), strict=True):
        if r == best[key]:
            worst[key[:2]] = max(worst.get(key[:2], ""), grade if grade in GRADES else "")
    return worst


def _agencies(scores: pd.DataFrame, region: str, round_name: str, instrument: Instrument, paths: list[str]) -> list[str]:
    """Agencies by item: those that answer in the round's scores, else the questionnaire's."""
    mine = scores[(scores["region"] == region) & (scores["round"] == round_name) & (scores["agency"] != "")]
    found = mine.groupby("indicator")["agency"].agg(lambda s: "; ".join(sorted(set(s)))).to_dict()
    return [found.get(p, instrument.nodes[p].agency) for p in paths]


def reached(index: pd.DataFrame, node: str) -> list[tuple[str, float]]:
    """Each round in which a node's value (on the scale) was another than in the last round that had one, with that value."""
    seen = index[(index["node"] == node) & index["value"].notna()]
    seen = seen.iloc[np.argsort([Period(r).time for r in seen["round"]], kind="stable")]
    turns = seen["value"].round(9).ne(seen["value"].round(9).shift())
    return list(seen.loc[turns, ["round", "value"]].itertuples(index=False, name=None))


def on_scale(rows: pd.DataFrame, scale: Scale, levels: tuple[str, ...], changes: tuple[str, ...]) -> pd.DataFrame:
    """The same rows with `levels` (0-100) and `changes` (points) on the instrument's own scale."""
    out = {c: scale.from100(rows[c]) for c in levels}
    return rows.assign(**out, **{c: rows[c] * (scale.high - scale.low) / 100 for c in changes})


def folded(table: pd.DataFrame, limit: int = 40, rounds: int = 0) -> pd.DataFrame:
    """COVERAGE in at most about `limit` rows to draw: items of one component with the same marks become one row.

    Of the newest `rounds` alone, where a number is given.

    Returns
    -------
    DataFrame
        row, node (the first of the row), top, n (items), round, mark. Up to `limit` items each have their own row. Where
        there are still more, those with the most missing scores keep theirs; the others are in the row "rest" without
        marks ("").
    """
    last = sorted(table["round"].unique(), key=Period)[-rounds:]
    table = table[table["round"].isin(last)]
    marks = table.pivot(index="node", columns="round", values="mark").reindex(pd.unique(table["node"]))
    pattern = marks.apply(tuple, axis=1) if len(marks) else pd.Series(dtype=object)
    top = pd.Series([n.partition("/")[0] for n in marks.index], index=marks.index, dtype=object)
    keys = [(t, p) for t, p in zip(top, pattern, strict=True)] if len(marks) > limit else list(marks.index)
    groups: dict[object, list[str]] = {}
    for node, key in zip(marks.index, keys, strict=True):
        groups.setdefault(key, []).append(node)
    rows = list(groups.values())
    gaps = [-(marks.loc[g[0]] == "missing").sum() for g in rows]
    keep = sorted(np.argsort(gaps, kind="stable")[: limit - 1]) if len(rows) > limit else range(len(rows))
    out = [(g[0], g[0], top[g[0]], len(g), r, marks.at[g[0], r]) for g in (rows[i] for i in keep) for r in marks.columns]
    rest = [n for i, g in enumerate(rows) if i not in set(keep) for n in g]
    out += [("rest", rest[0], "", len(rest), r, "") for r in marks.columns if rest]
    return pd.DataFrame(out, columns=["row", "node", "top", "n", "round", "mark"])
