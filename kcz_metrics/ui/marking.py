"""What must be known of a unit's values before its rank is read, as flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

Flag = dict[str, Any]


def statuses(card: Scorecard) -> pl.DataFrame:
    """``unit, indicator, status``: the status of a value, or ``imputed`` where one was filled in."""
    key = ["unit", "indicator"]
    now = card.values.filter(pl.col("period") == card.period).select(*key, "status", was="value")
    after = card.imputed.filter(pl.col("period") == card.period).select(*key, filled="value")
    joined = now.join(after, on=key, how="left")
    imputed = pl.col("was").is_null() & pl.col("filled").is_not_null()
    return joined.select(*key, status=pl.when(imputed).then(pl.lit("imputed")).otherwise("status"))


def of_units(ctx: Context, card: Scorecard) -> Mapping[str, list[Flag]]:
    """Unit to its flags: weights of its first months, and how many values rest on few records, were not reported, filled in or are
    missing."""
    counted = statuses(card).group_by("unit", "status").len()
    found: dict[str, dict[str, int]] = {}
    for unit, status, n in counted.iter_rows():
        found.setdefault(unit, {})[status] = n
    flags = {unit: [flag for status, n in sorted(of.items()) if (flag := _flag(ctx, status, n))] for unit, of in found.items()}
    for unit in starting(card):
        flags.setdefault(unit, []).insert(0, {"t": ctx.tr("首年权重"), "kind": ""})
    return flags


def starting(card: Scorecard) -> list[str]:
    """Units that are weighed by the set for their first months."""
    lean = card.run.lean
    return [] if lean is None else card.run.units["unit"].filter(pl.Series((lean != 1).any(axis=1))).to_list()


def _flag(ctx: Context, status: str, n: int) -> Flag | None:
    words = {
        "insufficient": (ctx.tr("{n} 项样本少", n=n), "watch"),
        "not_reported": (ctx.tr("缺报 {n} 项", n=n), ""),
        "imputed": (ctx.tr("估算 {n} 项", n=n), ""),
        "missing": (ctx.tr("缺值 {n} 项", n=n), ""),
    }
    if status not in words:
        return None
    text, kind = words[status]
    return {"t": text, "kind": kind}


def of_value(ctx: Context, status: str) -> list[Flag]:
    """The flags of one value."""
    words = {
        "insufficient": (ctx.tr("样本少"), "watch"),
        "not_reported": (ctx.tr("缺报，按 0 计"), ""),
        "imputed": (ctx.tr("估算"), ""),
        "missing": (ctx.tr("缺值"), ""),
        "not_applicable": (ctx.tr("不适用"), ""),
    }
    if status not in words:
        return []
    text, kind = words[status]
    return [{"t": text, "kind": kind}]
