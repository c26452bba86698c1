"""What the overview, the map of provinces and a unit's place on other boards say of scores: means by province, changes since before."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from kcz_metrics.ui import labels, loading
from kcz_metrics.ui.behind import scores
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Change, Leads, Opening, Source, Worked, bound


def gap(ctx: Context) -> Opening:
    """Between the highest and the lowest of the provinces' mean scores, of ranked units."""
    called = labels.provinces(ctx)

    def rows() -> pl.DataFrame:
        own = (
            scores.ranked(ctx, lambda: loading.standing(ctx))
            .rows()
            .group_by("province_code")
            .agg(units=pl.len(), mean=pl.col("score").mean())
        )
        name = pl.col("province_code").replace_strict(called, default=pl.col("province_code"), return_dtype=pl.String)
        return own.with_columns(name=name).sort("mean", descending=True)

    def work(found: pl.DataFrame) -> float | None:
        means = found["mean"].to_list()
        return max(means) - min(means) if means else None

    named = {"province_code": ctx.tr("省份编号"), "name": ctx.tr("省份"), "units": ctx.tr("参与排名"), "mean": ctx.tr("平均得分")}
    source = Source("", rows, labels=named, leads=lambda row: ("provinces", {"province": str(row["province_code"])}))
    return Worked(source, work=work, told=ctx.tr("最高的平均分减最低的"))


def moves(ctx: Context) -> Behind:
    """The move in rank since the period before, and that in published score."""
    assert ctx.previous is not None
    now, was = (scores.ranked(ctx, lambda at=at: loading.standing(ctx, period=at), "unit") for at in (ctx.period, ctx.previous))  # type: ignore[misc]
    return {**scores.places(ctx, ctx.index_id), "score": Change(now.sum("published"), was.sum("published"))}


def boards(ctx: Context, unit: str, index_ids: list[str]) -> Behind:
    """One unit on every board: the score to its passport, the rank and the move to those before it, by the board."""
    made: dict[str, dict[str, Opening]] = {}
    for index_id in index_ids:
        for column, opening in scores.places(ctx, index_id).items():
            made.setdefault(column, {})[index_id] = bound(opening, unit)
    score = Leads(lambda index_id: ("passport", {"unit": unit, "index": index_id}))
    return {**made, "score": score, "coverage": score, "of": {i: _rivals(ctx, unit, i) for i in index_ids}}


def _rivals(ctx: Context, unit: str, index_id: str) -> Opening:
    """The ranked units of the unit's group."""
    source = scores.ranked(ctx, lambda: loading.standing(ctx, index_id).with_columns(board=pl.lit(index_id)))

    def read(_: str) -> pl.DataFrame:
        rows = source.rows()
        return rows.filter(pl.col("group").eq_missing(rows.filter(pl.col("unit") == unit)["group"].first()))

    return replace(source, read=read).count()
