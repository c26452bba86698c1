"""What must hold for any values: bounds, direction, no difference from row order, unit of measure or the size of weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_index import index, leaf, method, pillar, scheme, values

from kcz_metrics.scheme.models import Index
from kcz_metrics.scoring import Scorecard, score

LEAVES = ("a", "b", "c", "d")
NORMALISATIONS = [
    method("minmax"),
    method("percentile_rank"),
    method("goalposts", lower=-50, upper=50),
    method("distance_to_max"),
]
AGGREGATIONS = [method("arithmetic"), method("geometric"), method("harmonic"), method("power", p=2), method("minimum")]


def tree(**settings_: Any) -> Index:
    return index(pillar("p", leaf("a", 3), leaf("b", 1), weight=2), pillar("q", leaf("c"), leaf("d", 4), weight=1), **settings_)


def build(matrix: np.ndarray, of: Index, weights: Any = None, up: bool = True) -> Scorecard:
    cells = {f"U{i:02d}": {n: None if np.isnan(v) else float(v) for n, v in zip(LEAVES, row, strict=True)} for i, row in enumerate(matrix)}
    own = {} if up else {n: {"direction": "down"} for n in LEAVES}
    return score(values({"2022": cells}), of, "2022", scheme(of, own), weights=weights)


def top(card: Scorecard, column: str = "score") -> np.ndarray:
    return card.scores.filter(pl.col("node") == "index")[column].cast(pl.Float64).to_numpy().astype(float)


@st.composite
def matrices(draw: st.DrawFn, missing: bool = True) -> np.ndarray:
    number = st.integers(-400, 400).map(lambda n: n / 8)
    cell = st.one_of(number, st.just(float("nan"))) if missing else number
    rows = draw(st.integers(2, 9))
    return np.array(draw(st.lists(st.lists(cell, min_size=4, max_size=4), min_size=rows, max_size=rows)))


@given(matrices(), st.sampled_from(NORMALISATIONS), st.sampled_from(AGGREGATIONS), st.booleans())
@settings(max_examples=60, deadline=None)
def test_bounded_methods_stay_on_the_scale(x: np.ndarray, normalise: Any, aggregate: Any, up: bool) -> None:
    scores = build(x, tree(normalise=normalise, aggregate=aggregate), up=up).scores["score"].drop_nulls()
    assert ((scores >= -1e-9) & (scores <= 100 + 1e-9)).all()


@given(matrices(missing=False), st.sampled_from(NORMALISATIONS), st.sampled_from(AGGREGATIONS), st.data())
@settings(max_examples=60, deadline=None)
def test_improving_an_indicator_never_lowers_the_score(x: np.ndarray, normalise: Any, aggregate: Any, data: st.DataObject) -> None:
    # with the pool of the period a better value may also stretch the scale, but never for the unit itself
    of = tree(normalise=normalise, aggregate=aggregate)
    unit, column = data.draw(st.integers(0, len(x) - 1)), data.draw(st.integers(0, 3))
    better = x.copy()
    better[unit, column] += data.draw(st.sampled_from([0.125, 3.0, 200.0]))
    before, after = top(build(x, of))[unit], top(build(better, of))[unit]
    if not (np.isnan(before) or np.isnan(after)):
        constant = (x == x[0]).all(axis=0) | (better == better[0]).all(axis=0)
        if not constant.any():  # a constant indicator is missing, and its siblings take its weight
            assert after >= before - 1e-9


@given(matrices(), st.sampled_from(NORMALISATIONS), st.sampled_from(AGGREGATIONS), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_row_order_does_not_matter(x: np.ndarray, normalise: Any, aggregate: Any, shuffle: Any) -> None:
    order = list(range(len(x)))
    shuffle.shuffle(order)
    of = tree(normalise=normalise, aggregate=aggregate, treat=method("winsorise"), impute=method("median"))
    np.testing.assert_allclose(top(build(x[order], of)), top(build(x, of))[order], rtol=1e-12)
    np.testing.assert_array_equal(top(build(x[order], of), "rank"), top(build(x, of), "rank")[order])


@given(matrices(), st.sampled_from([method("minmax"), method("zscore"), method("percentile_rank")]), st.sampled_from([0.001, 7.0, 10000.0]))
@settings(max_examples=40, deadline=None)
def test_the_unit_of_measure_does_not_matter(x: np.ndarray, normalise: Any, size: float) -> None:
    of = tree(normalise=normalise)
    np.testing.assert_allclose(top(build(x * size, of)), top(build(x, of)), rtol=1e-9, atol=1e-9)


@given(matrices(), st.sampled_from(AGGREGATIONS), st.floats(0.01, 100))
@settings(max_examples=40, deadline=None)
def test_weights_are_relative(x: np.ndarray, aggregate: Any, times: float) -> None:
    of = tree(aggregate=aggregate)
    given_ = {"a": 2.0, "b": 5.0, "p": 1.0, "q": 3.0}
    bigger = {"a": 2.0 * times, "b": 5.0 * times, "p": 1.0 * times, "q": 3.0 * times}
    np.testing.assert_allclose(top(build(x, of, given_)), top(build(x, of, bigger)), rtol=1e-9, atol=1e-12)


@given(matrices(missing=False), st.sampled_from(NORMALISATIONS), st.sampled_from(AGGREGATIONS))
@settings(max_examples=40, deadline=None)
def test_a_dominated_unit_is_never_above(x: np.ndarray, normalise: Any, aggregate: Any) -> None:
    x = np.vstack([x, x.max(axis=0) + 1, x.min(axis=0) - 1])
    ranks = top(build(x, tree(normalise=normalise, aggregate=aggregate)), "rank")
    assert ranks[-2] == 1
    assert ranks[-1] == ranks.max()


@pytest.mark.parametrize("seed", range(3))
def test_turning_every_direction_turns_minmax_scores_over(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(12, 4))
    np.testing.assert_allclose(top(build(x, tree(), up=False)), 100 - top(build(x, tree())), rtol=1e-12)
