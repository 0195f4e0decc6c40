"""Form 7: the way to the target: measured, needed from here on, and to be expected."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import pandas as pd

from scevaluation.charts.titles import names
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import inches, panels, share
from scevaluation.draw.scale import steps
from scevaluation.draw.style import BASE, DOWN, INK, INK2, LINE, SMALLEST, UP, fit, text_width, write
from scevaluation.draw.years import Joined, ground, joined, line, new_instruments
from scevaluation.frames import INDEX, VERDICTS
from scevaluation.period import Period
from scevaluation.words import Sentence, Words, capital, decimals, part_of

SHOWN = ("label", "kind", "round", "value100", "low", "high")
COLUMNS = ("node", *SHOWN)
PACE_HUE = {"target_held": UP, "on_track": UP, "reached_now_falling": DOWN, "not_improving": DOWN, "far_too_slow": DOWN}
GROUPS = {
    "held": ("target_held",),
    "falling": ("reached_now_falling",),
    "on": ("on_track",),
    "slow": ("too_slow", "far_too_slow"),
    "away": ("not_improving",),
}
MANY = 12  # with more panels than this, every third year is named
GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85}  # keeps a number readable on lines
MARGIN = 0.42  # inches at the right of a panel for the target's number


def trajectory(paths: pd.DataFrame, verdicts: pd.DataFrame, labels: dict[str, str], words: Words) -> Chart:
    """A panel for every node with a target.

    The chart's rows: `COLUMNS`; a designed empty state where there is no target, or no value.

    Parameters
    ----------
    paths : DataFrame
        As `evaluate.targets.paths` makes: rows of kind actual, needed, forecast (a fan, only where there are enough
        comparable rounds) and target.
    verdicts : VERDICTS
        Of the round: pace, points a year needed and seen, the chance of the target, whether levels are comparable.
    labels : dict of node to text
        In the order of the panels.
    """
    rows = paths[paths["node"].isin(list(labels))].assign(label=lambda t: t["node"].map(labels))
    has = rows[(rows["kind"] == "actual") & rows["value100"].notna()]
    if has.empty:
        key = "empty" if rows.empty else "empty_missing"
        return Chart("trajectory", words, Sentence("finding.trajectory.none"), empty=Sentence("chart.trajectory." + key))
    says = verdicts.drop_duplicates("node").set_index("node", drop=False)
    nodes = [n for n in labels if n in set(rows["node"])]
    view = _View(rows, says, nodes, labels, words)
    first, last = nodes[0], has["value100"].iloc[-1]
    title = _way(says.loc[first], last, labels[first], words) if len(nodes) == 1 else None
    title = title or finding(says.reindex(nodes)["pace"], labels, words)
    drawn = rows[list(COLUMNS)].assign(kind=[words("chart.trajectory.kind_" + k) for k in rows["kind"]])
    shown = {c: "items.column." + c for c in SHOWN}
    return Chart("trajectory", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def finding(paces: pd.Series, labels: dict[str, str], words: Words) -> Sentence:
    """Who has reached the target, who is on the way to it, rises too slowly, or does not rise towards it, by the verdicts on pace.

    Parameters
    ----------
    paces : Series of pace by node
    """
    known = {pace: key for key, those in GROUPS.items() for pace in those}
    groups = {key: [n for n in paces.index if known.get(paces[n], "unknown") == key] for key in (*GROUPS, "unknown")}
    groups = {key: nodes for key, nodes in groups.items() if nodes}
    if set(groups) <= {"unknown"}:
        return Sentence("finding.trajectory.open")
    if len(groups) == 1 and len(paces) > 1:
        kind, n = next(iter(groups)), len(paces)
        whole = words.count(n) if kind == "away" else capital(words.text(part_of(n, n, words.count)))
        return Sentence("finding.trajectory.all_" + kind, {"n": whole})
    clauses = [Sentence("finding.trajectory." + key, {"names": names(nodes, labels, words)}) for key, nodes in groups.items()]
    clauses[0] = Sentence(clauses[0].key, {"names": capital(clauses[0].places["names"])})
    return reduce(lambda first, second: Sentence("finding.two", {"first": first, "second": second}), clauses)


def _way(says: pd.Series, value: float, name: str, words: Words) -> Sentence | None:
    """Of one way alone: value and target, and the chance to stand at the target in its round; None without such a chance.

    The headline of its report already tells the verdict on pace.

    Parameters
    ----------
    says : row of VERDICTS
    value : float
        Of the round, 0-100.
    """
    if np.isnan(says["p_hit"]) or says["target_round"] <= says["round"]:
        return None
    aim, chance = VERDICTS.fact(says, "target", decimals(says["target"])), VERDICTS.fact(says, "p_hit", 0, percent=True)
    places = {"name": name, "round": words.round(says["target_round"]), "target": aim, "chance": chance}
    places["value"] = INDEX.fact({**says, "value100": value}, "value100")
    return Sentence("finding.trajectory." + ("hold" if value >= says["target"] else "reach"), places)


class _View:
    """Panels on one range of values and rounds."""

    def __init__(self, rows: pd.DataFrame, says: pd.DataFrame, nodes: list[str], labels: dict[str, str], words: Words):
        self.rows, self.says, self.nodes, self.labels, self.words = rows, says, nodes, labels, words
        self.parts = {(n, k): t for (n, k), t in rows.groupby(["node", "kind"], sort=False)}
        times = [Period(r).time for r in rows["round"]]
        self.start, self.last = min(times), max(times) + 0.1
        room = 0.1 if rows.loc[rows["kind"] == "actual", "round"].nunique() > 1 else 0.28
        # Room for the numbers of the y axis, left of the data; in a first round for the value beside its dot too.
        self.first = self.start - 0.2 - room * (self.last - self.start)
        values = rows[["value100", "low", "high"]].to_numpy(float)
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        step = 5 if high - low <= 60 else (high - low) / 5
        self.low, self.high = math.floor((low - 1) / step) * step, math.ceil((high + 1) / step) * step
        self.speed = bool((self.says.reindex(nodes)["needed"] > 0).any())
        self.fan = any(k == "forecast" for _, k in self.parts)
        self.joins = {n: self._join(n) for n in nodes}

    def _part(self, node: str, kind: str) -> pd.DataFrame:
        return self.parts.get((node, kind), self.rows.iloc[:0])

    def note(self) -> str:
        w = self.words
        kinds = {k for _, k in self.parts}
        parts = [w("chart.trajectory.note")]
        parts += [w("chart.trajectory.note_needed")] if "needed" in kinds else []
        parts += [w("chart.trajectory.note_fan" if self.fan else "chart.trajectory.note_no_fan")]
        some = self.fan and any(not len(self._part(n, "forecast")) for n in self.nodes)
        parts += [w("chart.trajectory.note_some_fan")] if some else []
        gap = any(self._part(n, "actual")["value100"].isna().any() for n in self.nodes)
        parts += [w("chart.trajectory.note_gap")] if gap else []
        parts += [w("chart.trajectory.note_instrument")] if any(j.breaks for j in self.joins.values()) else []
        return " ".join(parts)

    def alt(self) -> str:
        w = self.words
        parts = [self._alt_panel(n) for n in self.nodes[:8]]
        more = [w("items.more", n=w.num(len(self.nodes) - 8, 0))] if len(self.nodes) > 8 else []
        return w("chart.trajectory.alt", n=w.num(len(self.nodes), 0), parts="; ".join(parts + more))

    def _alt_panel(self, node: str) -> str:
        w, seen = self.words, self._part(node, "actual").dropna(subset=["value100"])
        target = self._part(node, "target").iloc[0]
        value = w.num(float(seen["value100"].iloc[-1])) if len(seen) else "\u2013"
        places = {"target": w.short(target["value100"]), "round": w.round(target["round"]), "pace": self._pace(node)}
        return w("chart.trajectory.alt_panel", name=self.labels[node], value=value, **places)

    def _pace(self, node: str) -> str:
        return self.words("pace." + self.says.at[node, "pace"])

    def _join(self, node: str) -> Joined:
        rows = self._part(node, "actual")
        used = list(rows["instrument"]) if "instrument" in rows else []
        return joined(rows["value100"].to_numpy(float), used, bool(self.says.at[node, "comparable"]))

    def paint(self, layout: str):
        """The figure of a layout: panels three abreast on wide, one below the other on a phone."""
        base, wide = BASE[layout], layout == "wide"
        columns = min(3, len(self.nodes)) if wide else 1
        inner = share(layout, columns) - MARGIN - 0.04
        lines = 1 + max(self._name(n, inner, base).count("\n") for n in self.nodes) + int(self.speed)
        heads = [(0.24 + 0.13 * lines) * base / 8] * len(self.nodes)
        plot, foot = (1.12, 0.27) if wide else (0.98, 0.32)

        def paint(ax, i: int) -> None:
            self._panel(ax, self.nodes[i], i, i % columns == 0, base)

        return panels(layout, heads, paint, columns, (inner, plot), foot)

    def _name(self, node: str, inner: float, base: float) -> str:
        return fit(self.labels[node], inner + MARGIN - 0.1, base + 1, "bold", 4)

    def _panel(self, ax, node: str, number: int, left: bool, base: float) -> None:
        ax.set_axis_off()
        ax.set_xlim(self.first, self.last)
        ax.set_ylim(self.low, self.high)
        self._frame(ax, left, base)
        self._head(ax, node, base)
        self._fan(ax, node)
        self._line(ax, node)
        self._needed(ax, node, base, number == 0)

    def _frame(self, ax, left: bool, base: float) -> None:
        """Grid, its numbers in the left column, the ground line and the years."""
        clear = self.high - (self.high - self.low) * 1.6 * base / 72 / inches(ax)[1]  # a number above that meets the text over the panel
        ticks = [(t, self.words.num(t, 0) if left and t < clear else "") for t in steps(self.low, self.high, 4) if self.low < t < self.high]
        years = [y for y in range(math.floor(self.start), math.ceil(self.last)) if self.first <= y + 0.5 <= self.last]
        room = inches(ax)[0] / (self.last - self.first)
        every = max(1, math.ceil(text_width("2000", base - 0.5) * 1.5 / room), 3 if len(self.nodes) > MANY else 1)
        alone = ((self.first + self.last) / 2, self.words.round(str(self.rows["round"].max())))
        ground(ax, ticks, [(y + 0.5, str(y)) for y in years[::-1][::every]] or [alone], base, 0.05, zorder=0.3)

    def _head(self, ax, node: str, base: float) -> None:
        """The name; below it the verdict on the pace with the points a year needed and seen."""
        w, h = inches(ax)
        row, name = self.says.loc[node], self._name(node, w, base)
        place, small, line = ax.transAxes, max(base - 0.5, SMALLEST), base / 8 / h
        top, foot = (0.33, 0.19) if self.speed else (0.2, 0.055)
        write(ax, 0, 1 + top * line, name, base + 1, INK, transform=place, weight="bold", linespacing=1.0, gid="panel")
        ink, pace = PACE_HUE.get(row["pace"], INK2), capital(self._pace(node))
        write(ax, 0, 1 + foot * line, pace, small, ink, transform=place, weight="semibold", gid="pace")
        if self.speed and np.isfinite(row["needed"]) and row["needed"] > 0:
            places = {k: self.words.num(row[k], 1, sign=True) for k in ("needed", "seen")}
            key = "chart.trajectory.speed" if np.isfinite(row["seen"]) else "chart.trajectory.speed_needed"
            write(ax, 0, 1 + 0.055 * line, self.words(key, **places), small, INK2, transform=place, gid="speed")

    def _fan(self, ax, node: str) -> None:
        """The 90 % interval of what is to be expected, and its middle."""
        fan = self._part(node, "forecast")
        if fan.empty:
            return
        seen = self._part(node, "actual").dropna(subset=["value100"])
        x = np.array([Period(r).time for r in fan["round"]])
        ax.fill_between(x, fan["low"], fan["high"], color=LINE, alpha=0.16, lw=0, zorder=1, gid="fan")
        if len(x) == 1:
            ax.vlines(x, fan["low"], fan["high"], color=LINE, alpha=0.16, lw=4, zorder=1)
        times, middle = [Period(r).time for r in seen["round"][-1:]], seen["value100"][-1:]
        look = {"color": LINE, "lw": 0.9, "ls": (0, (1, 1.4)), "zorder": 1.5, "gid": "forecast"}
        ax.plot([*times, *x], [*middle, *fan["value100"]], **look)

    def _line(self, ax, node: str) -> None:
        """Solid between rounds in a row, a thin bridge over a missing one, two strokes where levels are not comparable."""
        rows, join = self._part(node, "actual"), self.joins[node]
        x, y = np.array([Period(r).time for r in rows["round"]]), rows["value100"].to_numpy(float)
        line(ax, x, y, join)
        new_instruments(ax, x, join)
        seen = np.flatnonzero(np.isfinite(y))
        if len(seen):
            ax.plot(x[seen[:-1]], y[seen[:-1]], "o", ls="", ms=2.6, color=LINE, zorder=3)
            ax.plot(x[seen[-1]], y[seen[-1]], "o", ms=5, mfc=LINE, mec="white", mew=0.6, zorder=4, clip_on=False, gid="last")

    def _needed(self, ax, node: str, base: float, first: bool) -> None:
        """The straight way to the target, its tick and number, and the last value's number."""
        w, (wide, high) = self.words, inches(ax)
        line, unit = (self.high - self.low) / high, (self.last - self.first) / wide
        needed, target = self._part(node, "needed"), self._part(node, "target").iloc[0]
        if len(needed):
            times = [Period(r).time for r in needed["round"]]
            ax.plot(times, needed["value100"], color=INK, lw=1.2, ls=(0, (3.2, 2)), zorder=2.5, gid="needed")
        aim = float(target["value100"])
        at = max(Period(target["round"]).time, self.first + 0.1)
        tick = [at - 0.06 * unit, at + 0.1 * unit]
        ax.plot(tick, [aim] * 2, color=INK, lw=2.2, zorder=4, clip_on=False, solid_capstyle="butt", gid="target")
        write(ax, at + 0.13 * unit, aim, w.short(aim), base + 0.5, INK, "left", "center", weight="bold", gid="aim")
        if first:
            small = max(base - 1.1, SMALLEST)
            write(ax, at + 0.13 * unit, aim - 0.1 * base / 8 * line, w("chart.target"), small, INK2, "left", "top")
        seen = self._part(node, "actual").dropna(subset=["value100"])
        if len(seen):
            x, y = Period(seen["round"].iloc[-1]).time, float(seen["value100"].iloc[-1])
            down = aim >= y and y - 0.2 * base / 8 * line >= self.low
            shift, align = (-0.07 * base / 8, "top") if down else (0.07 * base / 8, "bottom")
            half, look = text_width(w.num(y), base + 0.5, "bold") / 2 * unit, {"weight": "bold", "zorder": 5, "bbox": GROUND}
            where = "left" if x - half < self.first else "right" if x + half > self.last or align == "bottom" else "center"
            write(ax, x, y + shift * line, w.num(y), base + 0.5, LINE, where, align, gid="value", **look)
