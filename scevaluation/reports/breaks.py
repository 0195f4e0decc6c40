"""Where earlier values of a node are not joined with the present ones, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scevaluation.draw.chart import Chart
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.words import Words


def broken(e: Evaluation, nodes: Sequence[str], w: Words) -> list[tuple[list[str], str]]:
    """(nodes, why their earlier values are not joined) by round and reason: of every node the last break that cuts it off."""
    cut = e.breaks[e.breaks["node"].isin(nodes) & ((e.breaks["kind"] != "linked") | (e.breaks["reason"] == "rescored"))]
    cut = cut.drop_duplicates("node", keep="last")
    groups = cut.groupby(["round", "reason"], sort=False)["node"].agg(list)
    return [(found, w(f"pages.break.{why}", round=w.round_long(r))) for (r, why), found in groups.items()]


def with_breaks(chart: Chart, e: Evaluation, labels: Mapping[str, str], w: Words) -> Chart:
    """The chart whose note also says of its nodes which earlier values are not joined, and why."""
    more = [f"{w.join([labels[n] for n in nodes])}: {why}." for nodes, why in broken(e, list(labels), w)]
    return replace(chart, note=" ".join([str(chart.note), *more])) if more else chart
