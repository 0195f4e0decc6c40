"""What is assumed before the data: how far a pandemic, an election or a new questionnaire may shift a level, how noisy values are, and how
often a series departs from a straight line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RHO = np.linspace(0, 0.9, 5)
SIGMA = np.geomspace(0.6, 10, 8)

KINDS = ("none", "season", "after", "wandering", "outlier", "shift", "bend")
ODDS = np.array([0.805, 0.02, 0.005, 0.01, 0.04, 0.08, 0.04])  # of every kind of departure, in the order of KINDS
DATED = ("outlier", "shift", "bend")  # one model a round
BEND = KINDS.index("bend")
NOW_ODDS, FORECAST_ODDS = 0.5, 0.3  # of a bend, for the pace of now and for what is to come
CYCLE_NOW_ODDS, CYCLE_SHARE = 0.65, 0.8  # where a cycle began within the series: of a bend for now, and of these on its start
BOUNDARY = 0.5  # share of all bends that lies where a cycle began within the series
BEND_RATE, SHIFT_RATE = 0.09, 0.02  # a year, of what is to come
CUTS = (0.0, 0.25, 0.5, 0.75)  # dates of a bend to come, as shares of the way ahead
CYCLE_AHEAD = 0.5  # of a bend where a cycle to come begins, if none came before


@dataclass(frozen=True)
class Prior:
    """Standard deviations of the priors, points of 0-100 (the slope's: points a year), and of the noise.

    `rho` is mean and sd of a normal weight on 0 to .9, `sigma` median and log-sd of a lognormal weight on .6 to 10,
    `rounding` the variance that every value has beside noise and its instrument's step, `limit` the sd that a value at an end of the scale
    has in addition, and of what lies beyond: it says at least this much. `season`, `outlier`, `shift` and `after` are effects of
    departures, `wandering` points a square-root year; a bend's paces have `slope`. A `unlinked` step is free: a jump there says nothing of
    the pace.
    """

    level: float = 30.0
    slope: float = 3.0
    pandemic: float = 5.0
    election: float = 3.0
    instrument: float = 4.0
    unlinked: float = 40.0
    other: float = 3.0
    rho: tuple[float, float] = (0.4, 0.35)
    sigma: tuple[float, float] = (3.0, 1.2)
    rounding: float = 0.08
    limit: float = 10.0
    season: float = 4.0
    outlier: float = 12.0
    shift: float = 8.0
    after: float = 5.0
    wandering: float = 3.0

    def sd(self, term: str) -> float:
        """Prior sd of a term such as "pandemic" or "instrument:2"; kinds without their own have `other`."""
        return float(getattr(self, term.partition(":")[0], self.other))

    @property
    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Log weights of the rho and the sigma of the grid, up to a constant."""
        return (-0.5 * ((RHO - self.rho[0]) / self.rho[1]) ** 2, -0.5 * (np.log(SIGMA / self.sigma[0]) / self.sigma[1]) ** 2)


PRIOR = Prior()


def stays(term: str) -> bool:
    """Whether a term once exposed stays so: a new questionnaire's, linked or not."""
    return term.startswith(("instrument", "unlinked"))


def bends_ahead(number: int, last: int, per_year: int, starts: Sequence[int]) -> list[tuple[float, float | None]]:
    """(Chance, years after the round `last`) of the bend on the way to the round `number`; None for going without one.

    One bend at most: the first. It has the usual chance, which grows with the years, and its date is uniform. Where a cycle begins on the
    way, with a round of `starts`, half of what has not bent before bends there, and before and after the usual chance holds: so a fan never
    narrows because a cycle begins. At four years a bend has .30, and .65 with a cycle's start on the way: as much as for the pace now.

    A cycle begins between two rounds, and both may be where the pace changes, as within a series. One that begins with the last round lies
    ahead too: no series can show a bend so late.
    """
    years = (number - last) / per_year
    usual = 1 - np.exp(-BEND_RATE * years)
    none, out = 1 - usual, [(usual / len(CUTS), share * years) for share in CUTS]
    for first in sorted(starts):
        if last <= first <= number:
            begins, on = (first - 0.5 - last) / per_year, sorted({max(first - 1, last), first})
            here = CYCLE_AHEAD * (1 - sum(p for p, when in out if when < begins))
            none *= 1 - CYCLE_AHEAD
            out = [(p if when < begins else p * (1 - CYCLE_AHEAD), when) for p, when in out]
            out += [(here / len(on), (k - last) / per_year) for k in on]
    return [(none, None), *out]
