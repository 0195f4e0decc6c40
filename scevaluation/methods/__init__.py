"""What the method assumes and whether it holds: other choices, simulation, published systems; and its steps as plain functions."""

from scevaluation.methods.handbook import aggregate, impute, normalise, rank, treat, weigh
from scevaluation.methods.structure import components, correlations, cronbach, importance, structure

__all__ = [
    "aggregate", "components", "correlations", "cronbach", "importance", "impute", "normalise", "rank", "structure", "treat", "weigh",
]  # fmt: skip


def __dir__():
    return sorted(__all__)
