"""The data page's answer and numbers, and its list of tables: how many rows, how many valid, how fresh, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.records import waiting
from kcz_metrics.ui import choosing, downloads, head, number
from kcz_metrics.ui.behind import stock as behind
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.records.waiting import Waiting
    from kcz_metrics.store import Snapshot

PARTS = ("tables", "units", "imports", "waiting")
#: Columns that freshness is read from.
_READ = ("status", "duplicate_of", "submitted_at")


@dataclass(frozen=True)
class Stock:
    """What is there: one line a table, and what waits to be mended."""

    tables: pl.DataFrame
    waiting: tuple[Waiting, ...]

    @property
    def rows(self) -> int:
        return _sum(self.tables, "rows")

    @property
    def waits(self) -> int:
        return sum(len(one.rows) for one in self.waiting)


@st.cache_resource(show_spinner=False, max_entries=8)
def _tables(_snapshot: Snapshot, snapshot_id: str) -> pl.DataFrame:
    from kcz_metrics.analysis import filling

    def read(name: str) -> pl.DataFrame:
        contract = _snapshot.tables[name]
        return _snapshot.read(name, columns=_READ if contract.has_tail else contract.key)

    return filling.of_tables((name, read(name)) for name in _snapshot.tables if _snapshot.files.get(name))


def stock(ctx: Context) -> Stock:
    assert ctx.snapshot is not None
    return Stock(_tables(ctx.snapshot, ctx.snapshot.id), waiting.all_of(ctx.store))


def _sum(frame: pl.DataFrame, column: str) -> int:
    return sum(frame[column].to_list())


def answer(ctx: Context, of: Stock) -> str:
    assert ctx.snapshot is not None
    records = of.tables.drop_nulls("valid")
    whole = _sum(records, "rows")
    ratio = _sum(records, "valid") / whole if whole else None
    rows = says("rows", number.count(of.rows), behind.rows(ctx)["rows"], of.rows)
    share = number.MISSING if ratio is None else says("share", number.share(ratio), behind.usable(ctx), ratio)
    said = ctx.tr(
        "快照 {id} 有 **{rows}** 行；业务记录中已核验且不重复的占 **{share}**，最近一条于 {day} 上报",
        id=ctx.snapshot.short, rows=rows, share=share, day=number.day(records["latest"].max()),  # type: ignore[arg-type]
    )  # fmt: skip
    return ctx.tr("{said}；**{n}** 行退回待改。", said=said, n=number.count(of.waits)) if of.waits else ctx.tr("{said}。", said=said)


def numbers(ctx: Context, of: Stock) -> list[Item]:
    assert ctx.snapshot is not None
    records = of.tables.drop_nulls("valid")
    reference = of.tables.filter(pl.col("valid").is_null())
    newest, made = ctx.snapshots[0], behind.rows(ctx)
    kept, referred = _sum(records, "rows"), _sum(reference, "rows")
    return [
        Item(ctx.tr("业务记录"), number.count(kept), "", ctx.tr("表：{n} 张", n=records.height), opens=made["records"], value=kept,
             under=(made["tables"], records.height)),
        Item(ctx.tr("参照资料"), number.count(referred), "", ctx.tr("表：{n} 张", n=reference.height), opens=made["reference"],
             value=referred, under=(made["reference_tables"], reference.height)),
        Item(ctx.tr("最近入库"), number.day(newest.created_at), "", ctx.tr("{who}，{source}", who=newest.actor, source=newest.source)),
        Item(ctx.tr("快照数"), number.count(len(ctx.snapshots)), "", ctx.tr("旧的都可查看"), opens=behind.snapshots(ctx),
             value=len(ctx.snapshots)),
        Item(ctx.tr("退回待改"), number.count(of.waits), "", ctx.tr("来自 {n} 个文件", n=len(of.waiting)) if of.waiting else "",
             opens=behind.waits(ctx) if of.waits else None, value=of.waits),
    ]  # fmt: skip


def part(ctx: Context, of: Stock) -> str:
    """Which part of the page is shown."""
    words = {
        "tables": ctx.tr("各表"), "units": ctx.tr("各评价对象"), "imports": ctx.tr("导入与快照"),
        "waiting": ctx.tr("退回待改 {n}", n=number.count(of.waits)),
    }  # fmt: skip
    return choosing.segments("part", ctx.tr("显示"), PARTS, words.__getitem__, key="data.part", fallback=PARTS[0], hidden=True)


def tables(ctx: Context, of: Stock) -> None:
    """Every table; a row opens its records."""
    assert ctx.snapshot is not None
    contracts = ctx.snapshot.tables
    infos = {one.number: one for one in ctx.snapshots}
    waits: dict[str, int] = {}
    for one in of.waiting:
        waits[one.table] = waits.get(one.table, 0) + len(one.rows)
    head.finding(ctx.tr("每张表有多少行，多新？"), ctx.tr("点按一行浏览、筛选、导出这张表的记录；可用的行是已核验且不重复的"))
    columns = [
        Column("name", ctx.tr("表"), "name"),
        Column("rows", ctx.tr("行数"), "number", options={"decimals": 0}),
        Column("valid", ctx.tr("可用"), "number", options={"decimals": 0}),
        Column("share", ctx.tr("可用占比"), "bar", width=150, options={"domain": [0, 1]}),
        Column("latest", ctx.tr("最近上报")),
        Column("brought", ctx.tr("最近入库")),
        Column("source", ctx.tr("来自"), options={"quiet": True, "wrap": True}),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    rows: list[dict[str, Any]] = []
    separated = False
    ordered = sorted(of.tables.iter_rows(named=True), key=lambda row: not contracts[row["table"]].has_tail)
    for row in ordered:
        name = row["table"]
        newest = infos[max(file.version for file in ctx.snapshot.files[name])]
        share = row["valid"] / row["rows"] if row["valid"] is not None and row["rows"] else None
        rows.append(
            {
                "id": name,
                "name": {"t": contracts[name].label.in_(ctx.lang), "sub": name},
                "rows": row["rows"],
                "valid": row["valid"],
                "share": None if share is None else {"parts": [{"v": share, "tone": "quantity"}], "t": number.share(share)},
                "latest": number.day(row["latest"]),
                "brought": number.day(newest.created_at),
                "source": newest.source,
                "flags": [{"t": ctx.tr("待改 {n}", n=number.count(waits[name])), "kind": "watch"}] if name in waits else [],
            }
        )
        if not contracts[name].has_tail and not separated:
            rows[-1]["_before"], separated = ctx.tr("参照资料"), True
    opened = table(ctx, columns, rows, "data.tables", label=ctx.tr("表"), height=640)
    _download(ctx, of)
    empty = [t for name, t in contracts.items() if not ctx.snapshot.files.get(name)]
    if empty:
        head.paragraph(
            ctx.tr("还没有记录的表（{n} 张）：{names}", n=len(empty), names=ctx.tr("、").join(t.label.in_(ctx.lang) for t in empty)),
            muted=True,
        )
    if opened:
        link("records", table=opened)


def _download(ctx: Context, of: Stock) -> None:
    """The list of tables as a workbook."""
    from kcz_metrics.reports import listing as books

    assert ctx.snapshot is not None
    snapshot, lang = ctx.snapshot, ctx.lang
    labels = {name: contract.label.in_(lang) for name, contract in snapshot.tables.items()}
    frame = of.tables.with_columns(label=pl.col("table").replace_strict(labels, return_dtype=pl.String))
    heads = {
        "label": ctx.tr("表"), "table": ctx.tr("代码"), "rows": ctx.tr("行数"), "valid": ctx.tr("可用"), "latest": ctx.tr("最近上报"),
    }  # fmt: skip
    listing = books.Listing(ctx.tr("各表"), frame.select(list(heads)), heads)
    downloads.button(
        ctx, ctx.tr("导出清单"), lambda: books.workbook(listing, snapshot, lang), f"tables_{snapshot.short}.xlsx", key="data.tables.book",
        rows=frame.height, help=ctx.tr("每张表的记录在业务记录页导出"),
    )  # fmt: skip
