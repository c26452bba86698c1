"""Seeded draws that belong to a run's number: run k has the same numbers in any chunk, on any number of threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from kcz_metrics.methods import Array, Positions

Distribution = Literal["uniform", "dirichlet"]
#: Words that one step of the counter gives.
_BLOCK: Final = 4


def words(seed: int, first: int, runs: int, width: int, stream: int = 0) -> Array:
    """Uniform numbers from 0 to 1, (runs, width), of runs ``first``, ``first`` + 1, ...; Philox counted up by run. Streams of one seed
    have nothing to do with one another."""
    padded = -(-width // _BLOCK) * _BLOCK
    bits = np.random.Philox(key=seed + (stream << 64))
    bits.advance(first * padded // _BLOCK)
    return np.random.Generator(bits).random((runs, padded))[:, :width]


def words_of(seed: int, runs: Positions, width: int, stream: int = 0) -> Array:
    """As ``words``, of these runs alone, (run, width): one after another where many between them would be drawn for nothing."""
    first, last = int(runs.min()), int(runs.max())
    if last - first < 2 * len(runs):
        return words(seed, first, last - first + 1, width, stream)[runs - first]
    found = np.empty((len(runs), width))
    for row, run in zip(found, runs.tolist(), strict=True):
        row[:] = words(seed, run, 1, width, stream)[0]
    return found


@dataclass(frozen=True)
class Moves:
    """How weights are drawn around what they are.

    ``uniform``: each weight times an independent uniform number from 1 - ``share`` to 1 + ``share``. ``dirichlet``: shares that add up to 1
    with the weights for means, as tightly around them as the uniform draw is; without a share, anywhere. Each weight stays within
    ``bounds`` of its own where given, before siblings are made to add up again.
    """

    share: float | None = 0.25
    distribution: Distribution = "uniform"
    bounds: float | None = None

    def __call__(self, w: Array, u: Array) -> Array:
        """Weights around ``w`` (child,) or (unit, child), by uniform numbers (run, child): (run, child) or (run, unit, child)."""
        if self.distribution == "dirichlet":
            times = self._dirichlet(w if w.ndim == 1 else w.mean(axis=0), u)
        else:
            times = 1.0 + (0.0 if self.share is None else self.share) * (2.0 * u - 1.0)
        if self.bounds is not None:
            times = np.clip(times, 1.0 - self.bounds, 1.0 + self.bounds)
        if w.ndim > 1:
            return w * times[:, None, :]
        moved = w * times
        total = moved.sum(axis=-1, keepdims=True)
        if (total > 0).all():
            return np.divide(moved, total, out=moved)
        return np.where(total > 0, moved / np.where(total > 0, total, 1.0), w)

    def _dirichlet(self, w: Array, u: Array) -> Array:
        """Draws over their means: gamma numbers by inverting their distribution, one word each."""
        from scipy.special import gammaincinv

        present = w > 0
        m = int(present.sum())
        mean = w[present] / w[present].sum()
        if self.share is None:
            concentration = mean * m
        elif self.share == 0 or m < 2:
            return np.ones(u.shape)
        else:
            # an average weight 1/m gets the relative variance of the uniform draw, share²/3
            concentration = mean * max(3.0 * (m - 1) / self.share**2 - 1.0, 1e-3)
        gammas = np.maximum(gammaincinv(concentration, u[:, present]), 1e-300)
        times = np.ones(u.shape)
        times[:, present] = gammas / gammas.sum(axis=-1, keepdims=True) / mean
        return times
