"""``over: all_periods`` over records: which periods set the scale, and that every door takes the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_records import Rows, on, scheme, snapshot

from kcz_metrics.engines.eventful import eventful
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate, score
from kcz_metrics.scoring.periods import values_for
from kcz_metrics.store import Snapshot

#: Answers by city and day. The period that the record was reported for is another: 2022 throughout.
DAYS = {
    "PC1": ["2020-12-31", "2021-04-02", "2021-05-30", "2022-02-01", "2022-08-08"],
    "PC2": ["2021-06-30", "2022-02-02", "2022-03-01", "2022-03-31", "2022-07-01"],
}
RECORDS: Mapping[str, Rows] = {
    "pilot_city": [{"city_id": city, "kind": "city"} for city in ("PC1", "PC2", "PC3")],
    "feedback": [
        {"feedback_id": f"F{city}{n}", "subject_id": city, "subject_type": "city", "score": 1.0, "occurred_on": on(day)}
        for city, days in DAYS.items()
        for n, day in enumerate(days)
    ]
    + [
        # neither an answer that nobody verified nor one about a team moves the scale of the cities
        {"feedback_id": "FX", "subject_id": "PC1", "subject_type": "city", "occurred_on": on("2018-01-01"), "status": "submitted"},
        {"feedback_id": "FT", "subject_id": "T1", "subject_type": "team", "occurred_on": on("2017-01-01")},
    ],
}  # fmt: skip
OVER: dict[str, Any] = {"normalise": {"method": "minmax", "over": "all_periods"}}


@pytest.fixture
def store(tmp_path: Path) -> Snapshot:
    return snapshot(tmp_path, RECORDS)


def counted(grain: str) -> Scheme:
    made: Scheme = scheme({"m": {"fact": "feedback", "agg": "count"}}, {"A": "m"}, periods={"grain": grain}, **OVER)
    return made


@pytest.mark.parametrize(
    "grain, expected",
    [
        ("year", ["2020", "2021", "2022"]),
        ("half", ["2020H2", "2021H1", "2022H1", "2022H2"]),
        ("quarter", ["2020Q4", "2021Q2", "2022Q1", "2022Q3"]),
        ("month", ["2020-12", "2021-04", "2021-05", "2021-06", "2022-02", "2022-03", "2022-07", "2022-08"]),
    ],
)
def test_periods_are_those_of_the_events(store: Snapshot, grain: Any, expected: list[str]) -> None:
    assert list(eventful(store, counted("year"), "i", grain)) == expected


@pytest.mark.parametrize(
    "period, scores",
    [
        # answers by year: PC1 1 2 2, PC2 0 1 4, PC3 none: the scale runs from 0 to 4
        ("2020", {"PC1": 25, "PC2": 0, "PC3": 0}),
        ("2021", {"PC1": 50, "PC2": 25, "PC3": 0}),
        ("2022", {"PC1": 50, "PC2": 100, "PC3": 0}),
        # by quarter PC2 has 3 in 2022Q1, no city more in any
        ("2021Q2", {"PC1": 200 / 3, "PC2": 100 / 3, "PC3": 0}),
        ("2022Q1", {"PC1": 100 / 3, "PC2": 100, "PC3": 0}),
    ],
)
def test_one_scale_for_all_periods_of_a_grain(store: Snapshot, period: str, scores: dict[str, float]) -> None:
    card = evaluate(counted("quarter" if "Q" in period else "year"), "i", period, store)
    assert dict(card.scores.filter(node="i").select("unit", "score").iter_rows()) == pytest.approx(scores)


def test_every_door_takes_the_same_periods(store: Snapshot) -> None:
    """Pages ask for many periods at once, also for years without a record: a score stays what it is."""
    made = counted("year")
    alone = evaluate(made, "i", "2021", store)
    many = values_for(made, made.indices["i"], ("2018", "2019", "2020", "2021", "2022", "2023"), store)
    assert score(many, made.indices["i"], "2021", made).scores.equals(alone.scores)
    assert alone.scores.equals(evaluate(made, "i", "2021", store).scores)


def test_a_base_period_is_the_same_from_any_period(store: Snapshot) -> None:
    made = scheme(
        {"m": {"fact": "feedback", "agg": "count"}}, {"A": "m"}, normalise={"method": "minmax", "over": "base_period", "base": "2021"}
    )
    # in 2021 PC1 has 2, PC2 1, PC3 none: 0 to 2 is the scale of every year
    for period, expected in (("2020", [50, 0, 0]), ("2021", [100, 50, 0]), ("2022", [100, 200, 0])):
        card = evaluate(made, "i", period, store)
        assert card.scores.filter(node="i")["score"].to_list() == pytest.approx(expected)
        assert card.scores.equals(evaluate(made, "i", period, store).scores)
