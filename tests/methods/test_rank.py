"""Ranks and the rounding that decides what is equal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from kcz_metrics.methods.rank import average, competition, dense, published, significant

NAN = float("nan")


@pytest.mark.parametrize(
    "kernel, scores, places",
    [
        (competition, [3.0, 5.0, 5.0, 1.0], [3, 1, 1, 4]),
        (dense, [3.0, 5.0, 5.0, 1.0], [2, 1, 1, 3]),
        (average, [3.0, 5.0, 5.0, 1.0], [3, 1.5, 1.5, 4]),
        (competition, [NAN, 2.0, NAN, 7.0], [NAN, 2, NAN, 1]),
        (dense, [NAN, 2.0, 2.0, 7.0], [NAN, 2, 2, 1]),
        (average, [NAN, 2.0, 2.0, 7.0], [NAN, 2.5, 2.5, 1]),
        (competition, [4.0], [1]),
        (competition, [NAN], [NAN]),
        (competition, [2.0, 2.0, 2.0], [1, 1, 1]),
        (average, [2.0, 2.0, 2.0], [2, 2, 2]),
        (competition, [], []),
    ],
)
def test_ties(kernel: object, scores: list[float], places: list[float]) -> None:
    np.testing.assert_array_equal(kernel(np.array(scores, float)), np.array(places, float))  # type: ignore[operator]


@given(st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=30))
@settings(deadline=None)
def test_agrees_with_scipy(scores: list[float]) -> None:
    x = np.array(scores)
    for kernel, name in ((competition, "min"), (dense, "dense"), (average, "average")):
        np.testing.assert_array_equal(kernel(x), rankdata(-x, name))


@pytest.mark.parametrize("shape", [(150, 70), (3, 3000), (2, 5000)], ids=["short", "packed", "halves"])
@pytest.mark.parametrize("kind", ["apart", "ties", "close", "one_side", "missing", "infinite", "wide"])
@pytest.mark.parametrize("rounded", [False, True])
def test_the_grid_orders_as_sorting_does(kind: str, shape: tuple[int, int], rounded: bool) -> None:
    r = np.random.default_rng(4)
    x = {
        "ties": r.integers(0, 9, shape) * 1.0,
        "close": 50 + r.integers(0, 40, shape) * 1e-11 + r.integers(0, 3, shape),
        "one_side": np.where(r.random(shape) < 0.5, 0.0, r.gamma(0.1, 1e6, shape)),
        "wide": r.normal(size=shape) * 10.0 ** r.integers(-290, 290, shape),
    }.get(kind, r.normal(size=shape))
    if kind == "missing":
        x[r.random(shape) < 0.3] = NAN
    if kind == "infinite":
        x[0, :2] = np.inf, -np.inf
    compared = significant(x) if rounded else x
    expected = np.apply_along_axis(lambda row: rankdata(-row, "min", nan_policy="omit"), -1, compared)
    np.testing.assert_array_equal(competition(x, rounded), np.where(np.isnan(x), NAN, expected))


def test_runs_are_ranked_each_for_itself() -> None:
    block = np.random.default_rng(1).integers(0, 5, (7, 4, 9)).astype(float)
    for kernel in (competition, dense, average):
        np.testing.assert_array_equal(kernel(block)[3, 2], kernel(block[3, 2]))


@pytest.mark.parametrize(
    "a, b, same",
    [
        (0.1 + 0.2, 0.3, True),
        (1 / 3 + 1 / 3 + 1 / 3, 1.0, True),
        (9.9999999999999, 10.0, True),
        (54.02298850574713, 54.022988505747115, True),
        (54.0229885057, 54.0229885058, False),
        (1e-7, 1.00000000001e-7, False),
        (0.0, 1e-300, False),
        (-0.3, -(0.1 + 0.2), True),
    ],
)
def test_twelve_digits(a: float, b: float, same: bool) -> None:
    assert (significant(np.array(a)) == significant(np.array(b))) == same


@pytest.mark.parametrize(
    "value, decimals, shown",
    [
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (0.5, 0, 1.0),
        (2.675, 2, 2.68),  # the float is a hair below, the number people see is not
        (1.005, 2, 1.01),
        (0.9615, 3, 0.962),
        (72.34499999, 2, 72.34),
        (72.3449999999999999, 2, 72.35),  # reads back as 72.345
        (-0.001, 2, 0.0),
        (123456.785, 2, 123456.79),
    ],
)
def test_rounding_half_away_from_zero(value: float, decimals: int, shown: float) -> None:
    assert float(published(np.array(value), decimals)) == shown


def test_nothing_is_made_of_missing() -> None:
    assert np.isnan(published(np.array([NAN]), 2)).all()
    assert np.isnan(significant(np.array([NAN]))).all()


@given(st.lists(st.tuples(st.integers(-30, 30), st.integers(-3, 3)), min_size=1, max_size=30))
def test_places_at_twelve_digits_are_those_of_the_rounded_numbers(numbers: list[tuple[int, int]]) -> None:
    x = np.array([[n / 3 * (1 + 4e-13 * k) for n, k in numbers], [float(n) for n, _ in numbers]])
    for kernel in (competition, dense, average):
        np.testing.assert_array_equal(kernel(x, rounded=True), kernel(significant(x)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.integers(0, 4))
def test_rounding_is_that_of_the_twelve_digits(numbers: list[float], decimals: int) -> None:
    x = np.array([*numbers, 0.125, 0.375, 2.675, 1.005])
    scaled = significant(np.abs(x) * 10.0**decimals)
    np.testing.assert_array_equal(published(x, decimals), np.copysign(np.floor(scaled + 0.5), x) / 10.0**decimals + 0.0)
