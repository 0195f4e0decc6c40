"""The forms of a comparison: two rounds or two regions side by side, what differs and by how much, and what may not be compared."""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape

import numpy as np
import pandas as pd

from scevaluation import __version__
from scevaluation.charts import sides as chart
from scevaluation.charts.titles import counts
from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.claims import Claims, side
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.peers import ALL, own_cohort
from scevaluation.evaluate.sides import Sides
from scevaluation.frames import ROOT
from scevaluation.frames.analysis import COMPARED
from scevaluation.frames.claims import CLAIMS, JUDGED, OPEN
from scevaluation.identity import VIEW
from scevaluation.kinds import KINDS
from scevaluation.report import annex, own, plan
from scevaluation.report.face import Report, form
from scevaluation.report.part import DOT, Part, note, section
from scevaluation.report.plan import Chapter, Plan, Table
from scevaluation.words import Sentence, Words, in_any_language, lower

SHOWN = 6  # names of a reason that are listed; the rest is counted


def names(d: Sides, w: Words, short: bool = False) -> tuple[str, str]:
    """What tells the two sides apart: their rounds, their regions, or both; `short` for charts."""
    said = w.round if short else w.round_long
    first, second = ((said(e.round), w.label(e.programme.region_label), w.label(e.programme.label)) for e in d.both)
    if first[0] == second[0]:
        return (first[1], second[1]) if first[1] != second[1] else (first[2], second[2])
    return (first[0], second[0]) if one_region(d) else (f"{first[1]} {first[0]}", f"{second[1]} {second[0]}")


def one_region(d: Sides) -> bool:
    """Whether both sides are of one region."""
    return d.first.programme.region == d.second.programme.region


@lru_cache(maxsize=8)
def labels(d: Sides, lang: str) -> dict[str, str]:
    """Name of every node of the second side, of both indices."""
    w = Words(lang)
    return own.names(d.second, w) | {ROOT: w("node.index" if d.second.points else "node.official")}


def digits(d: Sides) -> int:
    """Decimals of what is told."""
    return 2 if d.one_scale else 1


def columns(d: Sides) -> dict[str, str]:
    """The columns of COMPARED that are told."""
    return {c: c + "_scale" if d.one_scale else c for c in ("first", "second", "difference")}


def inside(d: Sides) -> pd.DataFrame:
    """Rows below the top level: what was asked, without the nodes between and the views by sector."""
    leaves = set(d.second.instrument.leaves) - set(d.second.top)
    return d.rows[d.rows["node"].isin(leaves)]


def upper(d: Sides) -> pd.DataFrame:
    """Rows of the index and of the nodes right below it."""
    return d.rows.loc[[ROOT, *d.second.top]]


def masthead(d: Sides, w: Words) -> Part:
    """Whose rounds stand side by side; a made-up one says so."""
    first, second = names(d, w)
    region, plans = w.label(d.e.programme.region_label), [e.programme for e in d.both]
    alone = one_region(d)
    title = w("sides.title_rounds" if alone else "sides.title", region=region, first=first, second=second)
    made_up = [p for p in plans if p.made_up]
    flag = w("made_up") if len(made_up) == 2 else w("sides.made_up", name=w.label(made_up[0].label)) if made_up else ""
    bits = [*([region] if alone else []), w("sides.beside", first=first, second=second)]
    html = f'<div class="masthead"><p><b>{escape(w("kind.compare"))}</b>{escape(DOT + DOT.join(bits))}</p>'
    html += f'<p class="flag">{escape(flag)}</p></div>' if flag else "</div>"
    programme = w.join(dict.fromkeys(w.label(p.label) for p in (plans[1], plans[0])))
    footer = w("page.footer", programme=programme, region=region, round=f"{second} | {first}", version=__version__)
    marks = {
        "title": title,
        "footer": footer + (DOT + flag if flag else ""),
        "inputs": json.dumps(d.provenance, sort_keys=True),
    }
    return Part(html, DOT.join(bits), marks)


def headline(d: Sides, w: Words) -> Part:
    """By how much the index differs, else in how many parts the sides do; below it the parts, and why the index was left out."""
    both, of, n = names(d, w), columns(d), digits(d)
    top, below, index = upper(d).iloc[1:], inside(d), d.rows.loc[ROOT].to_dict()
    places: dict = {"first": both[0], "second": both[1]}
    found = [(rows[rows["comparable"]], unit) for rows, unit in ((top, d.second.unit), (below, "unit.indicator"))]
    parts, items = (chart.said(rows, both, unit, w, n) if len(rows) else "" for rows, unit in found)
    if index["comparable"]:
        told = {"before": plan.cell(COMPARED, index, of["first"], n), "value": plan.cell(COMPARED, index, of["second"], n)}
        by = {"n": plan.cell(COMPARED, index, of["difference"], n, size=True)}
        told["by"] = Sentence("sides.by" if d.one_scale else "sides.by_points", by)
        head = Sentence("sides.head.index_" + side(index["by"], n), {**places, **told})
    elif parts:
        head, parts = parts, ""
    else:
        some = counts(w, len(found[1][0]), len(below))
        head, items = items, Sentence("sides.lede.share", {"n": some[0], "of": some[1]})
    why = "" if index["comparable"] else Sentence("sides.lede.index", {"why": w("sides.reason." + index["reason"], **places)})
    said = {"parts": parts and Sentence("sides.lede.parts", {"said": parts}), "index": why, "noise": _noise(d, w)}
    said["items"] = Sentence("sides.lede.items", {"said": items}) if items and items.key != "sides.lede.share" else items
    return plan.opening(head, Sentence("sides.lede", said), _cards(d, w), w)


def _noise(d: Sides, w: Words) -> Sentence | str:
    """How the difference of two indices in a row stands to what the panels alone move; "" where that is not known."""
    row = _difference(d)
    if row.empty or row["strength"].iloc[0] not in (JUDGED, OPEN):
        return ""
    key = "found.beyond" if row["strength"].iloc[0] == JUDGED else "found.within"
    noise = Claims.of(row).fact("difference", digits=2, column="threshold")
    return Sentence("sides.lede.noise", {"noise": Sentence(key, {"noise": noise})})


def _difference(d: Sides) -> pd.DataFrame:
    """The row of CLAIMS on the difference from the round before, where that is the first side."""
    alone = d.first.programme.id == d.e.programme.id and d.first.round == d.e.previous
    return d.e.claims[(d.e.claims["claim"] == "difference") & alone & bool(d.rows.at[ROOT, "comparable"])]


def _cards(d: Sides, w: Words) -> list[tuple[str, str, Sentence]]:
    """The largest difference to either side, of the parts, else of the indicators; and how much could not be compared."""
    first, second = names(d, w)
    of, n, called = columns(d), digits(d), labels(d, w.lang)
    top = upper(d).iloc[1:]
    rows = top if top["comparable"].any() else inside(d)
    rows = rows[rows["comparable"]]
    out = []
    for sign, key in ((1, "higher"), (-1, "lower")):
        far = rows[(rows["by"] * sign) >= 10.0**-n / 2]
        if len(far):
            row = far.loc[(far["by"] * sign).idxmax()].to_dict()
            places = {"name": lower(called[row["node"]]), "by": plan.cell(COMPARED, row, of["difference"], n, sign=True)}
            places |= {c: plan.cell(COMPARED, row, of[c], n) for c in ("first", "second")}
            out.append(("", w(f"sides.card.{key}", second=second), Sentence("sides.card.far", {**places, "a": first, "b": second})))
    every = d.rows[~d.rows["node"].str.startswith(VIEW)]
    apart = every[~every["comparable"]]
    places = {"n": w.num(len(apart), 0), "of": w.num(len(every), 0)}
    if len(apart):
        places["why"] = w("sides.reason." + apart["reason"].mode().iloc[0], first=first, second=second)
    return [*out, ("", w("sides.card.apart"), Sentence("sides.card." + ("some" if len(apart) else "none"), places))]


def side_by_side(d: Sides, w: Words) -> Part:
    """Index and top level of both sides, with the difference, or why there is none, and weights where they are not the same."""
    first, second = names(d, w)
    rows = upper(d)
    weights = not np.allclose(rows["first_weight"].astype(float), rows["second_weight"].astype(float), equal_nan=True)
    body = html_table(_said(d, rows, w), _fields(d, first, second, w, weights), columns=True)
    low, high = (w.num(v, 0) for v in _axis(d))
    said = [w("sides.table_note", first=first, second=second, low=low, high=high)]
    said += [w("sides.weights_note")] * weights
    return section(body + note(" ".join(said)), w("sides.table"), "long", level=2)


def _axis(d: Sides) -> tuple[float, float]:
    scale = d.second.instrument.scale
    return (scale.low, scale.high) if d.one_scale else (0.0, 100.0)


def _said(d: Sides, rows: pd.DataFrame, w: Words) -> pd.DataFrame:
    """Rows with their name, weights as one text, and what is to be said of them."""
    first, second = names(d, w)
    called = labels(d, w.lang)
    share = lambda v: w.pct(v) if np.isfinite(v) else "\u2013"  # noqa: E731
    pairs = zip(rows["node"], rows["second_weight"], rows["first_weight"], strict=True)
    weights = [f"{share(a)} | {share(b)}" if n != ROOT else "" for n, a, b in pairs]
    why = ["" if r == "" else w("sides.reason." + r, first=first, second=second) for r in rows["reason"]]
    return rows.assign(name=[called.get(n, n) for n in rows["node"]], weights=weights, why=why)


def _fields(d: Sides, first: str, second: str, w: Words, weights: bool) -> list[Field]:
    n = digits(d)
    number = lambda v: w.num(v, n)  # noqa: E731
    fields = [Field("name", w("sides.column.label")), Field("b", second, number, True), Field("a", first, number, True)]
    fields.append(Field("by", w("sides.column.difference"), lambda v: w.num(v, n, sign=True), True))
    fields += [Field("weights", w("sides.column.weights"), number=True)] if weights else []
    return [*fields, Field("why", w("sides.column.why"), lambda t: t or w("sides.comparable"))]


def top_chart(d: Sides, w: Words) -> Chart:
    """Index and top level of both sides, as far as they may be compared."""
    return _chart(d, upper(d), d.second.unit, "", w)


def item_chart(d: Sides, w: Words) -> Chart:
    """Indicators of both sides, as far as they may be compared."""
    return _chart(d, inside(d), "unit.indicator", "items", w)


def _chart(d: Sides, rows: pd.DataFrame, unit: str, key: str, w: Words) -> Chart:
    return chart.sides(rows, labels(d, w.lang), names(d, w, short=True), _axis(d), unit, w, digits(d), key)


def item_table(d: Sides, w: Words) -> Part:
    """Every indicator of both sides, the largest difference upwards first, those that may not be compared last."""
    first, second = names(d, w)
    rows = inside(d).sort_values(["comparable", "by"], ascending=[False, False], kind="stable")
    return section(html_table(_said(d, rows, w), _fields(d, first, second, w, False)), w("sides.items"), "long narrow compact")


def apart(d: Sides, w: Words) -> Part:
    """What could not be compared, by the reason, the most frequent first."""
    first, second = names(d, w)
    rows = d.rows[~d.rows["comparable"] & ~d.rows["node"].str.startswith(VIEW)]
    called, out = labels(d, w.lang), []
    for reason, group in sorted(rows.groupby("reason"), key=lambda g: -len(g[1])):
        listed = [called.get(n, n) for n in group["node"][:SHOWN]]
        more = len(group) - SHOWN
        said = w.join([*listed, *([w("family.more", n=w.num(more, 0))] if more > 0 else [])])
        why = w("sides.reason." + str(reason), first=first, second=second)
        out.append({"why": why, "n": w.num(len(group), 0), "names": said})
    fields = [Field("why", w("sides.column.reason")), Field("n", w("sides.column.n"), number=True), Field("names", w("sides.column.names"))]
    return section(html_table(out, fields) + note(w("sides.apart_note")), kind="long")


def facts(d: Sides, w: Words) -> Part:
    """What each side rests on: questionnaire, scale, weights, how the values came about, coverage, place in its own cohort."""
    rows = [{"what": w("sides.fact." + k), "a": a, "b": b} for k, a, b in zip(*_facts(d, w), strict=True)]
    first, second = names(d, w)
    body = html_table(rows, [Field("what", w("sides.column.what")), Field("b", second), Field("a", first)])
    ranked = any(len(e.peers) for e in d.both)
    return section(body + note(w("sides.facts_note" + ("_rank" if ranked else ""))), kind="long")


def _facts(d: Sides, w: Words) -> tuple[list[str], list[str], list[str]]:
    sides = [_of(e, d.rows[c].get(ROOT), w) for e, c in zip(d.both, ("first_coverage", "second_coverage"), strict=True)]
    keys = [k for k in sides[0] if any(s[k] != "\u2013" for s in sides)]
    return keys, [sides[0][k] for k in keys], [sides[1][k] for k in keys]


def _of(e: Evaluation, coverage: float, w: Words) -> dict[str, str]:
    """What is to be known of one side, by key; a dash for what is not."""
    one, rank = e.instrument, own_cohort(e.peers)
    place = "\u2013"
    if rank is not None:
        ends = {c: w.num(rank[c], 0) for c in ("rank", "n", "rank_low", "rank_high")}
        place = w("sides.rank" + "_all" * (rank["cohort"] == ALL), **ends, **({"cohort": rank["cohort"]} if rank["cohort"] != ALL else {}))
    scored = e.index[(e.index["round"] == e.round) & e.index["value"].notna()]
    leaves = set(one.leaves)
    return {
        "programme": w.label(e.programme.label),
        "round": w.round_long(e.round),
        "state": w("state." + e.programme.round(e.round).state),
        "instrument": w.label(one.label),
        "scale": w.span(one.scale),
        "weights": w("weights." + one.weights),
        "items": w("people.of", n=w.num(int(scored["node"].isin(leaves).sum()), 0), all=w.num(len(leaves), 0)),
        "coverage": w.pct(coverage) if np.isfinite(coverage) else "\u2013",
        "rank": place,
    }


def coverage_table(d: Sides, w: Words) -> Part:
    """Share of the weight with a score on both sides, of the index and the top level."""
    first, second = names(d, w)
    rows = _said(d, upper(d), w)
    share = lambda v: w.pct(v) if np.isfinite(v) else "\u2013"  # noqa: E731
    fields = [Field("name", w("sides.column.label"))]
    fields += [Field(c, name, share, True) for c, name in (("second_coverage", second), ("first_coverage", first))]
    return section(html_table(rows, fields) + note(w("sides.coverage_note")), w("sides.coverage"))


def summary(d: Sides) -> str:
    """Both sides and what they share in plain figures: a stored check of the notebook."""
    said = " | ".join(f"{e.programme.id} {e.round}" for e in (d.second, d.first))
    every = d.rows[~d.rows["node"].str.startswith(VIEW)]
    return f"{said}: index {d.rows.at[ROOT, 'by']:+.2f}, {int(every['comparable'].sum())} of {len(every)} parts comparable"


def part_line(d: Sides) -> str:
    """The difference of index and top level in plain figures, or why there is none."""
    return "; ".join(f"{r.node} {r.by:+.2f}" if r.comparable else f"{r.node} {r.reason}" for r in upper(d).itertuples()) or "0 parts"


def reason_line(d: Sides) -> str:
    """How much could not be compared, by the reason, in plain figures."""
    rows = d.rows[~d.rows["comparable"] & ~d.rows["node"].str.startswith(VIEW)]
    return "; ".join(f"{n} {reason}" for reason, n in rows["reason"].value_counts().items()) or "0 not comparable"


def available(d: Sides) -> dict[str, bool]:
    """What the two sides hold."""
    apart_ = d.rows[~d.rows["comparable"] & ~d.rows["node"].str.startswith(VIEW)]
    return {"parts": bool(upper(d)["comparable"].any()), "items": bool(inside(d)["comparable"].any()), "apart": len(apart_) > 0}


def page_tables(d: Sides) -> list[Table]:
    """The tables behind the text."""
    return [(COMPARED, d.compared), (CLAIMS, _difference(d))]


PLAN: Plan = Plan(
    KINDS["compare"],
    (
        Chapter("sides_items", ("items",)),
        Chapter("sides_apart", ("apart",)),
        Chapter("sides_facts"),
        Chapter("numbers"),
    ),
    available,
    page_tables,
)

in_any_language(globals())


class Comparison(Report):
    """A round beside another one: of the same region, or of another."""

    plan = PLAN
    summary = form(summary)
    masthead = form(masthead)
    headline = form(headline)
    side_by_side = form(side_by_side)
    part_line = form(part_line)
    top_chart = form(top_chart, "parts")
    item_chart = form(item_chart, "items")
    item_table = form(item_table, "items")
    reason_line = form(reason_line)
    apart = form(apart, "apart")
    facts = form(facts)
    coverage_table = form(coverage_table)
    inputs = form(annex.inputs)
