"""LEVERAGE: what the index would gain by each item, every case an index computed anew.

The gain of an item with a score is its effective weight times the room it has left, exactly as the index weighs it: what is
missing leaves the weights, and a geometric mean gains more from low items. Of an item without a score nothing is
assumed: the index may rise or fall once it is reported, and both ends are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scevaluation.evaluate.index import index as compute_index
from scevaluation.frames import ROOT, as_scores
from scevaluation.frames.items import LEVERAGE
from scevaluation.instrument import Instrument

LONG = 10  # on a scale of more points than this, one point is no step that means anything


def leverage(items: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """What each item could do to the index of its round.

    Parameters
    ----------
    items : ITEMS
        Of one region and round.
    instrument : Instrument
        The round's.

    Returns
    -------
    LEVERAGE
        In the order of `items`, without those that do not apply. Gains are missing where the index itself is, by too
        little coverage. Empty where the weights are unknown.
    """
    used = items[items["status"] != "not_applicable"].reset_index(drop=True)
    if used.empty or instrument.weights == "unknown":
        return LEVERAGE.empty()
    scale = instrument.scale
    now = scale.from100(used["now"].to_numpy(float))
    seen = np.isfinite(now)
    best = np.fmax(now, scale.high)
    span = scale.high - scale.low
    up = np.where(seen & (span <= LONG), np.fmin(now + 1, best), np.nan)
    worst = np.where(seen, np.nan, scale.low)
    base, top, one, low = _cases(items, instrument, used["node"].tolist(), now, (best, up, worst))
    room = np.maximum(100 - used["now"].to_numpy(float), 0)
    table = used[["region", "round", "node", "agency", "status"]].assign(reported=seen, weight=used["weight"].to_numpy(float))
    return LEVERAGE.check(table.assign(room=room, gain=top - base, one_up=one - base, if_worst=low - base))


def _cases(
    items: pd.DataFrame, instrument: Instrument, nodes: list[str], now: np.ndarray, instead: tuple[np.ndarray, ...]
) -> tuple[Any, ...]:
    """The index (0-100) as it is, and with each item in turn at each of the values `instead`; NaN where that is NaN."""
    grid = [now] + [np.where(np.arange(len(nodes)) == i, v, now) for values in instead for i, v in enumerate(values)]
    wanted = np.concatenate([[True], *(np.isfinite(v) for v in instead)])
    rows = np.array([g for g, use in zip(grid, wanted, strict=True) if use])
    off = items.loc[items["status"] == "not_applicable", "node"].tolist()
    all_values = np.full(len(grid), np.nan)
    all_values[wanted] = tried(rows, nodes, off, instrument, items["round"].iloc[0])
    return (float(all_values[0]), *np.split(all_values[1:], len(instead)))


def tried(
    tries: np.ndarray, nodes: Sequence[str], off: Sequence[str], instrument: Instrument, round_name: str, node: str = ROOT
) -> np.ndarray:
    """A node's value (0-100) for every row of scores (tries, nodes) on the instrument's scale; NaN is no score, `off` not applicable."""
    names = [f"{i:06d}" for i in range(len(tries))]
    score = np.hstack([tries, np.full((len(tries), len(off)), np.nan)])
    state = np.where(np.isfinite(score), "scored", "not_reported").astype(object)
    state[:, len(nodes) :] = "not_applicable"
    about = {"region": np.repeat(names, score.shape[1]), "indicator": np.tile(np.array([*nodes, *off], object), len(tries))}
    table = as_scores(**about, round=round_name, score=score.ravel(), status=state.ravel())
    found = compute_index(table, {round_name: instrument.plain}, views=False)
    return found[found["node"] == node].set_index("region")["value100"].reindex(names).to_numpy(float)
