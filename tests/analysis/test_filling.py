"""Counts and freshness by table and by unit."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from kcz_metrics.analysis import filling

RECORDS = pl.DataFrame(
    {
        "seller": ["A", "A", "B", None],
        "buyer": ["A", "B", None, "A"],
        "period_id": ["2022", "2022Q3", "2021", "2022-05"],
        "status": ["verified", "verified", "submitted", "verified"],
        "duplicate_of": [None, "x", None, None],
        "submitted_at": [datetime(2022, 1, d, 9) for d in (1, 2, 3, 4)],
    }
)


def test_valid_rows_and_the_last_day_of_a_table() -> None:
    found = filling.of_tables([("contract", RECORDS), ("place", pl.DataFrame({"id": [1, 2]}))])
    assert found.rows() == [("contract", 4, 2, date(2022, 1, 4)), ("place", 2, None, None)]


def test_a_record_counts_once_for_each_unit_it_names_and_units_without_any_are_there() -> None:
    found = filling.of_units({"contract": RECORDS}, {"contract": ["seller", "buyer"]}, pl.Series(["A", "B", "C"]), "2022")
    assert found.rows() == [
        ("A", "contract", 3, date(2022, 1, 4)),
        ("B", "contract", 1, date(2022, 1, 2)),
        ("C", "contract", 0, None),
    ]


def test_no_table_names_a_unit() -> None:
    assert filling.of_units({}, {}, pl.Series(["A"]), "2022").is_empty()
