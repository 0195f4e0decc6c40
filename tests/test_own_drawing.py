"""Charts as figures, files and in axes of one's own; settings, palettes and bands for drawings of one's own."""

import base64
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date

import matplotlib.pyplot as plt
import nbformat
import nbformat.v4 as v4
import numpy as np
import pytest
from book import ROOT
from evaluated import face
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from nbconvert import HTMLExporter, MarkdownExporter
from nbconvert.preprocessors import ExecutePreprocessor
from traitlets.config import Config

import scevaluation as sc
from scevaluation import card
from scevaluation.draw import chart as drawing
from scevaluation.errors import EvaluationError, UnknownName

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def contoh():
    return face("contoh", "2024-S2", "en")


@pytest.fixture(autouse=True)
def clean():
    with plt.rc_context():
        yield
    plt.close("all")


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_two_charts_stand_in_two_given_axes(contoh):
    figure, (left, right) = plt.subplots(1, 2, figsize=(14, 5))
    assert contoh.waterfall().draw(left) is left
    contoh.heatmap().draw(right)
    assert figure.axes == [left, right] and type(left) is type(figure.add_subplot())
    whole = contoh.waterfall().figure().axes[0]
    assert len(left.patches) == len(whole.patches) > 5 and left.get_xlim() == pytest.approx(whole.get_xlim(), rel=0.3)
    assert "Infrastructure" in texts(left) and any("Infrastructure" in t for t in texts(right))
    left.axvline(0.5)
    left.text(0, 0, "$x$")  # again matplotlib's own axes
    figure.canvas.draw()


def test_narrow_axes_are_drawn_as_on_a_phone(contoh):
    _, (left, right) = plt.subplots(1, 2, figsize=(7, 5))
    contoh.waterfall().draw(left)
    figure = plt.figure(figsize=(16, 5))
    contoh.waterfall().draw(figure.subfigures(1, 2)[0].add_subplot())
    assert len(left.patches) and not right.patches


def test_panels_and_tables_say_why_they_have_no_room_in_one_axes(contoh):
    with pytest.raises(EvaluationError, match=r"several panels.*chart\.figure"):
        contoh.history().draw(plt.subplots()[1])
    with pytest.raises(EvaluationError, match="it is a table"):
        contoh.scorecard().draw(plt.subplots()[1])
    empty = face("mimika", "2023-S2").waterfall()
    with pytest.raises(EvaluationError, match="nothing to draw"):
        empty.figure()


def test_a_figure_is_matplotlibs_and_of_the_layout_asked_for(contoh):
    wide, phone = contoh.history().figure(), contoh.history().figure("phone")
    assert len(wide.axes) > 1 and wide.get_figwidth() > phone.get_figwidth()
    with pytest.raises(UnknownName, match="fone is none of: phone"):
        contoh.history().figure("fone")


def test_a_chart_is_saved_by_the_ending_of_its_name(contoh, tmp_path):
    chart = contoh.waterfall()
    starts = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}
    for kind, start in starts.items():
        raw = chart.save(tmp_path / f"w.{kind}").read_bytes()
        assert raw.startswith(start) and raw == chart.save(tmp_path / f"v.{kind}").read_bytes()
    for name in ("w.jpg", "w"):
        with pytest.raises(UnknownName, match="png"):
            chart.save(tmp_path / name)
    assert chart.save(tmp_path / "u.svg").read_text("utf-8") == chart.wide


def test_settings_of_the_user_do_not_reach_a_saved_chart(contoh, tmp_path):
    plain = contoh.waterfall().save(tmp_path / "a.png").read_bytes()
    plt.rcParams.update({"font.size": 30, "savefig.bbox": "tight", "axes.facecolor": "red"})
    assert contoh.waterfall().save(tmp_path / "b.png").read_bytes() == plain


def test_a_picture_goes_along_in_a_kernel_and_in_no_batch(contoh, monkeypatch):
    chart = contoh.waterfall()
    assert not card.answering() and "image/png" not in chart._repr_mimebundle_()
    monkeypatch.setattr(drawing, "answering", lambda: True)
    data, about = chart._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG") and about["image/png"]["alt"] == chart.alt
    assert "image/png" not in contoh.scorecard()._repr_mimebundle_()


@pytest.fixture(scope="module")
def cells(contoh):
    """A notebook as a kernel stores it: two charts and a table of numbers."""
    shown = [contoh.waterfall(), contoh.heatmap()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "answering", lambda: True)
        bundles = [chart._repr_mimebundle_() for chart in shown]
    outputs = [v4.new_output("display_data", data=data, metadata=about) for data, about in bundles]
    rows = contoh.tidy("change").head(3)
    outputs.append(v4.new_output("display_data", data={"text/html": rows._repr_html_(), "text/plain": repr(rows)}))
    return v4.new_notebook(cells=[v4.new_code_cell("", outputs=[o]) for o in outputs])


def _document(given, kind, to):
    """Names of the pictures, and the tables, of the document that pandoc makes of a text."""
    subprocess.run(["pandoc", "-f", kind, "-o", str(to)], input=given, text=True, check=True, cwd=to.parent)
    with zipfile.ZipFile(to) as document:
        pictures = [n for n in document.namelist() if n.startswith("word/media/")]
        return pictures, document.read("word/document.xml").decode().count("<w:tbl>")


def _said(page):
    """The command of the page's that makes an HTML page with pictures first: its display_data_priority."""
    return json.loads(re.search(r"--to html --NbConvertBase.display_data_priority='(.*?)'", page.read_text("utf-8"))[1])


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is needed")
def test_charts_reach_a_document_by_the_ways_that_the_page_shows(cells, tmp_path):
    pictures, tables = _document(nbformat.writes(cells), "ipynb", tmp_path / "a.docx")
    assert [p[-4:] for p in pictures] == [".png", ".png"] and tables == 0
    order = _said(DOCS / "analysis.md")
    assert order == _said(DOCS / "id" / "analysis.md")
    page, _ = HTMLExporter(config=Config({"NbConvertBase": {"display_data_priority": order}})).from_notebook_node(cells)
    pictures, tables = _document(page, "html", tmp_path / "b.docx")
    assert [p[-4:] for p in pictures] == [".png", ".png"] and tables == 1


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is needed")
def test_markdown_alone_loses_them_as_the_page_says(cells, tmp_path):
    text, _ = MarkdownExporter().from_notebook_node(cells)
    assert _document(text, "markdown", tmp_path / "c.docx") == ([], 0)


# drawings of one's own


def test_the_theme_is_the_reports_for_seaborn_too():
    sc.theme()
    ask = "import seaborn, scevaluation as sc; sc.theme(); print(seaborn.color_palette().as_hex()[0])"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert said.strip().upper() == sc.palette()["infrastructure"]
    assert plt.rcParams["font.family"][0] == "Source Sans Pro" and not plt.subplots()[1].spines["top"].get_visible()


def test_palettes_name_their_colours_in_the_language_asked_for():
    assert set(sc.palette()) == {"infrastructure", "public_services", "education", "health", "environment"}
    assert sc.palette("sectors", "en")["Health"] == sc.palette("sectors", "id")["Kesehatan"] == sc.palette()["health"]
    found = sc.palette("directions")
    assert found["improving"] == found["likely_improving"] != found["declining"] and len(set(sc.palette().values())) == 5
    with pytest.raises(UnknownName, match="sectors"):
        sc.palette("sector")
    with pytest.raises(UnknownName, match="helth is none of: health"):
        sc.palette()["helth"]


def _spans(ax):
    return {(round(p.get_x()), round(p.get_x() + p.get_width())): to_hex(p.get_facecolor()) for p in ax.patches}


def test_bands_stand_where_cycles_and_events_do(contoh):
    rows = contoh.tidy("index").query("node == 'index'")
    _, ax = plt.subplots()
    ax.plot(rows["date"], rows["value100"])
    low, high = ax.get_xlim()
    sc.bands(ax, contoh, "en")
    assert ax.get_xlim() == (low, high)
    cycle = contoh.programme.cycles[0]
    assert (round(date2num(date(2018, 1, 1))), round(date2num(date(2022, 12, 31)))) in _spans(ax) and cycle.start == "2018-S1"
    assert {"Cycle I", "Pandemic", "Election"} <= set(texts(ax))
    assert max(p.get_zorder() for p in ax.patches) < 0, "behind what is drawn"


def test_bands_know_years_and_refuse_what_is_no_time(contoh):
    _, ax = plt.subplots()
    ax.plot([2019.25, 2024.75], [1, 2])
    sc.bands(ax, "contoh", kinds=["election"])
    assert all(2018 < p.get_x() < 2025 for p in ax.patches) and len(ax.patches) >= 2
    with pytest.raises(EvaluationError, match="no time"):
        sc.bands(plt.subplots()[1], contoh)
    with pytest.raises(UnknownName, match="pandemic"):
        sc.bands(ax, contoh, kinds=["pandemc"])
    assert np.isfinite(ax.get_xlim()).all()


def _apart(ax):
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.texts]
    return not any(one.overlaps(other) for n, one in enumerate(boxes) for other in boxes[:n])


def test_events_of_a_day_are_seen_and_names_do_not_meet(contoh):
    _, ax = plt.subplots(figsize=(8, 4))
    ax.plot([2017.25, 2024.75], [1, 2])
    sc.bands(ax, contoh, "en", kinds=["pandemic", "election", "leadership", "plan"])
    brief = [p for p in ax.patches if p.get_width() < 0.05]
    assert brief and all(p.get_linewidth() > 0 for p in brief) and _apart(ax)
    _, bare = plt.subplots()
    bare.plot([2017.25, 2024.75], [1, 2])
    sc.bands(bare, contoh, kinds="pandemic", labels=False)
    assert not bare.texts and len([p for p in bare.patches if 1 < p.get_width() < 3]) >= 1


def test_names_of_bands_keep_off_the_titles_of_panels(contoh):
    figure, axes = plt.subplots(1, 2, figsize=(9, 3))
    for ax in axes:
        ax.plot([2017.25, 2024.75], [1, 2])
        sc.bands(ax, contoh, "en")
        ax.set_title("A panel")
    figure.canvas.draw()
    for ax in axes:
        assert not any(t.get_window_extent().overlaps(ax.title.get_window_extent()) for t in ax.texts)


def test_a_figure_shows_itself_in_a_kernel_and_errors_are_short(tmp_path):
    first = "import scevaluation as sc\nr = sc.evaluate_round('contoh', '2024-S2', lang='en')\nr.waterfall().figure()"
    cells = [first, "r.drivers('helth')"]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nb = v4.new_notebook(cells=[v4.new_code_cell(c) for c in cells], metadata=about)
    ExecutePreprocessor(timeout=120, allow_errors=True).preprocess(nb)
    assert any("image/png" in o.get("data", {}) for o in nb.cells[0].outputs)
    (error,) = nb.cells[1].outputs
    assert error.ename == "UnknownName" and "health" in error.traceback[-1]
    assert "r.drivers('helth')" in "".join(error.traceback) and "questions.py" not in "".join(error.traceback)
