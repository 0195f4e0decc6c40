"""Form 11: what to see to first: every indicator by its weight in the index and its score; only the urgent ones are named."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from scevaluation.charts import findings_survey
from scevaluation.charts.chart import Chart, both
from scevaluation.charts.qualities import interval_text
from scevaluation.charts.style import (
    BAND,
    BASE,
    CONTEXT,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    PHONE,
    RULE,
    SMALLEST,
    WIDE,
    axes_at,
    canvas,
    fit,
    halo,
    inches,
    write,
)
from scevaluation.charts.trends import neat_range
from scevaluation.words import Sentence, Words

MOST = 8  # urgent indicators named; more are counted
BADGE = 0.078  # radius of a numbered mark, inches
SHOWN = {
    "label": "quadrant.indicator",
    "number": "quadrant.number",
    "share": "quadrant.weight",
    "value100": "survey.value",
    "low": "survey.low",
    "high": "survey.high",
    "urgent": "quadrant.urgent",
}


def quadrant(table: pd.DataFrame, labels: dict[str, str], words: Words) -> Chart:
    """Weight over score with intervals, lines at both means, the urgent quadrant shaded, its indicators numbered and listed.

    Parameters
    ----------
    table : IMPORTANCE
        Of one region and round.
    labels : dict of node to text

    Returns
    -------
    Chart
        Rows: IMPORTANCE with label, number (of an urgent one that is named) and share (weight in per cent), in the table's order.
    """
    w = words
    if table.empty or table["value100"].isna().all():
        return Chart("quadrant", w, Sentence("chart.quadrant.title_empty"), empty=Sentence("chart.quadrant.empty"))
    rows = table.assign(label=[labels.get(n, n) for n in table["node"]], share=table["weight"] * 100).reset_index(drop=True)
    number = rows["urgent"].cumsum().where(rows["urgent"])
    rows["number"] = number.where(number <= MOST)
    view = _View(rows, w)
    named = rows[rows["number"].notna()]
    parts = "; ".join(
        w("chart.quadrant.alt_row", name=r.label, value=w.num(r.value100), weight=w.num(r.share)) for r in named.itertuples()
    )
    return Chart(
        "quadrant",
        w,
        findings_survey.quadrant(rows, w),
        Sentence("chart.quadrant.note", {"parts": " ".join(w.text(p) for p in _note(rows, w))}),
        w("chart.quadrant.alt", n=w.num(len(rows), 0), parts=parts or w("quadrant.none")),
        rows,
        labels=SHOWN,
        **both(view.paint),
    )


def _note(rows: pd.DataFrame, w: Words) -> list[Sentence]:
    """What the marks mean, only of those drawn."""
    parts = []
    for basis in ("assessors", "bounds"):
        if ((rows["basis"] == basis) & rows["value100"].notna()).any():
            parts.append(Sentence("chart.quadrant.note_" + basis))
    if ((rows["basis"] == "") & rows["value100"].notna()).any():
        parts.append(Sentence("chart.quadrant.note_unknown"))
    if (rows["urgent"] & (rows["high"] >= rows["mean_value"])).any():
        parts.append(Sentence("chart.quadrant.note_unsure"))
    places = rows.loc[rows["value100"].notna() & ~rows["urgent"], ["weight", "value100"]].round(6)
    if places.duplicated().any():
        parts.append(Sentence("chart.quadrant.note_several"))
    missing = int(rows["value100"].isna().sum())
    if missing:
        parts.append(Sentence("chart.quadrant.note_missing", {"n": w.num(missing, 0)}))
    return parts


class _View:
    """The rows, the axes' ranges, and how a layout is painted."""

    def __init__(self, rows: pd.DataFrame, words: Words):
        self.rows, self.w = rows, words
        self.seen = rows[rows["value100"].notna()]
        drawn = self.seen[["value100", "low", "high", "mean_value"]].to_numpy(float)
        self.x = neat_range(drawn[np.isfinite(drawn)])
        most = float(rows["share"].max())
        self.step = next(s for s in (0.2, 0.5, 1, 2, 5, 10, 20, 50) if most / s <= 6)
        self.top = max(math.ceil(most * 1.12 / self.step), 1) * self.step
        self.mean = (float(rows["mean_value"].iloc[0]), float(rows["mean_weight"].iloc[0]) * 100)
        self.missing = rows[rows["value100"].isna()]

    def paint(self, layout: str):
        wide, base = layout == "wide", BASE[layout]
        listed = int(self.rows["number"].notna().sum())
        more = int(self.rows["urgent"].sum()) > listed
        row = 0.42 if wide else 0.5
        names = 0.3 + row * max(listed, 1) + (0.2 if more else 0)
        strip = 0.42 if len(self.missing) else 0.0
        high = max(3.1, names) if wide else 2.7
        fig = canvas(layout, 0.34 + high + 0.42 + (0 if wide else names + 0.1))
        width = (4.42 if wide else PHONE - 0.36) - strip - 0.12
        ax = axes_at(fig, 0.34, 0.34, width, high)
        self._ground(ax, base)
        self._others(ax)
        self._urgent(ax, base)
        if strip:
            self._missing(ax, base)
        left, top = (4.86, 0.34) if wide else (0.04, 0.34 + high + 0.5)
        side = axes_at(fig, left, top, (WIDE if wide else PHONE) - left - 0.02, names)
        self._list(side, base, row, more)
        return fig

    def _ground(self, ax, base: float) -> None:
        """Axes, the shaded quadrant, and the two means with their names."""
        w, small = self.w, max(base - 0.8, SMALLEST)
        low, high, step = self.x
        ax.set_xlim(low, high)
        ax.set_ylim(0, self.top)
        value, weight = self.mean
        ax.fill_between([low, min(value, high)], [weight] * 2, [self.top] * 2, color=BAND, lw=0, zorder=0, gid="quadrant")
        for t in np.arange(self.step, self.top + self.step / 2, self.step):
            ax.axhline(t, color=GRID, lw=0.7, zorder=0.2)
        digits = 0 if float(self.step).is_integer() else 1
        ticks = np.arange(0, self.top + self.step / 2, self.step)
        ax.set_yticks(ticks, [w.num(t, digits) for t in ticks])
        across = low + np.arange(round((high - low) / step) + 1) * step
        ax.set_xticks(across, [w.num(t, 0) for t in across])
        ax.axvline(value, color=INK2, lw=0.9, ls=(0, (3, 2)), zorder=1, gid="mean-value")
        ax.axhline(weight, color=INK2, lw=0.9, ls=(0, (3, 2)), zorder=1, gid="mean-weight")
        write(
            ax,
            0,
            1 + 0.09 / inches(ax)[1],
            w("quadrant.weight_axis"),
            base,
            INK,
            "left",
            "bottom",
            transform=ax.transAxes,
            weight="bold",
        )
        write(
            ax,
            1,
            -0.24 / inches(ax)[1],
            w("quadrant.value_axis"),
            base,
            INK,
            "right",
            "top",
            transform=ax.transAxes,
            weight="bold",
        )
        wide, tall = inches(ax)
        left = (value - low) / (high - low) > 0.62
        ax.text(
            value + (-1 if left else 1) * 0.05 / wide * (high - low),
            self.top * 0.05 / tall,
            w("quadrant.mean", value=w.num(value)),
            fontsize=small,
            color=INK2,
            ha="right" if left else "left",
            va="bottom",
            path_effects=halo(),
            zorder=6,
        )
        ax.text(
            high,
            weight + self.top * 0.04 / tall,
            w("quadrant.mean", value=w.num(weight) + "%"),
            fontsize=small,
            color=INK2,
            ha="right",
            va="bottom",
            path_effects=halo(),
            zorder=6,
        )

    def _others(self, ax) -> None:
        """Indicators that are not urgent: a dot for each place, larger for several, with its interval behind."""
        rest = self.seen[~self.seen["urgent"]]
        for _, group in rest.groupby([rest["weight"].round(6), rest["value100"].round(6)], sort=False):
            r = group.iloc[0]
            self._cross(ax, r, CONTEXT)
            size = 3.6 * math.sqrt(min(len(group), 12))
            ax.plot(
                [r["value100"]],
                [r["share"]],
                "o",
                ms=size,
                color=MUTED,
                mec="white",
                mew=0.5,
                zorder=3,
                clip_on=False,
                gid="indicator",
            )

    def _cross(self, ax, r, color: str) -> None:
        """The interval as a bar with ends."""
        if not (np.isfinite(r["low"]) and np.isfinite(r["high"])):
            return
        end = self.top * 0.035 / inches(ax)[1]
        y = r["share"]
        x = [r["low"], r["high"], r["high"], r["high"], r["low"], r["low"], r["low"]]
        ax.plot(x[:2], [y, y], color=color, lw=1.1, zorder=2, solid_capstyle="butt", gid="interval")
        for at in x[:2]:
            ax.plot([at, at], [y - end, y + end], color=color, lw=1.1, zorder=2)

    def _urgent(self, ax, base: float) -> None:
        """Numbered marks, moved aside with a line to their place where they would cover each other; hollow where unsure."""
        urgent = self.rows[self.rows["urgent"]]
        wide, tall = inches(ax)
        low, high, _ = self.x
        taken: list[tuple[float, float]] = []
        for r in urgent.to_dict("records"):
            self._cross(ax, r, LINE)
            x, y = (r["value100"] - low) / (high - low) * wide, r["share"] / self.top * tall
            if np.isnan(r["number"]):
                ax.plot([r["value100"]], [r["share"]], "o", ms=4, color=LINE, zorder=4, gid="urgent")
                continue
            at = _free(x, y, taken, wide, tall)
            taken.append(at)
            place = (low + at[0] / wide * (high - low), at[1] / tall * self.top)
            if at != (x, y):
                ax.plot([r["value100"], place[0]], [r["share"], place[1]], color=LINE, lw=0.7, zorder=3.5)
                ax.plot([r["value100"]], [r["share"]], "o", ms=3, color=LINE, zorder=3.6)
            unsure = r["high"] >= r["mean_value"]
            face, ink = ("white", LINE) if unsure else (LINE, "white")
            ax.plot(
                [place[0]],
                [place[1]],
                "o",
                ms=BADGE * 144,
                mfc=face,
                mec=LINE,
                mew=1,
                zorder=5,
                clip_on=False,
                gid="unsure" if unsure else "urgent",
            )
            write(
                ax,
                *place,
                f"{r['number']:.0f}",
                max(base - 1, SMALLEST),
                ink,
                "center",
                "center_baseline",
                weight="bold",
                zorder=5.5,
                gid="badge",
            )

    def _missing(self, ax, base: float) -> None:
        """Indicators without a score, in a strip of their own beside the plot: hollow, at their weight."""
        wide, small = inches(ax)[0], max(base - 0.8, SMALLEST)
        beside = ax.get_yaxis_transform()
        x = 1 + 0.27 / wide
        ax.plot([1 + 0.09 / wide] * 2, [0, self.top], transform=beside, color=RULE, lw=0.6, clip_on=False, zorder=0)
        for share in self.missing["share"]:
            ax.plot(
                [x],
                [share],
                "D",
                ms=4.6,
                mfc="white",
                mec=INK2,
                mew=0.9,
                transform=beside,
                clip_on=False,
                zorder=3,
                gid="missing",
            )
        write(ax, x, -0.04 * self.top / inches(ax)[1], "\u2013", base + 1, INK2, "center", "top", transform=beside)
        write(
            ax,
            x,
            self.top,
            self.w("quadrant.missing"),
            small,
            INK2,
            "center",
            "bottom",
            transform=beside,
            gid="missing-head",
            linespacing=0.9,
        )

    def _list(self, ax, base: float, row: float, more: bool) -> None:
        """The urgent indicators by number: name, score with interval, weight."""
        w, (wide, tall), small = self.w, inches(ax), max(base - 0.6, SMALLEST)
        ax.set_axis_off()
        ax.set_xlim(0, wide)
        ax.set_ylim(tall, 0)
        write(ax, 0, 0.02, w("quadrant.list"), base + 0.5, INK, "left", "top", weight="bold")
        named = self.rows[self.rows["number"].notna()]
        if named.empty:
            write(ax, 0, 0.3, fit(w("quadrant.none"), wide, base), base, INK2, "left", "top", linespacing=1.1)
        for i, r in enumerate(named.to_dict("records")):
            y = 0.34 + i * row
            unsure = r["high"] >= r["mean_value"]
            ax.plot([0.08], [y + 0.06], "o", ms=BADGE * 144, mfc="white" if unsure else LINE, mec=LINE, mew=1, clip_on=False)
            write(
                ax,
                0.08,
                y + 0.06,
                f"{r['number']:.0f}",
                max(base - 1, SMALLEST),
                LINE if unsure else "white",
                "center",
                "center_baseline",
                weight="bold",
            )
            write(
                ax,
                0.24,
                y + 0.06,
                fit(r["label"], wide - 0.26, base + 0.3, lines=1),
                base + 0.3,
                INK,
                "left",
                "center",
                gid="named",
            )
            between = interval_text(r["low"], r["high"], w, 0)
            key = "quadrant.row_interval" if between else "quadrant.row"
            text = w(key, value=w.num(r["value100"]), range=between, weight=w.num(r["share"]))
            write(ax, 0.24, y + 0.06 + 0.165 * base / 8, text, small, INK2, "left", "center", gid="named-values")
        if more:
            rest = int(self.rows["urgent"].sum()) - len(named)
            write(
                ax,
                0.24,
                0.34 + len(named) * row,
                w("quadrant.more", n=w.num(rest, 0)),
                small,
                INK2,
                "left",
                "center",
                gid="more",
            )


def _free(x: float, y: float, taken: list[tuple[float, float]], wide: float, tall: float) -> tuple[float, float]:
    """The place nearest to (x, y), inches, where a badge covers no other and stays inside; (x, y) itself where it is free."""
    for distance in (0.0, 0.19, 0.27, 0.36, 0.46, 0.58, 0.72):
        turns = 1 if distance == 0 else 16
        for turn in range(turns):
            angle = math.pi / 2 + turn * 2 * math.pi / turns
            at = (x + distance * math.cos(angle), y + distance * math.sin(angle))
            inside = distance == 0 or (BADGE < at[0] < wide - BADGE and BADGE < at[1] < tall - BADGE)
            if inside and all(math.dist(at, t) > 2.15 * BADGE for t in taken):
                return at if distance else (x, y)
    return (x, y)
