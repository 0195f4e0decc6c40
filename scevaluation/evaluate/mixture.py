"""Mixtures of normals with their own number of components each: moments, distribution function and quantiles, many at a time."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

HASTINGS = (1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.319381530)


def normal(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standard normal distribution function, within 8e-8, and density at z.

    Hastings' polynomial (Abramowitz and Stegun 1964, 26.2.17); a third of the time of the exact function, which is most of all work.
    """
    density = z * z
    density *= -0.5
    np.exp(density, out=density)
    density *= 1 / np.sqrt(2 * np.pi)
    t = np.abs(z)
    t *= 0.2316419
    t += 1
    np.divide(1, t, out=t)
    tail = t * HASTINGS[0]
    for c in HASTINGS[1:]:
        tail += c
        tail *= t
    tail *= density
    np.subtract(0.5, tail, out=tail)
    np.copysign(tail, z, out=tail)
    tail += 0.5
    return tail, density


class Mixture:
    """S mixtures in one flat array of components, those of one mixture side by side.

    Parameters
    ----------
    count : ndarray (S,) of int
        Components of every mixture, at least one.
    weight : ndarray (C,)
        Any positive weights; they are made to sum to 1 in every mixture.
    mean, sd : ndarray (C,)
    """

    def __init__(self, count: np.ndarray, weight: np.ndarray, mean: np.ndarray, sd: np.ndarray):
        self.count, self.mean, self.sd = count, mean, sd
        self.first = np.concatenate([[0], np.cumsum(count)[:-1]])
        self.weight = weight / np.repeat(self.sum(weight), count)

    def sum(self, x: np.ndarray) -> np.ndarray:
        """Sum over the components of every mixture, (S,)."""
        return np.add.reduceat(x, self.first)

    def terms(self, x: np.ndarray, some: np.ndarray | None = None, row: np.ndarray | None = None) -> np.ndarray:
        """P(value < x) under every component, (C,), or under `some` of them; `row` (C,) says whose a component is."""
        if some is None or row is None:
            z = np.repeat(x, self.count)
            z -= self.mean
            z /= self.sd
        else:
            z = (x[row[some]] - self.mean[some]) / self.sd[some]
        return normal(z)[0]

    def below(self, x: np.ndarray) -> np.ndarray:
        """P(value < x), (S,)."""
        return self.sum(self.weight * self.terms(x))

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and sd, (S,) each."""
        mean = self.sum(self.weight * self.mean)
        away = self.mean - np.repeat(mean, self.count)
        return mean, np.sqrt(self.sum(self.weight * (self.sd**2 + away**2)))

    def summary(self, ends: bool) -> np.ndarray:
        """Mean, sd, 5 % and 95 % quantile, (4, S); the quantiles are NaN if not wanted."""
        out = np.full((4, len(self.count)), np.nan)
        out[:2] = self.moments()
        if ends:
            # Third and fourth cumulants start the search near the quantile.
            spread = out[1]
            away = self.mean - np.repeat(out[0], self.count)
            wide, square = self.sd**2, away**2
            third = self.sum(self.weight * away * (square + 3 * wide)) / spread**3
            fourth = self.sum(self.weight * (square * (square + 6 * wide) + 3 * wide**2)) / spread**4 - 3
            for row, q in ((2, 0.05), (3, 0.95)):
                z = ndtri(q)
                start = z + (z**2 - 1) * third / 6 + (z**3 - 3 * z) * fourth / 24 - (2 * z**3 - 5 * z) * third**2 / 36
                out[row] = self.quantile(q, out[0] + np.clip(start, z - 1, z + 1) * spread, 0.02 * spread)
        return out

    def quantile(self, q: float, start: np.ndarray, near: np.ndarray) -> np.ndarray:
        """Quantiles (S,) by Halley steps from `start`, kept inside a shrinking bracket, until a step is shorter than `near`.

        A step's error is cubic, so a last one of a fiftieth of the spread leaves less than a hundred-thousandth of it.
        """
        x = start.copy()
        low, high = (f.reduceat(self.mean + s * 9 * self.sd, self.first) for f, s in ((np.minimum, -1), (np.maximum, 1)))
        left, mine = np.arange(len(x)), self
        for _ in range(80):
            here = x[left]
            z = np.repeat(here, mine.count)
            z -= mine.mean
            z /= mine.sd
            below, density = normal(z)
            below *= mine.weight
            excess = mine.sum(below) - q
            density *= mine.weight
            density /= mine.sd
            slope = np.maximum(mine.sum(density), 1e-300)
            density *= z
            density /= mine.sd
            curve = -mine.sum(density)
            low, high = np.where(excess < 0, here, low), np.where(excess < 0, high, here)
            newton = np.clip(excess / slope, -1e6, 1e6)
            new = here - newton / np.maximum(1 - newton * curve / (2 * slope), 0.5)
            new = np.where((new <= low) | (new >= high), (low + high) / 2, new)
            x[left] = new
            open_ = np.abs(new - here) > near
            if not open_.any():
                break
            left, low, high, near, mine = left[open_], low[open_], high[open_], near[open_], mine.part(open_)
        return x

    def part(self, which: np.ndarray) -> Mixture:
        """The mixtures at which `which` (S,) is true."""
        use = np.repeat(which, self.count)
        return Mixture(self.count[which], self.weight[use], self.mean[use], self.sd[use])
