"""Strengths, weaknesses and peers; what moved between two scorecards."""

from __future__ import annotations

import pytest
from small_index import index, leaf, method, pillar, scored

from kcz_metrics.analysis.movement import movement
from kcz_metrics.analysis.standing import peers, strengths, weaknesses
from kcz_metrics.errors import ScoringError
from kcz_metrics.scoring import Scorecard, rescore

TEN = [f"U{n}" for n in range(10)]


def card(**settings: object) -> Scorecard:
    """U0 is best on a and worst on b; c is the same for most; d few have; e of U0 is filled in."""
    cells = {
        unit: {
            "a": 10.0 - n,
            "b": float(n),
            "c": 5.0 if n < 9 else 0.0,
            "d": float(10 - n) if n < 4 else None,
            "e": None if n == 0 else float(n),
        }
        for n, unit in enumerate(TEN)
    }
    of = index(pillar("p", leaf("a", 3), leaf("b", 1)), pillar("q", leaf("c"), leaf("d"), leaf("e")), impute=method("mean"), **settings)
    own = {"d": {"impute": method("none")}}
    return scored(cells, of, own, columns={"kind": ["x", "y"] * 5, "size": list(range(10)), "code": TEN})


def test_strengths_and_weaknesses_are_sure_ones() -> None:
    strong, weak = strengths(card(), "U0"), weaknesses(card(), "U0")
    assert strong.select("node", "parent", "rank", "of").rows() == [("a", "p", 1, 10)]
    assert strong["gap"][0] == pytest.approx(50)
    assert weak["node"].to_list() == ["b"]
    assert weak["gap"][0] == pytest.approx(-50)


def test_a_value_most_share_is_no_strength() -> None:
    assert "c" not in strengths(card(), "U1")["node"]
    assert "c" in weaknesses(card(), "U9")["node"]


def test_the_middle_has_neither() -> None:
    assert strengths(card(), "U4").height == 0
    assert weaknesses(card(), "U4").height == 0


def test_peers_are_near_in_context_and_rank() -> None:
    rows = peers(card(), "U4", k=3)
    assert rows.columns == ["unit", "distance", "rank", "score"]
    assert rows.height == 3
    assert rows["distance"].is_sorted()
    assert "U4" not in rows["unit"]
    # same kind, nearest in size
    assert set(peers(card(), "U4", k=2, columns=["kind", "size"])["unit"]) <= {"U2", "U6", "U5", "U3"}
    assert peers(card(), "U4", k=1, columns=["kind", "size"])["unit"][0] in ("U2", "U6")


def test_peers_stay_within_the_group() -> None:
    assert set(peers(card(group="kind"), "U4", k=9)["unit"]) == {"U0", "U2", "U6", "U8"}


def test_unknown_units_are_said() -> None:
    for ask in (strengths, weaknesses, peers):
        with pytest.raises(ScoringError, match="U99"):
            ask(card(), "U99")  # type: ignore[operator]


def test_movement() -> None:
    before = scored({"A": {"a": 1.0}, "B": {"a": 2.0}, "C": {"a": 3.0}}, index(leaf("a")))
    now = scored({"A": {"a": 3.0}, "B": {"a": 2.0}, "D": {"a": 1.0}}, index(leaf("a")))
    rows = {r["unit"]: r for r in movement(now, before).iter_rows(named=True)}
    assert {u: (r["rank_change"], r["score_change"], r["status"]) for u, r in rows.items()} == {
        "A": (2, 100, "both"),
        "B": (0, 0, "both"),
        "D": (None, None, "new"),
        "C": (None, None, "gone"),
    }


def test_movement_of_a_node_between_two_sets_of_weights() -> None:
    given = card()
    moved = movement(rescore(given, {"a": 1, "b": 9}), given, "p")
    assert moved.filter(moved["unit"] == "U0")["rank_change"][0] < 0
    assert moved.filter(moved["unit"] == "U9")["rank_change"][0] > 0
