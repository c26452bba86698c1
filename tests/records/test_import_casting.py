from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from kcz_metrics.records.casting import cast, cleaned
from kcz_metrics.tables import Column, Label
from kcz_metrics.tables.labels import labels

KINDS = labels(city=("城市", "City"), park=("园区", "Park"), both=("同名", "Same"), other=("同名", "Other"))


def read(kind: str, *texts: str, **options: object) -> list[object]:
    column = Column("x", Label("某", "Some"), kind, nullable=True, **options)  # type: ignore[arg-type]
    return pl.DataFrame({"x": texts}).select(cast(cleaned(pl.col("x")), column))["x"].to_list()


@pytest.mark.parametrize(
    "text, value",
    [
        ("12", 12),
        (" 1,234,567 ", 1_234_567),
        ("-3", -3),
        ("+3", 3),
        ("12.0", 12),
        ("１２３", 123),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("1,23", None),
        ("1_000", None),
        ("12.5", None),
        ("1e3", None),
        ("١٢٣", None),
        ("0x10", None),
        ("五", None),
        ("1.5万", None),
        ("12 元", None),
        ("--1", None),
    ],
)
def test_integers(text: str, value: int | None) -> None:
    assert read("int", text) == [value]


@pytest.mark.parametrize(
    "text, value",
    [
        ("1.5", 1.5),
        ("1,234.50", 1234.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-2e-3", -0.002),
        ("１．５", 1.5),
        ("nan", None),
        ("NaN", None),
        ("inf", None),
        ("-Infinity", None),
        ("1e400", None),
        ("12%", None),
        ("1,5", None),
        ("1.2.3", None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert read("float", text) == [value]


@pytest.mark.parametrize("text", ["2022-01-05", "2022/1/5", "20220105", "2022年1月5日", "2022.1.5", "２０２２-０１-０５", "2022/1/5 0:00"])
def test_dates_as_people_type_them(text: str) -> None:
    assert read("date", text) == [date(2022, 1, 5)]
    assert read("datetime", text) == [datetime(2022, 1, 5)]


@pytest.mark.parametrize(
    "text", ["2022-02-30", "2022-13-01", "20221301", "22-1-5", "2022-1/5", "5/1/2022", "2022年1月", "44566", "infinity", "2022-01-05x"]
)
def test_what_is_no_date(text: str) -> None:
    assert read("date", text) == [None]
    assert read("datetime", text) == [None]


@pytest.mark.parametrize(
    "text, value",
    [
        ("2022-01-05 13:30", datetime(2022, 1, 5, 13, 30)),
        ("2022/1/5 9:05:07", datetime(2022, 1, 5, 9, 5, 7)),
        ("2022-01-05T09:05:07.25", datetime(2022, 1, 5, 9, 5, 7, 250_000)),
        ("2022-01-05 25:00", None),
        ("2022-01-05 13:60", None),
        ("2022-01-05T09:05:07Z", None),
        ("2022-01-05T09:05:07+08:00", None),
    ],
)
def test_times(text: str, value: datetime | None) -> None:
    assert read("datetime", text) == [value]
    assert read("date", text) == [None]  # a time of day is not dropped in silence


@pytest.mark.parametrize(
    "text, value",
    [
        ("true", True),
        ("TRUE", True),
        ("是", True),
        ("1", True),
        ("false", False),
        ("False", False),
        ("否", False),
        ("0", False),
        ("2", None),
        ("t", None),
    ],
)
def test_yes_and_no(text: str, value: bool | None) -> None:
    assert read("bool", text) == [value]


@pytest.mark.parametrize(
    "text, value", [("city", "city"), ("城市", "city"), ("Park", "park"), ("同名", "同名"), ("Same", "both"), ("village", "village")]
)
def test_codes_by_label_where_it_means_one_only(text: str, value: str) -> None:
    assert read("enum", text, values=KINDS) == [value]


@pytest.mark.parametrize(
    "text, value",
    [("city|park", "city|park"), ("城市 | Park", "city|park"), ("城市|城市|园区", "city|city|park"), ("城", "城"), ("a||b", "a||b")],
)
def test_sets_of_codes(text: str, value: str) -> None:
    assert read("set", text, values=KINDS) == [value]


@pytest.mark.parametrize("text", ["", "  ", "\u3000", "\u200b", "\t"])
@pytest.mark.parametrize("kind", ["text", "int", "float", "bool", "date", "datetime"])
def test_blank_is_null(kind: str, text: str) -> None:
    assert read(kind, text) == [None]


def test_text_stays_as_it_was_but_for_outer_blanks_and_codes_are_narrowed() -> None:
    assert read("text", "  ＡＢ， =1+1 ") == ["ＡＢ， =1+1"]
    assert read("text", "ＰＣ０１７", pattern="^PC") == ["PC017"]
