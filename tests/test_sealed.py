"""Pictures are the same whatever matplotlib is told from outside: its file of settings, styles, backend, locale, time zone."""

import json
import os
import subprocess
import sys

import pytest

SETTINGS = """
font.size: 30
font.family: monospace
font.style: italic
axes.grid: True
axes.prop_cycle: cycler('color', ['red', 'lime'])
axes.formatter.use_locale: True
axes.autolimit_mode: round_numbers
axes.xmargin: 0.4
figure.autolayout: True
figure.dpi: 40
hatch.color: red
hatch.linewidth: 5
legend.frameon: False
lines.linewidth: 9
lines.dash_joinstyle: miter
patch.force_edgecolor: True
path.simplify: False
path.sketch: 3, 100, 2
savefig.bbox: tight
savefig.dpi: 13
savefig.transparent: True
scatter.edgecolors: red
svg.fonttype: none
svg.hashsalt: other
text.antialiased: False
text.parse_math: False
xtick.direction: in
xtick.minor.visible: True
"""
HOSTILE = """
import locale
marks = locale.localeconv()
locale.localeconv = lambda: {**marks, "decimal_point": ",", "thousands_sep": ".", "grouping": [3, 0]}  # as in German
import matplotlib
import matplotlib.style
from matplotlib import font_manager
font_manager.fontManager.ttflist.insert(0, font_manager.FontEntry(font_manager.findfont("DejaVu Serif"), name="Source Sans Pro"))
matplotlib.style.use(["dark_background", "fast"])
matplotlib.rcParams.update({"figure.constrained_layout.use": True, "lines.linewidth": 7, "font.weight": "bold"})
"""
DRAW = """
import hashlib, json, sys
from scevaluation.draw.chart import Chart, png
from scevaluation.press.jobs import KINDS, NATION, Job
from scevaluation.press.notebook import run_notebook
out = {}
jobs = [Job("contoh", "2024-S2"), Job("contoh", "2024-S2", "id", "agencies"), Job("mimika", "2023-S2")]
for job in (*jobs, Job("mimika", "2023-S2", "id", "methods"), Job(NATION, "2023-S2", "id", "national")):
    run_notebook(KINDS[job.kind].notebook, job.parameters)
    from scevaluation.press.kernels import InProcessEngine
    for chart in (c for v in list(InProcessEngine.shown) for c in getattr(v, "charts", (v,))):
        if isinstance(chart, Chart) and chart.paint:
            pictures = (chart.wide.encode(), chart.phone.encode(), png(chart, 40))
            out[f"{job} {chart.name}"] = [hashlib.sha256(p).hexdigest() for p in pictures]
print(json.dumps(out))
"""


def _drawing(code: str, **environment) -> subprocess.Popen:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MPL", "MATPLOTLIB", "LC_", "LANG", "TZ"))}
    return subprocess.Popen([sys.executable, "-c", code], env={**kept, **environment}, stdout=subprocess.PIPE, text=True)


@pytest.mark.long
def test_pictures_do_not_depend_on_what_matplotlib_is_told(tmp_path):
    (tmp_path / "matplotlibrc").write_text(SETTINGS, "utf-8")
    told = {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "MPLBACKEND": "svg", "LC_ALL": "C", "TZ": "Asia/Jayapura"}
    runs = _drawing(DRAW), _drawing(HOSTILE + DRAW, **told)
    clean, hostile = (json.loads(run.communicate()[0]) for run in runs)
    assert len(clean) >= 30
    assert {name: hashes for name, hashes in clean.items() if hostile.get(name) != hashes} == {}
