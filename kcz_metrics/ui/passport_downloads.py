"""The records behind a measure as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui import browsing, listing, measured, number, origins
from kcz_metrics.ui.trail import Origin

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact


def show(origin: Origin, fact: Fact, measure: str, rows: pl.DataFrame) -> None:
    """Two buttons: the rows as CSV, and as a workbook of what the reader sees."""
    ctx = origin.ctx
    assert ctx.snapshot is not None
    said = listing.notice(ctx)
    name = f"{origin.id}_{measure}_{origin.trail.unit}_{ctx.period}_{ctx.snapshot.short}.csv"
    st.download_button(
        ctx.tr("下载这些记录"),
        data=lambda: browsing.export(origins.joined(ctx, fact, rows), notice=said),
        file_name=name,
        mime="text/csv",
        key="passport.download",
        on_click="ignore",
        disabled=rows.is_empty(),
    )
    st.download_button(
        ctx.tr("下载工作簿"),
        data=lambda: _book(origin, fact, measure, rows),
        file_name=f"{name.removesuffix('.csv')}.xlsx",
        mime=listing.XLSX,
        key="passport.book",
        on_click="ignore",
        disabled=rows.is_empty(),
    )


def _book(origin: Origin, fact: Fact, measure: str, rows: pl.DataFrame) -> bytes:
    """The rows as the reader sees them, with what they are the rows of."""
    from kcz_metrics.reports import listing as books
    from kcz_metrics.ui.passport_records import headings, readable

    ctx = origin.ctx
    assert ctx.snapshot is not None
    frame = readable(ctx, fact, origins.joined(ctx, fact, rows))
    heads = headings(ctx, fact) | {name: str(column["label"]) for name, column in origins.configured(ctx).items()}
    asked = [
        (ctx.tr("指数"), ctx.name(ctx.index_id)),
        (ctx.tr("评价对象"), f"{origin.trail.name} {origin.trail.unit}"),
        (ctx.tr("评价期"), number.period(ctx.period, ctx.lang)),
        (ctx.tr("指标"), f"{ctx.name(origin.id)} {origin.id}"),
        (ctx.tr("基础量"), f"{measured.measure_name(ctx, measure)} {measure}"),
    ]
    return books.workbook(books.Listing(fact.label.in_(ctx.lang), frame, heads, asked), ctx.snapshot, ctx.lang)
