"""The pages of the book that are made of the code: docs/api.md, docs/columns.md, docs/forms.md with its pictures.

`python .ci/reference.py` writes them anew; tests/test_reference.py asks whether they are of today.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import scevaluation as sc
from scevaluation.draw.chart import Chart
from scevaluation.draw.embed import embedded
from scevaluation.errors import EvaluationError
from scevaluation.frames import TABLES
from scevaluation.frames.analysis import APART
from scevaluation.report.own import ADDED
from scevaluation.round import Round

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOTE = "This page is made of the code by `python .ci/reference.py`; a test asks whether it is of today."
ANSWERS = ("of", "from_frames", "tidy", "item_history", "drivers", "owed", "to_excel", "to_parquet", "value", "earlier")
FACES = ("report", "sector", "agenda", "brief", "comparison", "methods")
CHART = ("figure", "save", "draw", "figure_html")
SHOWN = ("contoh", "2024-S2")  # the round whose forms are pictured


def signature(value) -> str:
    """Names of what a function takes, with defaults; types stand in its docstring."""
    if not callable(value):
        return ""
    found = inspect.signature(value)
    kept = [p.replace(annotation=p.empty) for n, p in found.parameters.items() if n not in ("self", "cls")]
    return str(found.replace(parameters=kept, return_annotation=found.empty))


def entry(name: str, value, level: int = 3) -> list[str]:
    """A heading, the first line of the docstring, and the rest of it as it stands."""
    first, _, rest = (inspect.getdoc(value) or "").partition("\n")
    shown = signature(value) if not inspect.isclass(value) else ""
    out = [f"{'#' * level} {name}", "", f"`{name}{shown}`" if shown else "", "" if shown else None, first, ""]
    out = [line for line in out if line is not None]
    return [*out, *(["```text", rest.strip("\n"), "```", ""] if rest.strip() else [])]


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def table(head: tuple[str, ...], rows) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(map(cell, r)) + " |" for r in rows), ""]


def first_line(value) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0]


def api() -> str:
    """The public names, with what Tab shows of a round, a chart and the steps of an index."""
    lines = ["# Reference", "", NOTE, "", "```text", "import scevaluation as sc", "```", "", "## sc", ""]
    for name in sorted(n for n in sc.__all__ if n != "__version__"):
        value = getattr(sc, name)
        if inspect.ismodule(value):
            lines += [f"### sc.{name}", "", first_line(value), ""]
        else:
            lines += entry(f"sc.{name}", value)
    lines += ["## Round", "", "`r = sc.evaluate_round(...)` gives one.", "", "### Tables", ""]
    lines += ["What the columns mean stands in each table's `attrs` and on the page [Columns](columns.md).", ""]
    tables = [n for n in Round.table_names(Round) if n.upper() in TABLES]  # type: ignore[arg-type]
    lines += table(("table", "a row for each"), [(f"`r.{n}`", " ".join(TABLES[n.upper()].key)) for n in tables])
    for name in ANSWERS:
        lines += entry(f"Round.{name}", getattr(Round, name))
    lines += ["### Other reports of the same round", ""]
    lines += table(("call", "gives"), [(f"`r.{n}{signature(getattr(Round, n))}`", first_line(getattr(Round, n))) for n in FACES])
    lines += ["### Forms", "", "In the order of the report; each with its picture on the page [Forms](forms.md).", ""]
    forms = [(n, getattr(Round, n)) for n in Round.form_names()]
    lines += table(("call", "shows"), [(f"`r.{n}{signature(f)}`", first_line(f)) for n, f in forms])
    lines += ["## Chart", "", "What a form that draws gives; as a cell's last value it shows itself.", ""]
    for name in CHART:
        lines += entry(f"Chart.{name}", getattr(Chart, name))
    lines += ["## Steps of an index", "", first_line(sc.methods), ""]
    for name in sc.methods.__all__:
        lines += entry(f"sc.methods.{name}", getattr(sc.methods, name))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def columns() -> str:
    """Every table with its key and the meaning of each column."""
    lines = ["# Columns", "", NOTE, "", "Every table that is computed or read, by its name; `r.index` is INDEX, and so on.", ""]
    lines += ["## What tidy adds", "", *table(("column", "meaning"), [(f"`{c}`", m) for c, m in ADDED.items()])]
    lines += ["## Why two rounds are not comparable", "", "`reason` of COMPARED, as `sc.compare` gives it.", ""]
    lines += table(("reason", "meaning"), [(f"`{why}`" if why else "''", meaning) for why, meaning in APART.items()])
    for name, one in sorted(TABLES.items()):
        lines += [f"## {name}", "", "A row for each " + ", ".join(f"`{k}`" for k in one.key) + ".", ""]
        rows = [(f"`{c}`", _kind(k), k.meaning) for c, k in one.columns.items()]
        lines += table(("column", "type", "meaning"), rows)
    return "\n".join(lines).rstrip() + "\n"


def _kind(column) -> str:
    values = ", ".join(v or repr(v) for v in column.within) if column.within else ""
    return column.dtype + (", may be missing" if column.nullable else "") + (f": {values}" if values else "")


def pictured(r: Round) -> dict[str, Chart]:
    """Charts of a round that have a picture, by their form."""
    out = {}
    for name in r.form_names():
        found = getattr(r, name)
        if all(p.default is not p.empty for p in inspect.signature(found).parameters.values()):
            chart = found()
            if isinstance(chart, Chart) and chart.paint is not None:
                out[name] = chart
    return out


def one_axes(chart: Chart) -> bool:
    """Whether a chart can be drawn into axes of one's own."""
    figure = Figure(figsize=(12, 5))
    FigureCanvasAgg(figure)
    try:
        chart.draw(figure.add_subplot())
    except EvaluationError:
        return False
    return True


def forms(charts: dict[str, Chart]) -> str:
    """A gallery of forms, each with the code that makes it, and which of them can be drawn into axes of one's own."""
    lines = ["# Forms", "", NOTE, "", "The charts of a round, each with the line that makes it. The data are made up.", ""]
    lines += ["```text", "import scevaluation as sc", f'r = sc.evaluate_round("{SHOWN[0]}", "{SHOWN[1]}", lang="en")', "```", ""]
    apart = {name: f"`{name}`" for name in charts}
    alone = [apart.pop(name) for name, chart in charts.items() if one_axes(chart)]
    lines += [f"Can be drawn into axes of one's own, as `r.waterfall().draw(ax)`: {', '.join(alone)}."]
    lines += [f"Are several panels, and drawn whole, as `r.history().figure()`: {', '.join(apart.values())}.", ""]
    for name, chart in charts.items():
        lines += [f"## r.{name}()", "", f"{chart.title}.", "", f"![{chart.alt}](images/forms/{name}.svg)", ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    charts = pictured(sc.evaluate_round(*SHOWN, lang="en"))
    pages = {"api": api(), "columns": columns(), "forms": forms(charts)}
    for name, text in pages.items():
        (DOCS / f"{name}.md").write_text(text, "utf-8")
    (DOCS / "images" / "forms").mkdir(exist_ok=True)
    for name, chart in charts.items():
        (DOCS / "images" / "forms" / f"{name}.svg").write_text(embedded(chart.wide), "utf-8")
    print("\n".join(f"docs/{n}.md" for n in pages))


if __name__ == "__main__":
    sys.exit(main())
