"""What is assumed before the data: how far a pandemic, an election or a new questionnaire may shift a level, how noisy values are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RHO = np.arange(10) / 10
SIGMA = np.geomspace(0.6, 10, 12)


@dataclass(frozen=True)
class Prior:
    """Standard deviations of the priors, points of 0-100 (the slope's: points a year), and of the noise.

    `rho` is mean and sd of a normal weight on 0 to .9, `sigma` median and log-sd of a lognormal weight on .6 to 10,
    `rounding` the variance that rounding adds to every value.
    """

    level: float = 30.0
    slope: float = 3.0
    pandemic: float = 5.0
    election: float = 3.0
    instrument: float = 4.0
    other: float = 3.0
    rho: tuple[float, float] = (0.4, 0.35)
    sigma: tuple[float, float] = (3.0, 1.2)
    rounding: float = 0.08

    def sd(self, term: str) -> float:
        """Prior sd of a term such as "pandemic" or "instrument:2"; kinds without their own have `other`."""
        return float(getattr(self, term.partition(":")[0], self.other))

    @property
    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """Log weights of the 10 rho and the 12 sigma, up to a constant."""
        return (-0.5 * ((RHO - self.rho[0]) / self.rho[1]) ** 2, -0.5 * (np.log(SIGMA / self.sigma[0]) / self.sigma[1]) ** 2)


PRIOR = Prior()
