"""The records behind a measure as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.ui import downloads, measured, number, origins
from kcz_metrics.ui.trail import Origin

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact
    from kcz_metrics.reports.listing import Listing


def show(origin: Origin, fact: Fact, measure: str, rows: pl.DataFrame) -> None:
    """Two buttons: the rows as a workbook of what the reader sees, and as CSV."""
    ctx = origin.ctx
    assert ctx.snapshot is not None
    downloads.both(
        ctx, lambda: _listing(origin, fact, measure, rows), lambda: origins.joined(ctx, fact, rows),
        f"{origin.id}_{measure}_{origin.trail.unit}_{ctx.period}_{ctx.snapshot.short}", key="passport", rows=rows.height,
        asked={"unit": origin.trail.unit, "indicator": origin.id, "measure": measure},
    )  # fmt: skip


def _listing(origin: Origin, fact: Fact, measure: str, rows: pl.DataFrame) -> Listing:
    """The rows as the reader sees them, with what they are the rows of."""
    from kcz_metrics.reports.listing import Listing
    from kcz_metrics.ui.passport_records import headings, readable

    ctx = origin.ctx
    frame = readable(ctx, fact, origins.joined(ctx, fact, rows))
    heads = headings(ctx, fact) | {name: str(column["label"]) for name, column in origins.configured(ctx).items()}
    asked = [
        (ctx.tr("指数"), ctx.name(ctx.index_id)),
        (ctx.tr("评价对象"), f"{origin.trail.name} {origin.trail.unit}"),
        (ctx.tr("评价期"), number.period(ctx.period, ctx.lang)),
        (ctx.tr("指标"), f"{ctx.name(origin.id)} {origin.id}"),
        (ctx.tr("基础量"), f"{measured.measure_name(ctx, measure)} {measure}"),
    ]
    return Listing(fact.label.in_(ctx.lang), frame, heads, asked)
