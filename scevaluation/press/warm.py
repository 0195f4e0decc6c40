"""Everything heavy a report needs, done once in the process from which the children of a batch are forked.

It starts no thread, opens no figure and holds no connection, so that a fork of it is whole. What all regions' reports read of data/ is
read here by readers that read a file again when it has changed, so that each child sees the data of its own moment. The hashes of code
and words are taken here: they are of what the children run.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pkgutil
import warnings
from importlib import import_module

# One thread a child, said before the first import of numpy: the batch's own processes share the cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
for _name in THREADS:
    os.environ.setdefault(_name, "1")

# The shell's module comes before the inline backend: the other way round figures are lost without a word.
HEAVY = (
    *("IPython.core.interactiveshell", "IPython.core.completerlib", "matplotlib_inline.backend_inline"),
    *("matplotlib.backends.backend_agg", "pandas", "pandera.pandas", "psutil", "scipy.special", "typer"),
)
ROOMS = ("intake", "evaluate", "draw", "charts", "report", "methods", "press")


def _modules() -> tuple[str, ...]:
    """The modules above and all of the rooms that make a report."""
    import_module("scevaluation.press.notebook").tools()
    rooms = [import_module(f"scevaluation.{room}") for room in ROOMS]
    ours = [m.name for room in rooms for m in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")]
    return (*HEAVY, "scevaluation.round", *(name for name in ours if name != __name__))


def practise() -> None:
    """Make a page of one picture and one checked table: the parts that are made ready on first use then are."""
    from nbformat import v4

    from scevaluation.draw import chart
    from scevaluation.frames import SCORES
    from scevaluation.press import notebook as nb
    from scevaluation.words import LANGUAGES, words

    SCORES.check(SCORES.empty())
    chart.draw("wide", _picture)
    cell = v4.new_code_cell("import scevaluation\nscevaluation.__version__", metadata={"tags": ["parameters"]})
    done = nb.execute(v4.new_notebook(cells=[cell]), {}, "inprocess")
    for lang in LANGUAGES:
        nb.page(done, words(lang))
    nb.executed_json(done)


def _picture(layout: str):
    """A picture of one letter."""
    from scevaluation.draw import panels, style

    figure = panels.canvas(layout, 1)
    style.write(panels.axes_at(figure, 0.1, 0.1, 0.8, 0.8), 0, 0, "0", 8)
    return figure


def read_ahead() -> None:
    """Read the letters and the official statistics; what is wrong with them each report says itself."""
    from scevaluation import region
    from scevaluation.errors import EvaluationError
    from scevaluation.intake import context, official

    for read in (region.results, region.population, region.islands, official.regions, context.indicators, context.national, context.moves):
        with contextlib.suppress(EvaluationError, OSError):
            read()
    with contextlib.suppress(EvaluationError, OSError):
        context.read_context(())


def remember_hashes() -> None:
    """Hash the code and the words as loaded here."""
    from scevaluation.press.keys import package_hash, words_hash
    from scevaluation.words import LANGUAGES

    package_hash()
    for lang in LANGUAGES:
        words_hash(lang)


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    for _name in _modules():
        import_module(_name)
    remember_hashes()
    read_ahead()
    practise()
gc.collect()
gc.freeze()
