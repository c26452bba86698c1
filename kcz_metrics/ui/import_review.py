"""What an import would do: counts, the first rows that come back with their rule, warnings, and the difference from what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.records import waiting
from kcz_metrics.store import may
from kcz_metrics.ui import browsing, data_waiting, downloads, head, import_columns, import_steps, listing, number, states
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.records import Staged

SHOWN = 200
_DOUBTS = 20


def show(ctx: Context, staged: Staged) -> None:
    head.finding(ctx.tr("会怎样入库？"), ctx.tr("与最新快照逐行比较；退回的行不入库，其余的行不受影响"))
    mended = len(waiting.put_right(ctx.store, staged)) if staged.rejected else 0
    head.headline(_numbers(ctx, staged, mended), key="imports.numbers")
    if staged.known:
        states.notice(ctx.tr("这个文件已经导入过（快照 {id}），再导入不会重复。", id=staged.known[:6]))
    if staged.absent:
        labels = ctx.tr("、").join(staged.understanding.contract.columns[c].label.in_(ctx.lang) for c in staged.absent)
        head.paragraph(ctx.tr("文件里没有这些列，已有的行保留原值，新行为空：{columns}", columns=labels), muted=True)
    if staged.warnings:
        head.paragraph(ctx.tr("请先看一看："))
        head.sentences(import_columns.told(ctx, issue) for issue in staged.warnings)
    if staged.rejected:
        _rejected(ctx, staged)
    if staged.doubts.height:
        _doubts(ctx, staged)
    if staged.changed.height:
        _changed(ctx, staged)
    if staged.new.height:
        _new(ctx, staged)


def _numbers(ctx: Context, staged: Staged, mended: int) -> list[Item]:
    understood = staged.understanding
    line = ctx.tr("第 {row} 行是表头", row=understood.heading_row)
    if understood.examples or understood.blank:
        line = ctx.tr("另有示例 {examples} 行、空行 {blank} 行", examples=understood.examples, blank=understood.blank)
    back = ctx.tr("其中 {n} 行此前已改好入库", n=number.count(mended)) if mended else ctx.tr("改好可再导入") if staged.rejected else ""
    return [
        Item(ctx.tr("文件里的行"), number.count(understood.rows), "", line),
        Item(ctx.tr("新增"), number.count(staged.new.height)),
        Item(ctx.tr("更改"), number.count(staged.changed.height), "", ctx.tr("旧值仍可查看")),
        Item(ctx.tr("相同"), number.count(staged.same), "", ctx.tr("不重复入库")),
        Item(ctx.tr("退回"), number.count(staged.rejected), "", back),
        Item(ctx.tr("文件未提到"), number.count(staged.gone), "", ctx.tr("库中已有，保持不变")),
    ]


def _rejected(ctx: Context, staged: Staged) -> None:
    understood = staged.understanding
    head.finding(ctx.tr("退回 {n} 行", n=number.count(staged.rejected)), ctx.tr("行号与文件一致；工作簿里标出有错的格，改好后直接再导入"))
    stem = understood.name.rsplit(".", 1)[0]
    with st.container(horizontal=True):
        about = {"table": understood.table, "source": understood.name}
        downloads.button(
            ctx, ctx.tr("下载待改工作簿"), lambda: staged.rejected_book(ctx.lang) or staged.rejected_csv(ctx.lang), f"{stem}.rejected.xlsx",
            key="imports.book", rows=staged.rejected, asked=about,
        )  # fmt: skip
        downloads.button(
            ctx, ctx.tr("下载 CSV"), lambda: staged.rejected_csv(ctx.lang), f"{stem}.rejected.csv", key="imports.csv", rows=staged.rejected,
            asked=about,
        )  # fmt: skip
    data_waiting.listed(ctx, understood.table, staged.rejected_rows(ctx.lang), understood.readings, "imports.rejected")


def _doubts(ctx: Context, staged: Staged) -> None:
    head.finding(ctx.tr("存疑 {n} 处，照样入库", n=number.count(staged.doubts.height)), ctx.tr("表间规则的提醒；入库后可在数据核查页认定"))
    columns = [Column("row", ctx.tr("行号"), "number", options={"decimals": 0}), Column("rule", ctx.tr("规则"), options={"wrap": True})]
    shown = staged.doubts.head(_DOUBTS).select("row", ctx.lang).rows()
    rows = [{"id": str(i), "row": row, "rule": rule} for i, (row, rule) in enumerate(shown)]
    table(ctx, columns, rows, "imports.doubts", label=ctx.tr("存疑"), opens=False)


def _changed(ctx: Context, staged: Staged) -> None:
    """The cells that would change."""
    contract = staged.understanding.contract
    cells = staged.differences(ctx.store, SHOWN)
    head.finding(ctx.tr("更改的格"), ctx.tr("前 {n} 行里变动的格：原值与新值", n=number.count(min(SHOWN, staged.changed.height))))
    labels = {name: column.label.in_(ctx.lang) for name, column in contract.columns.items()}
    st.dataframe(
        cells.with_columns(cells["column"].replace(labels)),
        column_config={
            **{name: st.column_config.Column(labels[name]) for name in contract.key},
            "column": st.column_config.TextColumn(ctx.tr("列")),
            "before": st.column_config.TextColumn(ctx.tr("原值")),
            "after": st.column_config.TextColumn(ctx.tr("新值")),
        },
        placeholder=number.MISSING, hide_index=True, row_height=35, height=min(360, 35 * (cells.height + 1) + 3), key="imports.changed",
    )  # fmt: skip


def _new(ctx: Context, staged: Staged) -> None:
    contract = staged.understanding.contract
    shown = staged.new.drop("_row", strict=False).head(20)
    head.finding(ctx.tr("新增的行"), ctx.tr("前 {n} 行，共 {all} 行", n=shown.height, all=number.count(staged.new.height)))
    st.dataframe(
        browsing.decoded(shown, contract, ctx.lang),
        column_config={name: listing.configured(column, ctx) for name, column in contract.columns.items()},
        placeholder=number.MISSING, hide_index=True, row_height=35, height=min(300, 35 * (shown.height + 1) + 3), key="imports.new",
    )  # fmt: skip


def confirm(ctx: Context, staged: Staged) -> None:
    """The one button of the page."""
    brought = staged.new.height + staged.changed.height
    allowed = may(ctx.actor, "import")
    if not brought and not staged.rejected:
        states.too_little(ctx.tr("没有可入库的行：文件里的行与库中相同。"))
        return
    if not brought and len(waiting.put_right(ctx.store, staged)) == staged.rejected:
        states.too_little(ctx.tr("没有可入库的行：退回的行此前已改好入库，不用再登记。"))
        return
    label = ctx.tr("入库 {n} 行", n=number.count(brought)) if brought else ctx.tr("只登记退回的行")
    st.button(label, type="primary", key="imports.confirm", disabled=not allowed, on_click=import_steps.ask)
    if not allowed:
        head.paragraph(ctx.tr("导入由工作人员或数据管理员进行。"), muted=True)
