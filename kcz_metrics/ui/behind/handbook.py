"""The handbook: how an indicator's values lie opens to the values, a unit a row; each statistic by its plain formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import polars as pl

from kcz_metrics.ui import loading, marking, number
from kcz_metrics.ui.behind.plain_statistics import both, column, pearson
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Ratio, Source, Way, Worked


def called(ctx: Context, index_id: str, node: str) -> str:
    """The name of a node of an index that need not be the one of the sidebar."""
    assert ctx.scheme is not None
    found = next(one for one in ctx.scheme.indices[index_id].tree.walk() if one.id == node)
    return ctx.text(found.name, ctx.name(node))


def _source(ctx: Context, indicator: str, index_id: str, rows: Callable[[], pl.DataFrame], period: str) -> Source:
    """Each unit leads to where its value comes from."""
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "value": ctx.tr("数值"), "mark": ctx.tr("标记"),
        "group": ctx.tr("同类组"), "score": ctx.tr("指标得分"), "of_pillar": ctx.tr("维度得分"), "left_out": ctx.tr("未计入的原因"),
        "rank": ctx.tr("名次"),
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


def counted(ctx: Context, indicator: str, index_id: str) -> tuple[Opening, Opening]:
    """The units with a value, and those to which the indicator applies."""
    source = _values(ctx, indicator, index_id, ctx.period)
    return source.count(pl.col("value").is_not_null()), source.count(pl.col("status") != "not_applicable")


def place(ctx: Context, indicator: str, index_id: str) -> Opening:
    """By unit: those of its group whose score on the indicator, as it is published, is higher."""
    name = "name_zh" if ctx.lang == "zh" else "name_en"

    def read(unit: str) -> pl.DataFrame:
        card = loading.scorecard(ctx, index_id)
        by = "published" if card.index.rank.decimals is not None else "score"
        placed = card.scores.filter((pl.col("node") == indicator) & pl.col("rank").is_not_null())
        own = placed.row(by_predicate=pl.col("unit") == unit, named=True)
        among = placed.filter(pl.col("group").eq_missing(pl.lit(own["group"], pl.String)))
        before = among.filter(pl.col(by).round_sig_figs(12) > among.filter(pl.col("unit") == unit)[by].round_sig_figs(12)[0])
        named = before.join(card.units.select("unit", name=name), on="unit", how="left", maintain_order="left")
        return named.select("unit", "name", "group", "rank", "score").sort("score", "unit", descending=[True, False])

    return replace(_source(ctx, indicator, index_id, pl.DataFrame, ctx.period), read=read).place()


def together(ctx: Context, indicator: str, pillar: str, index_id: str) -> Opening:
    """Pearson's between the score on the indicator and on its pillar, each less the mean of its group; who lacks one of them is listed
    with the reason, and left out of the pairs."""
    card = loading.scorecard(ctx, index_id)

    def rows() -> pl.DataFrame:
        name = "name_zh" if ctx.lang == "zh" else "name_en"
        own, other, whole = (card.scores.filter(pl.col("node") == node).select("unit", "score") for node in (indicator, pillar, index_id))
        found = card.units.select("unit", "group", name=name).join(own, on="unit", how="left", maintain_order="left")
        found = found.join(other.rename({"score": "of_pillar"}), on="unit", how="left", maintain_order="left")
        found = found.join(whole.rename({"score": "of_all"}), on="unit", how="left", maintain_order="left")
        why = (
            pl.when(pl.col("of_all").is_null()).then(pl.lit(ctx.tr("不参与排名")))
            .when(pl.col("score").is_null()).then(pl.lit(ctx.tr("没有指标得分")))
            .when(pl.col("of_pillar").is_null()).then(pl.lit(ctx.tr("没有维度得分")))
        )  # fmt: skip
        return found.with_columns(left_out=why).sort(pl.col("left_out").is_null(), maintain_order=True)

    def work(found: pl.DataFrame) -> float | None:
        parts = [
            part.with_columns(pl.col("score") - pl.col("score").mean(), pl.col("of_pillar") - pl.col("of_pillar").mean())
            for part in found.partition_by("group")
        ]
        return pearson(*both(pl.concat(parts), "score", "of_pillar")) if parts else None

    missing = rows()["left_out"].drop_nulls().len()
    said = {"n": number.count(card.units.height - missing), "out": number.count(missing)}
    told = ctx.tr("{n} 对计入，{out} 个未计入；两列得分各减去本组均值，再算皮尔逊相关", **said)
    return Worked(_source(ctx, indicator, index_id, rows, ctx.period), work=work, told=told)


def shares(ctx: Context, indicator: str, index_id: str) -> tuple[Opening, Opening]:
    """The share of an indicator's weight among its siblings, and of the whole: what each node on the way to it weighs, multiplied."""
    assert ctx.scheme is not None
    nodes = list(ctx.scheme.indices[index_id].tree.walk())
    over = {child.id: node for node in nodes for child in node.children}
    labels = {
        "node": ctx.tr("编号"), "name": ctx.tr("名称"), "weight": ctx.tr("权重"), "whole": ctx.tr("同级权重合计"),
        "share": ctx.tr("同级权重"),
    }  # fmt: skip

    def siblings() -> pl.DataFrame:
        lines = [(child.id, called(ctx, index_id, child.id), float(child.weight)) for child in over[indicator].children]
        return pl.DataFrame(lines, schema={"node": pl.String, "name": pl.String, "weight": pl.Float64}, orient="row")

    def way() -> pl.DataFrame:
        lines, at = [], indicator
        while at in over:
            weights = {child.id: float(child.weight) for child in over[at].children}
            lines.append((at, called(ctx, index_id, at), weights[at], sum(weights.values())))
            at = over[at].id
        columns = {"node": pl.String, "name": pl.String, "weight": pl.Float64, "whole": pl.Float64}
        return pl.DataFrame(lines[::-1], schema=columns, orient="row").with_columns(share=pl.col("weight") / pl.col("whole"))

    def work(found: pl.DataFrame) -> float | None:
        return prod(weight / whole for weight, whole in found.select("weight", "whole").rows())

    among = Source("", siblings, labels=labels)
    share = Ratio(among.sum("weight", pl.col("node") == indicator), among.sum("weight"))
    return share, Worked(Source("", way, labels=labels), work=work, told=ctx.tr("从上到下，各级占同级的份额相乘"))
