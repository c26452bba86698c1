"""Is each row of a file fit to stand among the records there are? Types, contract, key, references; every problem of every row."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kcz_metrics.locales import T
from kcz_metrics.records import casting, problems
from kcz_metrics.records.reading import Parsed
from kcz_metrics.store import Snapshot
from kcz_metrics.tables import TABLES, Reference, Table


@dataclass(frozen=True, slots=True)
class Checked:
    """``good``: rows in the contract's columns and types, and ``_row``. ``problems``: see :mod:`kcz_metrics.records.problems`.
    ``absent``: columns that the file does not have; rows known already keep what they hold there."""

    good: pl.DataFrame
    problems: pl.DataFrame
    absent: tuple[str, ...]


def check(parsed: Parsed, snapshot: Snapshot | None) -> Checked:
    """Check all rows against the contract and the records of ``snapshot`` (None: there are none yet)."""
    table = parsed.table
    typed, found = _typed(parsed)
    current = snapshot.read(table.name) if snapshot else table.empty()
    absent = tuple(name for name in table.columns if parsed.column(name) is None)
    whole = _keep_absent(typed, current, table, absent)
    found = problems.together([_shapes(parsed), found, _broken(whole, current, table, found)])
    found = problems.together([found, *_dangling(whole, current, table, snapshot, found)])
    good = whole.join(found.select(_row=pl.col("row")).unique(), on="_row", how="anti", maintain_order="left")
    return Checked(good, found, absent)


def _shapes(parsed: Parsed) -> pl.DataFrame:
    width = len(parsed.headings)
    lengths = pl.DataFrame({"row": [row for row, _ in parsed.ragged], "cells": [len(cells) for _, cells in parsed.ragged]})
    parts = [
        problems.of(group["row"], "", "shape", T("应有 {expected} 格，实有 {found} 格", expected=width, found=cells))
        for (cells,), group in lengths.group_by("cells", maintain_order=True)
    ]
    nameless = [str(i) for i, heading in enumerate(parsed.headings) if parsed.columns[i] is None and not heading.strip()]
    if nameless:
        filled = pl.any_horizontal(casting.cleaned(pl.col(name)).is_not_null() for name in nameless)
        parts.append(problems.of(parsed.text.filter(filled)["_row"], "", "shape", T("没有表头的列里有内容")))
    return problems.together(parts)


def _typed(parsed: Parsed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All rows in the contract's types, absent columns null; and the cells that could not be read."""
    columns = parsed.table.columns
    text = parsed.text.select("_row", *(casting.cleaned(pl.col(p)).alias(n) for n in columns if (p := parsed.column(n)) is not None))
    typed = text.select(
        "_row",
        *(
            casting.cast(pl.col(name), column) if name in text.columns else pl.lit(None, column.dtype).alias(name)
            for name, column in columns.items()
        ),
    )
    parts = [
        problems.of(text["_row"].filter(text[name].is_not_null() & typed[name].is_null()), name, "type", casting.expectation(columns[name]))
        for name in text.columns
        if name != "_row"
    ]
    return typed, problems.together(parts)


def _keep_absent(typed: pl.DataFrame, current: pl.DataFrame, table: Table, absent: tuple[str, ...]) -> pl.DataFrame:
    # A column that the file does not have says nothing about it; only an empty cell says that there is no value.
    if not absent or current.is_empty():
        return typed
    there = current.select(*table.key, *absent)
    return typed.drop(absent).join(there, on=list(table.key), how="left", maintain_order="left").select(typed.columns)


def _broken(whole: pl.DataFrame, current: pl.DataFrame, table: Table, unread: pl.DataFrame) -> pl.DataFrame:
    """Rules of the contract, asked of the table as it would stand: some compare a row with all others."""
    others = current.join(whole, on=list(table.key), how="anti", maintain_order="left")
    stand = pl.concat([whole.drop("_row"), others])
    broken = table.broken(stand).filter(pl.col("row") < whole.height)
    parts = []
    for (rule,), group in broken.group_by("rule", maintain_order=True):
        name = str(rule)
        expression, text = table.expectations[name]
        column = name.split("|")[0] if "|" in name else ", ".join(dict.fromkeys(expression.meta.root_names()))
        parts.append(problems.of(whole["_row"].gather(group["row"]), column, name.removeprefix(f"{column}|"), text))
    found = problems.together(parts)
    # A cell that could not be read is empty here, and would be called missing as well, or its key doubled.
    cells = unread.select("row", "column")
    found = found.join(cells.with_columns(rule=pl.lit("nullability")), on=["row", "column", "rule"], how="anti", maintain_order="left")
    keyless = whole.filter(pl.any_horizontal(pl.col(name).is_null() for name in table.key)).select(row="_row", rule=pl.lit("primary_key"))
    return found.join(keyless, on=["row", "rule"], how="anti", maintain_order="left")


def _dangling(whole: pl.DataFrame, current: pl.DataFrame, table: Table, snapshot: Snapshot | None, bad: pl.DataFrame) -> list[pl.DataFrame]:
    """Values that refer to nothing: neither among the records nor, in the table itself, among the good rows of this file."""
    own = [reference for reference in table.references if reference.table == table.name]
    foreign = [reference for reference in table.references if reference.table != table.name]
    parts = []
    for reference in foreign:
        there = snapshot.read(reference.table, columns=[reference.to])[reference.to] if snapshot else pl.Series([], dtype=pl.String)
        parts.append(_missing(whole, reference, there))
    bad_rows = pl.concat([bad["row"], *(part["row"] for part in parts)])
    # A row that refers to a bad row is bad itself, and so on down the line.
    while own:
        good = whole.filter(~pl.col("_row").is_in(bad_rows.implode()))
        more = [_missing(good, reference, pl.concat([current[reference.to], good[reference.to]])) for reference in own]
        if all(part.is_empty() for part in more):
            break
        parts += more
        bad_rows = pl.concat([bad_rows, *(part["row"] for part in more)])
    return parts


def _missing(rows: pl.DataFrame, reference: Reference, there: pl.Series) -> pl.DataFrame:
    value = pl.col(reference.column)
    wrong = rows.filter(value.is_not_null() & ~value.is_in(there.cast(rows.schema[reference.column]).unique().implode()))
    text = T("{column} 在“{table}”中找不到", column=reference.column, table=TABLES[reference.table].label)
    return problems.of(wrong["_row"], reference.column, "reference", text)
