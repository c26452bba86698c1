"""Coverage by unit: which tables have records of which unit in the period, and which indicators have a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.ui import address, head, labels, loading, marking, number, states, strangers
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.standing import names
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

#: Kind of unit to the table that lists them.
_LISTS = {"city": ("pilot_city",), "team": ("service_team",), "organisation": ("org", "enterprise")}
#: Units in the picture: those with least data.
MOST = 65
_TAIL = ("period_id", "submitted_at")


def naming_columns(snapshot: Snapshot, kind: str) -> dict[str, list[str]]:
    """Record table to its columns that name a unit of this kind, of tables with rows."""
    listed = _LISTS.get(kind, ())
    found = {
        name: list(dict.fromkeys(r.column for r in contract.references if r.table in listed))
        for name, contract in snapshot.tables.items()
        if contract.has_tail and snapshot.files.get(name)
    }
    return {name: columns for name, columns in found.items() if columns}


@st.cache_resource(show_spinner=False, max_entries=16)
def _filled(_snapshot: Snapshot, _units: pl.Series, snapshot_id: str, digest: str, index_id: str, kind: str, period: str) -> pl.DataFrame:
    from kcz_metrics.analysis import filling

    columns = naming_columns(_snapshot, kind)
    frames = {name: _snapshot.read(name, columns=[*dict.fromkeys([*of, *_TAIL])]) for name, of in columns.items()}
    return filling.of_units(frames, columns, _units, period)


def show(ctx: Context) -> None:
    """The list of units, fewest tables first, and the picture of the indicators."""
    assert ctx.snapshot is not None
    if not loading.valued(ctx):
        states.empty(ctx.tr("这一期没有评价对象。"), ctx.tr("可换一个评价期，或换一个指数。"))
        return
    standing = loading.standing(ctx)
    found = _filled(ctx.snapshot, standing["unit"], ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.index.unit, ctx.period)
    called = names(standing, ctx.lang)
    left, right = st.columns([6.6, 6.4], gap="large")
    with left:
        head.finding(
            ctx.tr("每个评价对象报了多少记录？"),
            ctx.tr("{period}；有记录的表少的在前；点按一行看是哪些表", period=number.period(ctx.period, ctx.lang)),
        )
        chosen = _units(ctx, standing, found, called)
    with right:
        head.finding(ctx.tr("哪些指标没有值？"), ctx.tr("行是评价对象，列是指标；数据少的在前；点按一格看来历"))
        _indicators(ctx, standing, called)
    if chosen:
        _tables(ctx, found, chosen, called.get(chosen, chosen))


def _units(ctx: Context, standing: pl.DataFrame, found: pl.DataFrame, called: Any) -> str | None:
    by_unit = (
        found.group_by("unit", maintain_order=True)
        .agg(tables=(pl.col("n") > 0).sum(), of=pl.len(), records=pl.col("n").sum(), latest=pl.col("latest").max())
        .join(standing.select("unit", "coverage", "rank"), on="unit", how="left")
        .sort("tables", "records", "unit")
    )
    asked = address.get("unit")
    if asked not in called:
        strangers.unit(ctx)
    chosen = asked if asked in called else None
    columns = [
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name", options={"wrap": True}),
        Column("tables", ctx.tr("有记录的表"), "bar", width=110, options={"domain": [0, max(by_unit["of"].to_list(), default=1)]}),
        Column("records", ctx.tr("记录数"), "number", options={"decimals": 0}),
        Column("latest", ctx.tr("最近上报")),
        Column("coverage", ctx.tr("指标覆盖率"), "number", options={"share": True, "decimals": 1}),
    ]
    rows = [
        {
            "id": row["unit"],
            "name": called.get(row["unit"], row["unit"]),
            "tables": {"parts": [{"v": row["tables"], "tone": "quantity"}], "t": f"{row['tables']} / {row['of']}"},
            "records": row["records"],
            "latest": number.day(row["latest"]),
            "coverage": row["coverage"],
            "_chosen": row["unit"] == chosen,
        }
        for row in by_unit.iter_rows(named=True)
    ]
    opened = table(ctx, columns, rows, "data.units", label=ctx.tr("各评价对象"), height=820)
    if opened and opened != chosen:
        address.put(unit=opened)
        st.rerun()
    return chosen


def _indicators(ctx: Context, standing: pl.DataFrame, called: Any) -> None:
    """The picture: unit by indicator, there or not."""
    cells = marking.statuses(loading.scorecard(ctx))
    if cells.is_empty():
        states.too_little(ctx.tr("没有指标值。"))
        return
    least = (
        cells.group_by("unit").agg(share=pl.col("status").is_in(["ok", "zero", "imputed"]).mean()).sort("share", "unit")["unit"].head(MOST)
    )
    frame = cells.filter(pl.col("unit").is_in(least.implode())).with_columns(
        label=pl.col("unit").replace_strict(dict(called), default=pl.col("unit"))
    )
    titles = {code: ctx.name(code) for code in frame["indicator"].unique().to_list()}
    tokens = ctx.tokens
    head.legend([(tokens["tier"][1], ctx.tr("有值")), (tokens["missing"], ctx.tr("缺失")), (tokens["sunken"], ctx.tr("不适用"))])
    figure = charts.coverage(frame.select("unit", "label", "indicator", "status"), labels=titles, template=ctx.template, lang=ctx.lang)
    codes = frame["indicator"].unique(maintain_order=True).to_list()
    figure.update_xaxes(ticktext=[f"{code[:2]}<br>{code[2:6]}" for code in codes], tickfont={"size": 9})
    for trace in figure.data:  # a cell is a unit and an indicator
        trace.customdata = [f"{unit}|{indicator}" for unit, indicator in trace.customdata]
    opened = chart(ctx, figure, "data.coverage", alt=ctx.tr("哪些指标没有值？"), opens=True)
    if standing.height > MOST:
        head.paragraph(ctx.tr("只画数据最少的 {n} 个。", n=MOST), muted=True)
    if opened:
        unit, _, indicator = opened.partition("|")
        link("passport", unit=unit, indicator=indicator)


def _tables(ctx: Context, found: pl.DataFrame, unit: str, name: str) -> None:
    """One unit: every table with what it has of it."""
    assert ctx.snapshot is not None
    mine = found.filter(pl.col("unit") == unit).sort("n", maintain_order=True)
    head.finding(
        ctx.tr("{name}：各表的记录", name=name),
        ctx.tr("{period}；没有记录的在前；点按一行看记录", period=number.period(ctx.period, ctx.lang)),
    )
    columns = [
        Column("name", ctx.tr("表"), "name"),
        Column("n", ctx.tr("记录数"), "number", options={"decimals": 0}),
        Column("latest", ctx.tr("最近上报")),
    ]
    rows = [
        {
            "id": row["table"],
            "name": {"t": ctx.snapshot.tables[row["table"]].label.in_(ctx.lang), "sub": row["table"]},
            "n": row["n"],
            "latest": number.day(row["latest"]),
            "_faint": row["n"] == 0,
        }
        for row in mine.iter_rows(named=True)
    ]
    opened = table(ctx, columns, rows, "data.of_unit", label=ctx.tr("各表的记录"))
    if opened:
        link("records", table=opened, q=unit)
