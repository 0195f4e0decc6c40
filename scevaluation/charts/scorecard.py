"""Form 2: where every sector or component stands: a table with verdict, value, a strip, and the changes beside it.

The page's style sheet knows the table by its classes: scorecard, and of its cells name, verdict (with up, down, flat or
open), value, strip, target, delta, coverage (with low under the limit), weight, median, before; n marks numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from scevaluation.draw.chart import Chart
from scevaluation.draw.embed import address
from scevaluation.draw.style import GRID, HUE, INK, INK2, MUTED, mark_html, outline
from scevaluation.draw.table import Field, Html, html_table
from scevaluation.words import Fact, Sentence, Words

ONE_LINE = 34  # letters of a name that stands on one line
STRIP = (190, 26)
EDGE = 12  # free at both ends of a strip, for dots and the numbers above it
COLOR = {"improving": "up", "declining": "down", "stagnant": "flat"}


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
    low: float = math.nan
    high: float = math.nan
    before: float = math.nan
    other: float = math.nan
    target: float = math.nan
    coverage: float = math.nan
    cells: tuple[tuple[str, str, str], ...] = ()  # class, header, HTML


def _picture(parts: list[str], height: int) -> str:
    size = f'viewBox="0 0 {STRIP[0]} {height}" width="{STRIP[0]}" height="{height}"'
    return address(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>')


def _place(value: float, low: float, high: float) -> float:
    """Where a value stands on the strip, pixels from the left; off its range at the end."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return round(EDGE + share * (STRIP[0] - 2 * EDGE), 1)


def strip(card: Card, low: float, high: float, ticks: list[float]) -> str:
    """The card's picture as a data address: band, hollow dot before, full dot now, dark tick for the target."""
    height, value = STRIP[1], card.value.value
    middle = height / 2
    color = HUE.get(card.direction.removeprefix("likely_"), INK)

    def x(value: float) -> float:
        return _place(value, low, high)

    parts = [f'<path class="tick" d="M{x(t)} 1V{height - 1}" stroke="{GRID}"/>' for t in ticks]
    if np.isfinite(value) and card.low < card.high:
        place = f'x="{x(card.low)}" y="{middle - 4}" width="{max(x(card.high) - x(card.low), 1):.1f}" height="8"'
        parts.append(f'<rect class="band" {place} fill="{color}" opacity=".22"/>')
    if np.isfinite(value) and np.isfinite(card.before):
        was = x(card.before)
        parts.append(f'<path class="moved" d="M{was} {middle}H{x(value)}" stroke="{color}" stroke-width="2"/>')
        look = f'fill="#fff" stroke="{color}" stroke-width="1.6"'
        parts.append(f'<circle class="before" cx="{was}" cy="{middle}" r="4" {look}/>')
    if np.isfinite(value) and np.isfinite(card.other):
        look = f'stroke="{MUTED}" stroke-width="1.8" stroke-dasharray="3 2"'
        parts.append(f'<path class="other" d="M{x(card.other)} {middle - 8}v16" {look}/>')
    if np.isfinite(value):
        parts.append(f'<circle class="value" cx="{x(value)}" cy="{middle}" r="4.6" fill="{color}"/>')
    if np.isfinite(card.target):
        parts.append(f'<path class="target" d="M{x(card.target)} 3V{height - 3}" stroke="{INK}" stroke-width="2.4"/>')
    return _picture(parts, height)


def strip_axis(low: float, high: float, ticks: list[float], texts: list[str]) -> str:
    """The numbers above the strips as a data address, in the charts' font; every second where they would touch."""
    every = 2 if len(ticks) > 6 else 1
    parts = []
    for tick, text in list(zip(ticks, texts, strict=True))[::every]:
        d, width = outline(text, 13)
        at = min(max(_place(tick, low, high) - width / 2, 0), STRIP[0] - width)
        parts.append(f'<path fill="{INK2}" d="{d}" transform="translate({at:.1f} 14)"/>')
    return _picture(parts, 18)


def strip_range(cards: list[Card], step: float) -> tuple[float, float, list[float]]:
    """Ends of the strips, a whole number of steps around everything drawn, and the ticks between."""
    seen = [v for c in cards for v in (c.value.value, c.before, c.other, c.target) if np.isfinite(v)]
    if not seen:
        return 0.0, step, []
    low, high = math.floor(min(seen) / step) * step, math.ceil(max(seen) / step) * step
    high = high if high > low else low + step
    return low, high, [low + i * step for i in range(round((high - low) / step) + 1)]


def scorecard(
    cards: list[Card], finding: Sentence, note: Sentence | str, step: float, words: Words, digits: int = 1
) -> Chart:
    """The table of all cards, the first ruled off from the rest.

    The chart's rows: node, label, direction, value, before, other, target, coverage. A table; on a phone a card a row.

    Parameters
    ----------
    cards : list of Card
        In the framework's order, the composite first; all with the same `cells`.
    step : float
        Distance of the strip's ticks, on its scale.
    digits : int
        Of the values.
    """
    w = words
    if not cards:
        return Chart("scorecard", w, finding, empty=Sentence("chart.scorecard.empty"))
    low, high, ticks = strip_range(cards, step)
    columns = ("node", "label", "direction", "value", "before", "other", "target", "coverage")
    rows = pd.DataFrame([{c: getattr(card, c) for c in columns} for card in cards])
    rows["value"] = [card.value.value for card in cards]
    shown = [_cells(card, w, low, high, ticks) for card in cards]
    fields = _fields(cards[0], w, low, high, ticks, step)
    table = html_table(shown, fields, Html(w.html(finding)), "scorecard", hidden=True)
    values = [w.text(c.value) if np.isfinite(c.value.value) else "\u2013" for c in cards[:12]]
    said = zip(cards, values, strict=False)
    parts = [w("chart.scorecard.alt_row", name=c.label, value=v, verdict=c.word.lower()) for c, v in said]
    alt = w("chart.scorecard.alt", n=len(cards), parts="; ".join(parts))
    return Chart("scorecard", w, finding, note, alt, rows, body=table)


def _fields(card: Card, w: Words, low: float, high: float, ticks: list[float], step: float) -> list[Field]:
    """Headers; over the strips the numbers of their axis, spoken as its ends."""
    digits = 0 if float(step).is_integer() else 1
    axis = strip_axis(low, high, ticks, [w.num(t, 0 if float(t).is_integer() else digits) for t in ticks])
    ends = f"{w.num(low, digits)}\u2013{w.num(high, digits)}"
    numbers = Html(f'<span class="visually-hidden">{ends}</span><img src="{axis}" alt="" width="{STRIP[0]}" height="18">')
    columns = (("name", w("card.name")), ("verdict", w("card.verdict")), ("value n", w("card.value")), ("strip", numbers))
    own = [Field(css, header, css=css, named=False) for css, header in columns]
    return own + [Field(header, header, css=f"{name} n") for name, header, _ in card.cells]


def _cells(card: Card, w: Words, low: float, high: float, ticks: list[float]) -> dict[str, str]:
    color = COLOR.get(card.direction.removeprefix("likely_"), "open")
    mark = mark_html(card.direction) + " " if card.direction else ""
    picture = f'<img src="{strip(card, low, high, ticks)}" alt="" width="{STRIP[0]}" height="{STRIP[1]}">'
    verdict = Html(mark + escape(card.word or "\u2013").replace(", ", ",<br>"), f"verdict {color}")
    value = Html(w.html(card.value) if np.isfinite(card.value.value) else "\u2013")
    name = Html(f'<span class="long">{escape(card.label)}</span>') if len(card.label) > ONE_LINE else card.label
    own = {"name": name, "verdict": verdict, "value n": value, "strip": Html(picture)}
    return own | {header: Html(html, f"{name} n") for name, header, html in card.cells}
