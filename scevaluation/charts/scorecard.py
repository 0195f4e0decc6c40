"""Form 2: where every sector or component stands: a table with verdict, value, a strip, and the changes beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from scevaluation.charts.chart import Chart
from scevaluation.charts.style import GRID, HUE, INK, mark_html
from scevaluation.words import Fact, Sentence, Words

STRIP = (190, 26)


@dataclass(frozen=True)
class Card:
    """A row of the scorecard; what is not known is NaN.

    value, before, other and target stand on the strip's scale; `low`..`high` is the value's band; `side` names the
    colour (a verdict's direction). Facts of the cells carry their place in a table.
    """

    node: str
    label: str
    direction: str
    word: str
    value: Fact
    low: float = float("nan")
    high: float = float("nan")
    before: float = float("nan")
    other: float = float("nan")
    target: float = float("nan")
    coverage: float = float("nan")
    cells: tuple[tuple[str, str, str], ...] = ()  # class, header, HTML


def strip(card: Card, low: float, high: float, ticks: list[float]) -> str:
    """The card's picture as a data address: band, hollow dot before, full dot now, dark tick for the target."""
    import base64

    width, height = STRIP
    middle = height / 2

    def x(value: float) -> float:
        return round(8 + (value - low) / (high - low) * (width - 16), 1)

    color = HUE.get(card.direction.removeprefix("likely_"), INK)
    parts = [f'<line x1="{x(t)}" y1="1" x2="{x(t)}" y2="{height - 1}" stroke="{GRID}"/>' for t in ticks]
    value = card.value.value
    if np.isfinite(value):
        if np.isfinite(card.low) and card.high > card.low:
            a, b = x(max(card.low, low)), x(min(card.high, high))
            parts.append(f'<rect x="{a}" y="{middle - 4}" width="{max(b - a, 1):.1f}" height="8" fill="{color}" opacity=".22"/>')
        if np.isfinite(card.before):
            parts.append(f'<line x1="{x(card.before)}" y1="{middle}" x2="{x(value)}" y2="{middle}" stroke="{color}" stroke-width="2"/>')
            parts.append(f'<circle cx="{x(card.before)}" cy="{middle}" r="4" fill="#fff" stroke="{color}" stroke-width="1.6"/>')
        if np.isfinite(card.other):
            parts.append(f'<path d="M{x(card.other)} {middle - 7}v14" stroke="#5F6D7A" stroke-width="1.6" stroke-dasharray="2 2"/>')
        parts.append(f'<circle cx="{x(value)}" cy="{middle}" r="4.6" fill="{color}"/>')
    if np.isfinite(card.target):
        parts.append(f'<line x1="{x(card.target)}" y1="3" x2="{x(card.target)}" y2="{height - 3}" stroke="{INK}" stroke-width="2.4"/>')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">{"".join(parts)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def strip_range(cards: list[Card], step: float) -> tuple[float, float, list[float]]:
    """Ends of the strips, a whole number of steps around everything drawn, and the ticks between."""
    seen = [v for c in cards for v in (c.value.value, c.before, c.other, c.target) if np.isfinite(v)]
    if not seen:
        return 0.0, step, []
    low, high = math.floor(min(seen) / step) * step, math.ceil(max(seen) / step) * step
    high = high if high > low else low + step
    return low, high, [low + i * step for i in range(round((high - low) / step) + 1)]


def scorecard(cards: list[Card], finding: Sentence | str, note: Sentence | str, step: float, words: Words, digits: int = 1) -> Chart:
    """The table of all cards, the first ruled off from the rest.

    Parameters
    ----------
    cards : list of Card
        In the framework's order, the composite first; all with the same `cells`.
    finding, note : Sentence or str
    step : float
        Distance of the strip's ticks, on its scale.
    digits : int
        Of the values.

    Returns
    -------
    Chart
        Rows: node, label, direction, value, before, other, target, coverage. A table; on a phone a card a row.
    """
    w = words
    low, high, ticks = strip_range(cards, step)
    ends = f"{w.num(low, 0 if step >= 1 else 1)}\u2013{w.num(high, 0 if step >= 1 else 1)}"
    heads = [("name", w("card.name")), ("verdict", w("card.verdict")), ("value n", w("card.value")), ("strip", ends)]
    heads += [(f"{c} n", h) for c, h, _ in (cards[0].cells if cards else ())]
    head = "".join(f'<th scope="col" role="columnheader" class="{c}">{escape(h)}</th>' for c, h in heads)
    body = "".join(_row(card, w, low, high, ticks) for card in cards)
    table = (f'<table class="scorecard" role="table"><caption class="visually-hidden">{w.html(finding)}</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
             f'<tbody role="rowgroup">{body}</tbody></table>')
    rows = pd.DataFrame([{"node": c.node, "label": c.label, "direction": c.direction, "value": c.value.value, "before": c.before,
                          "other": c.other, "target": c.target, "coverage": c.coverage} for c in cards])
    return Chart("scorecard", w, finding, note, w("card.alt", n=len(cards)), rows, body=table)


def _row(card: Card, w: Words, low: float, high: float, ticks: list[float]) -> str:
    color = {"improving": "up", "declining": "down", "stagnant": "flat"}.get(card.direction.removeprefix("likely_"), "open")
    mark = mark_html(card.direction) if card.direction else ""
    shown = w.html(card.value) if np.isfinite(card.value.value) else "\u2013"
    cells = "".join(f'<td role="cell" class="{c} n" data-label="{escape(h)}">{html}</td>' for c, h, html in card.cells)
    return (f'<tr role="row"><th scope="row" role="rowheader" class="name">{escape(card.label)}</th><td role="cell" class="verdict {color}">{mark} {escape(card.word)}</td>'
            f'<td role="cell" class="value n">{shown}</td>'
            f'<td role="cell" class="strip"><img src="{strip(card, low, high, ticks)}" alt="" width="{STRIP[0]}" height="{STRIP[1]}"></td>{cells}</tr>')
