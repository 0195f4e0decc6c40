"""Everything heavy a report needs, imported once in the process from which the children of a batch are forked.

It starts no thread, opens no figure and holds no connection, so that a fork of it is whole.
"""

from __future__ import annotations

import gc
import os
import warnings
from importlib import import_module

# One thread a child, said before the first import of numpy: the batch's own processes share the cores.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# The shell's module comes before the inline backend: the other way round figures are lost without a word.
HEAVY = (
    "IPython.core.interactiveshell",
    "matplotlib_inline.backend_inline",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas",
    "scipy.special",
    "scipy.stats",
    "nbformat",
    "nbconvert.exporters",
    "papermill",
    "scevaluation.publish.report",
    "scevaluation.publish.notebook",
    *(f"scevaluation.publish.{name}" for name in ("forms", "parts", "annex")),
)


def warm_up() -> None:
    """Read what every report reads: words, instruments, fonts, the page's template."""
    from scevaluation.charts.style import family
    from scevaluation.instrument import load_instrument
    from scevaluation.programme import DATA
    from scevaluation.publish.fonts import font_css
    from scevaluation.publish.notebook import exporter
    from scevaluation.words import LANGUAGES, words

    for lang in LANGUAGES:
        words(lang)
    for path in sorted((DATA / "instruments").glob("*.yaml")):
        load_instrument(path.stem)
    family()
    font_css()
    exporter()


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    for _name in HEAVY:
        import_module(_name)
    warm_up()
gc.collect()
gc.freeze()
