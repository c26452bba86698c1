"""Drafts of weights: changed by copy, tried without touching the official scorecard, taken from a file only where it fits."""

import polars as pl
import pytest

from kcz_metrics.scheme import read_scheme
from kcz_metrics.scheme.models import Method
from kcz_metrics.scheme.writing import rewritten
from kcz_metrics.ui import trial

TEXT = """\
edition: "1"   # kept
indicators:
  a: {column: a}
  b: {column: b}
  c: {column: c}
indices:
  i:
    unit: thing
    normalise: {method: goalposts, lower: 0, upper: 1}
    tree:
      p: {weight: 1, children: {a: 1, b: 1}}   # a pillar
      q: {weight: 1, children: {c: 1}}
"""


@pytest.fixture
def scheme():
    made, issues = read_scheme(TEXT)
    assert made is not None, [i.render("en") for i in issues]
    return made


def values() -> pl.DataFrame:
    rows = {"x": (1.0, 0.9, 0.1), "y": (0.5, 0.5, 0.6), "z": (0.2, 0.1, 1.0)}
    return pl.DataFrame([{"unit": u, "a": a, "b": b, "c": c} for u, (a, b, c) in rows.items()])


@pytest.fixture
def card(scheme, tmp_path):
    from kcz_metrics.scoring import evaluate

    values().write_csv(tmp_path / "values.csv")
    return evaluate(scheme, "i", "2022", tmp_path / "values.csv")


def test_the_official_draft_changes_nothing(scheme, card):
    index = scheme.indices["i"]
    base = trial.official(index)
    assert dict(base.weights) == {"p": 1.0, "a": 1.0, "b": 1.0, "q": 1.0, "c": 1.0}
    assert trial.drafted(index, base) == index
    assert trial.tried(card, base).scores.equals(card.scores)


def test_weighing_gives_a_new_draft(scheme):
    base = trial.official(scheme.indices["i"])
    moved = base.weigh("q", 3)
    assert base.weights["q"] == 1.0
    assert moved.weights["q"] == 3.0


def test_a_draft_moves_the_ranking_and_leaves_the_official_one(card):
    before = card.scores.clone()
    moved = trial.tried(card, trial.official(card.index).weigh("q", 3))
    # x: (0.95 + 3·0.1)/4, y: (0.5 + 3·0.6)/4, z: (0.15 + 3·1)/4, on a scale to 100
    found = dict(moved.scores.filter(pl.col("node") == "i").select("unit", "score").iter_rows())
    assert found == pytest.approx({"x": 31.25, "y": 57.5, "z": 78.75})
    assert card.scores.equals(before)


def test_a_chosen_method_holds_for_the_whole_tree(scheme, card):
    draft = trial.Draft(trial.official(card.index).weights, weighting="equal", aggregate="geometric")
    index = trial.drafted(scheme.indices["i"], draft)
    assert (index.weights, index.aggregate) == (Method(method="equal"), Method(method="geometric"))
    found = dict(trial.tried(card, draft).scores.filter(pl.col("node") == "i").select("unit", "score").iter_rows())
    assert found["y"] == pytest.approx((50.0 * 60.0) ** 0.5)


def test_only_methods_without_parameters_are_offered():
    assert {"given", "equal", "entropy"} <= set(trial.WEIGHTINGS)
    assert {"arithmetic", "geometric"} <= set(trial.AGGREGATES)
    assert "power" not in trial.AGGREGATES, "needs p"
    assert "ahp" not in trial.WEIGHTINGS, "needs a matrix"


def test_comparison_within_the_group(card):
    moved = trial.tried(card, trial.official(card.index).weigh("q", 3))
    found = trial.compare(card, moved, None)
    # official: x 52.5, y 55, z 57.5 → z y x; trial: z y x
    assert found.rows.select("unit", "before", "after", "move").rows() == [("z", 1, 1, 0), ("y", 2, 2, 0), ("x", 3, 3, 0)]
    assert (found.tau, found.rho) == (1.0, 1.0)
    turned = trial.compare(card, trial.tried(card, trial.official(card.index).weigh("p", 3)), None)
    assert turned.rows["unit"].to_list() == ["x", "y", "z"]
    assert turned.tau == -1.0
    assert turned.moved(2)["unit"].to_list() == ["x", "z"]
    assert not turned.first_unchanged(1)
    assert turned.first_unchanged(3)


def test_a_saved_draft_comes_back_and_comments_stay(scheme):
    draft = trial.Draft(trial.official(scheme.indices["i"]).weigh("q", 2.5).weights, aggregate="geometric")
    changed = scheme.model_copy(update={"indices": {"i": trial.drafted(scheme.indices["i"], draft)}})
    text = rewritten(TEXT, changed)
    assert "# kept" in text
    assert "# a pillar" in text
    other, _ = read_scheme(text)
    assert other is not None
    assert trial.taken_over(scheme, "i", other) == (draft, 0)


def test_what_does_not_belong_to_the_draft_is_counted_and_left_aside(scheme):
    other, _ = read_scheme(TEXT.replace("a: {column: a}", "a: {column: a, direction: down}"))
    assert other is not None
    draft, aside = trial.taken_over(scheme, "i", other)
    assert draft == trial.official(scheme.indices["i"])
    assert aside == 1


def test_another_tree_is_not_taken(scheme):
    other, _ = read_scheme(TEXT.replace("{a: 1, b: 1}", "{a: 1}"))
    assert other is not None
    assert trial.taken_over(scheme, "i", other) == (None, 0)
