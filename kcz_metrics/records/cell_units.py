"""Units that single cells give: 35万元 as text, or 35 under a number format that shows 万元. Each such cell is taken in its own unit; what
the others stand in is asked where nothing else says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from kcz_metrics.records import casting, units
from kcz_metrics.records.casting import Manner
from kcz_metrics.records.headers import Reading
from kcz_metrics.tables import Column, Table

_PARTS = r"^([+-]?[0-9][0-9,]*(?:\.[0-9]+)?)\s*([^0-9\s.,%‰+-][^0-9.,%‰]{0,20})$"
_WITHIN = r"[^\x00-\x7F]|[A-Za-z]"


@dataclass(frozen=True, slots=True)
class Converted:
    """Cells of one column that stand in another unit than the table's: how many, the first row, its text."""

    cells: int
    row: int
    text: str


def noticed(readings: Sequence[Reading], text: pl.DataFrame, table: Table) -> tuple[Reading, ...]:
    """The readings with the units that single cells give, where the column has them. Where they are others than its own, and neither the
    heading nor a title nor a person says what the bare numbers stand in, that is open (``by`` is None)."""
    found = []
    for reading in readings:
        column = table.columns.get(reading.column or "")
        parts = _parted(text[str(reading.position)], column) if column is not None else None
        if column is None or parts is None:
            found.append(reading)
            continue
        given = parts.filter(pl.col("by").is_not_null())["unit"].unique(maintain_order=True).to_list()
        is_other = any(units.by(unit, column) != 1 for unit in given)
        bare = parts.filter(pl.col("by").is_null() & pl.col("bare").str.contains(casting.NUMBER)).height
        is_open = bool(is_other and bare and reading.unit is None)
        found.append(replace(reading, cells=tuple(given), by=None if is_open else reading.by))
    return tuple(found)


def typed(text: pl.Series, column: Column, manner: Manner, reading: Reading) -> tuple[pl.Series, Converted | None]:
    """As :func:`casting.typed` for a column some of whose cells give their unit; and what was converted by it."""
    parts = _parted(text, column) if reading.cells else None
    if parts is None:
        return casting.typed(text, column, manner), None
    whole = casting.typed(parts["bare"], column, manner)
    converted = pl.repeat(False, text.len(), dtype=pl.Boolean, eager=True)
    for unit in reading.cells:
        by = units.by(unit, column)
        if by is None:
            continue
        of_unit = (parts["unit"] == unit).fill_null(False)
        numbers = pl.select(pl.when(of_unit).then(parts["number"])).to_series()
        own = casting.typed(numbers.fill_null(""), column, replace(manner, by=by))
        whole = pl.select(pl.when(of_unit).then(own).otherwise(whole)).to_series().alias(column.name)
        if by != 1:
            converted = converted | of_unit
    if not converted.any():
        return whole, None
    first = converted.arg_max() or 0
    return whole, Converted(int(converted.sum()), first, text[first])


def _parted(text: pl.Series, column: Column) -> pl.DataFrame | None:
    """Of each cell ``number`` and ``unit`` where it gives one that converts into the column's (``by`` is that), else ``bare``, its text.
    None where no cell does."""
    kept = units.own(column)
    if column.kind not in ("int", "float") or kept is None or kept.base == units.SHARE:
        return None
    # Nearly all columns of numbers hold nothing but ASCII, and that is quickly seen.
    if text.str.len_bytes().sum() == text.str.len_chars().sum() and not text.str.contains("[A-Za-z]").any():
        return None
    bare = casting.narrow(casting.cleaned(pl.col("text")))
    different = text.alias("text").unique().to_frame().filter(pl.col("text").str.contains(_WITHIN))
    groups = bare.str.extract_groups(_PARTS)
    apart = different.select("text", number=groups.struct.field("1"), unit=groups.struct.field("2").str.strip_chars()).drop_nulls("unit")
    sizes: Mapping[str, Decimal | None] = {unit: units.by(unit, column) for unit in apart["unit"].unique().to_list()}
    known = [unit for unit, by in sizes.items() if by is not None]
    apart = apart.filter(pl.col("unit").is_in(known)).with_columns(by=pl.lit(True))
    if apart.is_empty():
        return None
    whole = text.alias("text").to_frame().join(apart, on="text", how="left", maintain_order="left")
    return whole.with_columns(bare=pl.when(pl.col("by").is_null()).then("text").otherwise(pl.lit("")))
