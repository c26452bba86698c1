"""Units in their first months are weighed by the set for them: scores by hand, weights shown, parts that add up, draws around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from kcz_metrics.analysis.explain import explain
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate, rescore
from kcz_metrics.store import Store

AFTER = {"match": 18, "expected": 12, "practicality": 28, "performance": 28, "mechanism": 14}
FIRST = {"match": 36, "expected": 24, "practicality": 16, "performance": 16, "mechanism": 8}


@pytest.fixture(scope="module")
def card(sample_store: Store, shipped_scheme: Scheme) -> Any:
    return evaluate(shipped_scheme, "team_score", "2022", sample_store.snapshot())


def by_hand(card: Any, weights_of: Any) -> dict[str, float]:
    """Weighted means of the pillars there are."""
    pillars: dict[str, dict[str, float]] = {}
    for unit, node, score in (
        card.scores.filter(pl.col("node").is_in(list(AFTER))).drop_nulls("score").select("unit", "node", "score").iter_rows()
    ):
        pillars.setdefault(unit, {})[node] = score
    found = {}
    for unit, scores in pillars.items():
        weights = weights_of(unit)
        found[unit] = sum(weights[p] * s for p, s in scores.items()) / sum(weights[p] for p in scores)
    return found


def test_a_team_in_its_first_year_is_weighed_by_the_set_for_it(card: Any) -> None:
    founded = dict(card.units.select("unit", "active_from").iter_rows())
    young = {unit for unit, day in founded.items() if (day.year, day.month, day.day) > (2022, 1, 1)}
    given = dict(card.scores.filter(node="team_score").drop_nulls("score").select("unit", "score").iter_rows())
    expected = by_hand(card, lambda unit: FIRST if unit in young else AFTER)
    assert len(young & set(given)) >= 5
    assert given == pytest.approx({unit: expected[unit] for unit in given}, abs=1e-9)
    otherwise = by_hand(card, lambda unit: AFTER)
    assert any(abs(given[unit] - otherwise[unit]) > 0.5 for unit in young & set(given))


def test_the_weights_shown_are_those_used_and_the_parts_add_up(card: Any) -> None:
    shown = card.weights
    for unit, total in card.scores.filter(node="team_score").drop_nulls("score").select("unit", "score").iter_rows():
        parts = explain(card, unit)
        leaves = parts.filter("is_leaf")["contribution"].sum()
        assert leaves == pytest.approx(total)
        mine = shown.filter(unit=unit, parent="team_score")
        if mine.height:
            assert dict(mine.select("node", "weight").iter_rows()) == pytest.approx({p: w / 100 for p, w in FIRST.items()})


def test_in_the_year_after_it_is_weighed_as_all_are(sample_store: Store, shipped_scheme: Scheme) -> None:
    before = evaluate(shipped_scheme, "team_score", "2021", sample_store.snapshot())
    now = evaluate(shipped_scheme, "team_score", "2022", sample_store.snapshot())
    young = [set(c.weights["unit"].drop_nulls()) for c in (before, now)]
    assert young[0]
    assert not young[0] & young[1]


def test_moved_weights_keep_the_lean_of_a_first_year(card: Any) -> None:
    moved = rescore(card, {"match": 36})
    unit = card.weights["unit"].drop_nulls()[0]
    mine = dict(moved.weights.filter(unit=unit, parent="team_score").select("node", "weight").iter_rows())
    raw = {p: w * (2 if p == "match" else 1) for p, w in FIRST.items()}
    assert mine == pytest.approx({p: w / sum(raw.values()) for p, w in raw.items()})


def test_runs_of_the_block_start_from_the_same_scores(card: Any) -> None:
    from kcz_metrics.analysis.robustness import Doubts, robustness
    from kcz_metrics.scoring.variants import declared

    drawn = robustness(card, Doubts(declared(card.index, 1000, 2022))).frame().drop_nulls("score_p5")
    given = dict(card.scores.filter(node="team_score").select("unit", "score").iter_rows())
    inside = [low - 1e-9 <= given[unit] <= high + 1e-9 for unit, low, high in drawn.select("unit", "score_p5", "score_p95").iter_rows()]
    assert np.mean(inside) > 0.9


def test_a_rule_names_a_weight_set_there_is() -> None:
    from pathlib import Path

    from kcz_metrics.scheme.reading import read_scheme

    text = (Path(__file__).parents[2] / "indicators.yaml").read_text(encoding="utf-8").replace("{set: first_year,", "{set: first_yaer,")
    _, issues = read_scheme(text, "x.yaml")
    assert [issue.code for issue in issues if issue.level == "error"] == ["unknown_weight_set"]


def test_a_list_marks_those_weighed_by_the_set_for_them(card: Any) -> None:
    from kcz_metrics.ui.marking import starting

    marked = set(starting(card))
    assert marked >= set(card.weights["unit"].drop_nulls())
    founded = dict(card.units.select("unit", "active_from").iter_rows())
    assert all(founded[unit].year == 2022 for unit in marked)
    assert len(marked) == sum((day.year, day.month, day.day) > (2022, 1, 1) for day in founded.values())
