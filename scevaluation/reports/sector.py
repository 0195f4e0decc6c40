"""The forms of the report on one sector of one round. `view` gathers what is known of it; notebooks call the rest, one a cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from scevaluation.charts import continuity as continuity_chart
from scevaluation.charts import coverage as coverage_chart
from scevaluation.charts import followup as followup_chart
from scevaluation.charts import qualities as qualities_chart
from scevaluation.charts import trajectory as trajectory_chart
from scevaluation.charts import trends as trends_chart
from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, html_table
from scevaluation.evaluate import items as made
from scevaluation.evaluate.overall import LOW_COVERAGE
from scevaluation.evaluate.survey import item_qualities
from scevaluation.evaluate.targets import forecasts, paths, with_target
from scevaluation.frames import INDEX, TREND, VERDICTS
from scevaluation.frames.items import ITEMS
from scevaluation.frames.people import CARRIED, CONTINUITY, FOLLOWUP
from scevaluation.frames.sectors import SECTOR, STATISTICS
from scevaluation.period import Period
from scevaluation.reports import items as detail
from scevaluation.reports import part as parts
from scevaluation.reports import people
from scevaluation.reports import plan as family
from scevaluation.reports import round as forms
from scevaluation.reports.part import Part, section
from scevaluation.reports.sector_view import View
from scevaluation.reports.sector_view import view as view  # notebooks call it as one of these forms
from scevaluation.reports.verdicts import Several, judged, row_of
from scevaluation.words import Sentence, Words, lower

FEWEST_QUALITIES = 3  # with fewer tagged, the table of indicators names them instead
MOST_PANELS = 11
WHOLE = 12  # rows of a table that is kept on one page


def masthead(v: View, w: Words) -> Part:
    """Who, which sector and round, where in the cycle."""
    return family.masthead(v.e, "sector", w, w("sector." + v.sector))


def headline(v: View, w: Words) -> Part:
    """The sector in one sentence, by its verdict or by what there is; a lede; and three findings."""
    return family.opening(_head(v, w), _lede(v, w), _cards(v, w), w)


def _index(v: View, column: str, round_name: str = "", digits: int = 1, **how):
    row = {"round": round_name or v.e.round, "node": v.node, column: v.e.value(v.node, round_name, column)}
    return family.cell(INDEX, row, column, digits, **how)


def _head(v: View, w: Words) -> Sentence:
    name, rule, e = w("sector." + v.sector), v.row["rule"], v.e
    if rule == "judged":
        says = row_of(e.verdicts, v.node)
        pace = says["pace"]
        places: dict = {"name": name, "direction": w("family.sector.says." + says["direction"]), "pace": ""}
        if pace != "no_target":
            target = {"target": family.cell(VERDICTS, says, "target"), "when": w.round_long(says["target_round"])}
            places["pace"] = Sentence("family.sector.pace." + pace, target)
        return Sentence("family.sector.judged" if places["pace"] else "family.sector.judged_plain", places)
    places = {"name": name, **family.cells(SECTOR, v.row, ("series", "better", "worse", "facts"))}
    if rule.startswith("few_"):
        places |= {"value": _index(v, "value100"), "round": w.round_long(e.round)}
        if rule != "few_first":
            places |= {"before": _index(v, "value100", e.previous), "previous": w.round_long(e.previous)}
    elif rule == "no_value":
        places["coverage"] = _index(v, "coverage", digits=0, percent=True)
    if rule in ("statistics_better", "statistics_worse") and v.row[rule.removeprefix("statistics_")] == v.row["series"]:
        rule += "_all"
    return Sentence("family.sector.head." + rule, places)


def _lede(v: View, w: Words) -> Sentence:
    if not v.node:
        some = v.row["series"] or v.row["facts"] or v.row["programmes"]
        return Sentence("family.sector.lede." + ("unscored" if some else "nothing"))
    says, trend = row_of(v.e.verdicts, v.node), row_of(v.e.trend, v.node)
    if v.row["rule"] != "judged":
        return Sentence("family.sector.lede.few", {"rounds": family.cell(TREND, trend, "rounds")})
    places = {"pace": family.cell(TREND, trend, "slope", 1, sign=True)}
    places |= {c: family.cell(TREND, trend, c, 1, sign=True) for c in ("low", "high")}
    value = v.e.value(v.node, column="value100")
    if np.isnan(value):
        return Sentence("family.sector.lede.no_value", places)
    places["value"] = _index(v, "value100")
    if not np.isnan(says["needed"]) and says["needed"] > 0:
        return Sentence("family.sector.lede.needed", {**places, "needed": family.cell(VERDICTS, says, "needed", 1, sign=True)})
    return Sentence("family.sector.lede.plain", places)


def _cards(v: View, w: Words) -> list[tuple[str, str, Sentence]]:
    """Three findings: what moved inside, what is known, what is open; without scores: statistics, facts, programmes."""
    cells = family.cells(SECTOR, v.row, ("items", "scored", "agencies", "programmes", "open", "overdue", "series", "facts"))
    open_key = "overdue" if v.row["overdue"] else "open" if v.row["open"] else "closed" if len(v.asked) else "none"
    follow = ("inconclusive", w("family.card.followup"), Sentence("family.sector.follow." + open_key, cells))
    plans = Sentence("family.sector.plans" if v.row["programmes"] else "family.sector.plans_none", cells)
    if not v.node:
        known = "known" if v.row["series"] else "known_facts" if v.row["facts"] else "unknown"
        return (
            [
                ("inconclusive", w("family.card.statistics"), Sentence("family.sector." + known, cells)),
                ("inconclusive", w("family.card.programmes"), plans),
                follow,
            ]
            if known != "unknown" or v.row["programmes"]
            else []
        )
    key = "whole" if v.row["scored"] == v.row["items"] else "lacking"
    thin = v.e.value(v.node, column="coverage") < LOW_COVERAGE
    data = Sentence("family.sector.data_" + key, {**cells, "coverage": _index(v, "coverage", digits=0, percent=True)})
    return [_moved(v, w), ("declining" if thin else "inconclusive", w("family.card.data"), data), follow]


def _moved(v: View, w: Words) -> tuple[str, str, Sentence]:
    """The items that rose and fell most since the round before, from a change of `detail.THRESHOLD` on."""
    rows = v.items[v.items["change"].notna()]
    up, down = rows[rows["change"] >= detail.THRESHOLD], rows[rows["change"] <= -detail.THRESHOLD]
    names = v.e.instrument.names(w.lang)
    places: dict = {"previous": w.round_long(v.e.previous)} if v.e.previous else {}
    for side, part, best in (("up", up, up["change"].max()), ("down", down, down["change"].min())):
        if len(part):
            row = part[part["change"] == best].iloc[0].to_dict()
            places |= {side: lower(names[row["node"]]), side + "_by": family.cell(ITEMS, row, "change", 1, size=True)}
    key = "both" if len(up) and len(down) else "up" if len(up) else "down" if len(down) else "still" if len(rows) else "none"
    direction = {"up": "improving", "down": "declining"}.get(key, "inconclusive")
    return direction, w("family.card.items"), Sentence("family.sector.moved_" + key, places)


def _labels(v: View, w: Words) -> dict[str, str]:
    return {**v.e.instrument.names(w.lang), v.node: w("sector." + v.sector)}


def trend(v: View, w: Words) -> Chart | None:
    """The sector and its indicators since the first round, with events, cycles and uncertainty; None where it is not scored.

    With too many indicators for panels, or too few rounds for verdicts, the sector alone.
    """
    if not v.node:
        return None
    e, leaves = v.e, [n for n in v.leaves if n != v.node]
    inside = leaves if v.row["rule"] == "judged" and len(leaves) <= MOST_PANELS else []
    return trends_chart.trends(e.index, e.verdicts, e.programme, e.round, [v.node, *inside], _labels(v, w), w, e.trend)


def evidence(v: View, w: Words) -> Part | None:
    """The sector's verdict with its evidence; None without one."""
    if v.row["rule"] != "judged":
        return None
    return section(judged(v.e, v.node, w), w("family.evidence"), level=2)


def trajectory(v: View, w: Words) -> Chart | None:
    """The way to the sector's target; None where it has none."""
    e, until = v.e, with_target(v.e.verdicts, v.e.round, [v.node]) if v.node else {}
    until = {n: r for n, r in until.items() if n == v.node}
    if not until:
        return None
    rows = paths(
        e.index, e.verdicts, e.programme, e.round, until, forecasts(e.index, e.programme, e.round, e.instruments, until)
    )
    return trajectory_chart.trajectory(rows, e.verdicts, {v.node: w("sector." + v.sector)}, w)


def dumbbell(v: View, w: Words) -> Chart | None:
    """Indicators before and now."""
    if v.items.empty:
        return None
    rows, axis, digits = detail.on_axis(v.e, v.items)
    threshold = detail.THRESHOLD * (axis[1] - axis[0]) / 100
    ends = (v.e.previous, v.e.round)
    return detail.dumbbell_chart(rows, v.e.instrument.names(w.lang), w("sector." + v.sector), ends, axis, w, digits, threshold)


def coverage(v: View, w: Words) -> Chart | None:
    """What is known of every indicator of the sector, round by round."""
    e = v.e
    table = made.coverage(e.index, e.scores, e.instruments, e.programme.region, e.round)
    table = table[table["node"].isin(v.leaves)].reset_index(drop=True)
    if table.empty:
        return None
    groups = {n.partition("/")[0]: e.instrument.name(n.partition("/")[0], w.lang) for n in table["node"]}
    return coverage_chart.coverage(made.folded(table), table, v.e.instrument.names(w.lang), groups, e.round, w)


def tagged(v: View) -> set:
    """Qualities of service that the sector's indicators are tagged with."""
    return {v.e.instrument.nodes[n].quality for n in v.leaves} - {""}


def qualities(v: View, w: Words) -> Chart | None:
    """The qualities of service by the sector's own indicators; None where too few are tagged."""
    if len(tagged(v)) < FEWEST_QUALITIES:
        return None
    e, mine = v.e, set(v.leaves)
    index, scores = e.index[e.index["node"].isin(mine)], e.scores[e.scores["indicator"].isin(mine)]
    return qualities_chart.qualities(item_qualities(index, scores, e.instrument, e.programme.region, e.round), w)


def owners(v: View, w: Words) -> Part | None:
    """Which agency answers for which indicator, with its score and what is missing."""
    if v.items.empty:
        return None
    names, agencies = v.e.instrument.names(w.lang), v.e.programme.agency_names(w.lang)
    rows, _, digits = detail.on_axis(v.e, v.items)
    quality = [v.e.instrument.nodes[n].quality for n in rows["node"]]
    status = [w("items.status." + s) if s not in ("scored", "given") else "" for s in rows["status"]]
    now = [
        ", ".join(t for t in (w.num(x, digits) if np.isfinite(x) else "", s) if t)
        for x, s in zip(rows["now"], status, strict=True)
    ]
    table = pd.DataFrame(
        {
            "item": rows["node"].map(lambda n: names.get(n, n)),
            "agency": [
                ", ".join(agencies.get(a, a) for a in t.split("; ") if a) or w("family.no_owner") for t in rows["agency"]
            ],
            "weight": [w.pct(x, 1) for x in rows["weight"]],
            "now": now,
            "grade": rows["quality"].replace("", "\u2013"),
            "quality": [w("service_quality." + q) if q else "\u2013" for q in quality],
        }
    )
    shown = [Field("item", w("family.column.item")), Field("agency", w("family.column.agency"))]
    shown += [Field("weight", w("family.column.weight"), number=True)] if rows["weight"].notna().any() else []
    shown += [Field("now", w("family.column.score"), number=True), Field("grade", w("family.column.grade"))]
    shown += [Field("quality", w("family.column.quality"))] if any(quality) else []
    return section(html_table(table, shown), w("family.sector.owners"), "long" if len(table) > WHOLE else "")


def followup(v: View, w: Words) -> Chart | None:
    """What became of the recommendations of the sector; None where there are none."""
    if v.asked.empty:
        return None
    texts = w.column(people.people(v.e).recommendations.set_index("id"), "text").to_dict()
    return followup_chart.followup(v.asked, v.carried, texts, v.e.programme.agency_names(w.lang), w)


def continuity(v: View, w: Words) -> Chart | None:
    """The agencies' programmes that name the sector; None where there are none."""
    if v.plans.empty:
        return None
    plan = v.e.programme
    return continuity_chart.continuity(v.plans, plan.cycles, Period(v.e.round).year, v.e.programme.agency_names(w.lang), w)


def official(v: View, w: Words, where: str = "below") -> Several | None:
    """The chapter of official statistics and facts: first where the sector is not scored ("above"), else after the scores."""
    if not available(v)["statistics"] or (where == "above") == bool(v.node):
        return None
    shown = (chapter(v, "sector_statistics", w), statistics(v, w), facts(v, w))
    return Several(tuple(p for p in shown if p is not None))


def statistics(v: View, w: Words) -> Chart | None:
    """Official statistics of the sector with a series; None without one."""
    return None if v.statistics.empty else forms.statistics(v.e, w, tuple(v.statistics["indicator"]))


def facts(v: View, w: Words) -> Chart | None:
    """Dated facts of the sector, without a trend; None where there are none."""
    if not v.row["facts"]:
        return None
    return replace(forms.facts(v.e, w, (v.sector,)), finding=Sentence("family.sector.facts", {"name": w("sector." + v.sector)}))


def available(v: View) -> dict[str, bool]:
    """Whether the data hold what a chapter of the sector is about."""
    return {
        "scores": bool(v.node),
        "items": len(v.items) > 0,
        "target": bool(v.node) and not np.isnan(row_of(v.e.verdicts, v.node).get("target", np.nan)),
        "followup": len(v.asked) > 0,
        "programmes": len(v.plans) > 0,
        "statistics": v.row["series"] + v.row["facts"] > 0,
    }


def chapters(v: View) -> list[str]:
    """Chapters that the data can fill."""
    has = available(v)
    order = [
        ("sector_items", has["items"]),
        ("sector_people", has["items"] or has["followup"] or has["programmes"]),
        ("sector_statistics", has["statistics"]),
    ]
    order = order if v.node else order[::-1]
    return [*(c for c, there in order if there), "numbers"]


def contents(v: View, w: Words) -> Part:
    """Links to the chapters."""
    return parts.contents(chapters(v), w)


def chapter(v: View, name: str, w: Words) -> Part | None:
    """A chapter's head, if the data can fill it; the first one begins a new page where the first page is full."""
    return parts.chapter(name, w, new_page=bool(v.node) and chapters(v)[0] == name) if name in chapters(v) else None


def absent(v: View, w: Words) -> Part | None:
    """What the data do not hold of the sector."""
    return family.absent([w("family.sector.absent." + k) for k, there in available(v).items() if not there], w)


def numbers(v: View, w: Words) -> Part:
    """Every table behind the text: of the sector and its indicators."""
    e, mine = v.e, {v.node, *v.leaves} - {""}
    recent = e.index["round"].isin([e.round, e.previous])
    index = e.index[(e.index["node"] == v.node) | (e.index["node"].isin(mine) & recent)]
    tables = (
        (SECTOR, pd.DataFrame([v.row])),
        (INDEX, index),
        (TREND, e.trend[e.trend["node"].isin(mine)]),
        (VERDICTS, e.verdicts[e.verdicts["node"].isin(mine)]),
        (ITEMS, v.items),
        (FOLLOWUP, v.asked),
        (CARRIED, v.carried),
        (CONTINUITY, v.plans),
        (STATISTICS, v.statistics),
    )
    return parts.registers(tables, w)


def line(v: View) -> str:
    """What is known of the sector in plain figures: a stored check of the notebook."""
    r = v.row
    known = (
        f"{r['scored']} of {r['items']} indicators, {r['series']} statistics, {r['facts']} facts, {r['programmes']} programmes"
    )
    return f"{v.sector} {v.e.round}: {r['rule']}; {known}"


def verdict_line(v: View) -> str:
    """Value and verdict in plain figures."""
    says, trend = row_of(v.e.verdicts, v.node), row_of(v.e.trend, v.node)
    if not says or says["direction"] == "too_little_data":
        return f"no verdict: {int(trend['rounds']) if trend else 0} comparable rounds"
    value = v.e.value(v.node, column="value100")
    return f"value {value:.1f}, {says['direction']}, {trend['slope']:+.2f} points a year ({trend['low']:+.2f} to {trend['high']:+.2f})"


def open_line(v: View) -> str:
    """Recommendations and agencies in plain figures."""
    r = v.row
    return f"{r['agencies']} agencies; recommendations: {r['open']} open, {r['overdue']} overdue"
