"""The notebooks' normal form."""

import difflib
import json
from hashlib import sha256

import nbformat
import nbformat.v4 as v4
import pytest

from scevaluation.place import NOTEBOOKS
from scevaluation.press.normalise import ANCHOR, main, normal


@pytest.fixture
def messy():
    stream = v4.new_output("stream", name="stdout", text="4\n")
    return nbformat.writes(
        v4.new_notebook(
            metadata={"kernelspec": {"name": "odd", "display_name": "Odd", "path": "C:/me"}, "widgets": {}},
            cells=[
                v4.new_markdown_cell("# A\n\n"),
                v4.new_code_cell("x = 1", execution_count=7, outputs=[stream], metadata={"scrolled": True}),
                v4.new_code_cell(
                    "print(4)",
                    execution_count=9,
                    outputs=[stream, v4.new_output("stream", name="stderr", text="w")],
                    metadata={"tags": [ANCHOR]},
                ),
            ],
        )
    )


def test_outputs_go_except_what_an_anchor_printed(messy):
    cells = json.loads(normal(messy))["cells"]
    assert cells[1]["outputs"] == []
    assert [o["name"] for o in cells[2]["outputs"]] == ["stdout"]


def test_a_cells_id_is_made_from_its_own_text_and_no_cell_is_numbered(messy):
    cells = json.loads(normal(messy))["cells"]
    assert [c["execution_count"] for c in cells[1:]] == [None, 1]
    assert [c["id"] for c in cells] == [sha256(t.encode()).hexdigest()[:8] for t in ("# A", "x = 1", "print(4)")]


def test_a_new_cell_leaves_all_others_as_they_were():
    path = NOTEBOOKS / "2_round_report.ipynb"
    before = path.read_text("utf-8")
    notebook = json.loads(before)
    notebook["cells"].insert(9, v4.new_code_cell("r.answers_chart()"))
    changed = [
        line for line in difflib.ndiff(before.splitlines(), normal(json.dumps(notebook)).splitlines()) if line[0] in "+-"
    ]
    assert 0 < len(changed) <= 10


def test_cells_of_the_same_text_differ_in_their_ids():
    twice = nbformat.writes(v4.new_notebook(cells=[v4.new_markdown_cell("a"), v4.new_markdown_cell("a")]))
    ids = [c["id"] for c in json.loads(normal(twice))["cells"]]
    assert ids[1] == ids[0] + "-2"


def test_no_machine_is_left(messy):
    assert "C:/me" not in normal(messy) and "widgets" not in normal(messy)


def test_the_normal_form_of_the_normal_form_is_itself(messy):
    once = normal(messy)
    assert normal(once) == once
    nbformat.validate(json.loads(once))


def test_check_names_and_changes_nothing_while_running_mends(messy, tmp_path, capsys):
    path = tmp_path / "3_x.ipynb"
    path.write_text(messy)
    assert main(["--check", str(tmp_path)]) == 1 and path.read_text() == messy
    assert "3_x.ipynb" in capsys.readouterr().out
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0
