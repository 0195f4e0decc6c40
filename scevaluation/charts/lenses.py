"""What published systems would say of the same series, beside the verdicts here: a table."""

from __future__ import annotations

from html import escape

import pandas as pd

from scevaluation.charts.scorecard import COLOR
from scevaluation.draw.chart import Chart
from scevaluation.draw.style import mark_html
from scevaluation.draw.table import Field, Html, html_table
from scevaluation.frames import ROOT
from scevaluation.words import Sentence, Words

LENSES = ("sdsn", "open_sdg", "un", "eurostat")
GONE = "not_available"
OPPOSITE = {"improving": "declining", "declining": "improving"}
UNDECIDED = ("inconclusive", "too_little_data")


def lenses(table: pd.DataFrame, labels: dict[str, str], words: Words) -> Chart:
    """The table of verdicts, ours first; on a phone a card a node.

    The chart's rows: those of `table` with `label`, without the parts of which no system says anything where others are
    judged: the note names them.

    Parameters
    ----------
    table : DataFrame
        As `evaluate.sensitivity.side_by_side`.
    labels : dict of node to text
    """
    w = words
    if not (table["rounds"] > 1).any():
        return Chart("lenses", w, Sentence("methods.lenses.title_empty"), empty=Sentence("methods.lenses.empty"))
    rows = table.assign(label=table["node"].map(labels))
    silent = (rows[list(LENSES)] == GONE).all(axis=1) & (rows["direction"] == "too_little_data")
    silent &= (rows["node"] != ROOT) & (not silent.all())
    names, rows = rows.loc[silent, "label"], rows[~silent].reset_index(drop=True)
    fields = [Field("label", w("column.label")), Field("ours", w("methods.lens.ours"))]
    fields += [Field("recent", w("methods.lens.recent"), css="n"), *(Field(n, w("methods.lens." + n)) for n in LENSES)]
    shown, title = [_cells(r, w) for r in rows.to_dict("records")], finding(rows, w)
    html = html_table(shown, fields, kind="cards", label=w.text(title))
    alt = w("methods.lenses.alt", n=w.num(len(rows), 0))
    return Chart("lenses", w, title, note(rows, w.join(names)), alt, rows, body=html)


def agreement(rows: pd.DataFrame) -> dict[str, int]:
    """Verdicts of other systems on nodes decided here: n, agree, opposite; and on nodes undecided here: open."""
    out = dict.fromkeys(("n", "agree", "opposite", "open"), 0)
    for r in rows.to_dict("records"):
        mine = r["direction"].removeprefix("likely_")
        theirs = [r[f"{n}_as"] for n in LENSES if r[n] != GONE]
        if mine in UNDECIDED:
            out["open"] += len(theirs)
            continue
        out["n"] += len(theirs)
        out["agree"] += sum(t == mine for t in theirs)
        out["opposite"] += sum(t == OPPOSITE.get(mine) for t in theirs)
    return out


def finding(rows: pd.DataFrame, w: Words) -> Sentence:
    """How many of the others' verdicts agree with ours; where nothing is decided here, that they judge all the same."""
    found = agreement(rows)
    places = {k: w.num(v, 0) for k, v in found.items()}
    if not found["n"] and not found["open"]:
        return Sentence("methods.lenses.title_none")
    if not found["n"]:
        return Sentence("methods.lenses.title_open", places)
    return Sentence("methods.lenses.title_opposite" if found["opposite"] else "methods.lenses.title", places)


def note(rows: pd.DataFrame, silent: str = "") -> Sentence:
    """What the marks mean, which levels are not subtracted, and of which nodes nothing can be said."""
    broken = "" if rows["comparable"].all() else Sentence("methods.lenses.note_broken")
    unsaid = Sentence("methods.lenses.note_silent", {"names": silent}) if silent else ""
    return Sentence("methods.lenses.note", {"broken": broken, "silent": unsaid})


def _cells(row: dict, w: Words) -> dict[str, str]:
    ours = _verdict(row["direction"], w("direction." + row["direction"]))
    theirs = {n: _verdict(row[f"{n}_as"], w("methods.says." + row[n])) for n in LENSES if row[n] != GONE}
    recent = w.num(row["recent"], 1, sign=True)
    return {**dict.fromkeys(LENSES, "\u2013"), **theirs, "label": row["label"], "ours": ours, "recent": recent}


def _verdict(direction: str, word: str) -> Html:
    first, _, rest = escape(word).partition(" ")
    text = f'<span class="whole">{mark_html(direction)}\u00a0{first}</span> {rest}'.rstrip()
    return Html(text, COLOR.get(direction.removeprefix("likely_"), "open"))
