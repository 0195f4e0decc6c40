"""Appendix to form 10: how answers 1 to 4 are spread, a bar an item that parts at the middle."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from scevaluation.charts import findings_survey
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import (
    BASE,
    GRID,
    INK,
    INK2,
    MUTED,
    PHONE,
    SMALLEST,
    WIDE,
    axes_at,
    canvas,
    fit,
    inches,
    ink_on,
    write,
)
from scevaluation.words import Sentence, Words

# Dark outside, light inside: in grey the two ends are still the darkest and the line between them parts low from high.
SHADES = {1: "#B0440F", 2: "#E3A98A", 3: "#8FBFC6", 4: "#1F6685"}
SHOWN = {"label": "survey.quality", "level": "likert.level", "share": "likert.share", "n": "survey.n"}


def likert(table: pd.DataFrame, labels: dict[str, str], words: Words) -> Chart:
    """Stacked bars that part between answers 2 and 3.

    Parameters
    ----------
    table : DataFrame
        item, level (1-4), share (0-1) and n (respondents who answered the item); four rows an item.
    labels : dict of item to text

    Returns
    -------
    Chart
        Rows: the table with `label`.
    """
    w = words
    if table.empty:
        return Chart("likert", w, Sentence("chart.likert.title_empty"), empty=Sentence("chart.likert.empty"))
    rows = table.assign(label=[labels[i] for i in table["item"]]).reset_index(drop=True)
    good = rows[rows["level"] >= 3].groupby("label", sort=False)["share"].sum()
    parts = "; ".join(w("chart.likert.alt_row", name=name, share=w.pct(share)) for name, share in good.items())
    return Chart(
        "likert",
        w,
        findings_survey.likert(good, w),
        Sentence("chart.likert.note"),
        w("chart.likert.alt", parts=parts),
        rows,
        labels=SHOWN,
        **both(lambda layout: _paint(layout, rows, w)),
    )


def _paint(layout: str, rows: pd.DataFrame, w: Words):
    base, wide = BASE[layout], layout == "wide"
    items = list(dict.fromkeys(rows["item"]))
    row, top, left = (0.34, 0.22, 2.62) if wide else (0.56, 0.24, 0.06)
    fig = canvas(layout, top + row * len(items) + 0.08)
    ax = axes_at(fig, left, top, (WIDE if wide else PHONE) - left - 0.12, row * len(items))
    low, high = (rows[rows["level"].isin(k)].groupby("item")["share"].sum().max() for k in ((1, 2), (3, 4)))
    ax.set_xlim(-max(low, 0.12) - 0.01, max(high, 0.12) + 0.01)
    ax.set_ylim(len(items), 0)
    ax.set_axis_off()
    unit = inches(ax)[0] / (ax.get_xlim()[1] - ax.get_xlim()[0])
    for text, at, align in (("1 \u2013 2", -1, "right"), ("3 \u2013 4", 1, "left")):
        write(ax, at * 0.05 / unit, -0.08 / row, text, max(base - 0.8, SMALLEST), MUTED, align, "bottom", gid="side")
    for i, item in enumerate(items):
        mine = rows[rows["item"] == item].set_index("level")
        _bar(ax, mine["share"], i + (0.5 if wide else 0.68), 0.62 if wide else 0.42, unit, base, w)
        _name(ax, mine, i, base, wide, w)
        if i:
            ax.axhline(i, color=GRID, lw=0.6, zorder=0)
    return fig


def _bar(ax, share: pd.Series, y: float, thick: float, unit: float, base: float, w: Words) -> None:
    """The four answers of one item, with their shares where there is room."""
    starts = {1: -share[1] - share[2], 2: -share[2], 3: 0.0, 4: share[3]}
    for level, color in SHADES.items():
        if share[level] <= 0:
            continue
        corner = (starts[level], y - thick / 2)
        ax.add_patch(Rectangle(corner, share[level], thick, color=color, lw=0, zorder=2, gid=f"answer-{level}"))
        if share[level] * unit > 0.36:
            at, size = starts[level] + share[level] / 2, max(base - 0.8, SMALLEST)
            write(ax, at, y, w.pct(share[level]), size, ink_on(color), "center", "center_baseline", zorder=3, gid="share")
    ax.plot([0, 0], [y - thick * 0.64, y + thick * 0.64], color=INK, lw=0.9, zorder=4, gid="middle")


def _name(ax, mine: pd.DataFrame, i: int, base: float, wide: bool, w: Words) -> None:
    """The item and its respondents, at the left or above the bar."""
    count, label = w("survey.respondents", n=w.num(float(mine["n"].iloc[0]), 0)), mine["label"].iloc[0]
    beside, small, width = ax.get_yaxis_transform(), max(base - 0.8, SMALLEST), inches(ax)[0]
    more = {"transform": beside, "linespacing": 1.0}
    if wide:
        write(ax, -2.58 / width, i + 0.5, fit(label, 1.78, base + 0.4), base + 0.4, INK, "left", "center", gid="row", **more)
        write(ax, -0.12 / width, i + 0.5, count, small, INK2, "right", "center", gid="count", **more)
    else:
        write(ax, 0, i + 0.25, fit(label, PHONE - 1.1, base, lines=1), base, INK, "left", "center", gid="row", **more)
        write(ax, 1, i + 0.25, count, small, INK2, "right", "center", gid="count", **more)
