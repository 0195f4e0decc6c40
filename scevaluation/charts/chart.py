"""Chart: a picture in two layouts with its finding, note, alternative text and the rows it drew."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

import matplotlib
import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from scevaluation.charts.style import rc
from scevaluation.words import Sentence, Words


@dataclass(frozen=True, eq=False)
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

    @property
    def title(self) -> str:
        """The finding as text."""
        return _capital(self.words.text(self.finding))

    def figure_html(self) -> str:
        """The chart as a <figure>: title, picture or table, note, and the rows behind it."""
        w, h = self.words, self.heading
        parts = [f'<figure class="chart" id="figure-{escape(self.name)}">', f"<h{h}>{_capital(w.html(self.finding))}</h{h}>"]
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

    def _rows_html(self) -> str:
        w = self.words
        heads = [w("column." + c) if w.has("column." + c) else c for c in self.rows.columns]
        numeric = [pd.api.types.is_numeric_dtype(self.rows[c]) and not pd.api.types.is_bool_dtype(self.rows[c]) for c in self.rows.columns]
        head = "".join(f'<th scope="col"{" class=n" if n else ""}>{escape(t)}</th>' for t, n in zip(heads, numeric, strict=True))
        body = "".join(
            "<tr>" + "".join(self._cell(v, n) for v, n in zip(row, numeric, strict=True)) + "</tr>" for row in self.rows.itertuples(index=False)
        )
        label = escape(w("chart.rows"))
        return (
            f'<details class="rows"><summary>{label}</summary><div class="scroll" tabindex="0" role="region" aria-label="{label}: {escape(self.name)}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
        )

    def _cell(self, value, numeric: bool) -> str:
        if not numeric:
            return f"<td>{escape(str(value))}</td>"
        digits = 0 if float(value).is_integer() else 2
        return f'<td class="n">{self.words.num(float(value), digits)}</td>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.figure_html(), "text/plain": f"{self.title}\n{self.alt}".strip()}


def _capital(text: str) -> str:
    return text if text.startswith("<") else text[:1].upper() + text[1:]


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def draw(layout: str, paint: Callable[[str], Figure]) -> str:
    """Paint a figure and save it as SVG, both inside the layout's settings, so that the same input gives the same bytes."""
    with matplotlib.rc_context(rc(layout)):
        figure = paint(layout)
        FigureCanvasSVG(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}, facecolor="white")
    return _slim(out.getvalue())


def _slim(svg: str) -> str:
    """Drop the XML head and blank space matplotlib writes, and keep two decimals of a point in outlines."""
    start = svg.index("<svg")
    text = "\n".join(line.strip() for line in svg[start:].splitlines() if line.strip())
    return re.sub(r' d="[^"]*"', lambda m: re.sub(r"(\.\d\d)\d+", r"\1", m[0]), text)


def both(paint: Callable[[str], Figure]) -> dict[str, str]:
    """The two layouts of a chart, as keyword arguments of `Chart`."""
    return {"wide": draw("wide", paint), "phone": draw("phone", paint)}
