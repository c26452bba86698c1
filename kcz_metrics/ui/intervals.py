"""The interval beside every rank: of the runs that the page on certainty shows, under everything that the scheme declares uncertain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.errors import KczError
from kcz_metrics.ui import trial
from kcz_metrics.ui.certainty_drawn import Drawn, begun, whole
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.trial import Draft

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

#: Runs while a weight is moved.
TRIED = 200
NONE = pl.DataFrame(schema={"unit": pl.String, "rank_low": pl.Float64, "rank_high": pl.Float64})


def intervals(ctx: Context, index_id: str | None = None, period: str | None = None) -> pl.DataFrame:
    """``unit, rank_low, rank_high``: where nine in ten runs put a ranked unit. Empty while the runs are made, for the page comes again; and
    where they cannot be, which the page on certainty tells."""
    try:
        found = begun(replace(ctx, index_id=index_id or ctx.index_id, period=period or ctx.period))
    except KczError:
        return NONE
    if found is None:
        return NONE
    return found.frame().select("unit", rank_low="rank_p5", rank_high="rank_p95").drop_nulls()


def moved(ctx: Context, tried: Scorecard, draft: Draft) -> pl.DataFrame:
    """The same about the weights and methods of a draft, of fewer runs, so that a weight can be moved: ``tried`` is the scorecard under
    it. Empty while the scheme's own runs are made, whose errors of values and unverified records these have too."""
    from kcz_metrics.analysis.robustness import SEED, Doubts, robustness
    from kcz_metrics.scoring.variants import declared

    try:
        known = begun(ctx)
    except KczError:
        return NONE
    if known is None:
        return NONE
    beside = known.doubts.with_unverified
    doubts = Doubts(declared(tried.index, TRIED, SEED), known.doubts.errors, None if beside is None else trial.tried(beside, draft))
    return robustness(tried, doubts).frame().select("unit", rank_low="rank_p5", rank_high="rank_p95").drop_nulls()


def there(ctx: Context, index_id: str | None = None) -> bool:
    """Whether the runs are made, or cannot be."""
    try:
        return begun(replace(ctx, index_id=index_id or ctx.index_id)) is not None
    except KczError:
        return True


def drawn(ctx: Context, frame: pl.DataFrame) -> Drawn | None:
    """The runs themselves, of the units of ``frame``; None while they are made."""
    found = begun(ctx)
    return None if found is None else Drawn(ctx, whole(ctx), found, frame)
