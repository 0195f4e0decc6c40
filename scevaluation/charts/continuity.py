"""Programmes of the agencies as bars through the cycles: which run on, which were cut off, of which no later sign is known."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Bar, Dot, Rows, Stroke, Text, Upright
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.style import BAND, DOWN, FLAT, INK, INK2, LINE, MUTED, UP, text_width, write
from scevaluation.period import Period
from scevaluation.programme import Cycle
from scevaluation.words import Sentence, Words, part_of

MOST = 30  # rows; of more, those that began in the year judged stand in the table only
HUE = {"continues": LINE, "restarted": UP, "moved": UP, "taken_over": LINE}
HUE |= {"finished": FLAT, "cut_off": DOWN, "no_later_sign": INK2}
RUNS = ("continues", "restarted", "moved", "taken_over")
COLUMNS = ("label", "programme", "first", "last", "state_label", "successor")


def continuity(
    rows: pd.DataFrame,
    cycles: tuple[Cycle, ...],
    until: int,
    labels: dict[str, str],
    words: Words,
    outside: Set[str] = frozenset(),
) -> Chart:
    """A bar a programme from its first sign to its last, by agency, with the cycles behind.

    The chart's rows: all programmes, with labels.

    Parameters
    ----------
    rows : CONTINUITY
        As of the year `until`, by agency.
    cycles : tuple of Cycle
    until : int
    labels : dict of agency to text
        In the order of the agencies.
    outside : set of str
        Bodies outside the regency's government: drawn last, below a heading of their own, and not counted in the title.
    """
    if rows.empty:
        return Chart("continuity", words, Sentence("chart.continuity.title_empty"), empty=Sentence("chart.continuity.empty"))
    current = next((c for c in cycles if Period(c.start).year <= until <= Period(c.end).year), None)
    own = rows[~rows["agency"].isin(outside)]
    own = own if len(own) else rows
    before = own["first"] < (Period(current.start).year if current else 0)
    title = finding(own, words.label(current.label) if current else "", before, words)
    state = [words("people.continuity." + s) for s in shown_state(rows)]
    drawn = rows.assign(label=[labels.get(a, a) for a in rows["agency"]], state_label=state)
    view = _View(drawn, cycles, until, list(labels), words, outside)
    shown = {c: "people.column." + c for c in COLUMNS}
    return Chart("continuity", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def finding(rows: pd.DataFrame, cycle: str, before: pd.Series, words: Words) -> Sentence:
    """Of the programmes that began before the cycle of the year judged: how many run on, were cut off, give no later sign.

    Parameters
    ----------
    rows : CONTINUITY
    cycle : str
        Name of the cycle; '' if there is none or no programme is older, then all programmes are counted.
    before : bool Series
        Which rows began before it.
    """
    mine = rows[before] if cycle and before.any() else rows
    counts = shown_state(mine).replace(dict.fromkeys(RUNS, "runs")).value_counts()
    kinds = ("runs", "sighted", "cut_off", "finished", "no_later_sign")
    fates = {words("people.count." + kind): int(counts[kind]) for kind in kinds if kind in counts}
    key, size = "finding.continuity." + ("before" if mine is not rows else "all"), len(mine)
    if len(fates) == 1:
        return Sentence(key + "_alike", {"n": part_of(size, size, words.count), "cycle": cycle, "parts": "".join(fates)})
    parts = words.join(f"{words.count(n)} {fate}" for fate, n in fates.items())
    return Sentence(key, {"n": words.count(size), "cycle": cycle, "parts": parts})


def shown_state(rows: pd.DataFrame) -> pd.Series:
    """State, where what only a recent sign tells of is `sighted`: seen of late, not known to run."""
    return rows["state"].mask((rows["state"] == "continues") & (rows["rule"] == "sighting"), "sighted")


class _View:
    """Programmes in the order drawn: agencies with several under their name, the others together at the end."""

    def __init__(self, rows: pd.DataFrame, cycles, until: int, order: list[str], words: Words, outside: Set[str]):
        self.words, self.until, self.all, self.cycles, self.outside = words, until, rows, cycles, outside
        new = (rows["first"] == until) & (rows["state"] == "continues")
        self.left_out = int(new.sum()) if len(rows) > MOST and new.sum() < len(rows) else 0
        rows = rows[~new] if self.left_out else rows
        size = rows["agency"].map(rows["agency"].value_counts())
        place = rows["agency"].map(lambda a: order.index(a) if a in order else len(order))
        rows = rows.assign(several=size > 1, place=place.where(size > 1, len(order) + 1))
        self.rows = rows.sort_values(["place", "agency", "first", "programme"], kind="stable", ignore_index=True)
        alone = self.rows[~self.rows["several"]].sort_values(["first", "programme"], kind="stable")
        rows = pd.concat([self.rows[self.rows["several"]], alone])
        self.rows = rows.sort_values("agency", key=lambda a: a.isin(outside), kind="stable", ignore_index=True)

    def note(self) -> str:
        w, state = self.words, set(self.rows["state"])
        parts = [w("chart.continuity.note")]
        keys = ("cut_off", "taken_over", "finished", "restarted", "moved", "no_later_sign")
        parts += [w("chart.continuity.note_" + k) for k in keys if k in state]
        parts += [w("chart.continuity.note_new", n=self.left_out, year=str(self.until))] if self.left_out else []
        return " ".join(parts)

    def alt(self) -> str:
        w, counts = self.words, shown_state(self.all).value_counts()
        parts = ", ".join(f"{w('people.continuity.' + s)} {n}" for s, n in counts.items())
        counts = {"n": len(self.all), "agencies": self.all["agency"].nunique()}
        return w("chart.continuity.alt", until=str(self.until), parts=parts, **counts)

    def _items(self) -> list[Item]:
        out, head = [], None
        for r in self.rows.itertuples(index=False):
            far = r.agency in self.outside
            group = self.words("people.outside") if far else r.label if r.several else self.words("people.other_agencies")
            new = group != head and (far or self.rows["several"].any())
            name, head = r.programme if r.several and not far else f"{r.programme} \u00b7 {r.label}", group
            out.append(Item(name, right=r.state_label, heading=group if new else "", color=HUE[r.state]))
        return out

    def paint(self, layout: str):
        """The figure of a layout."""
        first = min(int(self.rows["first"].min()), self.until - 1)
        span = float(first), self.until + 1.0
        right = 1.55 if layout == "wide" else 1.5
        view = rows_of(layout, self._items(), span, left=2.6, right=right, head=0.4, band=0.2)
        self._cycles(view, span)
        years = np.arange(first, self.until + 1)
        step = max(int(np.ceil(0.36 / view.unit)), 1)
        view.axis([(y + 0.5, str(int(y))) for y in years[::-step][::-1]])
        for state, mine in self.rows.groupby("state"):
            view.draw(self._bars(view, state, mine))
        for row, r in enumerate(self.rows.itertuples(index=False)):
            view.draw(self._successor(view, row, r))
        return view.fig

    def _cycles(self, view: Rows, span: tuple[float, float]) -> None:
        """Every other cycle as a light band, each with its name above the years."""
        ax = view.ax
        for n, c in enumerate(self.cycles):
            a, b = max(Period(c.start).year, span[0]), min(Period(c.end).year + 1, span[1])
            if b <= a:
                continue
            if n % 2 == 0:
                ax.fill_between([a, b], 0, ax.get_ylim()[0], color=BAND, lw=0, zorder=0, gid="cycle")
            ax.plot([a + 0.06, b - 0.06], [-0.2, -0.2], color=INK2, lw=0.8, clip_on=False)
            text = self.words.label(c.label)
            if text_width(text, view.small) <= (b - a) * view.unit + 0.1:
                write(ax, (a + b) / 2, -0.22, text, view.small, INK, "center", "bottom", gid="cycle-name")

    def _bars(self, view: Rows, state: str, rows: pd.DataFrame) -> list:
        """First to last year; an end says what became of it: arrow, stroke, square, or a dotted line to a question mark."""
        color, now, at = HUE[state], self.until, rows.index.to_numpy()
        start, end = rows["first"].to_numpy(float), rows["last"].to_numpy() + 1.0
        runs = state in ("continues", "restarted", "moved")
        stop = np.minimum(end - 0.06, now + 0.78) if runs else end - 0.06
        out: list = [Bar(at, start + 0.06, stop, color, 4.2 if view.wide else 4.6, "bar-" + state, z=2)]
        if runs:
            rest = Bar(at, np.where(end < now + 0.8, end, np.nan), now + 0.8, color, 1, z=1.5)
            out += [rest, Dot(at, now + 0.88, color, 6.5, "runs", shape=">", z=3)]
        elif state == "cut_off":
            out.append(Stroke(at, end, 0.085, color, 2, "cut-off", z=3))
        elif state == "finished":
            out.append(Dot(at, end - 0.04, color, 6, "finished", shape="s", z=3))
        elif state == "no_later_sign":
            out.append(Bar(at, end, now + 0.8, MUTED, 1, "unknown", dash=(0, (1, 2)), z=1.5))
            look: dict = {"align": "center", "upright": "center_baseline", "weight": "bold"}
            out += [Text("?", row, now + 0.86, view.base - 0.5, **look) for row in at]
        return out

    def _successor(self, view: Rows, row: int, r) -> list:
        """A thin line from a programme's end to the start of the one that took over, where both are drawn."""
        named = (self.rows["agency"] == r.successor_agency) & (self.rows["programme"] == r.successor)
        nexts = self.rows[named & (self.rows["first"] >= r.first)] if r.successor else self.rows[:0]
        to = nexts.index[nexts["first"].argmin()] if len(nexts) else row
        if to == row:
            return []
        x, ends = r.last + 1.0, sorted((view.y[row], view.y[to]))
        look: dict = {"color": LINE, "width": 0.9, "dash": (0, (2, 1.4)), "z": 1.8}
        return [Upright(x, name="successor", top=ends[0], bottom=ends[1], **look), Bar([to], x, nexts["first"].min(), **look)]
