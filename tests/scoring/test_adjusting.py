"""Bonus, deduction and veto on the index's score."""

from __future__ import annotations

import pytest
from small_index import column, index, leaf, scored

from kcz_metrics.analysis.explain import explain
from kcz_metrics.errors import ScoringError
from kcz_metrics.scheme.policies import Adjustment

CITIES = {"A": {"a": 0.0}, "B": {"a": 5.0}, "C": {"a": 10.0}, "D": {"a": 9.0}}
MEASURES = {
    "fraud": {"A": 0.0, "B": 0.0, "C": 1.0, "D": 0.0},
    "complaints": {"A": 0.0, "B": 1.0, "C": 0.0, "D": 4.0},
    "cases": {"A": 2.0, "B": None, "C": 1.0, "D": 9.0},
}
RULES = (
    Adjustment(id="fraud", kind="veto", when={"measure": "fraud", "at_least": 1}, effect="not_ranked"),
    Adjustment(id="upheld", kind="deduction", formula="2 * complaints", cap=5),
    Adjustment(id="adopted", kind="bonus", formula="cases", cap=3),
)


def test_points_and_caps() -> None:
    card = scored(CITIES, index(leaf("a"), adjust=RULES), measures=MEASURES)
    assert column(card, "score") == {"A": 2, "B": 48, "C": 101, "D": 88}


def test_a_veto_takes_the_rank_and_leaves_the_score() -> None:
    card = scored(CITIES, index(leaf("a"), adjust=RULES), measures=MEASURES)
    assert column(card, "rank") == {"A": 3, "B": 2, "C": None, "D": 1}
    assert column(card, "status")["C"] == "not_ranked"
    assert column(card, "reason")["C"] == "veto:fraud"
    assert [t.render("en") for t in card.reasons["C"]] == ["vetoed: fraud"]


def test_adjustments_are_parts_of_the_score() -> None:
    card = scored(CITIES, index(leaf("a"), adjust=RULES), measures=MEASURES)
    rows = dict(explain(card, "D").select("node", "contribution").iter_rows())
    assert rows == {"index": 88, "a": 90, "upheld": -5, "adopted": 3}
    against = dict(explain(card, "D", "B").select("node", "contribution").iter_rows())
    assert against == {"index": 40, "a": 40, "upheld": -3, "adopted": 3}


def test_a_measure_that_is_not_there_is_said() -> None:
    with pytest.raises(ScoringError, match="complaints"):
        scored(CITIES, index(leaf("a"), adjust=RULES), measures={"fraud": MEASURES["fraud"]})
