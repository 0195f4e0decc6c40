"""Where in the country: a strip of dots for each group of islands or province, from west to east, the own one last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from scevaluation.charts.cohort import dots
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Bar, Dot, Rows, Stroke, Text, over
from scevaluation.draw.rows import MARGIN, even_rows
from scevaluation.draw.style import BAND, BASE, INK, INK2, LINE, MUTED, RULE, TOTAL, fit, text_width
from scevaluation.frames.national import GROUPS
from scevaluation.node import Scale
from scevaluation.region import short_name
from scevaluation.words import Sentence, Words, decimals

COUNTS = {"took_part": 0.36, "absent": 0.46, "not_listed": 0.62}  # with inches of their columns
SHOWN = {"name": "nation.region", "group": "chart.strip.group", "cohort": "column.cohort", "state": "column.state", "value": "nation.index"}
SIZE, STEP = {"wide": 4.0, "phone": 4.2}, {"wide": 0.062, "phone": 0.064}  # points of a dot, and inches from one to the one above it
MEDIAN, LEAST = 0.58, 0.16  # inches of a median, and of a strip above its line


def strip(
    located: pd.DataFrame, groups: pd.DataFrame, names: Mapping[str, str], region: str, cohort: str, scale: Scale, words: Words
) -> Chart:
    """A row a group: each participant a dot on the axis of the index, the group's median, and counts of all that have no dot.

    Dots of one cohort stand full above the line, those of another hollow below it, for they are scored differently. The chart's rows:
    name, group, cohort, state and value of every region of the letter, from west to east, whichever is the own one.

    Parameters
    ----------
    located : DataFrame
        As `evaluate.places.located` returns.
    groups : GROUPS
        Of the level that is drawn, and of the country.
    names : mapping of group to text
        From west to east.
    region : str
        The own one, which is ringed and whose group stands last; "" for none.
    cohort : str
        Whose dots stand above the line: the own one, which alone has medians where there is an own region.
    scale : Scale
        On which all are scored.
    """
    if located.empty:
        return Chart("strip", words, Sentence("chart.strip.title_empty"), empty=Sentence("chart.strip.empty"))
    mine = located[located["region"] == region]
    last = mine["group"].tolist()
    order = [*(g for g in names if g not in last), *last]
    rows = located.assign(row=located["group"].map(order.index)).sort_values(["row", "cohort", "value", "name"], ignore_index=True)
    table = groups[groups["level"] != "country"].set_index(["group", "cohort"])
    others = [c for c in rows["cohort"].unique() if c != cohort]
    title = finding(groups, mine, names, words) if region else national(groups, names, words)
    note = Sentence("chart.strip.note_other" if others else "chart.strip.note", {"cohort": cohort, "other": words.join(others)})
    medians = [cohort] if region else [cohort, *others]
    parts = "; ".join(_alt(g, names[g], table, medians, words) for g in order)
    alt = words("chart.strip.alt", parts=parts, name=mine["name"].iloc[0] if len(mine) else "\u2013")
    listed = located.assign(row=located["group"].map(list(names).index)).sort_values(["row", "cohort", "value", "name"], ignore_index=True)
    states = [words(f"chart.strip.state.{s}") for s in listed["state"].replace("own", "scored")]
    shown = listed.assign(group=listed["group"].map(names), state=states)
    picture = both(lambda layout: _Strip(layout, rows, table, order, names, medians, mine, scale, words).paint())
    return Chart("strip", words, title, note, alt, shown[list(SHOWN)], labels=SHOWN, common="chart.strip.rows", **picture)


def finding(groups: pd.DataFrame, mine: pd.DataFrame, names: Mapping[str, str], words: Words) -> Sentence:
    """How many of the own group and cohort have a higher index; of a region that did not take part how many of its group did."""
    own = mine.iloc[0]
    there = groups[(groups["group"] == own["group"]) & (groups["level"] != "country")].set_index("cohort", drop=False)
    places = {"name": own["name"], "group": names[own["group"]], "cohort": own["cohort"]}
    if own["state"] != "own":
        counts = {c: GROUPS.fact(there.loc["all"], c, 0) for c in ("took_part", "listed")}
        return Sentence("finding.strip.absent", places | counts)
    row = there.loc[own["cohort"]]
    if row["took_part"] == 1:
        return Sentence("finding.strip.alone", places)
    counts = {"n": GROUPS.fact(row, "took_part", 0), "higher": GROUPS.fact(row, "higher", 0)}
    return Sentence("finding.strip.some" if row["higher"] else "finding.strip.none", places | counts)


def national(groups: pd.DataFrame, names: Mapping[str, str], words: Words) -> Sentence:
    """How many of all regencies and cities took part, and where the share of them is largest and smallest."""
    every = groups[groups["cohort"] == "all"]
    whole, each = every[every["level"] == "country"].iloc[0], every[every["level"] != "country"].set_index("group", drop=False)
    places: dict = {"took_part": GROUPS.fact(whole, "took_part", 0), "regions": GROUPS.fact(whole, "regions", 0)}
    share = each["took_part"] / each["regions"]
    none, most, least = (share.index[share == x] for x in (0, share.max(), share.min()))
    if len(none):
        return Sentence("finding.strip.nation_none", places | {"none": words.num(len(none), 0), "of": words.num(len(share), 0)})
    if len(most) > 1 or len(least) > 1:
        return Sentence("finding.strip.nation_even", places)
    for key, group in (("most", most[0]), ("least", least[0])):
        row = each.loc[group]
        places |= {key: names[group], f"n_{key}": GROUPS.fact(row, "took_part", 0), f"of_{key}": GROUPS.fact(row, "regions", 0)}
    return Sentence("finding.strip.nation", places)


def _counts(group: str, table: pd.DataFrame, w: Words) -> dict[str, str]:
    return {c: w.num(float(table.at[(group, "all"), c]), 0) for c in COUNTS}


def _median(group: str, table: pd.DataFrame, cohort: str, w: Words) -> str:
    return w.num(float(table.at[(group, cohort), "median"]) if (group, cohort) in table.index else np.nan, 2)


def _medians(group: str, table: pd.DataFrame, cohorts: list[str], w: Words) -> str:
    there = {c: _median(group, table, c, w) for c in cohorts}
    said = (w("chart.strip.median_of", cohort=c, value=v) for c, v in there.items() if v != "\u2013")
    return " \u00b7 ".join(said) or w("chart.strip.no_median")


def _alt(group: str, name: str, table: pd.DataFrame, cohorts: list[str], w: Words) -> str:
    return w("chart.strip.alt_group", group=name, medians=_medians(group, table, cohorts, w), **_counts(group, table, w))


class _Strip:
    """One layout: heights of the strips by how many dots stand upon each other, then their marks."""

    def __init__(self, layout: str, rows, table, order, names, medians: list[str], mine, scale: Scale, w: Words):
        self.layout, self.wide, self.base, self.w = layout, layout == "wide", BASE[layout], w
        self.table, self.order, self.names, self.medians, self.mine, self.scale = table, order, names, medians, mine, scale
        self.lines = 2 if len(medians) == 1 else 3  # of text above the dots on a phone
        self.several = rows["cohort"].nunique() > 1
        width = scale.small / 2
        seen = rows[rows["value"].notna()].reset_index(drop=True)
        x = (np.floor(np.round(seen["value"] / width, 9)) + 0.5) * width
        # The own dot lies on those of its place, so that its ring covers none of them.
        seen = seen.assign(x=x, up=seen["cohort"] == medians[0], own=seen["state"] == "own").sort_values("own", kind="stable")
        seen["high"] = 0
        for _, one in seen.groupby(["row", "up"]):
            seen.loc[one.index, "high"] = dots(one["value"].to_numpy(), width)
        self.seen = seen

    def _tall(self, row: int, up: bool) -> float:
        """Inches that the dots of a row need above or below its line."""
        high = self.seen.loc[(self.seen["row"] == row) & (self.seen["up"] == up), "high"]
        if not up and not self.several:
            return 0.0
        return max((high.max() + 1.3) * STEP[self.layout] if len(high) else 0.0, LEAST if up else 0.1)

    def paint(self):
        """The figure: names left and counts right on a wide page, both above the dots on a phone."""
        line = self.base * 1.2 / 72
        size = self.base - 0.6
        y, spans, at = [], [], 0.0
        for row, group in enumerate(self.order):
            named = line + 0.05 if len(self.mine) and group == self.mine["group"].iloc[0] else 0.0
            above = 0.0 if self.wide else self.lines * line + 0.03
            top, foot = self._tall(row, True) + named, self._tall(row, False)
            spare = max(0.26 - top - foot, 0) if self.wide else 0
            y.append(at + 0.05 + above + spare / 2 + top)
            end = at + 0.05 + above + spare + top + foot + 0.05
            spans.append((at if self.wide else at + above + 0.03, end))
            at = end
        names = [text_width(self.names[g], self.base, "bold") for g in self.order]
        left = min(max(names) + 0.14, 1.65) if self.wide else MARGIN
        right = self._columns()[-1] + 0.05 if self.wide else MARGIN
        low, high = self.seen["x"].min(), self.seen["x"].max()
        pad = self.scale.small
        head = 0.36 if self.wide else 0.26
        view = replace(even_rows(self.layout, y, at, 1.0, (left, right), head, 0.04, (low - pad, high + pad)), spans=spans)
        step = 5 * self.scale.small
        ticks = np.arange(np.ceil((low - pad) / step), np.floor((high + pad) / step) + 1) * step
        if len(self.mine):
            self._ground(view, spans)
        view.axis([(t, self.w.num(t, decimals(step))) for t in ticks])
        self._heads(view)
        for row, group in enumerate(self.order):
            self._labels(view, row, group, spans[row], line, size)
            self._row(view, row, group)
        if len(self.mine):
            self._own(view, line)
        return view.fig

    def _ground(self, view: Rows, spans) -> None:
        """A light ground behind the own group, which is the last."""
        top = spans[-1][0] if self.wide else spans[-2][1] if len(spans) > 1 else 0.0
        ends = [-view.left / view.width, 1 + view.right / view.width]
        look: dict = {"color": BAND, "lw": 0, "zorder": 0, "gid": "own-group", "clip_on": False}
        view.ax.fill_between(ends, [top] * 2, [spans[-1][1]] * 2, transform=view.ax.get_yaxis_transform(), **look)

    def _columns(self) -> list[float]:
        """Where the medians and counts right of the plot end, in inches."""
        return np.cumsum([MEDIAN] * len(self.medians) + list(COUNTS.values())).tolist()

    def _heads(self, view: Rows) -> None:
        if not self.wide:
            return
        single = len(self.medians) == 1
        heads = [self.w("chart.strip.median") if single else self.w("chart.strip.median_head", cohort=c) for c in self.medians]
        heads += [self.w(f"chart.strip.{key}") for key in COUNTS]
        edges = self._columns()
        for x, room, text in zip(edges, np.diff([0.0, *edges]), heads, strict=True):
            text = fit(text, room - 0.04, view.small, lines=3)
            view.draw([over(view, text, x, 0.05, "right", INK2, by="right", spacing=0.95, name="head")])

    def _labels(self, view: Rows, row: int, group: str, span: tuple[float, float], line: float, size: float) -> None:
        """Name, medians and counts of a group."""
        counts, medians = _counts(group, self.table, self.w), [_median(group, self.table, c, self.w) for c in self.medians]
        room = view.left - MARGIN - 0.06 if self.wide else TOTAL[self.layout] - 1.1
        name = fit(self.names[group], room, self.base, "bold", 3 if self.wide else 1)
        edge: dict = {"x": MARGIN - view.left, "by": "left", "row": None}
        if self.wide:
            middle = sum(span) / 2
            texts = [Text(name, size=self.base, color=INK, shift=middle, weight="bold", name="row", spacing=0.95, **edge)]
            for n, (x, text) in enumerate(zip(self._columns(), [*medians, *counts.values()], strict=True)):
                own = n < len(medians)
                look: dict = {"weight": "bold" if own else "normal", "shift": middle, "name": "median-value" if own else "count"}
                texts.append(Text(text, None, x, self.base, INK if own else INK2, "right", "right", **look))
        else:
            top = span[0] - self.lines * line - 0.01
            said = [self.w("chart.strip.counts", **counts)]
            if len(medians) == 1:
                text = self.w("chart.cohort.median", value=medians[0]) if medians[0] != "\u2013" else ""
                texts = [Text(text, None, 0, size, INK, "right", "right", name="median-value", shift=top, upright="top")]
            else:
                texts, said = [], [_medians(group, self.table, self.medians, self.w), *said]
            texts.append(Text(name, size=self.base, color=INK, weight="bold", name="row", upright="top", shift=top, **edge))
            for n, text in enumerate(said, 1):
                texts.append(Text(text, size=size, name="count", upright="top", shift=top + n * line, **edge))
        view.draw(texts)

    def _row(self, view: Rows, row: int, group: str) -> None:
        """The line of a strip, its dots and its median."""
        low, high = view.ax.get_xlim()
        marks: list = [Bar(row, low, high, RULE, 0.7, "line", z=0.5)]
        step, size = STEP[self.layout], SIZE[self.layout]
        for up, look in ((True, {"color": LINE}), (False, {"color": MUTED, "face": "white", "edge": 0.8})):
            one = self.seen[(self.seen["row"] == row) & (self.seen["up"] == up)]
            for high_, at in one.groupby("high"):
                shift = -(0.8 + high_) * step if up else (0.8 + high_) * step
                name, across = ("own-cohort", size) if up else ("other", size - 0.6)
                marks.append(Dot(row, at["x"].to_numpy(), size=across, name=name, shift=shift, cut=False, **look))
        for n, cohort in enumerate(self.medians):
            if (group, cohort) in self.table.index:
                half = (self._tall(row, n == 0) + 0.04) / 2
                shift = (half - 0.02) * (1 if n else -1)
                marks.append(Stroke(row, [self.table.at[(group, cohort), "median"]], half, INK, 1.6, "median", shift=shift, z=1.5))
        view.draw(marks)

    def _own(self, view: Rows, line: float) -> None:
        """The own region's ring and name; of one that did not take part only the words."""
        row, name = len(self.order) - 1, short_name(self.mine["name"].iloc[0])
        own = self.seen[self.seen["own"]]
        tall = self._tall(row, True)
        low, high = view.ax.get_xlim()
        if own.empty:
            text = self.w("chart.strip.own_absent", name=name)
            view.draw([Text(text, row, low, self.base, LINE, weight="bold", name="own-name", shift=-tall - 0.05, upright="bottom")])
            return
        at, text = own.iloc[0], f"{name} {self.w.num(own['value'].iloc[0], 2)}"
        shift = -(0.8 + at["high"]) * STEP[self.layout]
        ring: dict = {"face": "none", "edge": 1.3, "shift": shift, "cut": False, "z": 3}
        half = text_width(text, self.base, "bold") / 2 / view.unit
        x = min(max(at["x"], low + half), high - half)
        view.draw(
            [
                Dot(row, [at["x"]], LINE, SIZE[self.layout] + 4.2, "own", **ring),
                Text(text, row, x, self.base, LINE, "center", weight="bold", name="own-name", shift=-tall - 0.05, upright="bottom"),
            ]
        )
        if (gap := tall + shift - 0.02) > 0.04:
            view.draw([Stroke(row, [at["x"]], gap / 2, LINE, 0.8, "own-line", shift=shift - 0.05 - gap / 2)])
