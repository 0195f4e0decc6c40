"""The pages of the book that are made of the code are those of today, and name all that Tab shows."""

import importlib.util
import re
from pathlib import Path

import pytest

import scevaluation as sc
from scevaluation.draw.chart import Chart
from scevaluation.frames import TABLES
from scevaluation.round import Round

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
INHERITED = {n for n in dir(sc.evaluate_nation) if n.startswith("_")}
PLAIN = {"data", "judged", "plan", "words", "table_names", "form_names", "masthead", "contents", "chapter", "absent", "numbers"}


@pytest.fixture(scope="module")
def made():
    spec = importlib.util.spec_from_file_location("reference", ROOT / ".ci" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def text():
    return (DOCS / "api.md").read_text("utf-8")


@pytest.mark.parametrize("page", ["api", "columns"])
def test_a_page_is_what_the_code_makes_today(made, page):
    assert (DOCS / f"{page}.md").read_text("utf-8") == getattr(made, page)(), "run python .ci/reference.py"


def test_the_gallery_shows_every_chart_of_the_round_with_its_code(made):
    charts = made.pictured(sc.evaluate_round(*made.SHOWN, lang="en"))
    assert (DOCS / "forms.md").read_text("utf-8") == made.forms(charts), "run python .ci/reference.py"
    assert {p.stem for p in (DOCS / "images" / "forms").glob("*.svg")} == set(charts) and len(charts) > 8


def test_every_public_name_is_in_the_reference(text):
    assert set(re.findall(r"^### sc\.(\w+)$", text, re.MULTILINE)) == set(dir(sc)) - {"__version__"}
    assert set(re.findall(r"^### sc\.methods\.(\w+)$", text, re.MULTILINE)) == set(dir(sc.methods))


def test_what_tab_shows_of_a_round_and_a_chart_is_in_the_reference(text):
    named = set(re.findall(r"(?:`r\.|^### Round\.)(\w+)", text, re.MULTILINE))
    own = {n for c in (Round, *Round.__mro__[1:2]) for n, v in vars(c).items() if not n.startswith("_")}
    assert own - named - PLAIN - {"plan"} == set()
    methods = {n for n, v in vars(Chart).items() if callable(v) and not n.startswith("_") and n != "paint"}
    assert set(re.findall(r"^### Chart\.(\w+)$", text, re.MULTILINE)) == methods


def test_everything_public_says_what_it_returns():
    for name in dir(sc):
        assert name == "__version__" or getattr(sc, name).__doc__, name
    assert all(column.meaning for one in TABLES.values() for column in one.columns.values())


def test_the_book_has_no_search_that_a_file_cannot_do():
    assert re.search(r"^plugins: \[\]$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
