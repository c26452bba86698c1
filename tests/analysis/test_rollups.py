"""Roll-ups by province: hand-countable, and on the sample the provinces add up to what the nation counts on its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from small_records import at, on, snapshot

from kcz_metrics.analysis import liaison, rollups
from kcz_metrics.scheme.models import Scheme


def test_provinces_and_the_nation_of_a_few_records(tmp_path: Path, shipped_scheme: Scheme) -> None:
    records = {
        "province": [{"province_code": code} for code in ("330000", "610000", "710000")],
        "province_pilot": [{"province_code": "610000", "approved_at": on("2022-05-01")}],
        "pilot_city": [
            {"city_id": "PC001", "province_code": "330000"},
            {"city_id": "PC002", "province_code": "330000", "active_to": on("2022-06-01")},  # gone before the year's end
            {"city_id": "PC003", "province_code": "610000"},
        ],
        "org": [{"org_id": "A", "province_code": "330000"}],
        "service_team": [{"team_id": "T1", "lead_org_id": "A"}, {"team_id": "T2", "lead_org_id": "A", "founded_at": on("2023-01-01")}],
        "need": [
            {"need_id": "N1", "city_id": "PC001", "posted_at": at("2022-03-01")},
            {"need_id": "N2", "city_id": "PC003", "posted_at": at("2022-03-01")},
            {"need_id": "N3", "city_id": "PC003", "posted_at": at("2021-03-01")},
            {"need_id": "N4", "city_id": "PC001", "posted_at": at("2022-03-01"), "status": "rejected"},
        ],
        "work_task": [
            {"task_id": "K1", "task_level": "national", "due_date": on("2022-06-30")},
            {
                "task_id": "K2",
                "task_level": "province",
                "province_code": "610000",
                "due_date": on("2022-06-30"),
                "done_at": on("2022-07-02"),
            },
        ],
    }
    found = rollups.by_province(snapshot(tmp_path, records), shipped_scheme, ["2022"])
    columns = ("province_cities", "province_teams", "province_pilots", "path_needs", "duties_due", "duties_done", "duties_on_time")
    assert {row[0]: row[1:] for row in found.select("province_code", *columns).iter_rows()} == {
        "330000": (1, 1, 0, 1, 0, 0, 0),
        "610000": (1, 0, 1, 1, 1, 1, 0),
        "710000": (0, 0, 0, 0, 0, 0, 0),
        "KCZ": (2, 1, 1, 2, 2, 1, 0),
    }
    gaps = rollups.gaps(found, "2022")
    assert gaps["duties_due"] == 1  # what the nation owes is of no province
    assert all(gap == 0 for name, gap in gaps.items() if name != "duties_due")


def test_the_sample_adds_up(sample_store, shipped_scheme: Scheme) -> None:  # type: ignore[no-untyped-def]
    store = sample_store.snapshot()
    found = rollups.by_province(store, shipped_scheme, ["2020", "2021", "2022"])
    tasks = store.read("work_task").filter(
        pl.col("task_level") == "national", pl.col("status") == "verified", pl.col("duplicate_of").is_null()
    )
    for year in (2020, 2021, 2022):
        own = tasks.filter(pl.col("due_date").dt.year() == year)
        gaps = rollups.gaps(found, str(year))
        assert gaps["duties_due"] == own.height
        assert gaps["duties_done"] == own["done_at"].is_not_null().sum()
        assert {name: gap for name, gap in gaps.items() if not name.startswith("duties_")} == dict.fromkeys(
            (name for name in gaps if not name.startswith("duties_")), 0
        )
    nation = found.filter(province_code="KCZ", period="2022").row(0, named=True)
    assert nation["province_cities"] == store.read("pilot_city").height
    assert nation["province_pilots"] == store.read("province_pilot").height


def test_cities_of_a_province() -> None:
    cities = pl.DataFrame(
        {"province_code": ["A", "A", "A", "B"], "score": [60.0, 70.0, 90.0, None], "rank": [3, 2, 1, None]},
        schema_overrides={"rank": pl.Float64},
    )
    assert rollups.of_cities(cities).rows() == [("A", 3, 3, pytest.approx(220 / 3), 70.0, 1, 3), ("B", 1, 0, None, None, None, None)]


def test_levels_come_in_their_order() -> None:
    duties = pl.DataFrame(
        {
            "level": ["city", "city", "city", "national", "province"],
            "kind": ["task", "roadmap", "roadmap", "task", "task"],
            "done": [True, False, True, False, True],
            "done_on_time": [True, False, False, False, False],
        }
    )
    assert rollups.by_level(duties).rows() == [
        ("national", "task", 1, 0, 0, 1),
        ("province", "task", 1, 1, 0, 0),
        ("city", "roadmap", 2, 1, 0, 1),
        ("city", "task", 1, 1, 1, 0),
    ]


def test_owners_come_by_what_is_overdue() -> None:
    duties = pl.DataFrame(
        {
            "owner_id": ["A", "A", "B", "B", "C"],
            "level": ["city", "city", "city", "city", "national"],
            "done": [True, True, False, True, False],
            "done_on_time": [True, False, False, True, False],
        }
    )
    assert rollups.by_owner(duties).rows() == [("B", "city", 2, 1, 1, 1), ("C", "national", 1, 0, 0, 1), ("A", "city", 2, 2, 1, 0)]


def test_liaison_groups_with_members_and_visits() -> None:
    day = dt.date
    groups = pl.DataFrame(
        {
            "group_id": ["G1", "G2", "G3"],
            "city_id": ["PC001", "PC002", "PC001"],
            "lead_org_id": ["A", "A", "A"],
            "formed_at": [day(2021, 1, 1), day(2022, 6, 1), day(2023, 1, 1)],
            "standing_since": [day(2022, 3, 1), None, None],
        }
    )
    members = pl.DataFrame(
        {
            "group_id": ["G1", "G1", "G1"],
            "member_kind": ["society", "association", "society"],
            "from_date": [day(2022, 1, 1)] * 3,
            "to_date": [None, None, day(2022, 5, 1)],
        }
    )
    visits = pl.DataFrame(
        {
            "group_id": ["G1", "G1", "G1"],
            "visited_on": [day(2022, 2, 1), day(2022, 9, 1), day(2021, 9, 1)],
            "enterprises_met": [3, 4, 9],
            "status": ["verified"] * 3,
            "duplicate_of": pl.Series([None] * 3, dtype=pl.String),
        }
    )
    cities = pl.DataFrame({"city_id": ["PC001", "PC002"], "province_code": ["330000", "610000"]})
    found = liaison.groups(groups, members, visits, cities, day(2022, 1, 1), day(2023, 1, 1))
    kept = ("group_id", "province_code", "standing", "members", "society", "association", "visits", "met", "last")
    assert found.select(kept).rows() == [
        ("G1", "330000", True, 2, 1, 1, 2, 7, day(2022, 9, 1)),
        ("G2", "610000", False, 0, 0, 0, 0, 0, None),
    ]
