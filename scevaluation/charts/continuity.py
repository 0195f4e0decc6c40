"""Programmes of the agencies as bars through the cycles: which run on, which were cut off, of which no later sign is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_people as findings
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.lanes import Lane, axis_above, bars, dots, lanes, upright
from scevaluation.draw.style import BAND, DOWN, FLAT, INK, INK2, LINE, MUTED, SMALLEST, UP, text_width, write
from scevaluation.period import Period
from scevaluation.programme import Cycle
from scevaluation.words import Sentence, Words

MOST = 30  # rows; of more, those that began in the year judged stand in the table only
HUE = {
    "continues": LINE,
    "restarted": UP,
    "moved": UP,
    "taken_over": LINE,
    "finished": FLAT,
    "cut_off": DOWN,
    "no_later_sign": INK2,
}
COLUMNS = ("label", "programme", "first", "last", "state_label", "successor")


def continuity(rows: pd.DataFrame, cycles: tuple[Cycle, ...], until: int, labels: dict[str, str], words: Words) -> Chart:
    """A bar a programme from its first sign to its last, by agency, with the cycles behind.

    Parameters
    ----------
    rows : CONTINUITY
        As of the year `until`, by agency.
    cycles : tuple of Cycle
    until : int
    labels : dict of agency to text
        In the order of the agencies.

    Returns
    -------
    Chart
        Rows: all programmes, with labels.
    """
    if rows.empty:
        return Chart("continuity", words, Sentence("chart.continuity.title_empty"), empty=Sentence("chart.continuity.empty"))
    current = next((c for c in cycles if Period(c.start).year <= until <= Period(c.end).year), None)
    before = rows["first"] < (Period(current.start).year if current else 0)
    title = findings.continuity(rows, words.label(current.label) if current else "", before, words)
    drawn = rows.assign(
        label=rows["agency"].map(lambda a: labels.get(a, a)),
        state_label=[words("people.continuity." + s) for s in shown_state(rows)],
    )
    view = _View(drawn, cycles, until, list(labels), words)
    shown = {c: "people.column." + c for c in COLUMNS}
    return Chart("continuity", words, title, view.note(), view.alt(), drawn, **both(view.paint), labels=shown)


def shown_state(rows: pd.DataFrame) -> pd.Series:
    """State, where what only a recent sign tells of is `sighted`: seen of late, not known to run."""
    return rows["state"].mask((rows["state"] == "continues") & (rows["rule"] == "sighting"), "sighted")


class _View:
    """Programmes in the order drawn: agencies with several under their name, the others together at the end."""

    def __init__(self, rows: pd.DataFrame, cycles, until: int, order: list[str], words: Words):
        self.words, self.until, self.all = words, until, rows
        self.cycles = cycles
        new = (rows["first"] == until) & (rows["state"] == "continues")
        self.left_out = int(new.sum()) if len(rows) > MOST and new.sum() < len(rows) else 0
        rows = rows[~new] if self.left_out else rows
        size = rows["agency"].map(rows["agency"].value_counts())
        place = rows["agency"].map(lambda a: order.index(a) if a in order else len(order))
        rows = rows.assign(several=size > 1, place=place.where(size > 1, len(order) + 1))
        self.rows = rows.sort_values(["place", "agency", "first", "programme"], kind="stable", ignore_index=True)
        alone = self.rows[~self.rows["several"]].sort_values(["first", "programme"], kind="stable")
        self.rows = pd.concat([self.rows[self.rows["several"]], alone], ignore_index=True)

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
        return w(
            "chart.continuity.alt", n=len(self.all), agencies=self.all["agency"].nunique(), until=str(self.until), parts=parts
        )

    def _lanes(self) -> list[Lane]:
        out, head = [], None
        for r in self.rows.itertuples(index=False):
            group = r.label if r.several else self.words("people.other_agencies")
            if group != head and self.rows["several"].any():
                out.append(Lane(group, head=True))
                head = group
            name = r.programme if r.several else f"{r.programme} \u00b7 {r.label}"
            color = HUE[r.state]
            out.append(Lane(name, r.state_label, color))
        return out

    def paint(self, layout: str):
        body = self._lanes()
        first = min(int(self.rows["first"].min()), self.until - 1)
        span = float(first), self.until + 1.0
        view = lanes(layout, body, span, left=2.6, right=1.1, right_phone=1.15, row=0.2, axis=0.4)
        self._cycles(view, span)
        years = np.arange(first, self.until + 1)
        step = max(int(np.ceil(0.36 / view.unit)), 1)
        axis_above(view, [(y + 0.5, str(int(y))) for y in years[::-step][::-1]])
        at = {}
        places = [y for y, lane in zip(view.y, body, strict=True) if not lane.head]
        for y, r in zip(places, self.rows.itertuples(index=False), strict=True):
            at[(r.agency, r.programme, r.first)] = y
        for state, mine in self.rows.assign(y=places).groupby("state"):
            self._bars(view, state, mine)
        for r in self.rows.itertuples(index=False):
            self._successor(view, r, at)
        return view.fig

    def _cycles(self, view, span: tuple[float, float]) -> None:
        """Every other cycle as a light band, each with its name above the years."""
        ax, bottom, size = view.ax, view.ax.get_ylim()[0], max(view.base - 0.8, SMALLEST)
        for n, c in enumerate(self.cycles):
            a, b = max(Period(c.start).year, span[0]), min(Period(c.end).year + 1, span[1])
            if b <= a:
                continue
            if n % 2 == 0:
                ax.fill_between([a, b], 0, bottom, color=BAND, lw=0, zorder=0, gid="cycle")
            ax.plot([a + 0.06, b - 0.06], [-0.2, -0.2], color=INK2, lw=0.8, clip_on=False)
            text = self.words.label(c.label)
            if text_width(text, size) > (b - a) * view.unit + 0.1:
                continue
            write(ax, (a + b) / 2, -0.22, text, size, INK, "center", "bottom", gid="cycle-name")

    def _bars(self, view, state: str, rows: pd.DataFrame) -> None:
        """First to last year; an end says what became of it: arrow, stroke, square, or a dotted line to a question mark."""
        color, thick, now = HUE[state], 4.2 if view.wide else 4.6, self.until
        y, start, end = rows["y"].to_numpy(), rows["first"].to_numpy(float), rows["last"].to_numpy() + 1.0
        runs = state in ("continues", "restarted", "moved")
        stop = np.minimum(end - 0.06, now + 0.78) if runs else end - 0.06
        bars(view, y, start + 0.06, stop, color=color, lw=thick, zorder=2, gid="bar-" + state)
        if runs:
            bars(view, y, np.where(end < now + 0.8, end, np.nan), np.full(len(y), now + 0.8), color=color, lw=1, zorder=1.5)
            dots(view, np.full(len(y), now + 0.88), y, marker=">", ms=6.5, color=color, zorder=3, gid="runs")
        elif state == "cut_off":
            view.ax.vlines(end, y - 0.085, y + 0.085, color=color, lw=2, zorder=3, gid="cut-off")
        elif state == "finished":
            dots(view, end - 0.04, y, marker="s", ms=6, color=color, zorder=3, gid="finished")
        elif state == "no_later_sign":
            bars(view, y, end, np.full(len(y), now + 0.8), color=MUTED, lw=1, ls=(0, (1, 2)), zorder=1.5, gid="unknown")
            for at in y:
                write(view.ax, now + 0.86, at, "?", view.base - 0.5, INK2, "center", "center_baseline", weight="bold")

    def _successor(self, view, r, at: dict) -> None:
        """A thin line from a programme's end to the start of the one that took over, where both are drawn."""
        nexts = [k for k in at if k[:2] == (r.successor_agency, r.successor) and k[2] >= r.first]
        if not r.successor or not nexts:
            return
        key = min(nexts, key=lambda k: k[2])
        y, to, x = at[(r.agency, r.programme, r.first)], at[key], r.last + 1.0
        if to == y:
            return
        dashed = {"color": LINE, "lw": 0.9, "ls": (0, (2, 1.4)), "zorder": 1.8}
        upright(view, x, min(y, to), max(y, to), gid="successor", **dashed)
        bars(view, [to], [x], [key[2]], **dashed)
