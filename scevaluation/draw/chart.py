"""Chart: a picture in two layouts with its finding, note, alternative text and the rows it drew."""

from __future__ import annotations

import base64
import gc
import io
import re
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scevaluation.card import said
from scevaluation.draw.embed import embedded
from scevaluation.draw.style import rc
from scevaluation.draw.svg import svg
from scevaluation.words import Sentence, Words, capital


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """A chart as the reader gets it.

    Attributes
    ----------
    name : str
        Its figure on the page is called "figure-" and this.
    words : Words
        Its language.
    finding, note : Sentence or str
        Title, made by a tested rule from the rows; what each mark means.
    alt : str
        What a reader who cannot see the picture should know.
    rows : DataFrame
        What was drawn, a row a mark.
    wide, phone : str
        SVG of the two layouts; empty where `body` is used.
    body : str
        HTML instead of pictures, for tables.
    empty : Sentence or str
        Why there is nothing to draw; then there are no pictures.
    heading : int
        Level of the title on the page.
    labels : mapping of column to a key of words
        Columns of the rows that the page shows, in order; empty: all but `node` where there is a `label`, called by
        words' "column.<name>".
    paint : callable of a layout to Figure
        Draws the pictures; None where `body` or `empty` is used.
    """

    name: str
    words: Words
    finding: Sentence | str
    note: Sentence | str = ""
    alt: str = ""
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    wide: str = ""
    phone: str = ""
    body: str = ""
    empty: Sentence | str = ""
    heading: int = 2
    labels: Mapping[str, str] = field(default_factory=dict)
    paint: Callable[[str], Figure] | None = None

    @property
    def title(self) -> str:
        """The finding as text."""
        return capital(self.words.text(self.finding))

    def figure_html(self) -> str:
        """The chart as a <figure>: title, picture or table, note, and the rows behind it."""
        w, h = self.words, self.heading
        parts = [f'<figure class="chart" id="figure-{escape(self.name)}">', f"<h{h}>{capital(w.html(self.finding))}</h{h}>"]
        if self.empty:
            parts.append(f'<div class="empty"><p>{w.html(self.empty)}</p></div>')
        elif self.body:
            parts.append(self.body)
        else:
            parts.append(
                f'<picture><source media="(max-width:640px)" srcset="{_address(self.phone)}">'
                f'<img src="{_address(self.wide)}" alt="{escape(self.alt)}"></picture>'
            )
        if self.note:
            parts.append(f"<figcaption>{w.html(self.note)}</figcaption>")
        if len(self.rows) and not self.body:
            parts.append(self._rows_html())
        return "".join(parts) + "</figure>"

    def _shown(self) -> dict[str, str]:
        """Header by column of the rows that the page shows."""
        w = self.words
        if self.labels:
            return {c: w(key) for c, key in self.labels.items()}
        columns = [c for c in self.rows.columns if c != "node" or "label" not in self.rows]
        return {c: w("column." + c) if w.has("column." + c) else c for c in columns}

    def _rows_html(self) -> str:
        w, shown = self.words, self._shown()
        columns = [_Column(c, self.rows[c]) for c in shown]
        head = "".join(f'<th scope="col"{c.css}>{escape(t)}</th>' for c, t in zip(columns, shown.values(), strict=True))
        cells = [[c.cell(v, w) for v in self.rows[c.name]] for c in columns]
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
        label, name = escape(w("chart.rows")), escape(self.name)
        return (
            f'<details class="rows"><summary>{label}</summary><div class="scroll" tabindex="0" role="region" aria-label="{label}: {name}">'
            f'<table data-table="{name}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>'
        )

    def __repr__(self) -> str:
        return said("Chart", self.name, finding=self.title, rows=len(self.rows))

    def _repr_html_(self) -> str:
        return self.figure_html()

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.figure_html(), "text/plain": f"{self.title}\n{self.alt}".strip()}


class _Column:
    """How one column of the rows is written: numbers with one count of decimals, names in words, missing as a dash."""

    def __init__(self, name: str, values: pd.Series):
        self.name = name
        self.number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        seen = values.dropna() if self.number else values
        whole = self.number and all(float(v).is_integer() for v in seen)
        self.digits = 0 if whole else 1 if self.number and seen.abs().max() >= 10 else 3
        self.css = " class=n" if self.number else ""

    def cell(self, value, w: Words) -> str:
        """A <td>; a number with its raw value beside the written one."""
        if self.number:
            raw = "" if pd.isna(value) else f' data-value="{float(value)!r}"'
            shown = w.cell(self.name, float("nan") if pd.isna(value) else float(value), self.digits)
            return f'<td class="n" data-column="{escape(self.name)}"{raw}>{shown}</td>'
        return f'<td data-column="{escape(self.name)}">{escape(self._word(value, w))}</td>'

    def _word(self, value, w: Words) -> str:
        if isinstance(value, bool | np.bool_):
            return w("chart.yes" if value else "chart.no")
        if value is None or value == "" or (isinstance(value, float) and pd.isna(value)):
            return "\u2013"
        if self.name in ("round", "previous"):
            return w.round(value) if re.fullmatch(r"20\d\d-(S[12]|Q[1-4])", str(value)) else str(value)
        key = {"direction": "direction.", "state": "state."}.get(self.name, "") + str(value)
        return w(key) if self.name in ("direction", "state") and w.has(key) else str(value)


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(embedded(svg).encode()).decode()


def draw(layout: str, paint: Callable[[str], Figure]) -> str:
    """Paint a figure and save it as SVG, both inside the layout's settings, so that the same input gives the same bytes."""
    with matplotlib.rc_context(rc(layout)), unswept():
        figure = paint(layout)
        figure.set_facecolor("white")
        return svg(figure)


@contextmanager
def unswept():
    """No search for unused cycles meanwhile: the thousands of parts of figures set it off again and again and free little."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def both(paint: Callable[[str], Figure]) -> dict:
    """The two layouts of a chart and how they are painted, as keyword arguments of `Chart`."""
    return {"wide": draw("wide", paint), "phone": draw("phone", paint), "paint": paint}


def png(chart: Chart, dpi: int = 300) -> bytes:
    """The wide layout as a PNG for slides and documents, the same bytes each time."""
    with matplotlib.rc_context(rc("wide")):
        figure = chart.paint("wide")
        FigureCanvasAgg(figure)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None}, facecolor="white")
    return out.getvalue()
