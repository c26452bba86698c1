"""The candidates of a selection: scores of the index, the columns of the units, and what is known of them besides."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kcz_metrics.decisions import eligibility
from kcz_metrics.scheme.selections import Selection
from kcz_metrics.scoring import Scorecard


def candidates(
    card: Scorecard,
    policy: Selection,
    attributes: pl.DataFrame | None = None,
    before: Scorecard | None = None,
    open_flags: Mapping[str, int] | None = None,
) -> pl.DataFrame:
    """A row for each unit of the scorecard: ``unit``, ``score`` (null for one that is not ranked), its columns, those of ``attributes``
    (by ``unit``), ``previous_rank`` in ``before``, ``open_flags``, and the published score of each node that ``ties`` names.

    Without ``open_flags`` there is no such column: nobody has looked.
    """
    index = card.index
    top = card.scores.filter(pl.col("node") == index.id).select("unit", score=pl.when(pl.col("rank").is_not_null()).then("score"))
    frame = card.units.join(top, on="unit", how="left", maintain_order="left")
    nodes = {node.id for node in index.tree.walk()} - set(frame.columns)
    for name in policy.ties:
        if name in nodes:
            frame = frame.join(
                card.scores.filter(pl.col("node") == name).select("unit", pl.col("published").alias(name)), on="unit", how="left"
            )
    if attributes is not None:
        frame = frame.join(attributes.select("unit", pl.exclude("unit", *frame.columns)), on="unit", how="left", maintain_order="left")
    ranks = pl.DataFrame(schema={"unit": pl.String, "previous_rank": pl.Float64})
    if before is not None:
        ranks = before.scores.filter(pl.col("node") == index.id).select("unit", pl.col("rank").cast(pl.Float64).alias("previous_rank"))
    frame = frame.join(ranks, on="unit", how="left", maintain_order="left")
    frame = _numbers(frame, policy)
    if open_flags is None:
        return frame
    return frame.with_columns(pl.col("unit").replace_strict(dict(open_flags), default=0, return_dtype=pl.Int64).alias("open_flags"))


def _numbers(frame: pl.DataFrame, policy: Selection) -> pl.DataFrame:
    """Columns of a text file that are compared or added up, as numbers; what is none is null."""
    named = dict.fromkeys((*eligibility.columns_read(policy.eligible.model_copy(update={"where": {}})), *policy.prefer, *policy.ties))
    texts = [name for name in named if name in frame.columns and frame.schema[name] == pl.String]
    flags = {"true": "1", "false": "0"}
    return frame.with_columns(pl.col(name).str.to_lowercase().replace(flags).cast(pl.Float64, strict=False) for name in texts)
