"""Number, mean and standard deviation of answers against each other: what cannot be, and what can hardly be."""

from __future__ import annotations

import math

from scevaluation.grid.table import Row

NEAR = 1e-9
WHOLE = 0.5  # half of the last digit of a mean written without decimals


def impossible(row: Row, n: int, mean: float | None, sd: float | None, low: float, high: float) -> list[dict]:
    """What is wrong with one line of means, as rows of ISSUES.

    What cannot be however its figures were rounded is an error. What cannot be as written, or only where each answer is a mean of
    several, is a warning. The row has n, mean and sd as they are written: their digits tell how they were rounded. `low` and `high`
    are the ends of the scale of answers.
    """
    if n < 1 or mean is None:
        return [row.issue("mean", "survey_mean_of_none", expected="0")] if n == 0 and mean is not None else []
    if n == 1 and sd:
        return [row.issue("sd", "survey_sd_one")]
    out = [] if sd is None else _spread(row, n, mean, sd, low, high)
    return out + _granular(row, n, mean)


def half_step(text: str) -> float:
    """Half of the last digit that is written.

    >>> half_step("2,60")
    0.005
    """
    return 0.5 * 10.0 ** -len(text.replace(",", ".").partition(".")[2])


def largest(n: int, mean: float, low: float, high: float) -> float:
    """The largest standard deviation (n - 1) of n answers between two ends that have that mean."""
    return math.sqrt(max((mean - low) * (high - mean), 0.0) * n / max(n - 1, 1))


def _spread(row: Row, n: int, mean: float, sd: float, low: float, high: float) -> list[dict]:
    """A standard deviation above what mean and number allow, or below what whole answers do."""
    least, around, middle = sd - half_step(row["sd"]), half_step(row["mean"]), (low + high) / 2
    widest = min(max(middle, mean - around), mean + around)  # the mean that allows most, of those that were rounded to this one
    if least > largest(n, widest, low, high) + NEAR:
        severity = "error"
    elif around >= WHOLE and least > largest(n, mean, low, high) + NEAR:  # a mean to a decimal is as far off as it allows
        severity = "warning"
    else:
        return _narrow(row, mean, sd)
    return [row.issue("sd", "survey_sd_large", severity, f"\u2264 {largest(n, mean, low, high):.3g}", "ask_back")]


def smallest(mean: float) -> float:
    """The smallest standard deviation (n) of whole answers that have that mean: all beside it."""
    part = mean - math.floor(mean)
    return math.sqrt(part * (1 - part))


def _narrow(row: Row, mean: float, sd: float) -> list[dict]:
    """A standard deviation below what whole answers with such a mean allow, however both were rounded."""
    around = half_step(row["mean"])
    ends = mean - around, mean + around
    if math.floor(ends[1]) > math.floor(ends[0]) or sd + half_step(row["sd"]) >= min(map(smallest, ends)) - NEAR:
        return []
    return [row.issue("sd", "survey_sd_small", "warning", f"\u2265 {smallest(mean):.3g}", "ask_back")]


def _granular(row: Row, n: int, mean: float) -> list[dict]:
    """A mean that n whole answers cannot have, to the digits it is written with."""
    if abs(round(mean * n) / n - mean) <= half_step(row["mean"]) + NEAR:
        return []
    near = f"{math.floor(mean * n) / n:.4g}, {math.ceil(mean * n) / n:.4g}"
    return [row.issue("mean", "survey_mean_whole", "warning", near, "ask_back")]
