"""A tree of means by the library's step, to be held against other systems and sums by hand."""

import numpy as np

from scevaluation.methods.composite import mean_below


def climb(x, children, leaves, weights, how="arithmetic", threshold=0.0):
    """Means (sets, units) of every inner node, children named before their parents, of x (units, leaves)."""
    x = np.log(x) if how == "geometric" else np.asarray(x, float)
    place, out = {name: n for n, name in enumerate(leaves)}, {}
    for node, below in children.items():
        out[node] = mean_below(below, place, x, out, weights, threshold)
    return {n: np.exp(v) for n, v in out.items()} if how == "geometric" else out
