"""CHANGE: the official change beside the like-for-like change, and an exact decomposition of the official one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.frames import CHANGE, CONTRIBUTIONS, ROOT
from scevaluation.instrument import Instrument

NOT_COMPARABLE = "-"  # a node's `link`: it does not continue the node of the same name in an earlier instrument


def _entered(rows: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The lowest scored nodes of one region and round: value and effective weight among what is present (sums to 1)."""
    values = rows.set_index("node")["value"].dropna()
    weights: dict[str, float] = {}

    def walk(path: str, share: float) -> None:
        children = [c for c in instrument.children(path) if c in values.index]
        if not children:
            weights[path] = share
            return
        total = sum(instrument.share(c) for c in children)
        for child in children:
            walk(child, share * instrument.share(child) / total)

    if ROOT in values.index:
        walk(ROOT, 1.0)
    return pd.DataFrame({"x": values.reindex(list(weights)), "p": pd.Series(weights)}, dtype=float)


def compare(index: pd.DataFrame, instruments: Mapping[str, Instrument], round_name: str, previous: str) -> pd.DataFrame:
    """The change from `previous` to `round_name` of every region that has both.

    With effective weights p and values x of the lowest scored nodes, and M the mean of both indices, the change is
    exactly the sum of score parts (p0+p1)/2 (x1-x0), weight and coverage parts (p1-p0) ((x0+x1)/2 - M), and of parts
    p1 (x1-M) and -p0 (x0-M) of what entered or left. A weight part follows from the instruments' own weights, a
    coverage part from what is missing.

    Parameters
    ----------
    index : INDEX
    instruments : mapping of round to Instrument
    round_name, previous : str

    Returns
    -------
    CHANGE
        A row of kind "total" for "index" with `official` and `like_for_like` (weights of the earlier round, nodes in
        both), and rows by component and kind whose contributions sum to the official change; none of these where one
        round's components are unknown.
    """
    now, then = instruments[round_name], instruments[previous]
    parts = []
    pair = index[index["round"].isin((round_name, previous)) & ~index["node"].str.startswith("sector:")]
    for region, rows in pair.groupby("region", sort=True):
        one, zero = rows[rows["round"] == round_name], rows[rows["round"] == previous]
        roots = [r.loc[r["node"] == ROOT, "value"].dropna() for r in (zero, one)]
        if not all(len(r) for r in roots):
            continue
        table = _decompose(zero, one, then, now)
        official = float(roots[1].iloc[0] - roots[0].iloc[0])
        parts.append(pd.DataFrame([
            {"region": region, "node": ROOT, "kind": "total", "official": official, "like_for_like": table.attrs.get("like", np.nan),
             "contribution": official},
            *({"region": region, **r, "official": np.nan, "like_for_like": np.nan} for r in table.to_dict("records")),
        ]))
    if not parts:
        return CHANGE.empty()
    return pd.concat(parts, ignore_index=True).assign(round=round_name, previous=previous)[list(CHANGE.columns)]


def _decompose(zero: pd.DataFrame, one: pd.DataFrame, then: Instrument, now: Instrument) -> pd.DataFrame:
    """node, kind, contribution by component; `attrs["like"]` is the like-for-like change. Empty if a round has only its index."""
    a, b = _entered(zero, then), _entered(one, now)
    empty = pd.DataFrame(columns=["node", "kind", "contribution"])
    if list(a.index) == [ROOT] or list(b.index) == [ROOT]:
        return empty
    factor = 1.0
    if now.aggregation == "geometric":
        i0, i1 = (np.exp((t["p"] * np.log(t["x"])).sum()) for t in (a, b))
        a, b = a.assign(x=np.log(a["x"])), b.assign(x=np.log(b["x"]))
        factor = i0 if np.isclose(i0, i1) else (i1 - i0) / np.log(i1 / i0)
    middle = ((a["p"] * a["x"]).sum() + (b["p"] * b["x"]).sum()) / 2
    both = [n for n in a.index if n in b.index and now.nodes[n].link != NOT_COMPARABLE]
    rows = []
    for node in both:
        x0, x1, p0, p1 = a.at[node, "x"], b.at[node, "x"], a.at[node, "p"], b.at[node, "p"]
        declared = now.effective[node] - then.effective[node]
        spread = (x0 + x1) / 2 - middle
        rows += [(node, "score", (p0 + p1) / 2 * (x1 - x0)), (node, "weight", declared * spread),
                 (node, "coverage", (p1 - p0 - declared) * spread)]
    for t, other, sign in ((a, now, -1), (b, then, 1)):
        for node in t.index.difference(both):
            gone = node not in other.nodes or now.nodes.get(node) is None or now.nodes[node].link == NOT_COMPARABLE
            rows.append((node, "instrument" if gone else "coverage", sign * t.at[node, "p"] * (t.at[node, "x"] - middle)))
    table = pd.DataFrame(rows, columns=["node", "kind", "contribution"])
    table["node"] = table["node"].map(lambda n: n.partition("/")[0])
    table["kind"] = pd.Categorical(table["kind"], CONTRIBUTIONS)
    table["contribution"] *= factor
    order = list(dict.fromkeys([*now.components, *then.components]))
    table = table.groupby(["node", "kind"], observed=True)["contribution"].sum().reset_index()
    table = table[table["contribution"].abs() > 1e-14].assign(kind=lambda t: t["kind"].astype(str))
    table = table.sort_values("node", key=lambda s: s.map(order.index), kind="stable", ignore_index=True)
    weight = pd.Series({n: then.effective[n] for n in both}, dtype=float)
    if len(both) and weight.sum() > 0:
        like = (weight * (b.loc[both, "x"] - a.loc[both, "x"])).sum() / weight.sum()
        table.attrs["like"] = float(like if now.aggregation == "arithmetic" else factor * like)
    return table


def reproduce(official: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """Published indices beside the weighted mean of their published components.

    Parameters
    ----------
    official : DataFrame
        As `intake.official.read_official` returns, of any rounds.
    instruments : mapping
        Instrument by round, or by (round, cohort) where cohorts have their own.

    Returns
    -------
    DataFrame
        region, round, published, recomputed, difference, agrees (within the instrument's tolerance).
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
        rows.append((region, round_name, float(values["index"]), recomputed, difference, abs(difference) <= instrument.tolerance + 1e-9))
    return pd.DataFrame(rows, columns=["region", "round", "published", "recomputed", "difference", "agrees"])
