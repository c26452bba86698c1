"""Weights and aggregations by hand, and what holds for any scores. Other programs are asked in tests/published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kcz_metrics.methods import AGGREGATE, WEIGHT
from kcz_metrics.methods.outrank import outranking
from kcz_metrics.methods.weight import Ahp, consistency_ratio

NAN = float("nan")


def matrix(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.5, 10, (int(rng.integers(4, 60)), int(rng.integers(2, 12))))


def aggregate(name: str, x: Any, w: Any, **parameters: Any) -> np.ndarray:
    x = np.array(x, float)
    return np.asarray(AGGREGATE[name].kernel(np.atleast_2d(x), np.array(w, float)[None, :], **parameters))


# ---- weights ----------------------------------------------------------------------------------------------------------------------------


def test_merec_tells_nothing_apart_where_each_child_has_a_score_of_0() -> None:
    x = np.array([[0, 70, 100], [100, 0, 20], [40, 100, 0.0]])
    assert WEIGHT["merec"].kernel(x).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert WEIGHT["merec"].kernel(x + 1).tolist() != pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_entropy_by_hand_with_a_zero() -> None:
    # column a: shares 0, 1/2, 1/2: e = ln 2/ln 3; column b: 1/3 each: e = 1, so that all weight goes to a
    x = np.array([[0.0, 1.0], [2.0, 1.0], [2.0, 1.0]])
    np.testing.assert_allclose(WEIGHT["entropy"].kernel(x), [1.0, 0.0])


@pytest.mark.parametrize("name", ["entropy", "critic", "standard_deviation", "gini", "merec"])
def test_constant_children_weigh_the_same(name: str) -> None:
    np.testing.assert_allclose(WEIGHT[name].kernel(np.full((5, 4), 7.0)), [0.25] * 4)


@pytest.mark.parametrize("name", ["entropy", "critic", "standard_deviation", "gini", "merec", "pca"])
def test_weights_add_up_with_missing_values_and_one_unit(name: str) -> None:
    x = matrix(1)
    x[0, 0] = x[2, 1] = NAN
    for part in (x, x[:1], np.full((3, 2), NAN)):
        w = WEIGHT[name].kernel(part)
        assert w.sum() == pytest.approx(1, abs=1e-12)
        assert (w >= -1e-12).all()


def test_gini_is_the_sum_over_pairs() -> None:
    x = matrix(2)
    n = len(x)
    by_pairs = np.array([np.abs(c[:, None] - c[None, :]).sum() / (2 * n**2 * c.mean()) for c in x.T])
    np.testing.assert_allclose(WEIGHT["gini"].kernel(x), by_pairs / by_pairs.sum(), rtol=1e-12)


def test_pca_squared_loadings_of_two_correlated_children_are_equal() -> None:
    x = matrix(3)[:, :2]
    np.testing.assert_allclose(WEIGHT["pca"].kernel(x), [0.5, 0.5], rtol=1e-9)


def test_ahp_of_a_consistent_matrix_gives_its_weights_back() -> None:
    w = np.array([0.5, 0.3, 0.2])
    judged = tuple(tuple(a / b for b in w) for a in w)
    np.testing.assert_allclose(WEIGHT["ahp"].kernel(np.zeros((2, 3)), matrix=judged), w, rtol=1e-9)
    assert consistency_ratio(judged) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("bad", [((1, 2), (2, 1)), ((1, 2, 3), (0.5, 1, 2)), ((1, -2), (-0.5, 1))])
def test_ahp_refuses_what_is_no_comparison_matrix(bad: Any) -> None:
    with pytest.raises(ValueError, match="matrix"):
        Ahp(matrix=bad)


def test_benefit_of_the_doubt_by_hand() -> None:
    # A leads in the first, B in the second, C is half of A in everything
    x = np.array([[1.0, 0.2], [0.2, 1.0], [0.5, 0.1]])
    w = WEIGHT["benefit_of_the_doubt"].kernel(x)
    np.testing.assert_allclose((w * x).sum(axis=1), [1, 1, 0.5], rtol=1e-9)
    np.testing.assert_array_less(x @ w.T, 1 + 1e-9)
    equal = WEIGHT["benefit_of_the_doubt"].kernel(x, minimum_share=0.5, maximum_share=0.5)
    parts = equal * x
    np.testing.assert_allclose(parts[:, 0], parts[:, 1], rtol=1e-9)


def test_benefit_of_the_doubt_of_children_at_zero() -> None:
    x = np.array([[0.0, 0.0], [2.0, 4.0], [NAN, 0.0], [NAN, NAN], [0.0, 4.0]])
    kernel = WEIGHT["benefit_of_the_doubt"].kernel
    w = kernel(x)
    np.testing.assert_allclose(w[[0, 2, 3]], [[0.125, 0.125], [0, 0.25], [NAN, NAN]])
    np.testing.assert_array_less(np.nan_to_num(x) @ np.nan_to_num(w).T, 1 + 1e-9)
    np.testing.assert_allclose(w[4, 1] * 4, 1)
    assert np.isnan(kernel(x, minimum_share=0.1)[4]).all()
    np.testing.assert_allclose(kernel(np.zeros((2, 2))), 0.5)


def test_a_child_at_zero_throughout_has_no_entropy_weight() -> None:
    np.testing.assert_allclose(WEIGHT["entropy"].kernel(np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 5.0]])), [0, 1])


def test_entropy_strip_by_strip_on_all_cores_is_the_formula() -> None:
    x = np.random.default_rng(5).uniform(0, 9, (90_000, 7))
    x[::7, 2] = 0
    x[5, 3] = NAN
    p = np.where(x > 0, x, NAN) / np.nansum(x, axis=0)
    e = -np.nansum(p * np.log(p), axis=0) / np.log([90_000, 90_000, 90_000, 89_999, *[90_000] * 3])
    np.testing.assert_allclose(WEIGHT["entropy"].kernel(x), (1 - e) / (1 - e).sum(), rtol=1e-9)


# ---- aggregations -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, parameters, x, w, expected",
    [
        ("arithmetic", {}, [1, 4], [3, 1], 1.75),
        ("arithmetic", {}, [1, NAN, 4], [1, 5, 1], 2.5),
        ("geometric", {}, [1, 4], [1, 1], 2),
        ("geometric", {}, [21, 1, 1, 1], [1, 1, 1, 1], 21**0.25),
        ("geometric", {}, [0, 4], [1, 1], 0),
        ("geometric", {}, [0, 4], [0, 1], 4),
        ("geometric", {}, [-1, 4], [1, 1], NAN),
        ("geometric", {}, [NAN, 4], [1, 1], 4),
        ("harmonic", {}, [1, 4], [1, 1], 1.6),
        ("harmonic", {}, [0, 4], [1, 1], 0),
        ("power", {"p": 2}, [3, 4], [1, 1], 12.5**0.5),
        ("power", {"p": 1}, [3, -4], [1, 1], -0.5),
        ("power", {"p": 0}, [1, 4], [1, 1], 2),
        ("power", {"p": -1}, [1, 4], [1, 1], 1.6),
        ("power", {"p": 2}, [3, NAN], [1, 1], NAN),
        ("power", {"p": 2}, [3, NAN], [1, 0], 3),
        ("minimum", {}, [3, 2, NAN], [1, 1, 1], 2),
        ("minimum", {}, [3, 2], [1, 0], 3),
        ("mazziotta_pareto", {}, [90, 110], [1, 1], 100 - 200 / 100),
        ("mazziotta_pareto", {"form": "plus"}, [90, 110], [1, 1], 102),
        ("mazziotta_pareto", {}, [0, 0], [1, 1], 0),
        ("mazziotta_pareto", {}, [-1, 1], [1, 1], NAN),
        ("mazziotta_pareto", {}, [5, NAN], [1, 1], 5),
    ],
)
def test_by_hand(name: str, parameters: dict[str, Any], x: list[float], w: list[float], expected: float) -> None:
    np.testing.assert_allclose(aggregate(name, x, w, **parameters), [expected], rtol=1e-12)


@pytest.mark.parametrize("name", sorted(AGGREGATE))
def test_no_child_present_gives_missing(name: str) -> None:
    parameters = {"p": 2.0} if name == "power" else {}
    assert np.isnan(aggregate(name, [[NAN, NAN], [1, 2]], [1, 1], **parameters)[0])


def test_comparing_methods_in_degenerate_cases() -> None:
    same = [[5.0, 5.0], [5.0, 5.0]]
    assert np.isnan(aggregate("topsis", same, [1, 1])).all()
    assert aggregate("vikor", same, [1, 1]).tolist() == [1, 1]
    assert aggregate("copeland", same, [1, 1]).tolist() == [0, 0]
    assert aggregate("copeland", [[5.0, 5.0]], [1, 1]).tolist() == [0]


def test_copeland_by_hand() -> None:
    # a beats b on both, c beats a on the heavier, b and c tie at half
    x = [[3.0, 2.0], [2.0, 1.0], [4.0, 0.0]]
    assert aggregate("copeland", x, [1, 1]).tolist() == [1, -1, 0]
    assert aggregate("copeland", x, [2, 1]).tolist() == [0, -2, 2]
    shares = outranking(np.array(x), np.array([[2.0, 1.0]]))
    np.testing.assert_allclose(shares[0, 1:], [1, 1 / 3])


@pytest.mark.parametrize("name", sorted(AGGREGATE))
def test_many_weights_at_once_are_each_weight_alone(name: str) -> None:
    parameters = {"p": 0.5} if name == "power" else {}
    x = matrix(4)
    x[1, 0] = NAN
    w = np.random.default_rng(0).dirichlet(np.ones(x.shape[1]), 6)
    kernel = AGGREGATE[name].kernel
    whole = np.broadcast_to(kernel(x, w[:, None, :], **parameters), (6, len(x)))
    for run in range(6):
        np.testing.assert_allclose(whole[run], kernel(x, w[run][None, :], **parameters), rtol=1e-12)
