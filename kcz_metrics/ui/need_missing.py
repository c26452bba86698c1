"""The needs page with an address that names no need of the day: why there is nothing, and the list to choose from."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, browsing, head, loading, naming, states
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.table import Column, table

#: Needs offered in its place.
OFFERED = 8


def gone(ctx: Context, need_id: str, day: date, found: pl.DataFrame) -> None:
    """Say why there is no such need on the day, show its record where there is one, and offer others.

    ``found``: the open needs that the list beside it shows.
    """
    rows = loading.table(ctx, "need").filter(pl.col("need_id") == need_id)
    row = rows.row(0, named=True) if rows.height else None
    with st.container(key="needs.gone"):
        states.empty(_why(ctx, need_id, day, row), ctx.tr("可在下面或左边另选一项。"))
    if row is not None and st.button(ctx.tr("打开这条需求的记录"), key="needs.record"):
        link("records", table="need", record=need_id)
    _offer(ctx, found)


def _why(ctx: Context, need_id: str, day: date, row: dict[str, object] | None) -> str:
    if row is None:
        return ctx.tr("这个快照里没有编号为 {need} 的需求。", need=need_id)
    assert ctx.snapshot is not None
    columns = ctx.snapshot.tables["need"].columns
    if row["duplicate_of"] is not None:
        return ctx.tr("需求 {need} 与 {other} 重复，不单列。", need=need_id, other=row["duplicate_of"])
    posted = str(row["posted_at"])[:10]
    if posted > day.isoformat():
        return ctx.tr("需求 {need} 到 {posted} 才发布，{day} 还不知道有它。", need=need_id, posted=posted, day=day.isoformat())
    state = browsing.written(row["status"], columns["status"], ctx.lang)
    return ctx.tr("截至 {day} 需求 {need} 不是有效需求（{state}）。", day=day.isoformat(), need=need_id, state=state)


def _offer(ctx: Context, found: pl.DataFrame) -> None:
    shown = found.head(OFFERED)
    if shown.is_empty():
        return
    head.finding(ctx.tr("最近的未结需求"), ctx.tr("点按一行看推荐"))
    cities = naming.names(ctx, "pilot_city")
    columns = [
        Column("title", ctx.tr("题目"), "name", options={"wrap": True}),
        Column("city", ctx.tr("试点城市")),
        Column("days", ctx.tr("等待天数"), "number", options={"decimals": 0}),
    ]
    rows = [
        {"id": row["need_id"], "title": {"t": row["title"], "sub": row["need_id"]}, "city": cities.get(row["city_id"], row["city_id"]),
         "days": row["days"]}
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "needs.offer", label=ctx.tr("最近的未结需求"))
    if opened:
        address.put(need=opened, candidate=None)
        st.rerun()
