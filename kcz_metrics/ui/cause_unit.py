"""Why one unit's score and rank changed: cause by cause as a waterfall, then indicator by indicator, each down to its records."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.analysis import revisions
from kcz_metrics.charts.composition import VISIBLE
from kcz_metrics.ui import address, formulas, head, number
from kcz_metrics.ui.behind import causes as behind
from kcz_metrics.ui.cause_parts import WORDS, Split
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.table import Column, table


def why(split: Split, unit: str) -> None:
    """The waterfall from the score before to the score now, with the rank's parts in words."""
    ctx = split.ctx
    row = split.wide.row(by_predicate=pl.col("unit") == unit, named=True)
    name = split.called.get(unit, unit)
    change = row["score_change"]
    words = ctx.tr("{name}：得分提高 {n} 分", name=name, n=number.decimal(change, 2))
    if change < 0:
        words = ctx.tr("{name}：得分降低 {n} 分", name=name, n=number.decimal(-change, 2))
    if not number.decimal(abs(change), 2).strip("0."):
        words = ctx.tr("{name}：得分没有变", name=name)
    steps, caption = _steps(split, unit, row)
    gap = charts.adds_up(row["score_before"], steps["difference"].to_list(), row["score"])
    proof = ctx.tr("各步相加等于两端之差 ✓") if gap == 0.0 else ctx.tr("各步相加与两端之差不符，差 {gap} 分", gap=number.signed(gap, 6))
    head.finding(words, ctx.tr("{caption}；{proof}", caption=caption, proof=proof))
    was, now = split.ends.called()
    figure = charts.waterfall(
        steps, start=(charts.short(was, 10), row["score_before"]), end=(charts.short(now, 10), row["score"]), template=ctx.template,
        lang=ctx.lang, height=330,
    )  # fmt: skip
    if steps.height > len(split.causes):
        figure.update_xaxes(tickfont_size=11 if ctx.lang == "zh" else 9.5)
    chart(ctx, figure, "changes.waterfall", alt=words)
    head.paragraph(_rank(split, row))


def _steps(split: Split, unit: str, row: dict[str, Any]) -> tuple[pl.DataFrame, str]:
    """The steps of the waterfall and what they are: the causes; where one alone moves the score, the indicators on which it falls."""
    ctx = split.ctx
    parts = {cause: row[f"score:{cause}"] or 0.0 for cause in split.causes}
    visible = [cause for cause, part in parts.items() if abs(part) >= VISIBLE]
    if len(visible) == 1:
        changes = revisions.by_indicator(behind.explained(split.ends.was, unit), behind.explained(split.ends.now, unit))
        named = changes.select(label=pl.col("node").map_elements(partial(_called, split), return_dtype=pl.String), difference="change")
        said = ctx.tr("全部来自{cause}，按指标拆开", cause=ctx.text(WORDS[visible[0]][0]))
        return charts.largest_steps(named, gains=2, losses=2, lang=ctx.lang), said  # more names do not fit below
    frame = {"label": [ctx.text(WORDS[cause][0]) for cause in parts], "difference": list(parts.values())}
    return pl.DataFrame(frame, schema={"label": pl.String, "difference": pl.Float64}), ctx.tr("按原因拆开")


def _rank(split: Split, row: dict[str, Any]) -> str:
    """The rank's change and its parts, in places gained and lost."""
    ctx = split.ctx
    between = ctx.tr("，")
    parts = [
        ctx.tr("{cause} {n}", cause=ctx.text(WORDS[cause][0]), n=number.signed(row[f"rank:{cause}"], 1))
        for cause in split.causes
        if row[f"rank:{cause}"] is not None
    ]
    move = int(row["rank_change"])
    words = {"was": int(row["rank_before"]), "now": int(row["rank"])}
    if move == 0:
        said = ctx.tr("名次没有变，都是第 **{now}** 名", **words)
    elif move > 0:
        said = ctx.tr("名次从第 **{was}** 到第 **{now}**，上升 {n} 位", n=move, **words)
    else:
        said = ctx.tr("名次从第 **{was}** 到第 **{now}**，下降 {n} 位", n=-move, **words)
    return ctx.tr("{said}；其中（升为正）：{parts}。", said=said, parts=between.join(parts))


def indicators(split: Split, unit: str) -> None:
    """What each indicator adds to the change, its values at both ends; a row opens the value's passport."""
    ctx, ends = split.ctx, split.ends
    name = split.called.get(unit, unit)
    head.finding(
        ctx.tr("{name}：变动落在哪些指标上", name=name), ctx.tr("贡献变动大的在前；值没变的，是别人的数或方案变了；点按一行看这个值的来历")
    )
    parts = revisions.by_indicator(behind.explained(ends.was, unit), behind.explained(ends.now, unit))
    widest = parts["change"].abs().max()
    columns = [
        Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
        Column("before", ctx.tr("原值"), "number"),
        Column("value", ctx.tr("现值"), "number"),
        Column("unit", ctx.tr("计量单位")),
        Column("was", ctx.tr("原贡献"), "number", options={"decimals": 2}),
        Column("now", ctx.tr("现贡献"), "number", options={"decimals": 2}),
        Column("change", ctx.tr("贡献变动"), "delta", width=150, options={"decimals": 2, "domain": float(widest or 1.0)}),  # type: ignore[arg-type]
        Column("flags", ctx.tr("原因"), "flags"),
    ]
    rows = [_row(split, row) for row in parts.iter_rows(named=True)]
    opened = table(
        ctx, columns, rows, "changes.cause_indicators", label=ctx.tr("指标"), height=480 if len(rows) > 14 else None,
        behind=behind.contribution(split, unit),
    )  # fmt: skip
    whole = split.found.totals.filter(pl.col("unit") == unit)["score_change"][0]
    total = float(parts["change"].sum())
    good = charts.adds_up(0.0, parts["change"].to_list(), whole) == 0.0
    said = ctx.tr("{n} 项变动相加 {sum}，得分变动 {change}", n=parts.height, sum=number.signed(total, 6), change=number.signed(whole, 6))
    formulas.proof(said, good)
    if opened:
        page, codes = behind.way(ends.now if behind.in_force(ends.now) else ends.was, unit, opened if opened in ctx.index.leaves else None)
        link(page, **codes)


def _row(split: Split, row: dict[str, Any]) -> dict[str, Any]:
    ctx, node = split.ctx, row["node"]
    schemes = [end.ctx.scheme for end in (split.ends.now, split.ends.was) if end.ctx.scheme is not None]
    indicator = next((scheme.indicators[node] for scheme in schemes if node in scheme.indicators), None)

    def written(value: float | None) -> dict[str, Any]:
        return {"v": value, "t": number.decimal(value, 2) if indicator is None else number.value(value, indicator, ctx.lang)}

    flag = ctx.tr("自己的数变了") if row["own"] else ctx.tr("别人的数变了")
    if not row["own"] and split.ends.other_scheme:
        flag = ctx.tr("值没有变")
    return {
        "id": node, "name": {"t": _called(split, node), "sub": node}, "before": written(row["value_before"]),
        "value": written(row["value"]),
        "unit": number.unit(indicator, ctx.lang) if indicator else "", "was": row["contribution_before"], "now": row["contribution"],
        "change": row["change"], "flags": [flag],
    }  # fmt: skip


def _called(split: Split, node: str) -> str:
    for end in (split.ends.now, split.ends.was):
        named = end.ctx.name(node)
        if named != node:
            return named
    return node


def move_to(ctx: Context, opened: str | None) -> None:
    """Take over a unit that was opened in the table."""
    if opened and opened != ctx.unit:
        address.put(unit=opened)
        st.rerun()
