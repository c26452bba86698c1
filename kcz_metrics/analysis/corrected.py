"""Values put in place of others, and the index scored with them: what a correction does to every rank."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kcz_metrics.analysis.explain import row_of
from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.pipeline import advance
from kcz_metrics.scoring.run import MISSING, OK, ZERO, Run
from kcz_metrics.scoring.sheet import start


def begun(card: Scorecard) -> Run:
    """The run of a scorecard before its first stage."""
    return start(card.history.sheet, card.period)


def with_values(card: Scorecard, first: Run, x: Array) -> Run:
    """The index scored with the values ``x``, (unit, indicator), in place of those of ``first``; other periods as they are."""
    statuses, zeroed = cells(first.x, x, first.statuses, first.zeroed)
    return advance(first.but(x=x, kept=MappingProxyType({"values": x}), statuses=statuses, zeroed=zeroed), card.history)


def cells(was: Array, x: Array, statuses: NDArray[np.uint8], zeroed: Flags | None) -> tuple[NDArray[np.uint8], Flags | None]:
    """What cells are once ``x`` stands for ``was``: one with another value counts as a plain one, and no flag sets it to zero any more."""
    other = ~((x == was) | (np.isnan(x) & np.isnan(was)))
    plain = np.where(np.isnan(x), MISSING, np.where(x == 0, ZERO, OK))
    return np.where(other, plain, statuses).astype(np.uint8), None if zeroed is None else zeroed & ~other


def corrected(card: Scorecard, values: Mapping[tuple[str, str], float | None]) -> pl.DataFrame:
    """``unit, score_before, score, score_change, rank_before, rank, rank_change``: every unit whose score or rank is another once the
    ``values``, by unit and indicator, stand for those that are there (null: missing); the largest change in rank first. Raises ScoringError
    for an unknown unit or indicator, and as scoring does."""
    ids, first = card.run.structure.indicator_ids, begun(card)
    unknown = sorted({name for _, name in values if name not in ids})
    if unknown:
        message = T("指数 {index} 中没有指标 {indicator}", index=card.index.id, indicator=", ".join(unknown))
        raise ScoringError(Issue("unknown_indicator", message, hint=did_you_mean(unknown[0], list(ids))))
    x = first.x.copy()
    for (unit, name), value in values.items():
        x[row_of(card, unit), ids.index(name)] = np.nan if value is None else value
    run = with_values(card, first, x)
    assert run.scores is not None
    assert run.ranks is not None
    assert card.run.scores is not None
    assert card.run.ranks is not None
    frame = pl.DataFrame(
        {
            "unit": card.units["unit"],
            "score_before": card.run.scores[:, 0],
            "score": run.scores[:, 0],
            "rank_before": card.run.ranks[:, 0],
            "rank": run.ranks[:, 0],
        }
    ).with_columns(pl.selectors.float().fill_nan(None))
    moved = frame.filter(pl.col("score").ne_missing(pl.col("score_before")) | pl.col("rank").ne_missing(pl.col("rank_before")))
    changes = moved.with_columns(
        score_change=pl.col("score") - pl.col("score_before"), rank_change=pl.col("rank_before") - pl.col("rank")
    ).select("unit", "score_before", "score", "score_change", "rank_before", "rank", "rank_change")
    return changes.sort(pl.col("rank_change").abs(), descending=True, nulls_last=True, maintain_order=True)
