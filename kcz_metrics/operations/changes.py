"""What changed in a ranking between two snapshots, and which rows changed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.analysis.movement import movement
from kcz_metrics.compiling import plan
from kcz_metrics.scoring import evaluate
from kcz_metrics.store.differences import between as rows_between

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot, Store


@dataclass(frozen=True, slots=True)
class Changes:
    """``ranking``: as :func:`movement` gives it, every unit of either; ``values``: ``unit, indicator, before, value, status_before,
    status`` of those that differ; ``rows``: as :func:`kcz_metrics.store.differences.between`, of the tables that the index reads."""

    ranking: pl.DataFrame
    values: pl.DataFrame
    rows: pl.DataFrame

    @property
    def moved(self) -> pl.DataFrame:
        """Units whose score, rank or status is another."""
        return self.ranking.filter(
            pl.col("score").ne_missing(pl.col("score_before"))
            | pl.col("rank").ne_missing(pl.col("rank_before"))
            | pl.col("status").is_in(["new", "gone"])
        )


def changes(store: Store, scheme: Scheme, index_id: str, period: str, before: Snapshot, now: Snapshot) -> Changes:
    """What differs in ``index_id`` of ``period`` between two snapshots of ``store``, with the scheme as it is."""
    cards = [evaluate(scheme, index_id, period, snapshot) for snapshot in (before, now)]
    read = plan(scheme, index_id, [period]).tables
    return Changes(
        ranking=movement(cards[1], cards[0]),
        values=_values(cards[0], cards[1]),
        rows=rows_between(before, now, store.snapshots(), dict.fromkeys(read)),
    )


def _values(before: Scorecard, now: Scorecard) -> pl.DataFrame:
    key = ["unit", "indicator"]
    was = before.values.select(*key, pl.col("value").alias("before"), pl.col("status").alias("status_before"))
    joined = now.values.select(*key, "value", "status").join(was, on=key, how="full", coalesce=True, maintain_order="left_right")
    differing = pl.col("value").ne_missing(pl.col("before")) | pl.col("status").ne_missing(pl.col("status_before"))
    return joined.filter(differing).select("unit", "indicator", "before", "value", "status_before", "status")
