"""What stands beside a direction: events the level felt, and whether it recovered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from scevaluation.evaluate.posterior import side
from scevaluation.evaluate.priors import stays
from scevaluation.evaluate.series import Series
from scevaluation.evaluate.trend import COLUMNS, posteriors
from scevaluation.programme import Programme

LOST = 0.5  # share of an effect that may stay for the level to count as recovered
Effects = dict[str, tuple[float, float, float]]


def event_terms(s: Series) -> tuple[str, ...]:
    """Kinds of event that some series is exposed to."""
    return tuple(n for n, x in s.exposures.items() if not stays(n) and x.any())


def without_events(s: Series, programme: Programme, delta: np.ndarray) -> list[str]:
    """Direction of every series if the model knew no events; "" where it knows none, or for too few rounds."""
    out, kinds = np.full(len(s.nodes), "", object), event_terms(s)
    for rows, p in posteriors(s, programme, delta, without=kinds, intervals=False, slope_only=True) if kinds else ():
        out[rows] = side(p.direction)
    return out.tolist()


def event_effects(s: Series, programme: Programme, delta: np.ndarray, trend: pd.DataFrame) -> list[Effects]:
    """Effect of every kind of event on every series, while fully exposed: mean and 90 % interval, points.

    Those of a kind that TREND has a column for are its own.
    """
    told = [k for k in event_terms(s) if COLUMNS.get(k) == k]
    found = {k: trend[[k, f"{k}_low", f"{k}_high"]].to_numpy(float) for k in told}
    out: list[Effects] = [{k: tuple(x[i]) for k, x in found.items() if np.isfinite(x[i, 0])} for i in range(len(s.nodes))]
    kinds = [k for k in event_terms(s) if k not in told]
    for rows, p in posteriors(s, programme, delta) if kinds else ():
        for kind in kinds:
            e = p.effects[kind]
            for place, i in enumerate(rows):
                if np.isfinite(e.mean[place]):
                    out[i][kind] = float(e.mean[place]), float(e.low[place]), float(e.high[place])
    return out


def disruption(effects: Effects, s: Series, i: int, programme: Programme) -> str:
    """The event whose effect excludes zero, the largest if several: lower and recovered or not since, or raised."""
    found = [(abs(mean), kind, mean) for kind, (mean, low, high) in effects.items() if low > 0 or high < 0]
    if not found:
        return ""
    _, kind, mean = max(found)
    if mean > 0:
        return f"{kind}:raised"
    return f"{kind}:{'recovered' if _recovered(s, i, kind, mean, programme) else 'not_recovered'}"


def _recovered(s: Series, i: int, kind: str, effect: float, programme: Programme) -> bool:
    """Whether most of a fall is gone after the event, against the path without it.

    A further term lets the level stay shifted in all rounds after the event. It has recovered if what stays is less
    than half of the effect; with fewer than two rounds after the event that is not shown.
    """
    touched = np.flatnonzero(s.exposures[kind][i])
    after = (np.arange(len(s.rounds)) > touched[-1]).astype(float)
    if (np.isfinite(s.y[i]) & (after > 0)).sum() < 2:
        return False
    [(_, p)] = posteriors(_one(s, i, {f"{kind}:after": after}), programme, delta=1.0, intervals=False)
    return bool(-p.effects[f"{kind}:after"].mean[0] < LOST * abs(effect))


def _one(s: Series, i: int, more: Mapping[str, np.ndarray] | None = None) -> Series:
    """The i-th series alone, with further terms."""
    terms = {n: x[[i]] for n, x in s.exposures.items()} | {n: x[None] for n, x in (more or {}).items()}
    rows = {name: getattr(s, name)[[i]] for name in ("y", "shift", "linked", "level", "since", "step", "share")}
    return replace(s, nodes=(s.nodes[i],), exposures=terms, breaks=s.breaks[s.breaks["node"] == s.nodes[i]], **rows)
