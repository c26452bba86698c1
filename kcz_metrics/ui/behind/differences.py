"""What sets a unit apart on its profile: each difference opens to its two sides, the unit's and that of the middle of its group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui import loading
from kcz_metrics.ui.behind import scores
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Change, Opening, Part, Source, Way, Worked
from kcz_metrics.ui.standing import names

if TYPE_CHECKING:
    from kcz_metrics.ui.portray import Portrait


def _passport(ctx: Context, node: str | None = None, period: str | None = None) -> Callable[[Mapping[str, Any]], Way]:
    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": str(row["unit"]), "index": ctx.index_id, "indicator": node, "period": period or ctx.period}

    return to


def _score(ctx: Context, unit: str, of: str, period: str | None = None) -> Part:
    """One unit's score, of which the passport says how it is made."""
    source = scores.ranked(ctx, lambda: loading.standing(ctx, period=period).filter(pl.col("unit") == unit))
    return replace(source, leads=_passport(ctx, period=period)).sum(of)


def of_score(ctx: Context, unit: str, other: str, of: str = "score") -> Change:
    """By how much a unit's score is above that of another."""
    called = names(loading.standing(ctx), ctx.lang)
    return Change(_score(ctx, unit, of), _score(ctx, other, of), sides=(called[unit], called[other]))


def between(ctx: Context, unit: str, period: str, before: str) -> Change:
    """By how much the published score rose from one period to another."""
    return Change(_score(ctx, unit, "published", period), _score(ctx, unit, "published", before))


def of_indicators(ctx: Context, who: Portrait) -> dict[str, Opening]:
    """Leaf or adjustment to what the unit has of it less what the unit in the middle has: weight × score on both sides.

    A leaf is left out where the difference is no such plain one: below a mean that is not arithmetic, and where a node above it weighs
    differently for the two because one of them has no score on a node beside it.
    """
    made = [loading.explained(ctx, unit) for unit in (who.unit, who.middle)]
    weights = [dict(one.filter(~pl.col("is_leaf")).select("node", "weight").iter_rows()) for one in made]
    parents = dict(made[0].select("node", "parent").iter_rows())
    arithmetic = all(branch.aggregate.entry.name == "arithmetic" for branch in who.card.run.structure.branches)

    def plain(node: str) -> bool:
        above, leaf = parents[node], node in ctx.index.leaves
        while above is not None:
            mine, theirs = (of[above] for of in weights)
            if mine is None or theirs is None or not isclose(mine, theirs, rel_tol=1e-12):
                return False
            above = parents[above]
        return arithmetic or not leaf

    sides = (who.name, who.middle_name)
    return {
        node: Change(_contribution(ctx, who, who.unit, node), _contribution(ctx, who, who.middle, node), sides=sides)
        for node in who.parts["node"].to_list()
        if plain(node)
    }


def _contribution(ctx: Context, who: Portrait, unit: str, node: str) -> Worked:
    """What a leaf adds to the score: its score by its weight in the whole, what is missing left out; an adjustment as it is."""

    def rows() -> pl.DataFrame:
        own = loading.explained(ctx, unit).filter(pl.col("node") == node).select("value", "score", "weight")
        return own.with_columns(unit=pl.lit(unit), name=pl.lit(who.name if unit == who.unit else who.middle_name))

    def work(found: pl.DataFrame) -> float:
        return sum((score or 0.0) * (1.0 if weight is None else weight) for score, weight in found.select("score", "weight").rows())

    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "value": ctx.tr("数值"), "score": ctx.tr("标准化分"), "weight": ctx.tr("权重"),
    }  # fmt: skip
    leads = _passport(ctx, node if node in ctx.index.leaves else None)
    return Worked(Source("", rows, labels=labels, leads=leads), work=work, told=ctx.tr("标准化分乘占全体的权重"))


def on_indicator(ctx: Context, who: Portrait, node: str) -> dict[str, Opening]:
    """``above`` the group's median of an indicator's normalised scores and ``below`` it, ``rank`` among them, and how many they are:
    ``of``."""
    name = "name_zh" if ctx.lang == "zh" else "name_en"
    labels = {"unit": ctx.tr("编号"), name: ctx.tr("名称"), "value": ctx.tr("标准化分")}

    def rows() -> pl.DataFrame:
        found = who.card.normalised.filter(pl.col("indicator") == node).drop_nulls("value")
        named = who.frame.select("unit", name)
        return found.join(named, on="unit", how="inner").sort("value", "unit", descending=[True, False])

    def work(found: pl.DataFrame) -> float:
        values = found["value"].to_list()
        mine = found.row(by_predicate=pl.col("unit") == who.unit, named=True)["value"]
        return sum(value > mine for value in values) + (sum(value == mine for value in values) + 1) / 2

    among = Source("", rows, labels=labels, leads=_passport(ctx, node))
    own, median = among.sum("value", pl.col("unit") == who.unit), among.median("value")
    told = ctx.tr("得分更高的个数，加上同分的（含自身）个数加一的一半")
    middle = ctx.tr("同类中位")
    return {
        "above": Change(own, median, sides=(who.name, middle)), "below": Change(median, own, sides=(middle, who.name)),
        "rank": Worked(among, work=work, told=told), "of": among.count(),
    }  # fmt: skip
