"""Other numbers of a selection, its list in the ledger, and the terms of those it supports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from kcz_metrics.decisions.altering import altered, differing, numbers
from kcz_metrics.decisions.confirming import confirmation, listed, lists
from kcz_metrics.decisions.selection import Selection, select
from kcz_metrics.decisions.terms import as_confirmed, checked, moves, stopped_in, terms
from kcz_metrics.errors import DecisionError
from kcz_metrics.scheme.selections import Selection as Policy
from kcz_metrics.scheme.selections import Yearly
from kcz_metrics.store import Decision, Ruling

POLICY = Policy.model_validate(
    {
        "index": "i",
        "seats": {"target": 3, "years": 2},
        "eligible": {"minimum_score": 50},
        "at_most": [{"by": "org", "seats": 2}],
        "reserves": 3,
    }
)
TEAMS = pl.DataFrame({"unit": list("ABCDEF"), "score": [90.0, 85.0, 84.0, 80.0, 79.0, 79.0], "org": ["o", "o", "o", "p", "q", "q"]})


def decision(number: int, ruling: Ruling, period: str = "2021") -> Decision:
    return Decision(
        number, "selection", "s", period, ruling.act, None, None, None, None, ruling.reason, dict(ruling.numbers), ruling.withdraws, 1, "d",
        datetime(2022, 1, 1, tzinfo=UTC), "somebody", number,
    )  # fmt: skip


def found(changed: dict[str, float] | None = None) -> Selection:
    return select(TEAMS, altered(POLICY, changed or {}))


def test_numbers_stand_by_their_place_and_change_nothing_else() -> None:
    own = numbers(POLICY)
    assert own == {"seats.target": 3, "eligible.minimum_score": 50, "at_most.0": 2}
    for place in own:
        other = altered(POLICY, {place: own[place] + 1})
        assert differing(POLICY, numbers(other)) == {place: own[place] + 1}
    assert differing(POLICY, own) == {}


def test_months_and_cities_that_a_unit_needs_are_numbers_of_the_rules() -> None:
    policy = Policy.model_validate({"index": "i", "seats": {"target": 2}, "eligible": {"registered_months": 12, "cities": 1}})
    assert numbers(policy) == {"seats.target": 2, "eligible.registered_months": 12, "eligible.cities": 1}
    young = TEAMS.with_columns(registered_months=pl.Series([24, 6, 12, 3, 12, 12]), signed_cities=pl.Series([1, 1, 1, 1, 0, 1]))
    for changed, units in (
        ({}, ["A", "C"]), ({"eligible.registered_months": 6.0}, ["A", "B"]), ({"eligible.registered_months": 30.0}, []),
    ):  # fmt: skip
        assert select(young, altered(policy, changed)).units.filter("selected")["unit"].to_list() == units
    with pytest.raises(DecisionError):
        altered(policy, {"eligible.cities": 0.5})


@pytest.mark.parametrize(
    "values, code",
    [({"at_most.1": 2.0}, "unknown_number"), ({"at_most.0": 1.5}, "number_of_seats"), ({"seats.target": -1.0}, "number_of_seats")],
)
def test_what_is_no_number_of_the_rules_is_told(values: dict[str, float], code: str) -> None:
    with pytest.raises(DecisionError) as wrong:
        altered(POLICY, values)
    assert [issue.code for issue in wrong.value.issues] == [code]


def test_the_list_is_confirmed_as_proposed_or_otherwise() -> None:
    as_proposed = confirmation(found(), {}, relaxed=False)
    assert as_proposed.act == "confirm"
    assert as_proposed.numbers["units"] == ["A", "B", "D"]
    assert as_proposed.numbers["reserves"] == {"C": 1, "E": 2, "F": 2}
    other = confirmation(found({"at_most.0": 3}), {"at_most.0": 3}, relaxed=True, reason="one body")
    assert (other.act, other.numbers["units"], other.numbers["relaxed"]) == ("override", ["A", "B", "C"], False)


def test_open_seats_are_filled_by_the_votes_of_the_panel() -> None:
    open_one = found({"seats.target": 4})  # A, B, D, and E or F
    for panel, code in (((), "panel_seats"), (("C",), "not_open")):
        with pytest.raises(DecisionError) as wrong:
            confirmation(open_one, {}, False, panel=panel)
        assert wrong.value.issues[0].code == code
    assert confirmation(open_one, {}, False, panel=["F"]).numbers["units"] == ["A", "B", "D", "F"]


def test_nothing_is_confirmed_where_quotas_cannot_be_met() -> None:
    policy = Policy.model_validate({"index": "i", "seats": {"target": 3, "minimum": 3}, "at_most": [{"by": "org", "seats": 0}]})
    with pytest.raises(DecisionError) as wrong:
        confirmation(select(TEAMS, policy), {}, relaxed=False)
    assert [issue.code for issue in wrong.value.issues] == ["not_selected"]
    with pytest.raises(DecisionError) as wrong:
        confirmation(found({"eligible.minimum_score": 100}), {"eligible.minimum_score": 100}, relaxed=False, reason="none is good enough")
    assert [issue.code for issue in wrong.value.issues] == ["nobody_selected"]


def test_the_list_that_holds_is_the_last_not_taken_back() -> None:
    first, second = (
        decision(1, confirmation(found(), {}, False)),
        decision(3, confirmation(found({"seats.target": 2}), {"seats.target": 2}, False)),
    )
    back = decision(2, Ruling("withdraw", reason="again", withdraws=1))
    assert listed([first, back]) is None
    given = listed([first, back, second])
    assert given is not None
    assert (given.units, given.changed) == (("A", "B"), {"seats.target": 2})
    assert list(lists([first, back, second], "s", "2022")) == ["2021"]
    assert lists([first, back, second], "s", "2021") == {}


def years_of(rows: list[tuple[str, str, float | None, float]]) -> pl.DataFrame:
    schema: dict[str, Any] = {"unit": pl.String, "period": pl.String, "score": pl.Float64, "attainment": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_term_is_checked_year_by_year_and_the_seat_filled_from_the_confirmed_list() -> None:
    given = listed([decision(1, confirmation(found(), {}, False))])
    assert given is not None
    records = pl.DataFrame({"team_id": ["G", "H"], "start_year": [2021, 2019], "years": [3, 3]})
    running = terms(records, {"2021": given}, POLICY.seats.years)
    assert running.rows() == [("A", 2022, 2), ("B", 2022, 2), ("D", 2022, 2), ("G", 2021, 3), ("H", 2019, 3)]
    rule = Yearly(score_below=60, attainment_below=0.5, stop_after=1)
    known = years_of([("A", "2022", 59.0, 0.9), ("B", "2022", 70.0, 0.9), ("G", "2021", 70.0, 0.9), ("G", "2022", None, 0.9)])
    years = checked(running, known, rule, 2022)
    assert years.select("unit", "period", "state").rows() == [
        ("A", "2022", "stopped"), ("B", "2022", "kept"), ("D", "2022", "unknown"), ("G", "2021", "kept"), ("G", "2022", "unknown"),
    ]  # fmt: skip
    assert stopped_in(years, 2022) == ["A"]
    # one year on A's end is no news, and the seats are those confirmed whatever would be selected now
    assert stopped_in(checked(running, known, rule, 2023), 2023) == []
    seats = as_confirmed(TEAMS, POLICY, given)
    assert seats.units.filter("selected")["unit"].to_list() == ["A", "B", "D"]
    assert moves(seats, ["A", "H"]).select("leaves", "moves_up", "reserve").rows() == [("A", "C", 1), ("H", None, None)]


def test_a_confirmed_list_holds_whatever_the_records_and_the_scheme_say_later() -> None:
    given = listed([decision(1, confirmation(found({"at_most.0": 3}), {"at_most.0": 3, "seats.target": 3}, False, reason="so decided"))])
    assert given is not None
    assert (given.units, dict(given.reserves)) == (("A", "B", "C"), {"D": 1, "E": 2, "F": 2})
    # A has left the records, D is not eligible any more and E is gone; the scheme has lost the quota whose number was changed
    later = TEAMS.filter(~pl.col("unit").is_in(["A", "E"])).with_columns(score=pl.when(pl.col("unit") == "D").then(10.0).otherwise("score"))
    for policy in (POLICY, POLICY.model_copy(update={"at_most": ()})):
        seats = as_confirmed(later, policy, given)
        assert seats.units.filter("selected")["unit"].to_list() == ["A", "B", "C"]
        assert moves(seats, ["A", "B"]).select("leaves", "moves_up", "reserve").rows() == [("A", "D", 1), ("B", "F", 2)]
