"""Form 10: five qualities of public service as citizens see them: a dot with its interval each, and its respondents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scevaluation.charts.titles import MANY
from scevaluation.draw.chart import Chart, both
from scevaluation.draw.marks import Band, Bar, Dot, Rows, Rule, Text, over
from scevaluation.draw.rows import even_rows
from scevaluation.draw.scale import score_range
from scevaluation.draw.style import GRID, INK, INK2, LINE, PHONE, RULE, fit, hue, mark, text_width
from scevaluation.frames.claims import JUDGED, OPEN
from scevaluation.words import Sentence, Words, lower

LARGEST_GROUP = 2  # a lowest or highest group of more qualities than this says nothing
SHOWN = {"label": "survey.quality", "value100": "survey.value"}
SHOWN |= {c: "survey." + c for c in ("low", "high", "n", "before", "change")}


def qualities(table: pd.DataFrame, words: Words) -> Chart:
    """Dot and 90 % interval of each quality; the survey before as a hollow dot.

    The chart's rows: QUALITIES with `label`, in the table's order. Without any value it says that there was no survey.

    Parameters
    ----------
    table : QUALITIES
        Of one region and round, from a survey or from the instrument's items.
    """
    w = words
    if table.empty or table["value100"].isna().all():
        return Chart("qualities", w, Sentence("chart.qualities.title_empty"), empty=Sentence("chart.qualities.empty"))
    rows = table.assign(label=[w("service_quality." + q) for q in table["quality"]]).reset_index(drop=True)
    seen = rows[["value100", "low", "high", "before"]].to_numpy(float)
    low, high, step = score_range(seen[np.isfinite(seen)])
    previous = rows["previous"].iloc[0]
    at, digits = [low + i * step for i in range(round((high - low) / step) + 1)], 0 if float(step).is_integer() else 1
    scores, ticks = [_score(r, w) for r in rows.to_dict("records")], [(t, w.num(t, digits)) for t in at]
    since = w("survey.since", round=w.round(previous)) if previous else ""
    picture = Picture(scores, (low, high), ticks, w("survey.value"), since)
    told = [(r.label, w.num(r.value100), w.num(r.low), w.num(r.high)) for r in rows.itertuples()]
    parts = "; ".join(w("chart.qualities.alt_row", name=n, value=value, low=a, high=b) for n, value, a, b in told)
    note = Sentence("chart.qualities.note", {"parts": " ".join(w.text(p) for p in _note(rows, w))})
    shown = {c: k for c, k in SHOWN.items() if previous or c not in ("before", "change")}
    title, alt = finding(rows, w), w("chart.qualities.alt", parts=parts)
    return Chart("qualities", w, title, note, alt, rows, **both(picture.paint), labels=shown)


def finding(rows: pd.DataFrame, words: Words) -> Sentence:
    """Which qualities lie clearly lowest (else highest), and which moved since the survey before."""
    known, basis = rows[rows["value100"].notna()], rows["basis"].iloc[0]
    if len(known) == 1:
        first = Sentence(f"finding.qualities.{basis}_one", {"name": lower(known["label"].iloc[0])})
    else:
        low, top = apart(rows, top=False), apart(rows, top=True)
        by = {OPEN: f"finding.qualities.{basis}_open"}
        by |= {JUDGED: f"finding.qualities.{basis}_{'low' if low else 'top'}"} if low or top else {}
        first = Sentence.judged(JUDGED if low or top else OPEN, by, {"names": words.join(lower(n) for n in low or top)})
    up, down = moved(rows)
    if not (up or down):
        return first
    places = {"up": _joined(up, len(rows), words), "down": _joined(down, len(rows), words)}
    key = "both" if up and down else "up" if up else "down"
    places["previous"] = words.round(rows["previous"].iloc[0])
    return Sentence("finding.qualities.two", {"first": first, "second": Sentence("finding.qualities." + key, places)}, JUDGED)


def apart(rows: pd.DataFrame, top: bool) -> list[str]:
    """The smallest group (one or two) whose intervals lie wholly below, or above, those of all others; [] if there is none.

    Parameters
    ----------
    rows : DataFrame
        label, value100, low, high; a row without an interval counts as its value alone.
    """
    known = rows[rows["value100"].notna()]
    low, high = (known[c].fillna(known["value100"]).to_numpy(float) for c in ("low", "high"))
    if top:
        low, high = -high, -low
    order = np.argsort((low + high) / 2, kind="stable")
    for size in range(1, min(LARGEST_GROUP, len(known) - 2) + 1):
        inside, outside = order[:size], order[size:]
        if high[inside].max() < low[outside].min():
            return list(known["label"].iloc[np.sort(inside)])
    return []


def moved(rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Labels of rows whose change has an interval wholly above zero, and wholly below."""
    return list(rows.loc[rows["change_low"] > 0, "label"]), list(rows.loc[rows["change_high"] < 0, "label"])


def _joined(names: list[str], of: int, words: Words) -> str:
    """Up to three names; all five together, more are counted."""
    if len(names) == of == 5:
        return words("finding.qualities.all")
    if len(names) > MANY:
        return words("finding.qualities.many", n=words.count(len(names)))
    return words.join(lower(n) for n in names)


@dataclass(frozen=True)
class Score:
    """A row: where its dot, interval and earlier dot stand (NaN: none), and what is written beside them.

    `text` is bold at the right, `span` under or beside it, `change` in a column of its own with the mark of `direction` (""
    for none); `bold` marks a row that sums up the others.
    """

    label: str
    count: str
    value: float
    low: float
    high: float
    text: str
    span: str
    before: float = float("nan")
    change: str = ""
    direction: str = ""
    bold: bool = False

    @property
    def weight(self) -> str:
        return "bold" if self.bold else "normal"


@dataclass(frozen=True)
class Picture:
    """Scores on one axis: its ends, ticks with texts, heads of the values and of the changes, named bands (from, to, name)."""

    scores: list[Score]
    ends: tuple[float, float]
    ticks: list[tuple[float, str]]
    head: str
    change_head: str = ""
    bands: tuple[tuple[float, float, str], ...] = ()

    def paint(self, layout: str) -> Figure:
        """The figure of a layout."""
        wide, n, (low, high) = layout == "wide", len(self.scores), self.ends
        changes = any(s.change for s in self.scores)
        row, middle, edge = 0.3 if wide else 0.6, 0.5 if wide else 0.72, (high - low) * 0.02
        sides = (0.16, 0.96) if not wide else (2.1, 2.62) if changes else (2.62, 1.5)
        top = 0.43 if self.bands else 0.26
        view = even_rows(layout, np.arange(n) + middle, n, row, sides, top, 0.06, (low - edge, high + edge))
        self._axis(view, changes)
        rules = [(INK, 0.8) if s.bold else (GRID, 0.6) for s in self.scores[:-1]]
        view.draw(Rule((i + 1) * row, view.left - 0.02, view.right - 0.02, *rule, z=0.1) for i, rule in enumerate(rules))
        for i, score in enumerate(self.scores):
            view.draw([*_marks(i, score), *_named(view, i, score), *_numbers(view, i, score)])
            if score.change:
                _change(view, i, score)
        return view.fig

    def _axis(self, view: Rows, changes: bool) -> None:
        """Bands and ticks above the rows, and heads of the columns."""
        low, high = self.ends
        named: dict = {"size": view.base, "weight": "bold", "name": "band-name"}
        for n, (a, b, name) in enumerate(self.bands):
            a, b = max(a, low), min(b, high)
            if b > a:
                view.draw([Band(a, b, "band")] if n % 2 == 0 else [])
                view.draw([over(view, name, (a + b) / 2, 0.24, color=INK2, **named)])
        for x, text in self.ticks:
            view.ax.axvline(x, color=RULE if self.bands else GRID, lw=0.8, zorder=0.2)
            view.draw([over(view, text, x, 0.06, name="tick")])
        if view.wide or not changes:
            view.draw([over(view, self.head, 0.14, 0.06, "left", INK2, by="right")])
        if changes:
            x, align, by = (1.26, "left", "right") if view.wide else (-0.02, "right", "end")
            view.draw([over(view, self.change_head, x, 0.06, align, INK2, by=by, name="change-head")])


def _marks(row: int, score: Score) -> list:
    """Interval, earlier dot, dot."""
    return [
        Dot(row, score.before, LINE, 5.4, "before", face="white", edge=1.1, z=2, cut=False),
        Bar(row, score.low, score.high, LINE, 5, "interval", alpha=0.26, z=3),
        Dot(row, score.value, "white", 6.6, "value", face=LINE, edge=0.7, z=4, cut=False),
    ]


def _named(view: Rows, row: int, score: Score) -> list[Text]:
    """Name and count at the left; on a phone they stand above the dot."""
    room = text_width(score.count, view.small)
    look: dict = {"by": "left", "weight": score.weight, "name": "row"}
    count: dict = {"size": view.small, "align": "right", "name": "count"}
    if view.wide:
        name = fit(score.label, view.left - 0.34 - room, view.base + 0.4, score.weight)
        own = Text(name, row, 0.04 - view.left, view.base + 0.4, INK, spacing=1.0, **look)
        return [own, Text(score.count, row, -0.16, by="left", **count)]
    name, up = fit(score.label, PHONE - 0.24 - room, view.base, score.weight, 1), -0.42 * view.tall
    own = Text(name, row, 0.04 - view.left, view.base, INK, shift=up, **look)
    return [own, Text(score.count, row, -0.02, by="end", shift=up, **count)]


def _numbers(view: Rows, row: int, score: Score) -> list[Text]:
    """Value and interval at the right."""
    size = view.base + 1
    x = max(0.22 + text_width(score.text, size, "bold"), 0.52)
    number = Text(score.text, row, 0.14, size, LINE, weight="bold", name="number", by="right")
    return [number, Text(score.span, row, x, view.small, name="range", by="right")] if view.wide else [number]


def _change(view: Rows, row: int, score: Score) -> None:
    """The change since before, with its arrow where it is one."""
    text = score.change if view.wide else score.change.partition(" ")[0]
    size = view.base - 0.2 if view.wide else view.small
    # On a phone the texts end at the picture's edge, however long they are.
    x = 1.26 if view.wide else view.right - 0.15 - text_width(text, size)
    if score.direction:
        at = 1 + (x + 0.05) / view.width, view.y[row]
        mark(view.ax, score.direction, *at, 4.2 if view.wide else 3.4, transform=view.ax.get_yaxis_transform())
    color = hue(score.direction) if score.direction else INK2
    view.draw([Text(text, row, x + 0.13, size, color, by="right", name="change")])


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


def _score(row: dict, w: Words) -> Score:
    direction, text, beside = "", "", ""
    if np.isfinite(row["change"]):
        direction = "improving" if row["change_low"] > 0 else "declining" if row["change_high"] < 0 else ""
        text, beside = w.num(row["change"], 1, sign=True), interval_text(row["change_low"], row["change_high"], w, 1, sign=True)
    value, low, high = row["value100"], row["low"], row["high"]
    own = row["label"], _count(row, w), value, low, high, w.num(value), interval_text(low, high, w)
    return Score(*own, row["before"], f"{text}  ({beside})" if beside else text, direction)


def _note(rows: pd.DataFrame, w: Words) -> list[Sentence]:
    """What the marks mean, only of those drawn."""
    basis, known = rows["basis"].iloc[0], rows.notna()
    keys = [basis]
    keys += ["interval" if basis == "survey" else "scatter"] if known["low"].any() else []
    keys += ["without"] if (known["value100"] & ~known["low"]).any() else []
    keys += ["before"] if known["before"].any() else []
    drawn = ((rows["change_low"] > 0) | (rows["change_high"] < 0)).any()
    keys += ["arrow" if drawn else "no_arrow"] if known["change"].any() else []
    places = {"before": {"round": w.round(rows["previous"].iloc[0])}} if known["before"].any() else {}
    return [Sentence("chart.qualities.note_" + k, places.get(k, {})) for k in keys]
