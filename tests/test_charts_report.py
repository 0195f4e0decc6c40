"""Charts as the reports of the programmes show them: names whole, texts within the picture and apart, no small letters."""

import math
import re
from dataclasses import dataclass
from itertools import combinations

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from scevaluation.draw import chart as charting
from scevaluation.draw.chart import Chart
from scevaluation.draw.style import SMALLEST, rc
from scevaluation.press.jobs import KINDS, Job
from scevaluation.press.notebook import run_notebook
from scevaluation.words import LANGUAGES, MARKS, Words, rounded

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
LEAST = {"wide": SMALLEST, "phone": 11 * 72 / 96}  # points: 11 pixels on a phone, which shows a picture as large as it is
EVERY = [
    Job(name, round_name, lang, kind)
    for name, round_name, kinds in (
        ("contoh", "2017-S2", ("round",)),
        ("contoh", "2020-S2", ("round",)),
        ("contoh", "2024-S2", ("agencies", "handover", "skm", "compare")),
        ("contoh-mentah", "2024", ("round", "handover", "methods")),
        ("contoh-spbe", "2025", ("round", "agencies", "handover", "methods", "skm", "compare")),
        ("mimika", "2023-S2", ("agencies", "handover", "methods")),
        ("wilayah-33-72", "2023-S2", ("round",)),
        ("nasional", "2023-S2", ("national",)),
    )
    for kind in kinds
    for lang in LANGUAGES
]  # what the quick suite does not draw
JOBS = (
    Job("contoh", "2024-S2"),
    Job("contoh", "2024-S2", "id", "sector", "public_services"),
    Job("contoh", "2024-S2", "en", "methods"),
    Job("mimika", "2023-S2", "en"),
    Job("kab-malang", "2023-S2"),
    Job("nasional", "2022-S2", "en", "national"),
    *(pytest.param(job, marks=pytest.mark.long) for job in EVERY),
)


WRITTEN: list[tuple[float, int, str]] = []  # every number that was written: value, decimals, text


@pytest.fixture(scope="module", autouse=True)
def _recorded():
    plain = Words.num

    def num(self, value, digits=1, sign=False):
        text = plain(self, value, digits, sign)
        if value is not None and math.isfinite(value):
            WRITTEN.append((abs(float(value)), digits, text.lstrip("+\u2212")))
        return text

    Words.num = num
    yield
    Words.num = plain


@pytest.fixture(scope="module", params=JOBS, ids=str)
def charts(request):
    """Every chart of a report, painted once in each layout."""
    WRITTEN.clear()
    plain, charting.draw = charting.draw, lambda layout, paint: PICTURE
    try:
        run_notebook(KINDS[request.param.kind].notebook, request.param.parameters)
    finally:
        charting.draw = plain
    from scevaluation.press.kernels import InProcessEngine  # papermill, imported by now, is what imports it first

    shown = [c for v in InProcessEngine.shown for c in getattr(v, "charts", (v,))]
    return [(c, {layout: drawn(c, layout) for layout in LEAST}) for c in shown if isinstance(c, Chart) and c.paint]


@dataclass(frozen=True)
class Drawn:
    """A painted picture: the figure's frame, every text with its box, and every number that was written for it."""

    frame: object
    texts: list[tuple[Text, object]]
    numbers: set[tuple[float, int, str]]


def drawn(chart: Chart, layout: str) -> Drawn:
    before = len(WRITTEN)
    with matplotlib.rc_context(rc(layout)):
        figure = chart.paint(layout)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        hidden = [t for ax in figure.axes if not ax.axison for t in (ax.xaxis.label, ax.yaxis.label)]
        texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in hidden]
        return Drawn(figure.bbox, [(t, Text.get_window_extent(t, renderer)) for t in texts], set(WRITTEN[before:]))


def _contradicted(said: str, lang: str, drawn: set[tuple[float, int, str]]) -> list[tuple[str, str]]:
    """Numbers of a text that a picture writes with fewer decimals and as what the text's own number does not round to."""
    decimal, thousand = MARKS[lang]
    found = []
    for text in re.findall(r"(?<![\w.,])\d+(?:[.,]\d+)+", said):
        number = text.replace(thousand, "").replace(decimal, ".")
        digits = len(number.partition(".")[2])
        same = [d for d in drawn if d[1] < digits and rounded(d[0], digits) == float(number)]
        found += [(text, written) for _, fewer, written in same if written != Words(lang).num(float(number), fewer)]
    return found


@pytest.mark.parametrize("layout", LEAST)
def test_no_title_note_or_alternative_text_contradicts_its_picture_by_rounding(charts, layout):
    for chart, pictures in charts:
        for text in (chart.title, chart.alt, chart.words.text(chart.note)):
            assert _contradicted(text, chart.words.lang, pictures[layout].numbers) == [], (chart.name, text)


def test_one_number_is_written_in_one_way_in_a_whole_report(charts):
    texts: dict[tuple[float, int, str], set[str]] = {}
    for value, digits, text in WRITTEN:
        texts.setdefault((round(value, 8), digits, charts[0][0].words.lang), set()).add(text)
    assert len(texts) > 10 and [t for t in texts.values() if len(t) > 1] == []


def test_a_contradiction_is_found():
    drawn = {(55.46, 0, "55"), (2.5549, 2, "2,55"), (31.15, 1, "31,1")}
    assert _contradicted("55,5 dan 31,15, lalu 2,5549", "id", drawn) == [("55,5", "55"), ("31,15", "31,1")]


@pytest.mark.parametrize("layout", LEAST)
def test_names_are_whole_and_texts_large_enough_within_the_picture_and_apart(charts, layout):
    assert charts
    for chart, pictures in charts:
        frame, texts = pictures[layout].frame, pictures[layout].texts
        for text, box in texts:
            said = chart.name, text.get_text()
            assert not text.get_text().endswith("\u2026"), said
            assert text.get_fontsize() >= LEAST[layout] - 0.01, said
            assert box.x0 >= -1 and box.x1 <= frame.width + 1 and box.y0 >= -2 and box.y1 <= frame.height + 2, said
        for (a, one), (b, other) in combinations(((t, box) for t, box in texts if not t.get_rotation()), 2):
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            down = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert across <= 1 or down <= 0.25 * min(one.height, other.height), (chart.name, a.get_text(), b.get_text())
