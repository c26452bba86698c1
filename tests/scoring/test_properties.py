"""What must hold for any values and for every method in the tables: bounds, direction, no difference from row order, unit of measure or the
size of weights, contributions that rebuild the score. A new method must be put on one side of each table here, or a test fails."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import polars as pl
import pytest
from every_method import NEEDED, choices, label
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_index import index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.analysis.explain import explain
from kcz_metrics.errors import ScoringError
from kcz_metrics.methods import AGGREGATE, NORMALISE, WEIGHT
from kcz_metrics.scheme.models import Index, Method, Rank
from kcz_metrics.scoring import Scorecard, score

LEAVES = ("a", "b", "c", "d")
EXAMPLES = settings(max_examples=40, deadline=None)

#: Between the lowest and the highest of the children present.
MEANS = {"arithmetic", "geometric", "harmonic", "power", "minimum"}
#: Aggregations with a scale of their own, whatever the children's: lowest and highest, n the number of units.
OWN_SCALE = {"copeland": lambda n: (1 - n, n - 1), "topsis": lambda n: (0, 1), "vikor": lambda n: (0, 1)}
#: No bounds: the penalty may be larger than the mean, or come on top of it.
UNBOUNDED = {"mazziotta_pareto"}

#: A better value of a unit never lowers its own score, weights given and nothing treated.
MONOTONE = {"arithmetic", "geometric", "harmonic", "power", "minimum", "copeland", "topsis"}
#: Mazziotta-Pareto takes off what sets the children apart: the better of two may cost more by what it adds to that than it gives to the
#: mean. VIKOR of scores that are comparisons themselves: a better value moves those of all others too.
NOT_MONOTONE = {"mazziotta_pareto", "vikor"}
#: A better value never lowers the unit's own normalised score.
RISING = {
    "minmax", "goalposts", "percentile_rank", "distance_to_max", "distance_to_reference", "fraction_of_max", "bands", "efficacy", "zscore",
    "rank", "borda", "vector", "sum", "none",
}  # fmt: skip
#: A target that all have passed turns COINr's scale over; with one that none has reached a better value never lowers the score.
RISING_TO = {"distance_to_target"}
#: For values above 0 only: shares of a sum or of the largest mean nothing below it.
POSITIVE = {"fraction_of_max", "sum", "vector"}
#: The unit of measure is no matter; the others are given numbers in it (goalposts, a target, bands), which are scaled along, or take values
#: as they are.
FREE_OF_UNITS = {
    "minmax", "percentile_rank", "distance_to_max", "distance_to_reference", "fraction_of_max", "zscore", "rank", "borda", "vector", "sum",
}  # fmt: skip
SCALED_ALONG = {"goalposts", "efficacy", "distance_to_target", "bands"}
#: Split by logarithmic means; arithmetic by its weights; all others by Shapley values.
LOG_SHARES = {"geometric", "harmonic", "power"}

BOUNDED = [
    method(m.method, **m.parameters, **({"truncate": True} if "truncate" in NORMALISE[m.method].parameters.model_fields else {}))
    for m in choices("normalise")
    if NORMALISE[m.method].bounded and "truncate" not in m.parameters
]
#: Power means far out are told apart from the least and the most by less than is compared here.
AGGREGATIONS = [m for m in choices("aggregate") if abs(m.parameters.get("p", 0)) <= 3]


def test_every_method_stands_on_one_side_of_each_table() -> None:
    assert MEANS | set(OWN_SCALE) | UNBOUNDED == set(AGGREGATE)
    assert set(AGGREGATE) == MONOTONE | NOT_MONOTONE
    assert set(NORMALISE) == RISING | RISING_TO
    assert FREE_OF_UNITS | SCALED_ALONG | {"none"} == set(NORMALISE)


def tree(**settings_: Any) -> Index:
    return index(pillar("p", leaf("a", 3), leaf("b", 1), weight=2), pillar("q", leaf("c"), leaf("d", 4), weight=1), **settings_)


def build(matrix: np.ndarray, of: Index, weights: Any = None, up: bool = True, names: Any = None) -> Scorecard:
    names = names or [f"U{i}" for i in range(len(matrix))]
    cells = {
        unit: {n: None if np.isnan(v) else float(v) for n, v in zip(of.leaves, row, strict=True)}
        for unit, row in zip(names, matrix, strict=True)
    }
    own = {} if up else {n: {"direction": "down"} for n in of.leaves}
    kinds = {"kind": [("x", "y")[int(name[1:]) % 2] for name in names]}
    return score(values({"2022": cells}, columns=kinds), of, "2022", scheme(of, own), weights=weights)


def top(card: Scorecard, column: str = "score") -> dict[str, float | None]:
    return dict(card.scores.filter(node="index").select("unit", pl.col(column).cast(pl.Float64)).iter_rows())


def numbers(card: Scorecard, column: str = "score") -> np.ndarray:
    return np.array([np.nan if v is None else v for v in top(card, column).values()])


@st.composite
def matrices(draw: st.DrawFn, missing: bool = True, positive: bool = False, rows: tuple[int, int] = (2, 8), columns: int = 4) -> np.ndarray:
    number = st.integers(1, 800).map(lambda n: n / 8) if positive else st.integers(-400, 400).map(lambda n: n / 8)
    cell = st.one_of(number, st.just(float("nan"))) if missing else number
    n = draw(st.integers(*rows))
    return np.array(draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=n, max_size=n)))


# ---- bounds -----------------------------------------------------------------------------------------------------------------------------


@given(matrices(), st.sampled_from(BOUNDED), st.sampled_from([m for m in choices("aggregate") if m.method in MEANS]), st.booleans())
@EXAMPLES
def test_bounded_methods_stay_on_the_scale(x: np.ndarray, normalise: Method, aggregate: Method, up: bool) -> None:
    scores = build(x, tree(normalise=normalise, aggregate=aggregate), up=up).scores["score"].drop_nulls()
    assert ((scores >= -1e-9) & (scores <= 100 + 1e-9)).all()


@given(matrices(positive=True), st.sampled_from([m for m in choices("aggregate") if m.method in MEANS]))
@EXAMPLES
def test_a_mean_lies_between_its_children(x: np.ndarray, aggregate: Method) -> None:
    of = index(leaf("a", 3), leaf("b", 1), leaf("c", 2), leaf("d", 1), aggregate=aggregate, normalise=method("none"))
    for row, whole in zip(x, numbers(build(x, of)), strict=True):
        if not np.isnan(whole):
            assert np.nanmin(row) * (1 - 1e-9) <= whole <= np.nanmax(row) * (1 + 1e-9)


@given(matrices(), st.sampled_from([m for m in choices("aggregate") if m.method in OWN_SCALE]))
@EXAMPLES
def test_comparisons_stay_on_a_scale_of_their_own(x: np.ndarray, aggregate: Method) -> None:
    of = index(leaf("a", 3), leaf("b", 1), leaf("c", 2), leaf("d", 1), aggregate=aggregate)
    low, high = OWN_SCALE[aggregate.method](len(x)) if not aggregate.parameters.get("on_scale") else (0, 100)
    scores = numbers(build(x, of))
    assert ((scores >= low - 1e-9) & (scores <= high + 1e-9) | np.isnan(scores)).all()


def test_the_penalty_may_be_larger_than_the_mean() -> None:
    # mean 1/2, squared deviations 1/2 in all over n - 1 = 1: 1/2 − (1/2)/(1/2)
    of = index(leaf("a"), leaf("b"), aggregate=method("mazziotta_pareto"), normalise=method("none"))
    assert top(scored({"A": {"a": 0.0, "b": 1.0}}, of)) == {"A": -0.5}


# ---- direction --------------------------------------------------------------------------------------------------------------------------


@given(st.data(), st.sampled_from([m for m in choices("aggregate") if m.method in MONOTONE]), st.booleans())
@settings(max_examples=80, deadline=None)
def test_improving_an_indicator_never_lowers_the_own_score(data: st.DataObject, aggregate: Method, up: bool) -> None:
    """With the pool of the period a better value may stretch the scale, but never to the unit's own loss."""
    normalise = data.draw(st.sampled_from([m for m in choices("normalise") if m.method in RISING]))
    needs_positive = normalise.method in POSITIVE or AGGREGATE[aggregate.method].nonnegative
    x = data.draw(matrices(missing=False, positive=needs_positive))
    if normalise.method in ("bands", "efficacy"):
        up = True  # their direction is in their numbers
    of = tree(normalise=normalise, aggregate=aggregate)
    unit, column = data.draw(st.integers(0, len(x) - 1)), data.draw(st.integers(0, 3))
    step = data.draw(st.sampled_from([0.125, 3.0, 200.0]))
    better = x.copy()
    better[unit, column] = (
        better[unit, column] + step if up else better[unit, column] / 4 if needs_positive else better[unit, column] - step
    )
    try:
        before, after = build(x, of, up=up), build(better, of, up=up)
    except ScoringError:
        return  # a method that takes no negative scores met one: said in test_degenerate
    same = before.scores["score"].is_null().equals(after.scores["score"].is_null())
    assume(same)  # what is constant is missing, and its siblings take its weight
    was, now = top(before)[f"U{unit}"], top(after)[f"U{unit}"]
    if was is not None and now is not None:
        assert now >= was - 1e-9 * max(1.0, abs(was))


@given(matrices(missing=False), st.data())
@EXAMPLES
def test_nearing_a_target_that_none_has_reached_never_lowers_the_score(x: np.ndarray, data: st.DataObject) -> None:
    of = tree(normalise=method("distance_to_target", target=51, cap=data.draw(st.booleans())))
    unit, column = data.draw(st.integers(0, len(x) - 1)), data.draw(st.integers(0, 3))
    better = x.copy()
    better[unit, column] += data.draw(st.sampled_from([0.125, 3.0, 200.0]))
    assert numbers(build(better, of))[unit] >= numbers(build(x, of))[unit] - 1e-9


def test_a_target_that_all_have_passed_turns_the_scale_over() -> None:
    # target 1, worst 2: 1 − (1 − x)/(1 − 2) = 2 − x, as COINr has it; the guide to the methods says so
    of = index(leaf("a"), normalise=method("distance_to_target", target=1), scale={"lower": 0, "upper": 1})
    assert top(scored({"A": {"a": 2.0}, "B": {"a": 4.0}}, of)) == {"A": 0, "B": -2}


def test_the_better_of_two_may_cost_more_than_it_gives() -> None:
    # (1, 2): 3/2 − (1/2)/(3/2) = 7/6; (1, 4): 5/2 − (9/2)/(5/2) = 7/10
    of = index(leaf("a"), leaf("b"), aggregate=method("mazziotta_pareto"), normalise=method("none"))
    assert top(scored({"A": {"a": 1.0, "b": 2.0}, "B": {"a": 1.0, "b": 4.0}}, of)) == pytest.approx({"A": 7 / 6, "B": 0.7})


def test_vikor_above_comparing_nodes_may_move_against_a_better_value() -> None:
    x = np.zeros((8, 4))
    x[5, 2], x[6], x[7, :2] = 0.125, (0, 0, 0.25, -0.125), (-0.125, 0.125)
    better = x.copy()
    better[6, 2] -= 0.125
    was, now = (numbers(build(m, tree(aggregate=method("vikor")), up=False))[6] for m in (x, better))
    assert was == pytest.approx(7 / 29)
    assert now == pytest.approx(4 / 17)


@given(matrices(missing=False), st.sampled_from([m for m in choices("aggregate") if m.method == "vikor"]), st.data())
@EXAMPLES
def test_vikor_of_indicators_never_does(x: np.ndarray, aggregate: Method, data: st.DataObject) -> None:
    of = index(leaf("a", 3), leaf("b", 1), leaf("c", 2), leaf("d", 1), aggregate=aggregate, normalise=method("none"))
    unit, column = data.draw(st.integers(0, len(x) - 1)), data.draw(st.integers(0, 3))
    better = x.copy()
    better[unit, column] += data.draw(st.sampled_from([0.125, 3.0, 200.0]))
    assert numbers(build(better, of))[unit] >= numbers(build(x, of))[unit] - 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_turning_every_direction_turns_minmax_scores_over(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(12, 4))
    np.testing.assert_allclose(numbers(build(x, tree(), up=False)), 100 - numbers(build(x, tree())), rtol=1e-12)


@given(st.data(), st.sampled_from([m for m in AGGREGATIONS if m.method in MONOTONE | {"vikor"}]))
@EXAMPLES
def test_a_dominated_unit_is_never_above(data: st.DataObject, aggregate: Method) -> None:
    """Better, or worse, than all others in everything: first, or last."""
    usable = [
        m
        for m in choices("normalise")
        if m.method in RISING and not (AGGREGATE[aggregate.method].nonnegative and m.method in ("zscore", "none"))
    ]
    normalise = data.draw(st.sampled_from(usable))
    x = data.draw(matrices(missing=False, positive=True))
    x = np.vstack([x, x.max(axis=0) + 1, x.min(axis=0) / 2])
    try:
        ranks = numbers(build(x, tree(normalise=normalise, aggregate=aggregate)), "rank")
    except ScoringError:
        return
    if np.isnan(ranks).any():
        return  # no scale to be ranked on
    assert ranks[-2] == 1
    assert ranks[-1] == ranks.max()


# ---- what is no matter ------------------------------------------------------------------------------------------------------------------


@given(matrices(), st.data(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_row_order_does_not_matter(x: np.ndarray, data: st.DataObject, shuffle: Any) -> None:
    """Of any method of any family."""
    chosen = {family: data.draw(st.sampled_from(choices(family))) for family in ("impute", "treat", "normalise", "aggregate")}
    # the first component is any of several where they are equally long
    weights = data.draw(st.sampled_from([m for m in choices("weights") if m.method not in ("ahp", "pca")]))
    of = tree(**chosen, weights=weights, rank=Rank(ties=data.draw(st.sampled_from(["competition", "dense", "average"])), decimals=6))
    names = [f"U{i}" for i in range(len(x))]
    order = list(range(len(x)))
    shuffle.shuffle(order)
    try:
        plain = build(x, of, names=names)
    except ScoringError:
        with pytest.raises(ScoringError):
            build(x[order], of, names=[names[i] for i in order])
        return
    turned = build(x[order], of, names=[names[i] for i in order])
    tolerance = 1e-6 if weights.method == "benefit_of_the_doubt" else 1e-9
    assert top(turned) == {unit: v if v is None else pytest.approx(v, rel=tolerance, abs=tolerance) for unit, v in top(plain).items()}


@given(matrices(), st.sampled_from([m for m in choices("normalise") if m.method in FREE_OF_UNITS]), st.sampled_from([0.001, 7.0, 10000.0]))
@EXAMPLES
def test_the_unit_of_measure_does_not_matter(x: np.ndarray, normalise: Method, size: float) -> None:
    of = tree(normalise=normalise)
    np.testing.assert_allclose(numbers(build(x * size, of)), numbers(build(x, of)), rtol=1e-9, atol=1e-9)


@given(matrices(), st.sampled_from(sorted(SCALED_ALONG)), st.sampled_from([0.125, 8.0, 1024.0]))
@EXAMPLES
def test_numbers_in_the_unit_of_measure_are_scaled_along(x: np.ndarray, name: str, size: float) -> None:
    def times(value: Any) -> Any:
        return value * size if isinstance(value, (int, float)) and not isinstance(value, bool) else value

    parameters = NEEDED["normalise", name][0]
    scaled = {k: tuple((limit * size, points) for limit, points in v) if k == "steps" else times(v) for k, v in parameters.items()}
    scaled = scaled | {k: v for k, v in parameters.items() if k == "otherwise"}
    ours, theirs = (tree(normalise=method(name, **p)) for p in (parameters, scaled))
    np.testing.assert_allclose(numbers(build(x * size, theirs)), numbers(build(x, ours)), rtol=1e-9, atol=1e-9)


@given(matrices(), st.sampled_from(AGGREGATIONS), st.floats(0.01, 100))
@EXAMPLES
def test_weights_are_relative(x: np.ndarray, aggregate: Method, times: float) -> None:
    of = tree(aggregate=aggregate)
    given_ = {"a": 2.0, "b": 5.0, "p": 1.0, "q": 3.0}
    bigger = {name: weight * times for name, weight in given_.items()}
    try:
        one = numbers(build(x, of, given_))
    except ScoringError:
        return
    np.testing.assert_allclose(numbers(build(x, of, bigger)), one, rtol=1e-9, atol=1e-9)


@given(
    matrices(positive=True),
    st.sampled_from([m for m in choices("weights") if not WEIGHT[m.method].absolute and m.parameters.get("form") != "loadings"]),
)
@EXAMPLES
def test_weights_are_shares(x: np.ndarray, chosen: Method) -> None:
    if chosen.method == "ahp":
        of = index(leaf("a"), leaf("b"), leaf("c"), weights=chosen)
        x = x[:, :3]
    else:
        of = tree(weights=chosen)
    weights = build(x, of).weights
    assert ((weights["weight"] >= -1e-12) & (weights["weight"] <= 1 + 1e-12)).all()
    for _, part in weights.filter(pl.col("parent").is_not_null()).group_by("unit", "parent"):
        assert part["weight"].sum() == pytest.approx(1, abs=1e-9)


# ---- parts rebuild the whole ------------------------------------------------------------------------------------------------------------


@given(matrices(positive=True), st.sampled_from(choices("aggregate")), st.sampled_from(choices("aggregate")), st.booleans())
@EXAMPLES
def test_contributions_rebuild_the_score_for_every_aggregation(x: np.ndarray, aggregate: Method, inner: Method, zeros: bool) -> None:
    """And the difference from another unit; a pillar is the sum of its own."""
    normalise = method("minmax") if zeros else method("goalposts", lower=0, upper=101)
    inside = pillar("p", leaf("a", 3), leaf("b", 1), weight=2, aggregate=inner)
    of = index(inside, pillar("q", leaf("c"), leaf("d", 4)), aggregate=aggregate, normalise=normalise)
    try:
        card = build(x, of)
    except ScoringError:
        return
    scores = {unit: whole for unit, whole in top(card).items() if whole is not None}
    for unit, whole in scores.items():
        rebuilt(explain(card, unit), whole)
        rebuilt(explain(card, unit, next(iter(scores))), whole - next(iter(scores.values())))


def rebuilt(parts: pl.DataFrame, whole: float) -> None:
    size = max(1.0, parts["contribution"].abs().max())
    assert parts.filter("is_leaf")["contribution"].sum() == pytest.approx(whole, abs=1e-8 * size)
    of_parents = parts.filter(pl.col("parent").is_not_null()).group_by("parent").agg(pl.col("contribution").sum().alias("sum"))
    nested = of_parents.join(parts, left_on="parent", right_on="node")
    assert ((nested["sum"] - nested["contribution"]).abs() <= 1e-8 * size).all()


FLAT = {"A": (8.0, 2.0, 5.0), "B": (3.0, 6.0, 4.0), "C": (1.0, 7.0, 9.0), "D": (5.0, 5.0, 5.0)}


def flat(aggregate: Method) -> Scorecard:
    of = index(leaf("a", 3), leaf("b", 1), leaf("c", 2), aggregate=aggregate, normalise=method("none"))
    return scored({unit: dict(zip("abc", row, strict=True)) for unit, row in FLAT.items()}, of)


W = np.array([3.0, 1.0, 2.0]) / 6


@pytest.mark.parametrize("aggregate", [m for m in choices("aggregate") if m.method not in LOG_SHARES], ids=label)
def test_contributions_are_those_of_all_orders(aggregate: Method) -> None:
    """Shapley by its definition: the children go from B's scores to A's in every order; A's score is taken among the others as they are.
    For an arithmetic mean that is weight × difference."""
    parameters = {k: v for k, v in aggregate.parameters.items() if k != "on_scale"}

    def worth(moved: set[int]) -> float:
        rows = np.array(list(FLAT.values()))
        rows[0] = [FLAT["A"][i] if i in moved else FLAT["B"][i] for i in range(3)]
        found = float(AGGREGATE[aggregate.method].kernel(rows, W[None, :], **parameters)[0])
        return 100 * found if aggregate.parameters.get("on_scale") else found

    parts = np.zeros(3)
    orders = list(permutations(range(3)))
    for order in orders:
        for step, child in enumerate(order):
            parts[child] += (worth(set(order[: step + 1])) - worth(set(order[:step]))) / len(orders)
    found = dict(explain(flat(aggregate), "A", "B").select("node", "contribution").iter_rows())
    scores = top(flat(aggregate))
    assert scores["A"] is not None
    assert scores["B"] is not None
    # a unit that is compared stays among the rest while it is moved: what that leaves falls to the children by weight
    left = scores["A"] - scores["B"] - parts.sum()
    np.testing.assert_allclose([found[name] for name in "abc"], parts + left * W, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("aggregate", [m for m in choices("aggregate") if m.method in LOG_SHARES], ids=label)
def test_contributions_are_logarithmic_shares(aggregate: Method) -> None:
    """w·ln(s/r)·L(S, R) of a geometric mean; of a power mean its share of the difference of the powers' means, which is linear."""
    p = {"geometric": 0.0, "harmonic": -1.0}.get(aggregate.method, aggregate.parameters.get("p"))
    s, r = np.array(FLAT["A"]), np.array(FLAT["B"])
    scores = top(flat(aggregate))
    assert scores["A"] is not None
    assert scores["B"] is not None
    shares = W * np.log(s / r) if p == 0 else W * (s**p - r**p)
    expected = shares / shares.sum() * (scores["A"] - scores["B"])
    found = dict(explain(flat(aggregate), "A", "B").select("node", "contribution").iter_rows())
    np.testing.assert_allclose([found[name] for name in "abc"], expected, rtol=1e-9, atol=1e-12)
