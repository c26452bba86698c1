"""Where a unit stands among its like: strengths, weaknesses and peers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from kcz_metrics.analysis.explain import row_of
from kcz_metrics.methods import Array, Positions
from kcz_metrics.methods import statistics as stats
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.run import NOT_REPORTED, OK, ZERO

#: Fewest units of the group with a score on an indicator for it to be called strong or weak.
FEWEST = 8
#: A strength stands in the best quarter of the group, a weakness in the worst.
QUARTER = 0.25

COLUMNS = ("node", "parent", "value", "score", "median", "gap", "rank", "of", "weight")
#: Unit columns that say nothing about what a unit is like.
_NOT_CONTEXT = {"unit", "name_zh", "name_en", "name", "active_from", "active_to", "group"}


def strengths(scorecard: Scorecard, unit: str, most: int = 5) -> pl.DataFrame:
    """``node, parent, value, score, median, gap, rank, of, weight``: indicators on which the unit is in the best quarter of its group and
    above the group's median, widest weighted gap first.

    Said only where it is sure enough: the unit has a value of its own (not filled in, not below its minimum n), and at least 8 units of the
    group have a score. ``gap`` is score − median on the index's scale, ``of`` how many are compared. Raises ScoringError for an unknown
    unit.
    """
    standing = _standing(scorecard, unit)
    return (
        standing.filter((pl.col("gap") > 0) & (pl.col("rank") <= QUARTER * pl.col("of")))
        .sort(pl.col("gap") * pl.col("weight"), descending=True, maintain_order=True)
        .head(most)
    )


def weaknesses(scorecard: Scorecard, unit: str, most: int = 5) -> pl.DataFrame:
    """As ``strengths``: in the worst quarter and below the median, widest weighted gap first."""
    standing = _standing(scorecard, unit)
    return (
        standing.filter((pl.col("gap") < 0) & (pl.col("rank") > (1 - QUARTER) * pl.col("of")))
        .sort(pl.col("gap") * pl.col("weight"), maintain_order=True)
        .head(most)
    )


def _standing(scorecard: Scorecard, unit: str) -> pl.DataFrame:
    run, row = scorecard.run, row_of(scorecard, unit)
    structure, scores = run.structure, run.stage("normalised")
    group = next(rows for rows in run.groups if row in rows)
    among = scores[group]
    counted = (~np.isnan(among)).sum(axis=0)
    median = stats.median(among)
    own = np.isin(run.statuses[row], (OK, ZERO, NOT_REPORTED)) & ~run.filled[row] & ~np.isnan(scores[row])
    listed = np.flatnonzero(own & (counted >= FEWEST))
    weights = scorecard.weights.filter(pl.col("unit").is_null() | (pl.col("unit") == unit))
    weights = weights.unique("node", keep="last", maintain_order=True)
    effective = dict(weights.select("node", "effective_weight").iter_rows())
    nodes = structure.leaves[listed]
    # a tie shares its mean place, so that a value most units have counts neither as best nor as worst
    above = (among[:, listed] > scores[row, listed]).sum(axis=0)
    tied = (among[:, listed] == scores[row, listed]).sum(axis=0)
    return pl.DataFrame(
        {
            "node": [structure.nodes[n] for n in nodes],
            "parent": [structure.nodes[structure.parent[n]] for n in nodes],
            "value": pl.Series(run.stage("values")[row, listed], dtype=pl.Float64, nan_to_null=True),
            "score": scores[row, listed],
            "median": median[listed],
            "gap": scores[row, listed] - median[listed],
            "rank": above + (tied + 1) / 2,
            "of": counted[listed],
            "weight": [effective[structure.nodes[n]] for n in nodes],
        },
        schema_overrides={"node": pl.String, "parent": pl.String, "weight": pl.Float64, "of": pl.Int64},
    ).select(COLUMNS)


def peers(scorecard: Scorecard, unit: str, k: int = 5, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """``unit, distance, rank, score`` of the ``k`` ranked units of the group that are most like ``unit``, nearest first.

    Likeness is Gower's: the mean over the unit's context columns of 0 or 1 for a text or flag that is the same or not, and of the gap over
    the range for a number; and, counting as much as all context together, the gap in rank. Columns in which every unit differs, and a
    column in which either of the two has nothing, do not count. ``columns`` names the context columns instead. Raises ScoringError for an
    unknown unit.
    """
    run, row = scorecard.run, row_of(scorecard, unit)
    group = next(rows for rows in run.groups if row in rows)
    assert run.ranks is not None
    assert run.scores is not None
    group = group[~np.isnan(run.ranks[group, 0]) & (group != row)]
    context = _context(run.units, row, group, columns)
    place, own = run.ranks[group, 0], run.ranks[row, 0]
    far = np.abs(place - own) / max(len(group), 1) if not np.isnan(own) else np.full(len(group), np.nan)
    parts = np.array([context, far])
    distance = stats.mean(parts)
    order = np.lexsort((far, np.nan_to_num(distance, nan=np.inf)))[:k]
    return pl.DataFrame(
        {
            "unit": run.units["unit"].gather(group[order]),
            "distance": pl.Series(distance[order], dtype=pl.Float64, nan_to_null=True),
            "rank": place[order].astype(np.int64) if scorecard.index.rank.ties != "average" else place[order],
            "score": run.scores[group[order], 0],
        }
    )


def _context(units: pl.DataFrame, row: int, group: Positions, columns: Sequence[str] | None) -> Array:
    """Gower distance of ``row`` to each unit of ``group`` over the context columns; NaN where nothing can be compared."""
    parts = []
    for name in columns if columns is not None else [c for c in units.columns if c not in _NOT_CONTEXT]:
        column = units[name]
        if column.dtype.is_numeric():
            numbers = column.cast(pl.Float64).to_numpy().astype(float)
            spread = np.nanmax(numbers) - np.nanmin(numbers) if not np.isnan(numbers).all() else 0.0
            parts.append(stats.ratio(np.abs(numbers[group] - numbers[row]), spread))
        elif column.drop_nulls().n_unique() < column.drop_nulls().len():
            here = column.gather(group)
            same = (here == column[row]).cast(pl.Float64) if column[row] is not None else pl.Series([None] * len(group), dtype=pl.Float64)
            parts.append(1.0 - same.to_numpy().astype(float))
    if not parts:
        return np.full(len(group), np.nan)
    return stats.mean(np.array(parts))
