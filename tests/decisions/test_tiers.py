"""Tiers by seats and by thresholds, and how far a unit is from the borders."""

from __future__ import annotations

from typing import Any

import pytest
from small_index import index, leaf, method, scored

from kcz_metrics.decisions.tiers import assign
from kcz_metrics.scheme.models import Override, Rank, Screen
from kcz_metrics.scheme.policies import Level, Tiers

CITIES = {unit: {"a": value} for unit, value in {"A": 90.0, "B": 80.0, "C": 80.0, "D": 70.0, "E": 50.0, "F": 10.0}.items()}


def tiers(levels: list[Level], cells: Any = None, **settings: Any) -> dict[str, dict[str, Any]]:
    of = index(leaf("a"), normalise=method("none"), tiers=Tiers(levels=tuple(levels)), **settings)
    card = scored(cells or CITIES, of)
    return {row["unit"]: row for row in assign(card).iter_rows(named=True)}


def names(rows: dict[str, dict[str, Any]]) -> dict[str, str | None]:
    return {unit: row["tier"] for unit, row in rows.items()}


def test_by_seats_the_last_takes_the_rest() -> None:
    rows = tiers([Level(id="hub", seats=1), Level(id="lead", seats=3), Level(id="build", seats=1)])
    assert names(rows) == {"A": "hub", "B": "lead", "C": "lead", "D": "lead", "E": "build", "F": "build"}


def test_units_tied_at_the_border_are_both_in() -> None:
    rows = tiers([Level(id="hub", seats=2), Level(id="lead", seats=2), Level(id="build")])
    assert names(rows) == {"A": "hub", "B": "hub", "C": "hub", "D": "lead", "E": "build", "F": "build"}


def test_by_thresholds() -> None:
    rows = tiers([Level(id="hub", at_least=85), Level(id="lead", at_least=70), Level(id="build")])
    assert names(rows) == {"A": "hub", "B": "lead", "C": "lead", "D": "lead", "E": "build", "F": "build"}
    assert (rows["D"]["border_above"], rows["D"]["to_above"], rows["D"]["border_below"], rows["D"]["over_below"]) == (85, 15, 70, 0)
    assert (rows["A"]["border_above"], rows["A"]["border_below"], rows["A"]["over_below"]) == (None, 85, 5)
    assert (rows["F"]["border_above"], rows["F"]["border_below"]) == (70, None)


def test_seats_and_threshold_together_ask_for_both() -> None:
    rows = tiers([Level(id="hub", seats=3, at_least=85), Level(id="lead")])
    assert names(rows)["B"] == "lead"


def test_distances_by_seats() -> None:
    rows = tiers([Level(id="hub", seats=1), Level(id="lead", seats=3), Level(id="build")])
    assert (rows["A"]["border_below"], rows["A"]["over_below"]) == (80, 10)
    assert (rows["D"]["border_above"], rows["D"]["to_above"]) == (90, 20)
    assert (rows["D"]["border_below"], rows["D"]["over_below"]) == (50, 20)
    assert (rows["E"]["border_above"], rows["E"]["to_above"], rows["E"]["place"]) == (70, 20, 5)


def test_published_scores_decide_where_decimals_are_set() -> None:
    close = {"A": {"a": 85.04}, "B": {"a": 84.96}, "C": {"a": 84.94}}
    rows = tiers([Level(id="hub", at_least=85), Level(id="lead")], close, rank=Rank(decimals=1))
    assert names(rows) == {"A": "hub", "B": "hub", "C": "lead"}


def test_those_not_ranked_have_no_tier() -> None:
    rows = tiers([Level(id="hub", seats=2), Level(id="lead")], screen=Screen(exclude=(Override(unit="A"),)))
    assert names(rows) == {"A": None, "B": "hub", "C": "hub", "D": "lead", "E": "lead", "F": "lead"}
    assert rows["A"]["place"] is None


def test_seats_go_over_all_groups() -> None:
    of = index(leaf("a"), normalise=method("none"), group="kind", tiers=Tiers(levels=(Level(id="hub", seats=2), Level(id="lead"))))
    card = scored(CITIES, of, columns={"kind": ["x", "x", "x", "y", "y", "y"]})
    assert assign(card)["tier"].to_list() == ["hub", "hub", "hub", "lead", "lead", "lead"]


@pytest.mark.parametrize("cells", [CITIES, {"A": {"a": None}}])
def test_without_levels_there_are_no_tiers(cells: Any) -> None:
    rows = assign(scored(cells, index(leaf("a"), normalise=method("none"))))
    assert rows["tier"].null_count() == rows.height
