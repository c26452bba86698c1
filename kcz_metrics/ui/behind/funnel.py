"""The funnel of the platform page: each part of a cohort step by step."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.facts import FACTS
from kcz_metrics.ui import pathways
from kcz_metrics.ui.behind import gathered_paths
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Ratio, Source

if TYPE_CHECKING:
    from kcz_metrics.ui.funnel_parts import Choice


def parts(ctx: Context, made: Choice) -> Behind:
    """A handling is a need given to a body, which is no record of its own."""
    fact = FACTS[made.path.fact]
    labels = {name: column.label.in_(ctx.lang) for name, column in fact.columns.items()} if made.kind == "handling" else {}
    table = "" if made.kind == "handling" else str(fact.record)
    of_needs = made.kind == "need"

    def rows() -> pl.DataFrame:
        return gathered_paths.needs(ctx, made.ripe) if of_needs else pathways.cohort(ctx, made.kind, made.ripe)

    source = Source(table, rows, made.column, labels=labels)
    reached = {step: pl.col("reached") >= at for at, step in enumerate(made.path.steps, start=1)}
    shares = {then: Ratio(source.count(reached[then]), source.count(reached[first])) for first, then in pairwise(made.path.steps)}
    return {"first": source.count(), **shares}
