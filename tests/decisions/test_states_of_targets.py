"""States of targets by hand: every comparator at its borders, goals, the day looked at, and the whole table from a few rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from kcz_metrics.decisions.forecast import Forecast
from kcz_metrics.decisions.targets import STATES, goal_of, judged, looked_at, standing
from kcz_metrics.engines.targets import COURSE, Course
from kcz_metrics.scheme.models import Scheme, Target

FAR, SURE, SPLIT = Forecast(60, 50, 70), Forecast(120, 100, 140), Forecast(105, 85, 125)


def target(**given: Any) -> Target:
    return Target.model_validate({"measure": "m", "comparator": "at_least", "value": 100} | given)


@pytest.mark.parametrize(
    "comparator, value, upper, state",
    [
        ("at_least", 100, None, "done"),
        ("at_least", 99.999, None, "behind"),
        ("at_least", 4000, None, "done"),
        ("at_least", 0, None, "behind"),
        ("around", 100, None, "done"),
        ("around", 99, None, "nearly_done"),
        ("around", 90, None, "nearly_done"),  # exactly nine tenths
        ("around", 89.999, None, "behind"),
        ("around", 500, None, "done"),
        ("exact", 100, None, "done"),
        ("exact", 99, None, "behind"),
        ("exact", 101, None, "behind"),
        ("range", 100, 120, "done"),
        ("range", 120, 120, "done"),
        ("range", 99, 120, "behind"),
        ("range", 121, 120, "behind"),
        ("all", 100, None, "done"),
        ("all", 99, None, "behind"),
        ("at_least", None, None, "no_data"),
    ],
)
def test_a_comparator_at_its_borders_once_the_year_is_over(comparator: str, value: float | None, upper: float | None, state: str) -> None:
    asked = target(comparator=comparator, upper=upper)
    assert judged(asked, value, 100.0, upper, True, 1.0, None if value is None else Forecast(value, value, value))[0] == state


@pytest.mark.parametrize(
    "comparator, value, upper, ahead, state, reason",
    [
        ("at_least", 100, None, FAR, "done", None),  # what is met stays met, whatever lies ahead
        ("at_least", 40, None, SURE, "on_course", None),  # the low end is the goal itself
        ("at_least", 40, None, Forecast(120, 99.9, 140), "behind", "unsure"),
        ("at_least", 40, None, SPLIT, "behind", "unsure"),
        ("at_least", 40, None, FAR, "behind", "short"),
        ("around", 40, None, Forecast(95, 90, 100), "on_course", None),  # nine tenths will do
        ("around", 40, None, Forecast(95, 89, 100), "behind", "unsure"),
        ("around", 95, None, FAR, "nearly_done", None),
        ("range", 40, 130, SURE, "on_course", None),
        ("range", 40, 110, SURE, "behind", "unsure"),  # the middle of the forecast leaves the range
        ("range", 140, 130, SURE, "behind", "above"),
        ("exact", 40, None, Forecast(100, 100, 100), "on_course", None),
        ("exact", 40, None, SURE, "behind", "unsure"),
        ("at_least", 60, None, None, "on_course", "pace"),  # without a forecast: 60 of 100 when half the year is gone
        ("at_least", 49, None, None, "behind", "pace"),
    ],
)
def test_the_forecast_decides_while_the_year_is_under_way(
    comparator: str, value: float, upper: float | None, ahead: Forecast | None, state: str, reason: str | None
) -> None:
    assert judged(target(comparator=comparator, upper=upper), value, 100.0, upper, False, 0.5, ahead) == (state, reason)


def test_a_tolerance_of_its_own_moves_the_border() -> None:
    wide = target(comparator="around", tolerance=0.2)
    assert judged(wide, 80, 100.0, None, True, 1.0, None) == ("nearly_done", None)
    assert judged(wide, 79, 100.0, None, True, 1.0, None) == ("behind", "short")
    assert judged(target(tolerance=0.1), 90, 100.0, None, True, 1.0, None)[0] == "nearly_done"


@pytest.mark.parametrize(
    "given, baseline, goal",
    [
        ({"value": 200}, None, (200.0, None)),
        ({"value": None, "times_baseline": 2.0, "baseline": {"value": 1}}, 50.0, (100.0, None)),
        ({"value": None, "times_baseline": 2.0, "baseline": {"value": 1}}, 0.0, (None, "baseline_zero")),
        ({"value": None, "times_baseline": 2.0, "baseline": {"value": 1}}, None, (None, "baseline_missing")),
        ({"value": 3, "unit": "city"}, None, (1.0, None)),
    ],
)
def test_the_goal(given: dict[str, Any], baseline: float | None, goal: tuple[float | None, str | None]) -> None:
    assert goal_of(target(**given), baseline) == goal


@pytest.mark.parametrize(
    "period, reported, as_of, gone, over",
    [
        ("2022", None, "2023-01-01", 1.0, True),
        ("2022", "2022-12-31", "2023-01-01", 1.0, True),
        ("2022", "2022-07-01", "2022-07-02", 182 / 365, False),
        ("2022-03", None, "2022-04-01", 90 / 365, False),
        ("2022Q2", "2022-12-31", "2022-07-01", 181 / 365, False),
        ("2022H2", None, "2023-01-01", 1.0, True),
        ("2023", "2022-12-31", "2023-01-01", 0.0, False),
    ],
)
def test_the_day_looked_at(period: str, reported: str | None, as_of: str, gone: float, over: bool) -> None:
    day = looked_at(period, None if reported is None else dt.date.fromisoformat(reported))
    assert (day.as_of.isoformat(), day.gone, day.over) == (as_of, pytest.approx(gone), over)


def test_months_gone_count_the_last_one_by_its_days() -> None:
    assert looked_at("2022", dt.date(2022, 6, 15)).months_gone == pytest.approx(5 + 15 / 30)
    assert looked_at("2022-06", None).months_gone == 6
    assert looked_at("2023", dt.date(2022, 12, 31)).months_gone == 0


def course(rows: list[tuple[str, str, str, float | None]], **given: Any) -> Course:
    frame = pl.DataFrame(
        [(t, u, m, v, v or 0.0) for t, u, m, v in rows], schema=COURSE, orient="row"
    )  # n is the value itself: these are counts
    blank = {"flows": frozenset({"A"}), "baselines": {}, "empty": {}, "units": pl.DataFrame(), "reported_on": None, "source": ""}
    return Course(year=2022, frame=frame, **(blank | given))


def scheme(**targets: Any) -> Scheme:
    return Scheme(edition="2022", targets={name: target(**given) for name, given in targets.items()})


def test_the_table_of_a_few_rows() -> None:
    rows = [("A", "KCZ", f"2022-{m:02d}", 10.0 * m) for m in range(1, 13)]
    found = standing(scheme(A={}), course(rows), "2022")
    assert found.rows.select("target", "value", "goal", "progress", "state", "forecast").rows() == [("A", 120.0, 100.0, 1.2, "done", 120.0)]
    assert found.course["value"].to_list() == [10.0 * m for m in range(1, 13)]
    earlier = standing(scheme(A={}), course(rows), "2022-03")
    assert earlier.rows.select("value", "progress", "state").rows() == [(30.0, 0.3, "behind")]
    assert earlier.course.height == 3


def test_units_that_meet_are_counted_and_those_without_a_value_left_out() -> None:
    rows = [("A", "X", "2022-12", 3.0), ("A", "Y", "2022-12", 2.0), ("A", "Z", "2022-12", None), ("A", "W", "2022-12", 4.0)]
    three = scheme(A={"unit": "city", "comparator": "all", "value": 3})
    found = standing(three, course(rows, flows=frozenset()), "2022")
    assert found.rows.select("value", "goal", "units", "units_met", "state").rows() == [(2 / 3, 1.0, 3, 2, "behind")]
    assert found.units.select("unit", "met").rows() == [("Y", False), ("W", True), ("X", True)]
    exact = standing(scheme(A={"unit": "city", "comparator": "exact", "value": 3}), course(rows, flows=frozenset()), "2022")
    assert exact.rows["units_met"].to_list() == [1]
    ranged = standing(scheme(A={"unit": "city", "comparator": "range", "value": 2, "upper": 3}), course(rows, flows=frozenset()), "2022")
    assert ranged.rows["units_met"].to_list() == [2]


@pytest.mark.parametrize(
    "rows, given, reason",
    [
        ([("A", "KCZ", "2022-12", None)], {}, "nothing"),
        ([("A", "KCZ", "2022-12", 0.0)], {"empty": {"A": ("need",)}}, "no_records"),
        ([("A", "KCZ", "2022-12", 5.0)], {"reported_on": dt.date(2021, 12, 31)}, "not_begun"),
    ],
)
def test_no_data_has_its_reason(rows: list[Any], given: dict[str, Any], reason: str) -> None:
    (row,) = standing(scheme(A={}), course(rows, **given), "2022").rows.select("value", "progress", "state", "reason").rows()
    assert row == (None, None, "no_data", reason)


def test_zero_is_not_no_data() -> None:
    rows = standing(scheme(A={}), course([("A", "KCZ", "2022-12", 0.0)]), "2022").rows
    assert rows.select("value", "progress", "state").rows() == [(0.0, 0.0, "behind")]


def test_a_doubled_baseline() -> None:
    twice = scheme(A={"value": None, "times_baseline": 2.0, "baseline": {"date": dt.date(2021, 12, 31)}})
    rows = [("A", "KCZ", "2022-12", 90.0)]
    for baseline, row in ((45.0, (90.0, 90.0, 1.0, "done")), (46.0, (90.0, 92.0, 90 / 92, "behind")), (0.0, (90.0, None, None, "no_data"))):
        found = standing(twice, course(rows, baselines={"A": baseline}), "2022").rows
        assert found.select("value", "goal", "progress", "state").rows() == [row]


def test_what_is_counted_in_scorecards_waits_for_the_year_to_end() -> None:
    boards = Scheme(edition="2022", targets={"A": target(measure=None, counts={"unit": "organisation"}, value=1)})
    found = standing(boards, course([]), "2022-06", lambda index: pytest.fail(f"no scorecard of {index} is needed"))
    assert found.rows.select("state", "reason", "counted_in").rows() == [("no_data", "yearly", "scorecards")]
    over = standing(boards, course([]), "2022", lambda index: pytest.fail("there is no index"))
    assert over.rows.select("value", "state").rows() == [(0.0, "behind")]


def test_a_scheme_without_targets_has_an_empty_table() -> None:
    found = standing(Scheme(edition="2022"), course([]), "2022")
    assert found.rows.is_empty()
    assert {"target", "value", "goal", "progress", "state"} <= set(found.rows.columns)


def test_every_state_is_reached_by_these_tests() -> None:
    assert set(STATES) == {"done", "nearly_done", "on_course", "behind", "no_data"}
