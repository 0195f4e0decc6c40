"""The region among all participants of an official round: where its index stands, and how its change compares."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import inches, panels
from scevaluation.draw.style import BAND, BASE, CONTEXT, GRID, INK, INK2, LINE, MUTED, RULE, SMALLEST, spread, text_width, write
from scevaluation.frames import PEERS, ROOT
from scevaluation.node import Scale
from scevaluation.region import short_name
from scevaluation.words import Sentence, Words, decimals

HIGH, NAMED = 1.42, 2.6  # inches of a panel with one level of names; lines that a level takes


def cohort_rows(official: pd.DataFrame) -> pd.DataFrame:
    """region, name, cohort, value (index) and change of every participant, best first."""
    who = ["region", "name", "cohort"]
    wide = official.pivot_table(index=who, columns="node", values="value", aggfunc="first").reset_index()
    wide = wide.rename(columns={ROOT: "value", "improvement": "change"}).reindex(columns=[*who, "value", "change"])
    return wide[wide["value"].notna()].sort_values(["value", "name"], ascending=[False, True], ignore_index=True)


def dots(values: np.ndarray, width: float) -> np.ndarray:
    """Height of each dot in a dot histogram with bins of `width`: 0, 1, 2 ... in the bin's order."""
    bins = pd.Series(np.floor(np.round(values / width, 9)).astype(int))
    return bins.groupby(bins).cumcount().to_numpy()


def cohort(official: pd.DataFrame, region: str, peers: pd.DataFrame, neighbours: tuple[str, ...], scale: Scale, words: Words) -> Chart:
    """Two dot histograms: indices, and changes, of all participants.

    The chart's rows: region, name, cohort, value, change of every participant.

    Parameters
    ----------
    official : DataFrame
        One round, as `intake.official.read_official` returns.
    peers : PEERS
        Of that region and round.
    neighbours : tuple of str
        Regions to name beside it.
    scale : Scale
        On which all are scored; a column of dots is as wide as what is small on it.
    """
    if peers.empty:
        return Chart("cohort", words, Sentence("chart.cohort.title_empty"), empty=Sentence("chart.cohort.empty"))
    rows = cohort_rows(official)
    own = peers[peers["cohort"] == "all"].iloc[0]

    near = rows[rows["region"].isin(neighbours)]
    others = ", ".join(f"{r.name} {words.num(r.value, 2)}" for r in near.itertuples()) or "\u2013"
    numbers = {k: words.num(own[k], 2) for k in ("value", "median")}
    change = words.num(own["own_change"], 2, sign=True)
    alt = words("chart.cohort.alt", n=int(own["n"]), others=others, change=change, **numbers)
    title, note = finding(peers), _note(peers, scale, words)
    pictures = both(lambda layout: _paint(layout, rows, region, neighbours, scale, words))
    return Chart("cohort", words, title, note, alt, rows, common="chart.cohort.rows", **pictures)


def finding(peers: pd.DataFrame) -> Sentence:
    """Rank among all with its denominator, and in the own cohort."""
    own = peers[peers["cohort"] == "all"].iloc[0]
    places = {"rank": PEERS.fact(own, "rank", 0), "n": PEERS.fact(own, "n", 0)}
    rest = peers[peers["cohort"] != "all"]
    if rest.empty:
        return Sentence("finding.cohort.all", places)
    mine = rest.iloc[0]
    places |= {"rank2": PEERS.fact(mine, "rank", 0), "n2": PEERS.fact(mine, "n", 0), "cohort": mine["cohort"]}
    return Sentence("finding.cohort.both", places)


def _note(peers: pd.DataFrame, scale: Scale, words: Words) -> Sentence:
    """The rank's interval among all, and the size of the change beside those of the own cohort."""
    own = peers[peers["cohort"] == "all"].iloc[0]
    places: dict = {k: PEERS.fact(own, c, 0) for k, c in (("low", "rank_low"), ("high", "rank_high"), ("n", "n"))}
    mine = peers.loc[peers["n"].idxmin()]
    if not mine["size"]:
        return Sentence("chart.cohort.note_short", places)
    places |= {k: PEERS.fact(mine, c, 2, sign=True) for k, c in (("change", "own_change"), ("common", "common_change"))}
    places |= {k: PEERS.fact(mine, c, 0) for k, c in (("more", "smaller_moves"), ("of", "n_change"))}
    places["small"] = words.num(scale.small, decimals(scale.small))
    places["group"] = "" if mine["cohort"] == "all" else Sentence("peers.cohort", {"cohort": mine["cohort"]})
    key = {"near": "chart.cohort.note_usual", "far": "chart.cohort.note_unusual"}.get(mine["size"], "chart.cohort.note_moved")
    return Sentence(key, places)


def _paint(layout: str, rows: pd.DataFrame, region: str, neighbours, scale: Scale, w: Words):
    shown = [c for c in ("value", "change") if rows[c].notna().any()]
    wide, n, base = layout == "wide", len(shown), BASE[layout]
    width, last = 6.9 if wide and n == 1 else 3.3, 0.28 if wide else 0.32 if n > 1 else 0.42
    named = rows[rows["region"].isin([region, *neighbours])]
    widest = max((text_width(short_name(r), base, "bold") for r in named["name"]), default=0.0) + 0.12
    levels = max(1, math.ceil(len(named) * widest / width))
    high = HIGH + (levels - 1) * NAMED * base / 72

    def paint(ax, i: int) -> None:
        mine = rows[rows[shown[i]].notna()].reset_index(drop=True)
        _histogram(ax, mine, shown[i], region, neighbours, scale, base, w, (widest, levels, high / HIGH))

    return panels(layout, [0.26] * n, paint, 2 if wide else 1, (width, high), 0.42, last, 0.06, 3.64)


def _histogram(ax, rows: pd.DataFrame, column: str, region: str, neighbours, scale: Scale, base: float, w: Words, room) -> None:
    """Of an index ("value") or a change a dot a participant, with the median; the region and its neighbours are named.

    `room` is the inches a name takes, on how many levels names stand, and how much higher than of one level the panel is.
    """
    widest, levels, higher = room
    values, signed, small = rows[column].to_numpy(), column == "change", scale.small
    told = rows["region"].isin([region, *neighbours]).to_numpy()
    order = np.argsort(told, kind="stable")  # named regions on top of their column, so that no line crosses dots
    height = np.empty(len(values), int)
    height[order] = dots(values[order], small)
    x = (np.floor(np.round(values / small, 9)) + 0.5) * small
    color = np.where(rows["region"] == region, LINE, np.where(rows["region"].isin(neighbours), MUTED, CONTEXT))
    low, high, crowd = x.min() - small, x.max() + small, max(height.max(), 6)
    top = crowd * 1.75 * higher
    ax.set_xlim(low, high)
    ax.set_ylim(-0.6, top)
    ax.set_yticks([])
    step = 5 * small
    ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    ax.set_xticks(ticks, [w.num(t, decimals(step), sign=signed) for t in ticks])
    ax.spines["bottom"].set_color(RULE)
    if signed:
        ax.axvspan(-small, small, color=BAND, lw=0, zorder=0, gid="small")
        ax.axvline(0, color=GRID, lw=1, zorder=0.5)
    ax.scatter(x, height, s=11 if base < 9 else 9, c=list(color), lw=0, zorder=2, gid="participants")
    median = float(np.median(values))
    ax.plot([median] * 2, [-0.6, top - 0.1225 * crowd], color=INK2, lw=1, ls=(0, (3, 2)), zorder=1, gid="median")
    text = w("chart.cohort.median", value=w.num(median, 2, sign=signed))
    write(ax, median, top - 0.09625 * crowd, text, max(base - 0.8, SMALLEST), INK2, "center", "bottom")
    title: dict = {"transform": ax.transAxes, "weight": "bold"}
    write(ax, 0, 1 + 0.1 / inches(ax)[1], w("chart.cohort." + column, scale=w.span(scale)), base + 1, INK, "left", "bottom", **title)
    named = rows[told].assign(x=x[told]).sort_values("x")
    (across, tall), rise = inches(ax), NAMED * base / 72
    gap = widest * (high - low) / across
    for level in reversed(range(levels)):  # the lowest last, so that no line crosses a name
        those = named.iloc[level::levels]
        places = spread(those["x"].to_numpy(), gap, low + gap / 2, high - gap / 2)
        for place, (i, r) in zip(places, those.iterrows(), strict=True):
            text = f"{short_name(r['name'])}\n{w.num(values[i], 2, sign=signed)}"
            above = crowd * 1.22 + level * rise * (top + 0.6) / tall
            _name(ax, text, (x[i], height[i]), (place, above), r["region"] == region, base)


def _name(ax, text: str, at, text_at, mine: bool, base: float) -> None:
    """A region's name and value above the dots, with a thin line to its dot."""
    color, size, weight = (LINE, base, "bold") if mine else (INK2, max(base - 0.8, SMALLEST), "normal")
    look: dict = {"fontsize": size, "fontweight": weight, "color": color, "zorder": 3, "linespacing": 1.1}
    ground: dict = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    arrow: dict = {"arrowstyle": "-", "color": color, "lw": 0.7, "shrinkA": 0, "shrinkB": 2}
    ax.annotate(text, at, text_at, ha="center", va="bottom", bbox=ground, arrowprops=arrow, **look)
