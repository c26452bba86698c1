"""Figures of the audit that are of the ranking: over ranks now and otherwise, pairs of neighbours, sizes and groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kcz_metrics.ui import audit, loading
from kcz_metrics.ui.behind import plain_statistics as plain
from kcz_metrics.ui.behind.audit_rows import of_units
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Source, Way, Worked

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Node

Make = Callable[[Context, str, str], Opening]


def _source(ctx: Context, rows: Callable[[], pl.DataFrame], **labels: str) -> Source:
    """Rows of units, each leading to its profile."""

    def to(row: Mapping[str, object]) -> Way:
        return "profile", {"unit": str(row["unit"])}

    return Source("", rows, labels={"unit": ctx.tr("编号"), "name": ctx.tr("名称")} | labels, leads=to)


def _ranks(ctx: Context, period: str | None = None) -> pl.DataFrame:
    card = loading.scorecard(ctx, period=period)
    return card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null()).select("unit", "rank")


def _otherwise(ctx: Context, other: Callable[[], pl.DataFrame], words: str) -> Source:
    """Ranks now beside ranks otherwise, and how far apart they are."""

    def rows() -> pl.DataFrame:
        both = _ranks(ctx).join(other().select("unit", other="rank"), on="unit", how="left", maintain_order="left")
        return of_units(ctx, both.with_columns(shift=(pl.col("rank") - pl.col("other")).abs()))

    return _source(ctx, rows, rank=ctx.tr("名次"), other=words, shift=ctx.tr("移动"))


def _geometric(ctx: Context) -> Source:
    from kcz_metrics.scheme.models import Method
    from kcz_metrics.scoring import rescore

    def other() -> pl.DataFrame:
        card = loading.scorecard(ctx)
        index = card.index.model_copy(update={"aggregate": Method(method="geometric")})
        made = rescore(replace(card, index=index), None)
        return made.scores.filter(pl.col("node") == index.id).select("unit", "rank")

    return _otherwise(ctx, other, ctx.tr("几何平均时的名次"))


def left_out(ctx: Context, leaf: str, _: str = "") -> Opening:
    """How far ranks move on average where an indicator has no weight."""
    from kcz_metrics.scoring import rescore
    from kcz_metrics.ui import trial

    def other() -> pl.DataFrame:
        card = loading.scorecard(ctx)
        draft = trial.official(card.index).weigh(alone(card.index.tree, leaf), 0.0)
        made = rescore(replace(card, index=trial.drafted(card.index, draft)), None)
        return made.scores.filter(pl.col("node") == card.index.id).select("unit", "rank")

    return _otherwise(ctx, other, ctx.tr("不计这一项的名次")).mean("shift")


def alone(tree: Node, leaf: str) -> str:
    """The indicator, or the node above it that has no other: what must have no weight for the indicator to have none."""
    found = leaf
    for node in reversed(list(tree.walk())):
        if node.id != tree.id and [child.id for child in node.children] == [found]:
            found = node.id
    return found


def _neighbours(ctx: Context) -> Source:
    """Each ranked unit with the next one: in how many of the draws it stands before."""

    def rows() -> pl.DataFrame:
        made = audit.drawn(ctx)
        wins, at = made.wins(), {unit: i for i, unit in enumerate(made.card.units["unit"].to_list())}
        root = made.card.scores.filter((pl.col("node") == ctx.index_id) & pl.col("rank").is_not_null())
        pairs = []
        for (_,), of_group in root.sort("score", descending=True, maintain_order=True).group_by("group", maintain_order=True):
            ids = of_group["unit"].to_list()
            pairs += [(a, b, float(wins[at[a], at[b]])) for a, b in pairwise(ids)]
        frame = pl.DataFrame(pairs, schema={"unit": pl.String, "next": pl.String, "chance": pl.Float64}, orient="row")
        names = audit.names(ctx)
        return of_units(ctx, frame.with_columns(pl.col("next").replace_strict(dict(names), default=pl.col("next"))))

    return _source(ctx, rows, next=ctx.tr("下一名"), chance=ctx.tr("排在前的概率"))


def _told_apart(ctx: Context, _index: str, _: str) -> Opening:
    return _neighbours(ctx).share(pl.col("chance") >= 0.9)


def _widths(ctx: Context, _index: str, _: str) -> Opening:
    def rows() -> pl.DataFrame:
        frame = audit.drawn(ctx).frame().select("unit", "rank", "rank_p5", "rank_p95")
        return of_units(ctx, frame.with_columns(width=(pl.col("rank_p95") - pl.col("rank_p5")).cast(pl.Float64)))

    return _source(ctx, rows, rank=ctx.tr("名次"), rank_p5="5%", rank_p95="95%", width=ctx.tr("宽度")).mean("width")


def _sharing(ctx: Context, _index: str, _: str) -> Opening:
    def rows() -> pl.DataFrame:
        card = loading.scorecard(ctx)
        root = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null())
        return of_units(ctx, root.select("unit", "rank", alike=pl.len().over("group", "rank")))

    return _source(ctx, rows, rank=ctx.tr("名次"), alike=ctx.tr("同名次的个数")).count(pl.col("alike") > 1)


def _periods(ctx: Context) -> Source:
    def rows() -> pl.DataFrame:
        then = _ranks(ctx, ctx.previous).select("unit", before="rank")
        both = then.join(_ranks(ctx), on="unit", how="inner", maintain_order="left")
        return of_units(ctx, both.with_columns(shift=(pl.col("rank") - pl.col("before")).abs()))

    return _source(ctx, rows, before=ctx.tr("上期名次"), rank=ctx.tr("名次"), shift=ctx.tr("移动"))


def spearman(ctx: Context, _index: str, _: str) -> Opening:
    return Worked(_periods(ctx), work=lambda rows: plain.spearman(*plain.both(rows, "before", "rank")), told=ctx.tr("斯皮尔曼等级相关系数"))


def _kendall(ctx: Context, _index: str, _: str) -> Opening:
    return Worked(_periods(ctx), work=lambda rows: plain.kendall(*plain.both(rows, "before", "rank")), told=ctx.tr("肯德尔等级相关系数"))


def _turned(ctx: Context) -> Source:
    return _source(ctx, lambda: of_units(ctx, audit.turned(ctx)), turned=ctx.tr("退出后易位的对数"))


def _sizes(ctx: Context, name: str) -> pl.DataFrame:
    """``unit, size``: a column of units that says anything, what values are divided by, or a measure."""
    card, measures = loading.scorecard(ctx), loading.values(ctx).measures
    if name in card.units.columns and card.units[name].null_count() < card.units.height:
        return card.units.select("unit", size=pl.col(name).cast(pl.Float64))
    if name in card.run.denominators:
        held = pl.DataFrame({"unit": card.units["unit"], "size": card.run.denominators[name]})
        return held.with_columns(pl.col("size").fill_nan(None))
    return measures.filter(pl.col("measure") == name, pl.col("period") == ctx.period).select("unit", size="value")


def size(ctx: Context, _index: str, name: str) -> Opening:
    def rows() -> pl.DataFrame:
        card = loading.scorecard(ctx)
        sizes = _sizes(ctx, name)
        root = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null()).select("unit", "score")
        return of_units(ctx, root.join(sizes, on="unit", how="left", maintain_order="left"))

    source = _source(ctx, rows, score=ctx.tr("得分"), size=audit.column(ctx, name))
    return Worked(source, work=lambda found: plain.spearman(*plain.both(found, "score", "size")), told=ctx.tr("斯皮尔曼等级相关系数"))


def grouped(ctx: Context, column: str) -> Source:
    def rows() -> pl.DataFrame:
        card = loading.scorecard(ctx)
        root = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null()).select("unit", "score")
        groups = card.units.select("unit", group=pl.col(column).cast(pl.String))
        return of_units(ctx, root.join(groups, on="unit", how="left", maintain_order="left").drop_nulls())

    return _source(ctx, rows, group=audit.column(ctx, column), score=ctx.tr("得分"))


def _between(ctx: Context, column: str, _: str) -> Opening:
    def work(rows: pl.DataFrame) -> float | None:
        x = rows["score"].to_numpy()
        means = rows.select(pl.col("score").mean().over("group"))["score"].to_numpy()
        whole = float(((x - x.mean()) ** 2).sum())
        return float(((means - x.mean()) ** 2).sum()) / whole if whole else None

    return Worked(grouped(ctx, column), work=work, told=ctx.tr("组均值的平方和 ÷ 全体的平方和"))


def _gap(ctx: Context, column: str, group: str) -> Opening:
    def work(rows: pl.DataFrame) -> float | None:
        own = rows.filter(pl.col("group") == group)["score"].to_numpy()
        return float(np.mean(own) - np.mean(rows["score"].to_numpy())) if len(own) else None

    return Worked(grouped(ctx, column), work=work, told=ctx.tr("本组均值减全体均值"))


WAYS: Mapping[str, Make] = {
    "shift_if_geometric": lambda ctx, _index, _unit: _geometric(ctx).mean("shift"),
    "largest_shift_if_geometric": lambda ctx, _index, _unit: _geometric(ctx).max("shift"),
    "neighbours_told_apart": _told_apart,
    "mean_width_of_rank_interval": _widths,
    "units_sharing_a_rank": _sharing,
    "kendall": _kendall,
    "mean_shift": lambda ctx, _index, _period: _periods(ctx).mean("shift"),
    "units_that_change_the_order_of_others": lambda ctx, _index, _: _turned(ctx).share(pl.col("turned") > 0),
    "most_pairs_turned": lambda ctx, _index, _unit: _turned(ctx).max("turned"),
    "share_between_groups": _between,
    "mean_gap": _gap,
    "drop": left_out,
    "merge": left_out,
}
