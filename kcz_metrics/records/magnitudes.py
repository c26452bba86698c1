"""Do the numbers of a file look as if they stood in another unit than the one they are taken for? A warning, never a conversion."""

from __future__ import annotations

import math

import polars as pl

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T, Text
from kcz_metrics.records import units
from kcz_metrics.records.understanding import Understanding
from kcz_metrics.tables import Column

_ENOUGH = 5  # values below which nothing is said
_APART = 2.5  # orders of magnitude between the medians
_SMALL_MONEY = 1_000  # yuan: no row of money records is expected below, where there is nothing to compare with


def doubts(understood: Understanding, good: pl.DataFrame, current: pl.DataFrame) -> list[Issue]:
    """Columns whose values are a thousandfold off those among the records, or too small to be yuan."""
    found = []
    for name, column in understood.contract.columns.items():
        kept = units.own(column)
        reading = understood.reading(name)
        if kept is None or reading is None or column.kind not in ("int", "float") or kept.base not in (units.MONEY, units.PERSONS, "%"):
            continue
        if doubt := _doubt(column, kept, good[name], current[name]):
            found.append(Issue("magnitude", doubt, place=understood.name, subject=name, level="warning", hint=_hint(column)))
    return found


def _doubt(column: Column, kept: units.Unit, given: pl.Series, there: pl.Series) -> Text | None:
    given, there = given.filter(given > 0), there.filter(there > 0)
    if given.len() < _ENOUGH:
        return None
    if kept.base == "%":
        if (given <= 1).all() and (there.len() < _ENOUGH or _median(there) > 1):
            return T("{column} 的数都不大于 1，像是比例而不是百分数", column=column.name)
        return None
    median = _median(given)
    if there.len() >= _ENOUGH:
        before = _median(there)
        if abs(math.log10(median / before)) >= _APART:
            return T("{column} 的中位数是 {now:,.10g}，库中是 {before:,.10g}，单位可能不对", column=column.name, now=median, before=before)
    elif kept.base == units.MONEY and kept.size == 1 and float(given.max() or 0) < _SMALL_MONEY:  # type: ignore[arg-type]
        return T("{column} 的数都小于 1,000 元，单位可能是万元", column=column.name)
    return None


def _median(values: pl.Series) -> float:
    return float(values.median() or 0)  # type: ignore[arg-type]


def _hint(column: Column) -> Text:
    return T("核对单位；确实是别的单位则说明（命令行：--unit {column}=单位）", column=column.name)
