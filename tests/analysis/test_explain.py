"""Contributions add up through the tree, for every unit and every way of putting scores together."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.analysis.explain import explain
from kcz_metrics.analysis.splitting import logarithmic_mean, shapley
from kcz_metrics.errors import ScoringError
from kcz_metrics.scoring import Scorecard, score

METHODS = [
    method("arithmetic"),
    method("geometric"),
    method("harmonic"),
    method("power", p=2),
    method("power", p=-0.5),
    method("minimum"),
    method("mazziotta_pareto"),
    method("copeland"),
    method("topsis"),
    method("vikor"),
]


def random_card(aggregate: Any, seed: int = 1, missing: bool = True, period: str = "2022", **settings: Any) -> Scorecard:
    """20 units, 9 indicators under 3 pillars, one of them arithmetic whatever the others are."""
    rng = np.random.default_rng(seed)
    names = [f"i{n}" for n in range(9)]
    x = rng.uniform(1, 9, (20, 9))
    if missing:
        x[rng.random(x.shape) < 0.1] = np.nan
        x[:2] = rng.uniform(1, 9, (2, 9))
    cells = {f"U{u:02d}": {n: "not_applicable" if u == 7 and k == 3 else None if np.isnan(v) else float(v) for k, (n, v) in
             enumerate(zip(names, row, strict=True))} for u, row in enumerate(x)}  # fmt: skip
    of = index(
        pillar("p", leaf("i0", 3), leaf("i1", 1), leaf("i2", 2), weight=2),
        pillar("q", leaf("i3"), leaf("i4", 4), leaf("i5", 1), weight=1, aggregate=method("arithmetic")),
        pillar("r", leaf("i6"), leaf("i7"), leaf("i8"), weight=3),
        aggregate=aggregate,
        **{"normalise": method("goalposts", lower=0, upper=10), **settings},
    )
    return score(values({period: cells}), of, period, scheme(of, {"i4": {"direction": "down"}}))


def check(frame: pl.DataFrame, whole: float) -> None:
    assert frame.filter(pl.col("parent").is_null())["contribution"].sum() == pytest.approx(whole, abs=1e-9)
    assert frame.filter("is_leaf")["contribution"].sum() == pytest.approx(whole, abs=1e-9)
    sums = frame.filter(pl.col("parent").is_not_null()).group_by("parent").agg(pl.col("contribution").sum().alias("parts"))
    nested = sums.join(frame, left_on="parent", right_on="node")
    assert ((nested["parts"] - nested["contribution"]).abs() < 1e-9).all()
    assert frame["contribution"].null_count() == 0


@pytest.mark.parametrize("aggregate", METHODS, ids=str)
@pytest.mark.parametrize("settings", [{}, {"normalise": method("minmax")}], ids=["positive", "with zeros"])
def test_leaves_add_up_to_the_score(aggregate: Any, settings: dict[str, Any]) -> None:
    card = random_card(aggregate, **settings)
    explained = 0
    for unit, whole in card.scores.filter(pl.col("node") == "index").select("unit", "score").iter_rows():
        if whole is not None:
            check(explain(card, unit), whole)
            explained += 1
    assert explained > 0


@pytest.mark.parametrize("aggregate", METHODS, ids=str)
@pytest.mark.parametrize("settings", [{}, {"normalise": method("minmax")}], ids=["positive", "with zeros"])
def test_leaves_add_up_to_the_difference_from_another_unit(aggregate: Any, settings: dict[str, Any]) -> None:
    card = random_card(aggregate, **settings)
    scores = dict(card.scores.filter(pl.col("node") == "index").drop_nulls("score").select("unit", "score").iter_rows())
    other = next(iter(scores))
    for unit, whole in scores.items():
        check(explain(card, unit, other), whole - scores[other])


@pytest.mark.parametrize("aggregate", METHODS[:7], ids=str)
def test_leaves_add_up_to_the_difference_from_another_period(aggregate: Any) -> None:
    now, before = random_card(aggregate), random_card(aggregate, seed=2, period="2021")
    old = dict(before.scores.filter(pl.col("node") == "index").select("unit", "score").iter_rows())
    for unit, whole in now.scores.filter(pl.col("node") == "index").select("unit", "score").iter_rows():
        if whole is not None and old[unit] is not None:
            check(explain(now, unit, before), whole - old[unit])


def test_in_an_arithmetic_tree_a_contribution_is_weight_times_score() -> None:
    card = random_card(method("arithmetic"))
    for unit in card.units["unit"]:
        rows = explain(card, unit).drop_nulls("score")
        assert ((rows["weight"] * rows["score"] - rows["contribution"]).abs() < 1e-9).all()
    rows = explain(card, "U07")
    assert rows.filter(pl.col("node") == "i3").select("weight", "contribution").row(0) == (0, 0)


def test_geometric_by_hand() -> None:
    # A is (1, 4), B (4, 4): G = 2 and 4, all of the difference is the first's
    of = index(leaf("a"), leaf("b"), aggregate=method("geometric"), normalise=method("none"))
    card = scored({"A": {"a": 1.0, "b": 4.0}, "B": {"a": 4.0, "b": 4.0}}, of)
    parts = dict(explain(card, "A", "B").select("node", "contribution").iter_rows())
    assert parts == pytest.approx({"index": -2, "a": -2, "b": 0})
    # against the mean unit (2.5, 4): R = √10; half of R is each child's, and the difference again the first's
    parts = dict(explain(card, "A").select("node", "contribution").iter_rows())
    mean = 10**0.5
    assert parts == pytest.approx({"index": 2, "a": mean / 2 + 2 - mean, "b": mean / 2})


def test_logarithmic_mean() -> None:
    a, b = np.array([4.0, 1.0, 3.0]), np.array([1.0, 4.0, 3.0])
    np.testing.assert_allclose(logarithmic_mean(a, b), [3 / np.log(4), 3 / np.log(4), 3], rtol=1e-14)
    # just apart: the series and the quotient meet without a step
    for gap in (1e-12, 1e-8, 0.99e-4, 1.01e-4, 1e-2):
        x = np.array(2.0 * (1 + gap))
        exact = 2.0 * gap / np.log1p(gap)
        assert float(logarithmic_mean(x, np.array(2.0))) == pytest.approx(exact, rel=1e-12)


def test_shapley_by_hand() -> None:
    # the smaller of two: from (2, 4) to (6, 5): 2 to 5; first alone 2 to 4, second alone nothing
    worth = lambda rows: rows.min(axis=1)  # noqa: E731
    split = shapley(np.array([6.0, 5.0]), np.array([2.0, 4.0]), worth)
    parts = split.multiplier * np.array([4.0, 1.0]) + split.extra
    np.testing.assert_allclose(parts, [((4 - 2) + (5 - 2)) / 2, ((2 - 2) + (5 - 4)) / 2])


def test_shapley_of_many_children_is_sampled_and_adds_up() -> None:
    rng = np.random.default_rng(0)
    s, r = rng.uniform(0, 10, 16), rng.uniform(0, 10, 16)
    split = shapley(s, r, lambda rows: rows.min(axis=1))
    assert (split.multiplier * (s - r) + split.extra).sum() == pytest.approx(s.min() - r.min(), abs=1e-9)
    linear = shapley(s, r, lambda rows: rows @ np.arange(16.0))
    np.testing.assert_allclose(linear.multiplier, np.arange(16.0), atol=1e-9)


def test_objective_and_own_weights_are_explained_too() -> None:
    for weights in (method("entropy"), method("benefit_of_the_doubt")):
        card = random_card(method("arithmetic"), missing=False, weights=weights)
        for unit, whole in card.scores.filter(pl.col("node") == "index").select("unit", "score").iter_rows():
            check(explain(card, unit), whole)
            check(explain(card, unit, "U00"), whole - card.scores.filter(pl.col("node") == "index")["score"][0])


def test_columns_and_values() -> None:
    rows = explain(random_card(method("arithmetic")), "U00")
    assert rows.columns == ["node", "parent", "is_leaf", "value", "score", "weight", "contribution"]
    assert rows.filter(~pl.col("is_leaf"))["value"].null_count() == 4
    assert rows.filter("is_leaf")["value"].null_count() == 0


def test_unknown_units_and_units_without_a_score() -> None:
    card = random_card(method("arithmetic"))
    with pytest.raises(ScoringError, match="U99"):
        explain(card, "U99")
    empty = scored({"A": {"a": None}, "B": {"a": 1.0}, "C": {"a": 2.0}}, index(leaf("a")))
    assert explain(empty, "A")["contribution"].null_count() == 2
    with pytest.raises(ScoringError, match="has no score"):
        explain(empty, "B", "A")


def test_means_far_apart_are_split_without_a_word_in_the_log() -> None:
    found = logarithmic_mean(np.array([1e120, 2.0, 1.0]), np.array([1e-120, 2.0, 1.0 + 1e-6]))
    assert np.isclose(found[0], 1e120 / (np.log(1e120) - np.log(1e-120)), rtol=1e-12)
    assert found[1:] == pytest.approx([2.0, 1.0 + 5e-7], rel=1e-12)
