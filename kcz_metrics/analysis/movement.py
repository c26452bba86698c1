"""What moved between two scorecards of the same index."""

from __future__ import annotations

import polars as pl

from kcz_metrics.scoring import Scorecard


def movement(now: Scorecard, before: Scorecard, node: str | None = None) -> pl.DataFrame:
    """``unit, score, score_before, score_change, rank, rank_before, rank_change, status`` of ``node`` (the index by default).

    ``rank_change`` is positive for a unit that climbed. ``status``: both, new (no rank before), gone (no rank now), neither. Units of both
    scorecards, those of ``now`` first. Two schemes or two sets of weights may be compared as well as two periods.
    """
    here, there = (card.scores.filter(pl.col("node") == (node or card.index.id)).select("unit", "score", "rank") for card in (now, before))
    joined = here.join(there, on="unit", how="full", coalesce=True, suffix="_before", maintain_order="left_right")
    ranked, was = pl.col("rank").is_not_null(), pl.col("rank_before").is_not_null()
    status = pl.when(ranked & was).then(pl.lit("both")).when(ranked).then(pl.lit("new")).when(was).then(pl.lit("gone"))
    return joined.select(
        "unit",
        "score",
        "score_before",
        (pl.col("score") - pl.col("score_before")).alias("score_change"),
        "rank",
        "rank_before",
        (pl.col("rank_before") - pl.col("rank")).alias("rank_change"),
        status.otherwise(pl.lit("neither")).alias("status"),
    )
