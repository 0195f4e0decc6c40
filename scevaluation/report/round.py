"""The forms of a report: for an evaluation, the right tables to the right chart. Notebooks call these, one a cell."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from scevaluation.charts import cohort as cohort_chart
from scevaluation.charts import context as context_chart
from scevaluation.charts import facts as facts_chart
from scevaluation.charts import heatmap as heatmap_chart
from scevaluation.charts import history as history_chart
from scevaluation.charts import ministry as ministry_chart
from scevaluation.charts import strip as strip_chart
from scevaluation.charts import timeline as timeline_chart
from scevaluation.charts import trends as trends_chart
from scevaluation.charts import waterfall as waterfall_chart
from scevaluation.charts.scorecard import Card
from scevaluation.charts.scorecard import scorecard as scorecard_chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate.claims import Claims
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.overall import Named, overall
from scevaluation.evaluate.places import around, group_names, level, located
from scevaluation.evaluate.statistics import START, panels
from scevaluation.evaluate.steps import little
from scevaluation.frames import CHANGE, INDEX, PEERS, ROOT, TREND, VERDICTS
from scevaluation.frames.claims import CLAIMS, permitted, thin
from scevaluation.frames.core import COURSES
from scevaluation.frames.national import GROUPS, NEAREST
from scevaluation.frames.sectors import STATEMENT, STATISTICS
from scevaluation.intake.check import worst_first
from scevaluation.intake.official import regions
from scevaluation.intake.preflight import PAGE_ONE
from scevaluation.intake.reading import read
from scevaluation.issues import describe, sentence
from scevaluation.kinds import KINDS
from scevaluation.period import PARTS, Period
from scevaluation.programme import load_programme
from scevaluation.report import annex
from scevaluation.report import survey as survey_
from scevaluation.report.breaks import on_one_scale, with_breaks
from scevaluation.report.part import Part, deltas
from scevaluation.report.part import masthead as masthead
from scevaluation.report.plan import Chapter, Plan, Table, opening
from scevaluation.words import Fact, Sentence, Words, decimals, in_any_language, lower

MOST_DOUBTS = 2
# Heads of the findings where rounds are too few.
FEW = {k: "strongest" for k in ("found.best", "found.best_all", "found.above", "found.above_none")}
FEW |= {"found.below": "weakest", "found.moved_by": "moved", "found.short": "direction", "found.short_index": "direction"}
FACT_SECTORS = ("infrastructure", "public_services", "environment")


def labels(e: Evaluation, w: Words) -> dict[str, str]:
    """Text of the index and of the nodes below it."""
    return {ROOT: w("node.index" if e.points else "node.official"), **{n: e.instrument.name(n, w.lang) for n in e.top}}


def says(e: Evaluation, w: Words):
    """The round's overall sentence, lede and findings."""
    slow = {c: lower(w("course." + c)) for c in COURSES if c}
    named = Named({n: lower(t) for n, t in labels(e, w).items()}, w.join, w.count, w("headline.likely"), e.unit, slow)
    return overall(Claims.of(e.claims), e.top, e.told_in, named, w.label(e.programme.region_label))


def spoken(sentence: Sentence, w: Words) -> Sentence:
    """Round names inside a sentence and the sentences in it, written out; the first letter large."""
    places = {k: spoken(v, w) if isinstance(v, Sentence) else v for k, v in sentence.places.items()}
    written = {k: w.round_long(str(places[k])) for k in ("previous_round", "target_round", "shift_round") if places.get(k)}
    best = {"best": w.num(float(str(places["best"])), 0)} if "best" in places else {}
    return replace(sentence, places={**places, **written, **best})


def headline(e: Evaluation, w: Words) -> Part:
    """Form 1: headline, lede and three findings."""
    found = says(e, w)
    lede = with_predicate(spoken(found.lede, w), e, w)
    return opening(spoken(found.headline, w), lede, cards(found, w), w, doubts(e, w))


def with_predicate(lede: Sentence, e: Evaluation, w: Words) -> Sentence:
    """A lede and, where the instrument has predicates, the index on its scale with the predicate in words."""
    said = e.instrument.predicate(e.value())
    if said is None:
        return lede
    places = {"value": Fact(e.value(), "INDEX", f"{e.round}|{ROOT}", "value", 2), "predicate": w.label(said)}
    return Sentence("lede.predicate", {"lede": lede, "scale": w.span(e.instrument.scale), **places})


def cards(found, w: Words) -> list[tuple[str, str, Sentence]]:
    """The findings of what `says` says: direction, title and sentence."""
    return [(f.direction, w("found." + FEW.get(f.sentence.key, f.kind)), f.sentence) for f in found.findings]


def doubts(e: Evaluation, w: Words) -> str:
    """The worst that the checks found in this round's data, for page one; "" where nothing could change what it says."""
    found = [i for i in annex.round_issues(e).to_dict("records") if i["severity"] != "note" and i["problem"] in PAGE_ONE]
    if not found:
        return ""
    worst = sorted(found, key=lambda i: PAGE_ONE.index(i["problem"]))[:MOST_DOUBTS]
    said = " ".join(sentence(annex.called(i, e, w), w, place=False) for i in worst)
    link = f'<a href="#quality">{escape(w("quality.doubt_more", chapter=w("chapter.quality")))}</a>'
    return f'<p class="doubt"><b>{escape(w("quality.doubt"))}</b> {escape(said)} {link}</p>'


def scorecard(e: Evaluation, w: Words):
    """Form 2: the top level with verdicts and targets, or the ministry's components beside the cohort."""
    return _own_card(e, w) if e.points else _official_card(e, w)


def _own_card(e: Evaluation, w: Words):
    verdict, name = e.judged.set_index("node"), labels(e, w)
    ago = str(Period(e.round) + -2 * PARTS[e.programme.calendar])
    slope = e.trend.set_index("node")
    cards = []
    for node in (ROOT, *e.top):
        v = verdict.loc[node]
        now, before = e.value(node, column="value100"), e.earlier(node, e.previous)
        cover = e.value(node, column="coverage")
        low, middle, high = (w.num(slope.at[node, c], 1, sign=True) for c in ("low", "slope", "high"))
        pace = f"{middle} <small>({low} {escape(w('card.to'))} {high})</small>"
        cells = (
            ("target", w("card.target"), w.short(v["target"])),
            ("delta", w("card.previous"), w.num(now - before, 1, sign=True)),
            ("delta", w("card.pace"), pace if np.isfinite(slope.at[node, "slope"]) else "\u2013"),
            ("coverage low" if thin(cover) else "coverage", w("card.coverage"), escape(w.pct(cover))),
            *_on_scale(e, node, w),
        )
        value = Fact(now, "INDEX", f"{e.round}|{node}", "value100")
        ends = {c: e.value(node, column=c) for c in ("low", "high")}
        then = e.earlier(node, ago) if ago in e.instruments else np.nan
        marks = {**ends, "before": then, "target": v["target"], "coverage": cover}
        cards.append(Card(node, name[node], v["direction"], w.verdict(v["direction"], v["course"], v["now"]), value, **marks, cells=cells))
    judged = any(c.direction != "too_little_data" for c in cards)
    least = w.count(int(Claims.of(e.claims).get("direction")["threshold"]))
    key, places = "card.note" if judged else "card.note_first", {"ago": w.round(ago), "delta": deltas(e.trend, w), "minimum": least}
    return scorecard_chart(cards, Sentence("card.title", {"unit": Sentence(e.unit)}), Sentence(key, places), 10, w)


def _on_scale(e: Evaluation, node: str, w: Words) -> list[tuple[str, str, str]]:
    """Of an instrument with predicates a cell with the value on its scale; the index's with its predicate."""
    if not e.instrument.predicates:
        return []
    said = e.instrument.predicate(e.value()) if node == ROOT else None
    below = f"<br><b>{escape(w.label(said))}</b>" if said else ""
    return [("delta", w("card.scale", scale=w.span(e.instrument.scale)), w.num(e.value(node), 2) + below)]


def _official_card(e: Evaluation, w: Words):
    name = labels(e, w)
    told, scale, cards = Claims.of(e.claims), e.instrument.scale, []
    mine = e.official[e.official["region"] == e.programme.region]
    cohort = mine["cohort"].iloc[0] if len(mine) else e.programme.cohort
    for node in (ROOT, *e.top):
        before = e.value(node, e.previous) if e.previous else np.nan  # as the letter before printed it
        median, gap = told.value("median", node), told.get("gap", node)
        cells = (
            ("weight", w("card.weight"), escape(w.pct(e.instrument.share(node) if node != ROOT else 1.0))),
            ("median", w("card.median", cohort=cohort), w.num(median, 2)),
            ("delta", w("card.gap"), w.num(told.value("gap", node), 2, sign=True)),
        )
        shown = Fact(e.value(node), "INDEX", f"{e.round}|{node}", "value", 2)
        word = w(f"card.{gap['says']}") if permitted(gap) else "\u2013"
        cards.append(Card(node, name[node], "", word, shown, before=before, other=median, cells=cells))
    places = {"cohort": cohort, "round": w.round_long(e.round), "scale": w.span(scale)}
    places["small"] = w.num(scale.small, decimals(scale.small))
    note = Sentence("card.note_official", places)
    return scorecard_chart(cards, Sentence("card.title_official"), note, 5 * scale.small, w, 2)


def history(e: Evaluation, w: Words):
    """Form 3: trends of the top level; for the ministry's components the index with its honest gaps."""
    drawn, scale = on_one_scale(e), e.instrument.scale
    if e.points:
        nodes = [ROOT, *e.top]
        chart = trends_chart.trends(drawn.traced, e.judged, drawn.programme, e.round, nodes, labels(e, w), w, e.trend, e.unit)
        return with_breaks(chart, e, labels(e, w), w)
    return history_chart.history(drawn.traced, drawn.programme, e.over, scale, w)


def heatmap(e: Evaluation, w: Words):
    """Form 4, where there are at least three rounds; none on the ministry's instrument."""
    if not e.points or len(e.instruments) < 3:
        return None
    drawn, nodes = on_one_scale(e), [ROOT, *e.top]
    chart = heatmap_chart.heatmap(drawn.traced, e.trend, e.judged, drawn.programme, e.round, nodes, labels(e, w), w)
    return with_breaks(chart, e, labels(e, w), w)


def waterfall(e: Evaluation, w: Words):
    """Form 5: what every part of the top level adds to the change of the index since the round before; empty where none can be told."""
    column = "value100" if e.points else "value"
    ends = (e.value(ROOT, e.previous, column) if e.previous else np.nan, e.value(ROOT, e.round, column))
    return waterfall_chart.waterfall(e.change, labels(e, w), ends, w, e.points, e.peers, Claims.of(e.claims).get("difference"))


def ministry(e: Evaluation, w: Words):
    """Form 9, for a region in the ministry's letter of the round."""
    if e.official.empty:
        return None
    before = pd.Series({n: e.value(n, e.previous) for n in (ROOT, *e.top) if e.previous}, dtype=float)
    return ministry_chart.ministry(e.official, e.programme.region, e.instrument, before, labels(e, w), w)


def cohort(e: Evaluation, w: Words):
    """The region among all participants."""
    if e.official.empty:
        return None
    return cohort_chart.cohort(e.official, e.programme.region, e.peers, e.programme.peers, e.instrument.scale, w)


def strip(e: Evaluation, w: Words, by: str = "islands"):
    """Where in the country the participants are: by groups of islands, or by "province"; none without a letter of the round."""
    if e.official.empty:
        return None
    region = e.programme.region
    rows = located(e.official, by, region)
    mine = rows.loc[rows["region"] == region, "cohort"].iloc[0]
    return strip_chart.strip(rows, level(e.groups, by), group_names(by, w.lang), region, mine, e.instrument.scale, w)


def statistics_chart(e: Evaluation, w: Words, codes: tuple[str, ...] = ()):
    """Official statistics with a series since 2017: those of `codes`, or of the programme."""
    if e.context.empty:
        return None
    shown, until = codes or e.programme.context, Period(e.round).year
    rows, stats = panels(e.context, e.indicators, e.national, shown, until), e.beside[e.beside["indicator"].isin(shown)]
    return context_chart.context_panels(rows, stats, e.indicators, e.programme, (START, until), w, region_names())


def region_names() -> dict[str, str]:
    """Names of all regions by their codes."""
    return dict(regions().set_index("code")["name"])


def facts(e: Evaluation, w: Words, sectors: tuple[str, ...] = FACT_SECTORS):
    """Dated facts of sectors: of those that have no series, by default."""
    return None if e.context.empty else facts_chart.facts(e.context, e.indicators, e.programme.region, sectors, e.round, w)


def timeline(e: Evaluation, w: Words):
    """Dated events by kind."""
    return timeline_chart.timeline(e.programme, e.day, w)


def available(e: Evaluation) -> dict[str, bool]:
    """Whether the data hold what a chapter is about."""
    now = e.scores[e.scores["round"] == e.round]
    flat = set() if e.instrument.ministry else set(e.instrument.leaves)  # where indicators are the top level themselves
    items = any("/" in p or p in flat for p in now["indicator"])
    told = survey_.citizens(e).survey
    surveyed = (told["round"] == e.round).any()
    owned = (now["agency"] != "").any() or now["source"].str.startswith("assessor:").any()
    room = 100 - e.value(column="value100")
    return {
        "steps": e.instrument.weights != "unknown" and room > little(e.instrument),  # then some part of it has as much
        "targets": bool(e.programme.targets),
        "items": items and e.instrument.weights != "unknown",
        **({"ministry": len(e.official) > 0} if e.instrument.ministry else {}),
        "sectors": len(e.context) > 0,
        "service": bool(surveyed) or (any(n.quality for n in e.instrument.nodes.values()) and items),
        "people": bool(owned) or not e.programme.table("recommendations").empty,
    }


def tables(e: Evaluation) -> list[Table]:
    """Every table behind the report; the whole history of sectors and, of items, this round and the last."""
    index = e.traced[e.traced["node"].isin({ROOT, *e.top}) | e.traced["round"].isin({e.round, e.previous})]
    own = [(CLAIMS, told(e)), (INDEX, index), (CHANGE, e.change), (TREND, e.trend), (VERDICTS, e.verdicts), (PEERS, e.peers)]
    where = around(e.groups, e.official, e.programme.region)
    return [*own, (GROUPS, where), (NEAREST, e.nearest), (STATISTICS, e.statistics), (STATEMENT, e.statement)]


def told(e: Evaluation) -> pd.DataFrame:
    """CLAIMS of what page one is about: the index and what stands right below it, statistics and statement."""
    return e.claims[e.claims["claim"].isin(("statistic", "statement")) | e.claims["subject"].isin({ROOT, *e.top})]


NEEDING = ("steps", "targets", "items", "ministry", "sectors", "service", "people")  # chapters named after what they need
PLAN: Plan = Plan(
    KINDS["round"],
    tuple(Chapter(n, (n,) if n in NEEDING else ()) for n in ("steps", "change", *NEEDING[1:], "events", "quality", "method", "numbers")),
    available,
    tables,
    lambda name: "absent." + name,
    absent_look="",
    first_page_full=lambda e: True,
)
chapters, contents, chapter, shown = PLAN.names, PLAN.contents, PLAN.chapter, PLAN.shown
absent, numbers = PLAN.absent, PLAN.numbers


def summary(e: Evaluation) -> str:
    """One line in plain figures, the same in every language: a stored check of the notebook."""
    index = f"index {e.value():.3f} of {e.instrument.scale.high:g}"
    return f"{e.programme.id} {e.round}: {index}, {len(e.instruments)} rounds, {e.instrument.id}"


def change_line(e: Evaluation) -> str:
    """The official and the like-for-like change in plain figures."""
    total = e.change[e.change["kind"] == "total"]
    if total.empty:
        return "no earlier round"
    row = total.iloc[0]
    like = "unknown" if np.isnan(row["like_for_like"]) else f"{row['like_for_like']:+.3f}"
    return f"{row['previous']} to {row['round']}: official {row['official']:+.3f}, like for like {like}"


def place_line(e: Evaluation) -> str:
    """Ranks with denominators in plain figures."""
    ranks = (f"{r.cohort}: rank {r.rank} ({r.rank_low}-{r.rank_high}) of {r.n}" for r in e.peers.itertuples())
    return "; ".join(ranks) or "not in an official letter"


def issue_counts(issues: pd.DataFrame) -> str:
    """How many issues of each severity."""
    counts = issues["severity"].value_counts()
    return ", ".join(f"{s} {int(counts.get(s, 0))}" for s in ("error", "warning", "note"))


def issue_list(issues: pd.DataFrame, w: Words) -> Part:
    """All issues as a table, errors first."""
    if issues.empty:
        return Part(f"<p>{escape(w('quality.clean'))}</p>", w("quality.clean"))
    found = worst_first(issues).to_dict("records")
    rows = [{**i, "where": w.place(i["cell"]) or i["file"], "what": describe(i, w, False)} for i in found]
    said = Field("severity", w("quality.severity"), lambda s: w("severity." + s))
    fields = [Field("where", w("quality.where")), said, Field("what", w("quality.what"))]
    return Part(html_table(rows, fields), "\n".join(r["what"] for r in rows))


def issue_cells(issues: pd.DataFrame, problem: str) -> str:
    """Cells and findings of one problem in plain text."""
    rows = issues[issues["problem"] == problem]
    return "; ".join(f"{r.cell}: {r.found}" for r in rows.itertuples()) or "none"


def filled(file: Path | str, programme: str, round_name: str) -> str:
    """Scores and items by component in plain figures."""
    scores = read(Path(file), load_programme(programme), round_name).scores()
    component = scores["indicator"].str.split("/").str[0]
    counts = scores["score"].notna().groupby(component, sort=False).agg(["sum", "size"])
    return ", ".join(f"{c} {int(r['sum'])}/{int(r['size'])}" for c, r in counts.iterrows())


in_any_language(globals())
