"""The handbook: how an indicator's values lie opens to the values, a unit a row; each statistic by its plain formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from kcz_metrics.ui import loading, marking
from kcz_metrics.ui.behind.plain_statistics import both, column, pearson
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Source, Way, Worked


def _source(ctx: Context, indicator: str, index_id: str, rows: Callable[[], pl.DataFrame], period: str) -> Source:
    """Each unit leads to where its value comes from."""
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "value": ctx.tr("数值"), "mark": ctx.tr("标记"),
        "group": ctx.tr("同类组"), "score": ctx.tr("指标得分"), "of_pillar": ctx.tr("维度得分"),
    }  # fmt: skip

    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": str(row["unit"]), "index": index_id, "indicator": indicator, "period": period}

    return Source("", rows, labels=labels, leads=to)


def _values(ctx: Context, indicator: str, index_id: str, period: str) -> Source:
    def rows() -> pl.DataFrame:
        found = loading.scorecard(ctx, index_id, period)
        name = "name_zh" if ctx.lang == "zh" else "name_en"
        own = found.values.filter(pl.col("indicator") == indicator).select("unit", "value", "status")
        said = {code: "，".join(flag["t"] for flag in marking.of_value(ctx, code)) for code in own["status"].unique()}
        own = own.with_columns(mark=pl.col("status").replace_strict(said, return_dtype=pl.String))
        return own.join(found.units.select("unit", name=name), on="unit", how="left", maintain_order="left")

    return _source(ctx, indicator, index_id, rows, period)


def quartiles(ctx: Context, indicator: str, index_id: str) -> list[Opening]:
    """Lowest, lower quartile, median, upper quartile, highest."""
    told = ctx.tr("由小到大排好，取第 {share} 处；落在两个值之间的按距离折算")
    source = _values(ctx, indicator, index_id, ctx.period)

    def at(share: float) -> Worked:
        def work(rows: pl.DataFrame) -> float | None:
            x = sorted(column(rows, "value").tolist())
            if not x:
                return None
            below, part = divmod(share * (len(x) - 1), 1)
            upper = x[min(int(below) + 1, len(x) - 1)]
            return x[int(below)] + part * (upper - x[int(below)])

        return Worked(source, work=work, told=told.format(share=f"{share:.0%}"))

    return [at(share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]


def coverage(ctx: Context, indicator: str, index_id: str, period: str) -> Opening:
    """Of the units to which it applies, the share with a value."""
    source = _values(ctx, indicator, index_id, period)
    return source.share(pl.col("value").is_not_null(), pl.col("status") != "not_applicable")


def together(ctx: Context, indicator: str, pillar: str, index_id: str) -> Opening:
    """Pearson's between the score on the indicator and on its pillar, each less the mean of its group."""

    def rows() -> pl.DataFrame:
        scores = loading.scorecard(ctx, index_id).scores.drop_nulls("score")
        own = scores.filter(pl.col("node") == indicator).select("unit", "group", "score")
        other = scores.filter(pl.col("node") == pillar).select("unit", "group", of_pillar="score")
        return own.join(other, on=["unit", "group"], how="full", coalesce=True, nulls_equal=True, maintain_order="left")

    def work(found: pl.DataFrame) -> float | None:
        parts = [
            part.with_columns(pl.col("score") - pl.col("score").mean(), pl.col("of_pillar") - pl.col("of_pillar").mean())
            for part in found.partition_by("group")
        ]
        return pearson(*both(pl.concat(parts), "score", "of_pillar")) if parts else None

    told = ctx.tr("两列得分各减去本组均值，再算皮尔逊相关")
    return Worked(_source(ctx, indicator, index_id, rows, ctx.period), work=work, told=told)
