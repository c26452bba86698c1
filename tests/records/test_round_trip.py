"""Every table of the sample, written out as people would send it, comes in as it stands: no row rejected, none changed."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from kcz_metrics.records import prepare, understand
from kcz_metrics.records.forms import headings
from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES

MOST = 400  # rows of a table in the fast test


def as_csv(table: str, frame: pl.DataFrame) -> bytes:
    contract = TABLES[table]
    shown = frame.with_columns(
        pl.col(pl.Boolean).replace_strict({True: "是", False: "否"}, return_dtype=pl.String),
        pl.col(pl.Date).dt.strftime("%Y年%-m月%-d日"),
    )
    named = dict(zip(contract.columns, headings(contract, "zh"), strict=True))
    return shown.rename(named).write_csv().encode("gb18030")


def as_book(table: str, frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day, moment = (book.add_format({"num_format": code}) for code in ("yyyy/m/d", "yyyy-mm-dd hh:mm:ss"))
        sheet = book.add_worksheet(table)
        for position, name in enumerate(headings(TABLES[table], "en")):
            sheet.write_string(0, position, name)
        for line, row in enumerate(frame.iter_rows(), 1):
            for position, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.write_boolean(line, position, value)
                elif isinstance(value, int | float):
                    sheet.write_number(line, position, value)
                elif isinstance(value, dt.datetime):
                    sheet.write_datetime(line, position, value, moment)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(line, position, dt.datetime.combine(value, dt.time()), day)
                elif value is not None:
                    sheet.write_string(line, position, value)
    return out.getvalue()


def came_back(store: Store, table: str, content: bytes, rows: int) -> None:
    done = prepare(understand(content, table), store)
    assert done.problems.is_empty(), done.problems.head(5).rows()
    assert (done.rejected, done.new.height, done.changed.height + done.same) == (0, 0, rows)
    # A workbook is written with sixteen digits, and so the last bit of a fraction may be another.
    for column, before, after in done.differences(store).select("column", "before", "after").iter_rows():
        assert TABLES[table].columns[column].kind == "float"
        assert float(after) == pytest.approx(float(before), rel=1e-15)


@pytest.mark.parametrize("table", ["pilot_city", "contract", "impact", "need"])
def test_some_rows_of_some_tables(table: str, sample_home: Path) -> None:
    store = Store.open(sample_home)
    frame = store.snapshot().read(table).head(MOST)
    came_back(store, table, as_csv(table, frame), frame.height)
    came_back(store, table, as_book(table, frame), frame.height)


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_every_table(table: str, sample_home: Path) -> None:
    store = Store.open(sample_home)
    frame = store.snapshot().read(table)
    came_back(store, table, as_csv(table, frame), frame.height)
    came_back(store, table, as_book(table, frame.head(5_000)), min(frame.height, 5_000))
