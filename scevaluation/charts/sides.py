"""Two rounds or two regions side by side: what both have of each part, hollow and full, the largest difference upwards first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.charts.dumbbell import stretch
from scevaluation.charts.titles import counts
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import EVERY, Bar, Dot, Rows, Text, over
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.scale import decimals, steps
from scevaluation.draw.style import GRID, INK, INK2, LINE, text_width
from scevaluation.frames import ROOT
from scevaluation.frames.analysis import COMPARED
from scevaluation.words import Sentence, Words, lower, part_of, rounded

MOST = 30  # rows drawn
COLUMNS = {"label": "sides.column.label", "a": "sides.column.first", "b": "sides.column.second", "by": "sides.column.difference"}


def sides(
    rows: pd.DataFrame,
    labels: Mapping[str, str],
    names: tuple[str, str],
    axis: tuple[float, float],
    unit: str,
    words: Words,
    digits: int = 1,
    key: str = "",
) -> Chart:
    """The first side hollow, the second full, of the parts that may be compared; the index above all others.

    The chart's rows: those drawn, of more than `MOST` those with the largest differences.

    Parameters
    ----------
    rows : COMPARED
        With `a`, `b` and `by`: both values and the difference on the axis' scale. Some of it is comparable.
    labels : dict of node to text
    names : tuple of str
        Of the first and the second side.
    axis : tuple of float
        Worst and best value. Drawn is the part that holds the values.
    unit : str
        Key of the words for one of the parts, such as "unit.component".
    digits : int
        Decimals of values.
    key : str
        Ends the figure's name.
    """
    figure, title = f"sides-{key}" if key else "sides", finding(rows, labels, names, unit, words, digits)
    whole = rows[rows["comparable"]]
    drawn = whole.loc[whole["by"].abs().sort_values(ascending=False, kind="stable").index[:MOST]]
    order = drawn.assign(below=drawn["node"] != ROOT).sort_values(["below", "by"], ascending=[True, False], kind="stable")
    drawn = order.assign(label=[labels.get(n, n) for n in order["node"]])[["node", *COLUMNS]].reset_index(drop=True)
    note = [words("chart.sides.note", first=names[0], second=names[1])]
    left, apart = len(whole) - len(drawn), len(rows) - len(whole)
    note += [words("chart.sides.note_rest", n=words.num(left, 0))] * (left > 0)
    note += [words("chart.sides.note_apart", n=words.num(apart, 0))] * (apart > 0)
    told = [(r.label, words.num(r.a, digits), words.num(r.b, digits)) for r in drawn.head(8).itertuples()]
    parts = "; ".join(words("chart.sides.alt_row", name=n, first=a, second=b) for n, a, b in told)
    alt = words("chart.sides.alt", n=words.num(len(drawn), 0), first=names[0], second=names[1], parts=parts)
    pictures = both(lambda layout: _paint(layout, drawn, names, axis, words, digits))
    return Chart(figure, words, title, " ".join(note), alt, drawn, **pictures, heading=3, labels=COLUMNS)


def finding(
    rows: pd.DataFrame, labels: Mapping[str, str], names: tuple[str, str], unit: str, words: Words, digits: int
) -> Sentence:
    """The two largest differences of all but the index; that none differs, as printed; or that none is comparable."""
    found = rows[rows["comparable"] & (rows["node"] != ROOT)]
    if found.empty:
        return Sentence("finding.sides.none", {"unit": Sentence(unit)})
    size = found["by"].map(lambda v: abs(rounded(v, digits))).sort_values(ascending=False, kind="stable")
    if not size.iloc[0]:
        return said(found, names, unit, words, digits)
    places: dict = {}
    for (name, by), node in zip((("name", "by"), ("next", "next_by")), size.index[size > 0], strict=False):
        row = found.loc[node].to_dict()
        column = "difference_scale" if row["by"] == row["difference_scale"] else "difference"
        places |= {name: lower(labels.get(row["node"], row["node"])), by: COMPARED.fact(row, column, digits, sign=True)}
    return Sentence("finding.sides." + ("two" if "next" in places else "most"), places)


def said(rows: pd.DataFrame, names: tuple[str, str], unit: str, words: Words, digits: int) -> Sentence:
    """In how many of comparable parts the second side is higher and lower than the first, as printed."""
    by = [rounded(v, digits) for v in rows["by"]]
    n, up, down = len(by), sum(v > 0 for v in by), sum(v < 0 for v in by)
    shown = up or down or n
    part = part_of(shown, n, words.count if n < 10 else lambda k: words.num(k, 0))
    places: dict = {"first": names[0], "second": names[1], "unit": Sentence(unit + "_many" * (n != 1)), "part": part, "rest": ""}
    if up and down:
        places["rest"] = Sentence("sides.say.also", {"n": counts(words, n, down)[1]})
    elif up + down and shown < n:
        places["rest"] = Sentence("sides.say.only_up" if up else "sides.say.only_down")
    return Sentence("sides.say." + ("up" if up else "down" if down else "same"), places)


def _paint(layout: str, rows: pd.DataFrame, names: tuple[str, str], axis: tuple[float, float], w: Words, digits: int):
    wide = layout == "wide"
    right, head, band, size = (0.75, 0.46, 0.215, 5.8) if wide else (0.8, 0.64, 0.26, 6.6)
    ruled = rows["node"].iloc[0] == ROOT and len(rows) > 1
    items = [Item(label, bold=n == ROOT, ruled=ruled and n == ROOT) for label, n in zip(rows["label"], rows["node"], strict=True)]
    view = rows_of(layout, items, right=right, head=head, foot=0.04, band=band, close=True)
    low, high = stretch(rows[["a", "b"]].to_numpy(float), axis)
    pad = 0.07 * (high - low) / view.width
    view.ax.set_xlim(low - pad, high + pad)
    ticks, (tops, feet) = steps(low, high), np.array(view.spans).T
    view.ax.vlines(np.tile(ticks, len(tops)), np.repeat(tops, len(ticks)), np.repeat(feet, len(ticks)), color=GRID, lw=0.8, zorder=0)
    view.draw(over(view, w.num(t, decimals(ticks)), t, 0.04, name="tick") for t in ticks)
    view.draw([over(view, w("chart.sides.difference"), 0, 0.04, "right", INK2, by="end")])
    a, b = rows["a"].to_numpy(float), rows["b"].to_numpy(float)
    view.draw([Bar(EVERY, a, b, LINE, 2, "difference", alpha=0.4, z=2)])
    view.draw([Dot(EVERY, a, LINE, size, "first", face="white", edge=1.2, z=3, cut=False)])
    view.draw([Dot(EVERY, b, LINE, size, "second", edge=1, z=4, cut=False)])
    look: dict = {"size": view.base, "align": "right", "by": "end", "weight": "semibold", "color": INK, "name": "label"}
    view.draw(Text(w.num(v, digits, sign=True), n, 0, **look) for n, v in enumerate(rows["by"]))
    view.draw(_key(view, names))
    return view.fig


def _key(view: Rows, names: tuple[str, str]) -> list:
    """The two kinds of dots with the sides' names, above the axis; below each other on a phone, where names are long."""
    out: list = []
    x, lines = 0.0, 0.0 if view.wide else 0.19
    for n, (name, face) in enumerate(zip(names, ("white", LINE), strict=True)):
        place: dict = {"shift": (-0.31 if view.wide else -0.52) + n * lines, "by": "left"}
        out.append(Dot(None, x + 0.05, LINE, 5, face=face, edge=1.1, cut=False, **place))
        out.append(Text(name, None, x + 0.12, view.small, name="key", **place))
        x += 0.0 if lines else text_width(name, view.small) + 0.34
    return out
