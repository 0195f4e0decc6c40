"""Seconds of one core to draw the fifteen forms with pictures, beside stock seaborn drawing the same rows.

Run: python benchmarks/chart_speed.py      (ends with 1 above 2.5 s for both layouts of all; the median of five runs, warm)
Nobody is charged for the search for unused cycles, which the engine that makes reports holds back too.
"""

from __future__ import annotations

import gc
import io
import statistics
import sys
import time
import warnings

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from scevaluation.draw.chart import Chart, draw, without_gc
from scevaluation.press.jobs import KINDS, Job
from scevaluation.press.notebook import run_notebook

LIMIT, RUNS = 2.5, 5
FORMS = {
    ("contoh", "2024-S2"): (
        *("trends", "heatmap", "waterfall", "trajectory", "leverage", "quadrant", "dumbbell-health", "qualities"),
        *("agencies", "disagreement", "followup", "timeline", "coverage"),
    ),
    ("mimika", "2023-S2"): ("cohort", "ranks"),
}


def _bars(rows: pd.DataFrame, x: str, y: str = "label") -> None:
    sns.barplot(rows, x=x, y=y, orient="h")


def _map(rows: pd.DataFrame, row: str, column: str, value: str, annot: bool = True) -> None:
    sns.heatmap(rows.pivot_table(index=row, columns=column, values=value, aggfunc="first"), annot=annot, fmt=".1f")


def _codes(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows.assign(code=pd.factorize(rows[name])[0])


# What somebody would draw with seaborn's own functions and defaults.
STOCK = {
    "trends": lambda r: sns.relplot(r, x="round", y="value100", col="label", col_wrap=3, kind="line"),
    "heatmap": lambda r: _map(r, "label", "round", "value100"),
    "waterfall": lambda r: _bars(r, "contribution"),
    "trajectory": lambda r: sns.relplot(r, x="round", y="value100", hue="kind", col="label", col_wrap=3, kind="line"),
    "leverage": lambda r: _bars(r, "gain"),
    "quadrant": lambda r: sns.scatterplot(r, x="value100", y="weight", hue="urgent"),
    "dumbbell-health": lambda r: sns.pointplot(r.melt("label", ["before", "now"]), x="value", y="label", hue="variable"),
    "qualities": lambda r: _bars(r, "value100"),
    "agencies": lambda r: _map(r, "label", "sector_label", "share"),
    "disagreement": lambda r: sns.stripplot(r, x="score", y="label", hue="assessor"),
    "followup": lambda r: sns.scatterplot(r, x="due", y="label", hue="state_label"),
    "timeline": lambda r: sns.scatterplot(r, x="start", y="label", hue="kind"),
    "coverage": lambda r: _map(_codes(r, "mark"), "label", "round", "code", annot=False),
    "cohort": lambda r: sns.histplot(r, x="value", hue="cohort"),
    "ranks": lambda r: sns.scatterplot(r, x="rank", y="label"),
}


def charts() -> dict[str, Chart]:
    """The charts of the two reports by name, with the rows they drew."""
    out = {}
    for (programme, round_name), names in FORMS.items():
        run_notebook(KINDS["round"].notebook, Job(programme, round_name).parameters)
        from scevaluation.press.kernels import InProcessEngine  # papermill, imported by now, is what imports it first

        shown = [c for v in InProcessEngine.shown for c in getattr(v, "charts", (v,))]
        out |= {c.name: c for c in shown if isinstance(c, Chart) and c.name in names}
    assert list(out) and set(out) == set(STOCK)
    return out


def stock(name: str, rows: pd.DataFrame) -> None:
    """Draw with seaborn and save as SVG, trimmed as the inline backend does."""
    plt.figure()
    STOCK[name](rows)
    plt.savefig(io.BytesIO(), format="svg", bbox_inches="tight")
    plt.close("all")


def seconds(call) -> float:
    """Processor time, the median of some runs after one to warm up."""
    taken = []
    for _ in range(RUNS + 1):
        gc.collect()
        with without_gc():
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
    return statistics.median(taken[1:])


def main() -> int:
    """Print a row a form and the sums."""
    warnings.simplefilter("ignore")
    found = charts()
    print(f"{'form':<18}{'rows':>6}{'one layout ms':>15}{'both layouts ms':>17}{'seaborn ms':>12}")
    sums = [0.0, 0.0, 0.0]
    for name, chart in found.items():
        one = seconds(lambda c=chart: draw("wide", c.paint))
        two = one + seconds(lambda c=chart: draw("phone", c.paint))
        other = seconds(lambda n=name, c=chart: stock(n, c.rows))
        sums = [s + t for s, t in zip(sums, (one, two, other), strict=True)]
        print(f"{name:<18}{len(chart.rows):>6}{one * 1000:>15.0f}{two * 1000:>17.0f}{other * 1000:>12.0f}")
    print(f"{'all fifteen, s':<24}{sums[0]:>15.2f}{sums[1]:>17.2f}{sums[2]:>12.2f}")
    print(f"both layouts of each below {LIMIT} s: {'yes' if sums[1] < LIMIT else 'NO'}; stock / ours, a layout: {sums[2] / sums[0]:.1f}")
    return int(sums[1] >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
