"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcz_metrics.scheme.models import Indicator
from kcz_metrics.ui import number


@pytest.mark.parametrize(
    "value, places, text",
    [
        (78.355, 2, "78.36"),
        (-1.02, 2, "−1.02"),
        (-0.004, 2, "0.00"),
        (12806, 0, "12,806"),
        (0.0, 1, "0.0"),
        (None, 2, "—"),
        (float("nan"), 2, "—"),
        (2.5, 0, "3"),
    ],
)
def test_decimal(value: float | None, places: int, text: str) -> None:
    assert number.decimal(value, places) == text


@given(st.floats(-1e12, 1e12), st.integers(0, 4))
def test_a_written_number_reads_back_within_half_a_unit(value: float, places: int) -> None:
    written = number.decimal(value, places).replace(",", "").replace("−", "-")
    assert abs(float(written) - value) <= 0.5 * 10**-places * (1 + 1e-9) + abs(value) * 1e-12


@pytest.mark.parametrize("value, text", [(1.13, "+1.13"), (-0.93, "−0.93"), (0.0, "0.00"), (0.001, "0.00")])
def test_signed_numbers_carry_their_sign_but_zero_none(value: float, text: str) -> None:
    assert number.signed(value) == text


@pytest.mark.parametrize("value, text", [(0.742, "74.2%"), (1.0, "100.0%"), (None, "—"), (0.0, "0.0%")])
def test_share(value: float | None, text: str) -> None:
    assert number.share(value) == text


@pytest.mark.parametrize("places, text", [(3, "▲3"), (-2, "▼2"), (0, "–"), (None, "—")])
def test_move(places: int | None, text: str) -> None:
    assert number.move(places) == text


@pytest.mark.parametrize(
    "yuan, zh, en",
    [
        (9_800, "9,800 元", "CNY 9,800"),
        (4_126_000, "412.6 万元", "CNY 4.13 M"),
        (128_460_000_000, "1,284.6 亿元", "CNY 128.46 bn"),
        (None, "—", "—"),
    ],
)
def test_money_takes_the_unit_its_size_asks_for(yuan: float | None, zh: str, en: str) -> None:
    assert (number.money(yuan, "zh"), number.money(yuan, "en")) == (zh, en)


@pytest.mark.parametrize("code, zh, en", [("2022", "2022年", "2022"), ("2022Q3", "2022年三季度", "2022Q3"), ("x", "x", "x")])
def test_period(code: str, zh: str, en: str) -> None:
    assert (number.period(code, "zh"), number.period(code, "en")) == (zh, en)


def test_a_moment_is_shown_on_the_calendar_of_shanghai() -> None:
    assert number.day(datetime(2022, 12, 31, 17, 0, tzinfo=UTC)) == "2023-01-01"
    assert number.day(date(2022, 3, 1)) == "2022-03-01"
    assert number.day(None) == "—"


def test_an_indicators_value_follows_its_unit_and_decimals() -> None:
    assert number.value(0.742, Indicator(unit="ratio"), "zh") == "74.2%"
    assert number.value(0.7425, Indicator(unit="ratio", decimals=2), "zh") == "74.25%"
    assert number.value(17.0, Indicator(unit="cities", decimals=0), "zh") == "17"
    assert number.value(None, Indicator(unit="ratio"), "zh") == "—"
    assert number.value(4_126_000.0, Indicator(unit="CNY"), "zh") == "412.6 万"
