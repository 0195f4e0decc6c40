"""Form 13: how sure the order among the cohort is: every rank with its range, the own region and its neighbours in focus."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import BAND, BASE, CONTEXT, GRID, INK, INK2, LINE, MUTED, TOTAL, drawable, fit, text_width, write
from scevaluation.region import short_name
from scevaluation.words import Sentence, Words

NEAR = 6  # neighbours shown on each side
SHOWN = {"label": "ranks.region", "value": "survey.value", "rank": "ranks.rank", "rank_low": "ranks.best"}
SHOWN |= {"rank_median": "ranks.median", "rank_high": "ranks.worst", "n": "ranks.n"}


def window(rows: pd.DataFrame, region: str, named: tuple[str, ...], near: int = NEAR) -> list[int | None]:
    """Positions of the rows to show, in order: the region, `near` on each side, the named ones; None where some are left out."""
    own = int(np.flatnonzero(rows["region"] == region)[0])
    keep = set(range(max(own - near, 0), min(own + near + 1, len(rows))))
    keep |= set(np.flatnonzero(rows["region"].isin(named)).tolist())
    out: list[int | None] = []
    last = -1
    for i in sorted(keep):
        if i - last == 2:
            out.append(i - 1)  # a gap of one row is that row
        elif i - last > 2:
            out.append(None)
        out.append(i)
        last = i
    if last == len(rows) - 2:
        out.append(len(rows) - 1)
    elif last < len(rows) - 1:
        out.append(None)
    return out


def ranks(table: pd.DataFrame, region: str, named: tuple[str, ...], words: Words) -> Chart:
    """Bars of the 5-95 % range of each rank with its median, published rank and range in figures; on a wide page all regions too.

    The chart's rows: the table by rank, of all regions. Without the region in it the chart says that there is no rank.

    Parameters
    ----------
    table : DataFrame
        RANKS of one cohort and round with `label`; a region without a range is never ranked here.
    region : str
        The region in focus.
    named : tuple of str
        Peers shown wherever they stand.
    """
    w = words
    ranked = table[table["rank"].notna() & table["rank_low"].notna() & table["rank_high"].notna()]
    if region not in set(ranked["region"]):
        return Chart("ranks", w, Sentence("chart.ranks.title_empty"), empty=Sentence("chart.ranks.empty"))
    rows = ranked.sort_values(["rank", "rank_median", "label"], kind="stable", ignore_index=True)
    shown = window(rows, region, named)

    own = rows[rows["region"] == region].iloc[0]
    alt = w("chart.ranks.alt", name=own["label"], shown=w.num(sum(i is not None for i in shown), 0), **_figures(own, w))
    note = Sentence("chart.ranks.note", {"n": w.num(float(own["n"]), 0), "methods": w.num(float(own["methods"]), 0)})
    pictures = both(lambda layout: _paint(layout, rows, shown, region, named, w))
    return Chart("ranks", w, finding(rows, region, w), note, alt, rows, labels=SHOWN, common="chart.ranks.rows", **pictures)


def finding(rows: pd.DataFrame, region: str, words: Words) -> Sentence:
    """The region's rank with range and denominator, and how many others' ranges meet its own."""
    own = rows[rows["region"] == region].iloc[0]
    others = rows[rows["region"] != region]
    meet = others[(others["rank_low"] <= own["rank_high"]) & (others["rank_high"] >= own["rank_low"])]
    places = {"name": own["label"], "others": words.num(len(meet), 0), **_figures(own, words)}
    return Sentence("finding.ranks.some" if len(meet) else "finding.ranks.alone", places)


def _figures(row, w: Words) -> dict[str, str]:
    return {c: w.num(float(row[c]), 0) for c in ("rank", "rank_low", "rank_high", "n")}


def _paint(layout: str, rows: pd.DataFrame, shown: list[int | None], region: str, named, w: Words):
    wide, base = layout == "wide", BASE[layout]
    row, top = (0.205, 0.36) if wide else (0.27, 0.4)
    overview = wide and len(rows) > len(shown)
    height = row * len(shown)
    fig = canvas(layout, top + max(height, 2.2 if overview else 0) + 0.08)
    start = 2.3 if overview else 0.04
    rows = rows.assign(name=rows["label"].map(str if wide else short_name).map(drawable))
    seen, size = rows.iloc[[i for i in shown if i is not None]], base if wide else base - 0.5
    label = min(max(*(text_width(t, size, "bold") for t in seen["name"]), 1.1) + 0.12, 1.85)
    head = text_width(w("ranks.figures" if wide else "ranks.range"), base - 0.8)
    right = max(head, *(text_width(w("ranks.row", **_figures(r, w)), size, "bold") for _, r in seen.iterrows())) + 0.12
    ax = axes_at(fig, start + label, top, TOTAL[layout] - start - label - right, height)
    _axis(ax, seen, base, w, row, label, wide)
    for y, i in enumerate(shown):
        if i is None:
            _gap(ax, y, shown, len(rows), base, label, w)
        else:
            _row(ax, rows.iloc[i], y, region, named, size, label, right, w)
    if overview:
        _overview(axes_at(fig, 0.06, top, 1.86, max(height, 2.2)), rows, shown, region, base, w)
    return fig


def _share(ax, inches: float) -> float:
    return inches / (ax.get_position().width * ax.figure.get_size_inches()[0])


def _ticks(first: int, last: int, few: bool) -> list[int]:
    """First and last rank of the axis and some whole numbers between."""
    span = last - first
    step = next(s for s in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500) if span / s <= (3 if few else 5))
    inner = [t for t in range(-(-first // step) * step, last, step) if t - first > step * 0.4 and last - t > step * 0.4]
    return sorted({first, *inner, last})


def _axis(ax, rows: pd.DataFrame, base: float, w: Words, row: float, label: float, wide: bool) -> None:
    n, small = int(rows["n"].max()), base - 0.8
    first, last = (float(v) for v in (rows[["rank", "rank_low"]].min().min(), rows[["rank", "rank_high"]].max().max()))
    edge = (last - first) * 0.02 + 0.3
    ax.set_xlim(first - edge, last + edge)
    ax.set_ylim(ax.bbox.height / ax.figure.dpi / row, 0)
    ax.set_axis_off()
    for t in _ticks(int(first), int(last), not wide):
        ax.axvline(t, color=GRID, lw=0.8, zorder=0)
        write(ax, t, -0.06 / row, w.num(t, 0), small, MUTED, "center", "bottom", gid="tick")
    beside = ax.get_yaxis_transform()
    write(ax, -_share(ax, label), -0.06 / row, w("ranks.head", n=w.num(n, 0)), small, INK2, "left", "bottom", transform=beside)
    figures = w("ranks.figures" if wide else "ranks.range")
    write(ax, 1 + _share(ax, 0.08), -0.06 / row, figures, small, INK2, "left", "bottom", transform=beside)


def _row(ax, r, y: int, region: str, named, size: float, label: float, right: float, w: Words) -> None:
    """One region: name, range, median, and rank with range in figures."""
    mine, known = r["region"] == region, r["region"] in named
    beside, color = ax.get_yaxis_transform(), LINE if mine else MUTED if known else CONTEXT
    weight, ink = ("bold", INK) if mine else ("semibold" if known else "normal", INK if known else INK2)
    if mine:
        ends, look = [-_share(ax, label), 1 + _share(ax, right)], {"color": BAND, "lw": 0, "zorder": 0.1, "gid": "own"}
        ax.fill_between(ends, [y] * 2, [y + 1] * 2, transform=beside, clip_on=False, **look)
    middle, look = y + 0.5, {"color": color, "zorder": 2, "clip_on": False}
    ax.plot([r["rank_low"], r["rank_high"]], [middle] * 2, lw=5.5, solid_capstyle="butt", gid="range", **look)
    if r["rank_low"] == r["rank_high"]:
        ax.plot([r["rank_low"]], [middle], "s", ms=4.6, **look)
    if np.isfinite(r["rank_median"]):
        look = {"color": "white", "mec": LINE} if mine else {"color": INK2, "mec": "white"}
        ax.plot([r["rank_median"]], [middle], "o", ms=3.4, mew=0.7, zorder=3, clip_on=False, gid="median", **look)
    name, text = fit(r["name"], label - 0.1, size, weight, 1), w("ranks.row", **_figures(r, w))
    look = {"ha": "left", "va": "center", "transform": beside, "weight": weight}
    write(ax, -_share(ax, label - 0.03), middle, name, size, ink, gid="row", **look)
    write(ax, 1 + _share(ax, 0.08), middle, text, size, LINE if mine else ink, gid="figures", **look)


def _gap(ax, y: int, shown: list[int | None], n: int, base: float, label: float, w: Words) -> None:
    """A row that stands for those left out, with their count."""
    before = next((i for i in reversed(shown[:y]) if i is not None), -1)
    after = next((i for i in shown[y + 1 :] if i is not None), n)
    text, place = w("ranks.gap", n=w.num(after - before - 1, 0)), {"transform": ax.get_yaxis_transform()}
    write(ax, -_share(ax, label - 0.03), y + 0.5, text, base - 0.8, MUTED, "left", "center", gid="gap", **place)


def _overview(ax, rows: pd.DataFrame, shown: list[int | None], region: str, base: float, w: Words) -> None:
    """Every region's range as a hairline, the rows named beside it on a grey ground."""
    small = base - 0.8
    ax.set_axis_off()
    first, last = float(rows["rank_low"].min()), float(rows["rank_high"].max())
    ax.set_xlim(first - 1, last + 1)
    ax.set_ylim(len(rows), -1)
    seen = [i for i in shown if i is not None]
    for a in (i for i in seen if i - 1 not in seen):
        b = next(i for i in seen if i >= a and i + 1 not in seen)
        ax.axhspan(a - 0.5, b + 0.5, color=BAND, lw=0, zorder=0)
    mine = (rows["region"] == region).to_numpy()
    ends = rows[["rank_low", "rank_high"]].to_numpy(float)
    lines = [[(a, i), (max(b, a + 0.6), i)] for i, (a, b) in enumerate(ends)]
    look = {"colors": np.where(mine, LINE, "#9AA7B2").tolist(), "linewidths": np.where(mine, 2.4, 1.1)}
    ax.add_collection(LineCollection(lines, zorder=2, gid="all-ranges", **look))
    up = 1 + 0.06 / (ax.bbox.height / ax.figure.dpi)
    write(ax, 0, up, w("ranks.all", n=w.num(len(rows), 0)), small, INK2, "left", "bottom", transform=ax.transAxes)
    at = int(np.flatnonzero(mine)[0])
    left = ends[at].mean() > (first + last) / 2
    x, side = (ends[at][0] - (last - first) * 0.03, "right") if left else (ends[at][1] + (last - first) * 0.03, "left")
    room = (x - first + 1 if left else last + 1 - x) / (last - first + 2) * ax.bbox.width / ax.figure.dpi
    name = fit(rows["label"].iloc[at], min(room, 1.0), small, "bold", 3)
    write(ax, x, at, name, small, LINE, side, "center", weight="bold", gid="own-name", linespacing=0.95)
