"""The statistical audit: each figure over the rows of values, scores or ranks that it is a statistic of, by a plain formula.

The rows of an indicator lead to the passport of the value, those of units to their profile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.ui import audit, loading
from kcz_metrics.ui.behind import audit_ranking
from kcz_metrics.ui.behind import plain_statistics as plain
from kcz_metrics.ui.behind.audit_rows import of_units, scores, staged, to_passport, valued
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Part, Ratio, Source, Worked

#: Makes the opening of one figure of a subject, and of the other that it is compared with.
Make = Callable[[Context, str, str], Opening]


def opening(ctx: Context, row: Mapping[str, Any]) -> Opening | None:
    """What a row of the audit opens to; None for a figure that nothing is behind."""
    make = _WAYS.get(row["figure"]) or audit_ranking.WAYS.get(row["figure"])
    if row["figure"] == "spearman":
        make = audit_ranking.size if row["section"] == "size" else audit_ranking.spearman
    return None if make is None else make(ctx, str(row["subject"]), str(row["other"] or ""))


def _values(ctx: Context, leaf: str, where: pl.Expr | None = None) -> Source:
    def rows() -> pl.DataFrame:
        found = valued(ctx, leaf)
        return found if where is None else found.filter(where)

    labels = {"unit": ctx.tr("编号"), "name": ctx.tr("名称"), "value": ctx.tr("指标值"), "status": ctx.tr("状态")}
    return Source("", rows, labels=labels, leads=to_passport(leaf))


_THERE = pl.col("value").is_not_null() & (pl.col("status") != "not_applicable")
_ZERO = pl.col("status") == "zero"


def _applies(ctx: Context, leaf: str, _: str) -> Opening:
    return _values(ctx, leaf).count(pl.col("status") != "not_applicable")


def _known(ctx: Context, leaf: str, _: str) -> Opening:
    return _values(ctx, leaf).share(_THERE, pl.col("status") != "not_applicable")


def _zeros(ctx: Context, leaf: str, _: str) -> Opening:
    return _values(ctx, leaf).share(_ZERO, _THERE)


def _distinct(ctx: Context, leaf: str, _: str) -> Opening:
    return _values(ctx, leaf).distinct("value", _THERE)


def _filled(ctx: Context, leaf: str, _: str) -> Opening:
    def rows() -> pl.DataFrame:
        return of_units(ctx, loading.scorecard(ctx).imputations.filter(pl.col("indicator") == leaf).select("unit", "value", "method"))

    labels = {"unit": ctx.tr("编号"), "name": ctx.tr("名称"), "value": ctx.tr("指标值"), "method": ctx.tr("方法")}
    return Ratio(Source("", rows, labels=labels, leads=to_passport(leaf)).count(), _values(ctx, leaf).count())


def _moment(stage: str, of: Callable[[plain.Numbers], float | None], how: Callable[[Context], str]) -> Make:
    def make(ctx: Context, leaf: str, _: str) -> Opening:
        labels = {"unit": ctx.tr("编号"), "name": ctx.tr("名称"), "value": ctx.tr("值")}
        source = Source("", lambda: staged(ctx, leaf, stage), labels=labels, leads=to_passport(leaf))
        return Worked(source, work=lambda rows: of(plain.column(rows, "value")), told=how(ctx))

    return make


def _treated(ctx: Context, leaf: str, _: str) -> Opening:
    def rows() -> pl.DataFrame:
        found = loading.scorecard(ctx).treatments.filter(pl.col("indicator") == leaf, pl.col("move") != "transformed")
        return of_units(ctx, found.select("unit", "step", "before", "after"))

    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "step": ctx.tr("处理"), "before": ctx.tr("处理前"), "after": ctx.tr("处理后"),
    }  # fmt: skip
    return Source("", rows, labels=labels, leads=to_passport(leaf)).distinct("unit")


def _scores(ctx: Context, *nodes: str) -> Source:
    labels = {"unit": ctx.tr("编号"), "name": ctx.tr("名称")} | {node: ctx.name(node) for node in nodes}
    return Source("", lambda: scores(ctx, *nodes), labels=labels, leads=lambda row: ("profile", {"unit": str(row["unit"])}))


def pair(ctx: Context, one: str, other: str) -> Opening:
    """The correlation of two nodes' scores."""
    return Worked(_scores(ctx, one, other), work=lambda rows: plain.pearson(*plain.both(rows, one, other)), told=ctx.tr("皮尔逊相关系数"))


def _children(ctx: Context, parent: str) -> list[str]:
    return next([child.id for child in node.children] for node in ctx.index.tree.walk() if node.id == parent)


def _weights(ctx: Context, parent: str) -> list[float]:
    """Shares of a parent's children, of all units alike or their mean."""
    shown = loading.scorecard(ctx).weights.filter(pl.col("parent") == parent)
    own = shown.filter(pl.col("unit").is_null())
    shares = (own if own.height else shown).group_by("node").agg(pl.col("weight").fill_null(0.0).mean())
    given = dict(shares.iter_rows())
    return [given.get(child, 0.0) for child in _children(ctx, parent)]


def _of_children(how: Callable[[Context], str], work: Callable[[Context, str, list[str], pl.DataFrame], float | None]) -> Make:
    """A statistic of the scores of a node's children: ``subject`` is the node."""

    def make(ctx: Context, node: str, _: str) -> Opening:
        children = _children(ctx, node)
        return Worked(_scores(ctx, *children), work=lambda rows: work(ctx, node, children, rows), told=how(ctx))

    return make


def _of_child(how: Callable[[Context], str], work: Callable[..., float | None]) -> Make:
    """A statistic of one child among its siblings: ``subject`` is the child, the other its parent."""

    def make(ctx: Context, child: str, parent: str) -> Opening:
        children, weights = _children(ctx, parent), _weights(ctx, parent)
        return Worked(_scores(ctx, *children), work=lambda rows: work(rows, children, weights, child), told=how(ctx))

    return make


def _weight(ctx: Context, child: str, parent: str) -> Part:
    """Weights as the scheme has them, over the children of the parent."""
    nodes = {node.id: node for node in ctx.index.tree.walk()}

    def rows() -> pl.DataFrame:
        given = [(i, ctx.name(i), float(nodes[i].weight)) for i in _children(ctx, parent)]
        return pl.DataFrame(given, schema={"node": pl.String, "name": pl.String, "weight": pl.Float64}, orient="row")

    def share(found: pl.DataFrame) -> float | None:
        whole = sum(found["weight"].to_list())
        return sum(found.filter(pl.col("node") == child)["weight"].to_list()) / whole if whole else None

    labels = {"node": ctx.tr("编号"), "name": ctx.tr("名称"), "weight": ctx.tr("权重")}
    return Worked(Source("", rows, labels=labels), work=share, told=ctx.tr("方案里的权重除以同级合计"))


def _largest(rows: pl.DataFrame, names: list[str]) -> float | None:
    found = plain.eigenvalues(rows, names)
    return float(found[0] / found.sum())


_WAYS: Mapping[str, Make] = {
    "applies": _applies,
    "share_known": _known,
    "share_zero": _zeros,
    "distinct_values": _distinct,
    "share_filled": _filled,
    "skewness_before": _moment("denominated", plain.skewness, lambda ctx: ctx.tr("偏度 n·Σz³ ÷ ((n−1)(n−2))")),
    "skewness_after": _moment("treated", plain.skewness, lambda ctx: ctx.tr("偏度 n·Σz³ ÷ ((n−1)(n−2))")),
    "kurtosis_before": _moment("denominated", plain.kurtosis, lambda ctx: ctx.tr("超额峰度，样本修正")),
    "kurtosis_after": _moment("treated", plain.kurtosis, lambda ctx: ctx.tr("超额峰度，样本修正")),
    "treated_points": _treated,
    "with_parent": pair,
    "with_sibling": pair,
    "with_index": pair,
    "with_other_pillar": pair,
    "first_component": _of_children(lambda ctx: ctx.tr("相关矩阵最大特征值的份额"), lambda _ctx, _node, names, rows: _largest(rows, names)),
    "components_above_1": _of_children(
        lambda ctx: ctx.tr("相关矩阵大于 1 的特征值个数"),
        lambda _ctx, _node, names, rows: float((np.asarray(plain.eigenvalues(rows, names)) > 1 + 1e-9).sum()),
    ),
    "cronbach_alpha": _of_children(
        lambda ctx: ctx.tr("k ÷ (k−1) ×（1 − 方差之和 ÷ 总和的方差）"), lambda _ctx, _node, names, rows: plain.alpha(rows, names)
    ),
    "weight": _weight,
    "influence": _of_child(lambda ctx: ctx.tr("权重 × 与上级的协方差 ÷ 上级的方差"), plain.influence),
    "weight_for_equal_influence": _of_child(lambda ctx: ctx.tr("使各项影响等于现行权重的权重"), plain.needed_weight),
}


def findings(ctx: Context) -> Mapping[str, Opening]:
    """How many findings there are, and how many matter: the list of them."""
    from kcz_metrics.reports.finding_words import MEANINGS

    def rows() -> pl.DataFrame:
        found = audit.findings(ctx)
        said = [
            (audit.called(ctx, r["subject"]), MEANINGS[r["kind"]].in_(ctx.lang), r["value"], r["matters"])
            for r in found.iter_rows(named=True)
        ]
        schema = {"name": pl.String, "what": pl.String, "value": pl.Float64, "matters": pl.Boolean}
        return pl.DataFrame(said, schema=schema, orient="row")

    labels = {"name": ctx.tr("项目"), "what": ctx.tr("发现"), "value": ctx.tr("数值"), "matters": ctx.tr("影响名次")}
    source = Source("", rows, labels=labels)
    return {"found": source.count(), "matters": source.count(pl.col("matters"))}
