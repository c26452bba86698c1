"""Normalisations by hand arithmetic, and what happens where there is nothing to divide by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kcz_metrics.methods import NORMALISE

NAN = float("nan")
UP, DOWN = np.array([True]), np.array([False])


def run(name: str, x: list[float], up: bool = True, **parameters: Any) -> list[float]:
    column = np.array(x, float)[:, None]
    return [float(v) for v in NORMALISE[name].kernel(column, column, UP if up else DOWN, **parameters)[:, 0]]


@pytest.mark.parametrize(
    "name, parameters, x, up, expected",
    [
        ("minmax", {}, [2, 4, 10], True, [0, 0.25, 1]),
        ("minmax", {}, [2, 4, 10], False, [1, 0.75, 0]),
        ("minmax", {}, [2, NAN, 10], True, [0, NAN, 1]),
        ("goalposts", {"lower": 20.0, "upper": 85.0}, [20, 52.5, 85, 90, 10], True, [0, 0.5, 1, 1, 0]),
        ("goalposts", {"lower": 0.0, "upper": 4.0, "truncate": False}, [5, -1], True, [1.25, -0.25]),
        ("goalposts", {"lower": 0.0, "upper": 4.0}, [1, 5], False, [0.75, 0]),
        ("percentile_rank", {}, [7, 1, 3, 3, 9], True, [0.75, 0, 0.25, 0.25, 1]),
        ("percentile_rank", {}, [7, 1, 3, 3, 9], False, [0.25, 1, 0.5, 0.5, 0]),
        ("distance_to_max", {}, [2, 4, 10], True, [0, 0.25, 1]),
        ("distance_to_max", {}, [2, 4, 10], False, [1, 0.75, 0]),
        ("distance_to_target", {"target": 6.0}, [2, 4, 10], True, [0, 0.5, 2]),
        ("distance_to_target", {"target": 6.0, "cap": True}, [2, 4, 10], True, [0, 0.5, 1]),
        ("distance_to_target", {"target": 4.0}, [2, 4, 10], False, [8 / 6, 1, 0]),
        ("distance_to_reference", {"reference": np.array([5.0])}, [1, 5, 9], True, [0, 1, 2]),
        ("distance_to_reference", {"reference": np.array([5.0]), "cap": True}, [1, 5, 9], True, [0, 1, 1]),
        ("fraction_of_max", {}, [2, 4, 10], True, [0.2, 0.4, 1]),
        ("fraction_of_max", {}, [2, 4, 10], False, [1, 0.5, 0.2]),
        ("bands", {"steps": ((10, 40), (20, 70)), "otherwise": 100}, [10, 10.5, 20, 21, NAN], True, [40, 70, 70, 100, NAN]),
        ("efficacy", {"poor": 10.0, "good": 20.0}, [10, 15, 20, 5], True, [0.6, 0.8, 1, 0.4]),
        ("efficacy", {"poor": 20.0, "good": 10.0}, [20, 15, 10], False, [0.6, 0.8, 1]),
        ("zscore", {"mean": 0.0, "sd": 1.0}, [1, 2, 3], True, [-1, 0, 1]),
        ("zscore", {"mean": 50.0, "sd": 10.0}, [1, 2, 3], False, [60, 50, 40]),
        ("rank", {}, [7, 1, 3, 3], True, [4, 1, 2, 2]),
        ("rank", {"ties": "average"}, [7, 1, 3, 3], True, [4, 1, 2.5, 2.5]),
        ("borda", {}, [7, 1, 3, 3], True, [3, 0, 1, 1]),
        ("vector", {}, [3, 4], True, [0.6, 0.8]),
        ("vector", {}, [3, 4], False, [0.4, 0.2]),
        ("sum", {}, [1, 3], True, [0.25, 0.75]),
        ("sum", {}, [1, 3], False, [0.75, 0.25]),
        ("none", {}, [1, 3], True, [1, 3]),
        ("none", {}, [1, 3], False, [-1, -3]),
    ],
)
def test_by_hand(name: str, parameters: dict[str, Any], x: list[float], up: bool, expected: list[float]) -> None:
    np.testing.assert_allclose(run(name, x, up, **parameters), expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", ["minmax", "percentile_rank", "distance_to_max", "zscore"])
@pytest.mark.parametrize("x", [[5.0], [NAN], [NAN, NAN]], ids=["one unit", "missing", "all missing"])
def test_one_unit_or_none_gives_missing(name: str, x: list[float]) -> None:
    parameters = {"mean": 0.0, "sd": 1.0} if name == "zscore" else {}
    assert np.isnan(run(name, x, **parameters)).all()


@pytest.mark.parametrize("name", ["minmax", "distance_to_max", "zscore"])
def test_a_constant_column_gives_missing(name: str) -> None:
    parameters = {"mean": 0.0, "sd": 1.0} if name == "zscore" else {}
    assert np.isnan(run(name, [0.1, 0.1, 0.1], **parameters)).all()


@pytest.mark.parametrize("name, up", [("fraction_of_max", True), ("vector", True), ("sum", True), ("sum", False)])
def test_all_zeros_give_missing(name: str, up: bool) -> None:
    assert np.isnan(run(name, [0.0, 0.0], up)).all()


def test_a_pool_of_other_periods_sets_the_scale() -> None:
    now, then = np.array([[5.0], [12.0], [-1.0]]), np.array([[0.0], [10.0]])
    np.testing.assert_allclose(NORMALISE["minmax"].kernel(now, then, UP)[:, 0], [0.5, 1.2, -0.1])
    np.testing.assert_allclose(NORMALISE["minmax"].kernel(now, then, UP, truncate=True)[:, 0], [0.5, 1, 0])
    # three of the pool of four lie below 5, all of them below 12
    pool = np.array([[1.0], [2.0], [3.0], [6.0]])
    np.testing.assert_allclose(NORMALISE["percentile_rank"].kernel(now, pool, UP)[:, 0], [1.0, 1.0, 0.0])


@pytest.mark.parametrize("name", sorted(NORMALISE))
def test_runs_and_columns_are_independent(name: str) -> None:
    rng = np.random.default_rng(3)
    block = rng.uniform(1, 9, (4, 12, 3))
    block[1, 2, 0] = NAN
    up = np.array([True, False, True])
    parameters: dict[str, Any] = {
        "goalposts": {"lower": np.array([1.0, 0.0, 2.0]), "upper": np.array([9.0, 10.0, 8.0])},
        "efficacy": {"poor": np.array([1.0, 9.0, 1.0]), "good": np.array([9.0, 1.0, 9.0])},
        "bands": {"steps": ((3.0, 10.0),), "otherwise": 20.0},
        "distance_to_reference": {"reference": np.array([5.0, 5.0, 5.0])},
        "distance_to_target": {"target": np.array([5.0, 5.0, 5.0])},
        "zscore": {"mean": 0.0, "sd": 1.0},
    }.get(name, {})
    whole = NORMALISE[name].kernel(block, block, up, **parameters)
    one = {k: v[1:2] if isinstance(v, np.ndarray) else v for k, v in parameters.items()}
    alone = NORMALISE[name].kernel(block[2][:, 1:2], block[2][:, 1:2], up[1:2], **one)
    np.testing.assert_allclose(whole[2][:, 1:2], alone, rtol=1e-14)
