"""The parts of the page of changes: the answer, the numbers, who moved, which rows differ."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.store import differences
from kcz_metrics.store.naming import key_of
from kcz_metrics.ui import address, browsing, head, labels, loading, number, states, strangers
from kcz_metrics.ui.behind import changes as behind
from kcz_metrics.ui.comparing import Pair
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import bound
from kcz_metrics.ui.standing import names
from kcz_metrics.ui.table import Column, table

STATES = ("new", "changed", "gone")
_HEIGHT = 560


def words(ctx: Context) -> dict[str, str]:
    return {"new": ctx.tr("新增"), "changed": ctx.tr("更改"), "gone": ctx.tr("移除")}


def _counted(both: Pair) -> dict[str, int]:
    return {state: both.rows.filter(pl.col("state") == state).height for state in STATES}


def _ranks_moved(both: Pair) -> int:
    moved = both.moved
    return moved.filter(pl.col("rank").ne_missing(pl.col("rank_before"))).height if moved.width else 0


def answer(both: Pair) -> str:
    """One sentence: who moved, and how many rows differ."""
    ctx = both.now
    n, opens = _counted(both), behind.rows(both)
    said = {state: says(f"rows.{state}", number.count(count), opens[state], count) for state, count in n.items()}
    rows = ctx.tr("其间记录新增 {new} 行、更改 {changed} 行、移除 {gone} 行。", **said)
    if both.ranking is None:
        return ctx.tr("这一期在其中一个快照里没有可算的记录，名次无从比较；{rows}", rows=rows)
    moved, ranks = both.moved.height, _ranks_moved(both)
    if not moved:
        return ctx.tr("名次与得分**都没有变**；{rows}", rows=rows)
    kind, made = labels.many(ctx, ctx.index.unit), behind.moved(both)
    n_moved, n_ranks = says("moved", moved, made["scores"], moved), says("ranks", ranks, made["ranks"], ranks)
    return ctx.tr("**{moved}** {units}得分有变，其中 **{ranks}** 个名次有变；{rows}", moved=n_moved, units=kind, ranks=n_ranks, rows=rows)


def numbers(both: Pair) -> list[Item]:
    ctx = both.now
    n = _counted(both)
    whole = both.ranking.height if both.ranking is not None else None
    line = ctx.tr("共 {n} 个评价对象", n=number.count(whole)) if whole is not None else ""
    most = both.moved["rank_change"].abs().max() if both.moved.height else None
    largest = ctx.tr("至多 {n} 位", n=number.count(most)) if isinstance(most, float | int) and most else ""
    tables, rows = differences.counts(both.rows), behind.rows(both)
    in_tables = ctx.tr("有变动的表：{n}", n=len(tables)) if tables else ""
    return [
        *_of_ranking(both, line, largest, float(most) if isinstance(most, float | int) else None),
        Item(ctx.tr("新增的行"), number.count(n["new"]), "", in_tables, opens=rows["new"], value=n["new"],
             under=(rows["tables"], len(tables)) if tables else None),
        Item(ctx.tr("更改的行"), number.count(n["changed"]), opens=rows["changed"], value=n["changed"]),
        Item(ctx.tr("移除的行"), number.count(n["gone"]), opens=rows["gone"], value=n["gone"]),
    ]  # fmt: skip


def _of_ranking(both: Pair, line: str, largest: str, most: float | None) -> list[Item]:
    """How many scores and ranks are not the same; dashes where one of the two rankings cannot be made."""
    ctx = both.now
    if both.ranking is None:
        return [Item(ctx.tr("得分有变"), number.MISSING), Item(ctx.tr("名次有变"), number.MISSING)]
    made, scores, ranks = behind.moved(both), both.moved.height, _ranks_moved(both)
    return [
        Item(ctx.tr("得分有变"), number.count(scores), "", line, opens=made["scores"], value=scores,
             under=(made["all"], both.ranking.height)),
        Item(ctx.tr("名次有变"), number.count(ranks), "", largest, opens=made["ranks"], value=ranks,
             under=(made["largest"], most) if largest else None),
    ]  # fmt: skip


def movers(both: Pair) -> None:
    """Every unit that moved; a row opens why."""
    ctx = both.now
    head.finding(ctx.tr("谁变了"), ctx.tr("名次变动大的在前；点按一行看为什么"))
    if both.ranking is None:
        states.too_little(ctx.tr("这一期在其中一个快照里没有可算的记录。"))
        return
    moved = both.moved
    if moved.is_empty():
        states.too_little(ctx.tr("没有一个得分有变：变动的行不在这个指数这一期的口径里，或者没有变动的行。"))
        return
    called = dict(names(loading.standing(both.was), ctx.lang)) | dict(names(loading.standing(ctx), ctx.lang))
    moved = moved.sort(
        pl.col("rank_change").abs().fill_null(1e9), pl.col("score_change").abs().fill_null(1e9), descending=True, maintain_order=True
    )
    largest = moved["score_change"].abs().max()
    columns = [
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name", options={"wrap": True}),
        Column("was", ctx.tr("原名次"), "rank"),
        Column("rank", ctx.tr("现名次"), "rank"),
        Column("move", ctx.tr("名次变动"), "move"),
        Column("before", ctx.tr("原得分"), "number", options={"decimals": 2}),
        Column("score", ctx.tr("现得分"), "number", options={"decimals": 2}),
        Column("change", ctx.tr("得分变动"), "delta", width=120, options={"decimals": 4, "domain": largest or 1.0}),
    ]
    rows: list[dict[str, Any]] = [
        {
            "id": row["unit"],
            "name": called.get(row["unit"], row["unit"]),
            "was": row["rank_before"],
            "rank": row["rank"],
            "move": row["rank_change"],
            "before": row["score_before"],
            "score": row["score"],
            "change": row["score_change"],
            "_chosen": row["unit"] == ctx.unit,
        }
        for row in moved.iter_rows(named=True)
    ]
    height = 420 if len(rows) > 12 else None
    opened = table(ctx, columns, rows, "changes.movers", label=ctx.tr("谁变了"), height=height, behind=behind.units(both))
    if opened and opened != ctx.unit:
        address.put(unit=opened, indicator=None, measure=None)
        st.rerun()


@st.cache_data(show_spinner=False, max_entries=64)
def _read_by(_ctx: Context, digest: str, index_id: str, period: str) -> frozenset[str]:
    from kcz_metrics.compiling import plan
    from kcz_metrics.errors import KczError

    assert _ctx.scheme is not None
    try:
        return frozenset(plan(_ctx.scheme, index_id, [period]).tables)
    except KczError:
        return frozenset()


def tables_changed(both: Pair) -> str | None:
    """How many rows of each table differ; returns the table whose rows are listed."""
    ctx = both.now
    assert ctx.snapshot is not None
    head.finding(ctx.tr("哪些表"), ctx.tr("点按一行列出变动的行；带标记的表参与这个指数的计算"))
    found = differences.counts(both.rows)
    if not found:
        states.too_little(ctx.tr("两个快照的记录完全相同。"))
        return None
    read = _read_by(ctx, ctx.digest, ctx.index_id, ctx.period)
    asked = address.get("table")
    if ctx.snapshot is not None and asked not in ctx.snapshot.tables:
        asked = strangers.known("table", found)
    chosen = asked if asked in found else next(iter(found))
    columns = [
        Column("name", ctx.tr("表"), "name", options={"wrap": True}),
        *(Column(state, label, "number", options={"decimals": 0}) for state, label in words(ctx).items()),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    rows = [
        {
            "id": name,
            "name": ctx.snapshot.tables[name].label.in_(ctx.lang),
            **counts,
            "flags": [ctx.tr("参与计算")] if name in read else [],
            "_chosen": name == chosen,
        }
        for name, counts in found.items()
    ]
    opened = table(ctx, columns, rows, "changes.tables", label=ctx.tr("哪些表"), behind=behind.rows(both))
    if opened and opened != chosen:
        address.put(table=opened)
        st.rerun()
    return chosen


def rows_changed(both: Pair, name: str) -> None:
    """The rows of a table that differ: which, in what, who brought the newest version, from which file and row. A row opens the record."""
    ctx = both.now
    assert ctx.snapshot is not None
    contract = ctx.snapshot.tables[name]
    rows = both.rows.filter(pl.col("table") == name)
    told, of_table = words(ctx), bound(behind.rows(both)["all"], name)
    head.finding(
        ctx.tr("变动的行：{table}", table=contract.label.in_(ctx.lang)),
        ctx.tr("{n} 行；点按一行看这条记录的全部版本", n=says("listed", number.count(rows.height), of_table, rows.height)),
    )
    shown = rows.head(browsing.SHOWN)
    titled = {column: contract.columns[column].label.in_(ctx.lang) for column in contract.columns}
    said = [", ".join(titled.get(c, c) for c in (text or "").split(", ") if c) for text in shown["columns"].to_list()]
    frame = shown.select(
        record=pl.col("record").str.split_exact("/", 1).struct.field("field_1"),
        state=pl.col("state").replace(told),
        columns=pl.Series(said, dtype=pl.String),
        actor="actor",
        at=pl.col("at").str.to_datetime(time_zone="UTC").dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None),
        file=pl.when(pl.col("file") == "").then(None).otherwise(pl.col("file")),
        row="row",
    )
    event = st.dataframe(
        frame,
        column_config={
            "record": st.column_config.TextColumn(ctx.tr("记录")),
            "state": st.column_config.TextColumn(ctx.tr("变动情况")),
            "columns": st.column_config.TextColumn(ctx.tr("改动的列"), width="large"),
            "actor": st.column_config.TextColumn(ctx.tr("经手")),
            "at": st.column_config.DatetimeColumn(ctx.tr("时间"), format="YYYY-MM-DD HH:mm"),
            "file": st.column_config.TextColumn(ctx.tr("文件")),
            "row": st.column_config.NumberColumn(ctx.tr("行号"), format="localized"),
        },
        placeholder=number.MISSING,
        hide_index=True,
        row_height=35,
        height=min(_HEIGHT, 35 * (shown.height + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"changes.rows.{name}.{ctx.lang}",
        alt=ctx.tr("变动的行：{table}", table=contract.label.in_(ctx.lang)),
    )
    if rows.height > shown.height:
        head.paragraph(ctx.tr("显示前 {n} 行，共 {all} 行。", n=number.count(shown.height), all=number.count(rows.height)), muted=True)
    picked = event["selection"]["rows"]
    if picked and picked[0] < shown.height:
        gone = shown["state"][picked[0]] == "gone"
        at = both.was.snapshot.id[:12] if gone and both.was.snapshot is not None else None
        link("records", table=name, record=key_of(shown["record"][picked[0]]), **({"snapshot": at} if at else {}))
