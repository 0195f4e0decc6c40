"""Explore: from the index to a part, an agency, an indicator, its scores, and the cell of the file each score came from."""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from scevaluation.desk.excerpt import excerpt
from scevaluation.desk.link import opener
from scevaluation.desk.show import DASH, empty, framed, heads, item_name, strip, table
from scevaluation.draw.style import mark_html
from scevaluation.draw.table import Html
from scevaluation.errors import IntakeError
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.items import trace
from scevaluation.frames import ROOT
from scevaluation.place import find
from scevaluation.report.items import items
from scevaluation.report.part import Part
from scevaluation.report.people import node_names
from scevaluation.report.round import labels
from scevaluation.words import Words

FIRST = ("verified", "final", "self")  # the source whose cell is shown unless another is chosen


def chosen(e: Evaluation, part: str = "", agency: str = "") -> pd.DataFrame:
    """ITEMS of the round below a node and of an agency, "" for all."""
    rows = items(e)
    if part:
        rows = rows[(rows["node"] == part) | rows["node"].str.startswith(part + "/")]
    if agency:
        rows = rows[rows["agency"] == agency]
    return rows.reset_index(drop=True)


def history(e: Evaluation, item: str) -> pd.DataFrame:
    """An indicator in every round, latest first, under the name it had there ("" where it was not asked).

    Its `value` is on the scale; `comparable` says whether with this round's.
    """
    value = e.index.set_index(["round", "node"])[["value", "status"]]
    rows = []
    for name, (how, node) in trace(item, e.round, e.instruments).items():
        known = (name, node) in value.index
        found = tuple(value.loc[(name, node)]) if known else (np.nan, "")
        rows.append((name, node, *found, how in ("same", "renamed")))
    return pd.DataFrame(rows, columns=["round", "node", "value", "status", "comparable"])


def scored(e: Evaluation, item: str, round_name: str = "") -> pd.DataFrame:
    """SCORES of an indicator in a round (default: this one), under the name it had there; the one that counts first."""
    name = round_name or e.round
    node = trace(item, e.round, e.instruments).get(name, ("", ""))[1]
    rows = e.scores[(e.scores["round"] == name) & (e.scores["indicator"] == node)]
    order = {s: n for n, s in enumerate(FIRST)}
    return rows.iloc[np.argsort([order.get(s, len(order)) for s in rows["source"]], kind="stable")].reset_index(drop=True)


def file_of(e: Evaluation, name: str) -> Path | None:
    """Where a file that scores name stands."""
    places = (e.programme.folder / "rounds" / name, e.programme.folder / name, find("official", name))
    return next((p for p in places if p.is_file()), None)


def overview(e: Evaluation, w: Words, part: str = "", agency: str = "", projector: bool = False) -> Part:
    """The index and its parts with their verdicts, and the indicators of the part or agency chosen."""
    rows, name = chosen(e, part, agency), labels(e, w)
    direction = e.verdicts.set_index("node")["direction"]
    now = e.index[e.index["round"] == e.round].set_index("node")
    body = []
    for n in (n for n in (ROOT, *e.top) if n in now.index and n in direction.index):
        share = w.pct(now.at[n, "weight"], 1) if np.isfinite(now.at[n, "weight"]) else DASH
        verdict = mark_html(direction[n]) + escape(w("direction." + direction[n]))
        cells = [escape(name[n]), share, w.num(now.at[n, "value100"], 1), verdict]
        body.append(("here" if n == (part or ROOT) else "", cells))
    counts = {"n": w.num(len(rows), 0), "scored": w.num(int(rows["now"].notna().sum()), 0)}
    text = w("lab.explore.parts", node=name[part or ROOT], **counts)
    parts = table(heads(w, "node", "share", "worth", "direction"), body, "parts")
    return Part(framed(f"{parts}<h3>{escape(text)}</h3>{_items(e, rows, w)}", projector, "desk-explore"), text)


def _items(e: Evaluation, rows: pd.DataFrame, w: Words) -> str:
    if rows.empty:
        return empty(w("lab.explore.no_items"))
    names, agencies, scale = node_names(e, w), e.programme.agency_names(w.lang), e.instrument.scale
    points = (scale.high - scale.low) / 100
    body = []
    for r in rows.itertuples():
        who = item_name(r.node, names), escape(agencies.get(r.agency, r.agency) or DASH)
        moved = w.num(scale.from100(r.now), 2), w.num(r.change * points, 2, sign=True)
        body.append(("", [*who, *moved, escape(w("lab.status." + r.status))]))
    return table(heads(w, "item", "agency", "now", "change", "status"), body, "items")


def item(e: Evaluation, w: Words, node: str, round_name: str = "", row: int = 0, projector: bool = False) -> Part:
    """One indicator: history, scores by source, the cell of one of them, what scores mean, and other regions."""
    names, when = node_names(e, w), round_name or e.round
    rows = scored(e, node, when)
    agency = next(iter(chosen(e).set_index("node")["agency"].reindex([node]).dropna()), "")
    weight = e.instrument.effective[node] if e.instrument.weights != "unknown" else np.nan
    owner = e.programme.agency_names(w.lang).get(agency, agency) or w("lab.explore.nobody")
    about = w("lab.explore.weight", weight=w.pct(weight, 1) if np.isfinite(weight) else DASH, agency=owner)
    html = f"<h3>{item_name(node, names)}</h3><p>{escape(about)} <code>{escape(node)}</code></p>"
    html += f"<h4>{escape(w('lab.explore.scores', round=w.round_long(when)))}</h4>{_sources(rows, w, row)}"
    if len(rows):
        at = rows.iloc[min(row, len(rows) - 1)]
        html += f"<h4>{escape(w('lab.explore.cell'))}</h4>{cell_html(file_of(e, at['file']), at['file'], at['cell'], w)}"
    html += f"<h4>{escape(w('lab.explore.history'))}</h4>{_history(e, node, when, w)}{_levels(e, node, w)}{_others(e, node, w)}"
    said = (f"{source(s, w)} {w.num(v, 2)}" for s, v in zip(rows["source"], rows["score"], strict=True))
    return Part(framed(html, projector, "desk-explore"), f"{names.get(node, node)}: {', '.join(said)}")


def source(name: str, w: Words) -> str:
    """A source of scores in words."""
    kind, _, who = name.partition(":")
    return w("lab.source." + kind, id=who)


def _sources(rows: pd.DataFrame, w: Words, row: int) -> str:
    if rows.empty:
        return empty(w("lab.explore.no_scores"))
    body = []
    for n, r in enumerate(rows.itertuples()):
        texts = escape(w("lab.status." + r.status)), escape(r.evidence or DASH)
        where = f"{escape(r.file)}, <code>{escape(w.place(r.cell))}</code>"
        body.append(("here" if n == row else "", [escape(source(r.source, w)), w.num(r.score, 2), *texts, where]))
    return table(heads(w, "source", "score", "status", "evidence", "file"), body, "sources")


def cell_html(path: Path | None, name: str, cell: str, w: Words) -> str:
    """A cell with what stands around it, and a way to open its file in JupyterLab."""
    if path is None:
        return empty(w("lab.excerpt.gone", file=name))
    try:
        found = excerpt(path, cell)
    except IntakeError as error:
        return f'<p class="flag">{escape(str(error))}</p>'
    link = opener(path, w("lab.excerpt.open", file=path.name))
    if found is None:
        return empty(w("lab.excerpt.whole")) + link
    body = []
    for number, cells in found.rows:
        here = number == found.hit[0]
        marked = [Html(escape(v), "hit" if here and c == found.hit[1] else "") for c, v in enumerate(cells)]
        body.append(("here" if here else "", [str(number), *marked]))
    return table([(h, False) for h in (w("lab.explore.row"), *found.head)], body, "excerpt") + link


def _history(e: Evaluation, node: str, when: str, w: Words) -> str:
    scale, body = e.instrument.scale, []
    for r in history(e, node).itertuples():
        place = strip(np.nan, scale.to100(r.value) if r.comparable else np.nan, np.nan)
        status = w("lab.status." + (r.status or "missing")) + ("" if r.comparable else f", {w('lab.explore.not_comparable')}")
        cells = [escape(w.round(r.round)), w.num(r.value, 2), place, escape(status)]
        body.append(("here" if r.round == when else "", cells))
    ends = w("lab.explore.range", low=w.num(scale.low, 0), high=w.num(scale.high, 0))
    return table([*heads(w, "round", "score"), (ends, False), *heads(w, "status")], body, "history")


def _levels(e: Evaluation, node: str, w: Words) -> str:
    asked = e.instrument.nodes[node]
    if not asked.levels:
        return ""
    lines = "".join(f"<li>{escape(w.label(level))}</li>" for level in asked.levels)
    start = f"{(asked.scale or e.instrument.scale).low:g}"
    return f'<h4>{escape(w("lab.explore.levels"))}</h4><ol start="{start}">{lines}</ol>'


def _others(e: Evaluation, node: str, w: Words) -> str:
    """The part's value among the participants of the ministry's letter; items of other regions are not published."""
    top = node.partition("/")[0]
    own = e.official[(e.official["node"] == top) & e.official["value"].notna()]
    title = f"<h4>{escape(w('lab.explore.peers', round=w.round_long(e.round), node=labels(e, w)[top]))}</h4>"
    mine = own[own["region"] == e.programme.region]
    if mine.empty:
        return title + empty(w("lab.explore.no_peers"))
    cohort, value = mine["cohort"].iloc[0], float(mine["value"].iloc[0])
    group = own.loc[own["cohort"] == cohort, "value"]
    numbers = {"value": w.num(value, 2), "median": w.num(float(group.median()), 2), "n": len(group)}
    place = {"rank": 1 + int((group > value + 1e-9).sum()), "cohort": cohort}
    line = w("lab.explore.own", region=w.label(e.programme.region_label), **numbers, **place)
    peers = own[own["region"].isin(e.programme.peers)]
    body = [("", [escape(str(r.name)), w.num(r.value, 2)]) for r in peers[["name", "value"]].itertuples(index=False)]
    head = [(w("lab.explore.region"), False), (w("lab.col.worth"), True)]
    return title + f"<p>{escape(line)}</p>" + (table(head, body, "peers") if body else "")
