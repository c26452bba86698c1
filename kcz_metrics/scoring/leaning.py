"""Weight sets that hold for some units only: those in their first months are weighed by the scheme's set for them."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.language.periods import is_period, period
from kcz_metrics.methods import Array
from kcz_metrics.scoring.structure import Structure


def lean(structure: Structure, units: pl.DataFrame, period_id: str) -> Array | None:
    """What each unit's weights are multiplied by, (unit, node): of a unit under a rule its set's weights over the scheme's own; None where
    no unit is under one. The first rule that a unit meets holds for it.

    A unit is in its first months until the period whose end lies that many months or more after ``active_from``. As a multiple the set
    goes along when weights are moved.
    """
    index = structure.index
    if not index.weight_rules or not is_period(period_id) or "active_from" not in units.columns:
        return None
    end = period(period_id).end
    found = np.ones((len(units), len(structure.nodes)))
    free = np.ones(len(units), bool)
    own = {node.id: node.weight for node in index.tree.walk()}
    for rule in index.weight_rules:
        young = units.select((pl.col("active_from").dt.offset_by(f"{rule.first_months}mo") > end).fill_null(False)).to_series().to_numpy()
        rows = np.flatnonzero(young & free)
        free[rows] = False
        for node, weight in index.weight_sets[rule.set].items():
            if own.get(node):
                found[rows, structure.position(node)] = weight / own[node]
    return None if free.all() else found
