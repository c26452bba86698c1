"""The tier review: counts open to the units that are counted, smoothed scores to the passport of the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Change, Leads, Opening, Source, Way


def scores(ctx: Context) -> Behind:
    """A smoothed score by unit: the score of the period that it is made of."""
    return {"smoothed": Leads(lambda unit: ("passport", {"unit": unit, "index": ctx.index_id}))}


def counted(ctx: Context, rows: Callable[[], pl.DataFrame], where: pl.Expr | None = None) -> Opening:
    """Units of the round: ``unit, name, smoothed, tier_before, proposed, tier_after, decided``; each leads to its line of the review."""
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "smoothed": ctx.tr("平滑得分"),
        "tier_before": ctx.tr("原层级"), "proposed": ctx.tr("建议层级"),
        "tier_after": ctx.tr("本轮后层级"), "decided": ctx.tr("决定"),
    }  # fmt: skip

    def to(row: Mapping[str, Any]) -> Way:
        return "tiers", {"unit": str(row["unit"])}

    return Source("", rows, labels=labels, leads=to).count(where)


def past_scores(ctx: Context, frame: pl.DataFrame) -> Behind:
    """The same by unit and period, parted by a blank; the place to those of ``frame``, a replay's, that were in a tier and before it."""

    def to(row: str) -> Way:
        unit, _, period = row.partition(" ")
        return "passport", {"unit": unit, "index": ctx.index_id, "period": period or ctx.period}

    def before(row: str) -> pl.DataFrame:
        unit, _, period = row.partition(" ")
        whole = frame.filter(pl.col("period") == period).with_columns(pl.col("smoothed").round_sig_figs(12))
        own = whole.filter(pl.col("unit") == unit)["smoothed"][0]
        member = pl.coalesce("tier_before", pl.when(pl.col("reason") == "START").then("tier_after"))
        return whole.filter(member.is_not_null() & (pl.col("smoothed") > own)).sort("smoothed", "unit", descending=[True, False])

    labels = {"unit": ctx.tr("编号"), "period": ctx.tr("评价期"), "smoothed": ctx.tr("平滑得分")}
    place = Source("", pl.DataFrame, labels=labels, read=before, leads=lambda row: to(f"{row['unit']} {row['period']}"))
    return {"smoothed": Leads(to), "place": place.place()}


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


def seats(ctx: Context, own: Callable[[], pl.DataFrame], other: Callable[[], pl.DataFrame]) -> Callable[[str, bool], Opening]:
    """Seats of a level in an area, by the area's row: as one rule leaves them or, where they differ, the other's less the one's. Both
    frames: ``unit, name, area, level``."""
    labels = {"unit": ctx.tr("编号"), "name": ctx.tr("名称")}

    def to(row: Mapping[str, Any]) -> Way:
        return "tiers", {"unit": str(row["unit"])}

    one, another = (Source("", rows, "area", labels=labels, leads=to) for rows in (own, other))

    def made(level: str, differs: bool) -> Opening:
        here = pl.col("level") == level
        return Change(another.count(here), one.count(here)) if differs else one.count(here)

    return made
