"""The tier review: counts open to the units that are counted, smoothed scores to the passport of the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Leads, Opening, Source, Way


def scores(ctx: Context) -> Behind:
    """A smoothed score by unit: the score of the period that it is made of."""
    return {"smoothed": Leads(lambda unit: ("passport", {"unit": unit, "index": ctx.index_id}))}


def counted(ctx: Context, rows: Callable[[], pl.DataFrame], where: pl.Expr | None = None) -> Opening:
    """Units of the round: ``unit, name, tier_before, proposed, tier_after, decided``; each leads to its own line of the review."""
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "tier_before": ctx.tr("原层级"), "proposed": ctx.tr("建议层级"),
        "tier_after": ctx.tr("本轮后层级"), "decided": ctx.tr("决定"),
    }  # fmt: skip

    def to(row: Mapping[str, Any]) -> Way:
        return "tiers", {"unit": str(row["unit"])}

    return Source("", rows, labels=labels, leads=to).count(where)


def past_scores(ctx: Context) -> Behind:
    """The same by unit and period, parted by a blank."""

    def to(row: str) -> Way:
        unit, _, period = row.partition(" ")
        return "passport", {"unit": unit, "index": ctx.index_id, "period": period or ctx.period}

    return {"smoothed": Leads(to)}


def listed(ctx: Context, rows: Callable[[], pl.DataFrame], where: pl.Expr | None = None, by: str = "") -> Opening:
    """Moves of a replay, or units that two replays leave apart: ``unit, name`` and, of moves, ``period, before, after``; each leads to its
    unit's review."""
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "period": ctx.tr("评价期"), "before": ctx.tr("原层级"),
        "after": ctx.tr("调整后层级"),
    }  # fmt: skip

    def to(row: Mapping[str, Any]) -> Way:
        return "tiers", {"unit": str(row["unit"])} | ({"period": str(row["period"])} if "period" in row else {})

    return Source("", rows, by, labels=labels, leads=to).count(where)
