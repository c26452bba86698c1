"""The published tie-break ladder: what decides between equal points, greatest first, and never a name or an id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.decisions.programme import Whole
from kcz_metrics.methods.rank import published

#: Criteria are compared in steps of this many decimals.
DECIMALS: Final = 4


def criteria(candidates: pl.DataFrame, names: Sequence[str]) -> tuple[Whole, ...]:
    """Each criterion as whole numbers of which the greater is better. Of a rank (``rank``, ``..._rank``) the lower is better.

    A null is worse than anything known.
    """
    return tuple(_whole(candidates[name].cast(pl.Float64), name == "rank" or name.endswith("_rank")) for name in names)


def _whole(column: pl.Series, lower_is_better: bool) -> Whole:
    given = column.fill_nan(None).to_numpy().astype(float)
    given = -given if lower_is_better else given
    known = ~np.isnan(given)
    steps = np.rint(published(np.where(known, given, 0.0), DECIMALS) * 10**DECIMALS).astype(np.int64)
    worst = steps[known].min() - 1 if known.any() else 0
    return np.where(known, steps, worst).astype(np.int64)


def places(points: Whole, given: Sequence[Whole]) -> tuple[Whole, Whole]:
    """The first and the last place that a candidate may take in the order of points and ladder; the same where nobody is its equal."""
    columns = np.stack([points, *given], axis=1)
    order = np.lexsort(tuple(-column for column in reversed(columns.T)))
    ranked = columns[order]
    begins = np.ones(len(points), bool)
    begins[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    number = np.cumsum(begins) - 1
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(points))
    first, last = np.empty(len(points), np.int64), np.empty(len(points), np.int64)
    first[order], last[order] = starts[number] + 1 if len(points) else 0, ends[number] if len(points) else 0
    return first, last
