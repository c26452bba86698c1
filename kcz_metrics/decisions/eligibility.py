"""Who may be chosen at all: every bar that a candidate misses is named."""

from __future__ import annotations

from typing import Final

import polars as pl

from kcz_metrics.language import filters
from kcz_metrics.scheme.selections import Eligible

NOT_RANKED: Final = "not_ranked"
#: Key of the scheme to the column that it looks at.
COLUMNS: Final = {"registered_months": "registered_months", "cities": "signed_cities", "open_flags": "open_flags"}


def share_column(evidence_class: str) -> str:
    return f"evidence_{evidence_class.lower()}_share"


def columns_read(bars: Eligible) -> tuple[str, ...]:
    """Columns that the bars look at."""
    named = [column for key, column in COLUMNS.items() if getattr(bars, key) is not None]
    shares = [share_column(c) for c in bars.evidence_share.classes] if bars.evidence_share else []
    return (*named, *shares, *bars.where)


def missed(candidates: pl.DataFrame, bars: Eligible) -> pl.Series:
    """A list of codes for each candidate, empty for an eligible one: ``not_ranked`` for one without a published score, else the keys of
    the scheme whose bar it misses. A null misses every bar but that of a share, where a class without records counts as none."""
    score = pl.col("published")
    tests: dict[str, pl.Expr] = {NOT_RANKED: score.is_not_null()}
    if bars.minimum_score is not None:
        tests["minimum_score"] = (score >= bars.minimum_score) | score.is_null()
    if bars.registered_months is not None:
        tests["registered_months"] = pl.col("registered_months") >= bars.registered_months
    if bars.evidence_share is not None:
        share = pl.sum_horizontal(share_column(c) for c in bars.evidence_share.classes)
        # shares of a count add up to 0.6 with a last digit missing
        tests["evidence_share"] = share >= bars.evidence_share.at_least - 1e-9
    if bars.cities is not None:
        tests["cities"] = pl.col("signed_cities") >= bars.cities
    if bars.open_flags is not None:
        tests["open_flags"] = pl.col("open_flags") <= bars.open_flags
    if bars.where:
        tests["where"] = filters.polars(bars.where)
    codes = [pl.when(~met.fill_null(False)).then(pl.lit(code)) for code, met in tests.items()]
    return candidates.select(pl.concat_list(codes).list.drop_nulls().alias("missed")).to_series()
