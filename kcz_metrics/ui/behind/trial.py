"""The weights page: what a trial changes opens to the units with their ranks now and in the trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui.behind.plain_statistics import Numbers, both, kendall, spearman
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Source, Way, Worked

if TYPE_CHECKING:
    from kcz_metrics.ui.trial_run import Made


def headline(ctx: Context, made: Made, least: int) -> dict[str, Opening]:
    """Units that move so many places or more, units of another tier, and how far the two rankings agree."""
    rows = made.comparison.rows
    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "before": ctx.tr("现行名次"), "after": ctx.tr("试算名次"),
        "level_before": ctx.tr("现行层级"), "level": ctx.tr("试算层级"),
    }  # fmt: skip

    def read() -> pl.DataFrame:
        named = pl.col("unit").replace_strict(made.names, default=pl.col("unit"))
        tiers = made.official.index.tiers
        called = {} if tiers is None else {one.id: ctx.text(one.name, one.id) for one in tiers.levels}
        shown = {"level_before": "tier_before", "level": "tier"}
        words = (pl.col(c).replace_strict(called, default=None, return_dtype=pl.String).alias(n) for n, c in shown.items())
        return rows.with_columns(*words, name=named).select("name", "unit", "before", "after", *shown, *shown.values())

    def to(row: Mapping[str, Any]) -> Way:
        return "profile", {"unit": str(row["unit"]), "index": ctx.index_id}

    source = Source("", read, labels=labels, leads=to)

    def agree(by: Callable[[Numbers, Numbers], float | None], told: str) -> Worked:
        return Worked(source, work=lambda found: by(*both(found, "before", "after")), told=told)

    return {
        "moved": source.count((pl.col("before") - pl.col("after")).abs() >= least),
        "retiered": source.count(pl.col("tier") != pl.col("tier_before")),
        "tau": agree(kendall, ctx.tr("次序一致的对数减去不一致的，除以两边都分先后的对数")),
        "rho": agree(spearman, ctx.tr("两列名次的皮尔逊相关")),
    }
