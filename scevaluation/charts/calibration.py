"""Claimed probability against the share that came true, by number of rounds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.panels import panels
from scevaluation.draw.style import BAND, BASE, CONTEXT, GRID, INK, INK2, LINE, MUTED, SMALLEST, TOTAL, write
from scevaluation.words import Sentence, Words

SURE = 0.9  # claims from here on are verdicts
OVER = 0.015  # claimed more than true by so much is called over-confident
LEFT, RIGHT = 0.32, 1.02
TICKS = (0.4, 0.6, 0.8, 1.0)
COLUMNS = ("rounds", "low", "high", "series", "claimed", "true", "true_low", "true_high")


def calibration(bins: pd.DataFrame, claims: pd.DataFrame, words: Words) -> Chart:
    """A panel a number of rounds: dots with 90 % intervals on or off the diagonal.

    The chart's rows: those of `bins`.

    Parameters
    ----------
    bins, claims : DataFrame
        Of `evaluate.calibration.Calibration`.
    """
    w = words
    if bins.empty:
        return Chart("calibration", w, Sentence("methods.calibration.title_empty"), empty=Sentence("methods.calibration.empty"))
    rows = bins[list(COLUMNS)].reset_index(drop=True)
    told = [(str(int(r.rounds)), w.pct(r.claimed, 1), w.pct(r.true, 1)) for r in claims.itertuples()]
    parts = w.join(w("methods.calibration.alt_row", rounds=n, claimed=claimed, true=true) for n, claimed, true in told)
    note = Sentence("methods.calibration.note", {"n": w.num(int(rows["series"].sum()), 0), "sure": w.pct(SURE)})
    alt, paint = w("methods.calibration.alt", parts=parts), lambda layout: _paint(layout, rows, claims, w)
    return Chart("calibration", w, finding(claims, w), note, alt, rows, **both(paint))


def finding(claims: pd.DataFrame, w: Words) -> Sentence:
    """At which lengths verdicts come true as often as claimed, and where they claim too much."""
    over = claims[claims["claimed"] - claims["true"] > OVER]
    held = claims[~claims.index.isin(over.index)]
    lengths = w.join(w.num(n, 0) for n in held["rounds"])
    if over.empty:
        return Sentence("methods.calibration.title_holds", {"rounds": lengths, "true": w.pct(held["true"].min(), 0)})
    worst = over.loc[(over["claimed"] - over["true"]).idxmax()]
    places = {"over": w.num(worst["rounds"], 0), "claimed": w.pct(worst["claimed"]), "true": w.pct(worst["true"])}
    if held.empty:
        return Sentence("methods.calibration.title_over", places)
    return Sentence("methods.calibration.title_both", {**places, "rounds": lengths})


def _paint(layout: str, rows: pd.DataFrame, claims: pd.DataFrame, w: Words):
    lengths, base, wide = list(rows["rounds"].unique()), BASE[layout], layout == "wide"
    across = min(len(lengths), 3) if wide else 1
    width = (TOTAL[layout] - 0.42 - 0.34 * (across - 1) - 0.1) / 3 if wide else 2.9
    bottom = min(LEFT, float(np.floor(rows["true_low"].min() * 10) / 10))

    def paint(ax, i: int) -> None:
        _panel(ax, rows[rows["rounds"] == lengths[i]], claims[claims["rounds"] == lengths[i]], bottom, base, w)
        if i % across:
            ax.set_yticklabels([])
        if i == 0:
            _axes_named(ax, max(base - 0.8, SMALLEST), w)

    head, size = (0.5, (width, width * 0.86)) if wide else (0.62, (width, width * 0.72))
    return panels(layout, [head] * len(lengths), paint, across, size, 0.85 - head, 0.33, 0.42, width + 0.34)


def _panel(ax, rows: pd.DataFrame, claim: pd.DataFrame, bottom: float, base: float, w: Words) -> None:
    ax.set_xlim(LEFT, RIGHT)
    ax.set_ylim(bottom, RIGHT)
    ax.set_yticks(TICKS, [w.pct(t) for t in TICKS])
    ax.set_xticks(TICKS, [w.pct(t) for t in TICKS])
    for t in TICKS:
        ax.axhline(t, color=GRID, lw=0.8, zorder=0.2)
    ax.axvspan(SURE, RIGHT, color=BAND, lw=0, zorder=0, gid="sure")
    ax.plot([LEFT, 1], [LEFT, 1], color=CONTEXT, lw=1.4, zorder=0.6, gid="diagonal")
    ax.vlines(rows["claimed"], rows["true_low"], rows["true_high"], color=LINE, lw=2.4, alpha=0.45, zorder=2, gid="interval")
    sure = rows["claimed"] >= SURE
    for part, face in ((rows[sure], LINE), (rows[~sure], "white")):
        ax.plot(part["claimed"], part["true"], "o", ms=4.4, mfc=face, mec=LINE, mew=1.1, zorder=3, gid="bin")
    title = w("methods.calibration.panel", rounds=w.num(rows["rounds"].iloc[0], 0))
    label = write(ax, 0, 1.16, title, base + 1.5, INK, "left", "bottom", transform=ax.transAxes, weight="bold")
    label.set_gid("panel")
    for r in claim.itertuples():
        text = w("methods.calibration.sure", claimed=w.pct(r.claimed), true=w.pct(r.true))
        write(ax, 0, 1.05, text, base, INK2, "left", "bottom", transform=ax.transAxes).set_gid("claim")


def _axes_named(ax, size: float, w: Words) -> None:
    """What is across and what is up, in the first panel."""
    write(ax, 0.02, 0.955, w("methods.calibration.y"), size, MUTED, "left", "top", transform=ax.transAxes)
    write(ax, 0.98, 0.03, w("methods.calibration.x"), size, MUTED, "right", "bottom", transform=ax.transAxes)
