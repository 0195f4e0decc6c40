"""Form 15: what became of the recommendations: how many are carried from round to round, and each open one, overdue first."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import EVERY, Bar, Dot, Rows, Stroke, Text, Upright
from scevaluation.draw.panels import axes_at
from scevaluation.draw.rows import MARGIN, Item, head, rows_of
from scevaluation.draw.style import DOWN, GRID, INK, INK2, LINE, MUTED, PHONE, RULE, WIDE, spread, write
from scevaluation.frames.people import CARRIED, FOLLOWUP
from scevaluation.period import Period
from scevaluation.words import Sentence, Words

MOST = 25  # open ones drawn; the rest stand in the table
COLUMNS = ("id", "text", "label", "raised_label", "due_label", "state_label", "age", "late")


def followup(
    rows: pd.DataFrame,
    carried: pd.DataFrame,
    texts: dict[str, str],
    labels: dict[str, str],
    words: Words,
    outside: Set[str] = frozenset(),
) -> Chart:
    """Open and overdue recommendations at the end of each round, and a bar of its age for each open one.

    The chart's rows: all recommendations with text, owner, due round, state and age.

    Parameters
    ----------
    rows : FOLLOWUP
        Of one round, overdue first.
    carried : CARRIED
        Up to that round.
    texts : dict of id to text
    labels : dict of agency to text
    outside : set of str
        Bodies outside the regency's government: drawn last, below a heading of their own.
    """
    if rows.empty:
        return Chart("followup", words, Sentence("chart.followup.title_empty"), empty=Sentence("chart.followup.empty"))
    text, label = [texts.get(i, i) for i in rows["id"]], [labels.get(a, a) for a in rows["agency"]]
    raised, due = rows["raised"].map(words.round), [words.round(r) if r else "" for r in rows["due"]]
    state = [words("people.followed." + s) for s in rows["state"]]
    drawn = rows.assign(text=text, label=label, raised_label=raised, due_label=due, state_label=state)
    view = _View(drawn, carried, words, outside)
    title = finding(rows, carried, words)
    shown = {c: "people.column." + c for c in COLUMNS}
    return Chart("followup", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def finding(rows: pd.DataFrame, carried: pd.DataFrame, words: Words) -> Sentence:
    """How many recommendations are open, how many of these overdue, and how old the oldest open one is."""
    last = carried.iloc[-1]
    still = rows[rows["closed"] == ""]
    if still.empty:
        return Sentence("finding.followup.closed", {"n": words.count(len(rows))})
    places = {c: CARRIED.fact(last, c, 0) for c in ("open", "overdue")}
    key = "in_time" if not last["overdue"] else "overdue" if last["overdue"] < last["open"] else "overdue_all"
    oldest = still.loc[still["age"].idxmax()]
    years = {"age": FOLLOWUP.fact(oldest, "age", 0)}
    age = Sentence("finding.followup.age" + {0: "_new", 1: "_one"}.get(oldest["age"], ""), years)
    return Sentence("finding.two", {"first": Sentence("finding.followup." + key, places), "second": age})


class _View:
    """The open recommendations as drawn and the line of those carried over."""

    def __init__(self, rows: pd.DataFrame, carried: pd.DataFrame, words: Words, outside: Set[str]):
        self.rows, self.carried, self.words, self.now = rows, carried, words, rows["round"].iat[0]
        self.still = rows[rows["closed"] == ""].sort_values("agency", key=lambda a: a.isin(outside), kind="stable")
        self.open = self.still.head(MOST)
        self.outside = next(iter(self.open.loc[self.open["agency"].isin(outside), "id"]), "")

    def note(self) -> str:
        w, ended = self.words, self.rows["state"].value_counts()
        parts = [w("chart.followup.note")] if len(self.open) else []
        parts += [w("chart.followup.note_overdue")] if (self.open["state"] == "overdue").any() else []
        more = len(self.still) - len(self.open)
        parts += [w("chart.followup.note_most", n=more)] if more else []
        counts = {k: int(ended.get(k, 0)) for k in ("done", "dropped")}
        parts += [w("chart.followup.note_closed", **counts)] if sum(counts.values()) else []
        return " ".join(parts)

    def alt(self) -> str:
        w, last = self.words, self.carried.iloc[-1]
        parts = "; ".join(w("chart.followup.alt_row", text=r.text, age=r.age) for r in self.open.head(4).itertuples())
        counts = {"n": len(self.rows), "open": int(last["open"]), "overdue": int(last["overdue"])}
        return w("chart.followup.alt", parts=parts or w("chart.followup.alt_none"), **counts)

    def _item(self, r) -> Item:
        w = self.words
        if r.state == "overdue":
            said = w("people.late_one" if r.late == 1 else "people.late", n=r.late)
        elif r.state == "due_now" or not r.due:
            said = w("people.followed." + r.state)
        else:
            said = w("people.due", round=w.round(r.due))
        heading, color = w("people.outside") if r.id == self.outside else "", DOWN if r.state == "overdue" else INK2
        return Item(f"{r.id} {r.text}", right=f"{r.label}\n{said}", heading=heading, color=color)

    def paint(self, layout: str):
        """The figure of a layout."""
        wide = layout == "wide"
        items = [self._item(r) for r in self.open.itertuples(index=False)]
        times = [Period(r).time for r in (*self.open["raised"], *self.open["due"], self.now) if r]
        long = max(max(times) - min(times), 1.0)
        span = min(times) - 0.12 * long, max(times) + max(0.06 * long, 0.3)
        above = 1.5 if len(self.carried) > 1 else 0.0
        right, band = (2.3, 0.33) if wide else (0, 0.24)
        view = rows_of(layout, items, span, left=3.05, right=right, head=above + (0.46 if items else 0.02), band=band)
        if above:
            self._carried(view)
        if items:
            self._tracker(view, span)
        return view.fig

    def _tracker(self, view: Rows, span: tuple[float, float]) -> None:
        room = 0.18 / view.unit  # half a year's number
        years = np.arange(np.ceil(span[0] + room - 0.5), span[1] - room - 0.5)
        view.axis([(y + 0.5, str(int(y))) for y in years[:: max(int(np.ceil(0.34 / view.unit)), 1)]])
        now, late = Period(self.now).time, (self.open["state"] == "overdue").to_numpy()
        raised = np.array([Period(r).time for r in self.open["raised"]])
        due = np.array([Period(r).time if r else np.nan for r in self.open["due"]])
        passed = np.where(late, due, np.nan)
        number: dict = {"align": "right", "name": "age-number", "upright": "center_baseline"}
        today, age = Upright(now, INK2, 0.8, "today", (0, (1, 1.6)), z=0.6), np.fmin(due, now)
        overdue = Bar(EVERY, passed, now, DOWN, 4.5, "overdue", z=2.5)
        core = Bar(EVERY, passed, now, "white", 2.3, "overdue-core", z=2.6)
        view.draw([head(view, self.words("people.open_head")), today, Bar(EVERY, raised, age, LINE, 4.5, "age", z=2)])
        view.draw([overdue, core, Dot(EVERY, raised, LINE, 5, "raised", z=3), Stroke(EVERY, due, 0.075, INK, 1.6, "due", z=4)])
        ages = [self.words.num(age, 0) for age in self.open["age"]]
        view.draw(Text(t, i, raised[i] - 0.055 / view.unit, view.small, **number) for i, t in enumerate(ages))

    def _carried(self, view: Rows) -> None:
        """Lines of what was open, and of what was overdue, at the end of each round."""
        w, table, base, left = self.words, self.carried, view.base, MARGIN + 0.22
        width = WIDE - 1.1 - left if view.wide else PHONE - 1.2 - left
        ax = axes_at(view.fig, left, 0.28, width, 0.86)
        x = [Period(r).time for r in table["round"]]
        top = max(int(table["open"].max()), 2)
        ax.set_xlim(x[0] - 0.2, x[-1] + 0.05)
        ax.set_ylim(0, top * 1.1)
        ax.set_yticks([])
        ax.spines["bottom"].set_color(RULE)
        for t in range(0, top + 1, max(int(np.ceil(top / 3)), 1)):
            ax.axhline(t, color=GRID, lw=0.7, zorder=0.1)
            write(ax, -0.05 / width, t, w.num(t, 0), view.small, MUTED, "right", "center", transform=ax.get_yaxis_transform())
        years = sorted({Period(r).year for r in table["round"]})
        every = max(int(np.ceil(len(years) / (9 if view.wide else 4))), 1)
        ticks = [y for y in years[::every] if x[0] - 0.2 <= y + 0.5 <= x[-1] + 0.05]
        ax.set_xticks([y + 0.5 for y in ticks], [str(int(y)) for y in ticks])
        lines = {"open": (LINE, LINE), "overdue": (DOWN, "white")}
        for column, (color, face) in lines.items():
            ax.plot(x, table[column], color=color, lw=1.6, zorder=2, gid="carried-" + column)
            ax.plot(x[-1:], table[column].iloc[-1:], "o", ms=4.5, color=color, mfc=face, clip_on=False, zorder=3)
        ends = [float(table[column].iloc[-1]) for column in lines]
        places = spread(ends, (base + 3) * 1.1 / 72 / 0.86 * top * 1.1, 0, top * 1.1)
        for (column, (color, _)), y, value in zip(lines.items(), places, ends, strict=True):
            text = f"{w.num(value, 0)} {w('people.carried_' + column)}"
            at = x[-1] + 0.1 / (width / (x[-1] - x[0] + 0.25))
            write(ax, at, y, text, base, color, "left", "center", weight="bold")
        edge = {"transform": ax.transAxes, "weight": "bold"}
        write(ax, -0.22 / width, 1.1, w("people.carried_head"), base + 0.5, INK, "left", "bottom", **edge)
