"""How much stricter or milder each assessor scores than the others on the same items."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import findings_people as findings
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.lanes import Lane, axis_above, dots, lanes, upright
from scevaluation.draw.style import BAND, CONTEXT, DOWN, FLAT, INK, INK2, MUTED, SMALLEST, UP, write
from scevaluation.words import Sentence, Words

HUE = {"stricter": DOWN, "milder": UP, "alike": FLAT, "undecided": INK2, "too_few": INK2}
COLUMNS = ("assessor", "items", "difference", "low", "high", "judgement_label")


def severity(rows: pd.DataFrame, round_name: str, small: float, words: Words) -> Chart:
    """Mean distance from the others with its interval, this round; earlier rounds as grey dots.

    Parameters
    ----------
    rows : SEVERITY
        Of rounds up to this one.
    round_name : str
    small : float
        Distance that makes no difference to read, on the scale.

    Returns
    -------
    Chart
        Rows: those of the round.
    """
    now = rows[rows["round"] == round_name].sort_values("assessor", ignore_index=True)
    if now.empty:
        return Chart("severity", words, Sentence("chart.severity.title_empty"), empty=Sentence("chart.severity.empty"))
    earlier = rows[(rows["round"] < round_name) & rows["difference"].notna()]

    def paint(layout: str):
        return _paint(layout, now, earlier, small, words)

    parts = "; ".join(
        words("chart.severity.alt_row", name=r.assessor, value=words.num(r.difference, 2, True))
        for r in now.head(12).itertuples()
    )
    note = words("chart.severity.note", small=words.num(small, 1))
    note += " " + words("chart.severity.note_earlier") if len(earlier) else ""
    drawn = now.assign(judgement_label=[words("people.bias." + j) for j in now["judgement"]])
    alt = words("chart.severity.alt", n=len(now), parts=parts)
    shown = {c: "people.column." + c for c in COLUMNS}
    return Chart("severity", words, findings.severity(now, words), note, alt, drawn, **both(paint), labels=shown)


def neat(reach: float) -> tuple[float, float]:
    """Half-width of an axis about zero, and its step, that hold `reach`.

    >>> neat(0.17)
    (0.2, 0.1)
    """
    for step in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0):
        if reach <= step * 3:
            return round(step * max(int(np.ceil(round(reach / step, 9))), 2), 9), step
    return float(np.ceil(reach)), float(np.ceil(reach))


def _paint(layout: str, now: pd.DataFrame, earlier: pd.DataFrame, small: float, w: Words):
    reach = np.nanmax(np.abs([*now["low"], *now["high"], *now["difference"], *earlier["difference"], small]))
    half, step = neat(float(reach))
    wide = layout == "wide"
    edge = 1.04 if wide else 1.2
    rows = [_lane(r, w, wide) for r in now.itertuples(index=False)]
    view = lanes(layout, rows, (-half * edge, half * edge), left=1.3, right=1.75, right_phone=1.3, row=0.27, axis=0.42)
    ax = view.ax
    ax.axvspan(-small, small, color=BAND, lw=0, zorder=0, gid="small")
    count = round(half / step)
    at = [k for k in range(-count, count + 1) if wide or k % 2 == 0]
    axis_above(view, [(k * step, w.num(k * step, 2 if step < 0.1 else 1, sign=True)) for k in at])
    upright(view, 0, color=INK2, lw=0.8, zorder=0.5, gid="zero")
    size = max(view.base - 0.8, SMALLEST)
    for x, key, align in ((-half, "people.stricter_side", "left"), (half, "people.milder_side", "right")):
        write(ax, x, -0.22, w(key), size, MUTED, align, "bottom")
    place = dict(zip(now["assessor"], view.y, strict=True))
    past = earlier[earlier["assessor"].isin(place)]
    dots(view, past["difference"], past["assessor"].map(place) + 0.085, ms=2.6, color=CONTEXT, zorder=1, gid="earlier")
    for y, r in zip(view.y, now.itertuples(index=False), strict=True):
        color = HUE[r.judgement]
        if np.isfinite(r.low):
            ax.plot(
                [r.low, r.high], [y, y], color=color, lw=3.2 if wide else 3, alpha=0.4, solid_capstyle="butt", gid="interval"
            )
        if np.isfinite(r.difference):
            hollow = r.judgement in ("undecided", "too_few")
            ax.plot(
                [r.difference], [y], "o", ms=5.2, color=color, mfc="white" if hollow else color, mew=1.2, zorder=3, gid="now"
            )
    return view.fig


def _lane(r, w: Words, wide: bool) -> Lane:
    half = f" \u00b1{w.num((r.high - r.low) / 2, 2)}" if np.isfinite(r.low) else ""
    text = f"{w.num(r.difference, 2, sign=True)}{half}{' ' if wide else chr(10)}{w('people.bias.' + r.judgement)}"
    return Lane(w("people.assessor", name=r.assessor), text, HUE[r.judgement] if r.judgement != "too_few" else INK)
