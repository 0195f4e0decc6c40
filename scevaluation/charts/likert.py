"""Appendix to form 10: how answers 1 to 4 are spread, a bar an item that parts at the middle."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Rows, Stroke, Text, over
from scevaluation.draw.rows import even_rows
from scevaluation.draw.style import GRID, INK, PHONE, fit, ink_on
from scevaluation.words import Sentence, Words, rounded

# Dark outside, light inside: in grey the two ends are still the darkest and the line between them parts low from high.
SHADES = {1: "#B0440F", 2: "#E3A98A", 3: "#8FBFC6", 4: "#1F6685"}
SHOWN = {"label": "survey.quality", "level": "likert.level", "share": "likert.share", "n": "survey.n"}


def likert(table: pd.DataFrame, labels: dict[str, str], words: Words) -> Chart:
    """Stacked bars that part between answers 2 and 3.

    The chart's rows: the table with `label`.

    Parameters
    ----------
    table : DataFrame
        item, level (1-4), share (0-1) and n (respondents who answered the item); four rows an item.
    labels : dict of item to text
    """
    w = words
    if table.empty:
        return Chart("likert", w, Sentence("chart.likert.title_empty"), empty=Sentence("chart.likert.empty"))
    rows = table.assign(label=[labels[i] for i in table["item"]]).reset_index(drop=True)
    good = rows[rows["level"] >= 3].groupby("label", sort=False)["share"].sum()
    parts = "; ".join(w("chart.likert.alt_row", name=name, share=w.pct(share)) for name, share in good.items())
    title, alt, note = finding(good, w), w("chart.likert.alt", parts=parts), Sentence("chart.likert.note")
    return Chart("likert", w, title, note, alt, rows, **both(lambda layout: _paint(layout, rows, w)), labels=SHOWN)


def finding(good: pd.Series, words: Words) -> Sentence:
    """The item with the smallest share of good answers, where one is smallest in whole per cent."""
    share = good.mul(100).map(rounded)
    places = {"name": good.idxmin(), "share": words.pct(float(good.min()))}
    if len(good) == 1:
        return Sentence("finding.likert.one", places)
    if (share == share.min()).sum() > 1:
        return Sentence("finding.likert.equal")
    return Sentence("finding.likert.least", places)


def _paint(layout: str, rows: pd.DataFrame, w: Words):
    wide, items = layout == "wide", list(dict.fromkeys(rows["item"]))
    row, middle, thick, top, left = (0.34, 0.5, 0.62, 0.22, 2.62) if wide else (0.56, 0.68, 0.42, 0.24, 0.06)
    low, high = (rows[rows["level"].isin(k)].groupby("item")["share"].sum().max() for k in ((1, 2), (3, 4)))
    n, span = len(items), (-max(low, 0.12) - 0.01, max(high, 0.12) + 0.01)
    view = even_rows(layout, np.arange(n) + middle, n, row, (left, 0.12), top, 0.08, span)
    for text, at, align in (("1 \u2013 2", -1, "right"), ("3 \u2013 4", 1, "left")):
        view.draw([over(view, text, at * 0.05 / view.unit, 0.08, align, name="side")])
    for i, item in enumerate(items):
        mine = rows[rows["item"] == item].set_index("level")
        _bar(view, i, mine["share"], thick, w)
        view.draw(_name(view, i, mine, row, w))
        if i:
            view.ax.axhline(i, color=GRID, lw=0.6, zorder=0)
    return view.fig


def _bar(view: Rows, row: int, share: pd.Series, thick: float, w: Words) -> None:
    """The four answers of one item, with their shares where there is room."""
    starts = {1: -share[1] - share[2], 2: -share[2], 3: 0.0, 4: share[3]}
    look: dict = {"align": "center", "name": "share", "upright": "center_baseline", "z": 3}
    for level, color in SHADES.items():
        if share[level] <= 0:
            continue
        corner = (starts[level], view.y[row] - thick / 2)
        view.ax.add_patch(Rectangle(corner, share[level], thick, color=color, lw=0, zorder=2, gid=f"answer-{level}"))
        if share[level] * view.unit > 0.36:
            at = starts[level] + share[level] / 2
            view.draw([Text(w.pct(share[level]), row, at, view.small, ink_on(color), **look)])
    view.draw([Stroke(row, 0, thick * 0.64 * view.tall, INK, 0.9, "middle", cap="round", z=4)])


def _name(view: Rows, row: int, mine: pd.DataFrame, high: float, w: Words) -> list[Text]:
    """The item and its respondents, at the left or above the bar."""
    count, label = w("survey.respondents", n=w.num(float(mine["n"].iloc[0]), 0)), mine["label"].iloc[0]
    name: dict = {"color": INK, "by": "left", "name": "row"}
    many: dict = {"size": view.small, "align": "right", "name": "count"}
    if view.wide:
        own = Text(fit(label, 1.78, view.base + 0.4), row, -2.58, view.base + 0.4, spacing=1.0, **name)
        return [own, Text(count, row, -0.12, by="left", spacing=1.0, **many)]
    own = Text(fit(label, PHONE - 1.1, view.base, lines=1), row, 0, view.base, shift=-0.43 * high, spacing=1.0, **name)
    return [own, Text(count, row, 0, by="right", shift=-0.43 * high, spacing=1.0, **many)]
