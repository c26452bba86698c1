"""The records behind a line that is made of several: each with file, row, version, evidence and who verified it, and its way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.facts import makings
from kcz_metrics.ui import browsing, head, listing, loading, naming, number, origins
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact
    from kcz_metrics.tables import Table

_HEIGHT = 320


def show(ctx: Context, fact: Fact, row: dict[str, Any]) -> None:
    """A list a table; nothing for a fact whose lines are one record each."""
    if fact.id not in makings.MAKINGS:
        return
    line = pl.DataFrame({name: [row[name]] for name in row if name in fact.columns})
    parts = origins.made_of(ctx, fact, line)
    if not parts and not makings.has_own_record(fact.id):
        head.paragraph(ctx.tr("没有可以列出的记录：这一行的数是 0，或由没有记录推得。"), muted=True)
    for table, found in parts:
        _listed(ctx, table, found.drop(makings.LINE))


def _listed(ctx: Context, table: Table, found: pl.DataFrame) -> None:
    head.finding(
        ctx.tr("合成这一行的{table}（{n} 条）", table=table.label.in_(ctx.lang), n=number.count(found.height)),
        ctx.tr("每条出自哪个文件的哪一行、第几个快照、谁核验；点按一行看它的全部字段与版本"),
    )
    shown = found.head(browsing.SHOWN)
    front = [origins.VERSION, *(c for c in origins.COLUMNS if c in shown.columns)]
    frame = naming.named(ctx, origins.worded(ctx, table, shown), naming.of_table(table)).select(*table.key, *front)
    event: Any = st.dataframe(
        frame,
        column_config={name: listing.configured(table.columns[name], ctx) for name in table.key} | origins.configured(ctx),
        placeholder=number.MISSING,
        hide_index=True,
        row_height=35,
        height=min(_HEIGHT, 35 * (shown.height + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"passport.makings.{table.name}.{ctx.lang}",
        alt=table.label.in_(ctx.lang),
    )
    picked = event["selection"]["rows"]
    if picked and picked[0] < shown.height:
        key = shown.select(table.key).row(picked[0], named=True)
        whole = loading.table(ctx, table.name).filter(pl.col(name) == value for name, value in key.items())
        if whole.height:
            listing.one_row(ctx, table, whole.row(0, named=True), f"passport.makings.versions.{table.name}")
