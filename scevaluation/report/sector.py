"""The forms of the report on one sector of one round; `sector_view.view` gathers what is known of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from scevaluation.charts import continuity, followup, qualities
from scevaluation.charts import coverage as coverage_chart
from scevaluation.charts import trajectory as trajectory_chart
from scevaluation.charts import trends as trends_chart
from scevaluation.charts.titles import ROUNDS
from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate import items as made
from scevaluation.evaluate.claims import Claims
from scevaluation.evaluate.survey import item_qualities
from scevaluation.evaluate.targets import forecasts, paths, with_target
from scevaluation.frames import INDEX, TREND, VERDICTS
from scevaluation.frames.claims import CLAIMS, thin
from scevaluation.frames.items import ITEMS
from scevaluation.frames.people import CARRIED, CONTINUITY, FOLLOWUP
from scevaluation.frames.sectors import SECTOR, STATISTICS
from scevaluation.kinds import KINDS
from scevaluation.period import Period
from scevaluation.report import annex, items, people, plan
from scevaluation.report import round as round_
from scevaluation.report.breaks import on_one_scale, with_breaks
from scevaluation.report.face import Report, form
from scevaluation.report.part import Part, section
from scevaluation.report.plan import Chapter, Plan, Table
from scevaluation.report.sector_view import View
from scevaluation.report.verdicts import Several, judged, row_of
from scevaluation.words import Sentence, Words, decimals, in_any_language, lower

FEWEST_QUALITIES = 3  # with fewer tagged, the table of indicators names them instead
MOST_PANELS = 11
WHOLE = 12  # rows of a table that is kept on one page


def masthead(v: View, w: Words) -> Part:
    """Who, which sector and round, where in the cycle."""
    return plan.masthead(v.e, w, f"{w('kind.sector')}: {w('sector.' + v.sector)}")


def headline(v: View, w: Words) -> Part:
    """The sector in one sentence, by its verdict or by what there is; a lede; and three findings."""
    return plan.opening(_head(v, w), _lede(v, w), _cards(v, w), w)


def _index(v: View, column: str, round_name: str = "", digits: int = 1, **how):
    row = {"round": round_name or v.e.round, "node": v.node, column: v.e.value(v.node, round_name, column)}
    return plan.cell(INDEX, row, column, digits, **how)


def _head(v: View, w: Words) -> Sentence:
    name, rule, e = w("sector." + v.sector), v.row["rule"], v.e
    if rule == "judged":
        says = row_of(e.judged, v.node)
        pace = says["pace"]
        direction = w("family.sector.says." + says["direction"])
        if says["course"]:
            direction = lower(w.verdict(says["direction"], says["course"], says["now"]))
        places: dict = {"name": name, "direction": direction, "pace": ""}
        if pace != "no_target":
            target = {"target": plan.cell(VERDICTS, says, "target", decimals(says["target"])), "when": w.round_long(says["target_round"])}
            places["pace"] = Sentence("family.sector.pace." + pace, target)
        key = "family.sector.judged" if places["pace"] else "family.sector.judged_plain"
        return Sentence(key, places, Claims.of(e.claims).weakest([v.node]))
    places = {"name": name, **plan.cells(SECTOR, v.row, ("series", "better", "worse", "judged", "ahead", "behind", "facts"))}
    if rule.startswith("few_"):
        places |= {"value": _index(v, "value100"), "round": w.round_long(e.round)}
        if rule != "few_first":
            places |= {"before": _index(v, "value100", e.previous), "previous": w.round_long(e.previous)}
    elif rule == "no_value":
        places["coverage"] = _index(v, "coverage", digits=0, percent=True)
    if rule.startswith("statistics_"):
        sides = [s for s in ("better", "worse") if v.row[s]] or ["open"]
        places["told"] = Sentence("family.sector.told." + "_".join(sides), dict(places))
    return Sentence("family.sector.head." + rule, places)


def _lede(v: View, w: Words) -> Sentence:
    if not v.node:
        some = v.row["series"] or v.row["facts"] or v.row["programmes"]
        unscored = "unscored_ministry" if v.instrument.ministry else "unscored"
        return Sentence("family.sector.lede." + (unscored if some else "nothing"))
    says, trend = row_of(v.e.judged, v.node), row_of(v.e.trend, v.node)
    if v.row["rule"] != "judged":
        least = w.count(int(says["threshold"]))
        return Sentence("family.sector.lede.few", {"rounds": plan.cell(TREND, trend, "rounds"), "minimum": least})
    places = {"pace": plan.cell(TREND, trend, "slope", 1, sign=True)}
    places |= {c: plan.cell(TREND, trend, c, 1, sign=True) for c in ("low", "high")}
    value = v.e.value(v.node, column="value100")
    if np.isnan(value):
        return Sentence("family.sector.lede.no_value", places)
    places["value"] = _index(v, "value100")
    if not np.isnan(says["needed"]) and says["needed"] > 0:
        return Sentence("family.sector.lede.needed", {**places, "needed": plan.cell(VERDICTS, says, "needed", 1, sign=True)})
    return Sentence("family.sector.lede.plain", places)


def _cards(v: View, w: Words) -> list[tuple[str, str, Sentence]]:
    """Three findings: what moved inside, what is known, what is open; without scores: statistics, facts, programmes."""
    cells = plan.cells(SECTOR, v.row, ("items", "scored", "agencies", "programmes", "open", "overdue", "series", "facts"))
    open_key = "overdue" if v.row["overdue"] else "open" if v.row["open"] else "closed" if len(v.asked) else "none"
    follow = ("inconclusive", w("family.card.followup"), Sentence("family.sector.follow." + open_key, cells))
    plans = Sentence("family.sector.plans" if v.row["programmes"] else "family.sector.plans_none", cells)
    if not v.node:
        known = "known" if v.row["series"] else "known_facts" if v.row["facts"] else "unknown"
        if known == "unknown" and not v.row["programmes"]:
            return []
        statistics = ("inconclusive", w("family.card.statistics"), Sentence("family.sector." + known, cells))
        return [statistics, ("inconclusive", w("family.card.programmes"), plans), follow]
    key = "whole" if v.row["scored"] == v.row["items"] else "lacking"
    lacking = thin(v.e.value(v.node, column="coverage"))
    data = Sentence("family.sector.data_" + key, {**cells, "coverage": _index(v, "coverage", digits=0, percent=True)})
    return [_moved(v, w), ("declining" if lacking else "inconclusive", w("family.card.data"), data), follow]


def _moved(v: View, w: Words) -> tuple[str, str, Sentence]:
    """The items that rose and fell most since the round before, from a change of `items.THRESHOLD` on."""
    rows = v.items[v.items["change"].notna()]
    up, down = rows[rows["change"] >= items.THRESHOLD], rows[rows["change"] <= -items.THRESHOLD]
    names = v.e.instrument.names(w.lang)
    places: dict = {"previous": w.round_long(v.e.previous)} if v.e.previous else {}
    for side, part, best in (("up", up, up["change"].max()), ("down", down, down["change"].min())):
        if len(part):
            row = part[part["change"] == best].iloc[0].to_dict()
            places |= {side: lower(names[row["node"]]), side + "_by": plan.cell(ITEMS, row, "change", 1, size=True)}
    key = "both" if len(up) and len(down) else "up" if len(up) else "down" if len(down) else "still" if len(rows) else "none"
    direction = {"up": "improving", "down": "declining"}.get(key, "inconclusive")
    return direction, w("family.card.items"), Sentence("family.sector.moved_" + key, places)


def _labels(v: View, w: Words) -> dict[str, str]:
    return {**v.e.instrument.names(w.lang), v.node: w("sector." + v.sector)}


def trends(v: View, w: Words) -> Chart | None:
    """The sector and its indicators (or it alone, with too many or too few rounds) since the first round; None if not scored."""
    if not v.node:
        return None
    e, leaves = v.e, [n for n in v.leaves if n != v.node]
    inside = leaves if v.row["rule"] == "judged" and len(leaves) <= MOST_PANELS else []
    drawn = on_one_scale(e)
    nodes, names = [v.node, *inside], _labels(v, w)
    chart = trends_chart.trends(drawn.traced, e.judged, drawn.programme, e.round, nodes, names, w, e.trend, "unit.sector")
    return with_breaks(chart, e, {n: names[n] for n in nodes}, w)


def evidence(v: View, w: Words) -> Part | None:
    """The sector's verdict with its evidence; None without one."""
    if v.row["rule"] != "judged":
        return None
    return section(judged(v.e, v.node, w), w("family.evidence"), level=2)


def trajectory(v: View, w: Words) -> Chart | None:
    """The way to the sector's target; None where it has none."""
    e, until = v.e, with_target(v.e.judged, v.e.round, [v.node]) if v.node else {}
    until = {n: r for n, r in until.items() if n == v.node}
    if not until:
        return None
    fans = forecasts(e.index, e.programme, e.round, e.instruments, until)
    rows = paths(on_one_scale(e).traced, e.judged, on_one_scale(e).programme, e.round, until, fans)
    return trajectory_chart.trajectory(rows, e.judged, {v.node: w("sector." + v.sector)}, w)


def dumbbell(v: View, w: Words) -> Chart | None:
    """Indicators before and now."""
    if v.items.empty:
        return None
    rows, axis, digits = items.on_axis(v.e, v.items)
    threshold = items.THRESHOLD * (axis[1] - axis[0]) / 100
    ends = (v.e.previous, v.e.round)
    chart = items.dumbbell_chart(rows, v.e.instrument.names(w.lang), w("sector." + v.sector), ends, axis, w, digits, threshold)
    return items.in_points(chart, rows, v.e.instrument, w)


def coverage_map(v: View, w: Words) -> Chart | None:
    """What is known of every indicator of the sector, round by round."""
    e = v.e
    table = made.coverage(e.index, e.scores, e.instruments, e.programme.region, e.round)
    table = table[table["node"].isin(v.leaves)].reset_index(drop=True)
    if table.empty:
        return None
    groups = {n.partition("/")[0]: e.instrument.name(n.partition("/")[0], w.lang) for n in table["node"]}
    return coverage_chart.coverage(made.folded(table, rounds=ROUNDS), table, v.e.instrument.names(w.lang), groups, e.round, w)


def tagged(v: View) -> set:
    """Qualities of service that the sector's indicators are tagged with."""
    return {v.e.instrument.nodes[n].quality for n in v.leaves} - {""}


def qualities_chart(v: View, w: Words) -> Chart | None:
    """The qualities of service by the sector's own indicators; None where too few are tagged."""
    if len(tagged(v)) < FEWEST_QUALITIES:
        return None
    e, mine = v.e, set(v.leaves)
    index, scores = e.index[e.index["node"].isin(mine)], e.scores[e.scores["indicator"].isin(mine)]
    return qualities.qualities(item_qualities(index, scores, e.instrument, e.programme.region, e.round), w)


def owners(v: View, w: Words) -> Part | None:
    """Which agency answers for which indicator, with its score and what is missing."""
    if v.items.empty:
        return None
    names, agencies = v.e.instrument.names(w.lang), v.e.programme.agency_names(w.lang)
    rows, _, digits = items.on_axis(v.e, v.items)
    quality = [v.e.instrument.nodes[n].quality for n in rows["node"]]
    status = [w("items.status." + s) if s not in ("scored", "given") else "" for s in rows["status"]]
    score = [w.num(x, digits) if np.isfinite(x) else "" for x in rows["now"]]
    table = rows.assign(now=[", ".join(filter(None, t)) for t in zip(score, status, strict=True)], service=quality)

    def owner(ids: str) -> str:
        return ", ".join(agencies.get(a, a) for a in ids.split("; ") if a) or w("family.no_owner")

    shown = [
        Field("node", w("family.column.item"), lambda n: names.get(n, n)),
        Field("agency", w("family.column.agency"), owner),
    ]
    if rows["weight"].notna().any():
        shown.append(Field("weight", w("family.column.weight"), lambda x: w.pct(x, 1), True))
    shown.append(Field("now", w("family.column.score"), number=True))
    shown.append(Field("quality", w("family.column.grade"), lambda g: g or "\u2013"))
    if any(quality):
        shown.append(Field("service", w("family.column.quality"), lambda q: w("service_quality." + q) if q else "\u2013"))
    return section(html_table(table, shown), w("family.sector.owners"), "long" if len(table) > WHOLE else "")


def followup_chart(v: View, w: Words) -> Chart | None:
    """What became of the recommendations of the sector; None where there are none."""
    if v.asked.empty:
        return None
    texts = w.column(people.people(v.e).recommendations.set_index("id"), "text").to_dict()
    return followup.followup(v.asked, v.carried, texts, v.e.programme.agency_names(w.lang), w, v.e.programme.outside)


def continuity_chart(v: View, w: Words) -> Chart | None:
    """The agencies' programmes that name the sector; None where there are none."""
    if v.plans.empty:
        return None
    plan = v.e.programme
    return continuity.continuity(v.plans, plan.cycles, Period(v.e.round).year, plan.agency_names(w.lang), w, plan.outside)


def statistics_chart(v: View, w: Words) -> Chart | None:
    """Official statistics of the sector with a series; None without one."""
    return None if v.statistics.empty else round_.statistics_chart(v.e, w, tuple(v.statistics["indicator"]))


def facts(v: View, w: Words) -> Chart | None:
    """Dated facts of the sector, without a trend; None where there are none."""
    if not v.row["facts"]:
        return None
    finding = Sentence("family.sector.facts", {"name": w("sector." + v.sector)})
    return replace(round_.facts(v.e, w, (v.sector,)), finding=finding)


def available(v: View) -> dict[str, bool]:
    """Whether the data hold what a chapter of the sector is about."""
    statistics = v.row["series"] + v.row["facts"] > 0
    return {
        "scores": bool(v.node),
        "items": len(v.items) > 0,
        "target": bool(v.node) and not np.isnan(row_of(v.e.judged, v.node).get("target", np.nan)),
        "followup": len(v.asked) > 0,
        "programmes": len(v.plans) > 0,
        "statistics": statistics,
        "statistics_alone": statistics and not v.node,
        "statistics_beside": statistics and bool(v.node),
    }


def page_tables(v: View) -> list[Table]:
    """Every table behind the text: of the sector and its indicators."""
    e, mine = v.e, {v.node, *v.leaves} - {""}
    recent = e.traced["round"].isin([e.round, e.previous])
    return [
        (SECTOR, pd.DataFrame([v.row])),
        (CLAIMS, e.claims[e.claims["subject"].isin(mine | set(v.statistics["indicator"]))]),
        (INDEX, e.traced[(e.traced["node"] == v.node) | (e.traced["node"].isin(mine) & recent)]),
        (TREND, e.trend[e.trend["node"].isin(mine)]),
        (VERDICTS, e.verdicts[e.verdicts["node"].isin(mine)]),
        (ITEMS, v.items),
        (FOLLOWUP, v.asked),
        (CARRIED, v.carried),
        (CONTINUITY, v.plans),
        (STATISTICS, v.statistics),
    ]


PLAN: Plan = Plan(
    KINDS["sector"],
    (
        Chapter("sector_statistics", ("statistics_alone",)),
        Chapter("sector_items", ("items",)),
        Chapter("sector_people", ("items", "followup", "programmes")),
        Chapter("sector_statistics", ("statistics_beside",)),
        Chapter("numbers"),
    ),
    available,
    page_tables,
    lambda name: "family.sector.absent." + name,
    first_page_full=lambda v: bool(v.node),
)


def summary(v: View) -> str:
    """What is known of the sector in plain figures: a stored check of the notebook."""
    r = v.row
    known = f"{r['series']} statistics, {r['facts']} facts, {r['programmes']} programmes"
    return f"{v.sector} {v.e.round}: {r['rule']}; {r['scored']} of {r['items']} indicators, {known}"


def verdict_line(v: View) -> str:
    """Value and verdict in plain figures."""
    says, trend = row_of(v.e.judged, v.node), row_of(v.e.trend, v.node)
    if not says or says["direction"] == "too_little_data":
        return f"no verdict: {int(trend['rounds']) if trend else 0} comparable rounds"
    value = v.e.value(v.node, column="value100")
    return f"value {value:.1f}, {says['direction']}, {trend['slope']:+.2f} points a year ({trend['low']:+.2f} to {trend['high']:+.2f})"


def open_line(v: View) -> str:
    """Recommendations and agencies in plain figures."""
    r = v.row
    return f"{r['agencies']} agencies; recommendations: {r['open']} open, {r['overdue']} overdue"


def official(v: View, w: Words, where: str = "below") -> Several | None:
    """The chapter of official statistics and facts: first where the sector is not scored ("above"), else after the scores."""
    if not available(v)["statistics"] or (where == "above") == bool(v.node):
        return None
    shown = (PLAN.chapter(v, w, "sector_statistics"), statistics_chart(v, w), facts(v, w))
    return Several(tuple(p for p in shown if p is not None))


in_any_language(globals())


class Sector(Report):
    """The report on one sector."""

    plan = PLAN
    summary = form(summary)
    masthead = form(masthead)
    headline = form(headline)
    trends = form(trends)
    verdict_line = form(verdict_line)
    evidence = form(evidence)
    trajectory = form(trajectory)
    dumbbell = form(dumbbell)
    coverage_map = form(coverage_map)
    qualities_chart = form(qualities_chart)
    open_line = form(open_line)
    owners = form(owners)
    followup_chart = form(followup_chart)
    continuity_chart = form(continuity_chart)
    official = form(official)
    statistics_chart = form(statistics_chart)
    facts = form(facts)
    inputs = form(lambda v, w: annex.inputs(v.e, w))
