"""How coarse values are: the step of single scores in points, and how much of its rounding is left in a mean of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scevaluation.identity import leaf_shares
from scevaluation.instrument import Instrument
from scevaluation.node import Range

FEWEST = 20  # single scores from which on their common grid is taken for the step
FINEST = 400  # steps of a scale; a finer grid adds next to nothing
NEAR, PRINTED = 0.03, 0.25  # of a step, and points: how far a printed score may lie off the grid
MOST = 9  # assessors whose mean can be told from its grid


def grid(values: np.ndarray, least: int = FEWEST) -> float:
    """Largest step of 0-100 on which all values lie, on two places of it at least; 0 if there is none, or for fewer values than `least`."""
    x = values[np.isfinite(values)] / 100
    if len(x) < least:
        return 0.0
    x = np.unique(x)
    for parts in range(1, FINEST + 1):
        place = np.round(x * parts)
        if np.ptp(place) and (np.abs(x * parts - place) <= min(NEAR, PRINTED / 100 * parts)).all():
            return 100 / parts
    return 0.0


def stated(instrument: Instrument, path: str) -> float | None:
    """The step of a leaf's single scores in points as its questionnaire says; None if it does not."""
    node = instrument.nodes[path]
    scale = node.scale or instrument.scale
    if path in instrument.measured and (node.transform or isinstance(node.direction, Range)):
        return 0.0
    if scale.step is None:
        return 0.0 if path in instrument.measured else None
    worst, best = instrument.ends(path)
    return float(scale.step / abs(best - worst) * 100)


def leaf_steps(rows: pd.DataFrame, instrument: Instrument) -> dict[str, tuple[float, float]]:
    """(step, share) of every leaf: share is that of one score's rounding variance, less than 1 for a mean of assessors.

    `rows` are INDEX rows made with the instrument. Where it states a step, and leaves lie on a k-th of it, they are means of k.
    """
    single = rows[rows["node"].isin(set(instrument.leaves) - instrument.measured) & rows["status"].isin(("scored", "inferred"))]
    seen = grid(single["value100"].to_numpy(float))
    out = {}
    for path in instrument.leaves:
        step = stated(instrument, path)
        if step is None:
            out[path] = (seen, 1.0)
            continue
        many = round(step / seen) if seen and step and path not in instrument.measured else 1
        out[path] = (step, 1 / many if 1 <= many <= MOST and abs(many * seen - step) < NEAR * step else 1.0)
    return out


def steps(
    index: pd.DataFrame, last: pd.DataFrame, instrument: Instrument, nodes: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Step and share of every node, (N,) each.

    Parameters
    ----------
    index, last : INDEX
        All rows; the region's of the last round.
    instrument : Instrument
        Of the last round.
    nodes : tuple of str
        A node above the leaves has the largest step below it, and what its weighted mean leaves of the variance; one that was
        itself scored has none.
    """
    leaves = leaf_steps(index[index["instrument"] == instrument.id], instrument)
    status: Mapping[str, str] = dict(zip(last["node"], last["status"], strict=True))
    step, share = np.zeros(len(nodes)), np.ones(len(nodes))
    for i, node in enumerate(nodes):
        if node in leaves:
            step[i], share[i] = leaves[node]
            continue
        if status.get(node) == "given":
            continue
        weights = {p: w for p, w in leaf_shares(instrument, node).items() if status.get(p) in ("scored", "inferred")}
        total = sum(weights.values())
        largest = max((leaves[p][0] for p in weights), default=0.0)
        if total > 0 and largest > 0:
            left = sum((w / total * leaves[p][0] / largest) ** 2 * leaves[p][1] for p, w in weights.items())
            step[i], share[i] = largest, float(f"{left:.2g}")
    return step, share
