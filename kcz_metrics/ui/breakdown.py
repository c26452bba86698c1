"""The profile's table of indicators, whose contributions add up to the score; the page says so only where they do."""

from __future__ import annotations

from typing import Any

import polars as pl

from kcz_metrics.ui import loading, marking, number
from kcz_metrics.ui.behind import differences, scores
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import finding
from kcz_metrics.ui.portray import Portrait
from kcz_metrics.ui.table import Column, table


def indicators(ctx: Context, who: Portrait) -> str | None:
    """Every indicator: value, records, normalised score with the group's middle, contribution, difference; returns one opened."""
    from kcz_metrics import charts

    assert ctx.scheme is not None
    parts = who.parts
    gap = charts.adds_up(0.0, parts["contribution"].fill_null(0.0).to_list(), who.score)
    proof = (
        ctx.tr("{n} 项贡献相加等于得分 {score} ✓", n=parts.height, score=number.score(who.score))
        if gap == 0.0
        else ctx.tr("各项贡献相加与得分相差 {gap}", gap=number.signed(-gap, 6))
    )
    finding(ctx.tr("指标明细"), ctx.tr("；").join([ctx.tr("点按一行，查看这个数从哪些记录算出"), proof]))
    counted = {
        i: (v, n)
        for i, v, n in loading.values(ctx).of(ctx.period).filter(pl.col("unit") == who.unit).select("indicator", "value", "n").iter_rows()
    }  # fmt: skip
    status = dict(marking.statuses(who.card).filter(pl.col("unit") == who.unit).select("indicator", "status").iter_rows())
    scale, middles = who.scale, who.normalised_medians
    pillar_of = {leaf.id: (i, child) for i, child in enumerate(ctx.index.tree.children) for leaf in child.walk() if leaf.is_leaf}
    difference = dict(who.differences.select("node", "difference").iter_rows())
    rows: list[dict[str, Any]] = []
    for row in parts.iter_rows(named=True):
        node = row["node"]
        own = difference.get(node)
        if node not in ctx.scheme.indicators:
            rows.append(
                {"id": node, "name": ctx.name(node), "pillar": ctx.tr("调整"), "contribution": row["contribution"], "difference": own,
                 "_closed": True}
            )  # fmt: skip
            continue
        indicator = ctx.scheme.indicators[node]
        value, n = counted.get(node, (None, None))
        state = status.get(node, "")
        shown: dict[str, Any] = {"v": value, "t": number.value(value, indicator, ctx.lang), "estimated": state == "imputed"}
        if state == "not_applicable":
            shown["t"] = ctx.tr("不适用")
        place, child = pillar_of[node]
        rows.append(
            {
                "id": node, "name": {"t": ctx.name(node), "sub": node}, "pillar": ctx.name(child.id), "value": shown,
                "unit": number.unit(indicator, ctx.lang),
                "n": n, "difference": own, "contribution": row["contribution"], "flags": marking.of_value(ctx, state),
                "normalised": None if row["score"] is None else {
                    "parts": [{"v": max(row["score"] - scale[0], 0.0), "pillar": place}], "mark": middles.get(node),
                    "t": number.decimal(row["score"], 1), "label": f"{ctx.name(node)} {number.decimal(row['score'], 1)}",
                    "n": row["score"],
                },
            }
        )  # fmt: skip
    widest = max((abs(d) for d in difference.values() if d is not None), default=1.0) or 1.0
    wide = 200 if ctx.lang == "zh" else 150
    columns = [
        Column("name", ctx.tr("指标"), "name", width=None if ctx.lang == "zh" else 240, options={"wrap": ctx.lang == "en"}),
        Column("pillar", ctx.tr("维度")),
        Column("value", ctx.tr("数值"), "number"),
        Column("unit", ctx.tr("计量单位"), options={"quiet": True}),
        Column("n", ctx.tr("样本"), "number", options={"decimals": 0}, title=ctx.tr("算出这个值的记录数")),
        Column("normalised", ctx.tr("标准化分（竖线为同类中位）"), "bar", width=wide, options={"domain": list(scale)}),
        Column("contribution", ctx.tr("贡献"), "number"),
        Column("difference", ctx.tr("与中位之差"), "delta", width=130, options={"domain": widest}),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    made = {**scores.indicators(ctx, who.unit), "difference": differences.of_indicators(ctx, who)}
    return table(ctx, columns, rows, key="profile.indicators", label=ctx.tr("指标明细"), behind=made)
