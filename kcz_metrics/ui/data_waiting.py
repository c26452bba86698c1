"""Rejected rows that wait to be mended: by import, with the rule each one broke, the workbook to mend, and putting aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.records import waiting
from kcz_metrics.store import may
from kcz_metrics.ui import address, data_imports, downloads, head, number, states, strangers
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.records.headers import Reading
    from kcz_metrics.records.waiting import Waiting

#: Rows shown on the page; the workbook has all.
SHOWN = 50


def show(ctx: Context, all_of: tuple[Waiting, ...]) -> None:
    data_imports.told(ctx)
    head.finding(ctx.tr("哪些行退回待改？"), ctx.tr("下载、改好、再导入，改好的行就从这里消去；点按一行看退回的原因"))
    if not all_of:
        states.empty(ctx.tr("没有退回待改的行。"), ctx.tr("在数据导入页导入时被退回的行会列在这里。"))
        return
    assert ctx.snapshot is not None
    asked = strangers.known("waits", {one.id for one in all_of}, all_of[0].source)
    chosen = next((one for one in all_of if one.id == asked), all_of[0])
    columns = [
        Column("source", ctx.tr("文件"), "name"),
        Column("table", ctx.tr("表")),
        Column("at", ctx.tr("导入时间")),
        Column("actor", ctx.tr("经手")),
        Column("rows", ctx.tr("待改行"), "number", options={"decimals": 0}),
        Column("of", ctx.tr("当时退回"), "number", options={"decimals": 0}),
    ]
    rows = [
        {
            "id": one.id, "source": one.source, "table": ctx.snapshot.tables[one.table].label.in_(ctx.lang), "at": number.day(one.at),
            "actor": one.actor, "rows": len(one.rows), "of": one.of, "_chosen": one.id == chosen.id,
        }
        for one in all_of
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "data.waiting", label=ctx.tr("退回待改"))
    if opened and opened != chosen.id:
        address.put(waits=opened)
        st.rerun()
    _one(ctx, chosen)


def _one(ctx: Context, one: Waiting) -> None:
    try:
        rows = waiting.rows_of(ctx.store, one, ctx.lang)
    except KczError as wrong:
        states.error(ctx, wrong)
        return
    head.finding(one.source, ctx.tr("{n} 行待改；原样列出，有错的列与规则在前", n=number.count(len(one.rows))))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        files(ctx, one)
    listed(ctx, one.table, rows, one.readings, "data.rejected")
    key = f"data.aside.{one.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(ctx.tr("不再等待的理由"), key=key, max_chars=500, width=420)
        st.button(
            ctx.tr("不再等待"), key=f"data.put_aside.{one.id}", disabled=not may(ctx.actor, "import"), on_click=_put_aside,
            args=(ctx, one.id, key),
        )  # fmt: skip


def files(ctx: Context, one: Waiting) -> None:
    """The workbook with the cells at fault marked, and the CSV; made when they are asked for."""
    stem = one.source.rsplit(".", 1)[0]
    about = {"table": one.table, "source": one.source}
    downloads.button(
        ctx, ctx.tr("下载待改工作簿"), lambda: waiting.book_of(ctx.store, one, ctx.lang) or b"", f"{stem}.rejected.xlsx",
        key=f"data.book.{one.id}", rows=len(one.rows), asked=about,
    )  # fmt: skip
    downloads.button(
        ctx, ctx.tr("下载 CSV"), lambda: waiting.csv_of(ctx.store, one, ctx.lang), f"{stem}.rejected.csv", key=f"data.csv.{one.id}",
        rows=len(one.rows), asked=about,
    )  # fmt: skip


def listed(ctx: Context, name: str, rejected: pl.DataFrame, readings: Sequence[Reading], key: str) -> None:
    """The first rejected rows: number, columns at fault with what stood there, the rules in words, the cells as they were."""
    from kcz_metrics.tables import TABLES

    contract = TABLES[name]
    skip = sum(reading.how == "own" for reading in readings)
    at = {reading.column: reading.position - skip for reading in readings if reading.column}
    columns = [
        Column("row", ctx.tr("行号"), "number", options={"decimals": 0}),
        Column("column", ctx.tr("有错的列"), "name", options={"wrap": True}),
        Column("rule", ctx.tr("规则"), options={"wrap": True}),
        Column("cells", ctx.tr("原样"), options={"quiet": True, "wrap": True}),
    ]
    rows: list[dict[str, Any]] = []
    for row, column, rule, cells in rejected.head(SHOWN).iter_rows():
        names, given = [c for c in column.replace(";", ",").split(", ") if c], list(cells or [])
        said = [contract.columns[c].label.in_(ctx.lang) if c in contract.columns else c for c in names]
        stood = [given[at[c]] for c in names if c in at and at[c] < len(given)]
        whole = " | ".join(given)
        rows.append(
            {
                "id": str(row), "row": row, "rule": rule,
                "column": {"t": ctx.tr("、").join(said) or ctx.tr("整行"), "sub": " · ".join(stood)[:60]},
                "cells": {"t": whole[:160] + ("…" if len(whole) > 160 else ""), "title": whole[:2000]},
            }
        )  # fmt: skip
    table(ctx, columns, rows, key, label=ctx.tr("退回的行"), opens=False)
    if rejected.height > SHOWN:
        head.paragraph(ctx.tr("显示前 {n} 行，共 {all} 行；下载可得全部。", n=SHOWN, all=number.count(rejected.height)), muted=True)


def _put_aside(ctx: Context, id: str, key: str) -> None:
    try:
        one = waiting.put_aside(ctx.store, id, actor=ctx.actor, reason=str(st.session_state.get(key, "")))
    except KczError as wrong:
        st.session_state[data_imports.WRONG] = wrong
        return
    st.session_state[data_imports.DONE] = ctx.tr("{source}：{n} 行不再等待，已记入审计。", source=one.source, n=number.count(len(one.rows)))
