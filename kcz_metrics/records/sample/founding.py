"""No firm takes part in anything before it was founded."""

from __future__ import annotations

import polars as pl


def after_founding(frame: pl.DataFrame, who: str, when: str, enterprise: pl.DataFrame) -> pl.DataFrame:
    """The rows whose body ``who`` is no enterprise, or one that was there on the day ``when``."""
    start = enterprise.select(pl.col("org_id").alias(who), _founded="founded_at")
    both = frame.join(start, on=who, how="left", maintain_order="left")
    return both.filter(pl.col("_founded").is_null() | (pl.col(when) >= pl.col("_founded"))).drop("_founded")
