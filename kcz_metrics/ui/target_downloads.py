"""The year's targets, and the records behind one of their numbers, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui import browsing, downloads, measured, passport_records, targeting

if TYPE_CHECKING:
    from kcz_metrics.decisions.targets import Standing
    from kcz_metrics.facts import Fact
    from kcz_metrics.reports.listing import Listing
    from kcz_metrics.ui.context import Context
    from kcz_metrics.ui.target_detail import Opened


def every(ctx: Context, found: Standing) -> None:
    """All targets: the workbook with their months and units, and a plain list."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    names = [targeting.name(ctx, t) for t in found.rows["target"]]
    owners = [ctx.text(ctx.scheme.targets[t].owner) for t in found.rows["target"]]
    frame = found.rows.with_columns(pl.Series("name", names, pl.String), pl.Series("owner", owners, pl.String))
    said, stem = downloads.notice(ctx), f"targets_{found.day.as_of.isoformat()}_{ctx.snapshot.short}"
    with st.container(horizontal=True, width="content"):
        downloads.button(
            ctx, ctx.tr("导出各项目标"), lambda: _book(ctx, found), f"{stem}.xlsx", key="targets.book", rows=frame.height,
            help=ctx.tr("各项、逐月、各对象是否达到，以及数据来历"),
        )  # fmt: skip
        downloads.button(
            ctx, ctx.tr("下载 CSV"), lambda: browsing.export(frame, notice=said), f"{stem}.csv", key="targets.csv", rows=frame.height
        )


def _book(ctx: Context, found: Standing) -> bytes:
    from kcz_metrics.reports.targets import targets

    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    asked = targeting.chosen_month(ctx) or ctx.period
    return targets(found, targeting.course(ctx), scheme=ctx.scheme, snapshot=ctx.snapshot, lang=ctx.lang, asked=asked)


def records(one: Opened, fact: Fact, measure: str, rows: pl.DataFrame) -> None:
    """The records behind one number of a target."""
    ctx = one.ctx
    assert ctx.snapshot is not None
    with st.container(horizontal=True, width="content"):
        downloads.both(
            ctx, lambda: _listing(one, fact, measure, rows), lambda: rows, f"{one.id}_{measure}_{one.month}_{ctx.snapshot.short}",
            key="targets.records", rows=rows.height, asked={"target": one.id, "measure": measure, "month": one.month},
        )  # fmt: skip


def _listing(one: Opened, fact: Fact, measure: str, rows: pl.DataFrame) -> Listing:
    """The rows as the reader sees them, with what they are the rows of."""
    from kcz_metrics.reports.listing import Listing

    ctx = one.ctx
    asked = [
        (ctx.tr("目标名称"), f"{targeting.name(ctx, one.id)} {one.id}"), (ctx.tr("评价期"), one.month),
        (ctx.tr("基础量"), f"{measured.measure_name(ctx, measure)} {measure}"),
    ]  # fmt: skip
    return Listing(fact.label.in_(ctx.lang), passport_records.readable(ctx, fact, rows), passport_records.headings(ctx, fact), asked)
