"""Run a parameterised notebook with papermill and turn it into one self-contained page."""

from __future__ import annotations

import ast
import logging
import re
import sys
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from scevaluation import __version__, errors
from scevaluation.errors import EvaluationError, ReportError
from scevaluation.issues import issue, refusal, unknown
from scevaluation.place import every, running_in
from scevaluation.words import Words, words

PAGE = Path(__file__).with_name("page")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
METADATA = "scevaluation"


def notebook_path(name: str) -> Path:
    """The notebook called `name` (without ending); ReportError if notebooks/ has none of that name."""
    known = {p.stem: p for p in every("*.ipynb", "notebooks")}
    if name not in known:
        raise unknown(name, known, "notebooks")
    return known[name]


def parameters_of(notebook) -> dict:
    """Names and default values of the notebook's `parameters` cell; values are literals."""
    cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", ())]
    if len(cells) != 1:
        raise ReportError(f"The notebook has {len(cells)} cells tagged parameters.", "Tag exactly one.")
    found = {}
    for statement in ast.parse(cells[0].source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = ast.literal_eval(value)
            case _:
                raise ReportError("The parameters cell holds more than assignments.", "Keep one literal assignment a line.")
    return found


ENGINES = {"inprocess": "inprocess", "kernel": None}
OURS = {c.__name__ for c in vars(errors).values() if isinstance(c, type)}


def run_notebook(name: str, parameters: dict, engine: str = "inprocess"):
    """Run a notebook with `parameters` and return it executed, its prose in the report's language, without times or machine data.

    Parameters
    ----------
    name : str
        Notebook without ending, such as "2_round_report".
    parameters : dict
        Values for its parameters cell; a name the notebook does not have is refused.
    engine : {"inprocess", "kernel"}
        Cells run in this process, or by papermill's own engine in an ordinary Jupyter kernel.

    Raises
    ------
    ReportError
        If a cell fails, warns, or names a place on this machine; the message holds the cell and what went wrong. All that
        a page shows comes from its notebook's cells, so that no page needs to be searched for either.
    """
    nbformat, _ = tools()
    from papermill.exceptions import PapermillExecutionError

    from scevaluation.press.gates import local, warned

    if engine not in ENGINES:
        raise unknown(engine, ENGINES, "--engine")
    path = notebook_path(name)
    known = parameters_of(nbformat.read(path, as_version=4))
    for key, value in parameters.items():
        if key not in known:
            raise unknown(key, known, path.name)
        if not isinstance(value, type(known[key])):
            raise refusal(ReportError, [issue(path.name, key, "parameter_kind", "error", repr(value), repr(known[key]), "give_like")])
    try:
        done = execute(str(path), parameters, engine)
    except PapermillExecutionError as error:
        raise _failure(path.name, error) from None
    for cell in done.cells:
        place = f"{path.name}, cell {cell.get('execution_count') or cell.source.strip()[:40]!r}"
        if line := warned(cell):
            raise refusal(ReportError, [issue(place, "", "cell_warned", "error", line, "", "mend_cell")])
        if found := local(cell):
            raise refusal(ReportError, [issue(place, "", "cell_local", "error", found, "", "name_from_folder")])
    return spoken(done, words(parameters.get("lang", known.get("lang", "en"))))


def spoken(notebook, w: Words):
    """The notebook with its prose in the language of `w`; what has no words, such as one's own, stays as it is.

    The key of a piece of prose is the id of its cell, which the normal form makes from its text: who changes one changes the other.
    """
    for cell in notebook.cells:
        key = "prose." + cell.get("id", "").partition("-")[0]
        if cell.cell_type == "markdown" and w.has(key):
            cell.source = w(key)
    return notebook


def _failure(name: str, error) -> ReportError:
    """What went wrong in a cell: an error of ours as it is, any other with its kind before it."""
    message = _ANSI.sub("", str(error.evalue)).strip()
    place, first = f"{name}, cell {error.exec_count}", (error.source.strip().splitlines() or [""])[0]
    if "MemoryError" in error.ename:
        said = "it needed more memory than a report may take."
        return ReportError(f"{place}: {said}", "Raise --memory, or ask for fewer formats.")
    said = message if error.ename in OURS else f"{error.ename}: {message}".rstrip(": ")
    return ReportError(f"{place}: {said}", f"The cell is: {first}")


def execute(notebook, parameters: dict, engine: str):
    """A notebook (its path, or itself) as papermill ran it, without times or machine data."""
    _, papermill = tools()
    how = {"engine_name": ENGINES[engine], "cwd": str(running_in()), "kernel_name": "python3"}
    done = papermill.execute_notebook(notebook, None, parameters, progress_bar=False, log_output=False, **how)
    # What differs between two runs of the same input is dropped.
    done.metadata = {k: v for k, v in done.metadata.items() if k in ("kernelspec", "language_info")}
    done.metadata.get("language_info", {}).pop("version", None)
    for number, cell in enumerate(done.cells):
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags"}
        for output in cell.get("outputs", ()):  # a picture beside its page is for documents made by others; ours are made of the page
            if "text/html" in output.get("data", {}):
                for part in ("data", "metadata"):
                    output[part].pop("image/png", None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = f"injected-{number}"
    return done


@cache
def tools():
    """The modules nbformat and papermill, imported in the quick way."""
    # jsonschema builds parsers of web addresses for two seconds when this is at hand; no notebook needs them.
    absent = "rfc3987_syntax"
    blocked = absent not in sys.modules
    if blocked:
        sys.modules[absent] = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import nbformat
            import papermill
    finally:
        if blocked:
            del sys.modules[absent]
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return nbformat, papermill


def marked(notebook, key: str) -> str:
    """A text the notebook's outputs carry for the report (title, description); '' if none does."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    said = (output.get("metadata", {}).get(METADATA, {}).get(key) for output in outputs)
    return next(filter(None, said), "")


@cache
def exporter():
    """The exporter of the page's template; made once, since reading a template takes longer than filling it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from nbconvert.exporters import TemplateExporter

    places = {"extra_template_basedirs": [str(PAGE)], "extra_template_paths": [str(PAGE / "report")]}
    return TemplateExporter(template_name="report", template_file="index.html.j2", **places)


def page(notebook, words, imprint: Mapping[str, str] | None = None) -> str:
    """The executed notebook as one self-contained HTML page in the language of `words`, with what its `imprint.parts` say."""
    from scevaluation.press.fonts import page_css
    from scevaluation.press.gates import addresses
    from scevaluation.press.imprint import DOT, css_text
    from scevaluation.press.light import light

    said = imprint or {}
    facts = {
        "lang": words.lang,
        "version": __version__,
        "kind": "report",
        "title": marked(notebook, "title") or words("page.untitled"),
        "description": marked(notebook, "headline"),
        "css": page_css(),
        "code_label": words("page.code"),
        "own_picture": words("page.own_picture"),
        "footer": DOT.join(filter(None, (marked(notebook, "footer"), said.get("said")))),
        "foot": css_text(marked(notebook, "footer")),
        "imprint": said,
    }
    html, _ = exporter().from_notebook_node(notebook, resources={"page": facts})
    html = "\n".join(line.rstrip() for line in light(html, words).splitlines() if line.strip()) + "\n"
    if asked := addresses(html):
        raise refusal(ReportError, [issue("", "", "page_asks", "error", asked[0], "", "take_out_address")])
    return html


def executed_json(notebook) -> str:
    """The executed notebook as .ipynb text, the same bytes for the same input."""
    import nbformat

    try:
        return nbformat.writes(notebook, version=4)
    except nbformat.ValidationError as error:
        raise EvaluationError(f"The executed notebook is not valid: {error}", "Correct the notebook.") from error
