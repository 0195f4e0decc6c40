"""Forms below the sectors: items now and before, the way to targets, leverage, coverage, and the table of all items."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from html import escape

import numpy as np
import pandas as pd

from scevaluation.charts.coverage import coverage as coverage_chart
from scevaluation.charts.dumbbell import MOST
from scevaluation.charts.dumbbell import dumbbell as dumbbell_chart
from scevaluation.charts.leverage import leverage as chart_of_leverage
from scevaluation.charts.spark import HEIGHT, WIDTH, sparkline
from scevaluation.charts.titles import ROUNDS
from scevaluation.charts.trajectory import trajectory as trajectory_chart
from scevaluation.draw.chart import Chart
from scevaluation.draw.table import Field, Html, html_table
from scevaluation.evaluate import items as made
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.leverage import leverage as compute_leverage
from scevaluation.evaluate.targets import forecasts, past_targets, paths, with_target
from scevaluation.frames import ROOT
from scevaluation.instrument import Instrument
from scevaluation.node import Range
from scevaluation.period import Period
from scevaluation.report.breaks import on_one_scale
from scevaluation.report.part import Part, folded, note, section
from scevaluation.report.round import labels
from scevaluation.words import Sentence, Words, capital, in_any_language, lower

THRESHOLD = 3.0  # points of 0-100 from which a change is written: one assessor's quarter point moves a panel's mean by 1.7


@lru_cache(maxsize=4)
def items(e: Evaluation) -> pd.DataFrame:
    """ITEMS of the evaluation's round; computed once, as every sector's page asks for it."""
    return made.items(e.index, e.scores, e.instruments, e.programme.region, e.round, e.previous)


def item_names(e: Evaluation, w: Words, whole: bool = False) -> dict[str, str]:
    """Names of nodes; `whole` puts what an item belongs to before its name where that alone is no name: the ministry's are numbers."""
    plain = e.instrument.names(w.lang)
    leaves = e.instrument.leaves
    alike = e.instrument.ministry or len({plain[p] for p in leaves}) < len(leaves)
    return names_behind(e.instrument, w) if whole and alike else plain


def names_behind(instrument: Instrument, w: Words) -> dict[str, str]:
    """Names of a questionnaire's nodes, those of items behind that of the component they belong to."""
    plain = instrument.names(w.lang)
    return {p: w("items.of", top=plain[p.partition("/")[0]], item=lower(t)) if "/" in p else t for p, t in plain.items()}


def levels(e: Evaluation, w: Words, node: str = ROOT) -> Part | None:
    """Of items in whole levels, which have no direction yet, the levels reached and since when; None where there are none."""
    coarse = e.judged[e.judged["rule"] == "too_coarse"].set_index("node")
    inside = [n for n in e.instrument.leaves if n in coarse.index and (node == ROOT or n == node or n.startswith(node + "/"))]
    names, rows = item_names(e, w, node == ROOT), []
    for item in inside:
        seen = made.reached(on_one_scale(e).traced, item)
        said = [w("items.level_since", level=w.short(level), round=w.round(when)) for when, level in seen]
        if len(seen) == 1:
            said = [w("items.level_only", level=w.short(seen[0][1]), round=w.round(seen[0][0]))]
        rows.append({"name": names[item], "levels": "; ".join(said)})
    if not rows:
        return None
    fields = [Field("name", w("items.measured.item")), Field("levels", w("items.level"))]
    below = note(w("items.levels_note", n=w.num(coarse["threshold"].iloc[0], 0)))
    return section(html_table(rows, fields) + below, w("items.levels"), "long")


def on_axis(e: Evaluation, rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[float, float], int]:
    """Items, axis and decimals: on 0-100 where the report speaks of its points, else on the questionnaire's own scale."""
    if e.points:
        return rows, (0.0, 100.0), 1
    scale = e.instrument.scale
    return made.on_scale(rows, scale, ("now", "before"), ("change",)), (scale.low, scale.high), 2


def dumbbell(e: Evaluation, w: Words, node: str = ROOT, most: int = MOST):
    """Form 6: items of a sector or component (of all by default) before and now, `most` at most; None where it has none below it."""
    rows = items(e)
    if node != ROOT:
        rows = rows[rows["node"].str.startswith(node + "/")].reset_index(drop=True)
    if rows.empty:
        return None
    rows, axis, digits = on_axis(e, rows)
    threshold = THRESHOLD * (axis[1] - axis[0]) / 100
    name, key = labels(e, w).get(node) or e.instrument.name(node, w.lang), "" if node == ROOT else node.replace("/", "-")
    chart = dumbbell_chart(rows, item_names(e, w, node == ROOT), name, (e.previous, e.round), axis, w, digits, threshold, key, most)
    return in_points(chart, rows, e.instrument, w)


def in_points(chart: Chart, rows: pd.DataFrame, instrument: Instrument, w: Words) -> Chart:
    """The chart whose note says that it shows points, where items were measured in units of their own."""
    if chart.empty or not instrument.measured & set(rows["node"]):
        return chart
    return replace(chart, note=f"{w.text(chart.note)} {w('items.measured.points')}")


def trajectory(e: Evaluation, w: Words):
    """Form 7: the way to the target of the index and of every sector that has one; of targets that lie behind, what became of them."""
    until = with_target(e.judged, e.round, e.top)
    fans = forecasts(e.index, e.programme, e.round, e.instruments, until)
    rows = paths(on_one_scale(e).traced, e.judged, on_one_scale(e).programme, e.round, until, fans)
    names = labels(e, w)
    chart = trajectory_chart(rows, e.judged, {n: t for n, t in names.items() if n in until}, w)
    behind = past_targets(e.traced, e.programme, e.round, e.top)
    if behind.empty:
        return chart
    said = [past_target(row, names[row["node"]], w) for row in behind.to_dict("records")]
    text = ". ".join(capital(w.text(s)) for s in said) + "."
    if until:
        return replace(chart, note=f"{w.text(chart.note)} {text}")
    return replace(chart, finding=said[0], empty=w("chart.trajectory.empty_past", parts=text))


def past_target(row: dict, name: str, words: Words) -> Sentence:
    """What became of a target whose round lies behind; `row` as `evaluate.targets.past_targets` makes it."""
    places = {"name": name, "target": words.short(row["target"]), "round": words.round(row["round"])}
    if not row["seen"]:
        return Sentence("finding.trajectory.past_unknown", places)
    places |= {"value": words.num(row["value"]), "seen": words.round(row["seen"])}
    if row["short"] <= 0:
        return Sentence("finding.trajectory.past_reached", places)
    return Sentence("finding.trajectory.past_missed", places | {"short": words.num(row["short"])})


@lru_cache(maxsize=4)
def leverage(e: Evaluation) -> pd.DataFrame:
    """LEVERAGE of the evaluation's round; computed once, as chart and steps ask for it."""
    return compute_leverage(items(e), e.instrument)


def leverage_chart(e: Evaluation, w: Words):
    """What would raise the index most; None where the weights are not known."""
    table = leverage(e)
    if table.empty:
        return None
    unit, digits = "chart.leverage.unit_points", 1
    if not e.points:
        table = made.on_scale(table, e.instrument.scale, (), ("gain", "one_up", "if_worst"))
        unit, digits = "chart.leverage.unit_scale", 2
    return chart_of_leverage(table, item_names(e, w, True), e.programme.agency_names(w.lang), unit, w, digits)


def coverage_map(e: Evaluation, w: Words):
    """Form 14: what is known of every item, round by round; None where no round has items."""
    table = made.coverage(e.index, e.scores, e.instruments, e.programme.region, e.round)
    if not table["node"].str.contains("/").any():
        return None
    groups = {n: t for n, t in labels(e, w).items() if n != ROOT}
    return coverage_chart(made.folded(table, rounds=ROUNDS), table, item_names(e, w), groups, e.round, w)


def item_table(e: Evaluation, w: Words) -> Part | None:
    """Appendix: every item with this round beside the last, its change and its history; what was dropped stands below."""
    rows = items(e)
    if rows.empty:
        return None
    shown, (low, high), digits = on_axis(e, rows)
    past = made.item_history(e.index, e.instruments, e.programme.region, e.round)
    gone = made.dropped(e.index, e.instruments, e.programme.region, e.round, e.previous)
    table = _Table(e, w, shown, past, digits)
    key = "items.table.summary" if e.previous else "items.table.summary_first"
    rounds = {"previous": w.round_long(e.previous) if e.previous else "", "round": w.round_long(e.round)}
    places = {**rounds, "n": w.num(len(rows), 0)}
    notes = [w("items.table.note", low=w.num(low, 0), high=w.num(high, 0)), *table.line_note()]
    body = table.html() + (_dropped(e, gone, w) if len(gone) else "") + note(" ".join(notes)) + _measured(e, rows, w)
    return section(body, w(key, **places), "long items", w("items.table.title"))


class _Table:
    """The rows of the appendix' table, folded by sector or component."""

    def __init__(self, e: Evaluation, w: Words, rows: pd.DataFrame, past: pd.DataFrame, digits: int):
        self.w, self.rows, self.digits = w, rows, digits
        self.names, self.owners, self.labels = item_names(e, w), e.programme.agency_names(w.lang), labels(e, w)
        self.previous, self.round = e.previous, e.round
        self.all = sorted(past["round"].unique(), key=Period)
        self.past = dict(iter(past.groupby("node", sort=False)))
        self.short = {r: w.round(r) for r in self.all}
        seen = past["value100"].dropna()
        self.line = len(self.all) > 2 and len(seen) > 0
        # All small lines of the table share one range, in tens, so that they can be compared.
        self.low = math.floor(max(seen.min(), 0) / 10) * 10 if self.line else 0
        self.high = max(math.ceil(min(seen.max(), 100) / 10) * 10, self.low + 10) if self.line else 100

    def line_note(self) -> list[str]:
        """What the small lines show, where there are any."""
        if not self.line:
            return []
        w, ends = self.w, {"start": self.w.round(self.all[0]), "end": self.w.round(self.all[-1])}
        return [w("items.table.note_line", low=w.num(self.low, 0), high=w.num(self.high, 0), **ends)]

    def _fields(self) -> list[Field]:
        """Columns that hold something."""
        w, rows = self.w, self.rows
        columns = (
            (Field("item", w("items.table.item")), True),
            (Field("agency", w("items.table.agency")), (rows["agency"] != "").any()),
            (Field("weight", w("items.table.weight"), number=True, raw="share"), rows["weight"].notna().any()),
            (Field("before", w.round(self.previous) if self.previous else "", number=True, raw="was"), self.previous),
            (Field("now", w.round(self.round), number=True, raw="is"), True),
            (Field("change", w("items.table.change"), number=True, raw="moved"), self.previous),
            (Field("history", w("items.table.history")), self.line),
            (Field("quality", w("items.table.grade")), (rows["quality"] != "").any()),
        )
        return [field for field, shown in columns if shown]

    def html(self) -> str:
        """A folded table a sector or component; one table where the items are the components themselves."""
        tops = self.rows["node"].str.partition("/")[0]
        if (tops == self.rows["node"]).all():
            return self._table(self.rows)
        w, groups = self.w, self.rows.groupby(tops, sort=False)
        heads = [w("items.table.group", name=self.labels.get(top, top), n=w.num(len(rows), 0)) for top, rows in groups]
        return "".join(folded(head, self._table(rows)) for head, (_, rows) in zip(heads, groups, strict=True))

    def _table(self, rows: pd.DataFrame) -> str:
        raw = {"share": "weight", "was": "before", "is": "now", "moved": "change"}
        shown = [{**{k: r[c] for k, c in raw.items()}, **self._texts(r)} for r in rows.to_dict("records")]
        return html_table(shown, self._fields(), kind="cards items", columns=True)

    def _texts(self, r: dict) -> dict[str, str]:
        """Cells. Without a score now: why; without one before: that the item is new or not comparable."""
        w, d = self.w, self.digits
        name = self.names.get(r["node"], r["node"])
        why = w("items.link." + r["link"]) if r["link"] in ("new", "broken", "scale") else ""
        status = w("items.status." + r["status"]) if r["status"] not in ("scored", "given") else ""
        now = [w.num(r["now"], d)] if np.isfinite(r["now"]) else []
        return {
            "item": name,
            "agency": ", ".join(self.owners.get(a, a) for a in r["agency"].split("; ") if a) or "\u2013",
            "weight": w.pct(r["weight"], 1) if np.isfinite(r["weight"]) else "\u2013",
            "before": why or w.num(r["before"], d),
            "now": Html("<br>".join(escape(t) for t in [*now, *([status] if status else [])]) or "\u2013"),
            "change": w.num(r["change"], d, sign=True),
            "history": Html(self._history(r["node"], name)),
            "quality": r["quality"] or "\u2013",
        }

    def _history(self, node: str, name: str) -> str:
        rows = self.past.get(node)
        seen = [] if rows is None else [p for p in zip(rows["round"], rows["value100"], strict=True) if np.isfinite(p[1])]
        if len(seen) < 2:
            return "\u2013"
        first, last = (f"{self.short[r]} {self.w.num(v)}" for r, v in (seen[0], seen[-1]))
        alt = self.w("items.table.history_alt", name=name, parts=f"{first}, {last}")
        size = f'width="{WIDTH}" height="{HEIGHT}" style="max-width:none"'
        return f'<img class="spark" src="{sparkline(rows, self.all, self.low, self.high)}" alt="{escape(alt)}" {size}>'


def _dropped(e: Evaluation, gone: pd.DataFrame, w: Words) -> str:
    """Items of the round before that nothing continues, folded."""
    old = e.instruments[e.previous]
    names, digits = names_behind(old, w), 1 if e.points else 2
    values = gone["value100"] if e.points else old.scale.from100(gone["value100"])
    rows = "".join(
        f'<tr><th scope="row">{escape(names[node])}</th><td class="n">{escape(w.num(v, digits))}</td></tr>'
        for node, v in zip(gone["node"], values, strict=True)
    )
    when, name = escape(w.round(e.previous)), escape(w("items.table.item"))
    head = w("items.table.dropped", previous=w.round(e.previous), n=w.num(len(gone), 0))
    columns = f'<th scope="col">{name}</th><th scope="col" class="n">{when}</th>'
    return folded(head, f"<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>")


def _measured(e: Evaluation, rows: pd.DataFrame, w: Words) -> str:
    """What indicators with ends of their own were measured at, beside those ends, folded; "" where there are none."""
    i = e.instrument
    rows, raw = rows[rows["node"].isin(i.measured)], made.measured(e.scores, e.programme.region)
    if rows.empty:
        return ""
    told = []
    for r in rows.to_dict("records"):
        node, (worst, best) = i.nodes[r["node"]], i.ends(r["node"])
        wanted, ends = node.direction, {"worst": w.short(worst), "best": w.short(best)}
        if isinstance(wanted, Range):
            ends = {"worst": w("items.measured.both", low=w.short(worst), high=w.short(best))}
            ends["best"] = f"{w.short(wanted.low)}\u2013{w.short(wanted.high)}"
        seen = {"before": raw.get((e.previous, r["before_node"])) if r["comparable"] else None, "now": raw.get((e.round, r["node"]))}
        unit = w.label(node.unit) if node.unit else "\u2013"
        about = {"item": w.label(node.label), "unit": w("items.measured.log", unit=unit) if node.transform else unit}
        told.append(about | {k: w.short(v) for k, v in seen.items()} | ends)
    fields = [Field(k, w("items.measured." + k), number=k not in ("item", "unit")) for k in ("item", "unit", "worst", "best")]
    fields[2:2] = [Field("now", w.round(e.round), number=True)]
    fields[2:2] = [Field("before", w.round(e.previous), number=True)] if e.previous else []
    table = html_table(told, fields, kind="cards items", columns=True)
    return folded(w("items.measured.title", n=w.num(len(told), 0)), table + note(w("items.measured.note")))


in_any_language(globals())
