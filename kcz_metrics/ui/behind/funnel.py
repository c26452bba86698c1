"""The funnel of the platform page: each part of a cohort step by step, and what its headings say of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.facts import FACTS
from kcz_metrics.ui import pathways
from kcz_metrics.ui.behind import gathered_roads
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import NONE, Opening, Part, Ratio, Source

if TYPE_CHECKING:
    from kcz_metrics.ui.funnel_parts import Choice


def parts(ctx: Context, made: Choice) -> dict[str, Opening]:
    """``first`` and each later step as a share of the one before, by part."""
    source, reached = _cohort(ctx, made), _reached(made)
    shares = {then: Ratio(source.count(reached[then]), source.count(reached[first])) for first, then in pairwise(made.path.steps)}
    return {"first": source.count(), **shares}


def steps(ctx: Context, made: Choice) -> dict[str, Part]:
    """How many got to each step, of the chosen part or of all."""
    source, reached = _chosen(ctx, made), _reached(made)
    return {step: source.count(reached[step]) for step in made.path.steps}


def share(ctx: Context, made: Choice, step: str, of: str) -> Ratio:
    """Of the chosen part those that got to a step, by those that got to another."""
    counted = steps(ctx, made)
    return Ratio(counted[step], counted[of])


def young(ctx: Context, made: Choice) -> Ratio:
    """Those of the whole cohort that came in less than so many days before the last known one, by all."""
    whole, until = _source(ctx, made, 0), gathered_roads.known_until(ctx, made.kind)
    assert until is not None
    return whole.share(pl.col(made.path.time).cast(pl.Date) > until - timedelta(days=pathways.RIPE))


def worst(ctx: Context, made: Choice, step: str | None = None) -> Part:
    """The parts of the cohort, by the step that the fewest of those before it got to; of these those of one step."""
    names = made.path.steps
    cohort, reached = _cohort(ctx, made), _reached(made)

    def rows() -> pl.DataFrame:
        counted = cohort.rows().group_by(made.column).agg(*(reached[one].sum().cast(pl.Int64).alias(one) for one in names))
        lines = []
        for line in counted.sort(names[0], made.column, descending=[True, False]).iter_rows(named=True):
            kept = [(line[then] / line[first], then) for first, then in pairwise(names) if line[first] and line[then] < line[first]]
            lines.append({**line, "worst": min(kept, key=lambda one: one[0])[1] if kept else None})
        found = pl.DataFrame(lines, schema={**counted.schema, "worst": pl.String})
        said = {one: pathways.step(ctx, one) for one in names}
        return found.with_columns(step=pl.col("worst").replace_strict(said, default=None, return_dtype=pl.String))

    labels = {made.column: ctx.tr("对象"), **{one: pathways.step(ctx, one) for one in names}, "step": ctx.tr("最低一步")}
    return Source("", rows, labels=labels).count(None if step is None else pl.col("worst") == step)


def _reached(made: Choice) -> dict[str, pl.Expr]:
    return {step: pl.col("reached") >= at for at, step in enumerate(made.path.steps, start=1)}


def _cohort(ctx: Context, made: Choice) -> Source:
    return _source(ctx, made, made.ripe)


def _source(ctx: Context, made: Choice, ripe: int) -> Source:
    """A handling is a need given to a body, which is no record of its own."""
    fact = FACTS[made.path.fact]
    labels = {name: column.label.in_(ctx.lang) for name, column in fact.columns.items()} if made.kind == "handling" else {}
    table = "" if made.kind == "handling" else str(fact.record)
    return Source(table, lambda: gathered_roads.cohort(ctx, made.kind, ripe), made.column, labels=labels)


def _chosen(ctx: Context, made: Choice) -> Source:
    """The cohort, or the part that the reader chose."""
    source = _cohort(ctx, made)
    if made.who is None:
        return source
    column, who = pl.col(made.column), made.who
    where = column.is_null() if who == NONE else column == who
    return Source(source.table, lambda: source.rows().filter(where), labels=source.labels)
