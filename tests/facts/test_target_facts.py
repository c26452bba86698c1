"""The facts behind the year's targets, on rows countable by eye."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from small_records import Rows, at, on, snapshot

from kcz_metrics.engines.connection import frame, opened
from kcz_metrics.facts import FACTS
from kcz_metrics.scheme.models import Scheme


def rows(name: str, folder: Path, shipped: Scheme, records: Mapping[str, Rows]) -> list[dict[str, Any]]:
    with opened(snapshot(folder, records), FACTS[name].tables) as connection:
        return frame(connection, FACTS[name].query(shipped.parameters)).sort(FACTS[name].key).to_dicts()


def test_of_several_registrations_in_a_year_the_last_counts(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [
        {"reg_id": "R1", "team_id": "T1", "reviewed_at": at("2022-02-01"), "reg_status": "registered"},
        {"reg_id": "R2", "team_id": "T1", "reviewed_at": at("2022-03-01"), "reg_status": "registered"},
        {"reg_id": "R3", "team_id": "T1", "reviewed_at": at("2021-03-01"), "reg_status": "registered"},
        {"reg_id": "R4", "team_id": "T2", "reviewed_at": at("2022-03-01"), "reg_status": "revoked"},
        {"reg_id": "R5", "team_id": "T3", "reviewed_at": None, "reg_status": "submitted"},
    ]
    found = rows("team_registrations", tmp_path, shipped_scheme, {"team_registration": given})
    assert {r["reg_id"]: r["registered"] for r in found} == {"R1": False, "R2": True, "R3": True, "R4": False, "R5": False}


def test_a_support_is_valid_through_its_years(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [
        {"team_id": "T1", "start_year": 2021, "years": 3, "support_status": "active"},
        {"team_id": "T2", "start_year": 2022, "years": 2, "support_status": "stopped"},
    ]
    found = rows("team_supports", tmp_path, shipped_scheme, {"team_support": given})
    assert [(r["active"], r["valid_from"], r["valid_to"]) for r in found] == [
        (True, on("2021-01-01"), on("2024-01-01")),
        (False, on("2022-01-01"), on("2024-01-01")),
    ]


def industry(city: str, code: str, filled: int, confirmed: str | None, year: int = 2022) -> dict[str, Any]:
    return {
        "city_id": city, "industry_code": code, "year": year, "profile_filled": filled, "profile_required": 20,
        "confirmed_at": None if confirmed is None else on(confirmed),
    }  # fmt: skip


def test_a_profile_needs_every_industry_confirmed_and_filled(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [
        industry("PC001", "A", 16, "2022-03-01"), industry("PC001", "B", 20, "2022-05-01"),  # 0.8 of the fields will do
        industry("PC002", "A", 15, "2022-03-01"),
        industry("PC003", "A", 20, "2022-03-01"), industry("PC003", "B", 20, None),
        industry("PC004", "A", 20, "2021-03-01", 2021),
    ]  # fmt: skip
    found = rows("city_profiles", tmp_path, shipped_scheme, {"city_industry": given})
    assert [(r["city_id"], r["complete"], r["confirmed_on"]) for r in found] == [
        ("PC001", True, on("2022-05-01")),
        ("PC002", False, on("2022-03-01")),
        ("PC003", False, None),
        ("PC004", True, on("2021-03-01")),
    ]
    assert [r["least_filled"] for r in found] == [0.8, 0.75, 1.0, 1.0]


def test_a_roadmap_is_posted_on_the_first_day_of_the_year_that_it_was(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [
        {"item_id": "I1", "city_id": "PC001", "published_at": on("2022-04-01"), "need_id": "N1"},
        {"item_id": "I2", "city_id": "PC001", "published_at": on("2022-03-01")},
        {"item_id": "I3", "city_id": "PC001", "published_at": on("2021-06-01")},
        {"item_id": "I4", "city_id": "PC002", "published_at": None},
        {"item_id": "I5", "city_id": "PC003", "published_at": on("2022-01-01"), "status": "submitted"},
    ]
    found = rows("city_roadmaps", tmp_path, shipped_scheme, {"roadmap_item": given})
    assert [(r["city_id"], r["year"], r["published_on"], r["items"], r["items_with_need"]) for r in found] == [
        ("PC001", 2021, on("2021-06-01"), 1, 0),
        ("PC001", 2022, on("2022-03-01"), 2, 1),
    ]


def test_a_type_of_list_comes_out_once(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [
        {"list_id": "L1-2021", "list_type": "A", "first_year": 2021, "submitted_at": at("2021-10-05")},
        {"list_id": "L1-2022", "list_type": "A", "first_year": 2021, "submitted_at": at("2022-10-05")},
        {"list_id": "L2-2022", "list_type": "B", "first_year": 2022, "submitted_at": at("2023-01-05")},  # reported in the next year
        {"list_id": "L3-2022", "list_type": "C", "first_year": 2022, "submitted_at": at("2022-10-05"), "status": "rejected"},
    ]
    found = rows("list_types", tmp_path, shipped_scheme, {"award_list": given})
    assert [(r["list_type"], r["first_year"], r["lists"], r["first_listed_on"]) for r in found] == [
        ("A", 2021, 2, on("2021-10-05")),
        ("B", 2022, 1, on("2022-12-31")),
    ]


def test_rows_of_plain_facts_keep_their_flaw(tmp_path: Path, shipped_scheme: Scheme) -> None:
    shown = [
        {"project_id": "S1", "occurred_on": on("2022-09-15")},
        {"project_id": "S2", "occurred_on": on("2022-09-15"), "status": "rejected"},
        {"project_id": "S3", "occurred_on": on("2022-09-15"), "duplicate_of": "S1"},
    ]
    found = rows("showcases", tmp_path, shipped_scheme, {"showcase_project": shown})
    assert [r["flaw"] for r in found] == [None, "unverified", "duplicate"]
    opened_ = [
        {"scenario_id": "C1", "opened_at": on("2022-01-01")},
        {"scenario_id": "C2", "opened_at": on("2022-01-01"), "status": "draft"},
    ]
    assert [r["flaw"] for r in rows("scenarios", tmp_path / "b", shipped_scheme, {"platform_scenario": opened_})] == [None, "unverified"]


def test_baselines_and_the_trio_hold_from_their_day(tmp_path: Path, shipped_scheme: Scheme) -> None:
    (base,) = rows(
        "baselines", tmp_path, shipped_scheme, {"baseline": [{"metric": "org_users", "value": 7.0, "base_date": on("2021-12-31")}]}
    )
    assert base == {"item": "org_users", "value": 7.0, "base_date": on("2021-12-31"), "valid_to": None}
    trio = [{"city_id": "PC001", "component": "tech_trade", "active_from": on("2022-02-01")}]
    (part,) = rows("service_components", tmp_path / "b", shipped_scheme, {"service_component": trio})
    assert part == {"city_id": "PC001", "component": "tech_trade", "active_from": on("2022-02-01"), "active_to": None}
    pilots = [{"province_code": "330000", "approved_at": on("2022-05-10")}]
    assert pl.DataFrame(rows("province_pilots", tmp_path / "c", shipped_scheme, {"province_pilot": pilots})).rows() == [
        ("330000", on("2022-05-10"))
    ]
