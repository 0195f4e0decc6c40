"""The satisfaction score by PermenPANRB 14/2017: nine elements and their index on 25-100, with the classes A to D behind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts.qualities import Picture, Score, interval_text
from scevaluation.charts.titles import MANY
from scevaluation.draw.chart import Chart, both
from scevaluation.frames import ROOT
from scevaluation.frames.claims import FACT, JUDGED, OPEN
from scevaluation.frames.surveys import SKM
from scevaluation.words import Sentence, Words, lower

BANDS = ((25.0, 65.0, "D"), (65.0, 76.605, "C"), (76.605, 88.305, "B"), (88.305, 100.0, "A"))
TICKS = (25.0, 65.0, 76.61, 88.31, 100.0)
LEAST = 60.0  # an axis from here where nothing lies below, so that the three upper classes have room
SHOWN = {"label": "survey.element", "mean": "survey.mean", "value100": "survey.value"}
SHOWN |= {c: "survey." + c for c in ("low", "high", "n", "predicate")}


def skm(table: pd.DataFrame, labels: dict[str, str], words: Words) -> Chart:
    """Dot and 90 % interval of the index and of each element, in bands named by class.

    The chart's rows: SKM with `label`. The note prints the index by the exact weight 1/9 and by the rounded weight 0.11.

    Parameters
    ----------
    table : SKM
        Of one region and round.
    labels : dict of element to text
    """
    w = words
    if table.empty:
        return Chart("skm", w, Sentence("chart.skm.title_empty"), empty=Sentence("chart.skm.empty"))
    rows = table.assign(label=[w("survey.index") if i == ROOT else labels[i] for i in table["item"]]).reset_index(drop=True)
    picture = _picture(rows, rows["item"] == ROOT, w)
    total = rows[rows["item"] == ROOT].iloc[0]
    note = Sentence("chart.skm.note_partial")
    if total["predicate"]:
        places: dict = {c: SKM.fact(total, c, 2) for c in ("value100", "rounded")}
        places |= {"predicate": total["predicate"], "rounded_predicate": total["rounded_predicate"]}
        note = Sentence("chart.skm.note", places)
    parts = "; ".join(w("chart.skm.alt_row", name=r.label, value=w.num(r.value100, 2)) for r in rows.itertuples())
    title, alt = finding(rows, w), w("chart.skm.alt", parts=parts)
    return Chart("skm", w, title, note, alt, rows, **both(picture.paint), labels=SHOWN)


def finding(rows: pd.DataFrame, words: Words) -> Sentence:
    """The score with its class, and the element that lies lowest; without all nine elements, that there is no score."""
    total = rows[rows["item"] == ROOT].iloc[0]
    parts = rows[(rows["item"] != ROOT) & rows["value100"].notna()]
    if np.isnan(total["value100"]):
        return Sentence("finding.skm.partial", {"n": words.count(len(parts)), "of": words.count(len(rows) - 1)})
    places = {"value": SKM.fact(total, "value100", 2), "predicate": total["predicate"]}
    least = parts["value100"].round(9)
    if least.min() == least.max():
        return Sentence("finding.skm.equal", places)
    lowest = [lower(n) for n in parts.loc[least == least.min(), "label"]]
    if len(lowest) > MANY:
        return Sentence("finding.skm.equal", places)
    return Sentence("finding.skm.low", {**places, "names": words.join(lowest)})


def rounds(table: pd.DataFrame, words: Words) -> Chart:
    """Dot and 90 % interval of the index of every survey, in bands named by class; the last one bold.

    The chart's rows: SKM of the index with `label`.

    Parameters
    ----------
    table : SKM
        Of one region and two or more rounds with an index, in time.
    """
    w = words
    rows = table[(table["item"] == ROOT) & table["value100"].notna()]
    rows = rows.assign(label=[w.round_long(r) for r in rows["round"]]).reset_index(drop=True)
    picture = _picture(rows, rows.index == len(rows) - 1, w)
    parts = "; ".join(w("chart.skm.alt_row", name=r.label, value=w.num(r.value100, 2)) for r in rows.itertuples())
    title, note, alt = finding_of_rounds(rows, w), Sentence("chart.skm_rounds.note"), w("chart.skm_rounds.alt", parts=parts)
    shown = SHOWN | {"label": "page.round"}
    return Chart("skm_rounds", w, title, note, alt, rows, **both(picture.paint), labels=shown)


def finding_of_rounds(rows: pd.DataFrame, words: Words) -> Sentence:
    """The index of the last survey beside that of the one before, and whether their intervals lie apart."""
    before, now = rows.iloc[-2], rows.iloc[-1]
    places: dict = {"round": words.round(now["round"]), "previous": words.round(before["round"])}
    places |= {k: SKM.fact(r, "value100", 2) for k, r in (("value", now), ("before", before))}
    by = {FACT: "finding.skm_rounds.plain", OPEN: "finding.skm_rounds.meet"}
    if now[["low", "high"]].isna().any() or before[["low", "high"]].isna().any():
        return Sentence.judged(FACT, by, places)
    side = "above" if now["low"] > before["high"] else "below" if now["high"] < before["low"] else ""
    return Sentence.judged(JUDGED if side else OPEN, by | ({JUDGED: "finding.skm_rounds." + side} if side else {}), places)


def _picture(rows: pd.DataFrame, bold, w: Words) -> Picture:
    """Rows on an axis from 25, or from 60 where nothing lies below."""
    floor = min(rows["low"].min(), rows["value100"].min())
    low = 25.0 if floor < LEAST + 3 else LEAST
    ticks = [(t, w.num(t, 0 if t.is_integer() else 2)) for t in TICKS if t >= low]
    scores = [_score(r, w, bool(b)) for r, b in zip(rows.to_dict("records"), bold, strict=True)]
    return Picture(scores, (low, 100.0), ticks, w("survey.value"), bands=BANDS)


def _score(row: dict, w: Words, bold: bool) -> Score:
    value, low, high = row["value100"], row["low"], row["high"]
    text, count = f"{w.num(value, 2)} {row['predicate']}".strip(), w("survey.respondents", n=w.num(row["n"], 0))
    return Score(row["label"], count, value, low, high, text, interval_text(low, high, w), bold=bold)
