"""Index and components of all participants, a column of dot histograms a cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.cohort import dots
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import inches, panels
from scevaluation.draw.style import BASE, CONTEXT, GRID, INK, INK2, LINE, MUTED, SMALLEST, TOTAL, write
from scevaluation.frames import ROOT
from scevaluation.frames.national import SPREAD
from scevaluation.node import Scale
from scevaluation.words import Sentence, Words, decimals, lower

BESIDE, VALUE = 0.15, 0.04  # inches from a panel to the names at its left and the numbers at its right


def distribution(
    official: pd.DataFrame, spread: pd.DataFrame, labels: dict[str, str], scale: Scale, words: Words
) -> Chart:
    """A row a component, a column a cohort: every participant a dot, the median and the middle 80 %.

    The chart's rows: name, cohort and every value drawn, a column a node called by its label.

    Parameters
    ----------
    official : DataFrame
        One round, as `intake.official.read_official` returns.
    spread : SPREAD
        Of that round.
    labels : dict of node to text
        The index first; rows are drawn in this order.
    scale : Scale
        On which all are scored; a printed value below it widens the axis.
    """
    if spread.empty:
        title, empty = Sentence("chart.distribution.title_empty"), Sentence("chart.distribution.empty")
        return Chart("distribution", words, title, empty=empty)
    nodes = [n for n in labels if n in set(spread["node"])]
    drawn = official[official["node"].isin(nodes) & official["value"].notna()]
    rows = drawn.pivot_table(index=["cohort", "name"], columns="node", values="value", aggfunc="first")[nodes]
    rows = rows.rename(columns=labels).reset_index()[["name", "cohort", *(labels[n] for n in nodes)]]
    zeros = int(spread.loc[spread["node"] != ROOT, "zeros"].sum())
    key = "chart.distribution.note_zeros" if zeros else "chart.distribution.note"
    parts = "; ".join(_alt(group, labels, words) for _, group in spread.groupby("cohort", sort=False))
    title, alt = finding(spread, labels, words), words("chart.distribution.alt", parts=parts)
    note = Sentence(key, {"zeros": words.num(zeros, 0), "bin": words.num(scale.small, decimals(scale.small))})
    pictures = both(lambda layout: _paint(layout, drawn, spread, nodes, labels, scale, words))
    return Chart("distribution", words, title, note, alt, rows, **pictures)


def finding(spread: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """The component with the lowest median in each cohort; with one cohort also the highest."""
    parts = spread[spread["node"] != ROOT]
    low = parts.loc[parts.groupby("cohort")["p50"].idxmin()]
    if len(low) == 1:
        high = parts.loc[parts["p50"].idxmax()]
        places: dict = {"low": lower(labels[low["node"].iloc[0]]), "high": lower(labels[high["node"]])}
        places |= {"value": SPREAD.fact(low.iloc[0], "p50", 2), "best": SPREAD.fact(high, "p50", 2)}
        return Sentence("finding.distribution.one", places)
    if low["node"].nunique() == 1:
        values = [Sentence("nation.in_cohort", {"value": SPREAD.fact(r, "p50", 2), "cohort": r["cohort"]}) for _, r in low.iterrows()]
        return Sentence("finding.distribution.same", {"name": lower(labels[low["node"].iloc[0]]), "values": _chain(values)})
    told = [{"name": lower(labels[r["node"]]), "value": SPREAD.fact(r, "p50", 2), "cohort": r["cohort"]} for _, r in low.iterrows()]
    each = [Sentence("finding.distribution.each", places) for places in told]
    return Sentence("finding.distribution.differs", {"each": _chain(each)})


def _chain(parts: list[Sentence]) -> Sentence:
    """Sentences as one, so that their facts stay facts."""
    first, *rest = parts
    return Sentence("nation.and", {"first": first, "second": _chain(rest)}) if rest else first


def _alt(group: pd.DataFrame, labels: dict[str, str], w: Words) -> str:
    values = ", ".join(f"{labels[r.node]} {w.num(r.p50, 2)}" for r in group.itertuples())
    return w("chart.distribution.alt_cohort", cohort=group["cohort"].iloc[0], n=w.num(group["n"].iloc[0], 0), values=values)


def _paint(layout: str, drawn, spread, nodes, labels, scale: Scale, w: Words):
    wide, base = layout == "wide", BASE[layout]
    cohorts = list(spread["cohort"].unique())
    row, head = (0.5, 0.5) if wide else (0.72, 0.56)
    left, value, gap = (1.3, 0.5, 0.1) if wide else (0.02, 0.0, 0.16)
    width = (TOTAL[layout] - left - 0.04 - (len(cohorts) - 1) * gap) / len(cohorts) - value
    low, edge = min(scale.low, np.floor(spread["low"].min())), 0.6 * scale.small
    cells = dict(iter(drawn.groupby(["cohort", "node"], sort=False)["value"]))
    tallest = max(_binned(values.to_numpy(), scale)[1].max() for values in cells.values())

    def paint(ax, i: int) -> None:
        ax.set_xlim(low - edge, scale.high + edge)
        ax.set_ylim(len(nodes), 0)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines["bottom"].set_visible(False)
        _frame(ax, cohorts[i], spread, nodes, low, scale, w, base, layout)
        for k, node in enumerate(nodes):
            mine = spread[(spread["cohort"] == cohorts[i]) & (spread["node"] == node)]
            foot = k + (0.86 if wide else 0.9)
            if i == 0:
                _name(ax, labels[node], k, foot, node == ROOT, base, layout)
            if mine.empty:
                write(ax, (low + scale.high) / 2, foot - 0.2, w("chart.distribution.none"), base - 0.8, INK2, "center")
            else:
                values, step = cells[cohorts[i], node].to_numpy(), (0.7 if wide else 0.56) / max(tallest, 6)
                _cell(ax, values, mine.iloc[0], scale, foot, step, w, base, layout)

    size = (width, row * len(nodes))
    return panels(layout, [head] * len(cohorts), paint, len(cohorts), size, 0.05, left=left, step=width + value + gap)


def _frame(ax, cohort: str, spread: pd.DataFrame, nodes, low: float, scale: Scale, w: Words, base: float, layout: str) -> None:
    """Head of a cohort's column: its name, how many took part, the scale."""
    n = spread.loc[(spread["cohort"] == cohort) & (spread["node"] == ROOT), "n"]
    head = w("chart.distribution.cohort", cohort=cohort, n=w.num(int(n.iloc[0]), 0))
    above = 0.36 if layout == "wide" else 0.4
    unit = len(nodes) / (ax.get_position().height * ax.figure.get_size_inches()[1])
    write(ax, low - 0.6 * scale.small, -above * unit * 0.62, head, base + 0.8, INK, "left", "bottom", weight="bold")
    ticks = Scale(low=low, high=scale.high).ticks
    for t in ticks:
        ax.axvline(t, color=GRID, lw=0.7, zorder=0)
        write(ax, t, -0.05 * unit, w.num(t, decimals(*ticks)), max(base - 1, SMALLEST), MUTED, "center", "bottom")


def _name(ax, text: str, k: int, foot: float, first: bool, base: float, layout: str) -> None:
    weight = "bold" if first else "normal"
    beside = ax.get_yaxis_transform()
    if layout == "wide":
        write(ax, -BESIDE / inches(ax)[0], foot - 0.12, text, base + 0.6, INK, "right", "center", transform=beside, weight=weight)
    else:
        write(ax, 0, k + 0.14, text, base, INK, "left", "center", transform=beside, weight=weight)


def _binned(values: np.ndarray, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    """Place and height of every dot; the scale's highest value belongs to the last bin."""
    wide = scale.small
    inside = np.minimum(values, scale.high - wide / 2)
    return (np.floor(np.round(inside / wide, 9)) + 0.5) * wide, dots(inside, wide)


def _cell(ax, values: np.ndarray, row, scale: Scale, foot: float, step: float, w: Words, base: float, layout: str) -> None:
    """One cohort's values of one component: dots from the foot up, the middle 80 % below them, the median as a stroke."""
    x, height = _binned(values, scale)
    ax.plot([row["p10"], row["p90"]], [foot] * 2, color=CONTEXT, lw=3, solid_capstyle="butt", zorder=1, gid="middle")
    size = 5.2 if layout == "wide" else 4.2
    ax.scatter(x, foot - 0.11 - height * step, s=size, color=LINE, lw=0, zorder=2, gid="participants")
    ax.plot([row["p50"]] * 2, [foot - 0.06, foot + 0.06], color=INK, lw=1.8, solid_capstyle="butt", zorder=3, gid="median")
    number, weight = w.num(row["p50"], 2), "" if row["node"] == ROOT else w.pct(row["weight"])
    beside = ax.get_yaxis_transform()
    if layout == "wide":
        away = 1 + VALUE / inches(ax)[0]
        write(ax, away, foot - 0.16, number, base + 0.6, INK, "left", "center", transform=beside, weight="bold", gid="value")
        write(ax, away, foot + 0.06, weight, max(base - 1, SMALLEST), INK2, "left", "center", transform=beside)
    else:
        text = f"{number}  {weight}".strip()
        write(ax, 1.0, foot - 0.76, text, base - 0.6, INK2, "right", "center", transform=beside, gid="value")
