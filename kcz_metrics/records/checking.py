"""Is each row of a file fit to stand among the records there are? Types, contract, key, references; every problem of every row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.records import casting, cell_units, problems, subjects
from kcz_metrics.records.apart import numerals, sheet
from kcz_metrics.records.casting import Manner
from kcz_metrics.records.cell_units import Converted
from kcz_metrics.records.plain_patterns import WORDS
from kcz_metrics.records.rings import rings
from kcz_metrics.records.understanding import Understanding
from kcz_metrics.store import Snapshot
from kcz_metrics.tables import TABLES, Column, Reference, Table

#: What makes a single cell unfit; a formula that shows a value is none of these.
_UNFIT: Mapping[str, Text] = MappingProxyType(
    {
        sheet.FORMULA_EMPTY: T("公式没有保存下来的值"),
        sheet.ERROR: T("单元格是公式错误"),
        sheet.CONTROL: T("单元格含有控制字符"),
        numerals.DIGITS_LOST: T("数字超过 15 位，后面的位数已被表格软件丢掉，应以文本填写"),
    }
)
# A day as a workbook shows it, and as a spreadsheet writes it into a CSV: what becomes of 1-2 or 5/6 typed as a code.
_MADE_A_DAY = r"^\s*[0-9]{4}(?:-[0-9]{2}-[0-9]{2}(?: [0-9:]{8})?|/[0-9]{1,2}/[0-9]{1,2})\s*$"
_SHORTENED = r"^[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,3}$"


@dataclass(frozen=True, slots=True)
class Checked:
    """``good``: rows in the contract's columns and types, and ``_row``. ``problems``: see :mod:`kcz_metrics.records.problems`.
    ``absent``: columns that the file does not have; rows known already keep what they hold there. ``serials``: per column how many of its
    days were given as a spreadsheet's count; ``converted``: per column the cells that give another unit than its own."""

    good: pl.DataFrame
    problems: pl.DataFrame
    absent: tuple[str, ...]
    serials: Mapping[str, int]
    converted: Mapping[str, Converted]


def check(understood: Understanding, snapshot: Snapshot | None) -> Checked:
    """Check all rows against the contract and the records of ``snapshot`` (None: there are none yet)."""
    table = understood.contract
    typed, found, serials, converted = _typed(understood)
    current = snapshot.read(table.name) if snapshot else table.empty()
    absent = tuple(name for name in table.columns if understood.column(name) is None)
    whole = _keep_absent(typed, current, table, absent)
    found = problems.together([_shapes(understood), _cells(understood), found, _broken(whole, current, table, found)])
    found = problems.together([found, *_dangling(whole, current, table, snapshot, found)])
    found = problems.together([found, *rings(whole, current, table, found)])
    good = whole.join(found.select(_row=pl.col("row")).unique(), on="_row", how="anti", maintain_order="left") if found.height else whole
    return Checked(good, found, absent, serials, converted)


def _shapes(understood: Understanding) -> pl.DataFrame:
    width = len(understood.readings)
    lengths = pl.DataFrame(
        {"row": [row for row, _ in understood.ragged], "cells": [len(cells) for _, cells in understood.ragged]},
        schema={"row": pl.Int64(), "cells": pl.Int64()},
    )
    parts = [
        problems.of(group["row"], "", "shape", T("应有 {expected} 格，实有 {found} 格", expected=width, found=cells))
        for (cells,), group in lengths.group_by("cells", maintain_order=True)
    ]
    nameless = [str(reading.position) for reading in understood.readings if reading.how == "nameless"]
    if nameless:
        filled = pl.any_horizontal(casting.cleaned(pl.col(name)).is_not_null() for name in nameless)
        parts.append(problems.of(understood.text.filter(filled)["_row"], "", "shape", T("没有表头的列里有内容")))
    return problems.together(parts)


def _cells(understood: Understanding) -> pl.DataFrame:
    """Cells of a workbook that hold no usable text; numbers of papers that a spreadsheet had shortened before it wrote the CSV, and codes
    that it took for days."""
    columns = understood.columns
    parts = []
    for position, name in enumerate(columns):
        column = understood.contract.columns[name] if name else None
        if name is None or column is None or column.kind != "text":
            continue
        cells = pl.col(str(position)).str
        if column.pattern and re.match(column.pattern, "2022-05-06"):
            said = T("{column} 被表格软件变成了日期，应以文本填写", column=column.label)
            parts.append(problems.of(understood.text.filter(cells.contains(_MADE_A_DAY))["_row"], name, "made_a_day", said))
        if column.unique:
            shortened = understood.text.filter(cells.strip_chars().str.contains(_SHORTENED))["_row"]
            said = T("{column} 被表格软件缩写成了科学计数法，后面的位数已丢掉，应以文本填写", column=column.label)
            parts.append(problems.of(shortened, name, numerals.DIGITS_LOST, said))
    for mark, text in _UNFIT.items():
        for position, name in enumerate(columns):
            rows = [row for row, column, code in understood.marks if column == position and code == mark] if name else []
            if rows and name:
                said = T("{column} {expected}", column=understood.contract.columns[name].label, expected=text)
                parts.append(problems.of(pl.Series(rows), name, mark, said))
    return problems.together(parts)


def _typed(understood: Understanding) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int], dict[str, Converted]]:
    """All rows in the contract's types, absent columns null; the cells that could not be read; days given as numbers; units in cells."""
    text = understood.text
    done: list[pl.Series] = [text["_row"]]
    parts: list[pl.DataFrame] = []
    serials: dict[str, int] = {}
    converted: dict[str, Converted] = {}
    for name, column in understood.contract.columns.items():
        reading = understood.reading(name)
        if reading is None:
            done.append(pl.Series(name, [None], column.dtype).new_from_index(0, text.height))
            continue
        source = text[str(reading.position)]
        is_day = column.kind in ("date", "datetime")
        epoch = understood.corrections.epoch or understood.epoch
        typed, by_cell = cell_units.typed(source, column, Manner(reading.by or Decimal(1), epoch if is_day else None), reading)
        if by_cell is not None:
            converted[name] = replace(by_cell, row=text["_row"][by_cell.row])
        unread = typed.is_null()
        # Most of what is null is an empty cell, and that is quickly seen.
        unread = unread & (source.str.len_bytes() > 0) if unread.any() else unread
        if unread.any():
            empty = source.to_frame("text").select(casting.cleaned(pl.col("text")).is_null()).to_series()
            unread = unread & ~empty
            if is_day and (beyond := unread & casting.no_such_day(source, column)).any():
                said = T("{column} {expected}", column=column.label, expected=T("没有这一天，核对年月日"))
                parts.append(problems.of(text["_row"].filter(beyond), name, "type", said))
                unread = unread & ~beyond
            parts.append(problems.of(text["_row"].filter(unread), name, "type", _expected(column, reading.by, reading.unit)))
        if is_day and (count := casting.serials(source)):
            serials[name] = count
        done.append(typed)
    return pl.DataFrame(done), problems.together(parts), serials, converted


def _expected(column: Column, by: Decimal | None, unit: str | None) -> Text:
    if by is None or by == 1:
        return casting.expectation(column)
    return T("{expected}（从“{unit}”换算）", expected=casting.expectation(column), unit=unit)


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
    order = list(table.expectations)  # by column as the table has them, so that a row's problems read from left to right
    for (rule,), group in sorted(broken.group_by("rule"), key=lambda of: _place(str(of[0][0]), table, order)):
        name = str(rule)
        expression, text = table.expectations[name]
        text = _plain(name, text, table)
        column = name.split("|")[0] if "|" in name else ", ".join(dict.fromkeys(expression.meta.root_names()))
        parts.append(problems.of(whole["_row"].gather(group["row"]), column, name.removeprefix(f"{column}|"), text))
    found = problems.together(parts)
    # A cell that could not be read is empty here, and would be called missing as well, or its key doubled.
    cells = unread.select("row", "column")
    found = found.join(cells.with_columns(rule=pl.lit("nullability")), on=["row", "column", "rule"], how="anti", maintain_order="left")
    keyless = whole.filter(pl.any_horizontal(pl.col(name).is_null() for name in table.key)).select(row="_row", rule=pl.lit("primary_key"))
    return found.join(keyless, on=["row", "rule"], how="anti", maintain_order="left")


def _place(rule: str, table: Table, order: list[str]) -> tuple[int, int]:
    """Rules of one column in the order of the columns, then those between columns."""
    column = rule.split("|")[0]
    columns = list(table.columns)
    return (columns.index(column) if column in columns else len(columns)), order.index(rule)


def _plain(rule: str, text: Text, table: Table) -> Text:
    """A pattern in words, where there are some."""
    column = table.columns.get(rule.split("|")[0])
    words = WORDS.get(column.pattern or "") if column is not None and rule.endswith("|check__pattern") else None
    return text if words is None or column is None else T("{column} {expected}", column=column.label, expected=words)


def _dangling(whole: pl.DataFrame, current: pl.DataFrame, table: Table, snapshot: Snapshot | None, bad: pl.DataFrame) -> list[pl.DataFrame]:
    """Values that refer to nothing: neither among the records nor, in the table itself, among the good rows of this file."""
    own = [reference for reference in table.references if reference.table == table.name]
    foreign = [reference for reference in table.references if reference.table != table.name]
    parts = []
    for reference in foreign:
        there = snapshot.read(reference.table, columns=[reference.to])[reference.to] if snapshot else pl.Series([], dtype=pl.String)
        parts.append(_missing(whole, table, reference, there))
    parts += subjects.unknown(whole, table, snapshot)
    bad_rows = pl.concat([bad["row"], *(part["row"] for part in parts)])
    # A row that refers to a bad row is bad itself, and so on down the line.
    while own:
        good = whole.filter(~pl.col("_row").is_in(bad_rows.implode())) if bad_rows.len() else whole
        more = [_missing(good, table, reference, pl.concat([current[reference.to], good[reference.to]])) for reference in own]
        if all(part.is_empty() for part in more):
            break
        parts += more
        bad_rows = pl.concat([bad_rows, *(part["row"] for part in more)])
    return parts


def _missing(rows: pl.DataFrame, table: Table, reference: Reference, there: pl.Series) -> pl.DataFrame:
    text = T("{column} 在“{table}”中找不到", column=table.columns[reference.column].label, table=TABLES[reference.table].label)
    given = rows.select("_row", pl.col(reference.column)).drop_nulls(reference.column)
    if given.is_empty():
        return problems.none()
    known = there.cast(rows.schema[reference.column]).alias(reference.column).unique().to_frame()
    return problems.of(
        given.join(known, on=reference.column, how="anti", maintain_order="left")["_row"], reference.column, "reference", text
    )
