"""How far one indicator alone may fall before a unit's score is down to a bar: the other side of the fewest improvements.

No value falls below what a unit of the group has. Each fall is judged by scoring the index with it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.records_needed import needed
from kcz_metrics.analysis.whatif import _least, _Search
from kcz_metrics.methods import Array
from kcz_metrics.scoring import Scorecard

COLUMNS: Final = {
    "indicator": pl.String, "value": pl.Float64, "value_after": pl.Float64, "worst": pl.Float64, "measure": pl.String, "more": pl.Float64,
    "share": pl.Float64,
}  # fmt: skip


def losses(card: Scorecard, unit: str, score: float) -> pl.DataFrame:
    """``indicator, value, value_after, worst, measure, more, share``: a row for each indicator that alone, all else as it is, brings the
    unit's score down to ``score``: the value from which on it does, the lowest value of the group's ranked units, and how much of which
    measure goes with it (negative for less; null where the formula has none that can be told). ``share`` is the part of the way to
    ``worst``; the shortest first. Empty where no single one does. Raises ScoringError for an unknown unit, or one without a rank.
    """
    search = _Search.of(card, unit, lambda points, _: points <= score + 1e-12)
    worst, ids = _worst(search), card.run.structure.indicator_ids
    columns = [int(c) for c in np.flatnonzero(~np.isnan(worst))]
    falls = search.met([{c: float(worst[c])} for c in columns]) if columns else np.array([], bool)
    rows = []
    for column in (c for c, down in zip(columns, falls, strict=True) if down):
        own, last = float(search.own[column]), float(worst[column])
        after = own if search.meets({}) else _least(search, {}, column, own, last)
        found = needed(card.history.sheet.values.measures, card.scheme, ids[column], unit, card.period, after, worse=True)
        if found is not None and search.meets({column: found.value}):
            after = found.value
        told = (None, None) if found is None else (found.measure, found.more)
        rows.append((ids[column], own, after, last, *told, abs(after - own) / abs(last - own)))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row").sort("share", "indicator")


def _worst(search: _Search) -> Array:
    """The worst value of a ranked unit of the group on each indicator; NaN where the unit's own is missing, or is it."""
    run, own = search.card.run, search.own
    assert run.ranks is not None
    group = next(rows for rows in run.groups if search.row in rows)
    among, up = search.alternatives.first.x[group[~np.isnan(run.ranks[group, 0])]], run.structure.up
    worst = np.where(up, np.fmin.reduce(among, axis=0), np.fmax.reduce(among, axis=0))
    return np.where(np.where(up, worst < own, worst > own), worst, np.nan)
