"""Forecasts by hand arithmetic."""

from __future__ import annotations

import math

import pytest

from kcz_metrics.decisions.forecast import PRIOR, Forecast, capped, clumps, flow, stock

EVEN = [10.0] * 12


def least(share: float, shape: float, at: float) -> int:
    """The least k with P(X ≤ k) ≥ ``share`` for the negative binomial, its terms added one by one."""
    term, total, k = at**shape, 0.0, 0
    while True:
        total += term
        if total >= share:
            return k
        term *= (k + shape) / (k + 1) * (1 - at)
        k += 1


def test_without_last_year_the_pace_is_even_over_the_days() -> None:
    found = flow(6, 6, [0.0] * 12, 6)
    assert found.middle == pytest.approx(6 + 6.5)  # (6 + 1/2) / 0.5 · 0.5
    assert (found.low, found.high) == (6 + least(0.1, 6.5, 0.5), 6 + least(0.9, 6.5, 0.5))


def test_the_rest_follows_last_year_at_this_years_pace() -> None:
    # last year ten a month: 60 by now and a half of the spread record, 60 and a half to come; this year 90
    found = flow(90, 90, EVEN, 6)
    pace = (PRIOR + 90) / (PRIOR + 60.5)
    assert found.middle == pytest.approx(90 + pace * 60.5)
    at = (PRIOR + 60.5) / (PRIOR + 121)
    assert (found.low, found.high) == (90 + least(0.1, PRIOR + 90, at), 90 + least(0.9, PRIOR + 90, at))


def test_a_part_of_a_month_counts_by_its_days() -> None:
    half = flow(0, 0, EVEN, 6.5)
    assert half.middle == pytest.approx(PRIOR / (PRIOR + 65 + 6.5 / 12) * (55 + 5.5 / 12))


def test_a_week_once_a_year_is_one_clump() -> None:
    once = [0.0] * 9 + [120.0, 0.0, 0.0]
    assert clumps(once) == pytest.approx(120.0)  # variance 1200, mean 10
    before, after = flow(0, 0, once, 6), flow(130, 130, once, 10)
    assert before.middle == pytest.approx(121 - 0.5, rel=0.02)  # as last year
    assert after.high < 2 * 130  # having been, it does not come again tenfold
    assert clumps(EVEN) == 1.0


def test_the_year_over_is_what_there_is() -> None:
    assert flow(7, 7, EVEN, 12) == Forecast(7, 7, 7)


def test_a_sum_is_forecast_by_its_records() -> None:
    counted, worth = flow(90, 90, EVEN, 6), flow(900, 90, EVEN, 6)
    assert worth == pytest.approx([10 * x for x in counted])


def test_a_state_goes_on_with_its_mean_change() -> None:
    # changes 1, 3, 2: mean 2, standard deviation 1; t of 2 degrees at 0.9 is 1.8856; the last three are all there are
    found = stock(6.0, [0.0, 1.0, 4.0, 6.0], 3)
    half = 1.885618083 * 1.0 * math.sqrt(3 + 9 / 3)
    assert found == pytest.approx((12.0, 12.0 - half, 12.0 + half))


def test_a_state_that_gathers_pace_has_a_wider_range() -> None:
    # changes 1, 1, 1, 4, 4, 4: mean 2.5, deviation √2.7; the last three months alone make 4 a month, 6 more in four months
    found = stock(15.0, [0.0, 1.0, 2.0, 3.0, 7.0, 11.0, 15.0], 4)
    chance = 1.475884049 * math.sqrt(2.7) * math.sqrt(4 + 16 / 6)
    half = math.hypot(chance, 6.0)
    assert found == pytest.approx((25.0, 25.0 - half, 25.0 + half))


def test_the_same_months_of_a_year_ago_may_come_again() -> None:
    # twelve changes: five in the first two months, none after; the two months to come are those of the five
    values = [0.0, 5.0, 10.0, *[10.0] * 10]
    found = stock(10.0, values, 2)
    mean = 10 / 12
    spread = math.sqrt((2 * (5 - mean) ** 2 + 10 * mean**2) / 11)
    half = math.hypot(1.363430318 * spread * math.sqrt(2 + 4 / 12), 10 - 2 * mean)
    assert found == pytest.approx((10 + 2 * mean, max(0.0, 10 + 2 * mean - half), 10 + 2 * mean + half))


def test_a_state_keeps_within_its_bounds_and_says_nothing_where_it_never_moved() -> None:
    bounded = stock(0.9, [0.5, 0.8, 0.7, 0.9], 6, ceiling=1.0)
    assert bounded is not None
    assert bounded.high == bounded.middle == 1.0
    assert stock(1.0, [1.0, 1.0, 1.0, 1.0], 6) is None
    assert stock(1.0, [0.0, 1.0, 2.0], 6) is None  # two changes tell nothing of their spread


def test_only_the_last_twelve_changes_count() -> None:
    steady = [float(i) for i in range(13)]
    assert stock(12.0, [100.0, *steady], 1) == Forecast(13.0, 13.0, 13.0)


def test_a_list_of_fixed_length_cannot_be_passed() -> None:
    assert capped(Forecast(70, 60, 80), 40, 65) == Forecast(65, 60, 65)
    assert capped(Forecast(70, 60, 80), 66, 65) == Forecast(70, 60, 80)
