"""Form 10: five qualities of public service as citizens see them: a dot with its interval each, and its respondents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scevaluation.charts import dotrows, findings_survey
from scevaluation.charts.dotrows import Dot, Rows
from scevaluation.draw.chart import Chart, both
from scevaluation.words import Sentence, Words

SHOWN = {
    "label": "survey.quality",
    "value100": "survey.value",
    "low": "survey.low",
    "high": "survey.high",
    "n": "survey.n",
    "before": "survey.before",
    "change": "survey.change",
}


def qualities(table: pd.DataFrame, words: Words) -> Chart:
    """Dot and 90 % interval of each quality; the survey before as a hollow dot.

    Parameters
    ----------
    table : QUALITIES
        Of one region and round, from a survey or from the instrument's items.

    Returns
    -------
    Chart
        Rows: QUALITIES with `label`, in the table's order. Without any value it says that there was no survey.
    """
    w = words
    if table.empty or table["value100"].isna().all():
        return Chart("qualities", w, Sentence("chart.qualities.title_empty"), empty=Sentence("chart.qualities.empty"))
    rows = table.assign(label=[w("service_quality." + q) for q in table["quality"]]).reset_index(drop=True)
    seen = rows[["value100", "low", "high", "before"]].to_numpy(float)
    low, high, step = dotrows.axis_range(seen[np.isfinite(seen)])
    previous = rows["previous"].iloc[0]
    picture = Rows(
        [_dot(r, w) for r in rows.to_dict("records")],
        low,
        high,
        dotrows.ticks_between(low, high, step, w),
        head=w("survey.value"),
        change_head=w("survey.since", round=w.round(previous)) if previous else "",
    )
    parts = "; ".join(
        w("chart.qualities.alt_row", name=r.label, value=w.num(r.value100), low=w.num(r.low), high=w.num(r.high))
        for r in rows.itertuples()
    )
    return Chart(
        "qualities",
        w,
        findings_survey.qualities(rows, w),
        Sentence("chart.qualities.note", {"parts": " ".join(w.text(p) for p in _note(rows, w))}),
        w("chart.qualities.alt", parts=parts),
        rows,
        labels={c: k for c, k in SHOWN.items() if previous or c not in ("before", "change")},
        **both(lambda layout: dotrows.paint(layout, picture)),
    )


def _count(row: dict, w: Words) -> str:
    if row["basis"] == "survey":
        return w("survey.respondents", n=w.num(row["n"], 0))
    return w("survey.items", n=w.num(row["n"], 0), of=w.num(row["of"], 0))


def interval_text(low: float, high: float, w: Words, digits: int = 1, sign: bool = False) -> str:
    """An interval, "a–b", or "a to b" where an end has a sign; '' if it is not known."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return ""
    key = "survey.span" if low >= 0 and not sign else "survey.range"
    return w(key, low=w.num(low, digits, sign), high=w.num(high, digits, sign))


def _dot(row: dict, w: Words) -> Dot:
    direction, change = "", row["change"]
    if np.isfinite(change):
        direction = "improving" if row["change_low"] > 0 else "declining" if row["change_high"] < 0 else ""
    text = w.num(change, 1, sign=True) if np.isfinite(change) else ""
    beside = interval_text(row["change_low"], row["change_high"], w, 1, sign=True) if text else ""
    return Dot(
        row["label"],
        _count(row, w),
        row["value100"],
        row["low"],
        row["high"],
        w.num(row["value100"]),
        interval_text(row["low"], row["high"], w),
        row["before"],
        f"{text}  ({beside})" if beside else text,
        direction,
    )


def _note(rows: pd.DataFrame, w: Words) -> list[Sentence]:
    """What the marks mean, only of those drawn."""
    basis = rows["basis"].iloc[0]
    parts = [Sentence("chart.qualities.note_" + basis)]
    if rows["low"].notna().any():
        parts.append(Sentence("chart.qualities.note_interval" if basis == "survey" else "chart.qualities.note_scatter"))
    if (rows["value100"].notna() & rows["low"].isna()).any():
        parts.append(Sentence("chart.qualities.note_without"))
    if rows["before"].notna().any():
        parts.append(Sentence("chart.qualities.note_before", {"round": w.round(rows["previous"].iloc[0])}))
    if rows["change"].notna().any():
        drawn = ((rows["change_low"] > 0) | (rows["change_high"] < 0)).any()
        parts.append(Sentence("chart.qualities.note_arrow" if drawn else "chart.qualities.note_no_arrow"))
    return parts
