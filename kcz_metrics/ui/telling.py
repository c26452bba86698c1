"""What a ranking lets one say, checked against its numbers each time it is said."""

from __future__ import annotations

import polars as pl

from kcz_metrics.ui import intervals, labels, loading, number, seats
from kcz_metrics.ui.behind import scores
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.portray import Portrait
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import bound
from kcz_metrics.ui.standing import movers, ranked, stretch, top

#: A move of this many places is worth a sentence.
NOTABLE = 5
#: A difference below this shows as zero, and nothing is said of it.
SHOWS = 0.005


def varied(ctx: Context, index_id: str | None = None) -> str:
    """What the intervals of a ranking speak of."""
    from kcz_metrics.analysis.intervals import label

    return ctx.text(label(loading.scorecard(ctx, index_id)))


def coverage(frame: pl.DataFrame) -> float | None:
    """The mean coverage of the units, as the basis line gives it."""
    value = frame["coverage"].mean()
    return value if isinstance(value, float) else None


def ranking_answer(ctx: Context, frame: pl.DataFrame) -> str:
    """How many are ranked, how far apart they lie, how many moved notably."""
    placed = ranked(frame)
    if placed.is_empty():
        return ctx.tr("没有可以排名的评价对象，原因见下表。")
    units, without = labels.many(ctx, ctx.index.unit), frame.height - placed.height
    n = says("ranked", placed.height, scores.ranked(ctx, lambda: frame).count(), placed.height)
    sentences = [ctx.tr("**{n}** {units}全部参与排名。", n=n, units=units)]
    if without:
        m = says("unranked", without, scores.unplaced(ctx, lambda: frame), without)
        sentences = [ctx.tr("**{n}** {units}参与排名，{m} 个数据不足。", n=n, units=units, m=m)]
    first = None if ctx.index.group else top(placed.join(intervals.intervals(ctx), on="unit"))
    run = None if ctx.index.group else together(ctx, placed)
    if first:
        sentences.append(ctx.tr("前 {n} 名与其后拉开距离。", n=first) if first > 1 else ctx.tr("第 1 名与其后拉开距离。"))
    if run:
        sentences.append(ctx.tr("第 {first}–{last} 名的区间相互重叠，**不宜分先后**。", first=run[0], last=run[1]))
    large = movers(frame, frame.height).filter(pl.col("move").abs() >= NOTABLE).height
    if ctx.previous and large:
        n = says("moved", large, scores.moved(ctx, lambda: frame, NOTABLE), large)
        sentences.append(
            ctx.tr("较{period}名次变动 {k} 位以上的有 **{n}** 个。", period=number.period(ctx.previous, ctx.lang), k=NOTABLE, n=n)
        )
    return (" " if ctx.lang == "en" else "").join(sentences)


def spans(ctx: Context, index_id: str | None = None) -> dict[str, str]:
    """Ranked unit to the interval of its rank in figures, for tables without room for the picture."""
    rows = intervals.intervals(ctx, index_id).select("unit", "rank_low", "rank_high").iter_rows()
    return {unit: number.count(low) if low == high else f"{number.count(low)}–{number.count(high)}" for unit, low, high in rows}


def together(ctx: Context, frame: pl.DataFrame) -> tuple[int, int, str] | None:
    """First place, last place and words of the longest stretch that the intervals cannot tell apart."""
    run = stretch(ranked(frame).join(intervals.intervals(ctx), on="unit"))
    if run is None:
        return None
    first, last = run
    return first, last, ctx.tr("这 {n} 个分不出先后", n=last - first + 1)


def dots(ctx: Context, frame: pl.DataFrame) -> tuple[str, str]:
    """Finding and caption of the dots."""
    placed = ranked(frame)
    if placed.height < 2:
        return ctx.tr("得分与名次"), ""
    scores = placed["published"].to_list()
    run = together(ctx, frame)
    half = scores[len(scores) // 4] - scores[-1 - len(scores) // 4]
    gap = number.decimal(scores[0] - scores[-1], 1)
    title = ctx.tr("首末相差 {gap} 分，中间一半在 {half} 分之内", gap=gap, half=number.decimal(half, 1))
    if run:
        title = ctx.tr("第 {first}–{last} 名连成一片，分不出先后", first=run[0], last=run[1])
    shown = ctx.tr("正在抽样计算名次区间，算好即补上")
    if intervals.there(ctx):
        shown = ctx.tr("得分；竖条为名次 90% 区间两端名次上的得分（{what}）；点按任一点查看画像", what=varied(ctx))
    if ctx.index.tiers and ctx.index.tiers.levels:
        shown += ctx.tr("；虚线为席位界线，颜色为{level}", level=seats.within(ctx, ctx.index))
    return title, shown


def table_caption(ctx: Context, found: pl.DataFrame, whole: pl.DataFrame) -> str:
    parts = []
    if found.height < whole.height:
        parts.append(ctx.tr("筛选出 {n} / {m} 个", n=found.height, m=whole.height))
    parts.append(
        ctx.tr("名次区间为 90%（{what}）", what=varied(ctx)) if intervals.there(ctx) else ctx.tr("正在抽样计算名次区间，算好即补上")
    )
    if ctx.previous:
        parts.append(ctx.tr("▲▼ 为较{period}的名次变动", period=number.period(ctx.previous, ctx.lang)))
    parts.append(ctx.tr("得分构成各段相加等于得分"))
    caption = ctx.tr("；").join(parts)
    return caption[0].upper() + caption[1:]


def profile_answer(ctx: Context, who: Portrait) -> str:
    """Score, rank among how many, then what holds it up and what costs it most against the middle of the group."""
    placed = ranked(who.frame).height
    rank, others = int(who.row["rank"]), scores.ranked(ctx, lambda: who.frame).count()
    place = scores.places(ctx, ctx.index_id).get("rank")
    words = {
        "score": number.score(who.row["published"]), "n": says("ranked", placed, others, placed),
        "rank": rank if place is None else says("rank", rank, bound(place, who.unit), rank),
    }  # fmt: skip
    sentences = [ctx.tr("得分 **{score}**，{n} 个同类中第 **{rank}** 名。", **words)]
    ordered = who.differences.sort("difference", descending=True)
    good = ordered.filter(pl.col("difference") >= SHOWS)["label"].head(2).to_list()
    # the weight of a missing indicator goes to those beside it: that it adds nothing is no loss
    missing = pl.col("value").is_null() & pl.col("node").is_in(ctx.index.leaves)
    weak = ordered.filter((pl.col("difference") <= -SHOWS) & ~missing)["label"].tail(1).to_list()
    if who.unit != who.middle and good:
        sentences.append(ctx.tr("高于同类中位的主要是{names}。", names=labels.listed(ctx, good)))
    if who.unit != who.middle and weak:
        sentences.append(ctx.tr("{name}低于同类，失分最多。", name=weak[0]))
    return (" " if ctx.lang == "en" else "").join(sentences)
