"""Of the audit, what is about the ranking: compensation, what it tells apart, stability, reversals, size; groups and regions."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.ui import address, audit, choosing, head, labels, number, states
from kcz_metrics.ui.audit_parts import cell
from kcz_metrics.ui.behind import audit as behind
from kcz_metrics.ui.behind import audit_ranking
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.sources import Opening
from kcz_metrics.ui.table import Column, table

SECTIONS = ("compensation", "telling_apart", "stability", "reversal", "size")


def ranking(ctx: Context) -> None:
    """Each figure of the ranking with its meaning; size against score."""
    from kcz_metrics.reports.diagnosis import FIGURES
    from kcz_metrics.reports.diagnosis import SECTIONS as NAMES
    from kcz_metrics.reports.finding_words import SHORT

    left, right = st.columns([8, 5], gap="large")
    said = {(r["section"], r["figure"], r["other"]): SHORT[r["kind"]].in_(ctx.lang) for r in audit.findings(ctx).iter_rows(named=True)}
    rows: list[dict[str, Any]] = []
    opens: dict[str, Opening] = {}
    for section in SECTIONS:
        for place, row in enumerate(audit.section(ctx, section).iter_rows(named=True)):
            code = f"{section}|{row['figure']}|{row['other'] or ''}"
            flag = said.get((section, row["figure"], row["other"]))
            rows.append({
                "id": code, "name": FIGURES[row["figure"]].in_(ctx.lang), "other": _against(ctx, section, row["other"]),
                "value": cell(row), "flags": [{"t": flag, "kind": "watch"}] if flag else [],
                **({"_before": NAMES[section].in_(ctx.lang)} if place == 0 else {}),
            })  # fmt: skip
            if (made := behind.opening(ctx, row)) is not None:
                opens[code] = made
    with left:
        n = sum(bool(row["flags"]) for row in rows)
        head.finding(
            ctx.tr("名次有 {n} 处须留意", n=n) if n else ctx.tr("名次没有须留意的"),
            ctx.tr("补偿：改用几何平均，低分不能由高分弥补；逆序：逐个让评价对象退出，看其他的先后变不变"),
        )
        columns = [
            Column("name", ctx.tr("统计量"), "name", options={"wrap": True}),
            Column("other", ctx.tr("对照"), options={"quiet": True, "wrap": True}),
            Column("value", ctx.tr("数值"), "number"),
            Column("flags", ctx.tr("留意"), "flags"),
        ]
        opened = table(ctx, columns, rows, "audit.ranking", label=ctx.tr("名次"), behind={"value": opens})
        if opened and opened.startswith("size|"):
            address.put(column=opened.split("|")[2])
            st.rerun()
        with st.container(horizontal=True):
            if st.button(ctx.tr("看排名把握"), key="audit.to.ranking"):
                link("robustness")
            if st.button(ctx.tr("试算别的合成方法"), key="audit.to.weights"):
                link("weights")
    with right:
        _size(ctx)


def _against(ctx: Context, section: str, other: str | None) -> str:
    if other is None:
        return ""
    if section == "stability":
        return number.period(other, ctx.lang)
    return audit.column(ctx, other) if section == "size" else audit.called(ctx, other)


def _size(ctx: Context) -> None:
    """The size that scores go with most, or the one chosen, against score."""
    sizes = audit.section(ctx, "size").sort(pl.col("value").abs(), descending=True)
    if sizes.is_empty():
        return
    names = sizes["other"].to_list()
    words = {name: audit.column(ctx, name) for name in names}
    chosen = choosing.select("column", ctx.tr("规模"), names, words.__getitem__, key="audit.size", fallback=names[0]) or names[0]
    rho = sizes.filter(pl.col("other") == chosen)["value"][0]
    rows = audit_ranking.size(ctx, ctx.index_id, chosen).rows("all").drop_nulls()  # type: ignore[union-attr]
    title = ctx.tr("得分与{size}的秩相关为 {rho}", size=words[chosen], rho=number.decimal(rho, 2))
    head.finding(title, ctx.tr("横轴为对数；绝对值高于 0.5 须留意；虚线为中位得分"))
    named = [rows.sort("score", descending=True)["unit"][0], rows.sort("size", descending=True)["unit"][0]] if rows.height else []
    figure = charts.size_against_score(
        rows.select("unit", "size", "score", label="name"), size_title=words[chosen], focus=named, template=ctx.template, lang=ctx.lang
    )
    if opened := chart(ctx, figure, "audit.size.chart", alt=title, opens=True):
        link("profile", unit=opened)


def fairness(ctx: Context) -> None:
    """How much of the variance of scores lies between groups, by each column of units; of one column each group's gap."""
    found = audit.section(ctx, "fairness")
    shares = found.filter(pl.col("figure") == "share_between_groups").sort("value", descending=True)
    if shares.is_empty():
        states.too_little(ctx.tr("评价对象没有可分组的属性。"))
        return
    names = shares["subject"].to_list()
    chosen = choosing.current("column", names, names[0])
    left, right = st.columns([6, 7], gap="large")
    with left:
        n = int(shares["flag"].sum())
        head.finding(
            ctx.tr("{n} 种分组的组间差异超过 14%", n=n) if n else ctx.tr("各种分组的组间差异都不大"),
            ctx.tr("组间差异占得分方差的份额；差异大不等于不公平；点按一行看各组"),
        )
        columns = [
            Column("name", ctx.tr("分组"), "name"),
            Column("groups", ctx.tr("组数"), "number", options={"decimals": 0}),
            Column("value", ctx.tr("组间差异的份额"), "number"),
            Column("flags", ctx.tr("留意"), "flags"),
        ]
        counted = dict(found.filter(pl.col("figure") == "mean_gap").group_by("subject").len().iter_rows())
        rows = [
            {"id": row["subject"], "name": audit.column(ctx, row["subject"]), "groups": counted.get(row["subject"], 0), "value": cell(row),
             "flags": [{"t": ctx.tr("高于 14%"), "kind": "watch"}] if row["flag"] else [], "_chosen": row["subject"] == chosen}
            for row in shares.iter_rows(named=True)
        ]  # fmt: skip
        opens = {row["subject"]: behind.opening(ctx, row) for row in shares.iter_rows(named=True)}
        opened = table(ctx, columns, rows, "audit.fairness", label=ctx.tr("公平"), behind={"value": {k: v for k, v in opens.items() if v}})
        if opened and opened != chosen:
            address.put(column=opened)
            st.rerun()
    with right:
        words = {name: audit.column(ctx, name) for name in names}
        choosing.select("column", ctx.tr("分组"), names, words.__getitem__, key="audit.group", fallback=chosen)
        _groups(ctx, chosen, found.filter(pl.col("figure") == "mean_gap", pl.col("subject") == chosen).sort("value", descending=True))


def _groups(ctx: Context, column: str, gaps: pl.DataFrame) -> None:
    head.finding(ctx.tr("按{column}：各组均值与全体均值之差", column=audit.column(ctx, column)), ctx.tr("单位为分；n 为参与排名的评价对象"))
    called = labels.provinces(ctx) if column == "province_code" else {}
    sizes = dict(audit_ranking.grouped(ctx, column).rows().group_by("group").len().iter_rows())
    widest = max((abs(v) for v in gaps["value"].drop_nulls().to_list()), default=1.0)
    columns = [
        Column("name", ctx.tr("组"), "name", options={"wrap": True}),
        Column("n", "n", "number", options={"decimals": 0}),
        Column("gap", ctx.tr("与全体之差"), "delta", unit=ctx.tr("分"), options={"domain": max(widest, 0.01), "decimals": 2}),
    ]
    rows, opens = [], {}
    for row in gaps.iter_rows(named=True):
        group = row["other"]
        name = called.get(group) or labels.coded(ctx, column, group)
        rows.append({"id": group, "name": name if name != group else audit.called(ctx, group), "n": sizes.get(group), "gap": row["value"]})
        opens[group] = audit_ranking.WAYS["mean_gap"](ctx, column, group)
    table(ctx, columns, rows, "audit.groups", label=ctx.tr("各组"), behind={"gap": opens}, opens=False)
    with st.container(horizontal=True):
        if ctx.index.unit == "city" and st.button(ctx.tr("看分省情况"), key="audit.to.provinces"):
            link("provinces")
