"""How much stricter or milder each assessor scores than the others on the same items."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Band, Bar, Dot, Upright, over
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.style import CONTEXT, DOWN, FLAT, INK, INK2, UP
from scevaluation.frames.claims import JUDGED, OPEN, SHORT
from scevaluation.words import Sentence, Words

HUE = {"stricter": DOWN, "milder": UP, "alike": FLAT, "undecided": INK2, "too_few": INK2}
COLUMNS = ("assessor", "items", "difference", "low", "high", "judgement_label")


def severity(rows: pd.DataFrame, round_name: str, small: float, words: Words) -> Chart:
    """Mean distance from the others with its interval, this round; earlier rounds as grey dots.

    The chart's rows: those of the round.

    Parameters
    ----------
    rows : SEVERITY
        Of rounds up to this one.
    small : float
        Distance that makes no difference to read, on the scale.
    """
    now = rows[rows["round"] == round_name].sort_values("assessor", ignore_index=True)
    if now.empty:
        return Chart("severity", words, Sentence("chart.severity.title_empty"), empty=Sentence("chart.severity.empty"))
    earlier = rows[(rows["round"] < round_name) & rows["difference"].notna()]

    told = [(r.assessor, words.num(r.difference, 2, True)) for r in now.head(12).itertuples()]
    parts = "; ".join(words("chart.severity.alt_row", name=name, value=value) for name, value in told)
    note = words("chart.severity.note", small=words.num(small, 1))
    note += " " + words("chart.severity.note_earlier") if len(earlier) else ""
    drawn = now.assign(judgement_label=[words("people.bias." + j) for j in now["judgement"]])
    alt = words("chart.severity.alt", n=len(now), parts=parts)
    title, shown = finding(now, words), {c: "people.column." + c for c in COLUMNS}
    pictures = both(lambda layout: _paint(layout, now, earlier, small, words))
    return Chart("severity", words, title, note, alt, drawn, **pictures, labels=shown)


def finding(now: pd.DataFrame, words: Words) -> Sentence:
    """Who is stricter and who is milder than the others, by the intervals of this round."""
    said = {k: words.join(now.loc[now["judgement"] == k, "assessor"]) for k in ("stricter", "milder")}
    kinds = [k for k, who in said.items() if who]
    alike, few = ((now["judgement"] == k).all() for k in ("alike", "too_few"))
    key = "both" if len(kinds) > 1 else kinds[0] if kinds else "alike"
    by = {JUDGED: "finding.severity." + key, OPEN: "finding.severity.open", SHORT: "finding.severity.too_few"}
    return Sentence.judged(SHORT if few else JUDGED if kinds or alike else OPEN, by, {**said, "names": said[kinds[0]] if kinds else ""})


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
    edge, right = (1.04, 1.75) if wide else (1.2, 1.3)
    items = [_item(r, w, wide) for r in now.itertuples(index=False)]
    view = rows_of(layout, items, (-half * edge, half * edge), left=1.3, right=right, head=0.42, band=0.27)
    count = round(half / step)
    ticks = [k for k in range(-count, count + 1) if wide or k % 2 == 0]
    view.draw([Band(-small, small, "small")])
    view.axis([(k * step, w.num(k * step, 2 if step < 0.1 else 1, sign=True)) for k in ticks])
    place = {name: i for i, name in enumerate(now["assessor"])}
    past = earlier[earlier["assessor"].isin(place)]
    stricter = over(view, w("people.stricter_side"), -half, 0.22, "left")
    milder, at = over(view, w("people.milder_side"), half, 0.22, "right"), past["assessor"].map(place).to_numpy(int)
    before = Dot(at, past["difference"], CONTEXT, 2.6, "earlier", shift=0.085, z=1)
    view.draw([Upright(0, INK2, 0.8, "zero", z=0.5), stricter, milder, before])
    for i, r in enumerate(now.itertuples(index=False)):
        color = HUE[r.judgement]
        face = "white" if r.judgement in ("undecided", "too_few") else color
        interval = Bar(i, r.low, r.high, color, 3.2 if wide else 3, "interval", alpha=0.4)
        view.draw([interval, Dot(i, r.difference, color, 5.2, "now", face=face, edge=1.2, z=3)])
    return view.fig


def _item(r, w: Words, wide: bool) -> Item:
    half = f" \u00b1{w.num((r.high - r.low) / 2, 2)}" if np.isfinite(r.low) else ""
    text = f"{w.num(r.difference, 2, sign=True)}{half}{' ' if wide else chr(10)}{w('people.bias.' + r.judgement)}"
    color = HUE[r.judgement] if r.judgement != "too_few" else INK
    return Item(w("people.assessor", name=r.assessor), right=text, color=color)
