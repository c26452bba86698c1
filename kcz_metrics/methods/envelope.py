"""Benefit of the doubt: each unit judged by the weights that suit it best, found by one linear programme a unit."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from kcz_metrics.methods.entry import Array, Parameters
from kcz_metrics.methods.statistics import ratio


class BenefitOfTheDoubt(Parameters):
    """Bounds on each child's share of the unit's own score. They must leave room: Σ minimum ≤ 1 ≤ Σ maximum."""

    minimum_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    maximum_share: Annotated[float, Field(ge=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _room(self) -> BenefitOfTheDoubt:
        if self.minimum_share > self.maximum_share:
            raise ValueError("minimum_share ≤ maximum_share")
        return self


def benefit_of_the_doubt(x: Array, minimum_share: float = 0.0, maximum_share: float = 1.0) -> Array:
    """Weights per unit, (..., unit, child), with Σ w·y ≤ 1 for every unit under them; they are not shares.

    A missing score counts as 0 and earns no weight. A unit that has nothing above 0 scores 0 under any weights and has equal ones. One for
    which the bounds on shares leave no solution (a child at 0 cannot reach its minimum share), or that has no score at all, has NaN.
    """
    from scipy.optimize import linprog

    flat = np.where(np.isnan(x), 0.0, x).reshape(-1, *x.shape[-2:])
    weights = np.full(flat.shape, np.nan)
    bounded = minimum_share > 0 or maximum_share < 1
    present = ~np.isnan(x).reshape(flat.shape)
    for run, matrix in enumerate(flat):
        size = matrix.max(initial=0.0) or 1.0
        y = matrix / size
        for unit, row in enumerate(y):
            if not (row > 0).any():
                here = present[run, unit]
                weights[run, unit] = ratio(here / size, here.sum())
                continue
            constraints, limits = y, np.ones(len(y))
            if bounded:
                own = np.diag(row)
                constraints = np.vstack([y, own - maximum_share * row, minimum_share * row - own])
                limits = np.concatenate([limits, np.zeros(2 * len(row))])
            found = linprog(-row, A_ub=constraints, b_ub=limits, bounds=(0, None), method="highs")
            best = np.asarray(found.x, float) if found.status == 0 else np.zeros(len(row))
            if best @ row > 0:
                weights[run, unit] = best / size
    return weights.reshape(x.shape)
