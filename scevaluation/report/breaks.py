"""Where earlier values of a node are not joined with the present ones, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.period import Period
from scevaluation.words import Words


@lru_cache(maxsize=4)
def on_one_scale(e: Evaluation) -> Evaluation:
    """The evaluation as it is drawn: of every node only values on its present scale, for two scales share no axis and no line.

    Where the index itself was on another scale before, the rounds before are left out too.
    """
    cut = e.breaks[(e.breaks["kind"] == "broken") & (e.breaks["reason"] == "scale")]
    since = cut.drop_duplicates("node", keep="last").set_index("node")["round"]
    if since.empty:
        return e
    first = since.get(ROOT, "")
    begun = [first] * (first != "")
    rows = zip(e.traced["round"], e.traced["node"], strict=True)
    at = [(r, [*begun, since[n]] if n in since.index else begun) for r, n in rows]
    index = e.index.loc[e.traced.index][[all(Period(r) >= Period(start) for start in starts) for r, starts in at]]
    rounds = tuple(r for r in e.programme.rounds if not first or Period(r.id) >= Period(first))
    return replace(e, index=index, programme=e.programme.model_copy(update={"rounds": rounds}))


def broken(e: Evaluation, nodes: Sequence[str], w: Words) -> list[tuple[list[str], str]]:
    """(nodes, why their earlier values are not joined, or what is noted of them) by round and reason.

    Of every node the last break that cuts it off, and what is noted since.
    """
    rows = e.breaks[e.breaks["node"].isin(nodes) & (e.breaks["kind"] != "linked")]
    noted = (rows["kind"] == "noted").to_numpy()
    cut = rows[~noted].drop_duplicates("node", keep="last")
    since = dict(zip(cut["node"], cut["round"], strict=True))
    late = np.array([Period(r) >= Period(since.get(n, r)) for n, r in zip(rows["node"], rows["round"], strict=True)], bool)
    groups = pd.concat([cut, rows[noted & late]]).groupby(["round", "reason"], sort=False)["node"].agg(list)
    return [(found, w(f"pages.break.{why}", round=w.round_long(r))) for (r, why), found in groups.items()]


def linked(e: Evaluation, node: str, w: Words) -> list[str]:
    """By which change of questionnaire a node's earlier values are linked with the present ones, and by what; the last one."""
    mine = e.breaks[e.breaks["node"] == node].tail(1)
    found = mine[(mine["kind"] == "linked") & (mine["reason"] != "rescored")].to_dict("records")
    return [w("pages.break.linked", round=w.round_long(r["round"]), share=w.pct(r["common"])) for r in found]


def with_breaks(chart: Chart, e: Evaluation, labels: Mapping[str, str], w: Words) -> Chart:
    """The chart whose note also says of its nodes which earlier values are not joined and why, and what is noted."""
    said = [(w.join([labels[n] for n in nodes]) if len(nodes) < len(labels) else "", why) for nodes, why in broken(e, list(labels), w)]
    more = [f"{who}: {why}." if who else f"{why[:1].upper()}{why[1:]}." for who, why in said]
    return replace(chart, note=" ".join([w.text(chart.note), *more])) if more else chart
