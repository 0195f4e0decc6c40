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
