"""The part of the methods report on the structure of the index: whether its indicators hang together, and which of them carry it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.frames.methods import IMPORTANCE, STRUCTURE
from scevaluation.methods.handbook import aggregate
from scevaluation.methods.structure import FEWEST, importance, structure
from scevaluation.report.items import names_behind
from scevaluation.report.part import Part, note, section
from scevaluation.report.round import labels
from scevaluation.words import Words, in_any_language


@dataclass(frozen=True, eq=False)
class Audit:
    """STRUCTURE and IMPORTANCE of a round's index, what their units are ("regions", "rounds"), and how many there are."""

    structure: pd.DataFrame
    importance: pd.DataFrame
    units: str
    n: int


def units_of(e: Evaluation) -> tuple[str, pd.DataFrame]:
    """What the structure is told by, and its values on 0-100: regions of the own cohort by components, else own rounds by indicators.

    Rounds are those of the round's own questionnaire.
    """
    if len(e.official):
        own = e.official.loc[e.official["region"] == e.programme.region, "cohort"].iloc[0]
        rows = e.official[(e.official["cohort"] == own) & e.official["node"].isin(e.instrument.components)]
        wide = rows.pivot(index="region", columns="node", values="value").dropna(how="all")
        return "regions", e.instrument.scale.to100(wide.reindex(columns=list(e.instrument.components)))
    same = [r for r, i in e.instruments.items() if i.id == e.instrument.id]
    rows = e.index[e.index["round"].isin(same) & e.index["node"].isin(e.instrument.leaves)]
    wide = rows.pivot(index="round", columns="node", values="value100").reindex(columns=list(e.instrument.leaves))
    return "rounds", wide.dropna(how="all")


@lru_cache(maxsize=4)
def audit(e: Evaluation) -> Audit:
    """The audit of a round's index; without figures below ten units, and without importance where the weights are not known."""
    kind, data = units_of(e)
    i = e.instrument
    kept = [p for p in i.nodes if p in data or any(c == p or c.startswith(p + "/") for c in data) or p == ROOT]
    known = i.weights != "unknown"
    weight = [i.share(p) if known and p != ROOT else 1.0 for p in kept]
    meta = pd.DataFrame({"iCode": kept, "Parent": [i.parents.get(p, "") for p in kept], "Weight": weight})
    how = {p: i.mean_of(p) for p in kept if p not in data}
    whole = aggregate(data, meta, how, threshold=i.coverage) if known and len(data) else data
    table = structure(whole, meta) if len(data) else STRUCTURE.empty()
    carried = importance(data, meta, None, how, i.coverage) if known and len(data) else IMPORTANCE.empty()
    return Audit(table, carried, kind, len(data))


def structure_table(e: Evaluation, w: Words) -> Part:
    """How far the parts of the index hang together and which indicators carry it; with too few units, that there is none to tell."""
    found = audit(e)
    places = {"n": w.num(found.n, 0), "minimum": w.num(FEWEST, 0)}
    told = found.structure[found.structure["state"] == "computed"]
    carried = found.importance[found.importance["state"] == "computed"]
    if told.empty and carried.empty:
        text = w(f"methods.structure.few_{found.units}" if found.n < FEWEST else "methods.structure.none", **places)
        return section(f'<div class="empty"><p>{text}</p></div>', w("methods.structure"), text=text)
    names = names_behind(e.instrument, w) | labels(e, w)
    two = lambda v: w.num(v, 2) if np.isfinite(v) else "\u2013"  # noqa: E731
    share = lambda v: w.pct(v) if np.isfinite(v) else "\u2013"  # noqa: E731
    key = "methods.structure."
    fields = [
        Field("node", w(key + "part"), lambda v: names.get(v, v)),
        Field("items", w(key + "items"), lambda v: w.num(v, 0), True),
        Field("alpha", w(key + "alpha"), two, True),
        Field("within", w(key + "within"), two, True),
        Field("across", w(key + "across"), two, True),
        Field("first", w(key + "first"), share, True),
    ]
    html = html_table(told, fields) + note(w(key + "note")) if len(told) else ""
    if len(carried):
        one = lambda v: w.num(v, 1) if np.isfinite(v) else "\u2013"  # noqa: E731
        fields = [
            Field("node", w(key + "indicator"), lambda v: names.get(v, v)),
            Field("weight", w(key + "weight"), share, True),
            Field("r_index", w(key + "r_index"), two, True),
            Field("importance", w(key + "importance"), share, True),
            Field("effect", w(key + "effect"), one, True),
            *([Field("ranks", w(key + "ranks"), one, True)] if found.units == "regions" else []),
        ]
        rows = carried.sort_values("importance", ascending=False, kind="stable")
        html += html_table(rows, fields) + note(w(key + "carried"))
    text = w(key + "told_" + found.units, **places)
    return section(f"<p>{text}</p>{html}", w("methods.structure"), "long", text=text)


def structure_line(e: Evaluation) -> str:
    """Units, parts told of and the indicator that carries most, in plain figures: a stored check of the notebook."""
    found = audit(e)
    told = int((found.structure["state"] == "computed").sum())
    carried = found.importance.dropna(subset=["importance"]).sort_values("importance", ascending=False, kind="stable")
    most = f"; {carried['node'].iloc[0]} carries {carried['importance'].iloc[0]:.3f}" if len(carried) else ""
    return f"structure: {found.n} {found.units}, {told} parts told{most}"


in_any_language(globals())
