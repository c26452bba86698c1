from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcz_metrics.language.periods import A_YEAR, GRAINS, Period, PeriodError, is_period, parts, period, period_of, periods_between


@pytest.mark.parametrize(
    "text, start, end",
    [
        ("2022", date(2022, 1, 1), date(2023, 1, 1)),
        ("2022H1", date(2022, 1, 1), date(2022, 7, 1)),
        ("2022H2", date(2022, 7, 1), date(2023, 1, 1)),
        ("2022Q1", date(2022, 1, 1), date(2022, 4, 1)),
        ("2022Q4", date(2022, 10, 1), date(2023, 1, 1)),
        ("2020-02", date(2020, 2, 1), date(2020, 3, 1)),
        ("2022-12", date(2022, 12, 1), date(2023, 1, 1)),
    ],
)
def test_a_period_is_half_open(text, start, end):
    found = period(text)
    assert (found.id, found.start, found.end) == (text, start, end)
    assert found.contains(start)
    assert not found.contains(end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22",
        "2022Q5",
        "2022Q0",
        "2022H3",
        "2022-13",
        "2022-00",
        "2022-7",
        "2022q3",
        " 2022",
        "2022\n",
        "٢٠٢٢",
        "０２０２",
        "1899",
        "2200",
        "2022Q3x",
    ],
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(PeriodError, match="2022Q3 or 2022-07"):
        period(text)
    assert not is_period(text)


@pytest.mark.parametrize("value", [2022, None, 2022.0, date(2022, 1, 1)])
def test_only_text_is_a_period(value):
    assert not is_period(value)
    with pytest.raises(PeriodError):
        period(value)


@pytest.mark.parametrize(
    "text, n, expected",
    [
        ("2022", 1, "2021"),
        ("2022Q1", 1, "2021Q4"),
        ("2022Q3", 2, "2022Q1"),
        ("2022-01", 13, "2020-12"),
        ("2022H1", -1, "2022H2"),
        ("2022", 0, "2022"),
    ],
)
def test_previous(text, n, expected):
    assert period(text).previous(n).id == expected


def test_a_step_out_of_the_years_covered_is_an_error():
    with pytest.raises(PeriodError):
        period("1900").previous()


def test_periods_between_includes_both_ends_and_is_empty_backwards():
    assert [p.id for p in periods_between(period("2021Q4"), period("2022Q2"))] == ["2021Q4", "2022Q1", "2022Q2"]
    assert periods_between(period("2022"), period("2021")) == ()
    assert [p.id for p in periods_between(period("2199"), period("2199"))] == ["2199"]
    with pytest.raises(PeriodError, match="grain"):
        periods_between(period("2021"), period("2022Q1"))


def test_parts_of_a_period():
    assert [p.id for p in parts(period("2022H2"), "quarter")] == ["2022Q3", "2022Q4"]
    assert parts(period("2022Q1"), "year") == ()


@pytest.mark.parametrize(
    "text, zh, en, axis_zh, axis_en",
    [
        ("2022", "2022年", "2022", "2022", "2022"),
        ("2022Q3", "2022年三季度", "2022Q3", "22三季", "22Q3"),
        ("2022H1", "2022年上半年", "2022H1", "22上半年", "22H1"),
        ("2022-07", "2022年7月", "July 2022", "22-07", "22-07"),
    ],
)
def test_labels(text, zh, en, axis_zh, axis_en):
    p = period(text)
    assert (p.label("zh"), p.label("en"), p.axis("zh"), p.axis("en")) == (zh, en, axis_zh, axis_en)


def test_a_moment_of_the_last_day_is_inside():
    assert period("2022").contains(datetime(2022, 12, 31, 23, 59, 59))
    assert not period("2022").contains(datetime(2023, 1, 1))


@given(st.sampled_from(GRAINS), st.integers(1950, 2150), st.integers(1, 12), st.integers(-40, 40))
def test_steps_there_and_back_and_neighbours_touch(grain, year, number, n):
    p = Period(year, grain, (number - 1) % A_YEAR[grain] + 1)
    assert p.previous(n).next(n) == p
    assert p.previous().end == p.start
    assert period(p.id) == p
    assert period_of(p.start, grain) == p
    assert p.previous() < p <= p
