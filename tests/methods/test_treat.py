"""Outlier treatment by hand, and where it has nothing to judge by."""

from __future__ import annotations

import numpy as np
import pytest

from kcz_metrics.methods import TREAT
from kcz_metrics.methods.statistics import skewness_kurtosis
from kcz_metrics.methods.treat import LOWERED, RAISED, TRANSFORMED, UNDEFINED, UNTOUCHED, boxcox, log_gii

winsorise, clip = TREAT["winsorise"].kernel, TREAT["clip"].kernel


def test_skewness_and_kurtosis_by_hand() -> None:
    # 1 2 3 10: mean 4, deviations -3 -2 -1 6; m2 = 50/4, m3 = 180/4, m4 = 1394/4
    g1, g2 = (180 / 4) / (50 / 4) ** 1.5, (1394 / 4) / (50 / 4) ** 2 - 3
    skewness, kurtosis = skewness_kurtosis(np.array([1.0, 2.0, 3.0, 10.0]))
    assert skewness == pytest.approx(g1 * np.sqrt(4 * 3) / 2, rel=1e-14)
    assert kurtosis == pytest.approx(((4 + 1) * g2 + 6) * 3 / (2 * 1), rel=1e-14)


def test_the_extreme_becomes_the_next_one_inside() -> None:
    x = np.array([*range(1, 11), 100.0])[:, None]
    y, marks = winsorise(x, x)
    assert y[-1, 0] == 10
    assert marks[-1, 0] == LOWERED
    assert (y[:-1] == x[:-1]).all()
    assert (marks[:-1] == UNTOUCHED).all()


def test_low_outliers_are_raised() -> None:
    x = -np.array([*range(1, 11), 100.0])[:, None]
    y, marks = winsorise(x, x)
    assert y[-1, 0] == -10
    assert marks[-1, 0] == RAISED


def test_tied_extremes_move_together() -> None:
    x = np.array([*range(1, 21), 500.0, 500.0])[:, None]
    y, marks = winsorise(x, x, max_points=1)
    assert y[-2:, 0].tolist() == [20.0, 20.0]
    assert (marks[:, 0] == LOWERED).sum() == 2


def test_fallback_starts_from_the_original_column_unless_combined() -> None:
    x = np.exp(np.linspace(0, 12, 20))[:, None]
    a = 0.01 * (x.max() - x.min())
    y, marks = winsorise(x, x, max_points=1, otherwise="log_ct")
    np.testing.assert_allclose(y, np.log(x - x.min() + a))
    assert (marks == TRANSFORMED).all()
    kept, _ = winsorise(x, x, max_points=1)
    combined, _ = winsorise(x, x, max_points=1, otherwise="log_ct", combine=True)
    a = 0.01 * (kept.max() - kept.min())
    np.testing.assert_allclose(combined, np.log(kept - kept.min() + a))


def test_without_fallback_the_winsorised_column_stays() -> None:
    x = np.exp(np.linspace(0, 12, 20))[:, None]
    y, marks = winsorise(x, x, max_points=2)
    assert (marks == LOWERED).sum() == 2
    assert y.max() == np.sort(x, axis=0)[-3]


@pytest.mark.parametrize("column", [[3.0] * 6, [1.0, 2.0, 900.0], [float("nan")] * 5, [1.0, 1.0, 1.0, 1.0, 50.0]])
def test_where_it_cannot_be_judged_the_column_stays_and_is_marked(column: list[float]) -> None:
    x = np.array(column)[:, None]
    y, marks = winsorise(x, x, otherwise="log_ct")
    np.testing.assert_array_equal(y, x)
    assert (marks[~np.isnan(x)] == UNDEFINED).all()
    assert (marks[np.isnan(x)] == UNTOUCHED).all()


def test_log_gii_is_the_published_formula() -> None:
    x = np.array([2.0, 4.0, 10.0])
    np.testing.assert_allclose(log_gii(x), np.log([(10 - 1) * (v - 2) / 8 + 1 for v in x]))


@pytest.mark.parametrize("highest", [-3.0, 0.7, 1.0])
def test_log_gii_leaves_a_column_whose_order_it_would_turn(highest: float) -> None:
    x = np.array([-900.0, *np.linspace(highest - 1, highest, 12)])[:, None]
    y, marks = winsorise(x, x, max_points=0, otherwise="log_gii")
    np.testing.assert_array_equal(y, x)
    assert (marks == UNDEFINED).all()
    above = x - highest + 1.5  # the smallest may be as far below 0 as it likes
    y, marks = winsorise(above, above, max_points=0, otherwise="log_gii")
    assert (marks == TRANSFORMED).all()
    assert (np.diff(y[:, 0]) > 0).all()


@pytest.mark.parametrize("power, expected", [(0.0, np.log([1, 3, 11])), (2.0, [0, 4, 60]), (-1.0, [0, 2 / 3, 10 / 11])])
def test_boxcox_shifts_the_smallest_value_to_one(power: float, expected: list[float]) -> None:
    np.testing.assert_allclose(boxcox(np.array([-5.0, -3.0, 5.0]), power), expected)


def test_clip_pulls_in_to_the_quantiles_of_the_pool() -> None:
    x, pool = np.array([[-5.0], [3.0], [50.0]]), np.arange(11.0)[:, None]
    y, marks = clip(x, pool, 0.1, 0.9)
    assert y[:, 0].tolist() == [1.0, 3.0, 9.0]
    assert marks[:, 0].tolist() == [RAISED, UNTOUCHED, LOWERED]


def test_input_is_left_alone() -> None:
    x = np.array([*range(1, 11), 100.0])[:, None]
    before = x.copy()
    winsorise(x, x, otherwise="log_ct")
    clip(x, x, 0.1, 0.9)
    np.testing.assert_array_equal(x, before)


def test_runs_are_independent() -> None:
    block = np.random.default_rng(5).lognormal(0, 2, (6, 30, 4))
    block[3, 7, 2] = np.nan
    whole, marks = winsorise(block, block, otherwise="log_ct")
    for run in range(6):
        alone, own = winsorise(block[run], block[run], otherwise="log_ct")
        np.testing.assert_array_equal(whole[run], alone)
        np.testing.assert_array_equal(marks[run], own)
