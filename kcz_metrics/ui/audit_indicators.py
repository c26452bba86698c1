"""Of the audit, what is about indicators one by one and two by two: coverage, distributions, correlations."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.ui import address, audit, choosing, head, loading, marking, number, opening, states
from kcz_metrics.ui.audit_parts import gathered, marked
from kcz_metrics.ui.behind import audit as behind
from kcz_metrics.ui.behind.audit_rows import staged
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.sources import Opening
from kcz_metrics.ui.table import Column, table

#: Units drawn in the matrix: those with least data.
MOST = 65


def coverage(ctx: Context) -> None:
    """Unit by indicator, and each indicator's figures."""
    left, right = st.columns([6, 7], gap="large")
    found = audit.section(ctx, "coverage")
    with left:
        _matrix(ctx)
    with right:
        flags = marked(ctx, "coverage")
        head.finding(
            ctx.tr("{n} 项指标有值偏少、零值过半或没有差别", n=len(flags)),
            ctx.tr("有值的比例在适用的评价对象中计；点按一行看这项指标的口径"),
        )
        columns = [
            Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
            Column("applies", ctx.tr("适用"), "number", options={"decimals": 0}),
            Column("share_known", ctx.tr("有值"), "number"),
            Column("share_zero", ctx.tr("零值占比"), "number"),
            Column("distinct_values", ctx.tr("不同的值"), "number", options={"decimals": 0}),
        ]
        if "share_filled" in set(found["figure"]):
            columns.append(Column("share_filled", ctx.tr("估补"), "number"))
        columns.append(Column("flags", ctx.tr("留意"), "flags"))
        _open_handbook(_of_indicators(ctx, found, columns, flags, "audit.coverage.table", ctx.tr("覆盖")))


def _of_indicators(
    ctx: Context, found: pl.DataFrame, columns: list[Column], flags: dict[str, list[dict[str, str]]], key: str, label: str, chosen: str = ""
) -> str | None:
    """A row an indicator in the order of the scheme, its figures beside each other, each opening to its rows."""
    rows, opens = gathered(ctx, found)
    shown: list[dict[str, Any]] = [
        {**rows[leaf], "name": {"t": ctx.name(leaf), "sub": leaf}, "flags": flags.get(leaf, []), "_chosen": leaf == chosen}
        for leaf in ctx.index.leaves
        if leaf in rows
    ]
    for row in shown:
        row.pop("_flagged")
    keys = {column.key for column in columns}
    return table(ctx, columns, shown, key, label=label, behind={f: given for f, given in opens.items() if f in keys})


def _open_handbook(opened: str | None) -> None:
    if opened:
        link("indicators", indicator=opened)


def _matrix(ctx: Context) -> None:
    cells = marking.statuses(loading.scorecard(ctx))
    there = pl.col("status").is_in(["ok", "zero", "imputed"])
    by_unit = cells.group_by("unit").agg(share=there.mean()).sort("share", "unit")
    names = audit.names(ctx)
    frame = cells.filter(pl.col("unit").is_in(by_unit["unit"].head(MOST).implode())).with_columns(
        label=pl.col("unit").replace_strict(dict(names), default=pl.col("unit"), return_dtype=pl.String)
    )
    missing = cells.filter(pl.col("status").is_in(["missing", "insufficient", "not_reported"])).height
    title = ctx.tr("{n} 格没有值，占 {share}", n=number.count(missing), share=number.share(missing / cells.height))
    said = ctx.tr("一行一个评价对象，一列一项指标；有值最少的在上；点按一格看来历")
    head.finding(title, said if by_unit.height <= MOST else ctx.tr("只画有值最少的 {n} 个；一列一项指标；点按一格看来历", n=MOST))
    token = ctx.tokens
    head.legend([
        (token["tier"][1], ctx.tr("有值")), (token["tier"][2], ctx.tr("估补")), (token["missing"], ctx.tr("缺失")),
        (token["sunken"], ctx.tr("不适用")),
    ])  # fmt: skip
    labels = {code: ctx.name(code) for code in ctx.index.leaves}
    figure = charts.coverage(frame.select("unit", "label", "indicator", "status"), labels=labels, template=ctx.template, lang=ctx.lang)
    codes = frame["indicator"].unique(maintain_order=True).to_list()
    figure.update_xaxes(ticktext=[f"{code[:2]}<br>{code[2:6]}" for code in codes], tickfont={"size": 9})
    for trace in figure.data:
        trace.customdata = [f"{unit}|{indicator}" for unit, indicator in trace.customdata]
    if opened := chart(ctx, figure, "audit.coverage", alt=title, opens=True):
        unit, _, indicator = opened.partition("|")
        link("passport", unit=unit, indicator=indicator)


def distribution(ctx: Context) -> None:
    """Skewness and kurtosis before and after treatment; of one indicator the values before and after."""
    flags = marked(ctx, "distribution")
    bad = [leaf for leaf, found in flags.items() if any(f["kind"] for f in found)]
    chosen = choosing.current("indicator", ctx.index.leaves, (bad or list(flags) or list(ctx.index.leaves))[0])
    left, right = st.columns([8, 5], gap="large")
    with left:
        head.finding(
            ctx.tr("处理后仍偏斜的有 {n} 项", n=len(bad)),
            ctx.tr("偏度绝对值高于 2 且峰度高于 3.5 为偏斜；处理前为原值，处理后含变换；点按一行看分布"),
        )
        columns = [
            Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
            Column("skewness_before", ctx.tr("偏度，前"), "number"),
            Column("kurtosis_before", ctx.tr("峰度，前"), "number"),
            Column("skewness_after", ctx.tr("偏度，后"), "number"),
            Column("kurtosis_after", ctx.tr("峰度，后"), "number"),
            Column("treated_points", ctx.tr("处理点数"), "number", options={"decimals": 0}),
            Column("flags", ctx.tr("留意"), "flags"),
        ]
        found = audit.section(ctx, "distribution")
        opened = _of_indicators(ctx, found, columns, flags, "audit.distribution", ctx.tr("分布"), chosen)
        if opened and opened != chosen:
            address.put(indicator=opened)
            st.rerun()
    with right:
        names = {leaf: ctx.name(leaf) for leaf in ctx.index.leaves}
        choosing.select("indicator", ctx.tr("指标"), list(names), names.__getitem__, key="audit.indicator", fallback=chosen)
        for stage, words in (("denominated", ctx.tr("处理前")), ("treated", ctx.tr("处理后"))):
            rows = staged(ctx, chosen, stage)
            said = ctx.tr("{n} 个评价对象", n=rows.height)
            head.finding(
                words,
                said if stage == "denominated" else ctx.tr("{n} 个评价对象；变换后的尺度", n=rows.height) if _scaled(ctx, chosen) else said,
            )
            if rows.is_empty():
                states.too_little(ctx.tr("没有值。"))
                continue
            drawn = rows.select("unit", "value", label="name")
            chart(ctx, charts.histogram(drawn, template=ctx.template, lang=ctx.lang), f"audit.{stage}", alt=f"{names[chosen]} {words}")
        if st.button(ctx.tr("看这项指标的口径与处理"), key="audit.handbook"):
            link("indicators", indicator=chosen)


def _scaled(ctx: Context, leaf: str) -> bool:
    assert ctx.scheme is not None
    return ctx.scheme.indicators[leaf].transform is not None


def correlation(ctx: Context) -> None:
    """The heat map of indicators, all or of a pillar, and each indicator against its pillar, the others and the total."""
    pillars = [node.id for node in ctx.index.tree.children if len(node.children) > 1]
    words = {"all": ctx.tr("全部"), **{node: ctx.name(node) for node in pillars}}
    chosen = choosing.segments("node", ctx.tr("维度"), list(words), words.__getitem__, key="audit.node", fallback="all")
    below = {node.id: [n.id for n in node.walk() if not n.children] for node in ctx.index.tree.children}
    order = list(ctx.index.leaves) if chosen == "all" else [leaf for leaf in ctx.index.leaves if leaf in below[chosen]]
    frame = audit.correlations(ctx).filter(pl.col("row").is_in(order), pl.col("column").is_in(order))
    home = {leaf: node for node, leaves in below.items() for leaf in leaves}
    pairs = frame.filter(pl.col("row") < pl.col("column"))
    within = pairs.filter(pl.col("row").replace_strict(home, default="") == pl.col("column").replace_strict(home, default=""))
    across = pairs.join(within, on=["row", "column"], how="anti")
    title = ctx.tr("同一维度内的相关平均 {r}", r=_mean(within))
    said = ctx.tr("皮尔逊相关系数，按指标得分，−1 至 1；点按一格看是哪些评价对象的得分")
    if across.height:
        title = ctx.tr("相关平均：同一维度内 {within}，不同维度间 {across}", within=_mean(within), across=_mean(across))
    head.finding(title, said if ctx.index.group is None else ctx.tr("皮尔逊相关系数，按指标得分减同类组均值，−1 至 1；点按一格看得分"))
    labels = {leaf: f"{leaf} {ctx.name(leaf)}" for leaf in order}
    figure = charts.correlation(frame, order=order, labels=labels, template=ctx.template, lang=ctx.lang, clicks=True)
    clicked = chart(ctx, figure, "audit.heat.chart", alt=title, opens=True)
    _offered(ctx, pairs, clicked)
    flags = marked(ctx, "correlation")
    head.finding(
        ctx.tr("每项指标与上级、总分、别的维度"),
        ctx.tr("与别的维度的相关高出本维度 0.1 以上，或与上级、总分反向的，须留意；点按一行看口径"),
    )
    columns = [
        Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
        Column("with_parent", ctx.tr("与所在维度"), "number"),
        Column("with_index", ctx.tr("与总分"), "number"),
        Column("with_other_pillar", ctx.tr("与别的维度，最高"), "number"),
        Column("other", ctx.tr("哪个维度"), options={"quiet": True, "wrap": True}),
        Column("flags", ctx.tr("留意"), "flags"),
    ]
    found = audit.section(ctx, "correlation").filter(pl.col("figure") != "with_sibling", pl.col("subject").is_in(order))
    rows, opens = gathered(ctx, found)
    others = {r["subject"]: ctx.name(r["other"]) for r in found.filter(pl.col("figure") == "with_other_pillar").iter_rows(named=True)}
    shown = [
        {"id": leaf, "name": {"t": ctx.name(leaf), "sub": leaf}, "other": others.get(leaf, ""), "flags": flags.get(leaf, []),
         **{c: rows[leaf].get(c) for c in ("with_parent", "with_index", "with_other_pillar")}}
        for leaf in order if leaf in rows
    ]  # fmt: skip
    _open_handbook(table(ctx, columns, shown, "audit.correlation", label=ctx.tr("相关"), behind=opens))


def _mean(pairs: pl.DataFrame) -> str:
    value = pairs["value"].mean()
    return number.decimal(value if isinstance(value, float) else None, 2)


def _offered(ctx: Context, pairs: pl.DataFrame, clicked: str | None) -> None:
    """Every cell of the heat map opens to the two columns of scores behind it."""
    key = "audit.heat"
    if clicked:
        one, _, other = clicked.partition("|")
        if one != other:
            opening.ask(ctx, key, f"{min(one, other)}~{max(one, other)}")
    rows: dict[str, dict[str, Any]] = {}
    opens: dict[str, dict[str, Opening]] = {}
    for one, other, value in pairs.iter_rows():
        rows.setdefault(one, {"id": one, "name": ctx.name(one)})[other] = value
        opens.setdefault(other, {})[one] = behind.pair(ctx, one, other)
    columns = [Column("name", "", "name"), *(Column(leaf, ctx.name(leaf), "number", options={"decimals": 4}) for leaf in opens)]
    opening.offer(key, list(rows.values()), opens)
    opening.from_table(ctx, key, columns, list(rows.values()), opens)
