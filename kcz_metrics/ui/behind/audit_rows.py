"""The rows that figures of the audit are over: values of an indicator, scores of nodes, each with the unit's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from kcz_metrics.ui import audit, loading
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Way


def to_passport(leaf: str) -> Callable[[Mapping[str, Any]], Way]:
    return lambda row: ("passport", {"unit": str(row["unit"]), "indicator": leaf})


def of_units(ctx: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """With the name beside the unit's id."""
    names = audit.names(ctx)
    named = rows.with_columns(name=pl.col("unit").replace_strict(dict(names), default=pl.col("unit"), return_dtype=pl.String))
    return named.select("unit", "name", *[c for c in rows.columns if c != "unit"])


def valued(ctx: Context, leaf: str) -> pl.DataFrame:
    """``unit, name, value, status`` of every unit of the index."""
    found = loading.scorecard(ctx).values.filter(pl.col("indicator") == leaf, pl.col("period") == ctx.period)
    return of_units(ctx, found.select("unit", "value", "status"))


def staged(ctx: Context, leaf: str, stage: str) -> pl.DataFrame:
    """``unit, name, value`` of the units that passed the screen, as the stage left them."""
    card = loading.scorecard(ctx)
    passed = card.treated.filter(pl.col("indicator") == leaf)["unit"]
    found = card.stage(stage).filter(pl.col("indicator") == leaf, pl.col("unit").is_in(passed.implode()), pl.col("value").is_not_null())
    return of_units(ctx, found.select("unit", "value"))


def scores(ctx: Context, *nodes: str) -> pl.DataFrame:
    """``unit, name`` and a column for each node: the scores of the ranked units, without adjustments; where the index ranks within groups,
    less the mean of the unit's group."""
    card = loading.scorecard(ctx)
    root = card.index.id
    ranked = card.scores.filter((pl.col("node") == root) & pl.col("rank").is_not_null()).select("unit", "group")
    points = card.adjustments.filter("applied").group_by("unit").agg(pl.col("points").sum())
    made = ranked
    for node in dict.fromkeys(nodes):
        own = card.scores.filter(pl.col("node") == node).select("unit", pl.col("score").alias(node))
        if node == root and points.height:
            own = own.join(points, on="unit", how="left").select("unit", pl.col(node) - pl.col("points").fill_null(0.0))
        made = made.join(own, on="unit", how="left", maintain_order="left")
        if card.index.group is not None:
            made = made.with_columns(pl.col(node) - pl.col(node).mean().over("group"))
    return of_units(ctx, made.drop("group"))
