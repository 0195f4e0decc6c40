"""The engine without a kernel behaves as papermill's own: cell by cell, to figures, errors and tags."""

import base64
import itertools
import os
import re

import nbformat
import nbformat.v4 as v4
import pytest
from bs4 import BeautifulSoup

from scevaluation.place import NOTEBOOKS
from scevaluation.press import notebook as nb
from scevaluation.press.jobs import KINDS, NATION, Job
from scevaluation.words import words

WIDGET = "application/vnd.jupyter.widget-view+json"  # a live view needs a kernel; reports hold none
CELLS = {
    "a last value": "1 + 1",
    "text between pictures": "print('before')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\nprint('after')",
    "a figure nobody shows": "plt.figure(); plt.plot([2, 1]);",
    "two streams": "import sys\nprint('a'); print('b', file=sys.stderr); print('c')",
    "rich values": "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<b>x</b>'), Markdown('*y*'), metadata={'k': 1})\n"
    "HTML('z')",
    "a table": "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "a picture as bytes": "from IPython.display import Image\nImage(b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 20, format='png')",
    "magic": "%matplotlib inline",
    "await": "import asyncio\nasync def f(): return 3\nawait f()",
    "nothing": "x = 5",
    "names": "_ if '_' in globals() else None\nsorted(n for n in ('x', 'plt', 'f') if n in globals())",
    "cleared": "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
}


@pytest.fixture(autouse=True)
def usual_backend(monkeypatch):
    """A kernel draws inline unless told otherwise; the tests' own backend would tell it so."""
    monkeypatch.delenv("MPLBACKEND", raising=False)


def _notebook(cells):
    book = v4.new_notebook(
        cells=[v4.new_code_cell("p = 1", metadata={"tags": ["parameters"]})] + [v4.new_code_cell(c) for c in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    return book


def _seen(book) -> list[dict]:
    """What matters of every cell: source, tags, count, and outputs with their mime bundles."""
    out = []
    for cell in book.cells:
        outputs = _streams_together([dict(o) for o in cell.get("outputs", ()) if WIDGET not in o.get("data", {})])
        for output in outputs:
            if "text/plain" in output.get("data", {}):
                output["data"] = {**output["data"], "text/plain": _without_address(output["data"]["text/plain"])}
        out.append(
            {
                "id": cell.get("id"),
                "type": cell.cell_type,
                "source": cell.source,
                "metadata": dict(cell.metadata),
                "count": cell.get("execution_count"),
                "outputs": outputs,
            }
        )
    return out


def _streams_together(outputs: list[dict]) -> list[dict]:
    """A kernel sends its two streams apart, in an order of chance; one engine's order of them is as good as the other's."""
    out = []
    for is_stream, group in itertools.groupby(outputs, lambda o: o["output_type"] == "stream"):
        group = list(group)
        if is_stream:
            texts = {n: "".join(o["text"] for o in group if o["name"] == n) for n in ("stdout", "stderr")}
            group = [{"output_type": "stream", "name": n, "text": text} for n, text in texts.items() if text]
        out += group
    return out


def _without_address(text: str) -> str:
    return re.sub(r"0x[0-9a-f]{8,}", "0x", text)


def _figures(book) -> int:
    return sum("image/png" in o.get("data", {}) for c in book.cells for o in c.get("outputs", ()))


@pytest.mark.slow
def test_both_engines_give_the_same_outputs_for_everything_a_cell_can_show():
    ours, stock = (nb.execute(_notebook(CELLS.values()), {"p": 2}, engine) for engine in ("inprocess", "kernel"))
    for name, a, b in zip(["parameters", "injected", *CELLS], _seen(ours), _seen(stock), strict=True):
        assert a == b, name
    assert _figures(ours) == _figures(stock) == 3
    assert ours.metadata == stock.metadata


@pytest.mark.slow
@pytest.mark.parametrize("bad", ["1 / 0", "def (", "raise SystemExit(2)", "assert False, 'no'"])
@pytest.mark.filterwarnings("ignore:To exit")
def test_both_engines_stop_at_the_first_error_and_name_it_alike(bad):
    from papermill.exceptions import PapermillExecutionError

    said = []
    for engine in ("inprocess", "kernel"):
        with pytest.raises(PapermillExecutionError) as caught:
            nb.execute(_notebook(["x = 1", bad, "print('never')"]), {"p": 2}, engine)
        # The name a compiled cell has is each engine's own.
        value = re.sub(r"\(.*, line", "(line", caught.value.evalue)
        said.append((caught.value.ename, value, caught.value.exec_count, caught.value.source))
    assert said[0] == said[1]


def test_a_run_leaves_no_name_figure_folder_or_shell_behind():
    import matplotlib.pyplot as plt
    from IPython.core.interactiveshell import InteractiveShell

    here, before = os.getcwd(), plt.get_fignums()
    nb.execute(_notebook(["import os; os.chdir('/')", "import matplotlib.pyplot as plt; kept = plt.figure()"]), {"p": 2}, "inprocess")
    second = nb.execute(_notebook(["'kept' in globals(), p"]), {"p": 3}, "inprocess")
    assert os.getcwd() == here and plt.get_fignums() == before
    assert not InteractiveShell.initialized()
    assert second.cells[-1].outputs[0].data["text/plain"] == "(False, 3)"


def test_the_second_run_of_a_process_shows_its_figures_too():
    cells = ["import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"]
    assert [_figures(nb.execute(_notebook(cells), {"p": n}, "inprocess")) for n in (1, 2)] == [1, 1]


@pytest.mark.slow
def test_after_a_cell_that_is_expected_to_fail_both_engines_go_on(tmp_path):
    from papermill.exceptions import PapermillExecutionError

    for engine in ("inprocess", "kernel"):
        book = _notebook(["1 / 0", f"open({str(tmp_path / engine)!r}, 'w').close()"])
        book.cells[1].metadata["tags"] = ["raises-exception"]
        with pytest.raises(PapermillExecutionError, match="division by zero"):  # papermill names it, after the last cell
            nb.execute(book, {"p": 2}, engine)
        assert (tmp_path / engine).exists()


def _every_notebook():
    """The cells of all notebooks one after another, so that one kernel runs them all, and the notebook each cell is of.

    Reports are of the real programme: the same cells as the made-up one's, fewer rows.
    """
    parameters = {p.stem: {} for p in sorted(NOTEBOOKS.glob("*.ipynb"))}
    for kind, what in KINDS.items():
        nation, sector = what.each == "nation", "health" if what.each == "sector" else ""
        parameters[what.notebook] = Job(NATION if nation else "mimika", "2023-S2", "id", kind, sector).parameters
    book, of = _notebook([]), ["parameters", "injected"]
    for name, given in parameters.items():
        source = nbformat.read(nb.notebook_path(name), as_version=4)
        known = {**nb.parameters_of(source), **given}
        for cell in source.cells:
            if "parameters" in cell.metadata.pop("tags", ()):
                cell.source = "\n".join(f"{k} = {v!r}" for k, v in known.items())
            cell["id"] = f"cell-{len(of)}"
            book.cells.append(cell)
            of.append(name)
    return book, of


@pytest.mark.long
def test_every_notebook_runs_the_same_in_both_engines_but_for_live_views():
    book, of = _every_notebook()
    ours, stock = (nb.execute(book, {"p": 2}, engine) for engine in ("inprocess", "kernel"))
    for name, a, b in zip(of, _seen(ours), _seen(stock), strict=True):
        assert a == b, name
    assert ours.metadata == stock.metadata
    assert len(set(of)) == 2 + 15 and _figures(ours) == _figures(stock)
    assert all(any(c.get("outputs") for c, n in zip(ours.cells, of, strict=True) if n == name) for name in set(of[2:]))


def test_a_picture_drawn_in_a_cell_of_ones_own_stands_on_the_page():
    said = "display(figure, metadata={'image/png': {'alt': 'One \"bar\"'}}); plt.close(figure)"
    cells = ["import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()", f"figure, _ = plt.subplots(); {said}"]
    html = nb.page(nb.execute(_notebook(cells), {"p": 1}, "inprocess"), words("en"))
    shown = BeautifulSoup(html, "html.parser").find_all("img")
    assert [i["alt"] for i in shown] == [words("en")("page.own_picture"), 'One "bar"']
    assert all(base64.b64decode(i["src"].removeprefix("data:image/png;base64,"))[:4] == b"\x89PNG" for i in shown)
    assert "Figure size" not in html


def test_a_picture_of_a_notebook_from_outside_is_nothing_but_a_picture():
    bad = v4.new_output("display_data", {"image/png": 'AA"><script>alert(1)</script>', "text/plain": "x"})
    html = nb.page(v4.new_notebook(cells=[v4.new_code_cell("x", outputs=[bad], execution_count=1)]), words("id"))
    assert "image/png" in html and "<script" not in html
