"""What targets count month by month, on rows countable by eye."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_records import at, on, snapshot

from kcz_metrics.engines.targets import course
from kcz_metrics.scheme.models import Scheme

CITIES = [
    {"city_id": "PC001", "kind": "city", "active_from": on("2020-01-01")},
    {"city_id": "PC002", "kind": "park", "active_from": on("2022-06-15")},
]
MEASURES: dict[str, Any] = {
    "landings": {"fact": "overseas_landings", "agg": "count"},
    "live": {"fact": "resources", "agg": "count", "window": "at_end"},
    "joined": {"fact": "residencies", "agg": "distinct", "of": "org_id", "window": "to_date"},
    "trio": {"fact": "service_components", "agg": "count", "window": "at_end"},
    "stored": {"fact": "baselines", "agg": "latest", "of": "value", "where": {"item": "live"}},
}


def landed(id: str, day: str, city: str = "PC001", **more: Any) -> dict[str, Any]:
    return {"landing_id": id, "city_id": city, "landed_on": on(day), "kind": "project"} | more


def scheme(**targets: Any) -> Scheme:
    return Scheme.model_validate({"edition": "2022", "measures": MEASURES, "targets": targets})


def values(found: Any, target: str = "A", unit: str = "KCZ", year: int = 2022) -> list[float | None]:
    mine = pl.col("month").str.starts_with(str(year)) & (pl.col("unit") == unit) & (pl.col("target") == target)
    return found.frame.filter(mine).sort("month")["value"].to_list()


def test_counts_add_up_through_the_year_and_begin_anew_with_the_next(tmp_path: Path) -> None:
    rows = [
        landed("L0", "2021-12-31"),
        landed("L1", "2022-01-31"),
        landed("L2", "2022-02-01"),
        landed("L3", "2022-02-28"),
        landed("L4", "2022-12-31"),
        landed("L5", "2023-01-01"),
        landed("L6", "2022-03-01", status="rejected"),
        landed("L7", "2022-03-01", duplicate_of="L1"),
    ]
    asked = scheme(A={"measure": "landings", "comparator": "at_least", "value": 1})
    found = course(snapshot(tmp_path, {"pilot_city": CITIES, "overseas_landing": rows}), asked, 2022)
    assert values(found) == [1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4]
    assert values(found, year=2021) == [0] * 11 + [1]
    assert found.flows == {"A"}
    assert found.empty == {"A": ()}


def resource(id: str, entered: str, retired: str | None = None) -> dict[str, Any]:
    return {
        "resource_id": id, "entered_at": at(entered), "retired_at": None if retired is None else at(retired), "is_live": retired is None,
    }  # fmt: skip


STOCK = [
    resource("S1", "2021-05-01"),
    resource("S2", "2021-12-31"),
    resource("S3", "2022-03-05"),
    resource("S4", "2021-01-01", "2022-02-10"),
]


def test_a_state_is_read_at_each_months_end(tmp_path: Path) -> None:
    asked = scheme(A={"measure": "live", "comparator": "at_least", "value": 1})
    found = course(snapshot(tmp_path, {"resource": STOCK}), asked, 2022)
    assert values(found) == [3, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    assert found.flows == frozenset()


@pytest.mark.parametrize(
    "baseline, stored, expected",
    [
        ({"value": 7, "date": "2021-12-31", "measure": "stored"}, 5.0, 7.0),  # what the scheme says goes before what the records say
        ({"date": "2021-12-31", "measure": "stored"}, 5.0, 5.0),
        ({"date": "2021-12-31", "measure": "stored"}, None, 3.0),  # nothing stored: as the target itself stood then
        ({"date": "2021-05-15"}, 5.0, 2.0),
        ({"period": "2021"}, 5.0, 3.0),
        ({"measure": "stored"}, None, None),
    ],
)
def test_where_a_baseline_comes_from(baseline: dict[str, Any], stored: float | None, expected: float | None, tmp_path: Path) -> None:
    tables: dict[str, Any] = {"resource": STOCK}
    if stored is not None:
        tables["baseline"] = [{"metric": "live", "value": stored, "base_date": on("2021-12-31")}]
    asked = scheme(A={"measure": "live", "comparator": "at_least", "times_baseline": 2.0, "baseline": baseline})
    assert course(snapshot(tmp_path, tables), asked, 2022).baselines == {"A": expected}


def test_a_baseline_of_a_count_is_that_years_count(tmp_path: Path) -> None:
    rows = [landed("L1", "2020-03-01"), landed("L2", "2020-06-01"), landed("L3", "2020-07-01"), landed("L4", "2019-07-01")]
    asked = scheme(A={"measure": "landings", "comparator": "at_least", "times_baseline": 2.0, "baseline": {"date": "2020-06-30"}})
    assert course(snapshot(tmp_path, {"overseas_landing": rows}), asked, 2022).baselines == {"A": 2.0}


def test_a_body_counts_once_from_the_day_it_joined(tmp_path: Path) -> None:
    rows = [
        {"org_id": "O1", "joined_at": on("2021-01-05")},
        {"org_id": "O1", "joined_at": on("2022-05-05")},
        {"org_id": "O2", "joined_at": on("2022-05-31")},
    ]
    asked = scheme(A={"measure": "joined", "comparator": "at_least", "value": 1})
    found = course(snapshot(tmp_path, {"org_residency": rows}), asked, 2022)
    assert values(found) == [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]


def test_units_have_values_from_the_month_they_are_active_and_a_filter_keeps_some(tmp_path: Path) -> None:
    trio = [
        {"city_id": city, "component": part, "active_from": on("2022-01-01")}
        for city, part in (("PC001", "a"), ("PC001", "b"), ("PC002", "a"))
    ]
    each = {"measure": "trio", "unit": "city", "comparator": "all", "value": 2}
    asked = scheme(A=each, B=each | {"where": {"kind": "park"}})
    found = course(snapshot(tmp_path, {"pilot_city": CITIES, "service_component": trio}), asked, 2022)
    assert values(found, unit="PC001") == [2] * 12
    assert values(found, unit="PC002") == [1] * 7  # active in June for the first time
    assert values(found, "B", "PC001") == []
    assert values(found, "B", "PC002") == [1] * 7
    assert dict(found.units.select("unit", "name_zh").iter_rows()) == {"PC001": "X", "PC002": "X"}


def test_a_formula_over_what_has_added_up(tmp_path: Path) -> None:
    tables: dict[str, Any] = {"overseas_landing": [landed("L1", "2022-01-05"), landed("L2", "2022-02-05")], "resource": STOCK}
    asked = scheme(A={"formula": "landings / live", "comparator": "at_least", "value": 1})
    found = course(snapshot(tmp_path, tables), asked, 2022)
    assert values(found)[:3] == pytest.approx([1 / 3, 2 / 2, 2 / 3])
    assert found.flows == frozenset()


def test_what_was_never_recorded_is_said_and_the_last_report_is_known(tmp_path: Path) -> None:
    rows = [
        landed("L1", "2022-01-05", submitted_at=at("2022-01-06T10:00")),
        landed("L2", "2022-02-05", submitted_at=at("2022-02-07T23:59")),
    ]
    asked = scheme(
        A={"measure": "landings", "comparator": "at_least", "value": 1}, B={"measure": "live", "comparator": "at_least", "value": 1}
    )
    found = course(snapshot(tmp_path, {"overseas_landing": rows}), asked, 2022)
    assert found.empty == {"A": (), "B": ("resource",)}
    assert found.reported_on == dt.date(2022, 2, 7)
    assert course(snapshot(tmp_path / "none", {}), asked, 2022).reported_on is None


def test_a_scheme_without_targets_has_no_course(tmp_path: Path) -> None:
    found = course(snapshot(tmp_path, {}), scheme(), 2022)
    assert found.frame.is_empty()
    assert found.baselines == {}
