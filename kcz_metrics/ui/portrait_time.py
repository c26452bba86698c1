"""Rank and score of a unit over the periods, among its nearest neighbours of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.ui import loading, number
from kcz_metrics.ui.behind import differences, scores
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import finding
from kcz_metrics.ui.portray import Portrait
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Change, bound
from kcz_metrics.ui.standing import names

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Pixels above and below the lines.
ROOM = 40


def over_time(ctx: Context, who: Portrait) -> None:
    """Rank and score over the periods, with the nearest neighbours of today."""
    from kcz_metrics import charts

    near = who.neighbours(2)
    called = names(who.frame, ctx.lang)
    rows = [
        (unit, called[unit], number.period(period, ctx.lang), rank, score)
        for period in ctx.periods
        if period <= ctx.period
        for unit, rank, score in loading.standing(ctx, period=period).select("unit", "rank", "published").iter_rows()
        if unit in near
    ]
    frame = pl.DataFrame(
        rows, orient="row", schema={"unit": pl.String, "label": pl.String, "period": pl.String, "rank": pl.Float64, "score": pl.Float64}
    )
    mine = frame.filter((pl.col("unit") == who.unit) & pl.col("rank").is_not_null())
    order = [number.period(p, ctx.lang) for p in ctx.periods if p <= ctx.period]
    if mine.height < 2:
        finding(ctx.tr("名次与得分的变化"), ctx.tr("只有一个评价期有名次，看不出变化"))
        return
    first, last = mine.row(0, named=True), mine.row(-1, named=True)
    moved = int(first["rank"] - last["rank"])
    codes = dict(zip(order, (p for p in ctx.periods if p <= ctx.period), strict=True))
    ends = {"before": first, "now": last}
    words = {"n": mine.height} | {name: _place(ctx, who, name, one["rank"], codes[one["period"]]) for name, one in ends.items()}
    if moved > 0:
        title = ctx.tr("{n} 年里从第 {before} 名升到第 {now} 名", **words)
    elif moved < 0:
        title = ctx.tr("{n} 年里从第 {before} 名降到第 {now} 名", **words)
    else:
        title = ctx.tr("{first}与{last}都是第 {now} 名", first=first["period"], last=last["period"], now=words["now"])
    finding(title, ctx.tr("名次，与目前名次相邻的同类"))
    ranks = frame.select("unit", "label", "period", "rank")
    figure = charts.bump(ranks, focus=who.unit, template=ctx.template, lang=ctx.lang, height=164, periods=order)
    _room(figure)
    chart(ctx, figure, "profile.ranks", alt=title)
    change = last["score"] - first["score"]
    by = number.decimal(abs(change), 2)
    if by == "0.00":
        told = ctx.tr("得分前后相同")
    else:
        n = mine.height
        rise = differences.between(ctx, who.unit, codes[last["period"]], codes[first["period"]])
        gap = says("over_time", by, rise if change > 0 else Change(rise.before, rise.now), abs(change))
        told = ctx.tr("{n} 年里得分提高 {gap} 分", n=n, gap=gap) if change > 0 else ctx.tr("{n} 年里得分降低 {gap} 分", n=n, gap=gap)
    finding(told, ctx.tr("得分，同上各单位"))
    figure = charts.trend(
        frame.select("unit", "label", "period", value="score"), focus=who.unit, template=ctx.template, lang=ctx.lang, height=144,
        periods=order, title=ctx.tr("得分"),
    )  # fmt: skip
    _room(figure)
    chart(ctx, figure, "profile.scores", alt=told)


def _place(ctx: Context, who: Portrait, name: str, rank: float, period: str) -> str:
    """A rank of a period as a number that opens."""
    made = scores.place_in(ctx, period)
    return str(int(rank)) if made is None else says(f"rank.{name}", str(int(rank)), bound(made, who.unit), rank)


def _room(figure: go.Figure) -> None:
    """Room above and below the lines for the names at their ends, which are moved apart where the lines meet."""
    figure.update_layout(height=figure.layout.height + 2 * ROOM, margin={"t": ROOM, "b": ROOM})
    figure.update_xaxes(ticklabelstandoff=ROOM)
