"""Tidy frames from a run's arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring.adjusting import holds
from kcz_metrics.scoring.run import INSUFFICIENT, NOT_APPLICABLE, NOT_REPORTED, ZERO, Run
from kcz_metrics.scoring.structure import Structure


def _repeat(names: pl.Series, times: int) -> pl.Series:
    return names.gather(np.repeat(np.arange(len(names), dtype=np.uint32), times))


def _same(text: str, times: int) -> pl.Series:
    return pl.Series([text], dtype=pl.String).new_from_index(0, times)


def _tile(names: Sequence[str], times: int) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(np.tile(np.arange(len(names), dtype=np.uint32), times))


def _coded(codes: NDArray[np.uint8], names: Sequence[str]) -> pl.Series:
    return pl.Series(names, dtype=pl.String).gather(codes.ravel().astype(np.uint32))


def _numbers(x: Array) -> pl.Series:
    return pl.Series(np.ascontiguousarray(x).ravel(), dtype=pl.Float64, nan_to_null=True)


def matrix(run: Run, period: str, x: Array, status: NDArray[np.uint8], rows: Positions, statuses: Sequence[str]) -> pl.DataFrame:
    """``unit, period, indicator, value, status`` of the units in ``rows``."""
    units = run.units["unit"].gather(rows)
    return pl.DataFrame(
        {
            "unit": _repeat(units, x.shape[1]),
            "period": _same(period, x.size),
            "indicator": _tile(run.structure.indicator_ids, x.shape[0]),
            "value": _numbers(x),
            "status": _coded(status, statuses),
        }
    )


def weights(structure: Structure, units: pl.Series | None, within: Array, effective: Array) -> pl.DataFrame:
    """``unit, node, parent, weight, effective_weight``; ``units`` null for weights that all share."""
    n, nodes = within.shape
    parents = [None if p < 0 else structure.nodes[p] for p in structure.parent]
    return pl.DataFrame(
        {
            "unit": pl.Series([None] * n * nodes, dtype=pl.String) if units is None else _repeat(units, nodes),
            "node": _tile(structure.nodes, n),
            "parent": pl.Series(parents * n, dtype=pl.String),
            "weight": _numbers(within),
            "effective_weight": _numbers(effective),
        }
    )


def scores(run: Run, period: str) -> pl.DataFrame:
    """``unit, period, group, node, score, published, rank, coverage, status, reason``."""
    nodes, n = run.structure.nodes, len(run.units)
    blank = np.full((n, len(nodes)), np.nan)
    score = blank if run.scores is None else run.scores
    published = blank if run.published is None else run.published
    ranks = blank if run.ranks is None else run.ranks
    names = ("ranked", "not_ranked", "missing", "not_applicable", "insufficient", "zero", "not_reported")
    status = np.where(np.isnan(score), 2, 0).astype(np.uint8)
    some = (run.applicable.astype(float) @ run.structure.lying_below) > 0
    status[~some] = 3
    leaves = status[:, run.structure.leaves]
    leaves[run.statuses == NOT_APPLICABLE] = 3
    for own, code in ((INSUFFICIENT, 4), (ZERO, 5), (NOT_REPORTED, 6)):
        leaves[(run.statuses == own) & ((leaves == 0) | (own == INSUFFICIENT))] = code
    status[:, run.structure.leaves] = leaves
    held = ~run.passed
    held[list(run.barred or {})] = True
    status[held] = 1
    codes = [""] * n
    for row, items in run.reasons.items():
        codes[row] = "; ".join(code for code, _ in items)
    for rule in run.structure.index.adjust if run.barred else ():
        if rule.kind == "veto":
            for row in np.flatnonzero(holds(run, rule) & run.passed).tolist():
                codes[row] = "; ".join(filter(None, (codes[row], f"veto:{rule.id}")))
    coverage = blank if run.coverage is None else run.coverage
    exact = run.structure.index.rank.ties == "average"
    return pl.DataFrame(
        {
            "unit": _repeat(run.units["unit"], len(nodes)),
            "period": _same(period, score.size),
            "group": _repeat(run.units["group"], len(nodes)),
            "node": _tile(nodes, n),
            "score": _numbers(score),
            "published": _numbers(published),
            "rank": _numbers(ranks) if exact else _numbers(ranks).cast(pl.Int64),
            "coverage": _numbers(np.broadcast_to(coverage, score.shape)),
            "status": _coded(status, names),
            "reason": _repeat(pl.Series(codes, dtype=pl.String), len(nodes)),
        }
    )
