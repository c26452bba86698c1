"""How an indicator's values lie: how many there are, where they stand, and whether they go with the pillar they are part of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from kcz_metrics.scheme.models import Index
from kcz_metrics.scoring import Scorecard

FIGURES: Final = {
    "indicator": pl.String,
    "pillar": pl.String,
    "applies": pl.Int64,
    "known": pl.Int64,
    "coverage": pl.Float64,
    "lowest": pl.Float64,
    "lower_quartile": pl.Float64,
    "median": pl.Float64,
    "upper_quartile": pl.Float64,
    "highest": pl.Float64,
    "correlation": pl.Float64,
}


def figures(card: Scorecard) -> pl.DataFrame:
    """A row an indicator, in the order of the tree, with the columns of ``FIGURES``.

    ``applies`` counts the units to which the indicator applies, ``known`` those with a value, ``coverage`` is their ratio. ``correlation``
    is Pearson's between the indicator's score and its parent's, each less the mean of its group, over ranked units; null where fewer than
    three units have both or one of the two does not vary. Quartiles are linear (type 7).
    """
    parents = dict(_parents(card.index))
    found = card.values.group_by("indicator").agg(
        (pl.col("status") != "not_applicable").sum().cast(pl.Int64).alias("applies"),
        pl.col("value").drop_nulls().len().cast(pl.Int64).alias("known"),
        pl.col("value").min().alias("lowest"),
        pl.col("value").quantile(0.25, "linear").alias("lower_quartile"),
        pl.col("value").median().alias("median"),
        pl.col("value").quantile(0.75, "linear").alias("upper_quartile"),
        pl.col("value").max().alias("highest"),
    )
    coverage = pl.when(pl.col("applies") > 0).then(pl.col("known") / pl.col("applies"))
    order = pl.DataFrame({"indicator": list(parents), "pillar": list(parents.values())})
    return (
        order.join(found, on="indicator", how="left", maintain_order="left")
        .join(_correlations(card, order), on="indicator", how="left", maintain_order="left")
        .with_columns(coverage.alias("coverage"))
        .select(pl.col(name).cast(kind) for name, kind in FIGURES.items())
    )


def _parents(index: Index) -> Iterator[tuple[str, str]]:
    for node in index.tree.walk():
        yield from ((child.id, node.id) for child in node.children if child.is_leaf)


def _correlations(card: Scorecard, order: pl.DataFrame) -> pl.DataFrame:
    scores = card.scores.drop_nulls("score").select("unit", pl.col("group").fill_null(""), "node", "score")
    centred = scores.with_columns((pl.col("score") - pl.col("score").mean().over("node", "group")).alias("score"))
    pairs = (
        order.join(centred.rename({"node": "indicator"}), on="indicator")
        .join(centred.select("unit", pillar="node", of_pillar="score"), on=["unit", "pillar"])
        .group_by("indicator")
        .agg(
            pl.len().alias("pairs"),
            pl.corr("score", "of_pillar").alias("correlation"),
            (pl.col("score").abs().max() > 1e-9).alias("varies"),
            (pl.col("of_pillar").abs().max() > 1e-9).alias("pillar_varies"),
        )
    )
    meant = (pl.col("pairs") >= 3) & pl.col("varies") & pl.col("pillar_varies")
    return pairs.select("indicator", pl.when(meant).then(pl.col("correlation")).alias("correlation"))
