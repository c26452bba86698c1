"""The page on certainty: shares and intervals open to the runs they are counted from, one row a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.ui import number
from kcz_metrics.ui.behind import scores
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Between, Leads, Opening, Ratio, Source, Worked

if TYPE_CHECKING:
    from kcz_metrics.ui.certainty_drawn import Drawn


def _labels(ctx: Context) -> dict[str, str]:
    return {
        "unit": ctx.tr("编号"), "draw": ctx.tr("抽样"), "rank": ctx.tr("名次"), "nominal": ctx.tr("现名次"), "apart": ctx.tr("相差名次"),
        "other": ctx.tr("对方名次"), "score": ctx.tr("得分"), "treat": ctx.tr("异常值的处理"), "normalise": ctx.tr("标准化方法"),
        "aggregate": ctx.tr("合成的方法"), "impute": ctx.tr("缺值填补"), "leave_out": ctx.tr("去掉的一项"),
    }  # fmt: skip


def _source(ctx: Context, read: Callable[[str], pl.DataFrame]) -> Source:
    return Source("", pl.DataFrame, labels=_labels(ctx), read=read)


def _quantile(q: float) -> Callable[[pl.DataFrame], float | None]:
    """The lower order statistic, one row after another, so that it is no echo of the sort that made the number."""

    def work(rows: pl.DataFrame) -> float | None:
        known = sorted(rows["rank"].to_list(), key=lambda rank: (rank is None, rank))
        if not known or known[-1] is None:
            return None
        return float(known[int(q * (len(known) - 1))])

    return work


def _halves(rows: pl.DataFrame) -> float | None:
    points = [1.0 if mine < theirs else 0.5 if mine == theirs else 0.0 for mine, theirs in rows.select("rank", "other").drop_nulls().rows()]
    return sum(points) / len(points) if points else None


def of_units(ctx: Context, drawn: Drawn) -> Behind:
    own = _source(ctx, lambda unit: drawn.runs([unit]))
    after = dict(zip(drawn.units, drawn.units[1:], strict=False))
    last = ctx.tr("按名次排好后取第 {share} 位的一次")
    return {
        **scores.passport(ctx),
        "stay": own.share(pl.col("rank") == pl.col("nominal")),
        "low": Worked(own, work=_quantile(0.05), told=last.format(share="5%")),
        "mid": Worked(own, work=_quantile(0.5), told=last.format(share="50%")),
        "high": Worked(own, work=_quantile(0.95), told=last.format(share="95%")),
        "ahead": {unit: pair(ctx, drawn, unit, other) for unit, other in after.items()},
        "interval": {
            unit: interval(ctx, drawn, unit, low, high)
            for unit, low, high in drawn.spans.select("unit", "rank_low", "rank_high").drop_nulls().iter_rows()
        },
    }


def interval(ctx: Context, drawn: Drawn, unit: str, low: float, high: float) -> Between:
    """The interval of a unit's rank: how often it had each rank. The times must add up to the runs."""
    from kcz_metrics.analysis.hinges import word

    n = len(drawn.ranks)
    varied = ctx.tr("、").join(ctx.text(word(name)) for name in drawn.asked.sources)
    told = ctx.tr(
        "{n} 次抽样，变动的是{what}；各名次的次数相加等于抽样次数，累计过 5% 与 95% 的名次为 {low} 与 {high}，相距",
        n=number.count(n), what=varied, low=number.count(low), high=number.count(high),
    )  # fmt: skip

    def read(_: str) -> pl.DataFrame:
        counted = drawn.runs([unit]).group_by("rank").agg(times=pl.len()).sort("rank", nulls_last=True)
        return counted.with_columns(share=pl.col("times") / n, up_to=pl.col("times").cum_sum() / n)

    def ends(rows: pl.DataFrame) -> tuple[float, float] | None:
        ranks, times = rows["rank"].to_list(), rows["times"].to_list()
        if sum(times) != n or None in ranks:
            return None
        each = [rank for rank, often in zip(ranks, times, strict=True) for _ in range(often)]
        return each[int(0.05 * (n - 1))], each[int(0.95 * (n - 1))]

    labels = {"rank": ctx.tr("名次"), "times": ctx.tr("次数"), "share": ctx.tr("占抽样"), "up_to": ctx.tr("累计")}
    return Between(Source("", pl.DataFrame, labels=labels, read=read), told=told, ends=ends, shown=(low, high))


def pair(ctx: Context, drawn: Drawn, unit: str, other: str) -> Opening:
    """In what share of the runs one stands before the other."""

    def read(_: str) -> pl.DataFrame:
        theirs = drawn.runs([other]).select("draw", other="rank")
        return drawn.runs([unit]).join(theirs, on="draw", how="left", maintain_order="left")

    return Worked(_source(ctx, read), work=_halves, told=ctx.tr("排在对方之前的计 1，同名次计一半，除以次数"))


def of_rank(ctx: Context, drawn: Drawn, unit: str, rank: float) -> Opening:
    return _source(ctx, lambda _: drawn.runs([unit])).share(pl.col("rank") == rank)


def within(ctx: Context, drawn: Drawn, unit: str, last: int) -> Opening:
    """In what share of the runs the unit is among the first so many."""
    return _source(ctx, lambda _: drawn.runs([unit])).share((pl.col("rank") <= last).fill_null(False))


def headline(ctx: Context, drawn: Drawn) -> dict[str, Opening]:
    """Over all units of the group."""
    whole = _source(ctx, lambda _: drawn.runs(drawn.units))
    labels = {
        "unit": ctx.tr("编号"), "rank": ctx.tr("名次"), "rank_low": ctx.tr("区间下限"), "rank_high": ctx.tr("区间上限"),
        "width": ctx.tr("区间宽度"),
    }  # fmt: skip
    spans = Source("", lambda: drawn.spans.with_columns(width=pl.col("rank_high") - pl.col("rank_low")), labels=labels)
    pairs_labels = {"unit": ctx.tr("编号"), "next": ctx.tr("后一名"), "ahead": ctx.tr("排在其前的比例")}
    pairs = Source("", lambda: neighbours(drawn), labels=pairs_labels)
    from kcz_metrics.ui.certainty_drawn import SURE, TURNED

    sure = pl.col("ahead") >= SURE
    return {
        "width": spans.mean("width"), "stay": Ratio(whole.count(pl.col("rank") == pl.col("nominal")), whole.count()),
        "shift": whole.mean("apart"), "largest": whole.max("apart"), "apart": pairs.count(sure),
        "turned": pairs.count(pl.col("ahead") <= TURNED), "pairs": pairs.count(), "share_apart": pairs.share(sure),
    }  # fmt: skip


def weights() -> Behind:
    """A weight as the scheme has it: it is moved on the page of weights."""
    return {"weight": Leads(lambda _: ("weights", {}))}


def neighbours(drawn: Drawn) -> pl.DataFrame:
    """``unit, next, ahead`` of each two that follow each other."""
    columns = {"unit": drawn.units[:-1], "next": drawn.units[1:], "ahead": drawn.ahead}
    return pl.DataFrame(columns, schema={"unit": pl.String, "next": pl.String, "ahead": pl.Float64})
