"""A line small enough for a table's cell, as a picture that carries no text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from scevaluation.draw.embed import address
from scevaluation.draw.style import INK2, LINE
from scevaluation.period import Period

WIDTH, HEIGHT = 88, 22  # pixels
STEP = 5  # a pixel: places stand in whole fifths
Point = tuple[int, int]


def sparkline(rows: pd.DataFrame, rounds: list[str], low: float = 0.0, high: float = 100.0) -> str:
    """`rows` over all `rounds` as a data address of an SVG.

    Parameters
    ----------
    rows : DataFrame
        round, value100, comparable. A round without a value, or that was not held, is a hole in the line; a value on
        another scale stands alone as a hollow dot.
    rounds : list of str
        In time; first and last are the picture's edges.
    low, high : float
        Range from foot to head, the same for all lines of a table; values outside stand at its edge.
    """
    at = {r: Period(r).number for r in rounds}
    usual = min((b - a for a, b in pairwise(at.values())), default=1)
    span = max(max(at.values(), default=0) - min(at.values(), default=0), 1)
    value, comparable = (dict(zip(rows["round"], rows[c], strict=True)) for c in ("value100", "comparable"))
    runs: list[list[Point]] = [[]]
    apart, before = list[Point](), None
    for r in rounds:
        v = float(value.get(r, np.nan))
        if not np.isfinite(v) or (before is not None and at[r] - before > usual):
            runs.append([])
        before = at[r]
        if np.isfinite(v):
            share = min(max((v - low) / max(high - low, 1e-9), 0), 1)
            left = 4 + (at[r] - at[rounds[0]]) * (WIDTH - 8) / span
            point = round(STEP * left), round(STEP * (HEIGHT - 3.5 - share * (HEIGHT - 7)))
            (runs[-1] if comparable[r] else apart).append(point)
    return address(_svg([run for run in runs if run], apart))


def _svg(runs: list[list[Point]], apart: list[Point]) -> str:
    """Runs as lines, single values as dots, the last value as a larger one; hundreds of them stand on a page, so each is short."""
    lines = "".join(_line(run) for run in runs if len(run) > 1)
    body = f'<path d="M20 {(HEIGHT - 1) * STEP}H{(WIDTH - 4) * STEP}" stroke="{INK2}" stroke-width="2.5" opacity=".5"/>'
    body += f'<path d="{lines}" fill="none" stroke="{LINE}" stroke-width="7.5" stroke-linejoin="round"/>' if lines else ""
    body += "".join(f'<circle cx="{run[0][0]}" cy="{run[0][1]}" r="6" fill="{LINE}"/>' for run in runs if len(run) == 1)
    body += "".join(f'<circle cx="{x}" cy="{y}" r="7.5" fill="#fff" stroke="{INK2}" stroke-width="4"/>' for x, y in apart)
    if runs:
        body += f'<circle cx="{runs[-1][-1][0]}" cy="{runs[-1][-1][1]}" r="11.5" fill="{LINE}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * STEP} {HEIGHT * STEP}">{body}</svg>'


def _line(run: list[Point]) -> str:
    """A run as the data of a path: where it begins, then each step."""
    steps = " ".join(f"{x1 - x0} {y1 - y0}" for (x0, y0), (x1, y1) in pairwise(run))
    return f"M{run[0][0]} {run[0][1]}l{steps}".replace(" -", "-")
