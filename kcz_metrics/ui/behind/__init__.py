"""What the numbers of each page are made of: a module a page, a function a table or headline.

Nothing here is read while a page is drawn; :mod:`kcz_metrics.ui.opening` reads it when a number is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl

from kcz_metrics.language.periods import period
from kcz_metrics.ui import loading
from kcz_metrics.ui.context import Context

Rows = Callable[[], pl.DataFrame]


def days(ctx: Context) -> tuple[date, date]:
    """The first day of the period, and the first after it."""
    span = period(ctx.period)
    return span.start, span.end


def earlier(ctx: Context) -> Context:
    """The same in the period before."""
    return replace(ctx, period=period(ctx.period).previous().id)


def months(ctx: Context) -> tuple[str, str]:
    """The same as months."""
    start, until = days(ctx)
    return f"{start:%Y-%m}", f"{until:%Y-%m}"


def during(column: str, start: date, until: date) -> pl.Expr:
    return (pl.col(column) >= start) & (pl.col(column) < until)


def valid(ctx: Context, name: str, *where: pl.Expr) -> Rows:
    """Verified rows of a table that are no duplicates, and ``where``."""
    return lambda: loading.table(ctx, name).filter(pl.col("status") == "verified", pl.col("duplicate_of").is_null(), *where)


def every(ctx: Context, name: str, *where: pl.Expr) -> Rows:
    """Rows of a reference table, which all count."""
    return lambda: loading.table(ctx, name).filter(*where)


def joined(rows: Rows, other: Rows, on: str, right: str, *columns: str) -> Rows:
    """With ``columns`` of the row of the other table that ``on`` refers to by its column ``right``; null where there is none."""
    return lambda: rows().join(
        other().select(right, *columns).rename({c: f"_{c}" for c in columns}), left_on=on, right_on=right, how="left", maintain_order="left"
    )


def money(ctx: Context) -> float:
    """What amounts are divided by to be shown: 万元, or millions of yuan."""
    return 1e4 if ctx.lang == "zh" else 1e6
