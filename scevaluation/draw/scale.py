"""Ends and steps of an axis around values."""

from __future__ import annotations

import math

import numpy as np


def neat_range(values: np.ndarray) -> tuple[float, float, float]:
    """Low, high and step of an axis around `values` with at most six steps of 1, 2 or 5 times a power of ten, 10 at least."""
    low, high = float(values.min()) - 2, float(values.max()) + 2
    step = 10.0
    for factor in (2, 2.5, 2) * 99:
        if math.ceil(high / step) - math.floor(low / step) <= 6:
            break
        step *= factor
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return low, max(high, low + 2 * step), step


def score_range(values: np.ndarray) -> tuple[float, float, float]:
    """Low, high and step of an axis around scores of 0-100; never beyond these ends unless a value is."""
    if values.min() < 0 or values.max() > 100:
        return neat_range(values)
    step = 10.0 if values.max() - values.min() <= 55 else 20.0
    low, high = np.floor((values.min() - 1) / step) * step, np.ceil((values.max() + 1) / step) * step
    return max(float(low), 0.0), min(float(high), 100.0), step


def steps(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers within low..high, at most `most` of them where the range allows, for the ticks of an axis."""
    span = max(high - low, 1e-9)
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * f for f in (1, 2, 2.5, 5, 10) if power * f >= raw - 1e-12)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 10) + 0.0 for i in range(first, last + 1)]


def decimals(ticks: list[float]) -> int:
    """Decimals that tell the ticks apart."""
    return next((d for d in range(4) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 3)
