"""How far a unit of the tier review is from the bars above and below it: in points, and in the indicators' own units."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, TypeVar

import polars as pl
import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.ui import head, loading, measured, number, reviewing, scenario, states
from kcz_metrics.ui.behind import tier_borders as behind
from kcz_metrics.ui.behind import trials
from kcz_metrics.ui.behind.trials import Reaches
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.tier_unit import row_of

if TYPE_CHECKING:
    from kcz_metrics.decisions.ruling import Sitting

Found = TypeVar("Found")
#: Falls of one indicator that are shown, the shortest of them.
FALLS = 3


def borders(ctx: Context, sitting: Sitting, unit: str) -> None:
    """Both distances in points; the fewest improvements that reach the bar above, and the falls that reach the one below."""
    row = row_of(sitting, unit)
    above, below = row["to_above"], row["over_below"]
    parts = []
    if above is not None:
        gap = says("rise", number.decimal(abs(above), 2), behind.gap(ctx, sitting, unit, "up", short=above > 0), abs(above))
        parts.append(ctx.tr("距升级线 {gap} 分", gap=gap) if above > 0 else ctx.tr("高出升级线 {gap} 分", gap=gap))
    if below is not None:
        gap = says("exit", number.decimal(abs(below), 2), behind.gap(ctx, sitting, unit, "down", short=below <= 0), abs(below))
        parts.append(ctx.tr("高出退出线 {gap} 分", gap=gap) if below > 0 else ctx.tr("低于退出线 {gap} 分", gap=gap))
    head.finding(ctx.tr("离两条界线多远"), ctx.tr("；").join(parts) or ctx.tr("本轮没有界线"))
    opened = _above(ctx, sitting, unit, above)
    opened = _below(ctx, sitting, unit) or opened
    if opened:
        link("passport", unit=unit, indicator=opened)


def _above(ctx: Context, sitting: Sitting, unit: str, gap: float | None) -> str | None:
    from kcz_metrics.decisions.rulebook import score_needed

    needed = score_needed(sitting, unit)
    if needed is None or gap is None or gap <= 0:
        return None
    points = says("needed", number.score(needed), behind.to_rise(ctx, sitting, unit), needed)
    said = ctx.tr("本期得分须达到 {score}，最少的改进是（逐项重算过，缺一不可）：", score=points)
    found = _improved(ctx, unit, needed, said, ctx.tr("同类已达到的水平之内，没有哪组改进能使平滑得分达到升级线。"))
    if found is None:
        return None
    opened = _steps(ctx, unit, found, "tiers.needed", ctx.tr("最少的改进"), ctx.tr("须达到"), trials.reaching(None, needed))
    head.paragraph(ctx.tr("还须满足名次、维度与轮数等其他规则，见规则核对。"), muted=True)
    if st.button(ctx.tr("情景推演"), key="tiers.whatif"):
        link("whatif", unit=unit, goal="score", to=f"{ceil(needed * 10) / 10:g}")
    return opened


def _tried(ctx: Context, said: str, work: Callable[[], Found]) -> Found | None:
    """What the search finds, while ``said`` stands there; None where it cannot be made, which is told."""
    try:
        with st.spinner(said):
            return work()
    except KczError as wrong:
        states.too_little(wrong.issues[0].render(ctx.lang))
        return None


def _improved(ctx: Context, unit: str, needed: float, said: str, out_of_reach: str) -> pl.DataFrame | None:
    """The fewest improvements to this score, under the sentence that says it; None where there are none, which is said."""
    found = _tried(ctx, ctx.tr("正在试算最少的改进"), lambda: reviewing.improved(ctx, unit, needed))
    if found is None:
        return None
    if not found.reached:
        states.too_little(out_of_reach)
        return None
    head.paragraph(said, muted=True)
    return found.steps


def _below(ctx: Context, sitting: Sitting, unit: str) -> str | None:
    """Of a unit below the bar the fewest improvements that bring it back; else the falls: any one is enough, all else as it is."""
    from kcz_metrics.decisions.rulebook import score_back, score_lost

    back = score_back(sitting, unit)
    if back is not None:
        points = says("back", number.score(back), behind.to_come_back(ctx, sitting, unit), back)
        said = ctx.tr("本期得分高于 {score} 即回到退出线以上，最少的改进是（逐项重算过，缺一不可）：", score=points)
        steps = _improved(ctx, unit, back, said, ctx.tr("同类已达到的水平之内，没有哪组改进能使平滑得分回到退出线以上。"))
        if steps is None:
            return None
        return _steps(ctx, unit, steps, "tiers.back", ctx.tr("最少的改进"), ctx.tr("须达到"), trials.reaching(None, back))
    lost = score_lost(sitting, unit)
    if lost is None:
        return None
    found = _tried(ctx, ctx.tr("正在试算单项降到多少会低于退出线"), lambda: reviewing.dropped(ctx, unit, lost))
    if found is None:
        return None
    points = says("lost", number.score(lost), behind.to_fall(ctx, sitting, unit), lost)
    if found.is_empty():
        states.too_little(ctx.tr("本期得分降到 {score} 才低于退出线并落到缓冲区以外；单项即使降到同类最低值，也降不到这里。", score=points))
        return None
    head.paragraph(
        ctx.tr("本期得分降到 {score} 即低于退出线并落到缓冲区以外。其他不变，下列任一项降到这里就够，离得最近的在前：", score=points),
        muted=True,
    )
    falls, label = found.head(FALLS), ctx.tr("单项的降幅")
    return _steps(ctx, unit, falls, "tiers.lost", label, ctx.tr("降到"), trials.falling(lost), alone=True)


def _steps(
    ctx: Context, unit: str, steps: pl.DataFrame, key: str, label: str, heading: str, reaches: Reaches, *, alone: bool = False
) -> str | None:
    """``indicator, value, value_after, measure, more`` as a table; returns the indicator that was opened."""
    columns = [
        Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
        Column("value", ctx.tr("现值"), "number"),
        Column("after", heading, "number", options={"strong": True, "decimals": 4}),
        Column("unit", ctx.tr("计量单位"), options={"quiet": True}),
        Column("more", ctx.tr("基础量增减"), options={"wrap": True}),
    ]  # fmt: skip
    lines = []
    for step in steps.iter_rows(named=True):
        name, after = step["indicator"], step["value_after"]
        lines.append({
            "id": name, "name": ctx.name(name), "value": scenario.cell(ctx, name, step["value"]),
            "after": {**scenario.cell(ctx, name, after, beside=step["value"]), "n": trials.shown(ctx, name, after)},
            "unit": scenario.unit(ctx, name),
            "more": {"t": measured.more(ctx, step["measure"], step["more"]) or number.MISSING, "n": step["more"]},
        })  # fmt: skip
    card = loading.scorecard(ctx)
    return table(ctx, columns, lines, key, label=label, behind=trials.steps(ctx, card, unit, steps, reaches, alone=alone))
