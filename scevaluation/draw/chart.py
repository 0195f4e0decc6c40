"""Chart: a picture in two layouts with its finding, note, alternative text and the rows it drew."""

from __future__ import annotations

import base64
import gc
import io
import re
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scevaluation.card import answering, said, show_figures
from scevaluation.draw.embed import address, embedded
from scevaluation.draw.panels import lent
from scevaluation.draw.sealed import sealed
from scevaluation.draw.style import TOTAL, rc
from scevaluation.draw.svg import svg
from scevaluation.draw.table import Field, record
from scevaluation.errors import EvaluationError, ReportError
from scevaluation.frames.claims import stated, written
from scevaluation.issues import issue, refusal, unknown
from scevaluation.place import NotWritable, put
from scevaluation.words import Sentence, Words, capital

# Files a chart can be saved as, without the day they were made, so that the same input gives the same bytes.
UNDATED: dict[str, dict] = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
FILES = ("png", "svg", "pdf")
NARROW = 5.0  # inches of axes below which a chart is drawn as on a phone

_painting: ContextVar[bool] = ContextVar("painting", default=True)


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """A chart as the reader gets it.

    Attributes
    ----------
    name : str
        Its figure on the page is called "figure-" and this.
    words : Words
        Its language.
    finding : Sentence
        What the title says, made by a tested rule from the rows.
    note : Sentence or str
        What each mark means.
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
    common : str
        Key of what the rows are called, where they are the same on the pages of all regions that it is drawn for.
    paint : callable of a layout to Figure
        Draws the pictures; None where `body` or `empty` is used.
    """

    name: str
    words: Words
    finding: Sentence
    note: Sentence | str = ""
    alt: str = ""
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    wide: str = ""
    phone: str = ""
    body: str = ""
    empty: Sentence | str = ""
    heading: int = 2
    labels: Mapping[str, str] = field(default_factory=dict)
    common: str = ""
    paint: Callable[[str], Figure] | None = None

    @cached_property
    def claim(self) -> dict:
        """The row of CLAIMS that the title is written from."""
        return stated("title", f"figure-{self.name}", self.finding)

    @property
    def title(self) -> str:
        """The finding as text."""
        return capital(self.words.text(written(self.claim)))

    def figure_html(self) -> str:
        """The chart as a <figure>: title, picture or table, note, and the rows behind it."""
        w, h = self.words, self.heading
        parts = [f'<figure class="chart" id="figure-{escape(self.name)}">', f"<h{h}>{capital(w.html(written(self.claim)))}</h{h}>"]
        if self.empty:
            parts.append(f'<div class="empty"><p>{w.html(self.empty)}</p></div>')
        elif self.body:
            parts.append(self.body)
        else:
            parts.append(
                f'<picture><source media="(max-width:640px)" srcset="{address(embedded(self.phone))}">'
                f'<img src="{address(embedded(self.wide))}" alt="{escape(self.alt)}"></picture>'
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
        label = self.words(self.common or "chart.rows")
        fields = [_field(c, header, self.rows[c], self.words) for c, header in self._shown().items()]
        table = record(self.name, self.rows, fields, f"{label}: {self.name}")
        return f'<details class="rows{" common" * bool(self.common)}"><summary>{escape(label)}</summary>{table}</details>'

    def __repr__(self) -> str:
        return said("Chart", self.name, finding=self.title, rows=len(self.rows))

    def _repr_html_(self) -> str:
        return self.figure_html()

    def _repr_mimebundle_(self, include=None, exclude=None):
        said = {"text/html": self.figure_html(), "text/plain": f"{self.title}\n{self.alt}".strip()}
        if self.paint is None or not answering():
            return said
        picture = base64.b64encode(png(self, 150)).decode()  # for what shows no pages: LaTeX, docx, a reader of notebooks on the web
        return said | {"image/png": picture}, {"image/png": {"alt": self.alt}}

    def figure(self, layout: str = "wide") -> Figure:
        """The picture as a matplotlib figure of one's own, to change, to draw into or to save; a cell that ends with it shows it.

        It is without the title, which stands in `chart.title`: `figure.suptitle(chart.title, y=1.02)` puts it above.

        Parameters
        ----------
        layout : {"wide", "phone"}

        Raises
        ------
        EvaluationError
            If the chart has no picture: it is a table, or there is nothing to draw.
        """
        paint = self._paint()
        if layout not in TOTAL:
            raise unknown(layout, TOTAL, "layout")
        with sealed(rc(layout)):
            figure = paint(layout)
            figure.set_facecolor("white")
            FigureCanvasAgg(figure)
        show_figures()
        return figure

    def save(self, path: str | Path, dpi: int = 300, layout: str = "wide") -> Path:
        """The place of the picture as a file, by its ending: .svg and .pdf are drawn in lines, .png has `dpi` dots an inch.

        Without the title, for a caption; with it above: `figure.suptitle(chart.title, y=1.02)`, then
        `figure.savefig(path, bbox_inches="tight")`.

        Raises
        ------
        UnknownName
            If the ending is another.
        ReportError
            If the file cannot be written.
        """
        kind, place = Path(path).suffix.lower().lstrip("."), Path(path)
        if kind not in FILES:
            raise unknown(kind or place.name, FILES, "save")
        if kind == "svg":
            raw = draw(layout, self._paint()).encode()
        else:
            out, figure = io.BytesIO(), self.figure(layout)
            with sealed(rc(layout)):
                figure.savefig(out, format=kind, dpi=dpi, facecolor="white", metadata=UNDATED[kind])
            raw = out.getvalue()
        try:
            put(place, raw)
        except NotWritable as error:
            raise refusal(ReportError, [issue(place.name, "", "not_writable", "error", error, "", "make_room")]) from error
        return place

    def draw(self, ax: Axes) -> Axes:
        """Draw the chart into axes of one's own, and return them: its marks stand in the axes' data, what it writes beside them too.

        The layout is the phone's below five inches. Room for labels at the left and right is the caller's, as for any bars with names:
        `layout="constrained"` of the figure finds it. The height that all rows need is that of `figure()`.

        Raises
        ------
        EvaluationError
            If the chart has no picture, or is several panels.
        """
        paint, figure = self._paint(), ax.get_figure(root=True)
        wide = ax.get_window_extent().width / figure.dpi >= NARROW  # type: ignore[union-attr]
        layout = "wide" if wide else "phone"
        with sealed(rc(layout)), lent(ax):
            paint(layout)
        return ax

    def _paint(self) -> Callable[[str], Figure]:
        if self.paint is None:
            why = "it is a table" if self.body else "there is nothing to draw"
            raise EvaluationError(f"The chart {self.name} has no picture: {why}.", "Its rows are chart.rows.")
        return self.paint


def _field(name: str, header: str, values: pd.Series, w: Words) -> Field:
    """How one column of the rows is written: numbers with one count of decimals, names in words, missing as a dash."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return Field(name, header, lambda v: _word(name, v, w))
    seen = values.dropna()
    whole = all(float(v).is_integer() for v in seen)
    digits = 0 if whole else 1 if seen.abs().max() >= 10 else 3
    return Field(name, header, lambda v: w.cell(name, v, digits), True)


def _word(name: str, value, w: Words) -> str:
    if isinstance(value, bool | np.bool_):
        return w("chart.yes" if value else "chart.no")
    if value is None or value == "" or (isinstance(value, float) and pd.isna(value)):
        return "\u2013"
    if name in ("round", "previous"):
        return w.round(value) if re.fullmatch(r"20\d\d-(S[12]|Q[1-4])", str(value)) else str(value)
    key = f"{name}.{value}"
    return w(key) if name in ("direction", "state") and w.has(key) else str(value)


def draw(layout: str, paint: Callable[[str], Figure]) -> str:
    """Paint a figure and save it as SVG, both inside the layout's settings, so that the same input gives the same bytes."""
    with sealed(rc(layout)), without_gc():
        figure = paint(layout)
        figure.set_facecolor("white")
        return svg(figure)


@contextmanager
def without_gc():
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
    return {"wide": draw("wide", paint), "phone": draw("phone", paint), "paint": paint} if _painting.get() else {"paint": paint}


@contextmanager
def unpainted():
    """No pictures meanwhile, where only what charts say is asked for."""
    before = _painting.set(False)
    try:
        yield
    finally:
        _painting.reset(before)


def png(chart: Chart, dpi: int = 300) -> bytes:
    """The wide layout as a PNG for slides and documents, the same bytes each time."""
    out, figure = io.BytesIO(), chart.figure()
    with sealed(rc("wide")):
        figure.savefig(out, format="png", dpi=dpi, metadata=UNDATED["png"], facecolor="white")
    return out.getvalue()
