"""The region among all participants of an official round: where its index stands, and how its change compares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_official
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import (
    BAND,
    BASE,
    CONTEXT,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    RULE,
    axes_at,
    canvas,
    inches,
    spread,
    text_width,
    write,
)
from scevaluation.frames import ROOT
from scevaluation.words import Sentence, Words

SMALL = 0.1


def cohort_rows(official: pd.DataFrame) -> pd.DataFrame:
    """region, name, cohort, value (index) and change of every participant, best first."""
    wide = official.pivot_table(
        index=["region", "name", "cohort"], columns="node", values="value", aggfunc="first"
    ).reset_index()
    wide["change"] = wide.get("improvement", np.nan)
    wide = wide.rename(columns={ROOT: "value"})[["region", "name", "cohort", "value", "change"]]
    return wide[wide["value"].notna()].sort_values(["value", "name"], ascending=[False, True], ignore_index=True)


def dots(values: np.ndarray, width: float) -> np.ndarray:
    """Height of each dot in a dot histogram with bins of `width`: 0, 1, 2 ... in the bin's order."""
    bins = np.floor(np.round(values / width, 9)).astype(int)
    height = np.zeros(len(values), int)
    for b in np.unique(bins):
        at = np.flatnonzero(bins == b)
        height[at] = np.arange(len(at))
    return height


def cohort(official: pd.DataFrame, region: str, peers: pd.DataFrame, neighbours: tuple[str, ...], words: Words) -> Chart:
    """Two dot histograms: indices, and changes, of all participants.

    Parameters
    ----------
    official : DataFrame
        One round, as `intake.official.read_official` returns.
    region : str
    peers : PEERS
        Of that region and round.
    neighbours : tuple of str
        Regions to name beside it.

    Returns
    -------
    Chart
        Rows: region, name, cohort, value, change of every participant.
    """
    if peers.empty:
        return Chart("cohort", words, Sentence("chart.cohort.title_empty"), empty=Sentence("chart.cohort.empty"))
    rows = cohort_rows(official)
    own = peers[peers["cohort"] == "all"].iloc[0]

    def paint(layout: str):
        return _paint(layout, rows, region, neighbours, words)

    near = rows[rows["region"].isin(neighbours)]
    others = ", ".join(f"{r.name} {words.num(r.value, 2)}" for r in near.itertuples()) or "\u2013"
    alt = words(
        "chart.cohort.alt",
        n=int(own["n"]),
        value=words.num(own["value"], 2),
        median=words.num(own["median"], 2),
        others=others,
        change=words.num(own["own_change"], 2, sign=True),
    )
    return Chart(
        "cohort",
        words,
        findings_official.cohort(peers, words),
        findings_official.cohort_note(peers, words),
        alt,
        rows,
        **both(paint),
    )


def _paint(layout: str, rows: pd.DataFrame, region: str, neighbours, w: Words):
    base, wide = BASE[layout], layout == "wide"
    has_change = rows["change"].notna().any()
    fig = canvas(layout, 1.96 if wide else (4.1 if has_change else 2.1))
    width = 3.3 if wide and has_change else 6.9 if wide else 3.3
    ax = axes_at(fig, 0.06, 0.26, width, 1.42)
    _histogram(ax, rows["value"].to_numpy(), rows, region, neighbours, w, base, 0.1, 2, False, w("chart.cohort.value"))
    if has_change:
        some = rows[rows["change"].notna()].reset_index(drop=True)
        ax = axes_at(fig, 3.7 if wide else 0.06, 0.26 if wide else 2.36, width, 1.42)
        _histogram(ax, some["change"].to_numpy(), some, region, neighbours, w, base, 0.1, 2, True, w("chart.cohort.change"))
    return fig


def _histogram(ax, values, rows, region, neighbours, w, base, width, digits, signed, title) -> None:
    told = rows["region"].isin([region, *neighbours]).to_numpy()
    order = np.argsort(told, kind="stable")  # named regions on top of their column, so that no line crosses dots
    height = np.empty(len(values), int)
    height[order] = dots(values[order], width)
    x = (np.floor(np.round(values / width, 9)) + 0.5) * width
    color = np.where(rows["region"] == region, LINE, np.where(rows["region"].isin(neighbours), MUTED, CONTEXT))
    low, high = x.min() - width, x.max() + width
    ax.set_xlim(low, high)
    crowd = max(height.max(), 6)
    top = crowd * 1.75
    ax.set_ylim(-0.6, top)
    ax.set_yticks([])
    step = 0.5
    ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    ax.set_xticks(ticks, [w.num(t, 1, sign=signed) for t in ticks])
    ax.spines["bottom"].set_color(RULE)
    if signed:
        ax.axvspan(-SMALL, SMALL, color=BAND, lw=0, zorder=0, gid="small")
        ax.axvline(0, color=GRID, lw=1, zorder=0.5)
    ax.scatter(x, height, s=11 if base < 9 else 9, c=list(color), lw=0, zorder=2, gid="participants")
    median = float(np.median(values))
    small = max(base - 0.8, 6.9)
    ax.plot([median] * 2, [-0.6, top * 0.93], color=INK2, lw=1, ls=(0, (3, 2)), zorder=1, gid="median")
    write(
        ax,
        median,
        top * 0.945,
        w("chart.cohort.median", value=w.num(median, digits, sign=signed)),
        small,
        INK2,
        "center",
        "bottom",
    )
    write(ax, 0, 1.07, title, base + 1, INK, "left", "bottom", transform=ax.transAxes, weight="bold")
    named = rows[told].assign(x=x[told]).sort_values("x")
    widest = max(text_width(_short(r), base, "bold") for r in named["name"]) + 0.12 if len(named) else 0.0
    gap = widest * (high - low) / inches(ax)[0]
    places = spread(named["x"].to_numpy(), gap, low + gap / 2, high - gap / 2)
    for place, (i, r) in zip(places, named.iterrows(), strict=True):
        _name(ax, r, values[i], (x[i], height[i]), (place, crowd * 1.22), r["region"] == region, base, w, digits, signed)


def _short(name: str) -> str:
    return name.removeprefix("Kabupaten ").removeprefix("Kota ")


def _name(ax, row, value, at, text_at, mine: bool, base: float, w: Words, digits: int, signed: bool) -> None:
    """A region's name and value above the dots, with a thin line to its dot."""
    text = f"{_short(row['name'])}\n{w.num(value, digits, sign=signed)}"
    color = LINE if mine else INK2
    ax.annotate(
        text,
        at,
        text_at,
        ha="center",
        va="bottom",
        fontsize=base if mine else max(base - 0.8, 6.9),
        fontweight="bold" if mine else "normal",
        color=color,
        zorder=3,
        linespacing=1.1,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        arrowprops={"arrowstyle": "-", "color": color, "lw": 0.7, "shrinkA": 0, "shrinkB": 2},
    )
