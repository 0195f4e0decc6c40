"""Dated events by kind on one line of time: spans and points, offices only."""

from __future__ import annotations

import pandas as pd

from scevaluation.charts.chart import Chart, both
from scevaluation.charts.style import (
    BASE,
    DOWN,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    PANDEMIC,
    RULE,
    axes_at,
    canvas,
    decimal_year,
    shade_cycles,
    write,
)
from scevaluation.programme import Programme, Round
from scevaluation.words import Sentence, Words

KINDS = ("election", "leadership", "pandemic", "legal", "plan", "other")
COLOR = {"election": LINE, "leadership": INK2, "pandemic": PANDEMIC, "legal": DOWN, "plan": LINE, "other": MUTED}


def timeline_rows(programme: Programme, until: str) -> pd.DataFrame:
    """kind, label_id, label_en, start, end (decimal years), since, until (dates as recorded) of events, cut at the round's end."""
    end = Round(until).end
    limit = decimal_year(end)
    rows = [
        {
            "kind": e.kind,
            "label_id": e.label.id,
            "label_en": e.label.en,
            "start": decimal_year(e.first),
            "end": min(decimal_year(e.last), limit),
            "since": e.start,
            "until": e.end if e.last <= end else end.isoformat(),
        }
        for e in programme.events
        if e.first <= end
    ]
    return pd.DataFrame(rows, columns=["kind", "label_id", "label_en", "start", "end", "since", "until"])


def timeline(programme: Programme, until: str, words: Words) -> Chart:
    """A line of time for each kind of event.

    Parameters
    ----------
    programme : Programme
    until : str
        The round whose end closes the line.

    Returns
    -------
    Chart
        Rows: kind, label, start, end, dates as precise as they were recorded.
    """
    rows = timeline_rows(programme, until)
    if rows.empty:
        return Chart("timeline", words, Sentence("chart.timeline.title_empty"), empty=Sentence("chart.timeline.empty"))
    kinds = [k for k in KINDS if (rows["kind"] == k).any()]

    def paint(layout: str):
        return _paint(layout, rows, kinds, programme, Round(until), words)

    counts = "; ".join(f"{words('event.' + k)} {(rows['kind'] == k).sum()}" for k in kinds)
    alt = words("chart.timeline.alt", n=len(rows), counts=counts)
    n_lead = int((rows["kind"] == "leadership").sum())
    title = (
        Sentence("finding.timeline.leaders", {"n": words.count(n_lead)})
        if n_lead > 2
        else Sentence("finding.timeline.plain", {"n": words.count(len(rows))})
    )
    table = rows.assign(
        kind=rows["kind"].map(lambda k: words("event." + k)),
        label=words.column(rows, "label"),
        start=rows["since"],
        end=rows["until"],
    )[["kind", "label", "start", "end"]]
    return Chart("timeline", words, title, Sentence("chart.timeline.note"), alt, table, **both(paint))


def _paint(layout: str, rows: pd.DataFrame, kinds: list[str], programme: Programme, until: Round, w: Words):
    base, wide = BASE[layout], layout == "wide"
    row = 0.27 if wide else 0.38
    fig = canvas(layout, 0.22 + row * len(kinds) + 0.28)
    left = 1.2 if wide else 0.1
    ax = axes_at(fig, left, 0.22, (7.09 if wide else 3.42) - left - 0.12, row * len(kinds))
    first, last = 2017.0, decimal_year(until.end) + 0.01
    ax.set_xlim(first, last)
    ax.set_ylim(len(kinds), 0)
    ax.set_yticks([])
    shade_cycles(ax, programme, w, False, first, last)
    for cycle in programme.cycles:
        start = max(Round(cycle.start).year, first)
        if start < last:
            write(ax, start + 0.06, -0.08, w.label(cycle.label), max(base - 0.8, 6.9), INK2, "left", "bottom")
    years = range(2017, int(last) + 1, 1 if wide else 2)
    ax.set_xticks([y for y in years if y < last], [str(y) for y in years if y < last])
    if not wide:
        ax.get_xticklabels()[0].set_horizontalalignment("left")  # its middle stands at the edge of the picture
    ax.spines["bottom"].set_color(RULE)
    for i, kind in enumerate(kinds):
        y = i + (0.5 if wide else 0.7)
        if wide:
            write(ax, -0.015, y, w("event." + kind), base, INK, "right", "center", transform=ax.get_yaxis_transform())
        else:
            write(ax, 0, i + 0.28, w("event." + kind), base - 0.8, INK2, "left", "center", transform=ax.get_yaxis_transform())
        ax.axhline(i + 1, color=GRID, lw=0.6, zorder=0.2)
        level = 0
        for r in rows[rows["kind"] == kind].itertuples():
            a, b = max(r.start, first), r.end
            if b < first:
                continue
            if b - a > 0.1:
                off = 0.14 * (level % 2 * 2 - 1) if kind == "leadership" else 0
                ax.plot(
                    [a, b],
                    [y + off] * 2,
                    color=COLOR[kind],
                    lw=4 if kind != "leadership" else 3,
                    solid_capstyle="butt",
                    zorder=2,
                    gid=f"span-{kind}",
                )
                level += 1
            else:
                ax.plot(
                    [a],
                    [y],
                    marker="v" if kind == "election" else "o",
                    ms=5 if kind == "election" else 3.6,
                    color=COLOR[kind],
                    mec="white",
                    mew=0.5,
                    zorder=3,
                    ls="",
                    gid=f"point-{kind}",
                )
    return fig
