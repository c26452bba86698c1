"""The page on certainty: Sobol indices open to the pairs of runs that they are worked out from, one row a pair."""

from __future__ import annotations

from collections.abc import Callable
from statistics import variance
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Source, Worked

if TYPE_CHECKING:
    from kcz_metrics.ui.certainty_drawn import Asked


def of_sources(ctx: Context, asked: Asked, unit: str | None) -> Behind:
    """``first`` and ``total`` of each source, by its name."""
    from kcz_metrics.ui.certainty_drawn import answers

    labels = {
        "run": ctx.tr("成对的抽样"), "own": ctx.tr("第一次"), "other": ctx.tr("第二次"), "mixed": ctx.tr("第一次，只这一项取第二次的"),
    }  # fmt: skip

    def read(source: str) -> pl.DataFrame:
        return answers(ctx, asked, unit).select("run", "own", "other", mixed=source)

    rows = Source("", pl.DataFrame, labels=labels, read=read)
    centred = unit is not None
    return {
        "total": Worked(rows, work=_total, told=ctx.tr("第一次与混合的相差，平方后平均，再除以全部抽样方差的两倍（Jansen 1999）")),
        "first": Worked(
            rows, work=_first(centred), told=ctx.tr("混合的减第一次，乘第二次，平均后除以全部抽样的方差（Saltelli 2010）；名次先减平均")
        ),
    }


def _total(rows: pl.DataFrame) -> float | None:
    spread = variance([*rows["own"].to_list(), *rows["other"].to_list()])
    apart = [(own - mixed) ** 2 for own, mixed in rows.select("own", "mixed").rows()]
    return sum(apart) / (2 * len(apart) * spread) if spread else None


def _first(centred: bool) -> Callable[[pl.DataFrame], float | None]:
    """Ranks of a unit are taken about their mean, shifts as they are."""

    def work(rows: pl.DataFrame) -> float | None:
        both = [*rows["own"].to_list(), *rows["other"].to_list()]
        spread, middle = variance(both), sum(both) / len(both) if centred else 0.0
        parts = [(other - middle) * (mixed - own) for own, other, mixed in rows.select("own", "other", "mixed").rows()]
        return sum(parts) / len(parts) / spread if spread else None

    return work
