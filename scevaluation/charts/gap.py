"""What agencies gave themselves against what was verified, by agency."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import EVERY, Bar, Dot, over
from scevaluation.draw.rows import Item, rows_of
from scevaluation.draw.style import BAND, INK, INK2, LINE, spread, text_width
from scevaluation.frames.claims import JUDGED, OPEN, SHORT
from scevaluation.frames.people import ALL, GAP
from scevaluation.words import Sentence, Words

COLUMNS = ("label", "items", "own", "verified", "gap", "low", "high", "judgement_label")


def gap(rows: pd.DataFrame, labels: dict[str, str], scale: tuple[float, float], words: Words) -> Chart:
    """Own score (hollow) and verified score (full) of every agency on the scale, the widest gap first, all agencies on top.

    The chart's rows: those given, in the order drawn, with labels.

    Parameters
    ----------
    rows : GAP
        Of one round.
    labels : dict of agency to text
    scale : tuple of float
        Lowest and highest score.
    """
    if rows.empty:
        return Chart("gap", words, Sentence("chart.gap.title_empty"), empty=Sentence("chart.gap.empty"))
    order = rows.assign(first=rows["agency"] != ALL).sort_values(["first", "gap", "agency"], ascending=[True, False, True])
    drawn = order.drop(columns="first").reset_index(drop=True)
    name = [words("people.all_agencies") if a == ALL else labels.get(a, a) for a in drawn["agency"]]
    drawn = drawn.assign(label=name, judgement_label=[words("people.claim." + j) for j in drawn["judgement"]])

    gaps = [(r.label, words.num(r.gap, 2, sign=True)) for r in drawn.head(9).itertuples()]
    parts = "; ".join(words("chart.gap.alt_row", name=name, value=value) for name, value in gaps)
    alt = words("chart.gap.alt", n=int((drawn["agency"] != ALL).sum()), parts=parts)
    few = " " + words("chart.gap.note_few") if (drawn["judgement"] == "too_few").any() else ""
    note = words("chart.gap.note", low=words.num(scale[0], 0), high=words.num(scale[1], 0)) + few
    title, shown = finding(rows, labels, words), {c: "people.column." + c for c in COLUMNS}
    pictures = both(lambda layout: _paint(layout, drawn, scale, words))
    return Chart("gap", words, title, note, alt, drawn, **pictures, labels=shown)


def finding(rows: pd.DataFrame, labels: dict[str, str], words: Words) -> Sentence:
    """Whether agencies as a whole score themselves above what is verified, and who does so most for certain."""
    whole = rows[rows["agency"] == ALL].iloc[0]
    places, said = {"gap": GAP.fact(whole, "gap", 2, size=True)}, whole["judgement"]
    certain = rows[(rows["agency"] != ALL) & (rows["judgement"] == whole["judgement"])]
    if said in ("above", "below") and len(certain):
        most = certain.loc[certain["gap"].abs().idxmax()]
        places |= {"name": labels.get(most["agency"], most["agency"]), "most": GAP.fact(most, "gap", 2, size=True)}
        said += "_most"
    sure = {"undecided": OPEN, "too_few": SHORT}.get(said, JUDGED)
    by = {OPEN: "finding.gap.undecided", SHORT: "finding.gap.too_few", **({JUDGED: "finding.gap." + said} if sure == JUDGED else {})}
    return Sentence.judged(sure, by, places)


def _range(rows: pd.DataFrame, scale: tuple[float, float]) -> tuple[float, float]:
    """The part of the scale that is drawn: half steps around the values and intervals."""
    ends = [*rows["own"], *rows["verified"], *(rows["verified"] + rows["low"]), *(rows["verified"] + rows["high"])]
    low, high = np.floor(np.nanmin(ends) * 2) / 2, np.ceil(np.nanmax(ends) * 2) / 2
    return (low, high) if high - low >= 1 else (max(min(low, scale[1] - 1), scale[0]), max(low + 1, high))


def _paint(layout: str, rows: pd.DataFrame, scale: tuple[float, float], w: Words):
    low, high = _range(rows, scale)
    items = [_item(r, w, n == 0 and r.agency == ALL and len(rows) > 1) for n, r in enumerate(rows.itertuples(index=False))]
    pad = (high - low) * 0.04
    view = rows_of(layout, items, (low - pad, high + pad), left=2.35, right=1.75 if layout == "wide" else 1.25, head=0.42)
    step = 0.5 if high - low <= 3 else 1.0 if high - low <= 8 else float(np.ceil((high - low) / 6))
    view.axis([(t, w.num(t, 1)) for t in np.arange(low, high + 1e-9, step)])
    if items[0].ruled and view.wide:
        view.ax.axhspan(0, view.y[:2].mean(), color=BAND, lw=0, zorder=0)
    own, verified = rows["own"], rows["verified"]
    interval = Bar(EVERY, verified + rows["low"], verified + rows["high"], LINE, 6, "interval", alpha=0.16, z=1)
    dots = Dot(EVERY, own, LINE, 6.6, "own", face="white", edge=1.2, z=3), Dot(EVERY, verified, LINE, 3.8, "verified", z=3.5)
    view.draw([interval, Bar(EVERY, own, verified, LINE, 1.4, "gap", z=2), *dots])
    _key(view, rows.iloc[0], w)
    return view.fig


def _key(view, first, w: Words) -> None:
    """What hollow and full mean, over the marks of the first row, apart and within the picture."""
    names = {c: w(f"people.{c}_mark") for c in ("own", "verified")}
    wide = max(text_width(t, view.small) for t in names.values()) / view.unit
    low, high = view.ax.get_xlim()
    at = spread([first[c] for c in names], wide + 0.08 / view.unit, low + wide / 2, high - wide / 2)
    view.draw(over(view, text, x, 0.22, name="key") for x, text in zip(at, names.values(), strict=True))


def _item(r, w: Words, ruled: bool) -> Item:
    half = f" \u00b1{w.num((r.high - r.low) / 2, 2)}" if np.isfinite(r.low) else ""
    text = f"{w.num(r.gap, 2, sign=True)}{half} \u00b7 {w('people.n_items', n=r.items)}"
    color = INK if r.judgement in ("above", "below") else INK2
    return Item(r.label, right=text, color=color, bold=r.agency == ALL, ruled=ruled)
