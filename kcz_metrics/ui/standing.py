"""One row a unit of an index in a period: who it is, where it stands, where it stood, what its score is made of.

Frames in, frames out; joins only. Everything that is computed comes from the scorecard, its explanation and its tiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard


def standing(card: Scorecard, before: Scorecard | None, tiers: pl.DataFrame | None) -> pl.DataFrame:
    """Ranked units by group and rank, then the others by id.

    Columns: those of ``card.units``; ``group, score, published, rank, coverage, status, reason``; ``rank_before, score_before,
    move`` (places gained within the same group; null without a rank in both periods); ``tier``; and ``node:<id>``, the score
    of each child of the root.
    """
    root = card.index.id
    kept = ("unit", "group", "score", "published", "rank", "coverage", "status", "reason")
    scores = card.scores.filter(pl.col("node") == root).select(kept)
    frame = scores.join(card.units.drop("group", strict=False), on="unit", how="left")
    if before is None:
        frame = frame.with_columns(rank_before=pl.lit(None, pl.Float64), score_before=pl.lit(None, pl.Float64))
    else:
        was = before.scores.filter(pl.col("node") == root).select("unit", "group", rank_before="rank", score_before="published")
        frame = frame.join(was, on=["unit", "group"], how="left", nulls_equal=True)
    frame = frame.with_columns(move=(pl.col("rank_before") - pl.col("rank")).round().cast(pl.Int64))
    if tiers is None:
        frame = frame.with_columns(tier=pl.lit(None, pl.String))
    else:
        frame = frame.join(tiers.select("unit", "tier"), on="unit", how="left")
    for child in card.index.tree.children:
        part = card.scores.filter(pl.col("node") == child.id).select("unit", pl.col("score").alias(f"node:{child.id}"))
        frame = frame.join(part, on="unit", how="left")
    return frame.sort(pl.col("rank").is_null(), "group", "rank", "unit", nulls_last=True)


def names(frame: pl.DataFrame, lang: str) -> Mapping[str, str]:
    """Unit to name; the other language, then the id, where one is missing."""
    first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
    return dict(frame.select("unit", pl.coalesce(first, second, "unit")).iter_rows())


def ranked(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("rank").is_not_null())


def movers(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    """Units whose rank moved most since the period before, the largest move first, then by rank."""
    moved = frame.filter(pl.col("move").is_not_null() & (pl.col("move") != 0))
    return moved.sort(pl.col("move").abs(), "rank", "unit", descending=[True, False, False]).head(most)


def by_province(frame: pl.DataFrame) -> pl.DataFrame:
    """``province_code, value`` (mean score of its ranked units, null without one), ``count`` (all its units)."""
    return frame.group_by("province_code").agg(
        value=pl.col("score").filter(pl.col("rank").is_not_null()).mean(), count=pl.len().cast(pl.Int64)
    )


def by_tier(frame: pl.DataFrame, levels: tuple[str, ...]) -> pl.DataFrame:
    """``tier, units, lowest, highest`` of the ranked units, in the order of the levels; levels without a unit count 0."""
    held = (
        ranked(frame)
        .filter(pl.col("tier").is_not_null())
        .group_by("tier")
        .agg(units=pl.len().cast(pl.Int64), lowest=pl.col("published").min(), highest=pl.col("published").max())
    )
    order = pl.DataFrame({"tier": list(levels)}, schema={"tier": pl.String})
    return order.join(held, on="tier", how="left", maintain_order="left").with_columns(pl.col("units").fill_null(0))


def came_and_left(frame: pl.DataFrame, before: pl.DataFrame | None) -> tuple[dict[str, int], dict[str, int]]:
    """Tier to how many came into it and how many left it since ``before``; both frames ``unit, tier``.

    A unit that had no tier came, one that has none any more left: those who were there, came and left add up to those who are.
    """
    if before is None:
        return {}, {}
    both = frame.select("unit", "tier").join(before.select("unit", was="tier"), on="unit", how="full", coalesce=True)
    moved = both.filter(pl.col("tier").ne_missing(pl.col("was")))
    came, left = (moved.drop_nulls(side).group_by(side).len() for side in ("tier", "was"))
    return dict(came.iter_rows()), dict(left.iter_rows())


def top(frame: pl.DataFrame, most: int = 10) -> int | None:
    """How many units at the head are surely ahead of all others: their rank intervals end before the others' begin.

    ``frame``: ranked units with ``rank, rank_low, rank_high``. The largest such number up to ``most``; None where there is none.
    """
    rows = frame.sort("rank").select("rank_low", "rank_high").rows()
    for k in range(min(most, len(rows) - 1), 0, -1):
        if max(high for _, high in rows[:k]) < min(low for low, _ in rows[k:]):
            return k
    return None


def stretch(frame: pl.DataFrame, least: int = 3) -> tuple[int, int] | None:
    """The longest run of places whose rank intervals all overlap one another, as first and last place; the higher one of equals.

    ``frame`` as in :func:`top`. None where no run has ``least`` units.
    """
    rows = frame.sort("rank").select("rank_low", "rank_high").rows()
    best: tuple[int, int] | None = None
    for start in range(len(rows)):
        low, high = rows[start]
        end = start
        while end + 1 < len(rows) and max(low, rows[end + 1][0]) <= min(high, rows[end + 1][1]):
            end += 1
            low, high = max(low, rows[end][0]), min(high, rows[end][1])
        if end - start + 1 >= least and (best is None or end - start > best[1] - best[0]):
            best = (start + 1, end + 1)
    return best
