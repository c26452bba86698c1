"""How far a unit of the tier review is from a border: its smoothed score, and the bar, worked out once more from the round before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.scheme.policies import Demote, Promote
from kcz_metrics.ui.behind.tier_rules import smoothed
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Change, Opening, Part, Source, Way, Worked

if TYPE_CHECKING:
    from kcz_metrics.decisions.ruling import Sitting

#: What a row of the period's score needed stands for.
_BAR, _BEFORE, _NOW = "bar", "before", "now"


def gap(ctx: Context, sitting: Sitting, unit: str, way: str, *, short: bool) -> Opening:
    """The distance to the bar above (``way`` up) or below; ``short`` of it, so that the bar is the larger."""
    own, line = smoothed(ctx, sitting, unit, sitting.rounds.periods.index(sitting.last.period)), _bar(ctx, sitting, unit, way)
    score, bar = ctx.tr("平滑得分"), ctx.tr("升级线") if way == "up" else ctx.tr("退出线")
    return Change(line, own, sides=(bar, score)) if short else Change(own, line, sides=(score, bar))


def _row(sitting: Sitting, unit: str) -> Mapping[str, Any]:
    return sitting.rows.row(by_predicate=pl.col("unit") == unit, named=True)


def _bar(ctx: Context, sitting: Sitting, unit: str, way: str) -> Part:
    """The score that the scheme fixes for the level, else that of the last one within the seats of it and those above, in the round
    before; and the margin."""
    policy, ids = sitting.policy, sitting.ladder.ids
    at = ids.index(_row(sitting, unit)["tier_before"]) - (1 if way == "up" else 0)
    level = policy.levels[at]
    margin = (policy.promote or Promote()).margin if way == "up" else -(policy.demote or Demote()).margin
    fixed = policy.entry.get(level.id, level.at_least)
    name = ctx.text(level.name, level.id)
    if fixed is not None:
        written = pl.DataFrame({"level": [name], "entry": [float(fixed)]})
        told = ctx.tr("方案写明的分数线，加余量 {margin}", margin=f"{margin:g}")
        labels = {"level": ctx.tr("层级"), "entry": ctx.tr("分数线")}
        return Worked(Source("", lambda: written, labels=labels), work=lambda rows: float(rows["entry"][0]) + margin, told=told)
    last = int(sum(one.seats or 0 for one in policy.levels[: at + 1]))

    def rows() -> pl.DataFrame:
        from kcz_metrics.ui.tier_parts import names as called

        t = sitting.rounds.periods.index(sitting.last.period) - 1
        members = sitting.rows.filter(pl.col("tier_before").is_not_null())["unit"].to_list()
        scores = {one: smoothed(ctx, sitting, one, t).recount("") for one in members}
        lines = [(one, called(ctx).get(one, one), sitting.rounds.periods[t], score) for one, score in scores.items() if score is not None]
        columns = {"unit": pl.String, "name": pl.String, "period": pl.String, "smoothed": pl.Float64}
        frame = pl.DataFrame(lines, schema=columns, orient="row").sort("smoothed", "unit", descending=[True, False])
        return frame.head(last).with_row_index("place", 1)

    def work(found: pl.DataFrame) -> float | None:
        return None if found.is_empty() else min(found["smoothed"].to_list()) + margin

    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": str(row["unit"]), "index": ctx.index_id, "period": str(row["period"])}

    labels = {
        "place": ctx.tr("位次"), "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "period": ctx.tr("评价期"), "smoothed": ctx.tr("平滑得分"),
    }  # fmt: skip
    said = {"level": name, "n": last, "margin": f"{abs(margin):g}"}
    up = ctx.tr("到{level}为止共 {n} 席，取上一轮里最低的平滑得分，加余量 {margin}", **said)
    down = ctx.tr("到{level}为止共 {n} 席，取上一轮里最低的平滑得分，减余量 {margin}", **said)
    return Worked(Source("", rows, labels=labels, leads=to), work=work, told=up if way == "up" else down)


def to_rise(ctx: Context, sitting: Sitting, unit: str) -> Opening:
    """The period's score with which the smoothed one is at the bar above."""
    return _needed(ctx, sitting, unit, {ctx.tr("升级线"): float(_row(sitting, unit)["promotion_bar"])})


def to_come_back(ctx: Context, sitting: Sitting, unit: str) -> Opening:
    """The same for the bar below, which has to be passed."""
    bar = float(_row(sitting, unit)["exit_bar"])
    return _needed(ctx, sitting, unit, {ctx.tr("退出线以上"): bar + abs(bar) * 1e-9})


def to_fall(ctx: Context, sitting: Sitting, unit: str) -> Opening:
    """The same for falling: down to the bar below, and behind so many others that no buffer holds."""
    row = _row(sitting, unit)
    bars = {ctx.tr("退出线"): float(row["exit_bar"])}
    last = int(sitting.ladder.buffered[sitting.ladder.ids.index(row["tier_before"])])
    if last:
        others = sitting.rows.filter(pl.col("tier_before").is_not_null(), pl.col("unit") != unit)["smoothed"].drop_nulls().to_list()
        bars[ctx.tr("缓冲区里第 {n} 名的平滑得分以下", n=last)] = sorted(others, reverse=True)[last - 1] * (1 - 1e-10)
    return _needed(ctx, sitting, unit, bars)


def _needed(ctx: Context, sitting: Sitting, unit: str, bars: Mapping[str, float]) -> Opening:
    """Of the ``bars``, by their words, the lowest counts."""
    smooth, rounds = sitting.policy.smooth, sitting.rounds
    at, t = rounds.units.index(unit), rounds.periods.index(sitting.last.period)
    before = float(rounds.score[t - 1, at]) if t else float("nan")
    weighed = smooth is not None and before == before and smooth.now
    now, then = (smooth.now, smooth.before) if smooth is not None and weighed else (1.0, 0.0)

    def rows() -> pl.DataFrame:
        lines = [(_BAR, words, bar, now + then) for words, bar in bars.items()]
        lines += [(_BEFORE, ctx.tr("上一轮的得分"), before, then)] if weighed else []
        lines += [(_NOW, ctx.tr("本期得分现在"), float(rounds.score[t, at]), now)]
        columns = {"kind": pl.String, "item": pl.String, "points": pl.Float64, "weight": pl.Float64}
        return pl.DataFrame(lines, schema=columns, orient="row")

    def work(found: pl.DataFrame) -> float | None:
        of = {kind: found.filter(pl.col("kind") == kind).select("points", "weight").rows() for kind in (_BAR, _BEFORE, _NOW)}
        lowest = min(points * weight for points, weight in of[_BAR])
        return float((lowest - sum(points * weight for points, weight in of[_BEFORE])) / of[_NOW][0][1])

    labels = {"item": ctx.tr("项目"), "points": ctx.tr("得分"), "weight": ctx.tr("权重")}
    told = ctx.tr("（最低的界线 × 权重之和 − 上一轮的得分 × 权重）÷ 本期的权重")
    return Worked(Source("", rows, labels=labels), work=work, told=told)
