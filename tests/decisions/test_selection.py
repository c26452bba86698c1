"""Selections by hand: ladder, panel, displacement, bars, quotas that cannot be met, the number of seats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest

from kcz_metrics.decisions import relaxing
from kcz_metrics.decisions.cutline import cut_line
from kcz_metrics.decisions.selection import Selection, select
from kcz_metrics.errors import DecisionError
from kcz_metrics.scheme.selections import Selection as Policy


def policy(target: int, **more: Any) -> Policy:
    seats = {"target": target, **more.pop("seats", {})}
    return Policy.model_validate({"index": "i", "seats": seats, **more})


def teams(scores: Mapping[str, float | None], **columns: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"unit": list(scores), "score": list(scores.values()), **columns}, schema_overrides={"score": pl.Float64})


def told(found: Selection, *columns: str) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in found.units.select("unit", *columns).iter_rows()}


def chosen(found: Selection) -> set[str]:
    return set(found.units.filter("selected")["unit"])


def test_a_cap_displaces_and_says_whom_and_by_how_much() -> None:
    # A, B, C of one body, at most two: C makes room for D, 3.50 points lower
    frame = teams({"A": 90.0, "B": 85.0, "C": 83.5, "D": 80.0, "E": 70.0}, org=["o", "o", "o", "p", "p"])
    found = select(frame, policy(3, at_most=[{"by": "org", "seats": 2}], reserves=2))
    assert told(found, "selected", "reason", "quota", "displaced_by", "by_points", "reserve", "plain") == {
        "A": (True, "score", None, None, None, None, True),
        "B": (True, "score", None, None, None, None, True),
        "C": (False, "quota", "at_most.0:o", "D", 3.5, 1, True),
        "D": (True, "quota", None, None, None, None, False),
        "E": (False, "score", None, None, None, 2, False),
    }
    assert (found.total, found.score, found.plain_score) == (255.0, 255.0, 258.5)
    prices = found.prices.select("line", "value", "taken", "binding", "price").rows()
    assert prices == [
        ("at_most.0", None, None, True, 3.5),
        ("at_most.0", "o", 2, True, 3.5),
        ("at_most.0", "p", 1, False, 0.0),
    ]


def test_a_least_number_keeps_a_seat() -> None:
    frame = teams({"A": 90.0, "B": 85.0, "C": 60.0}, area=["east", "east", "west"])
    found = select(frame, policy(2, at_least=[{"where": {"area": {"in": ["west", "northeast"]}}, "seats": 1}]))
    assert told(found, "reason", "quota", "displaced_by", "by_points") == {
        "A": ("score", None, None, None),
        "B": ("quota", "at_least.0", "C", 25.0),
        "C": ("quota", "at_least.0", None, None),
    }
    assert found.prices["price"].to_list() == [25.0]


def test_the_best_set_is_not_the_best_one_by_one() -> None:
    # A alone is best, but with A only C fits; B and D together have more
    frame = teams({"A": 90.0, "B": 89.0, "C": 50.0, "D": 80.0}, x=["k", "k", "m", "m"], y=["r", "s", "s", "r"])
    found = select(frame, policy(2, at_most=[{"by": "x", "seats": 1}, {"by": "y", "seats": 1}]))
    assert chosen(found) == {"B", "D"}
    assert told(found, "reason", "displaced_by", "by_points")["A"][1:] == ("D", 10.0)


def test_preference_counts_in_points_and_is_named() -> None:
    frame = teams({"A": 80.0, "B": 79.5, "C": 79.2}, supported_before=[False, False, True])
    found = select(frame, policy(2, prefer={"supported_before": 1.0}))
    assert told(found, "points", "selected", "reason", "displaced_by", "by_points") == {
        "A": (80.0, True, "score", None, None),
        "B": (79.5, False, "prefer", "C", pytest.approx(0.3)),
        "C": (80.2, True, "prefer", None, None),
    }


@pytest.mark.parametrize(
    "performance, share, before, ties, who, by",
    [
        ([70.0, 71.0], [0.9, 0.1], [1, 2], ["performance", "share", "previous_rank"], {"A", "C"}, "performance"),
        ([70.0, 70.0], [0.9, 0.1], [9, 2], ["performance", "share", "previous_rank"], {"A", "B"}, "share"),
        ([70.0, 70.0], [0.5, 0.5], [9, 2], ["performance", "share", "previous_rank"], {"A", "C"}, "previous_rank"),
        ([70.0, 70.0], [0.5, 0.5], [9, None], ["performance", "share", "previous_rank"], {"A", "B"}, "previous_rank"),
        ([70.0, None], [0.1, 0.9], [9, 2], ["performance"], {"A", "B"}, "performance"),
    ],
    ids=["performance", "evidence", "rank", "no rank before", "nothing known is last"],
)
def test_the_ladder_decides_between_equals(
    performance: list[Any], share: list[float], before: list[Any], ties: list[str], who: set[str], by: str
) -> None:
    # 80.004 and 79.996 are both published as 80.00
    frame = teams(
        {"A": 90.0, "B": 80.004, "C": 79.996}, performance=[1.0, *performance], share=[0.0, *share],
        previous_rank=pl.Series([1, *before], dtype=pl.Int64),
    )  # fmt: skip
    found = select(frame, policy(2, ties=ties, reserves=1))
    assert chosen(found) == who
    assert found.decided_by == by
    assert told(found, "reason", "reserve")[({"B", "C"} - who).pop()] == ("tie", 1)


def test_what_nothing_decides_is_for_the_panel() -> None:
    frame = teams({"A": 90.0, "B": 80.0, "C": 80.0, "D": 80.0, "E": 70.0})
    found = select(frame, policy(3, reserves=1))
    assert chosen(found) == {"A"}
    assert (found.seats, found.open_seats, found.total) == (3, 2, 250.0)
    assert told(found, "selected", "reason", "reserve") == {
        "A": (True, "score", None),
        "B": (False, "panel", None),
        "C": (False, "panel", None),
        "D": (False, "panel", None),
        "E": (False, "score", 1),
    }


def test_equal_reserves_share_a_place_and_none_is_cut_off() -> None:
    frame = teams({"A": 90.0, "B": 80.0, "C": 70.0, "D": 70.0, "E": 60.0})
    assert told(select(frame, policy(1, reserves=2)), "reserve") == {"A": (None,), "B": (1,), "C": (2,), "D": (2,), "E": (None,)}


@pytest.mark.parametrize(
    "more, seats, who",
    [
        ({}, 3, {"A", "B", "C"}),
        ({"at_most": [{"by": "org", "seats": 1}]}, 2, {"A", "D"}),
        ({"at_least": [{"where": {"org": "p"}, "seats": 2}, {"where": {"kind": "k"}, "seats": 2}]}, 4, {"A", "B", "D", "E"}),
    ],
    ids=["target", "fewer, as two bodies have one each", "more, as two and two do not overlap"],
)
def test_other_numbers_than_the_target_only_where_quotas_force_it(more: dict[str, Any], seats: int, who: set[str]) -> None:
    frame = teams(
        {"A": 90.0, "B": 89.0, "C": 88.0, "D": 60.0, "E": 59.0}, org=["o", "o", "o", "p", "p"], kind=["k", "k", "n", "n", "n"]
    )  # fmt: skip
    found = select(frame, policy(3, seats={"minimum": 2, "maximum": 4}, **more))
    assert (found.seats, chosen(found)) == (seats, who)


def test_conflicts_leave_one() -> None:
    found = select(teams({"A": 90.0, "B": 89.0, "C": 10.0}), policy(2, conflicts=[["A", "B"]]))
    assert told(found, "selected", "quota", "displaced_by")["B"] == (False, "conflicts.0:A+B", "C")


def test_what_cannot_be_met_is_named_with_the_least_that_must_give_way() -> None:
    frame = teams({"A": 90.0, "B": 89.0, "C": 88.0}, field=["x", "x", "y"])
    rules = policy(2, at_least=[{"by": "field", "values": ["x", "y", "z"], "seats": 1}], at_most=[{"by": "field", "seats": 1}])
    found = select(frame, rules)
    assert not found.feasible
    assert chosen(found) == set()
    assert found.relaxation.select("line", "value", "asked", "possible", "eligible").rows() == [("at_least.0", "z", 1, 0, 0)]
    (issue,) = relaxing.issues(found.relaxation, "s")
    assert issue.render("en").startswith("selections.s.at_least.0 field=z: the quotas cannot all be met: only 0 could count here")
    relaxed = select(frame, rules, relax=True)
    assert chosen(relaxed) == {"A", "C"}
    assert relaxed.relaxation.equals(found.relaxation)


def test_too_few_are_eligible_for_the_least_number_of_seats() -> None:
    found = select(teams({"A": 90.0, "B": 50.0}), policy(3, seats={"minimum": 2}, eligible={"minimum_score": 60}))
    assert found.relaxation.select("line", "asked", "possible").rows() == [("seats.minimum", 2, 1)]


BARS = {
    "minimum_score": 70, "registered_months": 12, "evidence_share": {"classes": ["A", "B"], "at_least": 0.6}, "cities": 1, "open_flags": 0,
    "where": {"kind": "k"},
}  # fmt: skip


@pytest.mark.parametrize(
    "change, missed",
    [
        ({}, None),
        ({"score": 69.994}, "minimum_score"),
        ({"score": 69.995}, None),
        ({"score": None}, "not_ranked"),
        ({"registered_months": 11}, "registered_months"),
        ({"registered_months": None}, "registered_months"),
        ({"evidence_a_share": 0.1, "evidence_b_share": 0.5}, None),
        ({"evidence_a_share": 0.1, "evidence_b_share": 0.49}, "evidence_share"),
        ({"evidence_a_share": None, "evidence_b_share": None}, "evidence_share"),
        ({"signed_cities": 0, "open_flags": 2}, "cities open_flags"),
        ({"kind": None}, "where"),
    ],
)
def test_every_bar_that_is_missed_is_named(change: dict[str, Any], missed: str | None) -> None:
    good = {
        "unit": "A", "score": 80.0, "registered_months": 12, "evidence_a_share": 0.6, "evidence_b_share": 0.0, "signed_cities": 1,
        "open_flags": 0, "kind": "k",
    }  # fmt: skip
    kinds = {
        "score": pl.Float64,
        "evidence_a_share": pl.Float64,
        "evidence_b_share": pl.Float64,
        "kind": pl.String,
        "registered_months": pl.Int64,
    }
    frame = pl.DataFrame([good | change], schema_overrides=kinds)
    found = select(frame, policy(1, eligible=BARS))
    assert told(found, "eligible", "ineligible", "selected") == {"A": (missed is None, missed, missed is None)}


def test_nobody_at_all() -> None:
    found = select(teams({}), policy(3))
    assert (found.seats, found.units.height, found.prices.height, found.rivals.height) == (0, 0, 0, 0)


def test_columns_that_are_missing_are_all_named() -> None:
    with pytest.raises(DecisionError) as error:
        select(teams({"A": 1.0}), policy(1, eligible={"cities": 1}, at_most=[{"by": "org", "seats": 1}], ties=["scor"]))
    assert [issue.message.values["name"] for issue in error.value.issues] == ["signed_cities", "org", "scor"]


def test_the_input_is_left_as_it_was() -> None:
    frame = teams({"A": 90.0, "B": 80.0}, org=["o", "o"])
    before = frame.clone()
    select(frame, policy(1, at_most=[{"by": "org", "seats": 1}]))
    assert frame.equals(before)


def test_near_ties_and_who_could_change_places_with_whom() -> None:
    # C may not take D's seat: its body is full. It could take B's; E could take D's.
    frame = teams({"A": 90.0, "B": 85.0, "C": 83.5, "D": 80.0, "E": 79.0}, org=["o", "o", "o", "p", "p"])
    found = select(frame, policy(3, at_most=[{"by": "org", "seats": 2}]))
    draws = np.array([[90, 85, 83, 80, 79], [90, 84, 86, 80, 81], [90, 84, 83, 80, 80], [90, 84, 83, 80, 81.0]])
    line = {row["unit"]: row for row in cut_line(found, frame["unit"], draws).iter_rows(named=True)}
    assert {u: (r["rival"], round(r["gap"], 2), r["win_probability"], r["near"]) for u, r in line.items()} == {
        "A": ("C", 6.5, 1.0, False),
        "B": ("C", 1.5, 0.75, True),
        "C": ("B", -1.5, 0.25, True),
        "D": ("E", 1.0, 0.375, True),
        "E": ("D", -1.0, 0.625, True),
    }
