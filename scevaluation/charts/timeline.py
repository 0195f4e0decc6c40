"""Dated events by kind on one line of time: spans and points, offices only."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from scevaluation.charts.series import cycles, decimal_year
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import BASE, GRID, INK, INK2, LINE, PANDEMIC, RULE, SMALLEST, TOTAL, fit, text_width, write
from scevaluation.draw.years import shade_cycles
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import Sentence, Words

KINDS = ("election", "leadership", "pandemic", "legal", "plan", "other")
MOST = 12  # sub-rows of a kind
BESIDE, CLEAR = 0.07, 0.05  # inches between a mark and its name, and around what stands on one sub-row


def timeline_rows(programme: Programme, last: date) -> pd.DataFrame:
    """kind, label_id, label_en, start, end (decimal years), since, until (dates as recorded) of events, cut at the last day."""
    rows = []
    for e in programme.events:
        if e.first <= last:
            start, end = decimal_year(e.first), min(decimal_year(e.last), decimal_year(last))
            stop = e.end if e.last <= last else last.isoformat()
            rows.append((e.kind, e.label.id, e.label.en, start, end, e.start, stop))
    return pd.DataFrame(rows, columns=["kind", "label_id", "label_en", "start", "end", "since", "until"])


def timeline(programme: Programme, until: str | date, words: Words) -> Chart:
    """A line of time for each kind of event.

    The chart's rows: kind, label, start, end, dates as precise as they were recorded.

    Parameters
    ----------
    until : str or date
        The round whose end closes the line, or its last day.
    """
    last = until if isinstance(until, date) else Period(until).end
    rows = timeline_rows(programme, last)
    if rows.empty:
        return Chart("timeline", words, Sentence("chart.timeline.title_empty"), empty=Sentence("chart.timeline.empty"))
    kinds = [k for k in KINDS if (rows["kind"] == k).any()]

    counts = "; ".join(f"{words('event.' + k)} {(rows['kind'] == k).sum()}" for k in kinds)
    alt = words("chart.timeline.alt", n=len(rows), counts=counts)
    leaders = int((rows["kind"] == "leadership").sum())
    key, n = ("leaders", leaders) if leaders > 2 else ("plain", len(rows))
    title, note = Sentence("finding.timeline." + key, {"n": words.count(n)}), Sentence("chart.timeline.note")
    kind, label = [words("event." + k) for k in rows["kind"]], words.column(rows, "label")
    table = pd.DataFrame({"kind": kind, "label": label, "start": rows["since"], "end": rows["until"]})
    pictures = both(lambda layout: _paint(layout, rows, kinds, programme, last, words))
    return Chart("timeline", words, title, note, alt, table, **pictures)


class _Spot(NamedTuple):
    """An event's place: sub-row of its kind, its mark's ends and its text with the text's left edge, all in inches."""

    row: int
    start: float
    end: float
    text: str
    at: float


def _spots(events: list[tuple[float, float, str]], width: float, size: float) -> list[_Spot]:
    """Each event on the first sub-row where its mark, and its name beside or on it, cover nothing; nameless where none is free.

    Events are start, end and name; ends and `width`, that of the plot, in inches, `size` of the names in points.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(MOST)]

    def free(box: tuple[float, float]) -> int | None:
        return next((i for i, row in enumerate(taken) if all(box[1] < a or b < box[0] for a, b in row)), None)

    out = []
    for start, end, name in events:
        mark = (start - CLEAR, end + CLEAR)
        choice = [(mark, "", 0.0)]
        for at, room in ((end + BESIDE, width - end - BESIDE), (0.0, start - BESIDE)):
            text = fit(name, room, size, lines=3) if room > 0 else "\u2026"
            if "\u2026" not in text:
                long = max(text_width(t, size) for t in text.split("\n"))
                at = at or start - BESIDE - long
                choice.append(((min(mark[0], at - CLEAR), max(mark[1], at + long + CLEAR)), text, at))
        long = text_width(name, size)
        if long + 4 * BESIDE < end - start:
            choice.append((mark, name, (start + end - long) / 2))
        choice.sort(key=lambda c: (not c[1], c[1].count("\n")))
        box, text, at = next((c for c in choice if free(c[0]) is not None), (mark, "", 0.0))
        row = free(box) or 0
        taken[row].append(box)
        out.append(_Spot(row, start, end, text, at))
    return out


def _paint(layout: str, rows: pd.DataFrame, kinds: list[str], programme: Programme, until: date, w: Words):
    base, wide = BASE[layout], layout == "wide"
    size, head, left = (base - 0.8, 0.0, 1.2) if wide else (base - 1.2, 0.21, 0.1)
    width = TOTAL[layout] - left - 0.12
    first, last = 2017.0, decimal_year(until) + 0.01
    unit = width / (last - first)
    lanes = []
    for kind in kinds:
        seen = rows[(rows["kind"] == kind) & (rows["end"] >= first)]
        ends = [((max(r.start, first) - first) * unit, (r.end - first) * unit) for r in seen.itertuples()]
        names = w.column(seen, "label")
        spots = _spots([(*e, n) for e, n in zip(ends, names, strict=True)], width, size)
        lines = [0] * (max((s.row for s in spots), default=0) + 1)
        for s in spots:
            lines[s.row] = max(lines[s.row], s.text.count("\n"))
        lanes.append((kind, spots, np.cumsum([head + 0.04, *(0.165 * base / 8 + n * size * 1.1 / 72 for n in lines)])))
    tops = np.cumsum([0, *(places[-1] + 0.04 for *_, places in lanes)])
    small = max(base - 0.8, SMALLEST)
    named = []
    for cycle in programme.cycles:
        start, end = max(Period(cycle.start).year, first), min(Period(cycle.end).year + 1, last)
        if start < last:
            named.append((start, fit(w.label(cycle.label), max((end - start) * unit - 0.06, 0.5), small, lines=4)))
    above = 0.22 + max((text.count("\n") for _, text in named), default=0) * small * 1.1 / 72
    fig = canvas(layout, above + tops[-1] + 0.28)
    ax = axes_at(fig, left, above, width, tops[-1])
    ax.set_xlim(first, last)
    ax.set_ylim(tops[-1], 0)
    ax.set_yticks([])
    shade_cycles(ax, cycles(programme, w), first, last)
    for start, text in named:
        write(ax, start + 0.03 / unit, -0.03, text, small, INK2, "left", "bottom", linespacing=1.1)
    years = range(2017, int(last) + 1, 1 if wide else 2)
    ax.set_xticks([y for y in years if y < last], [str(y) for y in years if y < last])
    if not wide:
        ax.get_xticklabels()[0].set_horizontalalignment("left")  # its middle stands at the edge of the picture
    ax.spines["bottom"].set_color(RULE)
    for top, (kind, spots, places) in zip(tops, lanes, strict=False):
        ax.axhline(top + places[-1] + 0.04, color=GRID, lw=0.6, zorder=0.2)
        middles = top + (places[:-1] + places[1:]) / 2
        name, where = w("event." + kind), ax.get_yaxis_transform()
        if wide:
            write(ax, -0.015, middles[0], name, base, INK, "right", "center", transform=where, gid="kind")
        else:
            write(ax, 0, top + 0.13, name, base - 0.5, INK, "left", "center", transform=where, weight="semibold", gid="kind")
        for spot in spots:
            _event(ax, kind, spot, middles[spot.row], first, unit, size)
    return fig


def _event(ax, kind: str, spot: _Spot, y: float, first: float, unit: float, size: float) -> None:
    """A bar for a span, a dot for days, a triangle for an election, and the name beside it."""
    start, end = first + spot.start / unit, first + spot.end / unit
    if end - start > 0.1:
        color = PANDEMIC if kind == "pandemic" else INK2
        ax.plot([start, end], [y, y], color=color, lw=4, solid_capstyle="butt", zorder=2, gid=f"span-{kind}")
    else:
        shape, big = ("v", 5) if kind == "election" else ("o", 4)
        ax.plot([start], [y], shape, ms=big, color=LINE, mec="white", mew=0.5, zorder=3, gid=f"point-{kind}")
    if spot.text:
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 1} if spot.start < spot.at < spot.end else None
        at = first + spot.at / unit
        write(ax, at, y, spot.text, size, INK, va="center", linespacing=1.0, bbox=ground, zorder=4, gid="event-name")
