"""The pipeline from values to ranks, by hand arithmetic."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest
from small_index import cells, column, index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.errors import SchemeError, ScoringError
from kcz_metrics.scheme.models import Denominate, Name, Rank, Scale
from kcz_metrics.scoring import rescore, score

#: a: 0, 25, 50, 100; b, downward: 100, 0, 50, 0
CITIES = {"A": {"a": 2.0, "b": 1.0}, "B": {"a": 4.0, "b": 3.0}, "C": {"a": 6.0, "b": 2.0}, "D": {"a": 10.0, "b": 3.0}}
DOWN = {"b": {"direction": "down"}}


def test_scores_and_ranks_by_hand() -> None:
    card = scored(CITIES, index(leaf("a", 3), leaf("b", 1)), DOWN)
    assert column(card, "score") == {"A": 25, "B": 18.75, "C": 50, "D": 75}
    assert column(card, "rank") == {"A": 3, "B": 4, "C": 2, "D": 1}
    assert column(card, "rank", "b") == {"A": 1, "B": 3, "C": 2, "D": 3}
    assert cells(card, "normalised", "b") == {"A": 100, "B": 0, "C": 50, "D": 0}


def test_every_node_has_a_row_for_every_unit() -> None:
    card = scored(CITIES, index(pillar("p", leaf("a"), leaf("b"))), DOWN)
    assert card.scores.height == 4 * 4
    assert card.scores["node"].unique().sort().to_list() == ["a", "b", "index", "p"]
    assert card.scores.columns == ["unit", "period", "group", "node", "score", "published", "rank", "coverage", "status", "reason"]
    assert set(card.scores["status"]) == {"ranked"}


def test_published_is_rounded_and_shares_a_rank() -> None:
    close = {"A": {"a": 0.0}, "B": {"a": 49.996}, "C": {"a": 50.004}, "D": {"a": 100.0}}
    card = scored(close, index(leaf("a"), rank=Rank(decimals=2)))
    assert column(card, "published") == {"A": 0, "B": 50, "C": 50, "D": 100}
    assert column(card, "rank") == {"A": 4, "B": 2, "C": 2, "D": 1}
    exact = scored(close, index(leaf("a")))
    assert column(exact, "rank") == {"A": 4, "B": 3, "C": 2, "D": 1}
    assert column(exact, "published") == column(exact, "score")


@pytest.mark.parametrize(
    "ties, places", [("competition", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3]), ("average", [1, 2.5, 2.5, 4]), ("ordinal", [1, 3, 2, 4])]
)
def test_ties(ties: str, places: list[float]) -> None:
    tied = {"A": {"a": 9.0, "b": 9.0}, "B": {"a": 4.0, "b": 6.0}, "C": {"a": 6.0, "b": 4.0}, "D": {"a": 1.0, "b": 1.0}}
    rank = Rank(ties=ties, tie_break=("a",) if ties == "ordinal" else ())
    card = scored(tied, index(leaf("a"), leaf("b"), rank=rank, normalise=method("none")))
    assert list(column(card, "rank").values()) == places


def test_missing_leaves_are_left_out_of_the_weights() -> None:
    card = scored({**CITIES, "E": {"a": 6.0, "b": None}}, index(leaf("a", 3), leaf("b", 1)), DOWN)
    assert column(card, "score")["E"] == 50
    assert column(card, "coverage")["E"] == 0.75
    assert column(card, "status", "b")["E"] == "missing"


def test_children_coverage_by_weight() -> None:
    of = index(pillar("p", leaf("a", 3), leaf("b", 1), children_coverage=0.8), leaf("c"))
    card = scored({"A": {"a": 1.0, "b": None, "c": 5.0}, "B": {"a": 2.0, "b": 3.0, "c": 9.0}, "C": {"a": 3.0, "b": 4.0, "c": 7.0}}, of)
    assert column(card, "score", "p")["A"] is None
    assert column(card, "score") == {"A": 0, "B": (0.75 * 50 + 0.25 * 0 + 100) / 2, "C": (100 + 50) / 2}


def test_what_does_not_apply_leaves_the_weights() -> None:
    of = index(pillar("p", leaf("a"), leaf("b"), weight=1), pillar("q", leaf("c"), weight=1))
    given = {
        "A": {"a": 0.0, "b": "not_applicable", "c": 10.0},
        "B": {"a": 10.0, "b": 4.0, "c": "not_applicable"},
        "C": {"a": 5.0, "b": 8.0, "c": 0.0},
    }
    card = scored(given, of)
    # A: p is a alone: 0; B: q is out: p alone: (100 + 0)/2; C: (50 + 100)/2 and 0
    assert column(card, "score") == {"A": 50, "B": 50, "C": 37.5}
    assert column(card, "status", "b")["A"] == "not_applicable"
    assert column(card, "status", "q")["B"] == "not_applicable"
    assert set(column(card, "coverage").values()) == {1.0}
    assert column(card, "coverage", "q")["B"] is None
    weights = {(u, n): w for u, n, w in card.weights.select("unit", "node", "effective_weight").iter_rows()}
    assert weights[None, "a"] == 0.25
    assert (weights["A", "a"], weights["A", "b"], weights["A", "c"]) == (0.5, 0, 0.5)
    assert (weights["B", "p"], weights["B", "a"], weights["B", "q"]) == (1, 0.5, 0)
    assert ("C", "a") not in weights


def test_effective_weight_is_the_product_down_the_tree() -> None:
    card = scored(CITIES, index(pillar("p", leaf("a", 3), leaf("b", 1), weight=1)), DOWN)
    rows = {n: (w, e, p) for n, w, e, p in card.weights.select("node", "weight", "effective_weight", "parent").iter_rows()}
    assert rows == {"index": (1, 1, None), "p": (1, 1, "index"), "a": (0.75, 0.75, "p"), "b": (0.25, 0.25, "p")}


def test_denominators() -> None:
    per_head = {"a": {"denominate": Denominate(by="people", scale=100)}}
    given = {"A": {"a": 10.0}, "B": {"a": 10.0}, "C": {"a": 10.0}, "D": {"a": 10.0}}
    people = {"people": {"A": 10.0, "B": 20.0, "C": 0.0, "D": None}}
    card = scored(given, index(leaf("a")), per_head, denominators=people)
    assert cells(card, "denominated", "a") == {"A": 100, "B": 50, "C": None, "D": None}
    assert cells(card, "denominated", "a", "status") == {"A": "ok", "B": "ok", "C": "missing", "D": "missing"}
    assert cells(card, "values", "a") == {"A": 10, "B": 10, "C": 10, "D": 10}


def test_transform_applies_to_values_and_goalposts() -> None:
    given = {"A": {"a": 100.0}, "B": {"a": 1000.0}, "C": {"a": 10000.0}, "D": {"a": 0.0}}
    card = scored(given, index(leaf("a")), {"a": {"transform": "log10", "normalise": method("goalposts", lower=100, upper=10000)}})
    assert cells(card, "normalised", "a") == {"A": 0, "B": 50, "C": 100, "D": None}
    assert cells(card, "values", "a")["D"] == 0


def test_a_goalpost_outside_the_transform_is_an_error() -> None:
    with pytest.raises(SchemeError, match="log"):
        scored(CITIES, index(leaf("a")), {"a": {"transform": "log", "normalise": method("goalposts", lower=0, upper=10)}})


def test_scale_maps_bounded_methods_only() -> None:
    for name, expected in (("minmax", [1, 3.25, 5.5, 10]), ("rank", [1, 2, 3, 4])):
        card = scored(CITIES, index(leaf("a"), normalise=method(name), scale=Scale(lower=1, upper=10)))
        assert list(column(card, "score").values()) == expected


def test_bands_are_scores_on_the_scale_already() -> None:
    banded = method("bands", steps=((4, 40), (9, 70)), otherwise=100)
    assert list(column(scored(CITIES, index(leaf("a"), normalise=banded)), "score").values()) == [40, 40, 70, 100]


def test_within_groups() -> None:
    kinds = {"kind": ["x", "x", "y", "y"]}
    card = scored(CITIES, index(leaf("a"), group="kind"), columns=kinds)
    assert column(card, "score") == {"A": 0, "B": 100, "C": 0, "D": 100}
    assert column(card, "rank") == {"A": 2, "B": 1, "C": 2, "D": 1}
    assert column(card, "group") == {"A": "x", "B": "x", "C": "y", "D": "y"}
    with pytest.raises(ScoringError, match="nowhere"):
        scored(CITIES, index(leaf("a"), group="nowhere"), columns=kinds)


def test_methods_of_an_indicator_and_of_a_node_override_the_index() -> None:
    of = index(pillar("p", leaf("a"), leaf("b"), aggregate=method("minimum")), leaf("c"), aggregate=method("arithmetic"))
    given = {unit: {**row, "c": row["a"]} for unit, row in CITIES.items()}
    card = scored(given, of, {**DOWN, "c": {"normalise": method("goalposts", lower=0, upper=20)}})
    assert column(card, "score", "p") == {"A": 0, "B": 0, "C": 50, "D": 0}
    assert column(card, "score", "c") == {"A": 10, "B": 20, "C": 30, "D": 50}


def test_objective_weights_read_the_children() -> None:
    card = scored(CITIES, index(leaf("a"), leaf("b"), weights=method("standard_deviation")), DOWN)
    spread = {n: np.std(list(column(card, "score", n).values()), ddof=1) for n in ("a", "b")}
    shares = dict(card.weights.select("node", "weight").iter_rows())
    assert shares["a"] == pytest.approx(spread["a"] / (spread["a"] + spread["b"]))


def test_benefit_of_the_doubt_puts_the_best_at_the_top_of_the_scale() -> None:
    card = scored(CITIES, index(leaf("a"), leaf("b"), weights=method("benefit_of_the_doubt")), DOWN)
    scores = column(card, "score")
    assert scores["A"] == pytest.approx(100)
    assert scores["D"] == pytest.approx(100)
    assert max(scores.values()) <= 100 + 1e-9
    assert card.weights["unit"].null_count() == 0


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic"])
def test_zero_and_negative_scores(aggregate: str) -> None:
    card = scored(CITIES, index(leaf("a"), leaf("b"), aggregate=method(aggregate)), DOWN)
    assert column(card, "score") == {"A": 0, "B": 0, "C": pytest.approx(50), "D": 0}
    with pytest.raises(ScoringError, match="negative") as caught:
        scored(CITIES, index(leaf("a"), leaf("b"), aggregate=method(aggregate), normalise=method("zscore")), DOWN)
    assert "index" in caught.value.render("zh")


def test_weights_given_in_place_of_the_schemes() -> None:
    of = index(leaf("a", 3), leaf("b", 1), weight_sets={"turned": {"a": 1, "b": 3}})
    for weights in ({"a": 1, "b": 3}, "turned"):
        assert column(scored(CITIES, of, DOWN, weights=weights), "score")["A"] == 75
    assert column(scored(CITIES, of, DOWN, weights={"b": 0}), "score")["A"] == 0


@pytest.mark.parametrize(
    "weights, message",
    [
        ({"c": 1}, "no node c"),
        ({"a": -1}, "not below zero"),
        ({"a": float("nan")}, "not below zero"),
        ({"a": 0, "b": 0}, "cannot all be zero"),
        ("other", "no weight set called other"),
    ],
)
def test_wrong_weights_are_errors(weights: object, message: str) -> None:
    with pytest.raises(ScoringError, match=message):
        scored(CITIES, index(leaf("a"), leaf("b")), DOWN, weights=weights)


def test_rescore_is_scoring_with_other_weights() -> None:
    of = index(pillar("p", leaf("a", 3), leaf("b", 1)), leaf("c"), treat=method("winsorise"))
    given = {unit: {**row, "c": row["b"]} for unit, row in CITIES.items()}
    card = scored(given, of, DOWN)
    moved = rescore(card, {"a": 1, "c": 5})
    assert moved.scores.equals(scored(given, of, DOWN, weights={"a": 1, "c": 5}).scores)
    assert rescore(moved, None).scores.equals(card.scores)
    assert rescore(card, None).weights.equals(card.weights)


def test_no_values_of_the_period_is_said() -> None:
    of = index(leaf("a"))
    with pytest.raises(ScoringError, match="2021") as caught:
        score(values({"2022": CITIES}), of, "2021", scheme(of))
    assert "2022" in caught.value.render("en")


def test_parameters_that_do_not_fit_are_said() -> None:
    with pytest.raises(SchemeError, match="goalposts"):
        scored(CITIES, index(leaf("a"), normalise=method("goalposts", lower=3)))
    with pytest.raises(SchemeError, match="minmaxx"):
        scored(CITIES, index(leaf("a"), normalise=method("minmaxx")))


DEGENERATE = {
    "one unit": {"A": {"a": 1.0, "b": 2.0}},
    "constant column": {"A": {"a": 1.0, "b": 2.0}, "B": {"a": 1.0, "b": 3.0}},
    "all missing": {"A": {"a": None, "b": None}, "B": {"a": None, "b": None}},
    "all tied": {u: {"a": 1.0, "b": 2.0} for u in "ABCDE"},
    "nothing applies": {"A": {"a": "not_applicable", "b": "not_applicable"}, "B": {"a": 1.0, "b": 1.0}},
}


@pytest.mark.parametrize("given", DEGENERATE.values(), ids=DEGENERATE)
@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "harmonic", "minimum", "mazziotta_pareto", "copeland", "topsis", "vikor"])
@pytest.mark.parametrize("normalise", ["minmax", "percentile_rank", "fraction_of_max"])
def test_degenerate_values_give_scores_or_nothing(given: dict, aggregate: str, normalise: str) -> None:
    of = index(
        leaf("a"),
        leaf("b"),
        aggregate=method(aggregate),
        normalise=method(normalise),
        treat=method("winsorise", otherwise="log_ct"),
        impute=method("median"),
        weights=method("entropy"),
    )
    card = scored(given, of)
    for name in ("score", "published", "coverage"):
        assert not card.scores[name].is_nan().any()
        assert not card.scores[name].is_infinite().any()
    scored_rows = card.scores.filter(pl.col("score").is_not_null())
    assert scored_rows["rank"].null_count() == 0
    for name in ("values", "imputed", "treated", "normalised", "weights"):
        numbers = card.stage(name).select(pl.col(pl.Float64))
        assert not any(column.is_nan().any() or column.is_infinite().any() for column in numbers)


def test_the_scorecard_and_its_input_stay_as_they_are() -> None:
    given = values({"2022": CITIES})
    before = given.frame.clone()
    of = index(leaf("a"), leaf("b"), impute=method("mean"), treat=method("winsorise"))
    card = score(given, of, "2022", scheme(of, DOWN))
    assert given.frame.equals(before)
    raw = card.run.stage("values").copy()
    rescore(card, {"a": 9})
    np.testing.assert_array_equal(card.run.stage("values"), raw)
    with pytest.raises(dataclasses.FrozenInstanceError):
        card.period = "2023"  # type: ignore[misc]


def test_names_in_reasons_are_those_of_the_scheme() -> None:
    of = index(leaf("a"), leaf("b"), screen={"required": ("b",)})
    card = scored({**CITIES, "E": {"a": 1.0, "b": None}}, of, {"b": {"name": Name(zh="乙", en="Bee")}})
    assert [text.render("en") for text in card.reasons["E"]] == ["required indicator Bee is missing"]
    assert [text.render("zh") for text in card.reasons["E"]] == ["缺少必备指标 乙"]


def test_a_denominator_that_is_not_there_is_said() -> None:
    with pytest.raises(ScoringError, match="people"):
        scored(CITIES, index(leaf("a")), {"a": {"denominate": Denominate(by="people")}})


def test_a_run_is_copied_as_dataclasses_do_it() -> None:
    run = scored({"A": {"a": 1.0}, "B": {"a": 2.0}}, index(leaf("a"))).run
    ours, theirs = run.but(done=3), dataclasses.replace(run, done=3)
    assert (ours.done, run.done) == (3, 9)
    assert all(getattr(ours, field.name) is getattr(theirs, field.name) for field in dataclasses.fields(run) if field.name != "done")
    with pytest.raises(TypeError, match="nothing_such"):
        run.but(nothing_such=1)
