"""Those beside whom a region is set: near by people, place and level, or chosen by the reader."""

from __future__ import annotations

import numpy as np

from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.frames import ROOT
from scevaluation.region import population, short_name
from scevaluation.report.part import Part, note, section
from scevaluation.words import Words, in_any_language


def nearest_peers(e: Evaluation, w: Words) -> Part | None:
    """Peers with people, index, and the region's own values less theirs; None where no letter scores the region."""
    rows = e.nearest
    if rows.empty:
        return None
    cohort = e.official.loc[e.official["region"] == e.programme.region, "cohort"].iloc[0]
    head = w("nearest.title_chosen") if e.chosen else w("nearest.title", cohort=cohort)
    said = note(w("nearest.note", year=population()[e.programme.region][1]))
    if (rows["difference"].isna() & rows["value"].notna()).any():
        said += note(w("nearest.note_other", cohort=cohort))
    return section(_table(e, w) + said, head, kind="long")


def _table(e: Evaluation, w: Words) -> str:
    """A row a peer, with all that it is near by."""
    lines = []
    for _, one in e.nearest.groupby("peer", sort=False):
        less, first = one.drop_duplicates("node").set_index("node")["difference"], one.iloc[0]
        line = {"name": short_name(first["name"]), "by": w.join(w(f"nearest.by.{by}") for by in one["by"].unique() if by != "chosen")}
        line["value"] = w.num(first["value"], 2) if np.isfinite(first["value"]) else w(f"nearest.{first['status']}")
        lines.append(line | {"people": first["population"]} | {n: w.num(float(less.get(n, np.nan)), 2, sign=True) for n in (ROOT, *e.top)})
    fields = [Field("name", w("nation.region"))] + ([] if e.chosen else [Field("by", w("nearest.by"))])
    fields += [Field("people", w("nearest.people"), lambda v: w.num(v, 0), True), Field("value", w("nation.index"), number=True)]
    fields += [Field(ROOT, w("nearest.less"), number=True)]
    fields += [Field(n, e.instrument.name(n, w.lang), number=True) for n in e.top]
    return html_table(lines, fields, w("nearest.caption"), "cards narrow nearest")


in_any_language(globals())
