"""The SQL of one measure of each shape, pinned as files and run on rows that can be counted.

``KCZ_GOLDEN=write python -m pytest tests/compiling/test_golden.py`` writes the files anew; a missing file fails.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from small_records import Rows, at, on, scheme, snapshot

from kcz_metrics.compiling import plan, sql
from kcz_metrics.engines.duckdb import values

GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True)
class Shape:
    """Measures and formulas, the periods asked for, records, and what comes out: unit, period, indicator, value."""

    measures: Mapping[str, Any]
    indicators: Mapping[str, Any]
    periods: Sequence[str]
    records: Mapping[str, Rows]
    expected: Sequence[tuple[str, str, str, float | None]]
    unit: str = "city"
    index: Mapping[str, Any] = field(default_factory=dict)


CITIES = [{"city_id": "PC1", "kind": "city"}, {"city_id": "PC2", "kind": "park"}]


def landed(id: str, city: str, day: str, **more: Any) -> dict[str, Any]:
    return {"landing_id": id, "city_id": city, "landed_on": on(day), "kind": "project"} | more


LANDINGS = [
    landed("L1", "PC1", "2021-12-31"),
    landed("L2", "PC1", "2022-01-01"),
    landed("L3", "PC1", "2022-12-31"),
    landed("L4", "PC1", "2023-01-01"),
    landed("L5", "PC2", "2022-05-01", kind="talent"),
    landed("L6", "PC2", "2022-05-01", status="rejected"),
    landed("L7", "PC2", "2022-05-01", duplicate_of="L5"),
]
COUNT = {"fact": "overseas_landings", "agg": "count"}

SHAPES = {
    "year": Shape(
        {"landings": COUNT},
        {"A": "landings"},
        ["2021", "2022"],
        {"pilot_city": CITIES, "overseas_landing": LANDINGS},
        [("PC1", "2021", "A", 1), ("PC2", "2021", "A", 0), ("PC1", "2022", "A", 2), ("PC2", "2022", "A", 1)],
    ),
    "quarter": Shape(
        {"projects": COUNT | {"where": {"kind": {"not": "talent"}}}, "everything": COUNT | {"records": "all"}},
        {"A": "projects", "B": "everything"},
        ["2022Q1", "2022Q2"],
        {"pilot_city": CITIES, "overseas_landing": LANDINGS},
        [
            ("PC1", "2022Q1", "A", 1), ("PC1", "2022Q1", "B", 1), ("PC2", "2022Q1", "A", 0), ("PC2", "2022Q1", "B", 0),
            ("PC1", "2022Q2", "A", 0), ("PC1", "2022Q2", "B", 0), ("PC2", "2022Q2", "A", 0), ("PC2", "2022Q2", "B", 3),
        ],
    ),
    "windows": Shape(
        {
            "within": COUNT,
            "so_far": COUNT | {"window": "to_date"},
            "lately": COUNT | {"window": "trailing", "months": 18},
        },
        {"A": "within", "B": "so_far", "C": "lately"},
        ["2022"],
        {
            "pilot_city": CITIES[:1],
            "overseas_landing": [*LANDINGS[:4], landed("L8", "PC1", "2021-07-01"), landed("L9", "PC1", "2021-06-30")],
        },
        [("PC1", "2022", "A", 2), ("PC1", "2022", "B", 5), ("PC1", "2022", "C", 4)],
    ),
    "validity": Shape(
        {
            "first": {"fact": "team_members", "agg": "count", "window": "at_start"},
            "last": {"fact": "team_members", "agg": "count", "window": "at_end"},
            "whole": {"fact": "team_members", "agg": "count", "window": "always"},
        },
        {"A": "first", "B": "last", "C": "whole"},
        ["2022"],
        {
            "service_team": [{"team_id": "T"}],
            "team_member": [
                {"team_id": "T", "person_id": person, "from_date": on(since), "to_date": on(until) if until else None}
                for person, since, until in (
                    ("P1", "2021-05-01", None),  # all the time
                    ("P2", "2022-01-01", "2023-01-01"),  # from the first day to the last
                    ("P3", "2022-01-02", None),  # a day late
                    ("P4", "2021-05-01", "2022-12-31"),  # gone on the last day
                    ("P5", "2021-05-01", "2022-01-01"),  # gone before
                )
            ],
        },
        [("T", "2022", "A", 3), ("T", "2022", "B", 3), ("T", "2022", "C", 2)],
        unit="team",
    ),
    "at_least": Shape(
        {
            "cities": {"fact": "dockings", "agg": "distinct", "of": "city_id", "at_least": 2},
            "spread": {"fact": "dockings", "agg": "diversity", "of": "city_id", "at_least": 2},
            "reached": {"fact": "dockings", "agg": "distinct", "of": "city_id", "at_least": 2, "at_least_of": "enterprise_id"},
        },
        {"A": "cities", "B": "spread", "C": "reached"},
        ["2022"],
        {
            "org": [{"org_id": "S"}],
            "need": [
                {"need_id": f"N{i}", "city_id": city, "enterprise_id": enterprise}
                for i, (city, enterprise) in enumerate([("PC1", "E1"), ("PC1", "E1"), ("PC2", "E1"), ("PC2", "E2"), ("PC3", "E1")])
            ],
            "docking": [
                {"docking_id": f"D{i}", "need_id": f"N{i}", "provider_org_id": "S", "stage": 2, "stage2_at": at("2022-05-01")}
                for i in range(5)
            ],
        },
        [("S", "2022", "A", 2), ("S", "2022", "B", 2), ("S", "2022", "C", 1)],
        unit="organisation",
    ),
    "previous": Shape(
        {"landings": COUNT, "gdp": {"fact": "city_context", "agg": "latest", "of": "gdp_100m"}},
        {"A": "growth(landings)", "B": "landings - previous(landings)", "C": "landings / gdp * 100"},
        ["2022"],
        {
            "pilot_city": CITIES,
            "overseas_landing": LANDINGS,
            "city_context": [{"city_id": "PC1", "year": 2022, "gdp_100m": 400.0}, {"city_id": "PC1", "year": 2021, "gdp_100m": 1.0}],
        },
        [
            ("PC1", "2022", "A", 1.0), ("PC1", "2022", "B", 1), ("PC1", "2022", "C", 0.5),
            ("PC2", "2022", "A", None), ("PC2", "2022", "B", 1), ("PC2", "2022", "C", None),
        ],
    ),
    "unit_key": Shape(
        {
            "at_home": {"fact": "dockings", "agg": "count"},
            "by_station": {"fact": "dockings", "agg": "count", "unit_key": {"city": "station_city_id"}},
        },
        {"A": "at_home", "B": "by_station"},
        ["2022"],
        {
            "pilot_city": CITIES,
            "need": [{"need_id": "N", "city_id": "PC1"}],
            "station": [{"station_id": "S", "city_id": "PC2"}],
            "docking": [{"docking_id": "D", "need_id": "N", "station_id": "S", "stage": 2, "stage2_at": at("2022-05-01")}],
        },
        [("PC1", "2022", "A", 1), ("PC1", "2022", "B", 0), ("PC2", "2022", "A", 0), ("PC2", "2022", "B", 1)],
    ),
    "programme": Shape(
        {"landings": COUNT},
        {"A": "landings"},
        ["2022-05", "2022-12"],
        {"overseas_landing": LANDINGS},
        [("KCZ", "2022-05", "A", 1), ("KCZ", "2022-12", "A", 1)],
        unit="programme",
    ),
    "population": Shape(
        {"landings": COUNT},
        {"A": "landings"},
        ["2022"],
        {"pilot_city": CITIES, "overseas_landing": LANDINGS},
        [("PC1", "2022", "A", 2)],
        index={"applies_to": {"kind": "city"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_text_is_as_pinned(name: str) -> None:
    shape = SHAPES[name]
    text = sql(plan(scheme(shape.measures, shape.indicators, unit=shape.unit, **shape.index), "i", shape.periods), "zh")
    path = GOLDEN / f"{name}.sql"
    if os.environ.get("KCZ_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), "no golden file; see the top of this module"
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHAPES)
def test_rows_are_as_counted(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]
    found = values(
        snapshot(tmp_path, shape.records), scheme(shape.measures, shape.indicators, unit=shape.unit, **shape.index), "i", shape.periods
    )
    assert found.frame.select("unit", "period", "indicator", "value").rows() == [
        (unit, period, indicator, value if value is None else pytest.approx(value, abs=1e-12))
        for unit, period, indicator, value in shape.expected
    ]


def test_every_golden_file_has_its_shape() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == set(SHAPES)
