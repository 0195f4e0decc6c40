"""Every notebook is thin, clean, stores its anchors, and runs."""

import ast
import json
import re
import subprocess
import sys

import pytest

from scevaluation.draw import chart
from scevaluation.place import NOTEBOOKS
from scevaluation.press.notebook import execute, parameters_of

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
ANCHOR = "nbval-check-output"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'


LINES = {"10_own_analysis": 8}  # of a cell at most; the cookbook's are what a reader takes away, all others call one form


@pytest.fixture(params=PATHS, ids=lambda p: p.stem)
def path(request):
    return request.param


@pytest.fixture
def cells(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def _code(cells):
    return [(c, "".join(c["source"])) for c in cells if c["cell_type"] == "code"]


def test_there_are_notebooks():
    assert {"0_bring_the_past", "1_check_round", "2_round_report", "10_own_analysis"} <= {p.stem for p in PATHS}


def test_a_cell_is_at_most_three_lines_without_logic(path, cells):
    for cell, source in _code(cells):
        if "parameters" in cell["metadata"].get("tags", ()):
            continue
        assert len([line for line in source.splitlines() if line.strip()]) <= LINES.get(path.stem, 3), source
        banned = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Lambda, ast.ListComp, ast.Try)
        assert not any(isinstance(n, banned) for n in ast.walk(ast.parse(source))), source


def test_the_parameters_are_one_cell_of_literals(cells):
    tagged = [source for cell, source in _code(cells) if "parameters" in cell["metadata"].get("tags", ())]
    assert len(tagged) == 1
    for statement in ast.parse(tagged[0]).body:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def test_anchors_are_stored_and_nothing_else_is(cells):
    anchors = [c for c in cells if ANCHOR in c["metadata"].get("tags", ())]
    assert 3 <= len(anchors) <= 5
    for cell in anchors:
        text = "".join("".join(o.get("text", "")) for o in cell["outputs"])
        assert re.search(r"\d", text), "an anchor without a stored figure checks nothing"
    assert all(not c["outputs"] for c in cells if c["cell_type"] == "code" and c not in anchors)


def test_a_sentence_stands_before_the_code_of_each_question(cells):
    assert cells[0]["cell_type"] == "markdown" and "".join(cells[0]["source"]).startswith("# ")
    assert sum(c["cell_type"] == "markdown" for c in cells) >= 4


def test_no_machine_stands_in_the_metadata():
    for path in PATHS:
        data = json.loads(path.read_text("utf-8"))
        assert set(data["metadata"]) <= {"kernelspec", "language_info"}
        assert data["metadata"].get("language_info", {}).keys() <= {"name"}


def test_parameters_of_refuses_more_than_literals():
    import nbformat.v4 as v4

    from scevaluation.errors import ReportError

    bad = v4.new_notebook(cells=[v4.new_code_cell("import os\nx = 1", metadata={"tags": ["parameters"]})])
    with pytest.raises(ReportError, match="more than assignments"):
        parameters_of(bad)


def test_it_runs_and_reproduces_its_anchors(path, cells, monkeypatch):
    monkeypatch.setattr(chart, "draw", lambda layout, paint: PICTURE)  # other tests look at what is painted
    done = execute(str(path), {}, "inprocess").cells
    said = ["".join(o.get("text", "") for o in c["outputs"]) for c in done if ANCHOR in c.metadata.get("tags", ())]
    stored = ["".join("".join(o.get("text", "")) for o in c["outputs"]) for c in cells if ANCHOR in c["metadata"].get("tags", ())]
    assert len(done) == len(cells) and said == stored


@pytest.mark.long
@pytest.mark.parametrize("half", [0, 1])
def test_nbval_reproduces_the_anchors_in_a_kernel_of_each_notebook(half):
    options = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", "-q", "-W", "default"]
    options += [p.name for p in PATHS[half::2]]
    run = subprocess.run([sys.executable, "-m", "pytest", *options], cwd=NOTEBOOKS, capture_output=True, text=True, timeout=400)
    assert run.returncode == 0, run.stdout[-3000:]
    assert re.search(r"\d+ passed", run.stdout)
