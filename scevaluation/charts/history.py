"""The official index over time with honest states: unknown years are shown as unknown, an inferred value as inferred."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.series import cycles, events
from scevaluation.charts.titles import counts
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import axes_at, canvas
from scevaluation.draw.style import BASE, GRID, INK, INK2, LINE, MUTED, RULE, SMALLEST, TOTAL, write
from scevaluation.draw.years import shade_cycles, shade_events
from scevaluation.frames import ROOT
from scevaluation.node import Scale
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.region import ABSENT
from scevaluation.words import Sentence, Words, decimals


def history_rows(index: pd.DataFrame, programme: Programme, round_name: str) -> pd.DataFrame:
    """round, state (of the programme, or inferred) and index value of every round up to `round_name`."""
    values = index[index["node"] == ROOT].set_index("round")["value"]
    held = [r for r in programme.rounds if Period(r.id) <= Period(round_name)]
    return pd.DataFrame([{"round": r.id, "state": r.state, "value": float(values.get(r.id, np.nan))} for r in held])


def history(index: pd.DataFrame, programme: Programme, round_name: str, scale: Scale, words: Words) -> Chart:
    """The index of every round known, on the instrument's scale.

    The chart's rows: round, state, value.

    Parameters
    ----------
    index : INDEX
    round_name : str
        The last round shown.
    scale : Scale
        Of the questionnaire.
    """
    rows = history_rows(index, programme, round_name)
    seen = rows[rows["value"].notna()]
    told = [(words.round(r.round), words.num(r.value, 2), words("state." + r.state)) for r in seen.itertuples()]
    parts = "; ".join(f"{name}: {value} ({state})" for name, value, state in told)
    alt = words("chart.history.alt", n=len(seen), parts=parts, unknown=int((rows["state"] == "not_published").sum()))
    title, marks = finding(rows, words), " ".join(_marks(rows, programme, words))
    pictures = both(lambda layout: _paint(layout, rows, programme, scale, words))
    return Chart("history", words, title, Sentence("chart.history.note", {"parts": marks}), alt, rows, **pictures)


def finding(rows: pd.DataFrame, words: Words) -> Sentence:
    """How many rounds have a public index."""
    seen = rows[rows["value"].notna()]
    guessed = int((seen["state"] == "inferred").sum())
    n, total, inferred = counts(words, len(seen), len(rows), guessed)
    return Sentence("finding.history." + ("inferred" if guessed else "plain"), {"n": n, "total": total, "inferred": inferred})


def _marks(rows: pd.DataFrame, programme: Programme, w: Words) -> list[str]:
    """What the marks drawn mean, and the programme's own notes on rounds with a value; a mark not drawn is not explained."""
    seen = rows[rows["value"].notna()]
    unseen = set(rows.loc[rows["value"].isna(), "state"])
    said = [w("chart.history.note_inferred")] if (seen["state"] == "inferred").any() else []
    said += [w("chart.history.note_unknown")] if "not_published" in unseen else []
    said += [w("chart.history.note_progress")] if "progress_only" in unseen else []
    said += [w("chart.history.note_absent")] if ABSENT in unseen else []
    said += [w("chart.history.note_not_held")] if unseen - {"not_published", "progress_only", ABSENT} else []
    said += [w("chart.history.note_bridge")] if len(seen) > 1 else []
    return said + [w.label(programme.states[r].note) for r in seen["round"] if programme.states[r].note]


def _paint(layout: str, rows: pd.DataFrame, programme: Programme, scale: Scale, w: Words):
    base, wide = BASE[layout], layout == "wide"
    fig = canvas(layout, 2.1 if wide else 2.3)
    ax = axes_at(fig, 0.06, 0.1, TOTAL[layout] - 0.12, 1.72 if wide else 1.9)
    until = Period(rows["round"].iloc[-1])
    first, last = Period(rows["round"].iloc[0]).year, until.time + (0.55 if wide else 1.1)
    ax.set_xlim(first, last)
    length, ticks = scale.high - scale.low, scale.ticks
    ax.set_ylim(scale.low - length / 12, scale.high + length / 4)  # room for the cycles' names above the highest score
    size = max(base - 1.1, SMALLEST)
    shade_cycles(ax, cycles(programme, w), first, last, size, True)
    shade_events(ax, events([e for e in programme.events if e.first <= until.end], w), first, last, size, True)
    for t in ticks:
        ax.axhline(t, color=GRID, lw=0.7, zorder=0.2)
        write(ax, first + 0.04, t + length / 75, w.num(t, decimals(*ticks)), max(base - 0.8, SMALLEST), MUTED, "left", "bottom")
    ax.set_yticks([])
    years = [y for y in range(first, int(last) + 1, 1 if wide else 2) if y + 0.5 < last]
    ax.set_xticks([y + 0.5 for y in years], [str(y) for y in years])
    ax.spines["bottom"].set_color(RULE)
    low = scale.low + 7 * length / 50
    for r in rows.itertuples():
        _round(ax, Period(r.round).time, r, low, base)
    _spans(ax, rows, w, base, low + length / 10)
    _values(ax, rows, w, base)
    return fig


def _round(ax, x: float, row, low: float, base: float) -> None:
    """A round's mark: a dot at its value, hollow where inferred; without one its state, at the foot."""
    if np.isfinite(row.value):
        face, kind = ("white", "inferred") if row.state == "inferred" else (LINE, "scored")
        ax.plot([x], [row.value], "o", ms=7, mfc=face, mec=LINE, mew=1.4, zorder=4, gid=kind)
    elif row.state == "not_published":
        write(ax, x, low, "?", base + 1, MUTED, "center", "center", gid="unknown")
    elif row.state == "progress_only":
        ax.plot([x], [low], marker="s", ms=4, mfc="white", mec=MUTED, mew=1, gid="progress")
    elif row.state == ABSENT:
        ax.plot([x], [low], marker="x", ms=5, color=MUTED, mew=1.2, gid="absent")
    else:
        ax.plot([x], [low], marker="_", ms=6, color=MUTED, mew=1.2, gid="not-held")


def _spans(ax, rows, w, base, foot) -> None:
    """A word over every run of unknown rounds."""
    unknown = np.array([Period(r).time for r in rows.loc[rows["state"] == "not_published", "round"]])
    runs = np.split(unknown, np.flatnonzero(np.diff(unknown) >= 0.6) + 1)
    for run in (r for r in runs if len(r) > 3):
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.9}
        write(ax, (run[0] + run[-1]) / 2, foot, w("chart.history.unknown"), base, INK2, "center", "bottom", bbox=ground)


def _values(ax, rows, w, base) -> None:
    seen = rows[rows["value"].notna()].reset_index(drop=True)
    if len(seen) > 1:
        x = [Period(r).time for r in seen["round"]]
        ax.plot(x, seen["value"], color=LINE, lw=0.9, ls=(0, (2, 1.6)), zorder=3, gid="bridge")
    for n, r in enumerate(seen.itertuples()):
        text, last = w.num(r.value, 2) + ("\n" + w("state.inferred") if r.state == "inferred" else ""), n == len(seen) - 1
        by, look = ((0, 7), {"ha": "center", "va": "bottom", "color": INK, "fontsize": base, "fontweight": "normal"})
        if last:
            by, look = ((9, 0), {"ha": "left", "va": "center", "color": LINE, "fontsize": base + 1, "fontweight": "bold"})
        ax.annotate(text, (Period(r.round).time, r.value), by, textcoords="offset points", linespacing=1.1, **look)
