"""First and last day of the period that a record states."""

from __future__ import annotations

import polars as pl


def first_day(period: str = "period_id") -> pl.Expr:
    """The first day of ``2022``, ``2022Q3`` or ``2022-07``."""
    return pl.date(_year(period), _month(period), 1)


def last_day(period: str = "period_id") -> pl.Expr:
    """The last day of the period."""
    text = pl.col(period)
    months = pl.when(text.str.contains("Q")).then(3).when(text.str.contains("-")).then(1).otherwise(12)
    after = _year(period) * 12 + _month(period) - 1 + months
    return pl.date(after // 12, after % 12 + 1, 1) - pl.duration(days=1)


def _year(period: str) -> pl.Expr:
    return pl.col(period).str.slice(0, 4).cast(pl.Int32, strict=False)


def _month(period: str) -> pl.Expr:
    tail = pl.col(period).str.slice(5).cast(pl.Int32, strict=False)
    return pl.when(pl.col(period).str.contains("Q")).then(tail * 3 - 2).otherwise(tail.fill_null(1))
