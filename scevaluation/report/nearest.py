"""Those beside whom a region is set: near by people, place and level, or chosen by the reader."""

from __future__ import annotations

from html import escape

import numpy as np

from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.region import population, short_name
from scevaluation.report.part import Part, note, section
from scevaluation.words import Words, capital, in_any_language, lower

LISTS = (("population",), ("province", "islands"), ("level",), ("chosen",))  # what stands in one table


def nearest_peers(e: Evaluation, w: Words) -> Part | None:
    """Peers with people, index, and the region's own values less theirs; None where no letter scores the region."""
    rows = e.nearest
    if rows.empty:
        return None
    cohort = e.official.loc[e.official["region"] == e.programme.region, "cohort"].iloc[0]
    body = "".join(_table(e, names, w) for names in LISTS if rows["by"].isin(names).any())
    head = w("nearest.title_chosen") if e.chosen else w("nearest.title", cohort=cohort)
    said = [note(w("nearest.note", year=population()[e.programme.region][1]))]
    if (rows["difference"].isna() & rows["value"].notna()).any():
        said.append(note(w("nearest.note_other", cohort=cohort)))
    return section(body + "".join(said), head, kind="long")


def _table(e: Evaluation, names: tuple[str, ...], w: Words) -> str:
    """A table of those near by one thing: a row a peer, the nearest first."""
    lines = []
    mine = e.nearest[e.nearest["by"].isin(names)]
    for (by, _, peer), one in mine.groupby(["by", "order", "peer"], sort=False):
        less, first = one.set_index("node")["difference"], one.iloc[0]
        line = {"name": f"{short_name(first['name'])}{_place(by, w) if len(names) > 1 else ''}", "people": first["population"]}
        line["value"] = w.num(first["value"], 2) if np.isfinite(first["value"]) else w(f"nearest.{first['status']}")
        line |= {node: w.num(float(less.get(node, np.nan)), 2, sign=True) for node in (ROOT, *e.top)}
        lines.append(line | {"peer": peer})
    fields = [Field("name", w("nation.region")), Field("people", w("nearest.people"), lambda v: w.num(v, 0), True)]
    fields += [Field("value", w("nation.index"), number=True), Field(ROOT, w("nearest.less"), number=True)]
    fields += [Field(node, capital(lower(e.instrument.name(node, w.lang))), number=True) for node in e.top]
    return html_table(lines, fields, w(f"nearest.by.{names[0]}"))


def _place(by: str, w: Words) -> str:
    return f" ({escape(w(f'nearest.place.{by}'))})"


in_any_language(globals())
