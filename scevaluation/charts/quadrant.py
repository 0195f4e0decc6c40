"""Form 11: what to see to first: every indicator by its weight in the index and its score; only the urgent ones are named."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from scevaluation.charts.qualities import interval_text
from scevaluation.charts.titles import few
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import axes_at, canvas, inches
from scevaluation.draw.scale import score_range
from scevaluation.draw.style import BAND, BASE, CONTEXT, GRID, INK, INK2, LINE, MUTED, PHONE, RULE, SMALLEST, WIDE, fit, write
from scevaluation.words import Sentence, Words, capital, lower

MOST = 8  # urgent indicators named; more are counted
COLUMNS = {"wide": 3, "phone": 1}  # of the list below the plot
BADGE = 0.078  # radius of a numbered mark, inches
SHOWN = {"label": "quadrant.indicator", "part": "quadrant.part", "number": "quadrant.number", "share": "quadrant.weight"}
SHOWN |= {"value100": "survey.value", "low": "survey.low", "high": "survey.high", "urgent": "quadrant.urgent"}


def quadrant(table: pd.DataFrame, labels: dict[str, str], words: Words) -> Chart:
    """Weight over score with intervals, lines at both means, the urgent quadrant shaded, its indicators numbered and listed.

    The chart's rows: IMPORTANCE with label, part (what the indicator belongs to; '' where it stands right under the index),
    number (of an urgent one that is named) and share (weight in per cent), in the table's order.

    Parameters
    ----------
    table : IMPORTANCE
        Of one region and round.
    labels : dict of node to text
        Of the indicators and of what they belong to.
    """
    w = words
    if table.empty or table["value100"].isna().all():
        return Chart("quadrant", w, Sentence("chart.quadrant.title_empty"), empty=Sentence("chart.quadrant.empty"))
    names = [(labels.get(n, n), labels.get(n.rpartition("/")[0], "")) for n in table["node"]]
    label, part = zip(*names, strict=True)
    rows = table.assign(label=label, part=part, share=table["weight"] * 100).reset_index(drop=True)
    number = rows["urgent"].cumsum().where(rows["urgent"])
    rows["number"] = number.where(number <= MOST)
    view = _View(rows, w)
    told = [(r.label, w.num(r.value100), w.num(r.share)) for r in rows[rows["number"].notna()].itertuples()]
    parts = "; ".join(w("chart.quadrant.alt_row", name=n, value=value, weight=weight) for n, value, weight in told)
    note = Sentence("chart.quadrant.note", {"parts": " ".join(w.text(p) for p in _note(rows, w))})
    alt = w("chart.quadrant.alt", n=w.num(len(rows), 0), parts=parts or w("quadrant.none"))
    return Chart("quadrant", w, finding(rows, w), note, alt, rows, **both(view.paint), labels=SHOWN)


def finding(rows: pd.DataFrame, words: Words) -> Sentence:
    """Which indicators weigh more than the mean and score below it; those that have no room are counted and the first is named."""
    urgent = rows[rows["urgent"]]
    if rows["weight"].max() - rows["weight"].min() < 1e-9:
        return Sentence("finding.quadrant.equal")
    if urgent.empty:
        return Sentence("finding.quadrant.none")
    first = urgent["label"].iloc[0]
    if not few(urgent["label"]):
        return Sentence("finding.quadrant.many", {"n": capital(words.count(len(urgent))), "name": lower(first)})
    return Sentence("finding.quadrant.few", {"names": capital(words.join(lower(n) for n in urgent["label"]))})


def _note(rows: pd.DataFrame, w: Words) -> list[Sentence]:
    """What the marks mean, only of those drawn."""
    seen = rows[rows["value100"].notna()]
    drawn = {"assessors": "assessors", "bounds": "bounds", "": "unknown"}
    keys = [key for basis, key in drawn.items() if (seen["basis"] == basis).any()]
    keys += ["unsure"] if (rows["urgent"] & (rows["high"] >= rows["mean_value"])).any() else []
    keys += ["several"] if seen.loc[~seen["urgent"], ["weight", "value100"]].round(6).duplicated().any() else []
    missing = len(rows) - len(seen)
    last = [Sentence("chart.quadrant.note_missing", {"n": w.num(missing, 0)})] if missing else []
    return [Sentence("chart.quadrant.note_" + k) for k in keys] + last


class _View:
    """The rows, the axes' ranges, and how a layout is painted."""

    def __init__(self, rows: pd.DataFrame, words: Words):
        self.rows, self.w = rows, words
        self.seen = rows[rows["value100"].notna()]
        drawn = self.seen[["value100", "low", "high", "mean_value"]].to_numpy(float)
        self.x = score_range(drawn[np.isfinite(drawn)])
        most = float(rows["share"].max())
        self.step = next(s for s in (0.2, 0.5, 1, 2, 5, 10, 20, 50) if most / s <= 6)
        self.top = max(math.ceil(most * 1.12 / self.step), 1) * self.step
        self.mean = (float(rows["mean_value"].iloc[0]), float(rows["mean_weight"].iloc[0]) * 100)
        self.missing = rows[rows["value100"].isna()]

    def paint(self, layout: str):
        base, columns, width = BASE[layout], COLUMNS[layout], WIDE if layout == "wide" else PHONE
        named = self.rows[self.rows["number"].notna()].to_dict("records")
        room, small = width / columns - 0.36, max(base - 0.6, SMALLEST)
        texts = [(fit(r["label"], room, base + 0.3, lines=4), fit(self._values(r), room, small, lines=4)) for r in named]
        deep = math.ceil(len(named) / columns)
        lines = [max(sum(t.count("\n") for t in pair) for pair in texts[i::deep]) for i in range(deep)]
        places = np.cumsum([0.4, *(0.0525 * base + _line(base) * n for n in lines)])
        strip, high = 0.42 if len(self.missing) else 0.0, 2.6
        names = places[-1] + (0.35 if not named else 0.04 if self._more() else -0.14)
        fig = canvas(layout, 0.34 + high + 0.5 + names)
        ax = axes_at(fig, 0.34, 0.34, width - 0.36 - strip - 0.12, high)
        self._ground(ax, base)
        self._others(ax)
        self._urgent(ax, base)
        if strip:
            self._missing(ax, base)
        self._list(axes_at(fig, 0.04, 0.34 + high + 0.5, width - 0.06, names), base, columns, named, texts, places)
        return fig

    def _more(self) -> int:
        """Urgent indicators beyond those named."""
        return int(self.rows["urgent"].sum() - self.rows["number"].notna().sum())

    def _ground(self, ax, base: float) -> None:
        """Axes, the shaded quadrant, and the two means with their names."""
        w, small = self.w, max(base - 0.8, SMALLEST)
        low, high, step = self.x
        edge = (high - low) * 0.03
        ax.set_xlim(low - edge, high + edge)
        ax.set_ylim(0, self.top)
        value, weight = self.mean
        ground = [low - edge, min(value, high)], [weight] * 2, [self.top] * 2
        ax.fill_between(*ground, color=BAND, lw=0, zorder=0, gid="quadrant")
        for t in np.arange(self.step, self.top + self.step / 2, self.step):
            ax.axhline(t, color=GRID, lw=0.7, zorder=0.2)
        digits = 0 if float(self.step).is_integer() else 1
        ticks = np.arange(0, self.top + self.step / 2, self.step)
        ax.set_yticks(ticks, [w.num(t, digits) for t in ticks])
        across = low + np.arange(round((high - low) / step) + 1) * step
        ax.set_xticks(across, [w.num(t, 0) for t in across])
        ax.axvline(value, color=INK2, lw=0.9, ls=(0, (3, 2)), zorder=2.5, gid="mean-value")
        ax.axhline(weight, color=INK2, lw=0.9, ls=(0, (3, 2)), zorder=2.5, gid="mean-weight")
        (wide, tall), over = inches(ax), {"transform": ax.transAxes, "weight": "bold"}
        write(ax, 0, 1 + 0.09 / tall, w("quadrant.weight_axis"), base, INK, "left", "bottom", **over)
        write(ax, 1, -0.24 / tall, w("quadrant.value_axis"), base, INK, "right", "top", **over)
        look = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.4}, "zorder": 6}
        way, side = (-1, "right") if (value - low) / (high - low) > 0.62 else (1, "left")
        x, y = value + way * 0.05 / wide * (high - low), self.top * 0.05 / tall
        write(ax, x, y, w("quadrant.mean", value=w.num(value)), small, INK2, side, "bottom", **look)
        text = w("quadrant.mean", value=w.num(weight) + "%")
        write(ax, high, weight + self.top * 0.04 / tall, text, small, INK2, "right", "bottom", **look)

    def _others(self, ax) -> None:
        """Indicators that are not urgent: a dot for each place, larger for several, with its interval behind."""
        rest = self.seen[~self.seen["urgent"]]
        if rest.empty:
            return
        known = rest[rest["low"].notna() & rest["high"].notna()]
        bars = [[(r.low, r.share), (r.high, r.share)] for r in known.itertuples()]
        ax.add_collection(LineCollection(bars, colors=CONTEXT, linewidths=1.1, zorder=2, gid="others-intervals"))
        places = rest.groupby([rest["weight"].round(6), rest["value100"].round(6)], sort=False)
        at = places[["value100", "share"]].first()
        size = 13 * places.size().clip(upper=12)
        dots = ax.scatter(at["value100"], at["share"], s=size, c=MUTED, edgecolors="white", lw=0.5, zorder=3, gid="others")
        dots.set_clip_on(False)

    def _cross(self, ax, r) -> None:
        """The interval of an urgent indicator as a bar with ends."""
        if not (np.isfinite(r["low"]) and np.isfinite(r["high"])):
            return
        x, y = [r["low"], r["high"]], r["share"]
        ax.plot(x, [y, y], color=LINE, lw=1.1, zorder=2, solid_capstyle="butt", gid="interval")
        end = self.top * 0.035 / inches(ax)[1]
        for at in x:
            ax.plot([at, at], [y - end, y + end], color=LINE, lw=1.1, zorder=2)

    def _urgent(self, ax, base: float) -> None:
        """Numbered marks, moved aside with a line to their place where they would cover each other; hollow where unsure."""
        urgent = self.rows[self.rows["urgent"]]
        (wide, tall), (low, high) = inches(ax), ax.get_xlim()
        taken: list[tuple[float, float]] = []
        for r in urgent.to_dict("records"):
            self._cross(ax, r)
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
            self._badge(ax, *place, r, base, "unsure" if r["high"] >= r["mean_value"] else "urgent")

    def _missing(self, ax, base: float) -> None:
        """Indicators without a score, in a strip of their own beside the plot: hollow, at their weight."""
        wide, small = inches(ax)[0], max(base - 0.8, SMALLEST)
        beside = ax.get_yaxis_transform()
        x = 1 + 0.27 / wide
        ax.plot([1 + 0.09 / wide] * 2, [0, self.top], transform=beside, color=RULE, lw=0.6, clip_on=False, zorder=0)
        look: dict = {"ms": 4.6, "mfc": "white", "mec": INK2, "mew": 0.9, "clip_on": False, "zorder": 3, "gid": "missing"}
        for share in self.missing["share"]:
            ax.plot([x], [share], "D", transform=beside, **look)
        look = {"transform": beside, "gid": "missing-head", "linespacing": 0.9}
        write(ax, x, self.top, self.w("quadrant.missing"), small, INK2, "center", "bottom", **look)

    def _list(self, ax, base: float, columns: int, named: list[dict], texts, places: np.ndarray) -> None:
        """The urgent indicators by number, down the columns: name, what it belongs to, score with interval, weight."""
        w, (wide, tall), small = self.w, inches(ax), max(base - 0.6, SMALLEST)
        ax.set_axis_off()
        ax.set_xlim(0, wide)
        ax.set_ylim(tall, 0)
        write(ax, 0, 0.02, w("quadrant.list"), base + 0.5, INK, "left", "top", weight="bold")
        if not named:
            write(ax, 0, 0.3, fit(w("quadrant.none"), wide, base), base, INK2, "left", "top", linespacing=1.1)
        for i, (r, (name, values)) in enumerate(zip(named, texts, strict=True)):
            column, row = divmod(i, len(places) - 1)
            x, y = column * wide / columns, places[row]
            self._badge(ax, x + 0.08, y, r, base)
            for line in name.split("\n"):
                write(ax, x + 0.24, y, line, base + 0.3, INK, "left", "center", gid="named")
                y += _line(base)
            top = y - 0.4 * _line(base)
            write(ax, x + 0.24, top, values, small, INK2, "left", "top", linespacing=1.0, gid="named-values")
        if self._more():
            rest = w("quadrant.more", n=w.num(self._more(), 0))
            write(ax, 0.24, tall - 0.04, rest, small, INK2, "left", "bottom", gid="more")

    def _values(self, r: dict) -> str:
        """Part, score, interval and weight."""
        w, between = self.w, interval_text(r["low"], r["high"], self.w, 0)
        value = w.num(r["value100"])
        value = w("quadrant.interval", value=value, range=between) if between else value
        text = w("quadrant.row", value=value, weight=w.num(r["share"]))
        return f"{r['part']}: {text}" if r["part"] else text

    def _badge(self, ax, x: float, y: float, r: dict, base: float, gid: str = "key") -> None:
        """The number of an urgent indicator in a circle, hollow where its interval reaches the mean."""
        face, ink = ("white", LINE) if r["high"] >= r["mean_value"] else (LINE, "white")
        ax.plot([x], [y], "o", ms=BADGE * 144, mfc=face, mec=LINE, mew=1, zorder=5, clip_on=False, gid=gid)
        size = max(base - 1, SMALLEST)
        write(ax, x, y, f"{r['number']:.0f}", size, ink, "center", "center_baseline", weight="bold", zorder=5.5, gid="number")


def _line(base: float) -> float:
    """Height of a line of the list, inches."""
    return 0.145 * base / 8


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
