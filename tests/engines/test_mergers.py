"""A merged body's records go to the one that took it over: by their own date, and what is held by the end of the period."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_records import Rows, at, on, scheme, snapshot

from kcz_metrics.engines.duckdb import measure_records, values

BODIES = [
    {"org_id": "A", "org_class": "SO", "status": "merged", "merged_into": "B", "merged_at": on("2021-07-01")},
    {"org_id": "B", "org_class": "SO", "status": "merged", "merged_into": "C", "merged_at": on("2022-07-01")},
    {"org_id": "C", "org_class": "SO", "status": "active"},
]
SIZES = [{"org_id": "C", "year": 2022, "employees": 7}, {"org_id": "A", "year": 2022, "employees": 9}]


def advice(id: str, day: str) -> dict[str, Any]:
    return {"advice_id": id, "org_id": "A", "occurred_on": on(day)}


RECORDS: dict[str, Rows] = {
    "org": BODIES,
    "org_context": SIZES,
    "advice_item": [advice("1", "2021-06-30"), advice("2", "2021-07-01"), advice("3", "2022-06-30"), advice("4", "2022-07-01")],
    "resource": [{"resource_id": "R", "entered_by_org_id": "A", "entered_at": at("2021-01-01"), "holder_org_id": "A"}],
}
MEASURES = {
    "given": {"fact": "advice", "agg": "count"},
    "held": {"fact": "resources", "agg": "count", "window": "at_end"},
    "held_kinds": {"fact": "resources", "agg": "distinct", "of": "library_type", "at_least": 1, "window": "at_end"},
    "entered": {"fact": "resources", "agg": "count"},
    "size": {"fact": "org_context", "agg": "latest", "of": "size"},
}
EXPECTED = {
    ("A", "2021"): {"given": 1, "held": 0, "held_kinds": 0, "entered": 1, "size": None},
    ("B", "2021"): {"given": 1, "held": 1, "held_kinds": 1, "entered": 0, "size": None},
    ("C", "2021"): {"given": 0, "held": 0, "held_kinds": 0, "entered": 0, "size": None},
    ("B", "2022"): {"given": 1, "held": 0, "held_kinds": 0, "entered": 0, "size": None},
    ("C", "2022"): {"given": 1, "held": 1, "held_kinds": 1, "entered": 0, "size": 7},
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return snapshot(tmp_path_factory.mktemp("mergers"), RECORDS)


def test_records_of_merged_bodies_count_for_their_successors(stored: Any) -> None:
    made = scheme(MEASURES, {name: name for name in MEASURES}, unit="organisation")
    found = values(stored, made, "i", ["2021", "2022"]).frame
    got: dict[tuple[str, str], dict[str, float | None]] = {}
    for unit, period, indicator, value in found.select("unit", "period", "indicator", "value").iter_rows():
        got.setdefault((unit, period), {})[indicator] = value
    assert got == EXPECTED  # A is gone before 2022 begins


@pytest.mark.parametrize("unit, period", EXPECTED)
@pytest.mark.parametrize("measure", ["given", "held", "entered"])
def test_the_records_shown_are_those_counted(unit: str, period: str, measure: str, stored: Any) -> None:
    made = scheme(MEASURES, {name: name for name in MEASURES}, unit="organisation")
    found = measure_records(stored, made, measure, unit, period, kind="organisation")
    assert found["_contribution"].sum() == EXPECTED[unit, period][measure]


@pytest.mark.parametrize("day, firms", [("2021-06-30", {"A", "C"}), ("2021-07-01", {"B", "C"}), ("2022-07-01", {"C"})])
def test_an_enterprise_is_counted_under_its_successor(day: str, firms: set[str], tmp_path: Path) -> None:
    records: dict[str, Rows] = {
        "org": [body | {"uscc": body["org_id"]} for body in BODIES],
        "pilot_city": [{"city_id": "PC1"}],
        "need": [{"need_id": f"N{e}", "city_id": "PC1", "enterprise_id": e, "posted_at": at(day)} for e in "AC"],
    }
    measure = {"active": {"fact": "enterprise_activities", "agg": "distinct", "of": "enterprise_id"}}
    made = scheme(measure, {"X": "active"}, unit="city")
    stored = snapshot(tmp_path, records)
    assert values(stored, made, "i", [day[:4]]).frame["value"].to_list() == [len(firms)]
    assert set(measure_records(stored, made, "active", "PC1", day[:4])["enterprise_id"]) == firms
