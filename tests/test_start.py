"""Where one starts: links that lead somewhere, the programmes there are, copies in a workspace."""

import json
import re
from types import SimpleNamespace

import nbformat
import pytest

from scevaluation.desk import start
from scevaluation.errors import WorkspaceError
from scevaluation.place import HOUSE, LAYERS, NOTEBOOKS
from scevaluation.press.notebook import parameters_of
from scevaluation.words import LANGUAGES, Words


def _table():
    cells = json.loads((NOTEBOOKS / start.START).read_text("utf-8"))["cells"]
    return next("".join(c["source"]) for c in cells if "| Parameter |" in "".join(c["source"]))


def test_every_notebook_is_a_click_in_both_languages_with_the_parameters_it_has():
    rows = re.findall(r"^\| \[[^]]+\]\((\w+)\.ipynb\) \| \[[^]]+\]\((\w+)\.ipynb\) \| (.*) \|$", _table(), re.MULTILINE)
    assert all(a == b for a, b, _ in rows)
    there = {p.stem for p in NOTEBOOKS.glob("*.ipynb")} - {"START"}
    assert {a for a, _, _ in rows} == there
    for name, _, said in rows:
        if name in there:
            assert re.findall(r"`(\w+)`", said) == list(parameters_of(nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4))), name


def test_the_programmes_there_are_with_those_that_cannot_be_read(tmp_path, monkeypatch):
    (tmp_path / "programmes" / "rusak").mkdir(parents=True)
    (tmp_path / "programmes" / "rusak" / "programme.yaml").write_text("id: [", "utf-8")
    monkeypatch.setitem(LAYERS, "data", (tmp_path, *LAYERS["data"]))
    part = start.found(Words("en"))
    lines = dict(line.split(": ", 1) for line in part.text.splitlines())
    assert lines["contoh"] == "15 rounds, 2017-I to 2024-II" and lines["mimika"] == "1 round, 2023-II"
    assert "programme.yaml" in lines["rusak"] and "<td" in part.html and "2024-S2" in part.html
    assert re.search(r"rusak.*?\bown\b", part.html) and "shipped" in part.html


def test_in_the_clone_the_start_notebook_is_its_own():
    assert start.laid_out(HOUSE) == NOTEBOOKS / "START.ipynb"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A package with two notebooks, and a workspace; takes the text of one of them."""
    (tmp_path / "package" / "notebooks").mkdir(parents=True)
    monkeypatch.setattr(start, "SHIPPED", tmp_path / "package")

    def write(text):
        for name in ("START", "2_round_report"):
            cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None, "id": "a"}
            book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            (tmp_path / "package" / "notebooks" / f"{name}.ipynb").write_text(json.dumps(book), "utf-8")

    return SimpleNamespace(write=write, root=tmp_path / "w", copy=tmp_path / "w" / "lab" / "2_round_report.ipynb")


def _source(path):
    return "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])


def test_a_copy_that_was_only_run_gives_way_to_a_newer_one_and_a_changed_one_stays(shipped):
    shipped.write("1")
    assert start.laid_out(shipped.root) == shipped.root / "lab" / "START.ipynb" and _source(shipped.copy) == "1"
    book = json.loads(shipped.copy.read_text("utf-8"))
    book["cells"][0] |= {"execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]}
    shipped.copy.write_text(json.dumps(book), "utf-8")
    shipped.write("2")
    start.laid_out(shipped.root)
    assert _source(shipped.copy) == "2"
    shipped.copy.write_text(shipped.copy.read_text("utf-8").replace('"2"', '"own"'), "utf-8")
    shipped.write("3")
    start.laid_out(shipped.root)
    assert _source(shipped.copy) == "own" and _source(shipped.root / "lab" / "START.ipynb") == "3"
    shipped.copy.write_text("{", "utf-8")
    start.laid_out(shipped.root)
    assert shipped.copy.read_text("utf-8") == "{"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_copies_speak_the_language_of_the_workspace(tmp_path, lang):
    start.laid_out(tmp_path, lang)
    w = Words(lang)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        shipped, copy = (nbformat.read(p, 4) for p in (path, tmp_path / "lab" / path.name))
        assert len(copy.cells) == len(shipped.cells)
        for was, now in zip(shipped.cells, copy.cells, strict=True):
            if was.cell_type == "markdown":
                assert now.source == w(f"prose.{was.id.partition('-')[0]}").rstrip(), path.name
            elif "parameters" in was.metadata.get("tags", ()):
                assert f'lang = "{lang}"' in now.source.splitlines(), path.name
            else:
                assert now.source == was.source


def test_a_place_that_cannot_be_written_is_said(shipped):
    shipped.write("1")
    shipped.root.mkdir()
    (shipped.root / "lab").write_text("a file", "utf-8")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        start.laid_out(shipped.root)


def test_the_lab_is_started_in_the_workspace_on_that_notebook(shipped, monkeypatch):
    shipped.write("1")
    asked = []
    monkeypatch.setattr(start, "WORKSPACE", shipped.root)
    monkeypatch.setattr(start.subprocess, "call", lambda call, **more: asked.append((call, more)) or 3)
    assert start.opened(["--no-browser"]) == 3
    call, more = asked[0]
    assert call[1:3] == ["-m", "jupyterlab"] and call[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={shipped.root}" in call and "--LabApp.default_url=/lab/tree/lab/START.ipynb" in call
    assert more["cwd"] == shipped.root and more["env"]["SCEVALUATION_WORKSPACE"] == str(shipped.root)
