"""The notebooks' normal form."""

import json

import nbformat
import nbformat.v4 as v4
import pytest

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
    cells = json.loads(normal(messy, "3_x"))["cells"]
    assert cells[1]["outputs"] == []
    assert [o["name"] for o in cells[2]["outputs"]] == ["stdout"]


def test_counts_run_from_one_and_ids_are_stable(messy):
    cells = json.loads(normal(messy, "3_x"))["cells"]
    assert [c["execution_count"] for c in cells[1:]] == [1, 2]
    assert [c["id"] for c in cells] == ["3-00", "3-01", "3-02"]


def test_no_machine_is_left(messy):
    assert "C:/me" not in normal(messy, "3_x") and "widgets" not in normal(messy, "3_x")


def test_the_normal_form_of_the_normal_form_is_itself(messy):
    once = normal(messy, "3_x")
    assert normal(once, "3_x") == once
    nbformat.validate(json.loads(once))


def test_check_names_and_changes_nothing_while_running_mends(messy, tmp_path, capsys):
    path = tmp_path / "3_x.ipynb"
    path.write_text(messy)
    assert main(["--check", str(tmp_path)]) == 1 and path.read_text() == messy
    assert "3_x.ipynb" in capsys.readouterr().out
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0
