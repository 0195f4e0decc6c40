"""Form 3: how every sector moved since the first round, as small multiples on one range."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from scevaluation.charts.series import cycles, events, series, targets
from scevaluation.charts.titles import names
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import inches, panels, share
from scevaluation.draw.scale import neat_range
from scevaluation.draw.style import BASE, CONTEXT, INK, INK2, LINE, RULE, SMALLEST, fit, hue, mark, text_width, write
from scevaluation.draw.years import ground, joined, line, new_instruments, outline, shade_cycles, shade_events
from scevaluation.frames import INDEX, ROOT, VERDICTS
from scevaluation.frames.claims import FACT, JUDGED, LIKELY, OPEN, weakest
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import Sentence, Words, capital, decimals, lower, rounded

SHOWN = ("label", "round", "value100", "low", "high", "coverage", "direction")
MOVES = ("improving", "likely_improving", "declining", "likely_declining", "stagnant", "likely_stagnant")
CROWD = 8  # with more panels than this, the others' lines would be a grey wall; only the composite stays behind
LONG = 12  # with more panels than this, the alternative text counts verdicts instead of reading every panel
COLUMNS = {"wide": 3, "phone": 1}
LEAST = 0.7  # inches that a name needs beside a verdict
MARGIN = 0.46  # inches at the right of each panel for the last value and the target


def trends(
    index: pd.DataFrame,
    verdicts: pd.DataFrame,
    programme: Programme,
    round_name: str,
    nodes: list[str],
    labels: dict[str, str],
    words: Words,
    trend: pd.DataFrame | None = None,
    unit: str = "unit.component",
) -> Chart:
    """Small multiples of `nodes`, the first one the composite.

    The chart's rows: `series.COLUMNS`, a row a node and round. Where nothing has a value: a designed empty state.

    Parameters
    ----------
    index : INDEX
        Rows of the programme's region are drawn; `low` and `high` become an upright bar.
    verdicts : VERDICTS
        Of the round, for the word and mark of each panel.
    programme : Programme
        Its rounds (one without a value is a gap), cycles, events and targets.
    round_name : str
        The last round shown.
    nodes : list of str
        Panels, in order.
    labels : dict of node to text
    trend : TREND, optional
        Of the round: the interval of each node's pace becomes a ribbon.
    unit : str
        Key of what the composite's parts are called.
    """
    rows = series(index, verdicts, programme, round_name, list(nodes), labels)
    if not rows["value100"].notna().any():
        return Chart("trends", words, Sentence("chart.trends.title_empty"), empty=Sentence("chart.trends.empty"))
    view = _View(rows, programme, round_name, list(nodes), words, trend, unit)
    title = finding(rows, list(nodes), dict(zip(rows["node"], rows["label"], strict=True)), words)
    shown = {c: "column." + c for c in SHOWN}
    return Chart("trends", words, title, view.note(), view.alt(), rows, **both(view.paint), labels=shown)


def finding(rows: pd.DataFrame, nodes: list[str], labels: dict[str, str], words: Words) -> Sentence:
    """Which targets drawn are reached and which part is furthest below its own; without targets, the way of the first panel.

    The headline of a report already tells the verdicts on its parts; that of a sector does not tell those of its indicators.
    """
    if nodes[0] != ROOT and len(nodes) > 1:
        return _inside(rows, nodes[1:], words)
    return _against_targets(rows, nodes, labels, words) or _path(rows[rows["node"] == nodes[0]], labels[nodes[0]], words)


def _inside(rows: pd.DataFrame, nodes: list[str], words: Words) -> Sentence:
    """How many of the indicators move, and how."""
    says = rows.drop_duplicates("node").set_index("node")["direction"].reindex(nodes)
    found = {lower(words("direction." + k)): int((says == k).sum()) for k in MOVES}
    found[words("finding.trends.undecided")] = len(nodes) - sum(found.values())
    parts = [(k, n) for k, n in found.items() if n]
    sure = weakest(LIKELY if k.startswith("likely_") else JUDGED for k in set(says) & set(MOVES))
    sure = OPEN if sure == FACT else sure  # none of them moves
    if len(parts) == 1:
        return Sentence("finding.trends.inside_all", {"n": words.count(len(nodes)), "says": parts[0][0]}, sure)
    told = words.join(f"{words.count(n)} {k}" for k, n in parts)
    return Sentence("finding.trends.inside", {"n": words.count(len(nodes)), "parts": told}, sure)


def _path(rows: pd.DataFrame, name: str, words: Words) -> Sentence:
    """The first value of a series by its last questionnaire and the last one, in points of 100."""
    seen = rows[rows["value100"].notna()]
    if seen.empty:
        return Sentence("finding.trends.none", {"name": name})
    seen = seen[seen["instrument"] == seen["instrument"].iloc[-1]]
    places: dict = {"name": name}
    for value, when, row in (("first", "start", seen.iloc[0]), ("last", "end", seen.iloc[-1])):
        places |= {value: INDEX.fact(row, "value100"), when: words.round(row["round"])}
    return Sentence("finding.trends." + ("path" if len(seen) > 1 else "one"), places)


def _against_targets(rows: pd.DataFrame, nodes: list[str], labels: dict[str, str], words: Words) -> Sentence | None:
    """Targets reached in the last round, by the values as they are written, and the part with most left; None without targets.

    A part counts where it has a value in the last round and a target; it takes two of them to say who is furthest away.
    """
    if "target" not in rows:
        return None
    last = rows.drop_duplicates("node", keep="last").set_index("node", drop=False).reindex(nodes)
    last = last[last["target"].notna() & last["value100"].notna()]
    parts = last[last.index.isin(nodes[1:])]
    if len(parts) < 2:
        return None
    target, seen = (last[column].map(partial(rounded, digits=1)) for column in ("target", "value100"))
    reached, left = list(last.index[target <= seen]), (target - seen)[parts.index].round(1)
    if left.max() <= 0:
        return Sentence("finding.trends.target_all" if len(reached) == len(last) else "finding.trends.target_parts")
    places: dict = {"names": capital(names(reached, labels, words))}
    key = "finding.trends.target_" + ("some" if reached else "none")
    if (left == left.max()).sum() > 1:
        return Sentence(key, places)
    far = parts.loc[left.idxmax()]
    places |= {"value": INDEX.fact(far, "value100"), "target": VERDICTS.fact(far, "target", decimals(far["target"]))}
    return Sentence(key + "_far", {**places, "name": lower(labels.get(far["node"], far["node"]))})


class _View:
    """What is common to all panels: ranges, calendar, words."""

    def __init__(self, rows, programme: Programme, round_name: str, nodes: list[str], words: Words, trend, unit: str):
        self.unit = words(unit)
        self.programme, self.nodes, self.words, self.end = programme, nodes, words, Period(round_name)
        self.panels = {n: r.reset_index(drop=True) for n, r in rows.groupby("node", sort=False)}
        self.rounds = list(self.panels[nodes[0]]["round"])
        self.x = np.array([Period(r).time for r in self.rounds])
        self.start, self.last = self.x[0] - 0.25, self.x[-1] + 0.25
        self.first = self.start - 0.085 * (self.last - self.start)  # room for the numbers of the y axis, left of the data
        numbers = [Period(r).number for r in self.rounds]
        usual = min((b - a for a, b in pairwise(numbers)), default=1)
        self.next = np.array([b - a == usual for a, b in pairwise(numbers)], bool)
        self.low, self.high, self.step = neat_range(pd.concat([rows["value100"], rows["target"]]).dropna().to_numpy())
        self.events = [e for e in programme.events if e.adjust and e.first <= self.end.end and self.start <= e.last.year + 1]
        self.cycles = cycles(programme, words)
        self.y = {n: r["value100"].to_numpy(float) for n, r in self.panels.items()}
        used = [(n, list(r["instrument"]), bool(r["comparable"].iloc[0])) for n, r in self.panels.items()]
        self.joins = {n: joined(self.y[n], instruments, comparable, self.next) for n, instruments, comparable in used}
        self.weak, self.bounds = bool(rows["weak"].any()), bool(((rows["high"] - rows["low"]) > 0.05).any())
        self.bands = {n: self._band(n, trend) for n in nodes} if trend is not None else {}
        self.target_round = next((r for n, (_, r) in targets(programme, round_name).items() if n in nodes), "")

    def _band(self, node: str, trend: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """x, lower and upper edge of the ribbon: every pace within the interval, turned about the middle of the rounds used.

        A new instrument may shift the level, so each instrument has a piece of its own, at the median level of its rounds.
        """
        own = trend[(trend["node"] == node) & (trend["region"] == self.programme.region)]
        if own.empty or not np.isfinite(own["slope"].iloc[0]):
            return []
        slope, low, high = (float(own[c].iloc[0]) for c in ("slope", "low", "high"))
        y = self.y[node]
        used = np.flatnonzero(np.isfinite(y))[-int(own["rounds"].iloc[0]) :]
        edges, middle, out = [0, *self.joins[node].breaks, len(y)], self.x[used].mean(), []
        for a, b in pairwise(edges):
            at = used[(used >= a) & (used < b)]
            if len(at):
                x = self.x[at[[0, -1]]]
                x = np.unique(np.append(x, middle)) if x[0] < middle < x[1] else x
                level = np.median(y[at] - slope * (self.x[at] - middle))
                paces = np.outer([low, high], x - middle)
                out.append((x, level + paces.min(axis=0), level + paces.max(axis=0)))
        return out

    # words

    def note(self) -> str:
        """What every mark that was drawn means, and nothing of what was not."""
        w, plan = self.words, self.programme
        shaded = [c for c in plan.cycles[::2] if Period(c.start) <= self.end and Period(c.end).end.year >= self.start]
        parts = [w("chart.trends.note")]
        others = "chart.trends.note_others" if len(self.nodes) <= CROWD else "chart.trends.note_composite"
        parts += [w(others)] if len(self.nodes) > 1 else []
        parts += [w("chart.trends.note_ribbon")] if any(self.bands.values()) else []
        parts += [w("chart.trends.note_bounds")] if self.bounds else []
        parts += [w("chart.trends.note_cycle", names=w.join(w.label(c.label) for c in shaded))] if shaded else []
        kinds = {e.kind for e in self.events}
        parts += [w("chart.trends.note_pandemic")] if "pandemic" in kinds else []
        lines = w.join(w("event." + k) for k in sorted(kinds - {"pandemic"}))
        parts += [w("chart.trends.note_events", names=lines)] if lines else []
        parts += [w("chart.trends.note_target", round=w.round(self.target_round))] if self.target_round else []
        joins = self.joins.values()
        drawn = {"gap": any(j.bridges for j in joins), "weak": self.weak}
        drawn |= {"instrument": any(j.breaks for j in joins), "break": any(j.cuts for j in joins)}
        return " ".join([*parts, *(w("chart.trends.note_" + k, unit=self.unit) for k, there in drawn.items() if there)])

    def alt(self) -> str:
        """Every panel's first and last value and verdict; of many panels the count of each verdict."""
        w, count = self.words, capital(self.words.count(len(self.nodes)))
        if len(self.nodes) > LONG:
            says = pd.Series([self.panels[n]["direction"].iloc[0] for n in self.nodes]).value_counts(sort=False)
            parts = ", ".join(f"{w('direction.' + d).lower()} {n}" for d, n in says.items())
            return w("chart.trends.alt_many", n=count, start=w.round(self.rounds[0]), end=w.round(self.rounds[-1]), parts=parts)
        return w("chart.trends.alt", n=count, parts="; ".join(self._alt_panel(n) for n in self.nodes))

    def _alt_panel(self, node: str) -> str:
        w, rows = self.words, self.panels[node]
        seen = rows[rows["value100"].notna()]
        if seen.empty:
            return w("chart.trends.alt_none", name=self._name(node))
        first, last = (w.num(seen["value100"].iloc[i]) for i in (0, -1))
        places = {"first": first, "last": last, "verdict": self._word(node).lower()}
        start, end = (w.round(seen["round"].iloc[i]) for i in (0, -1))
        return w("chart.trends.alt_panel", name=self._name(node), start=start, end=end, **places)

    # drawing

    def paint(self, layout: str):
        """The figure of a layout: panels three abreast on wide, one below the other on a phone."""
        base, columns, few = BASE[layout], COLUMNS[layout], len(self.nodes) <= 6
        inner = share(layout, columns) - MARGIN - 0.02
        room = {n: inner - text_width(self._word(n), base, "semibold") - 0.3 for n in self.nodes}
        titles = [fit(self._name(n), max(room[n], LEAST), base + 1.2, "bold") for n in self.nodes]
        # A long name, or one beside a long verdict, gets the whole width of its panel, and the verdict a line of its own below it.
        below = any("\u2026" in t for t in titles) or min(room.values()) < LEAST
        if below:
            titles = [fit(self._name(n), inner + MARGIN - 0.1, base + 1.2, "bold", 4) for n in self.nodes]
        line = 0.17 * base / 8 if below else 0  # taken from the panel, so that the page keeps its height
        heads = [0.3 + 0.14 * t.count("\n") + line for t in titles]
        plot, foot = (1.38 if few else 1.05, 0.26) if layout == "wide" else (0.86 if few else 0.72, 0.3)

        plot -= line

        def paint(ax, i: int) -> None:
            self._panel(ax, self.nodes[i], titles[i], below, first=i == 0, left=i % columns == 0, base=base)

        return panels(layout, heads, paint, columns, (inner, plot), foot)

    def _word(self, node: str) -> str:
        return self.words.verdict(*self.panels[node][["direction", "course", "now"]].iloc[0])

    def _name(self, node: str) -> str:
        return self.panels[node]["label"].iloc[0]

    def _panel(self, ax, node: str, title: str, below: bool, first: bool, left: bool, base: float) -> None:
        rows = self.panels[node]
        verdict = rows["direction"].iloc[0]
        ax.set_axis_off()
        ax.set_xlim(self.first, self.last)
        ax.set_ylim(self.low, self.high)
        size = max(base - 1.1, SMALLEST)
        shade_cycles(ax, self.cycles, self.start, self.last, size, first)
        shade_events(ax, events(self.events, self.words), self.start, self.last, size, first)
        self._frame(ax, left, base)
        self._head(ax, node, title, verdict, below, base)
        if not rows["value100"].notna().any():
            box = {"facecolor": "white", "edgecolor": RULE, "lw": 0.6, "ls": "--", "pad": 4}
            place: dict = {"ha": "center", "va": "center", "transform": ax.transAxes}
            write(ax, 0.5, 0.5, self.words("chart.trends.none"), base, INK2, gid="none", bbox=box, **place)
            return
        self._others(ax, node)
        self._uncertainty(ax, node)
        self._line(ax, node)
        self._end(ax, rows, verdict, base, first)

    def _head(self, ax, node: str, title: str, verdict: str, below: bool, base: float) -> None:
        """Title at the left; the verdict's word and mark, right above the end of the line or left below the title."""
        w, h = inches(ax)
        foot, up = 1 + 0.085 / h, 0.17 * base / 8 / h if below else 0
        write(ax, 0, foot + up, title, base + 1.2, INK, transform=ax.transAxes, weight="bold", linespacing=1.05, gid="panel")
        word, ink, size = self._word(node), hue(verdict), 4.2 * base / 8
        at, place, side = (0.06, 0.17, "left") if below else (w - 0.07, w - 0.17, "right")
        write(ax, place / w, foot, word, base, ink, side, transform=ax.transAxes, weight="semibold")
        mark(ax, verdict, at / w, foot + 0.034 * base / 8 / h, size, ax.transAxes)

    def _frame(self, ax, left: bool, base: float) -> None:
        """Grid, its numbers in the left column, the ground line and the years."""
        w, h = inches(ax)
        ticks = np.arange(self.low + self.step, self.high - self.step / 2, self.step)
        years = self._years(base, w)
        ground(ax, [(t, self.words.num(t, 0) if left else "") for t in ticks], years, base)
        down = self.low - 0.035 * (self.high - self.low) / h
        ax.vlines([x for x, _ in years], down, self.low, color=RULE, lw=0.6, clip_on=False)

    def _years(self, base: float, width: float) -> list[tuple[float, str]]:
        """Places and texts below the axis: every second year in its middle, rarer where there is no room, the round where it is alone."""
        years = [y for y in range(math.floor(self.start), math.ceil(self.last)) if self.start <= y + 0.5 <= self.last]
        if not years or len(self.rounds) == 1:
            return [(self.x[0], self.words.round(self.rounds[0]))]
        room = text_width("2000", base - 0.5) * 1.3 / (width / (self.last - self.first))
        every = max(2 if len(years) > 4 else 1, math.ceil(room))
        return [(y + 0.5, str(y)) for y in years[::every]]

    def _others(self, ax, node: str) -> None:
        """The other series in grey, broken where their own lines are."""
        behind = [n for n in self.nodes if n != node and (n == ROOT if len(self.nodes) > CROWD else n != ROOT)]
        lines = [outline(self.x, self.y[n], self.joins[n]) for n in behind]
        ax.add_collection(LineCollection(lines, color=CONTEXT, lw=0.8, zorder=1, gid="other", capstyle="round"))

    def _uncertainty(self, ax, node: str) -> None:
        """The interval of the pace as a ribbon; an upright bar where a value could be elsewhere if all were reported."""
        rows = self.panels[node]
        for x, under, over in self.bands.get(node, []):
            ax.fill_between(x, under, over, color=LINE, alpha=0.16, lw=0, zorder=1.4, gid="ribbon")
        low, high = rows["low"].to_numpy(float), rows["high"].to_numpy(float)
        at = np.flatnonzero(high - low > 0.05)
        if len(at):
            ax.vlines(self.x[at], low[at], high[at], color=LINE, alpha=0.35, lw=2.2, zorder=1.5, gid="bounds")

    def _line(self, ax, node: str) -> None:
        """The line, hollow dots on weak values but the last, and a mark at each new instrument."""
        y, join = self.y[node], self.joins[node]
        line(ax, self.x, y, join)
        weak = [i for i in np.flatnonzero(self.panels[node]["weak"]) if i != join.runs[-1][-1]]
        if weak:
            ax.plot(self.x[weak], y[weak], "o", ms=3, mfc="white", mec=LINE, mew=0.9, zorder=3, ls="", gid="weak")
        new_instruments(ax, self.x, join)

    def _end(self, ax, rows: pd.DataFrame, verdict: str, base: float, first: bool) -> None:
        """The last value and its number (and its round, if it is an older one), and the target as a dark tick with its own."""
        w, (wide, high), small = self.words, inches(ax), max(base - 1.1, SMALLEST)
        i = int(np.flatnonzero(rows["value100"].notna())[-1])
        value, target = rows["value100"].iloc[i], rows["target"].iloc[0]
        unit, line = (self.last - self.first) / wide, (self.high - self.low) / high
        ink, hollow = hue(verdict), bool(rows["weak"].iloc[i])
        look = {"mfc": "white", "mec": ink, "mew": 1} if hollow else {"mfc": ink, "mec": "white", "mew": 0.6}
        ax.plot([self.x[i]], [value], "o", ms=4.8, zorder=4, clip_on=False, gid="last", **look)
        place, room = value, 0.145 * base / 8 * line
        if np.isfinite(target):
            tick = [self.last - 0.01 * unit, self.last + 0.07 * unit]
            ax.plot(tick, [target] * 2, color=INK, lw=1.8, zorder=4, clip_on=False, gid="target", solid_capstyle="butt")
            write(ax, self.last + 0.1 * unit, target, w.short(target), base, INK2, "left", "center")
            place = value if abs(value - target) >= room else target + math.copysign(room, value - target or -1)
            if first:
                side, foot = (1, "bottom") if place <= target else (-1, "top")
                write(ax, self.last + 0.03 * unit, target + side * 0.075 * line, w("chart.target"), small, INK2, "left", foot)
        write(ax, self.last + 0.1 * unit, place, w.num(value), base + 1, ink, "left", "center", weight="bold", gid="value")
        if i != len(self.rounds) - 1:
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8}
            write(ax, self.x[i], value - 0.06 * line, w.round(self.rounds[i]), small, INK2, "center", "top", bbox=ground)
