"""What the evaluation is meant to find: how good each city, team and body really is, year by year.

A base that lasts, a slow drift of its own, and a small yearly swing; the abilities of one unit go together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kcz_metrics.records.sample.chance import Floats, correlated
from kcz_metrics.records.sample.clock import YEARS

CITY = ("engagement", "effectiveness", "radiation")
TEAM = ("match", "practicality", "performance", "mechanism")
ORG = ("resource", "docking", "transfer", "drive")


@dataclass(frozen=True)
class Abilities:
    """``values``: unit × year × ability, about standard normal across units."""

    names: tuple[str, ...]
    values: Floats

    def of(self, name: str) -> Floats:
        """unit × year."""
        return np.asarray(self.values[:, :, self.names.index(name)])

    def mean(self, name: str) -> Floats:
        return np.asarray(self.of(name).mean(axis=1))


def draw(rng: np.random.Generator, n: int, names: tuple[str, ...]) -> Abilities:
    """Abilities of ``n`` units."""
    base = correlated(rng, n, len(names), 0.5)
    drift = 0.20 * correlated(rng, n, len(names), 0.4)
    years = np.arange(len(YEARS)) - 1.0
    swing = 0.10 * rng.standard_normal((n, len(YEARS), len(names)))
    return Abilities(names, base[:, None, :] * 0.92 + drift[:, None, :] * years[None, :, None] + swing)
