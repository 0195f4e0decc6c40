"""Verdicts in words with what they rest on, and the page of each sector inside the round report."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from scevaluation.charts.dumbbell import LARGEST, MOST, TOGETHER
from scevaluation.draw.style import mark_html
from scevaluation.evaluate.evaluation import Evaluation
from scevaluation.evaluate.verdict import reason
from scevaluation.frames import INDEX, ROOT, TREND, VERDICTS
from scevaluation.report import items
from scevaluation.report.breaks import broken, linked
from scevaluation.report.part import Part, section
from scevaluation.report.plan import cell
from scevaluation.report.round import labels
from scevaluation.words import Sentence, Words, decimals, in_any_language


@dataclass(frozen=True, eq=False)
class Several:
    """Parts and charts shown by one cell, one after another."""

    shown: tuple

    @property
    def charts(self) -> tuple:
        """The charts among them."""
        return tuple(v for v in self.shown if hasattr(v, "figure_html"))

    def _repr_mimebundle_(self, include=None, exclude=None):
        html = [v.figure_html() if hasattr(v, "figure_html") else v.html for v in self.shown]
        texts = [v.title if hasattr(v, "figure_html") else v.text for v in self.shown]
        return {"text/html": "".join(html), "text/plain": "\n".join(t for t in texts if t) or " "}


def row_of(frame: pd.DataFrame, node: str) -> dict:
    """The row of a node in TREND or VERDICTS; {} if there is none."""
    found = frame[frame["node"] == node]
    return found.iloc[0].to_dict() if len(found) else {}


def judged(e: Evaluation, node: str, w: Words) -> str:
    """A node's verdict as HTML: mark, word, pace against the target, disruption, and the evidence line below it."""
    verdict, trend = row_of(e.judged, node), row_of(e.trend, node)
    if not verdict:
        return ""
    words = [w.verdict(verdict["direction"], verdict["course"], verdict["now"])]
    if verdict["pace"] != "no_target":
        words.append(w("pace." + verdict["pace"]))
    if verdict["disruption"]:
        words.append(w("disruption." + verdict["disruption"].replace(":", "_")))
    words += [*(sentence for _, sentence in broken(e, [node], w)), *linked(e, node, w)]
    head = f"{mark_html(verdict['direction'])} <b>{escape(words[0])}</b>{escape(''.join('; ' + v for v in words[1:]))}"
    return f'<p class="judged">{head}</p><p class="evidence">{w.html(reason(trend, verdict, w.round))}{_recent(trend, w)}</p>'


def _recent(trend: dict, w: Words) -> str:
    """The last two years' change beside the whole window's pace, without a verdict: a plateau shows there."""
    if trend["rounds"] < 1 or np.isnan(trend["recent"]):
        return ""
    return " " + w.html(Sentence("pages.recent", {"recent": cell(TREND, trend, "recent", 1, sign=True)}))


def value_line(e: Evaluation, node: str, w: Words) -> str:
    """Value, coverage and target of a node in one sentence, every number tied to its cell."""
    now, verdict = e.index[(e.index["node"] == node) & (e.index["round"] == e.round)], row_of(e.judged, node)
    if now.empty or np.isnan(now["value100"].iloc[0]):
        return f"<p>{escape(w('pages.no_value'))}</p>"
    row, name = now.iloc[0].to_dict(), "pages.value"
    column, digits, high = ("value100", 1, 100.0) if e.points else ("value", 2, e.instrument.scale.high)
    places: dict = {"value": cell(INDEX, row, column, digits), "of": w.num(high, 0)}
    places["coverage"] = cell(INDEX, row, "coverage", percent=True)
    if verdict and not np.isnan(verdict["target"]):
        places |= {"target": cell(VERDICTS, verdict, "target", decimals(verdict["target"])), "when": w.round_long(verdict["target_round"])}
        name = "pages.value_target"
    return f"<p>{w.html(Sentence(name, places))}</p>"


def evidence(e: Evaluation, w: Words) -> Part | None:
    """What the verdict on the index rests on, and on every node below it that has no page of its own; None without verdicts."""
    if e.judged.empty or (e.judged["direction"] == "too_little_data").all():
        return None
    names = labels(e, w)
    children = e.instrument.nodes  # a node that has items below it has a page of its own
    nodes = [ROOT, *(n for n in e.top if not (children[n].children and e.index["node"].str.startswith(n + "/").any()))]
    rows = "".join(f"<dt>{escape(names[n])}</dt><dd>{judged(e, n, w)}</dd>" for n in nodes if row_of(e.judged, n))
    return section(f'<dl class="verdicts">{rows}</dl>', w("pages.evidence"))


def sector_head(e: Evaluation, node: str, w: Words, new_page: bool = True) -> Part:
    """The head of a sector's page: its name, value and verdict; on paper it begins a page where a picture follows."""
    name = labels(e, w)[node]
    verdict = row_of(e.judged, node)
    few = not verdict or (verdict["direction"] == "too_little_data" and not broken(e, [node], w))
    body = value_line(e, node, w) + ("" if few else judged(e, node, w))
    kind = f"chapter{' newpage' if new_page else ''} sector"
    return Part(f'<section class="{kind}" id="page-{escape(node)}"><h2>{escape(name)}</h2>{body}</section>', name)


def shared(rows: list[int]) -> int:
    """Rows that each picture may have, where those of a page would have so many."""
    return MOST if sum(rows) <= TOGETHER else LARGEST


def sector_pages(e: Evaluation, w: Words) -> Several | None:
    """One page a sector or component: value, verdict, its items before and now; those without a picture last; None without items."""
    sizes = items.items(e)["node"].str.partition("/")[0].value_counts()
    most = shared([min(n, MOST) for n in sizes])
    charts = [(node, chart) for node in e.top if (chart := items.dumbbell(e, w, node, most)) is not None]
    charts.sort(key=lambda found: bool(found[1].empty))
    shown = [p for n, chart in charts for p in (sector_head(e, n, w, new_page=not chart.empty), chart, items.levels(e, w, n)) if p]
    return Several(tuple(shown)) if shown else None


in_any_language(globals())
