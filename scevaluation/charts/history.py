"""The official index over time with honest states: unknown years are shown as unknown, an inferred value as inferred."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_official
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.style import (
    BASE,
    GRID,
    INK,
    INK2,
    LINE,
    MUTED,
    RULE,
    axes_at,
    canvas,
    shade_cycles,
    shade_events,
    write,
)
from scevaluation.frames import ROOT
from scevaluation.period import Period
from scevaluation.programme import Programme
from scevaluation.words import Sentence, Words


def history_rows(index: pd.DataFrame, programme: Programme, round_name: str) -> pd.DataFrame:
    """round, state (of the programme, or inferred) and index value of every round up to `round_name`."""
    values = index[index["node"] == ROOT].set_index("round")
    rows = [
        {"round": r.id, "state": r.state, "value": float(values["value"].get(r.id, np.nan))}
        for r in programme.rounds
        if Period(r.id) <= Period(round_name)
    ]
    return pd.DataFrame(rows)


def history(index: pd.DataFrame, programme: Programme, round_name: str, scale: tuple[float, float], words: Words) -> Chart:
    """The index of every round known, on the instrument's scale.

    Parameters
    ----------
    index : INDEX
    programme : Programme
    round_name : str
        The last round shown.
    scale : tuple of float
        Lowest and highest score.

    Returns
    -------
    Chart
        Rows: round, state, value.
    """
    rows = history_rows(index, programme, round_name)

    def paint(layout: str):
        return _paint(layout, rows, programme, scale, words)

    seen = rows[rows["value"].notna()]
    parts = "; ".join(
        f"{words.round(r.round)}: {words.num(r.value, 2)} ({words('state.' + r.state)})" for r in seen.itertuples()
    )
    unknown = int((rows["state"] == "not_published").sum())
    alt = words("chart.history.alt", n=len(seen), parts=parts, unknown=unknown)
    note = Sentence("chart.history.note", {"parts": " ".join(_marks(rows, programme, words))})
    return Chart("history", words, findings_official.history(rows, words), note, alt, rows, **both(paint))


def _marks(rows: pd.DataFrame, programme: Programme, w: Words) -> list[str]:
    """What the marks drawn mean, and the programme's own notes on rounds with a value; a mark not drawn is not explained."""
    seen = rows[rows["value"].notna()]
    unseen = set(rows.loc[rows["value"].isna(), "state"])
    said = [w("chart.history.note_inferred")] if (seen["state"] == "inferred").any() else []
    said += [w("chart.history.note_unknown")] if "not_published" in unseen else []
    said += [w("chart.history.note_progress")] if "progress_only" in unseen else []
    said += [w("chart.history.note_not_held")] if unseen - {"not_published", "progress_only"} else []
    said += [w("chart.history.note_bridge")] if len(seen) > 1 else []
    return said + [w.label(programme.states[r].note) for r in seen["round"] if programme.states[r].note]


def _paint(layout: str, rows: pd.DataFrame, programme: Programme, scale, w: Words):
    base, wide = BASE[layout], layout == "wide"
    fig = canvas(layout, 2.1 if wide else 2.3)
    ax = axes_at(fig, 0.06, 0.1, (7.09 if wide else 3.42) - 0.12, 1.72 if wide else 1.9)
    first, last = Period(rows["round"].iloc[0]).year, Period(rows["round"].iloc[-1]).time + (0.55 if wide else 1.1)
    ax.set_xlim(first, last)
    ax.set_ylim(scale[0] - 0.25, scale[1] + 0.75)  # room for the cycles' names above the highest score
    size = max(base - 1.1, 6.9)
    shade_cycles(ax, programme, w, True, first, last, size)
    end = Period(rows["round"].iloc[-1]).end
    shade_events(ax, [e for e in programme.events if e.first <= end], w, True, first, last, size)
    for t in range(int(scale[0]), int(scale[1]) + 1):
        ax.axhline(t, color=GRID, lw=0.7, zorder=0.2)
        write(ax, first + 0.04, t + 0.04, str(t), max(base - 0.8, 6.9), MUTED, "left", "bottom")
    ax.set_yticks([])
    years = range(first, int(last) + 1, 1 if wide else 2)
    ax.set_xticks([y + 0.5 for y in years if y + 0.5 < last], [str(y) for y in years if y + 0.5 < last])
    ax.spines["bottom"].set_color(RULE)
    low = scale[0] + 0.42
    for r in rows.itertuples():
        x = Period(r.round).time
        if np.isfinite(r.value):
            inferred = r.state == "inferred"
            ax.plot(
                [x],
                [r.value],
                "o",
                ms=7,
                mfc="white" if inferred else LINE,
                mec=LINE,
                mew=1.4,
                zorder=4,
                gid="inferred" if inferred else "scored",
            )
        elif r.state == "not_published":
            write(ax, x, low, "?", base + 1, MUTED, "center", "center", gid="unknown")
        elif r.state == "progress_only":
            ax.plot([x], [low], marker="s", ms=4, mfc="white", mec=MUTED, mew=1, gid="progress")
        else:
            ax.plot([x], [low], marker="_", ms=6, color=MUTED, mew=1.2, gid="not-held")
    _spans(ax, rows, w, base, low)
    _values(ax, rows, w, base)
    return fig


def _spans(ax, rows, w, base, low) -> None:
    """A word over every run of unknown rounds."""
    unknown = [Period(r).time for r, s in zip(rows["round"], rows["state"], strict=True) if s == "not_published"]
    runs: list[list[float]] = []
    for x in unknown:
        if runs and x - runs[-1][-1] < 0.6:
            runs[-1].append(x)
        else:
            runs.append([x])
    for run in (r for r in runs if len(r) > 3):
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.9}
        write(ax, (run[0] + run[-1]) / 2, low + 0.3, w("chart.history.unknown"), base, INK2, "center", "bottom", bbox=ground)


def _values(ax, rows, w, base) -> None:
    seen = rows[rows["value"].notna()].reset_index(drop=True)
    if len(seen) > 1:
        x = [Period(r).time for r in seen["round"]]
        ax.plot(x, seen["value"], color=LINE, lw=0.9, ls=(0, (2, 1.6)), zorder=3, gid="bridge")
    for n, r in enumerate(seen.itertuples()):
        last = n == len(seen) - 1
        word = "\n" + w("state.inferred") if r.state == "inferred" else ""
        ax.annotate(
            w.num(r.value, 2) + word,
            (Period(r.round).time, r.value),
            (9, 0) if last else (0, 7),
            textcoords="offset points",
            ha="left" if last else "center",
            va="center" if last else "bottom",
            fontsize=base + 1 if last else base,
            fontweight="bold" if last else "normal",
            color=LINE if last else INK,
            linespacing=1.1,
        )
